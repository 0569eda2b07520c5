"""Text as outlines: it needs no font in the file, and no reader takes it for text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jianbao_tex.fonts import FontFile, Typeface
from jianbao_tex.prepress.objects import number


@dataclass(frozen=True)
class Lettering:
    """Draws text in the fonts of typefaces; a character that none of them has is left out."""

    typefaces: Sequence[Typeface]

    def width(self, text: str, size: float) -> float:
        """The width of a text in bp, set in a size in bp."""
        glyphs = (self._font(c) for c in text)
        return sum(
            font.advance(c) * size for c, font in zip(text, glyphs, strict=True) if font is not None
        )

    def path(self, text: str, x: float, y: float, size: float) -> bytes:
        """The operators that fill the text, its baseline beginning at a point; lengths in bp."""
        pieces: list[str] = []
        for character in text:
            font = self._font(character)
            if font is None:
                continue
            pieces += (_operator(x, y, size, *step) for step in font.outline(character))
            x += font.advance(character) * size
        return " ".join([*pieces, "f"]).encode("ascii") if pieces else b""

    def lines(self, text: str, size: float, width: float) -> list[str]:
        """The text in lines of at most a width in bp, broken between any two characters."""
        lines, used = [""], 0.0
        for character in text:
            advance = self.width(character, size)
            if used + advance > width and lines[-1]:
                lines.append("")
                used = 0.0
            lines[-1] += character
            used += advance
        return lines

    def _font(self, character: str) -> FontFile | None:
        """The first font that has a character: the Latin one for Latin letters and figures."""
        fonts = (
            font
            for face in self.typefaces
            for font in ((face.latin,) if character.isascii() else (*face.chain, face.latin))
        )
        return next((font for font in fonts if font.has(character)), None)


def _operator(x: float, y: float, size: float, name: str, points: Sequence[float]) -> str:
    """An operator of an outline at its place; its points are pairs of x and y."""
    numbers = (p * size + (y if i % 2 else x) for i, p in enumerate(points))
    return " ".join([*(str(number(n)) for n in numbers), name])
