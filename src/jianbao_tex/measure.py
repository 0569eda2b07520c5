"""
What a finished PDF shows, in millimetres from the top left corner of the sheet.

Read with pypdfium2 (characters, rules) and pikepdf (fonts, colours), so by other code
than the code that wrote the pages.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jianbao_tex import content
from jianbao_tex.cancelling import CancelCheck, locked, never_cancelled
from jianbao_tex.grid import MM_PER_BP
from jianbao_tex.inventory import strangers
from jianbao_tex.pages import (
    NO_TEXT,
    SUBSET_TAG,
    Glyph,
    Page,
    PlacedPicture,
    Rule,
    plain_font_name,
)

if TYPE_CHECKING:
    import pikepdf

_RULE_MM = 10.0

PDFIUM_LOCK = threading.Lock()
"""pdfium is not thread-safe: only one thread may use it at a time."""


@dataclass(frozen=True)
class FontFact:
    """A font of the PDF by its PostScript name, without the tag of the subset."""

    name: str
    embedded: bool
    subset: bool
    mapped: bool


@dataclass(frozen=True)
class Measured:
    """All pages and fonts of a PDF, and the keys that a bulletin does not need."""

    pages: tuple[Page, ...]
    fonts: tuple[FontFact, ...]
    unexpected_keys: tuple[str, ...] = ()

    @property
    def bulletin(self) -> tuple[Page, ...]:
        """The pages of the bulletin, without inserts such as a form after it."""
        return tuple(page for page in self.pages if not page.is_insert)

    @cached_property
    def characters_by_font(self) -> dict[str, str]:
        """The different characters that each font set, sorted."""
        characters: dict[str, set[str]] = {}
        for page in self.pages:
            for glyph in page.glyphs:
                characters.setdefault(glyph.font, set()).add(glyph.text)
        return {font: "".join(sorted(characters[font])) for font in sorted(characters)}


def measure(pdf: bytes, check_cancelled: CancelCheck = never_cancelled) -> Measured:
    """
    The facts of a PDF; ``check_cancelled`` is called before each page, and may raise.

    Raises:
        ValueError: the bytes are no PDF that can be read.
    """
    import pikepdf
    import pypdfium2

    try:
        with locked(PDFIUM_LOCK, check_cancelled), pikepdf.open(io.BytesIO(pdf)) as document:
            with contextlib.closing(pypdfium2.PdfDocument(pdf)) as pdfium_document:
                pages = []
                for number, page in enumerate(document.pages, start=1):
                    check_cancelled()
                    pages.append(_page(number, pdfium_document[number - 1], page))
            return Measured(tuple(pages), tuple(_fonts(document)), strangers(document))
    except (pikepdf.PdfError, pypdfium2.PdfiumError) as error:
        raise ValueError(f"no PDF that can be read: {error}") from error


def without_ink(pdf: bytes, measured: Measured) -> Iterator[Glyph]:
    """The letters and digits of the text that leave no ink where the pages are rendered."""
    import pypdfium2

    from jianbao_tex.glyphs import seen_on

    with PDFIUM_LOCK, contextlib.closing(pypdfium2.PdfDocument(pdf)) as document:
        for page in measured.pages:
            glyphs = [g for g in page.glyphs if g.mark not in NO_TEXT and g.text.isalnum()]
            seen = seen_on(document[page.number - 1], glyphs, page.height)
            yield from (glyph for glyph, is_seen in zip(glyphs, seen, strict=True) if not is_seen)


# --- Characters and rules, by pdfium ----------------------------------------------------


def _page(number: int, pdfium_page: Any, page: pikepdf.Page) -> Page:
    from jianbao_tex.glyphs import read_glyphs

    # pdfium ignores inherited page boxes and then assumes Letter.
    width, height = (float(value) * MM_PER_BP for value in page.mediabox[2:])
    glyphs = tuple(read_glyphs(pdfium_page, height))
    rules = tuple(sorted(_rules(pdfium_page, height), key=lambda rule: rule.top))
    shapes = tuple(_shapes(pdfium_page, height))
    return Page(number, width, height, glyphs, rules, _colours(page), _pictures(page), shapes)


def _rules(pdfium_page: Any, height: float) -> Iterator[Rule]:
    import pypdfium2.raw as pdfium

    for item in pdfium_page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH,), max_depth=1):
        left, bottom, right, top = (value * MM_PER_BP for value in item.get_bounds())
        stroke, fills, strokes = ctypes.c_float(), ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(item.raw, fills, strokes)
        if fills.value:
            # A rule of some thickness is a filled box.
            if right - left > _RULE_MM and top - bottom < _RULE_MM:
                yield Rule(left, height - top, right - left, top - bottom)
            continue
        pdfium.FPDFPageObj_GetStrokeWidth(item.raw, stroke)
        thickness = stroke.value * MM_PER_BP
        # xdvipdfmx draws a thin rule as a stroked line, whose bounds pdfium widens by the
        # thickness on every side.
        width = right - left - 2 * thickness
        if width > _RULE_MM and thickness < _RULE_MM:
            middle = height - (top + bottom) / 2
            yield Rule(left + thickness, middle - thickness / 2, width, thickness)


def _shapes(pdfium_page: Any, height: float) -> Iterator[PlacedPicture]:
    import pypdfium2.raw as pdfium

    for item in pdfium_page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=1):
        left, bottom, right, top = (value * MM_PER_BP for value in item.get_bounds())
        yield PlacedPicture(left, height - top, right, height - bottom)


# --- Colours, pictures and fonts, by qpdf -------------------------------------------------


_FILLS = content.SHOW_TEXT | content.FILL | content.FILL_AND_STROKE
_STROKES = content.STROKE | content.FILL_AND_STROKE
_COLOURING = content.COLOURING - content.CHOOSE_SPACE


def _colours(page: pikepdf.Page) -> frozenset[tuple[str, ...]]:
    """The colours in force where the page shows text or paints a path: ("k", "0", ...)."""
    fill: tuple[str, ...] = ("g", "0")
    stroke = fill
    stack: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    colours: set[tuple[str, ...]] = set()
    for word, operands, _ in content.read(page):
        if word == "q":
            stack.append((fill, stroke))
        elif word == "Q" and stack:
            fill, stroke = stack.pop()
        elif word in _COLOURING:
            colour = (word.lower(), *map(_number, operands))
            fill, stroke = (fill, colour) if content.is_stroke(word) else (colour, stroke)
        if word in _FILLS:
            colours.add(fill)
        if word in _STROKES:
            colours.add(stroke)
    return frozenset(colours)


def _number(value: Any) -> str:
    return str(value) if str(value).startswith("/") else f"{float(value):g}"


def _pictures(page: pikepdf.Page) -> int:
    import pikepdf

    objects = page.resources.get("/XObject", pikepdf.Dictionary())
    return sum(item.get("/Subtype") == "/Image" for item in objects.values())


def _fonts(document: pikepdf.Pdf) -> Iterator[FontFact]:
    import pikepdf

    for item in document.objects:
        if not isinstance(item, pikepdf.Dictionary) or item.get("/Type") != "/Font":
            continue
        if item.get("/Subtype") in {"/CIDFontType0", "/CIDFontType2"}:
            continue
        name = str(item.get("/BaseFont", "")).removeprefix("/")
        inner = item.DescendantFonts[0] if "/DescendantFonts" in item else item
        descriptor = inner.get("/FontDescriptor", pikepdf.Dictionary())
        yield FontFact(
            plain_font_name(name),
            embedded=any(f"/FontFile{n}" in descriptor for n in ("", 2, 3)),
            subset=bool(SUBSET_TAG.match(name)),
            mapped="/ToUnicode" in item,
        )
