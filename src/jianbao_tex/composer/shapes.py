"""
Where the lines of a title end, so that they have a shape and break at good places.

A cost is in squares of full-width characters.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DIGITS = 6
"""Widths are rounded, so that the order of additions does not decide whether an exact fit is too
wide."""
MAX_SHAPED_LINES = 4
"""A title of more lines has no shape."""

# What a line costs: less than a break inside a name, so that one more line is better.
_LINE = 60.0
# A line of fewer characters looks lost.
_LEAST_WIDTH, _LOST = 5.0, 20.0
# Lines whose widths differ by less look even.
_EVEN = 1.0
_NO_MIDDLE = 2
# The shapes to try for the one that is wanted, and how important each is.
_SHAPES: Mapping[str, tuple[tuple[str, float], ...]] = {
    "trapezoid": (("trapezoid", 4.0),),
    "diamond": (("diamond", 4.0),),
    "any": (("trapezoid", 1.0), ("diamond", 1.0)),
    "filled": (("filled", 0.0),),
}


@dataclass(frozen=True)
class Pieces:
    """The pieces of a title that stay on one line: their widths, and the cost of a break after."""

    widths: Sequence[float]
    costs: Sequence[float]


def ends_of_lines(pieces: Pieces, columns: float, shape: str) -> tuple[int, ...]:
    """
    How many pieces precede the end of each line, at the least cost.

    No piece is wider than ``columns``.  A ``shape`` is ``trapezoid``, ``diamond``, ``any`` of the
    two, or ``filled``: each line takes what it holds.
    """
    least = _least_count(pieces.widths, columns)
    counts = {least, min(least + 1, len(pieces.widths))}
    whole = sum(pieces.widths)
    ways = {
        _Way(columns, count, name, weight if count <= MAX_SHAPED_LINES else 0.0, whole / count)
        for count in counts
        for name, weight in _SHAPES[shape]
    }
    answers = (_cheapest(pieces, way) for way in ways)
    _, ends = min(answer for answer in answers if answer)
    return ends


def _least_count(widths: Sequence[float], columns: float) -> int:
    """The least number of lines that hold the pieces."""
    count, used = 1, 0.0
    for width in widths:
        used = round(used + width, DIGITS)
        if used > columns:
            count, used = count + 1, width
    return count


_Answer = tuple[float, tuple[int, ...]]


def _cheapest(pieces: Pieces, way: _Way) -> _Answer | None:
    """The least cost and the ends of its lines; ``None`` for no way."""
    starts = list(itertools.accumulate(pieces.widths, initial=0.0))
    # The cheapest lines so far, by where they end and, for a shape, by the width of the last one.
    reached: dict[tuple[int, float], _Answer] = {(0, 0.0): (0.0, ())}
    for number in range(way.count):
        longer: dict[tuple[int, float], _Answer] = {}
        for (start, before), (cost, ends) in reached.items():
            for end in range(start + 1, len(starts)):
                line = round(starts[end] - starts[start], DIGITS)
                if line > way.columns:
                    break
                after = cost + way.cost(number, before, line) + pieces.costs[end - 1]
                key = (end, line if way.weight else 0.0)
                longer[key] = min((after, (*ends, end)), longer.get(key, (math.inf, ())))
        reached = longer
    last = len(pieces.widths)
    return min((answer for (end, _), answer in reached.items() if end == last), default=None)


@dataclass(frozen=True)
class _Way:
    """A number of lines in a shape of a weight; ``mean`` is their mean width."""

    columns: float
    count: int
    shape: str
    weight: float
    mean: float

    def cost(self, number: int, before: float, line: float) -> float:
        """The cost of line ``number`` (from 0), by its width and that of the line before it."""
        if self.shape == "filled":
            is_last = number == self.count - 1
            uneven = 0.0 if is_last else (self.columns - line) ** 2
        else:
            uneven = (line - self.mean) ** 2
        lost = _LOST * max(0.0, _LEAST_WIDTH - line) ** 2
        return _LINE + uneven + lost + self._distance(number, before, line)

    def _distance(self, number: int, before: float, line: float) -> float:
        """By how much a line is shorter or longer than its shape allows, in squares."""
        if number == 0 or self.weight == 0:
            return 0.0
        half = self.count // 2
        is_diamond = self.shape == "diamond" and self.count > _NO_MIDDLE
        grows = number <= half or not is_diamond
        shrinks = is_diamond and number >= self.count - half
        shorter = max(0.0, before - line - _EVEN) ** 2 if grows else 0.0
        longer = max(0.0, line - before - _EVEN) ** 2 if shrinks else 0.0
        return self.weight * (shorter + longer)
