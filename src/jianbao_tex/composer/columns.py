"""The columns of a table: how the width is shared among them."""

from __future__ import annotations

import math
from collections.abc import Sequence

_PADDING = 0.9
_LEAST = 1.0
_LONG = 90.0
_FAIR = 0.75


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
    needs = [max(_LEAST, width) + _PADDING for width in widths]
    if sum(needs) <= across:
        return [need / sum(needs) for need in needs]
    pieces = pieces or [(_LEAST, _LEAST)] * len(needs)
    whole, parted = (
        [
            min(need, max(_LEAST, each[side]) + _PADDING)
            for need, each in zip(needs, pieces, strict=True)
        ]
        for side in (0, 1)
    )
    if sum(parted) >= across:
        return [width / sum(parted) for width in parted]
    if sum(whole) >= across:
        return [width / across for width in _raised(_scaled(whole, across), parted)]
    return [width / across for width in _raised(_by_roots(needs, across), whole)]


def _scaled(widths: Sequence[float], across: float) -> list[float]:
    return [width * across / sum(widths) for width in widths]


def _by_roots(needs: Sequence[float], across: float) -> list[float]:
    needs = [min(need, _LONG) for need in needs]
    taken: dict[int, float] = {}
    while True:
        free = [i for i in range(len(needs)) if i not in taken]
        rest = across - sum(taken.values())
        small = [i for i in free if needs[i] <= _FAIR * rest / len(free)]
        if not small or len(small) == len(free):
            break
        taken |= {i: needs[i] for i in small}
    roots = sum(math.sqrt(needs[i]) for i in free)
    taken |= {i: rest * math.sqrt(needs[i]) / roots for i in free}
    return [taken[i] for i in range(len(needs))]


def _raised(widths: Sequence[float], least: Sequence[float]) -> list[float]:
    """
    Raises each width to its minimum; the other columns give the missing width in proportion to
    their surplus.
    """
    missing = sum(max(0.0, low - width) for width, low in zip(widths, least, strict=True))
    over = sum(max(0.0, width - low) for width, low in zip(widths, least, strict=True))
    return [
        max(width, low) - (max(0.0, width - low) * missing / over if over else 0.0)
        for width, low in zip(widths, least, strict=True)
    ]
