"""
Characters that are printed on the same character, as in type made bold by printing it twice.

pdfium reads such text once, by rules of its own.  So our reader leaves these pages to it, where
it could be right only by guessing.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence

from jianbao_tex.grid import MM_PER_BP
from jianbao_tex.pages import Glyph
from jianbao_tex.pdf_reader.unknown import Unknown
from jianbao_tex.visibility import Box

# pdfium drops a character within 0.07 em of the same one, and a run that covers half of the same
# run and begins within 0.9 of a character of it.
_NEAR = 0.1
_NEAR_RUN = 0.95
_ROW_MM = 5.0


class Doubles:
    """The runs of a page so far."""

    def __init__(self) -> None:
        self._rows: dict[int, list[tuple[Box, Sequence[Glyph]]]] = {}
        self._texts: dict[str, list[Glyph]] = {}

    def add(self, glyphs: Sequence[Glyph]) -> None:
        """
        Adds the glyphs that one instruction shows, one at least.

        Raises:
            Unknown: one of them stands on the same character.
        """
        first = glyphs[0]
        texts = self._texts.setdefault("".join([glyph.text for glyph in glyphs]), [])
        if any(_is_near(first, other, _NEAR_RUN) for other in texts):
            raise Unknown("text that is printed twice")
        texts.append(first)
        xs = [glyph.x for glyph in glyphs]
        near = _NEAR * first.size_bp * MM_PER_BP
        goes_back = min(map(operator.sub, xs[1:], xs), default=near) < near
        if goes_back and _have_twins(glyphs, glyphs):
            raise Unknown("character that is printed twice")
        baselines = [first.baseline]
        if goes_back or glyphs[-1].baseline != first.baseline:
            baselines = [glyph.baseline for glyph in glyphs]
        top, bottom = min(baselines) - near, max(baselines) + near
        self._add_box(Box(min(xs) - near, -bottom, max(xs) + near, -top), glyphs)

    def _add_box(self, box: Box, glyphs: Sequence[Glyph]) -> None:
        """Adds glyphs by the box around their origins."""
        for row in range(int(-box.top // _ROW_MM), int(-box.bottom // _ROW_MM) + 1):
            others = self._rows.setdefault(row, [])
            for other_box, other in others:
                if box.share_in(other_box) and _have_twins(glyphs, other):
                    raise Unknown("character that is printed twice")
            others.append((box, glyphs))


def _have_twins(glyphs: Sequence[Glyph], others: Sequence[Glyph]) -> bool:
    """Whether a glyph has the same character and about the same origin as another one."""
    return any(
        a is not b and a.text == b.text and _is_near(a, b, _NEAR) for a in glyphs for b in others
    )


def _is_near(a: Glyph, b: Glyph, ems: float) -> bool:
    far = max(abs(a.x - b.x), abs(a.baseline - b.baseline))
    return far < ems * max(a.size_bp, b.size_bp) * MM_PER_BP
