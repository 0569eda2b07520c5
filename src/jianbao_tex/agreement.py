"""In what two readings of the same page differ: ours and that of pdfium."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from jianbao_tex.language import Phrase, say
from jianbao_tex.pages import Glyph, Page

TOLERANCE_MM = 0.01
"""Two readings of a length agree to this."""
_TOLERANCE_BP = 0.01


class Difference(NamedTuple):
    """In what two readings of a page differ, and the first glyph that shows it, if one does."""

    page: int
    what: Phrase
    glyphs: tuple[Glyph, ...] = ()


def differences(own: Page, other: Page) -> Iterator[Difference]:
    """The differences of two readings of a page, the first of each kind."""
    number = own.number
    if [g.text for g in own.glyphs] != [g.text for g in other.glyphs]:
        pairs = zip(own.glyphs, other.glyphs, strict=False)
        glyphs = tuple(a for a, b in pairs if a.text != b.text)[:1]
        yield Difference(number, say("the characters and their order"), glyphs)
    else:
        for what, glyph in _of_glyphs(own.glyphs, other.glyphs):
            yield Difference(number, what, (glyph,))
    for phrase, mine, others in (
        (say("the size of the page"), [(own.width, own.height)], [(other.width, other.height)]),
        (say("the rules"), _rules(own), _rules(other)),
        (say("the places of the pictures"), _pictures(own), _pictures(other)),
    ):
        if len(mine) != len(others) or any(map(_is_apart, mine, others)):
            yield Difference(number, phrase)
    if (own.colours, own.pictures) != (other.colours, other.pictures):
        yield Difference(number, say("the colours and the number of pictures"))


def _of_glyphs(own: Sequence[Glyph], others: Sequence[Glyph]) -> Iterator[tuple[Phrase, Glyph]]:
    """The first difference of each kind between glyphs with the same texts."""
    kinds: set[Phrase] = set()
    for a, b in zip(own, others, strict=True):
        for what in _kinds(a, b):
            if what not in kinds:
                kinds.add(what)
                yield what, a


def _kinds(a: Glyph, b: Glyph) -> Iterator[Phrase]:
    if _is_apart((a.x, a.baseline), (b.x, b.baseline)):
        yield say("the place of a character")
    elif _is_apart((a.left, a.right, a.top, a.bottom), (b.left, b.right, b.top, b.bottom)):
        yield say("the box of a character")
    if abs(a.size_bp - b.size_bp) > _TOLERANCE_BP:
        yield say("the size of a character")
    if (a.font, a.mark) != (b.font, b.mark):
        yield say("the font or the mark of a character")
    if a.hidden != b.hidden:
        yield say("whether a character shows")


def _rules(page: Page) -> list[tuple[float, ...]]:
    return [(rule.left, rule.top, rule.width, rule.thickness) for rule in page.rules]


def _pictures(page: Page) -> list[tuple[float, ...]]:
    return [(shape.left, shape.top, shape.right, shape.bottom) for shape in page.shapes]


def _is_apart(own: Sequence[float], other: Sequence[float]) -> bool:
    return any(abs(a - b) > TOLERANCE_MM for a, b in zip(own, other, strict=True))
