"""Quotes and brackets in pairs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from jianbao_proofreading.prose import Prose, first_few, prose_of
from jianbao_tex.hooks import Finding, IssueCheck, IssueSubject, warning

_STRAY = warning(
    "PR008",
    "the mark {found} closes nothing",
    "put {expected} where it begins, or take the mark away",
)
_OPEN = warning(
    "PR009",
    "the mark {found} is not closed",
    "put {expected} where it ends, or take the mark away",
)

_CLOSING = dict(zip("《“‘（【〔「『(", "》”’）】〕」』)", strict=True))
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}
# Half-width brackets may close full-width ones; that they are mixed is another fault.
_KIND = {
    c: "（" if c in "（）()" else _OPENING.get(c, c) for pair in _CLOSING.items() for c in pair
}
_MARKS = re.compile("[《》“”‘’（）【】〔〕「」『』()]")
_ITEM = re.compile(r"(?:^|[\s。；，：、])[0-9A-Za-z一二三四五六七八九十]{1,3}$")
_ITEM_LENGTH = 4


@dataclass
class _Reading:
    """The marks of a text that have no partner: index of each."""

    text: str
    opened: list[int] = field(default_factory=list)
    stray: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._waiting = Counter[str]()
        self._crossed = Counter[str]()
        self._unclosed: list[int] = []
        self._last = -1
        for match in _MARKS.finditer(self.text):
            if match[0] in _CLOSING:
                self.opened.append(match.start())
                self._waiting[_KIND[match[0]]] += 1
            else:
                self._close(match.start(), match[0])
        self.opened = sorted(
            index for index in (*self.opened, *self._unclosed) if self.text[index] != "("
        )

    def _close(self, index: int, mark: str) -> None:
        expected = _KIND[mark]
        if self._waiting[expected]:
            while (kind := self._pop_last()) != expected:
                self._crossed[kind] += 1
                self._unclosed.append(self._last)
        elif self._crossed[expected]:
            # “《”》 is one fault, reported at the mark that opens too late.
            self._crossed[expected] -= 1
        elif not self._is_other_sign(index, mark):
            self.stray.append(index)

    def _pop_last(self) -> str:
        """The kind of the mark that was opened last, which is open no more."""
        self._last = self.opened.pop()
        kind = _KIND[self.text[self._last]]
        self._waiting[kind] -= 1
        return kind

    def _is_other_sign(self, index: int, mark: str) -> bool:
        """Whether it is an apostrophe, the bracket of 1） or a half-width one."""
        before = self.text[max(0, index - _ITEM_LENGTH) : index]
        if mark == "’":
            return before[-1:].isascii() and before[-1:].isalnum()
        return mark == ")" or (mark == "）" and _ITEM.search(before) is not None)


def _pairs(subject: IssueSubject) -> Iterator[Finding]:
    """
    Every quote and bracket of a paragraph has its partner, and pairs do not cross.

    Words quoted over several paragraphs open in each and close in the last
    (GB/T 15834-2011, 4.8): the first of them lacks nothing.
    """
    readings = [(prose, _Reading(prose.text)) for prose in prose_of(subject.issue)]
    for (prose, reading), (next_prose, next_reading) in pairwise(readings):
        if prose.path[:-1] == next_prose.path[:-1] and isinstance(prose.path[-1], int):
            _join(reading, next_reading)
    for prose, reading in readings:
        yield from first_few(_findings(prose, reading), prose)


def _findings(prose: Prose, reading: _Reading) -> Iterator[Finding]:
    for index in reading.opened:
        mark = prose.text[index]
        yield prose.finding(_OPEN, index, found=mark, expected=_CLOSING[mark])
    for index in reading.stray:
        mark = prose.text[index]
        yield prose.finding(_STRAY, index, found=mark, expected=_OPENING[mark])


def _join(reading: _Reading, next_reading: _Reading) -> None:
    """Forgives the last open quote of a paragraph which the next one takes up."""
    open_quotes = [index for index in reading.opened if reading.text[index] == "“"]
    if not open_quotes:
        return
    closing = [index for index in next_reading.stray if next_reading.text[index] == "”"]
    if closing:
        next_reading.stray.remove(closing[0])
    if closing or next_reading.text.startswith("“"):
        reading.opened.remove(open_quotes[-1])


CHECKS = (IssueCheck("pairs", "成对标点", _pairs, since="1.0"),)
