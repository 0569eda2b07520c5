"""
What a finished PDF shows, in millimetres from the top left corner of the sheet.

Our own reader follows the instructions of a page (decision 0039), so it is other code than the
code that wrote them.  What it does not know, pdfium reads.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from jianbao_tex.agreement import Difference, differences
from jianbao_tex.cancelling import CancelCheck, never_cancelled
from jianbao_tex.inventory import strangers
from jianbao_tex.pages import NO_TEXT, SUBSET_TAG, Glyph, Page, plain_font_name
from jianbao_tex.witness import PDFIUM_LOCK, pictures_of, witnessed_pages

if TYPE_CHECKING:
    import pikepdf


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

    @cached_property
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

    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            pages = tuple(_pages(pdf, document, check_cancelled))
            return Measured(pages, tuple(_fonts(document)), strangers(document))
    except pikepdf.PdfError as error:
        raise ValueError(f"no PDF that can be read: {error}") from error


def _pages(pdf: bytes, document: pikepdf.Pdf, check_cancelled: CancelCheck) -> Iterator[Page]:
    """The pages by our own reader; those that have something it does not know by pdfium."""
    pages = dict(enumerate(document.pages, start=1))
    own = dict(_own_pages(pages, check_cancelled))
    others = {number: page for number, page in pages.items() if number not in own}
    if others:
        own.update((p.number, p) for p in witnessed_pages(pdf, others, check_cancelled))
    yield from (own[number] for number in pages)


def _own_pages(
    pages: Mapping[int, pikepdf.Page], check_cancelled: CancelCheck
) -> Iterator[tuple[int, Page]]:
    from jianbao_tex.pdf_reader import Shelf, Unknown, read_page

    shelf = Shelf()
    for number, page in pages.items():
        check_cancelled()
        with contextlib.suppress(Unknown):
            yield number, read_page(number, page, pictures_of(page), shelf)


def differences_from_witness(pdf: bytes, measured: Measured) -> Iterator[Difference]:
    """In what the pages of a PDF, as they were measured, differ from what pdfium reads."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        pages = dict(enumerate(document.pages, start=1))
        others = witnessed_pages(pdf, pages, never_cancelled)
        for own, other in zip(measured.pages, others, strict=True):
            yield from differences(own, other)


def without_ink(pdf: bytes, measured: Measured) -> Iterator[Glyph]:
    """The letters and digits of the text that leave no ink where the pages are rendered."""
    import pypdfium2

    from jianbao_tex.glyphs import seen_on

    with PDFIUM_LOCK, contextlib.closing(pypdfium2.PdfDocument(pdf)) as document:
        for page in measured.pages:
            glyphs = [g for g in page.glyphs if g.mark not in NO_TEXT and g.text.isalnum()]
            seen = seen_on(document[page.number - 1], glyphs, page.height)
            yield from (glyph for glyph, is_seen in zip(glyphs, seen, strict=True) if not is_seen)


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
