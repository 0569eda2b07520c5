"""
Our own reader of the pages of a PDF: place, size, mark, colour, clips, rules and pictures.

It follows the instructions of a page, with the widths and the glyphs of the fonts that are
embedded.  What it does not know it never guesses: it raises `Unknown`, and pdfium reads the page
(`jianbao_tex.witness`).  So also where text is hidden, or only a look at the page settles it.
"""

from __future__ import annotations

from typing import Any

import pikepdf

from jianbao_tex import content
from jianbao_tex.grid import MM_PER_BP
from jianbao_tex.pages import Page, Rule
from jianbao_tex.pdf_reader.fonts import Shelf
from jianbao_tex.pdf_reader.machine import Machine
from jianbao_tex.pdf_reader.runs import Sheet
from jianbao_tex.pdf_reader.unknown import Unknown

_FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, pikepdf.PdfError)
_ODD = ("/Rotate", "/UserUnit", "/Group")


def read_page(number: int, page: Any, pictures: int, shelf: Shelf) -> Page:
    """
    What a page of pikepdf shows; ``shelf`` has the fonts of its document.

    Raises:
        Unknown: the page has something that this reader does not know.
    """
    if any(key in page.obj for key in _ODD):
        raise Unknown("page")
    width, height = (float(value) * MM_PER_BP for value in page.mediabox[2:])
    sheet = Sheet(height)
    try:
        machine = Machine(page.resources, shelf, sheet)
        for word, operands, _ in content.read(page):
            machine.run(word, operands)
    except _FAULTS as error:
        # Operands that are missing or of another type, names that lead nowhere, broken streams.
        raise Unknown("operands") from error
    sheet.check_single()
    sheet.check_shown()
    return Page(
        number,
        width,
        height,
        tuple(sheet.glyphs),
        tuple(sorted(sheet.rules, key=_top)),
        frozenset(sheet.colours),
        pictures,
        tuple(sheet.shapes),
    )


def _top(rule: Rule) -> float:
    return rule.top


__all__ = ["Shelf", "Unknown", "read_page"]
