"""The graphics state of a page (ISO 32000-1, 8.4)."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from jianbao_tex.pdf_reader.colours import BLACK, Ink
from jianbao_tex.pdf_reader.fonts import PdfFont
from jianbao_tex.pdf_reader.geometry import IDENTITY, Matrix
from jianbao_tex.visibility import Box


@dataclass(slots=True)
class State:
    """What ``q`` keeps and ``Q`` brings back; lengths in units of the user space."""

    matrix: Matrix = IDENTITY
    fill: Ink = BLACK
    stroke: Ink = BLACK
    line_width: float = 1.0
    clips: tuple[Box, ...] = ()
    font: PdfFont | None = None
    size: float = 0.0
    leading: float = 0.0
    character_space: float = 0.0
    condensed: float = 1.0
    rise: float = 0.0

    def copy(self) -> State:
        """The same state, to be changed."""
        return copy.copy(self)
