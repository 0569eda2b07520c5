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
        across: how many characters the whole width holds.
        pieces: the width of the longest piece of each column that no line parts, and of
            that which no line parts even if there is no other way.

    Where all cells fit on one line, the columns share what is left over in proportion.
    Else those that need clearly less than a fair part have what they need, and the others
    share the rest by the square roots of theirs: a cell four times as long takes about
    twice the lines.  No column gets less than its pieces want while another has more.
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
    """The widths, none below its least; the others give what that takes, by what they can spare."""
    missing = sum(max(0.0, low - width) for width, low in zip(widths, least, strict=True))
    over = sum(max(0.0, width - low) for width, low in zip(widths, least, strict=True))
    return [
        max(width, low) - (max(0.0, width - low) * missing / over if over else 0.0)
        for width, low in zip(widths, least, strict=True)
    ]
