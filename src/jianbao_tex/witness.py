"""
What a page of a PDF shows, by pdfium: for what our own reader does not know, and as a witness.

The witness is other code by other people.  It reads the whole PDF again where the press is
thorough, and every difference from our own reader is reported.
"""

from __future__ import annotations

import contextlib
import ctypes
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from jianbao_tex import content
from jianbao_tex.cancelling import CancelCheck, locked
from jianbao_tex.grid import MM_PER_BP
from jianbao_tex.pages import LEAST_RULE_MM, Page, PlacedPicture, Rule

if TYPE_CHECKING:
    import pikepdf

PDFIUM_LOCK = threading.Lock()
"""pdfium is not thread-safe: only one thread may use it at a time."""


def witnessed_pages(
    pdf: bytes, pages: Mapping[int, pikepdf.Page], check_cancelled: CancelCheck
) -> Iterator[Page]:
    """
    The pages with these numbers, from 1, as pdfium reads them.

    Raises:
        ValueError: pdfium cannot read the PDF.
    """
    import pypdfium2

    try:
        with (
            locked(PDFIUM_LOCK, check_cancelled),
            contextlib.closing(pypdfium2.PdfDocument(pdf)) as document,
        ):
            for number, page in pages.items():
                check_cancelled()
                yield _page(number, document[number - 1], page)
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"no PDF that can be read: {error}") from error


def pictures_of(page: pikepdf.Page) -> int:
    """The number of pictures in the resources of a page."""
    import pikepdf

    objects = page.resources.get("/XObject", pikepdf.Dictionary())
    return sum(item.get("/Subtype") == "/Image" for item in objects.values())


def _page(number: int, pdfium_page: Any, page: pikepdf.Page) -> Page:
    from jianbao_tex.glyphs import read_glyphs

    # pdfium ignores inherited page boxes and then assumes Letter.
    width, height = (float(value) * MM_PER_BP for value in page.mediabox[2:])
    glyphs = tuple(read_glyphs(pdfium_page, height))
    rules = tuple(sorted(_rules(pdfium_page, height), key=lambda rule: rule.top))
    shapes = tuple(_shapes(pdfium_page, height))
    return Page(number, width, height, glyphs, rules, _colours(page), pictures_of(page), shapes)


def _rules(pdfium_page: Any, height: float) -> Iterator[Rule]:
    import pypdfium2.raw as pdfium

    for item in pdfium_page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH,), max_depth=1):
        left, bottom, right, top = (value * MM_PER_BP for value in item.get_bounds())
        stroke, fills, strokes = ctypes.c_float(), ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(item.raw, fills, strokes)
        if fills.value:
            # A rule of some thickness is a filled box.
            if right - left > LEAST_RULE_MM and top - bottom < LEAST_RULE_MM:
                yield Rule(left, height - top, right - left, top - bottom)
            continue
        pdfium.FPDFPageObj_GetStrokeWidth(item.raw, stroke)
        thickness = stroke.value * MM_PER_BP
        # xdvipdfmx draws a thin rule as a stroked line, whose bounds pdfium widens by the
        # thickness on every side.
        width = right - left - 2 * thickness
        if width > LEAST_RULE_MM and thickness < LEAST_RULE_MM:
            middle = height - (top + bottom) / 2
            yield Rule(left + thickness, middle - thickness / 2, width, thickness)


def _shapes(pdfium_page: Any, height: float) -> Iterator[PlacedPicture]:
    import pypdfium2.raw as pdfium

    for item in pdfium_page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=1):
        left, bottom, right, top = (value * MM_PER_BP for value in item.get_bounds())
        yield PlacedPicture(left, height - top, right, height - bottom)


# --- Colours, by qpdf ----------------------------------------------------------------------


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
