"""The glyphs that one instruction shows, one after another."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable
from typing import Any

import pikepdf

from jianbao_tex.grid import MM_PER_BP
from jianbao_tex.pages import Glyph
from jianbao_tex.pdf_reader.fonts import PdfFont, Shape
from jianbao_tex.pdf_reader.geometry import Matrix, box_around, corners, moved
from jianbao_tex.pdf_reader.programs import UNITS
from jianbao_tex.pdf_reader.unknown import Unknown
from jianbao_tex.visibility import is_squeezed

_BYTES = 2


def scaled(matrix: Matrix, across: float, up: float) -> Matrix:
    """A matrix for units of another size."""
    a, b, c, d, e, f = matrix
    return (a * across, b * across, c * up, d * up, e, f)


class Line:
    """
    The glyphs of a line.

    ``matrix`` leads from ems to bp of the page, ``space`` in em follows each character,
    ``advance`` in em is where the next one begins.
    """

    def __init__(
        self, font: PdfFont, matrix: Matrix, space: float, height: float, mark: str
    ) -> None:
        a, b, c, d, _, _ = matrix
        across, up = math.hypot(a, b), math.hypot(c, d)
        if not across or not up or is_squeezed(across, up):
            raise Unknown("type without a size, or squeezed")
        self.glyphs: list[Glyph] = []
        self.advance = 0.0
        self._font, self._mark, self._size = font, mark, up
        self._space, self._height = space, height
        self._matrix: Matrix = tuple(part * MM_PER_BP for part in matrix)  # type: ignore[assignment]
        self._is_upright = not b and not c and a > 0 and d > 0

    def show(self, operand: Any) -> None:
        """Adds the glyphs of a string, or of the strings of an array."""
        if isinstance(operand, pikepdf.String):
            self._add(bytes(operand))
            return
        for piece in operand:
            if isinstance(piece, pikepdf.String):
                data = bytes(piece)
                if not data:
                    # pdfium leaves out the number before it.
                    raise Unknown("empty string in an array")
                self._add(data)
            else:
                self.advance -= float(piece) / UNITS

    def _add(self, data: bytes) -> None:
        if len(data) % _BYTES:
            raise Unknown("half a code")
        codes = struct.unpack(f">{len(data) // _BYTES}H", data)
        self.advance = (self._add_upright if self._is_upright else self._add_turned)(codes)

    def _add_upright(self, codes: Iterable[int]) -> float:
        """Adds the glyphs of codes; returns where the next one begins."""
        a, _, _, d, e, f = self._matrix
        advance, space, y = self.advance, self._space, self._height - f
        glyphs, size, name, mark = self.glyphs, self._size, self._font.name, self._mark
        shapes = self._font.shapes
        for code in codes:
            texts, width, left, bottom, right, top = shapes.get(code) or self._font.shape(code)
            x = e + a * advance
            edges = (x + a * left, x + a * right, y - d * top, y - d * bottom)
            for text in texts:
                glyphs.append(Glyph(text, x, y, *edges, size, name, mark))
            advance += width + space
        return advance

    def _add_turned(self, codes: Iterable[int]) -> float:
        """Adds the glyphs of codes; returns where the next one begins."""
        advance = self.advance
        for code in codes:
            shape = self._font.shapes.get(code) or self._font.shape(code)
            self._place_turned(shape, advance)
            advance += shape.advance + self._space
        return advance

    def _place_turned(self, shape: Shape, advance: float) -> None:
        texts, _, left, bottom, right, top = shape
        x, y = moved(advance, 0, self._matrix)
        a, b, c, d, _, _ = self._matrix
        own = (a, b, c, d, x, y)
        box = box_around(moved(*point, own) for point in corners(left, bottom, right, top))
        edges = (box.left, box.right, self._height - box.top, self._height - box.bottom)
        for text in texts:
            self.glyphs.append(
                Glyph(text, x, self._height - y, *edges, self._size, self._font.name, self._mark)
            )
