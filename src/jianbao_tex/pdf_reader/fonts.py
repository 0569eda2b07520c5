"""The fonts of a PDF: the characters, the advance and the box of each code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from jianbao_tex import content
from jianbao_tex.pages import plain_font_name
from jianbao_tex.pdf_reader.programs import UNITS, Boxes, boxes_of
from jianbao_tex.pdf_reader.unknown import Unknown

_DEFAULT_WIDTH = 1000
_NO_REFERENCE = (0, 0)
# Text from right to left, controls, and characters without a shape: pdfium has its own rules.
_UNUSUAL = re.compile(
    content.LEFTWARD.pattern
    + "|[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"
)


class Shape(NamedTuple):
    """What a code shows: its characters, and its advance and its box in parts of an em."""

    texts: tuple[str, ...]
    advance: float
    left: float
    bottom: float
    right: float
    top: float


class Shelf:
    """The fonts of a document, each read once."""

    def __init__(self) -> None:
        self._fonts: dict[tuple[int, int], PdfFont] = {}

    def font(self, item: Any) -> PdfFont:
        """
        The font in a dictionary of the document.

        Raises:
            Unknown: it is no composite font with a map to characters, or not embedded.
        """
        key = item.objgen
        if key == _NO_REFERENCE:
            raise Unknown("font that is no object of its own")
        if key not in self._fonts:
            self._fonts[key] = PdfFont(item)
        return self._fonts[key]


class PdfFont:
    """A composite font with codes of two bytes."""

    def __init__(self, item: Any) -> None:
        glyphs = content.glyphs_of(item) if item.get("/Subtype") == "/Type0" else None
        if glyphs is None:
            raise Unknown("encoding")
        descendant = item["/DescendantFonts"][0]
        self.name = plain_font_name(_name(item))
        if self.name != plain_font_name(_name(descendant)):
            raise Unknown("name of the font")
        self.shapes: dict[int, Shape] = {}
        self._glyphs = glyphs
        self._texts = _texts(item)
        self._is_unusual = bool(_UNUSUAL.search("".join(self._texts.values())))
        self._widths = dict(_widths(descendant.get("/W", ())))
        self._default_width = float(descendant.get("/DW", _DEFAULT_WIDTH))
        self._boxes: Boxes = boxes_of(descendant)

    def shape(self, code: int) -> Shape:
        """What a code shows; it stays in ``shapes``."""
        text = self._texts.get(code, "")
        if not text or (self._is_unusual and _UNUSUAL.search(text)):
            raise Unknown("code")
        cid = self._glyphs.get(code, code)
        width = self._widths.get(cid, self._default_width)
        left, bottom, right, top = self._boxes(cid)
        # A glyph without ink has the box that pdfium gives it.
        if left == right:
            right = left + int(width)
        if bottom == top:
            top = bottom + UNITS
        texts = tuple("".join(text.split()))
        shape = self.shapes[code] = Shape(
            texts, width / UNITS, left / UNITS, bottom / UNITS, right / UNITS, top / UNITS
        )
        return shape


def _name(item: Any) -> str:
    return str(item.get("/BaseFont", "")).removeprefix("/")


def _texts(item: Any) -> dict[int, str]:
    """The characters of each code; a ligature is the letters that other readers give for it."""
    if "/ToUnicode" not in item:
        raise Unknown("ToUnicode")
    if b"range" in item["/ToUnicode"].read_bytes().replace(b"codespacerange", b""):
        raise Unknown("range of codes")
    texts = content.characters_of(item)
    whole = "".join(texts.values())
    if content.unligated(whole) == whole:
        return texts
    return {code: content.unligated(text) for code, text in texts.items()}


def _widths(entries: Any) -> Iterator[tuple[int, float]]:
    """The width of each CID that has its own (ISO 32000-1, 9.7.4.3)."""
    items = list(entries)
    at = 0
    while at < len(items):
        first, second = int(items[at]), items[at + 1]
        if isinstance(second, int):
            width = float(items[at + 2])
            yield from ((cid, width) for cid in range(first, second + 1))
            at += 3
        else:
            yield from ((first + i, float(width)) for i, width in enumerate(second))
            at += 2
