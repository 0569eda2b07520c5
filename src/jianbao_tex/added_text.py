"""What the pages print that is not text of the issue: artifacts and inserts, word by word."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jianbao_tex.figures import Figure
from jianbao_tex.grid import MM_PER_BP
from jianbao_tex.pages import NO_TEXT, Glyph, Page

_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)|[{}$~\s]")
_UNKNOWN = "\ufffd"
_NEW_LINE_MM = 1.0
_GAP = 0.15


@dataclass(frozen=True)
class AddedText:
    """Words on a page that are marked as an artifact or an insert, in the order of the content."""

    page: int
    mark: str
    text: str


def added_texts(
    pages: Iterable[Page], number_form: Figure, heads: Iterable[str]
) -> Iterator[AddedText]:
    """
    The added texts of the pages, apart from page numbers and the repeated ``heads`` of tables.

    ``heads`` have no white space.
    """
    known = frozenset(heads)
    for page in pages:
        number = _page_number(number_form, page.number)
        for mark, group in itertools.groupby(page.glyphs, key=lambda glyph: glyph.mark):
            if mark in NO_TEXT:
                glyphs = tuple(group)
                text = "".join(glyph.text for glyph in glyphs)
                # A glyph without a character is reported for that.
                if text not in known and text != number and _UNKNOWN not in text:
                    yield AddedText(page.number, str(mark), _with_spaces(glyphs))


def _page_number(form: Figure, number: int) -> str:
    """What TeX prints for a page number: a dash and the number are its only commands."""
    text = str(form.value).replace(r"\thepage", str(number)).replace(r"\jbDash", "—")
    return _COMMAND.sub("", text)


def _with_spaces(glyphs: tuple[Glyph, ...]) -> str:
    """The text with a space where a line ends or words stand apart."""
    text = glyphs[0].text
    for before, glyph in itertools.pairwise(glyphs):
        text += " " * _are_apart(before, glyph) + glyph.text
    return text


def _are_apart(before: Glyph, glyph: Glyph) -> bool:
    if abs(glyph.baseline - before.baseline) > _NEW_LINE_MM:
        return True
    size = before.size_bp * MM_PER_BP
    # A Latin letter ends where its ink ends; a Chinese character fills its box.
    end = before.right if before.text.isascii() else before.x + size
    return glyph.x - end > _GAP * size
