"""The characters of a page, by pdfium: each with its place, its style and whether it shows."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from jianbao_tex.grid import MM_PER_BP
from jianbao_tex.ink import inked
from jianbao_tex.pages import NO_TEXT, Glyph, Hidden, plain_font_name
from jianbao_tex.paint import PagePaint
from jianbao_tex.visibility import SHOWN, Box, ShownText

_HIGH_HALVES = range(0xD800, 0xDC00)
_LINE_END_HYPHEN = 2
_LOOK_DPI = 72


class _Style(NamedTuple):
    """What the characters of a text object have in common."""

    font: str
    mark: str
    size_bp: float
    shown: ShownText


_NO_STYLE = _Style("", "", 0.0, SHOWN)


def read_glyphs(pdfium_page: Any, height: float) -> Sequence[Glyph]:
    """The characters of a page, in the order of its content; ``height`` of the page in mm."""
    textpage, paint = pdfium_page.get_textpage(), PagePaint(pdfium_page)
    glyphs: list[Glyph] = []
    doubtful: list[int] = []
    styles: dict[int, _Style] = {}
    places: list[int] = []
    x, y = ctypes.c_double(), ctypes.c_double()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for i, code in _codes(textpage):
        item = pdfium.FPDFText_GetTextObject(textpage.raw, i)
        key = ctypes.addressof(item.contents) if item else 0
        if key not in styles:
            styles[key] = _style(item, paint) if item else _NO_STYLE
        font, mark, size, shown = styles[key]
        places.append(paint.places.get(key, places[-1] if places else -1))
        pdfium.FPDFText_GetCharOrigin(textpage.raw, i, x, y)
        pdfium.FPDFText_GetCharBox(textpage.raw, i, left, right, bottom, top)
        box = Box(left.value, bottom.value, right.value, top.value)
        hidden = shown.of_all
        if hidden is None:
            hidden = shown.hidden_at(box)
        if hidden is None:
            doubtful.append(len(glyphs))
        glyphs.append(
            Glyph(
                _character(code),
                x.value * MM_PER_BP,
                height - y.value * MM_PER_BP,
                box.left * MM_PER_BP,
                box.right * MM_PER_BP,
                height - box.top * MM_PER_BP,
                height - box.bottom * MM_PER_BP,
                size,
                font,
                mark,
                hidden or Hidden.NO,
            )
        )
    settled = _with_doubts_settled(glyphs, doubtful, pdfium_page, height)
    # pdfium sorts the text objects of a line from left to right.
    order = sorted(range(len(settled)), key=places.__getitem__)
    return [settled[number] for number in order]


def _with_doubts_settled(
    glyphs: list[Glyph], doubtful: Sequence[int], pdfium_page: Any, height: float
) -> Sequence[Glyph]:
    """The characters, the doubtful ones settled by a look at the page."""
    # A mark may be smaller than a dot of the rendered page.
    numbers = [n for n in doubtful if glyphs[n].text.isalnum() and glyphs[n].mark not in NO_TEXT]
    if numbers:
        seen = seen_on(pdfium_page, [glyphs[n] for n in numbers], height)
        for number, is_seen in zip(numbers, seen, strict=True):
            if not is_seen:
                glyphs[number] = glyphs[number]._replace(hidden=Hidden.COVERED)
    return glyphs


def seen_on(pdfium_page: Any, glyphs: Sequence[Glyph], height: float) -> list[bool]:
    """Whether each character of the text is seen on the rendered page of this height in mm."""
    boxes = [
        Box(
            glyph.left / MM_PER_BP,
            (height - glyph.bottom) / MM_PER_BP,
            glyph.right / MM_PER_BP,
            (height - glyph.top) / MM_PER_BP,
        )
        for glyph in glyphs
    ]
    return inked(pdfium_page, boxes, _is_text, _LOOK_DPI)


def _codes(textpage: Any) -> Iterator[tuple[int, int]]:
    """The index and the code point of each character that pdfium did not add and that shows."""
    high_half = 0
    for i in range(textpage.count_chars()):
        code = pdfium.FPDFText_GetUnicode(textpage.raw, i)
        if chr(code).isspace() or pdfium.FPDFText_IsGenerated(textpage.raw, i) == 1:
            continue
        if code in _HIGH_HALVES:
            # pdfium returns the two UTF-16 surrogates of a rare character one after another.
            high_half = code
            continue
        if high_half:
            pair = high_half.to_bytes(2, "big") + code.to_bytes(2, "big")
            code, high_half = ord(pair.decode("utf-16-be", "replace")[0]), 0
        yield i, code


def _character(code: int) -> str:
    # pdfium says U+0002 for a hyphen that ends a line.
    return "-" if code == _LINE_END_HYPHEN else chr(code) if code else "\ufffd"


def _style(item: Any, paint: PagePaint) -> _Style:
    name = ctypes.create_string_buffer(200)
    pdfium.FPDFFont_GetBaseFontName(pdfium.FPDFTextObj_GetFont(item), name, 200)
    size = ctypes.c_float()
    pdfium.FPDFTextObj_GetFontSize(item, size)
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
    font = plain_font_name(name.value.decode("utf-8", "replace"))
    # The length of the upright axis: text may be turned.
    upright = math.hypot(matrix.c, matrix.d)
    return _Style(font, _mark(item), size.value * upright, paint.text(item))


def _mark(item: Any) -> str:
    """The name of the innermost marked content that contains an object."""
    count = pdfium.FPDFPageObj_CountMarks(item)
    if count < 1:
        return ""
    length = ctypes.c_ulong()
    name = ctypes.create_string_buffer(80)
    wide = ctypes.cast(name, ctypes.POINTER(ctypes.c_ushort))
    pdfium.FPDFPageObjMark_GetName(pdfium.FPDFPageObj_GetMark(item, count - 1), wide, 80, length)
    return name.raw[: max(0, length.value - 2)].decode("utf-16-le", "replace")


def _is_text(item: Any) -> bool:
    """Whether a text object of pdfium is text of the bulletin, not an artifact or an insert."""
    return _mark(item) not in NO_TEXT
