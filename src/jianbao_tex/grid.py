"""The geometry of a page: rows and columns, in millimetres from the sheet's top left corner."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

MM_PER_BP = 25.4 / 72
"""How many millimetres a big point has."""


@dataclass(frozen=True)
class Grid:
    """
    The rows and columns of the type area.

    ``left`` is the left edge on odd pages, ``even_left`` on even pages.  ``em`` is the width
    of a column and the height of a character; ``first`` is the baseline of the first
    row, and ``ascent`` the share of a character's box that stands above its baseline.  The
    text runs in ``text_columns`` beside each other, ``gutter`` apart.
    """

    left: float
    even_left: float
    top: float
    width: float
    height: float
    rows: int
    columns: int
    em: float
    pitch: float
    first: float
    ascent: float
    text_columns: int = 1
    gutter: float = 0.0

    # Asked for each glyph.
    @cached_property
    def foot(self) -> float:
        """The lower edge of the type area."""
        return self.top + self.height

    @cached_property
    def em_bp(self) -> float:
        """The size of the body's type in bp."""
        return self.em / MM_PER_BP

    def left_of(self, page: int) -> float:
        """The left edge of the type area on a page, the first page being 1."""
        return self.left if page % 2 else self.even_left

    def right_of(self, page: int) -> float:
        """The right edge of the type area on a page."""
        return self.left_of(page) + self.width

    def text_edges(self, page: int) -> tuple[tuple[float, float], ...]:
        """Left and right edge of each column of text on a page."""
        count = self.text_columns
        width = (self.width - (count - 1) * self.gutter) / count
        left = self.left_of(page)
        return tuple(
            (left + i * (width + self.gutter), left + i * (width + self.gutter) + width)
            for i in range(count)
        )

    def row_of(self, baseline: float) -> int:
        """The row nearest to a baseline, the first one being 0."""
        return round((baseline - self.first) / self.pitch)

    def off_row(self, baseline: float) -> float:
        """How far a baseline is from the nearest row."""
        return abs(baseline - self.first - self.row_of(baseline) * self.pitch)
