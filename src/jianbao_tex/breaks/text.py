"""A text, asked where its lines may break."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import cached_property

from jianbao_tex.breaks.addresses import ADDRESS, breaks_in
from jianbao_tex.breaks.marks import CLASSES, NUMERALS, Reason, reason_between
from jianbao_tex.breaks.pieces import pieces, spaced_units

# A long run without a line break: no space and no Chinese character; or only full-width marks;
# or ten numerals or more.
_RUN = (
    "[^\\s\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    "\U00020000-\U0003ffff]{%d,}|[\u3001-\u3020\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]{%d,}"
    f"|[{NUMERALS}]{{10,}}"
)
LONG_RUN = re.compile(_RUN % (25, 25))
"""A run that is too long to keep whole: a web address, a row of punctuation marks."""
TIGHT_RUN = re.compile(_RUN % (7, 7))
"""The same in a narrow place, as the cell of a table."""


RUN_PIECE = 12
"""The letters of a long run without a joint between two places where it may break."""


def runs_in(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of a text that may break inside: addresses, and long runs of letters."""
    spans = [
        match.span()
        for pattern in (LONG_RUN, ADDRESS)
        for match in pattern.finditer(text)
        if match.end() - match.start() > RUN_PIECE
    ]
    last = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= last:
            yield start, end
            last = end


class Breaks:
    """
    The positions where the lines of one paragraph may break.

    A break at ``i`` is before ``text[i]``.  With ``tight`` (a table cell), a shorter run of
    letters may break.
    """

    def __init__(self, text: str, *, tight: bool = False) -> None:
        self.text = text
        self._runs = TIGHT_RUN if tight else LONG_RUN

    @cached_property
    def _reasons(self) -> dict[int, Reason | None]:
        reasons: dict[int, Reason | None] = {
            place: piece.reason
            for piece in pieces(self.text)
            for place in range(piece.start + piece.is_word, piece.end)
        }
        reasons |= dict.fromkeys(spaced_units(self.text), Reason.NUMBER)
        for run in self._runs.finditer(self.text):
            reasons |= dict.fromkeys(range(run.start() + 1, run.end()))
        if self._runs is LONG_RUN:
            for address in ADDRESS.finditer(self.text):
                start, end = address.span()
                reasons |= dict.fromkeys(range(start + 1, end), Reason.WORD)
                if end - start > RUN_PIECE:
                    places = breaks_in(address.group(), RUN_PIECE)
                    reasons |= dict.fromkeys(start + place for place in places)
        return reasons

    def reason_against(self, place: int) -> Reason | None:
        """Why no line may break in front of a character; ``None`` where one may."""
        text = self.text
        if not 0 < place < len(text):
            return None
        if place in self._reasons:
            return self._reasons[place]
        before, after = text[place - 1], text[place]
        # TeX drops the space at a break: the characters on both sides of it decide.
        if before.isspace():
            return _reason_across_space(text[:place].rstrip()[-1:], after)
        return reason_between(before, after)

    def allowed(self, start: int, end: int) -> Iterator[int]:
        """
        The positions from ``start`` to ``end`` (excluded) where a line may break at any width.
        Positions in a long run of letters are left out: TeX breaks there only if it must.
        """
        return (
            i
            for i in range(start, end)
            if not self.text[i].isspace() and i not in self._reasons and not self.reason_against(i)
        )


_WORD_OF_A_CELL = 12
_LETTERS_AT_LAST = 3


def longest_piece(text: str, *, as_last_resort: bool = False) -> str:
    """
    The longest part of the text of a cell without a line break.

    With ``as_last_resort`` numbers may break too, and long words after every third letter.
    """
    breaks = Breaks(text)
    soft = {Reason.NUMBER, Reason.QUOTED} if as_last_resort else set[Reason]()
    places = {
        i
        for i in range(1, len(text))
        if (reason := breaks.reason_against(i)) is None or reason in soft
    }
    for run in TIGHT_RUN.finditer(text):
        inside = range(run.start() + 1, run.end())
        places -= set(inside)
        if as_last_resort or len(run.group()) > _WORD_OF_A_CELL:
            places |= set(inside[_LETTERS_AT_LAST - 1 :: _LETTERS_AT_LAST])
    parts = (text[a:b].strip() for a, b in itertools.pairwise((0, *sorted(places), len(text))))
    return max(parts, key=len, default="")


def _reason_across_space(before: str, after: str) -> Reason | None:
    """The rule between two characters with a space between them; joints (/, -, ～) have none."""
    reason = reason_between(before, after) if before else None
    if reason not in {Reason.NEVER_FIRST, Reason.NEVER_LAST}:
        return None
    loose = {"solidus, hyphen", "solidus", "connector", "straight quote", "bullet"}
    mark = after if reason is Reason.NEVER_FIRST else before
    return None if CLASSES[mark].name in loose else reason
