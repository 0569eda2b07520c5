"""What a page shows, collected in the order of its painting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from jianbao_tex.grid import MM_PER_BP
from jianbao_tex.pages import Glyph, Hidden, PlacedPicture, Rule
from jianbao_tex.pdf_reader.colours import CLEAR_CONTRAST, WHITE, Ink
from jianbao_tex.pdf_reader.doubles import Doubles
from jianbao_tex.pdf_reader.unknown import Unknown
from jianbao_tex.visibility import Box, Colour, Paint, ShownText


class _Run(NamedTuple):
    """Glyphs that one instruction shows: when, which ones, in which colour and clips."""

    order: int
    first: int
    end: int
    ink: Ink
    clips: tuple[Box, ...]


class Sheet:
    """
    What a page of a height in mm shows.

    The boxes that it compares are in mm from the top left corner, with negative heights, as a
    `Box` wants its top above its bottom.
    """

    def __init__(self, height: float) -> None:
        self.height = height
        self.glyphs: list[Glyph] = []
        self.rules: list[Rule] = []
        self.shapes: list[PlacedPicture] = []
        self.colours: set[tuple[str, ...]] = set()
        self._runs: list[_Run] = []
        self._paints: list[Paint] = []
        self._vague: set[Colour | None] = set()

    @property
    def _order(self) -> int:
        return len(self._runs) + len(self._paints)

    def add_text(self, glyphs: Sequence[Glyph], ink: Ink, clips: tuple[Box, ...]) -> None:
        """Adds glyphs that one instruction shows; clips are in bp."""
        first = len(self.glyphs)
        self.glyphs += glyphs
        self.colours.add(ink.name)
        inner = tuple(map(self._box, clips))
        self._runs.append(_Run(self._order, first, len(self.glyphs), ink, inner))

    def add_paint(self, box: Box, ink: Ink | None) -> None:
        """Adds what is painted in a box in bp; no colour where only a look settles it."""
        colour = ink.rgb if ink else None
        self._paints.append(Paint(self._order, self._box(box), colour))
        if ink and ink.is_vague:
            self._vague.add(colour)

    def add_picture(self, box: Box) -> None:
        """Adds a picture in a box in bp."""
        left, bottom, right, top = (edge * MM_PER_BP for edge in box)
        self.shapes.append(PlacedPicture(left, self.height - top, right, self.height - bottom))
        self.add_paint(box, None)

    def check_shown(self) -> None:
        """
        Checks that all text shows clearly.

        Raises:
            Unknown: some text is hidden, or only a look settles it: pdfium says how.
        """
        clear: set[Colour | None] = set()
        for run in self._runs:
            near = tuple(self._near(run))
            rgb = run.ink.rgb if self._are_comparable(run.ink, near) else None
            if run.first == run.end or (rgb in clear and not near and not run.clips):
                continue
            text = ShownText(run.order, Hidden.NO, rgb, run.clips, near, CLEAR_CONTRAST)
            for glyph in self.glyphs[run.first : run.end]:
                if text.hidden_at(_box_of(glyph)) is not Hidden.NO:
                    raise Unknown("text that may not show")
            if not near and not run.clips:
                clear.add(rgb)

    def _are_comparable(self, ink: Ink, near: Sequence[Paint]) -> bool:
        """Whether the contrast of a text to what lies near it does not depend on mixed inks."""
        colours = {paint.colour for paint in near}
        is_vague = ink.is_vague or not colours.isdisjoint(self._vague)
        return not is_vague or ink.rgb == WHITE or colours <= {WHITE}

    def check_single(self) -> None:
        """
        Checks that no character stands on the same character.

        Raises:
            Unknown: one does, as in type made bold by printing it twice; pdfium reads it once.
        """
        doubles = Doubles()
        for run in self._runs:
            if run.first < run.end:
                doubles.add(self.glyphs[run.first : run.end])

    def _near(self, run: _Run) -> Iterator[Paint]:
        """What is painted where a run stands."""
        if not self._paints or run.first == run.end:
            return
        box = _box_around(self.glyphs[run.first : run.end])
        for paint in self._paints:
            other = paint.box
            # Most paint is above or below the line.
            if other.top >= box.bottom and other.bottom <= box.top and box.share_in(other):
                yield paint

    def _box(self, box: Box) -> Box:
        left, bottom, right, top = (edge * MM_PER_BP for edge in box)
        return Box(left, bottom - self.height, right, top - self.height)


def _box_around(glyphs: Sequence[Glyph]) -> Box:
    return Box(
        min(glyph.left for glyph in glyphs),
        -max(glyph.bottom for glyph in glyphs),
        max(glyph.right for glyph in glyphs),
        -min(glyph.top for glyph in glyphs),
    )


def _box_of(glyph: Glyph) -> Box:
    return Box(glyph.left, -glyph.bottom, glyph.right, -glyph.top)
