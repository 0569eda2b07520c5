"""Marks the parts of a text for which TeX's character classes are not enough."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from jianbao_tex.breaks.marks import FULL_WIDTH, Reason, is_western, reason_between
from jianbao_tex.breaks.pieces import pieces
from jianbao_tex.breaks.text import Breaks

# From the first quotation mark on, TeX may take a sign for a Chinese one.
_FIRST_CHINESE = "\u2018"


@dataclass(frozen=True)
class Span:
    """
    A range of a text and the command that prints it.

    ``command`` is ``jbTied`` or ``jbWord`` for a piece, ``~`` for a non-breaking space, and ''
    if TeX's classes are enough.
    """

    start: int
    end: int
    command: str = ""


def stretches(
    text: str, marked: Sequence[Span], start: int = 0, end: int | None = None
) -> Iterator[Span]:
    """
    Splits a text, or a part of it, into ranges: the marked ranges that lie fully inside, and the
    rest.
    """
    end = len(text) if end is None else end
    last = start
    for stretch in itertools.islice(marked, bisect.bisect_left(marked, start, key=_start), None):
        if stretch.start >= end:
            break
        if last <= stretch.start and stretch.end <= end:
            if stretch.start > last:
                yield Span(last, stretch.start)
            yield stretch
            last = stretch.end
    if last < end:
        yield Span(last, end)


def marked_in(text: str, foreign: Collection[str] = ()) -> list[Span]:
    """
    The stretches of a text that TeX's classes do not know, in their order.

    ``foreign`` are characters that some Latin font lacks: a word with one of them is set in
    one font that has all of it.  White space of the text is single spaces.
    """
    return sorted(_find_spans(text, foreign), key=_start)


def _start(stretch: Span) -> int:
    return stretch.start


def _find_spans(text: str, foreign: Collection[str]) -> Iterator[Span]:
    for piece in pieces(text):
        if not piece.is_word:
            yield Span(piece.start, piece.end, "jbTied")
        elif any(c >= _FIRST_CHINESE or c in foreign for c in text[piece.start : piece.end]):
            yield Span(piece.start, piece.end, "jbWord")
            # After jbWord TeX does not see the next character, so it is tied by hand.
            pair = text[piece.end - 1 : piece.end + 1]
            if piece.end < len(text) and reason_between(*pair) is Reason.NUMBER:
                yield Span(piece.end, piece.end + 1, "jbTied")
    spaces = [i for i, c in enumerate(text) if c == " " and 0 < i < len(text) - 1]
    breaks = Breaks(text) if spaces else None
    for place in spaces:
        before, after = text[place - 1], text[place + 1]
        # Beside a full-width mark TeX drops the space.
        printed = before not in FULL_WIDTH and (after not in FULL_WIDTH or is_western(before))
        if printed and breaks and breaks.reason_against(place + 1):
            yield Span(place, place + 1, "~")
