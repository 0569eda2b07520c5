"""Facts of a PDF's pages as the tests ask for them; `test_measure` holds them against poppler."""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass

import pikepdf

from jianbao_tex import measure
from jianbao_tex.pages import Glyph

FOOT_MM = 262.0

__all__ = ["FOOT_MM", "Glyph", "Page", "pages_of", "squeezed", "text_of"]


@dataclass(frozen=True)
class Page:
    """One page in millimetres from the top left corner of the sheet."""

    facts: measure.Page

    @property
    def glyphs(self) -> tuple[Glyph, ...]:
        """All that is printed, in the order of the content."""
        return self.facts.glyphs

    @property
    def body(self) -> list[Glyph]:
        """The characters of the type area: all but page numbers and repeated heads."""
        return [g for g in self.glyphs if g.mark != "Artifact" and g.baseline <= FOOT_MM]

    @property
    def foot(self) -> str:
        """The page number with its dashes."""
        return "".join(glyph.text for glyph in self.glyphs if glyph.baseline > FOOT_MM)

    @property
    def text(self) -> str:
        """The text of the type area, without white space, in the order of the content."""
        return "".join(glyph.text for glyph in self.body)

    @property
    def lines(self) -> dict[float, list[Glyph]]:
        """Baseline -> characters on it, from left to right."""
        lines = ([g for g in line if g in self._inside] for line in self.facts.lines)
        return {line[0].baseline: line for line in lines if line}

    @functools.cached_property
    def _inside(self) -> frozenset[Glyph]:
        return frozenset(self.body)

    def rules(self) -> list[tuple[float, float, float, float]]:
        """Horizontal rules as left, top, width, thickness, from top to bottom."""
        return [(r.left, r.top, r.width, r.thickness) for r in self.facts.rules]


@functools.lru_cache(maxsize=32)
def pages_of(pdf: bytes) -> list[Page]:
    return [Page(page) for page in measure.measure(pdf).pages]


def text_of(pdf: bytes) -> str:
    """The text of all pages, without white space and page numbers."""
    return "".join(page.text for page in pages_of(pdf))


def squeezed(text: str) -> str:
    """The text without any white space."""
    return "".join(text.split())


def streams_of(pdf: bytes) -> list[bytes]:
    """The unpacked streams of a PDF."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [o.read_bytes() for o in document.objects if isinstance(o, pikepdf.Stream)]
