"""What a page shows, in millimetres from the top left corner of the sheet."""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from jianbao_tex.content import Mark
from jianbao_tex.grid import Grid

_SAME_LINE_MM = 0.3
_SAME_SIZE_BP = 0.05
_BODY = frozenset({"", Mark.HEADING})

LEAST_RULE_MM = 10.0
"""A rule is longer than this, and not as thick."""
SUBSET_TAG = re.compile(r"[A-Z]{6}\+")
"""What stands before the name of a font that is a subset (ISO 32000-1, 9.6.4)."""


class Hidden(StrEnum):
    """Why a glyph does not show on paper."""

    NO = ""
    """It shows."""
    MODE = "mode"
    """The PDF says that it is not to be shown."""
    CLIPPED = "clipped"
    """It stands outside of what is shown there."""
    TRANSPARENT = "transparent"
    """It is not opaque, or blended with what lies under it."""
    SQUEEZED = "squeezed"
    """It is too narrow, or too low, for its size."""
    COLOUR = "colour"
    """It has the colour of what lies under it."""
    COVERED = "covered"
    """Something is painted over it."""


class Glyph(NamedTuple):
    """
    A glyph on a page: its origin on the baseline, the box of its ink, its size in bp.

    ``mark`` is the `Mark` of the marked content that contains it; '' for none.
    A character that the PDF does not map to a code point is U+FFFD.
    """

    text: str
    x: float
    baseline: float
    left: float
    right: float
    top: float
    bottom: float
    size_bp: float
    font: str
    mark: str
    hidden: Hidden = Hidden.NO


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal rule."""

    left: float
    top: float
    width: float
    thickness: float

    @property
    def bottom(self) -> float:
        return self.top + self.thickness


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """The box of a picture on its page."""

    left: float
    top: float
    right: float
    bottom: float


NO_TEXT = frozenset((Mark.ARTIFACT, Mark.INSERT))
"""The marks of printed content that is not text of the bulletin."""


@dataclass(frozen=True)
class Page:
    """
    A page: its glyphs in the order of the content, its rules from top to bottom.

    ``pictures`` is the number of pictures in the file, ``shapes`` are their boxes.
    """

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    rules: tuple[Rule, ...]
    colours: frozenset[tuple[str, ...]]
    pictures: int
    shapes: tuple[PlacedPicture, ...] = ()

    @cached_property
    def lines(self) -> tuple[tuple[Glyph, ...], ...]:
        """The characters by baseline, from top to bottom, each line from left to right."""
        rows: dict[float, list[Glyph]] = {}
        last = 0.0
        for glyph in self.glyphs:
            if abs(glyph.baseline - last) >= _SAME_LINE_MM:
                candidates = (y for y in rows if abs(y - glyph.baseline) < _SAME_LINE_MM)
                last = next(candidates, glyph.baseline)
            rows.setdefault(last, []).append(glyph)
        return tuple(tuple(sorted(row, key=_origin_x)) for _, row in sorted(rows.items()))

    def text(self, grid: Grid) -> tuple[Glyph, ...]:
        """The glyphs in the type area that are not artifacts, in content order."""
        if grid not in self._text:
            top, foot = grid.top, grid.foot
            self._text[grid] = tuple(
                glyph
                for glyph in self.glyphs
                if glyph.mark not in NO_TEXT and top < glyph.baseline <= foot
            )
        return self._text[grid]

    def page_number_glyphs(self, grid: Grid) -> tuple[Glyph, ...]:
        """The page number: the artifact below the type area."""
        return tuple(g for g in self.marked(Mark.ARTIFACT) if g.baseline > grid.foot)

    def body_lines(self, grid: Grid) -> tuple[tuple[Glyph, ...], ...]:
        """
        The lines of body size outside marked content, separately for each text column.

        A line that crosses a gutter stays one line.
        """
        if grid not in self._body_lines:
            self._body_lines[grid] = tuple(self._find_body_lines(grid))
        return self._body_lines[grid]

    # Caches: several checks need the text and the lines.
    @cached_property
    def _text(self) -> dict[Grid, tuple[Glyph, ...]]:
        return {}

    @cached_property
    def _body_lines(self) -> dict[Grid, tuple[tuple[Glyph, ...], ...]]:
        return {}

    def _find_body_lines(self, grid: Grid) -> Iterator[tuple[Glyph, ...]]:
        for line in self.lines:
            body = tuple(
                glyph
                for glyph in line
                if glyph.mark in _BODY and abs(glyph.size_bp - grid.em_bp) < _SAME_SIZE_BP
            )
            yield from filter(None, _pieces(body, grid.text_edges(self.number), grid))

    @property
    def blank(self) -> bool:
        """Whether the page is empty, apart from a page number."""
        text = any(glyph.mark != Mark.ARTIFACT for glyph in self.glyphs)
        return not (text or self.rules or self.pictures)

    @cached_property
    def is_insert(self) -> bool:
        """Whether the page is an inserted form, marked JbInsert, not a page of the bulletin."""
        return any(glyph.mark == Mark.INSERT for glyph in self.glyphs)

    def marked(self, mark: Mark) -> tuple[Glyph, ...]:
        """The glyphs in one kind of marked content."""
        return tuple(glyph for glyph in self.glyphs if glyph.mark == mark)


def _pieces(
    line: tuple[Glyph, ...], edges: tuple[tuple[float, float], ...], grid: Grid
) -> list[tuple[Glyph, ...]]:
    """The parts of a line, one for each text column; a line that crosses a gutter is whole."""
    slack = grid.em / 4
    gutters = [(right, left) for (_, right), (left, _) in itertools.pairwise(edges)]
    # A mark that hangs begins at the very edge of its column.
    if any(a + slack < glyph.x < b - slack for glyph in line for a, b in gutters):
        return [line]
    starts = [left - slack for left, _ in edges[1:]]
    pieces: list[list[Glyph]] = [[] for _ in edges]
    for glyph in line:
        pieces[bisect.bisect(starts, glyph.x)].append(glyph)
    return [tuple(piece) for piece in pieces]


def _origin_x(glyph: Glyph) -> float:
    return glyph.x


def plain_font_name(name: str) -> str:
    """The name of a font in a PDF without the tag of its subset."""
    return SUBSET_TAG.sub("", name, count=1).removesuffix("-Identity-H")
