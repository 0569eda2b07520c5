"""Facts of a PDF's pages, in millimetres from the top left corner of the sheet."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cached_property

import pypdfium2
import pypdfium2.raw as pdfium

MM = 72 / 25.4
HEIGHT_MM = 297.0
FOOT_MM = 262.0


@dataclass(frozen=True)
class Glyph:
    """A character of the page: its baseline origin and its ink box."""

    text: str
    x: float
    baseline: float
    left: float
    right: float
    top: float
    bottom: float
    size: float
    font: str


class Page:
    """The characters of one page in the order of its content, and its text."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._page = page

    @cached_property
    def glyphs(self) -> list[Glyph]:
        textpage = self._page.get_textpage()
        raw = textpage.raw
        found = []
        for i in range(textpage.count_chars()):
            code = pdfium.FPDFText_GetUnicode(raw, i)
            if code in {0x0D, 0x0A, 0x20} or pdfium.FPDFText_IsGenerated(raw, i) == 1:
                continue
            found.append(self._glyph(raw, i, code))
        return found

    @staticmethod
    def _glyph(raw: object, i: int, code: int) -> Glyph:
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(raw, i, x, y)
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        pdfium.FPDFText_GetCharBox(raw, i, left, right, bottom, top)
        name = ctypes.create_string_buffer(200)
        pdfium.FPDFText_GetFontInfo(raw, i, name, 200, None)
        return Glyph(
            # pdfium says U+0002 for a hyphen that ends a line.
            "-" if code == 2 else chr(code),
            x.value / MM,
            HEIGHT_MM - y.value / MM,
            left.value / MM,
            right.value / MM,
            HEIGHT_MM - top.value / MM,
            HEIGHT_MM - bottom.value / MM,
            pdfium.FPDFText_GetFontSize(raw, i),
            name.value.decode(),
        )

    @property
    def body(self) -> list[Glyph]:
        """The characters of the type area: all but the page number."""
        return [glyph for glyph in self.glyphs if glyph.baseline <= FOOT_MM]

    @property
    def foot(self) -> str:
        """The page number with its dashes."""
        return "".join(glyph.text for glyph in self.glyphs if glyph.baseline > FOOT_MM)

    @property
    def text(self) -> str:
        """The text of the type area, without white space, in the order of the content."""
        return joined(glyph.text for glyph in self.body)

    @cached_property
    def lines(self) -> dict[float, list[Glyph]]:
        """Baseline -> characters of body size on it, from left to right."""
        rows: dict[float, list[Glyph]] = {}
        for glyph in self.body:
            near = next((y for y in rows if abs(y - glyph.baseline) < 0.3), glyph.baseline)
            rows.setdefault(near, []).append(glyph)
        return {y: sorted(row, key=lambda g: g.x) for y, row in sorted(rows.items())}

    def rules(self) -> list[tuple[float, float, float, float]]:
        """Horizontal rules as left, top, width, thickness, from top to bottom."""
        found = []
        for item in self._page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH,), max_depth=1):
            left, bottom, right, top = (value / MM for value in item.get_bounds())
            stroke = ctypes.c_float()
            pdfium.FPDFPageObj_GetStrokeWidth(item.raw, stroke)
            thickness = stroke.value / MM
            # xdvipdfmx draws a rule as a stroked line, whose bounds pdfium widens by the
            # thickness on every side.
            width = right - left - 2 * thickness
            if width > 10:
                middle = HEIGHT_MM - (top + bottom) / 2
                found.append((left + thickness, middle - thickness / 2, width, thickness))
        return sorted(found, key=lambda box: box[1])


def pages_of(pdf: bytes) -> list[Page]:
    document = pypdfium2.PdfDocument(pdf)
    return [Page(document[i]) for i in range(len(document))]


def text_of(pdf: bytes) -> str:
    """The text of all pages, without white space and page numbers."""
    return "".join(page.text for page in pages_of(pdf))


def joined(characters: object) -> str:
    """Characters as one string; the halves that pdfium makes of rare ones joined again."""
    raw = "".join(characters)  # type: ignore[call-overload]
    whole = raw.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return squeezed(whole)


def squeezed(text: str) -> str:
    """The text without any white space."""
    return "".join(text.split())
