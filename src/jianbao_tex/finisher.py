"""
Draft -> Master: adds what TeX does not write into a PDF.

xdvipdfmx writes no ToUnicode map for fonts of the Adobe-GB1 collection.  If several code points
share a glyph, it picks the wrong one.  So the map of each font is rebuilt from the font file; the
characters of the issue come first.
"""

from __future__ import annotations

import datetime
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from jianbao_tex import content
from jianbao_tex.cancelling import CancelCheck, never_cancelled
from jianbao_tex.children import signals_held
from jianbao_tex.content import Mark
from jianbao_tex.errors import TypesettingFailed
from jianbao_tex.findings import error
from jianbao_tex.fonts import FontFile
from jianbao_tex.master import Draft, Master, TexTree
from jianbao_tex.measure import Measured, measure

if TYPE_CHECKING:
    import pikepdf

_UNREADABLE = error(
    "JB323", "the PDF that TeX wrote cannot be read: {reason}", "run jianbao doctor"
)

# A subset's name begins with six capitals and a plus sign (ISO 32000-1, 9.6.4); a composite
# font has the name of its CMap at the end (Table 121).
_TAG = re.compile(r"/?(?:[A-Z]{6}\+)?(.*?)(?:-Identity-[HV])?$")
_SOURCES = (".tex", ".sty", ".cls")
# A page number is made by TeX, not read from a file.
_MADE_BY_TEX = "0123456789—"

Twins = set[tuple[str, str]]


def finish(draft: Draft, tree: TexTree, fonts: Iterable[FontFile]) -> Master:
    """
    The master of a draft, set from ``tree`` in ``fonts``.

    Raises:
        TypesettingFailed: the draft is no PDF that can be read.
    """
    # Forty milliseconds, for those who build a PDF.
    import pikepdf

    candidates = tuple(fonts)
    printed = _characters(tree)
    twins: Twins = set()
    buffer = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(draft.pdf)) as document:
            for item, codes in _fonts(document):
                font = _find_font(str(item.BaseFont), candidates)
                if font:
                    texts = _texts(font, codes, printed, twins)
                    for cid in codes - texts.keys():
                        texts[cid] = font.form_of(cid, printed) or _any_character(font, cid)
                    item.ToUnicode = document.make_stream(content.to_unicode(texts))
            _remove_figures(document)
            document.docinfo["/CreationDate"] = _pdf_date(tree.epoch)
            # Else qpdf makes the /ID from the clock, and no two runs write the same bytes.
            document.save(buffer, deterministic_id=True)
    except pikepdf.PdfError as exc:
        raise TypesettingFailed(
            _UNREADABLE.at(tree.issue, reason=str(exc).split(">: ")[-1])
        ) from exc
    return Master(
        buffer.getvalue(), draft.pages, draft.log, draft.tools, frozenset(twins), draft.tex_files
    )


def measure_master(
    master: Master, tree: TexTree, check_cancelled: CancelCheck = never_cancelled
) -> Measured:
    """
    What a master shows, read again from its bytes.

    Raises:
        TypesettingFailed: it is no PDF that can be read.
    """
    try:
        return measure(master.pdf, check_cancelled)
    except ValueError as exc:
        raise TypesettingFailed(_UNREADABLE.at(tree.issue, reason=str(exc))) from exc


def load_readers() -> None:
    """Imports the PDF libraries, which takes 50 ms, while TeX runs; pdfium is seldom needed."""
    # A signal that comes meanwhile would make pikepdf's module print a traceback.
    with signals_held():
        import pikepdf  # noqa: F401
        import uharfbuzz  # noqa: F401

        import jianbao_tex.hooks.prepress
        import jianbao_tex.pdf_reader  # noqa: F401


def _remove_figures(document: pikepdf.Pdf) -> None:
    """
    Removes the digits that were printed only to embed their glyphs for the copy numbers.

    They have the mark FIGURES, on the first page.
    """
    page = document.pages[0]
    instructions = list(content.read(page))
    # From the last to the first, so that the other slices stay valid.
    for piece in reversed([*content.pieces(instructions, Mark.FIGURES)]):
        del instructions[piece]
        page.Contents = document.make_stream(content.bytes_of(instructions))


def _pdf_date(epoch: int) -> str:
    """The date of the issue as PDF writes it; the engine itself always runs in 1970."""
    return f"{datetime.datetime.fromtimestamp(epoch, datetime.UTC):D:%Y%m%d%H%M%SZ}"


def _find_font(name: str, fonts: Sequence[FontFile]) -> FontFile | None:
    """The font that a PDF calls so."""
    match = _TAG.fullmatch(name)
    pdf_name = match[1] if match else name
    return next((font for font in fonts if font.pdf_name == pdf_name), None)


def _characters(tree: TexTree) -> Sequence[str]:
    """The characters that TeX was given, the most frequent first."""
    counts = Counter(_MADE_BY_TEX)
    for name, data in tree.files.items():
        if name.endswith(_SOURCES):
            counts.update(data.decode("utf-8", "replace"))
    return sorted(counts, key=lambda character: (-counts[character], character))


def _fonts(document: pikepdf.Pdf) -> Iterator[tuple[pikepdf.Object, set[int]]]:
    """Each composite font with the codes that the pages show in it."""
    import pikepdf

    codes_by_font: dict[tuple[int, int], set[int]] = {}
    items: dict[tuple[int, int], pikepdf.Object] = {}
    for page in document.pages:
        fonts = {
            str(name): font
            for name, font in page.resources.get("/Font", pikepdf.Dictionary()).items()
        }
        codes: set[int] = set()
        for word, operands, _ in content.read(page):
            if word == "Tf":
                font = fonts[str(operands[0])]
                items[font.objgen] = font
                codes = codes_by_font.setdefault(font.objgen, set())
            elif word in {"Tj", "TJ"}:
                codes.update(content.codes_in(operands[0]))
    for key, font in items.items():
        if font.get("/Subtype") == "/Type0":
            yield font, codes_by_font[key]


def _texts(font: FontFile, codes: set[int], printed: Sequence[str], twins: Twins) -> dict[int, str]:
    """The character of each code; of twins that the issue holds, the more frequent one."""
    texts: dict[int, str] = {}
    for character, cid in font.cids(printed):
        if cid not in codes:
            continue
        if cid in texts:
            twins.add((character, texts[cid]))
        else:
            texts[cid] = character
    return texts


def _any_character(font: FontFile, cid: int) -> str:
    """Any character whose glyph it is; U+FFFD for a glyph without one."""
    return next((c for c in font.all_characters if font.cid(c) == cid), "\ufffd")
