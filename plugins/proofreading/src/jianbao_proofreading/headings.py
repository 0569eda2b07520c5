"""Headings of a body: their levels and their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from jianbao_proofreading.prose import NUMERALS
from jianbao_tex.hooks import (
    DataPath,
    Finding,
    Heading,
    Issue,
    IssueCheck,
    IssueSubject,
    Paragraph,
    Where,
    lists_numbers,
    warning,
)

_JUMP = warning(
    "PR010",
    "a heading of level {level} follows one of level {before}",
    "take the levels in their order: 一、 （一） 1. （1） (GB/T 9704-2012, 7.3.3)",
)
_NUMBER = warning(
    "PR011",
    "the heading is numbered {found} where {expected} is due",
    "number the headings of a level one after the other, or look for the one that is missing",
)

_FORMS = (
    re.compile("([一二三四五六七八九十]{1,3})、"),
    re.compile("[（(]([一二三四五六七八九十]{1,3})[）)]"),
    # 1.5 is a number, no heading.
    re.compile(r"([0-9]{1,2})[.．](?![0-9])"),
    re.compile("[（(]([0-9]{1,2})[）)]"),
)
_STRICT_LEVELS = 2


def _levels(subject: IssueSubject) -> Iterator[Finding]:
    """
    A heading stands at most one level below what is before it.

    A paragraph that begins with a number has the level of that number.
    """
    for blocks in _bodies(subject.issue).values():
        before = 0
        for path, block in blocks:
            if isinstance(block, Heading):
                if before and block.level > before + 1:
                    where = _where(subject.issue, path, block)
                    yield _JUMP.at(where, level=block.level, before=before)
                before = block.level
            elif number := _number_of(block):
                before = number[0]


def _numbers(subject: IssueSubject) -> Iterator[Finding]:
    """
    The headings of a level are numbered without a gap, from one under each heading above.

    A body may begin with any number (an excerpt); 1. and （1） may begin again anywhere,
    since they also number what hangs on a mere paragraph.
    """
    for blocks in _bodies(subject.issue).values():
        count = _Count()
        for path, block in blocks:
            expected = count.expected(block)
            number = _number_of(block)
            count.advance(block, number)
            if not isinstance(block, Heading) or not number or expected in {0, number[1]}:
                continue
            level, value, spelling = number
            if value == 1 and level > _STRICT_LEVELS:
                continue
            where = _where(subject.issue, path, block)
            yield _NUMBER.at(where, found=spelling, expected=_format_number(level, expected))


@dataclass
class _Count:
    """The number that each level has come to; none before the first."""

    last: dict[int, int] = field(default_factory=dict)

    def expected(self, block: Heading | Paragraph) -> int:
        """The number that the block must have; 0 for any."""
        number = _number_of(block)
        if number is None:
            return 0
        level = number[0]
        # The first heading below another one has the number 1; the first of a body may have any.
        is_under_another = any(upper_level in self.last for upper_level in range(1, level))
        return self.last[level] + 1 if level in self.last else int(is_under_another)

    def advance(self, block: Heading | Paragraph, number: tuple[int, int, str] | None) -> None:
        """Counts the block; after a heading without a number, the levels below it start again."""
        level = number[0] if number else block.level if isinstance(block, Heading) else 0
        if level:
            self.last = {k: n for k, n in self.last.items() if k < level or (k == level and number)}
        if number:
            self.last[level] = number[1]


def _number_of(block: Heading | Paragraph) -> tuple[int, int, str] | None:
    """Level, number and its spelling at the beginning of a block."""
    text = block.text if isinstance(block, Heading) else block.runs[0].text
    if isinstance(block, Paragraph) and lists_numbers(text):
        return None
    for level, form in enumerate(_FORMS, 1):
        if match := form.match(text):
            number = int(match[1]) if match[1].isascii() else _value(match[1])
            return (level, number, match[0]) if number else None
    return None


def _value(numeral: str) -> int:
    """The value of a numeral from 一 to 九十九; 0 for what is none."""
    tens, ten, ones = numeral.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        return 0
    head = (NUMERALS.index(tens) + 1 if tens else 1) if ten else 0
    return head * 10 + (NUMERALS.index(ones) + 1 if ones else 0)


def _format_number(level: int, number: int) -> str:
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else NUMERALS[tens - 1]) + "十" if tens else ""
    chinese = head + (NUMERALS[ones - 1] if ones else "")
    return (f"{chinese}、", f"（{chinese}）", f"{number}.", f"（{number}）")[level - 1]


def _where(issue: Issue, path: DataPath, block: Heading) -> Where:
    number = _number_of(block)
    length = len(number[2]) if number else len(block.text)
    return issue.place((*path, "text")).within(block.text, 0, length)


def _bodies(issue: Issue) -> dict[DataPath, list[tuple[DataPath, Heading | Paragraph]]]:
    """The headings and paragraphs of each body in their order."""
    bodies: dict[DataPath, list[tuple[DataPath, Heading | Paragraph]]] = {}
    for path, value in issue.walk():
        if isinstance(value, Heading | Paragraph):
            bodies.setdefault(path[:-1], []).append((path, value))
    return bodies


CHECKS = (
    IssueCheck("heading-levels", "小标题层次", _levels, since="1.0"),
    IssueCheck("heading-numbers", "小标题序号", _numbers, since="1.0"),
)
