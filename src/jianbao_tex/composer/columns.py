"""The columns of a table: how the width is shared among them."""

from __future__ import annotations

import math
from collections.abc import Sequence

_PADDING = 0.9
_MIN_WIDTH = 1.0
_MAX_NEED = 90.0
_SMALL = 0.75


def shared(
    widths: Sequence[float], across: float, pieces: Sequence[tuple[float, float]] = ()
) -> list[float]:
    """
    The share of the whole width that each column gets.

    Args:
        widths: the width of each column's longest cell, in characters.
        across: the whole width in characters.
        pieces: for each column the width of its longest unbreakable piece, and the width of
            the longest piece if numbers and long words may break too.

    If all cells fit on one line, the columns share the free width in proportion.  Otherwise a
    column that needs clearly less than an equal share gets what it needs.  The others share the
    rest by the square roots of their needs: a cell four times as long then has about twice as
    many lines.  No column gets less than its pieces need while another one has width to spare.
    """
    needs = [max(_MIN_WIDTH, width) + _PADDING for width in widths]
    if sum(needs) <= across:
        return [need / sum(needs) for need in needs]
    pieces = pieces or [(_MIN_WIDTH, _MIN_WIDTH)] * len(needs)
    minima, hard_minima = (
        [
            min(need, max(_MIN_WIDTH, piece[side]) + _PADDING)
            for need, piece in zip(needs, pieces, strict=True)
        ]
        for side in (0, 1)
    )
    if sum(hard_minima) >= across:
        return [width / sum(hard_minima) for width in hard_minima]
    if sum(minima) >= across:
        return [width / across for width in _raise_widths(_scale(minima, across), hard_minima)]
    return [width / across for width in _raise_widths(_share_by_roots(needs, across), minima)]


def _scale(widths: Sequence[float], across: float) -> list[float]:
    return [width * across / sum(widths) for width in widths]


def _share_by_roots(needs: Sequence[float], across: float) -> list[float]:
    needs = [min(need, _MAX_NEED) for need in needs]
    shares: dict[int, float] = {}
    while True:
        free = [i for i in range(len(needs)) if i not in shares]
        remaining = across - sum(shares.values())
        small = [i for i in free if needs[i] <= _SMALL * remaining / len(free)]
        if not small or len(small) == len(free):
            break
        shares |= {i: needs[i] for i in small}
    roots = sum(math.sqrt(needs[i]) for i in free)
    shares |= {i: remaining * math.sqrt(needs[i]) / roots for i in free}
    return [shares[i] for i in range(len(needs))]


def _raise_widths(widths: Sequence[float], minima: Sequence[float]) -> list[float]:
    """
    Raises each width to its minimum; the other columns give the missing width in proportion to
    their surplus.
    """
    missing = sum(max(0.0, minimum - width) for width, minimum in zip(widths, minima, strict=True))
    surplus = sum(max(0.0, width - minimum) for width, minimum in zip(widths, minima, strict=True))
    return [
        max(width, minimum) - (max(0.0, width - minimum) * missing / surplus if surplus else 0.0)
        for width, minimum in zip(widths, minima, strict=True)
    ]
