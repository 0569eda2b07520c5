"""The paths of a page: lines and areas, clips and rules."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from jianbao_tex.grid import MM_PER_BP
from jianbao_tex.pages import LEAST_RULE_MM, Rule
from jianbao_tex.pdf_reader.geometry import Matrix, Point, box_around, corners, moved
from jianbao_tex.pdf_reader.unknown import Unknown
from jianbao_tex.visibility import Box

_STRAIGHT = frozenset(("m", "l", "re", "h"))
_POINTS = {"m": 1, "l": 1, "c": 3, "v": 2, "y": 2, "h": 0, "re": 4}
"""The numbers of points in the operands; a rectangle has two, as four numbers."""
_RECTANGLE = (4, 5)
_SAME = 1e-3


class Path:
    """The path that is being built, in bp of the page."""

    def __init__(self) -> None:
        self._points: list[Point] = []
        self._words: list[str] = []
        self._lines: list[tuple[Point, Point]] = []
        self._start: Point = (0.0, 0.0)

    def add(self, word: str, operands: Sequence[Any], matrix: Matrix) -> None:
        """Adds the points of an instruction; control points of curves count as points."""
        numbers = [float(operand) for operand in operands]
        if len(numbers) != (4 if word == "re" else 2 * _POINTS[word]):
            raise Unknown("path")
        begins = word in {"m", "re"}
        if begins:
            self.drop_beginning()
        elif self._words[-1:] in ([], ["h"], ["re"]):
            raise Unknown("path without a beginning")
        if word == "re":
            x, y, width, height = numbers
            points = corners(x, y, x + width, y + height)
        else:
            points = tuple(zip(numbers[::2], numbers[1::2], strict=True))
        placed = [moved(x, y, matrix) for x, y in points]
        if begins:
            self._start = placed[0]
            self._lines += itertools.pairwise(placed)
        else:
            ends = placed or [self._start]
            self._lines += itertools.pairwise([self._points[-1], *ends])
        self._words.append(word)
        self._points += placed

    def drop_beginning(self) -> None:
        """Drops a beginning at the end: nothing of it remains (ISO 32000-1, Table 59)."""
        if self._words[-1:] == ["m"]:
            self._words.pop()
            self._points.pop()

    @property
    def is_empty(self) -> bool:
        return not self._points

    @property
    def box(self) -> Box:
        """The box around its points."""
        return box_around(self._points)

    @property
    def is_level(self) -> bool:
        """Whether all its lines are level or upright, so that its ends say where its stroke is."""
        return set(self._words) <= _STRAIGHT and all(
            min(abs(a[0] - b[0]), abs(a[1] - b[1])) < _SAME for a, b in self._lines
        )

    def check_short(self, width: float) -> None:
        """Checks that its stroke of a width in bp is too short for a rule."""
        left, _, right, _ = self.box
        if (right - left + 2 * width) * MM_PER_BP > LEAST_RULE_MM:
            raise Unknown("line that is not level")

    @property
    def is_rectangle(self) -> bool:
        """Whether it is one rectangle that stands upright."""
        words, points = self._words, self._points
        if words == ["re"]:
            words = ["m", "l", "l", "l"]
        if words[0] != "m" or not set(words[1:]) <= {"l", "h"} or "h" in words[1:-1]:
            return False
        if len(points) == max(_RECTANGLE) and _is_near(points[0], points[-1]):
            points = points[:-1]
        if len(points) != min(_RECTANGLE):
            return False
        sides = [*itertools.pairwise(points), (points[-1], points[0])]
        upright = [abs(a[0] - b[0]) < _SAME for a, b in sides]
        level = [abs(a[1] - b[1]) < _SAME for a, b in sides]
        return (upright == [True, False] * 2 and level == [False, True] * 2) or (
            upright == [False, True] * 2 and level == [True, False] * 2
        )


def _is_near(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) < _SAME and abs(a[1] - b[1]) < _SAME


def rule_of_area(box: Box, height: float) -> Rule | None:
    """The rule that a filled area is; ``height`` of the page in mm."""
    left, bottom, right, top = (edge * MM_PER_BP for edge in box)
    if right - left > LEAST_RULE_MM and top - bottom < LEAST_RULE_MM:
        return Rule(left, height - top, right - left, top - bottom)
    return None


def rule_of_line(box: Box, width: float, height: float) -> Rule | None:
    """The rule that a stroked line of a width in bp is; ``height`` of the page in mm."""
    left, bottom, right, top = (edge * MM_PER_BP for edge in box)
    thickness = width * MM_PER_BP
    if right - left > LEAST_RULE_MM and thickness < LEAST_RULE_MM:
        middle = height - (top + bottom) / 2
        return Rule(left, middle - thickness / 2, right - left, thickness)
    return None
