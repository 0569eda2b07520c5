"""Chinese dates, numbers and headings; pure functions on text."""

from __future__ import annotations

import datetime
import itertools
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

# --- Dates ----------------------------------------------------------------------

_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?"
    r"|\s*年\s*(?P<cmonth>\d{1,2})\s*月(?:\s*(?P<cday>\d{1,2})\s*日)?)"
)


@dataclass(frozen=True, order=True)
class IssueDate:
    """The date of an issue, a day or a whole month (``day`` is then ``None``)."""

    year: int
    month: int
    day: int | None = None

    def __str__(self) -> str:
        """Arabic digits without leading zeros (GB/T 9704-2012, 7.3.5.4)."""
        return f"{self.year}年{self.month}月" + (f"{self.day}日" if self.day else "")

    @property
    def epoch(self) -> int:
        """Seconds from 1970 to the first moment of the date, in universal time."""
        start = datetime.datetime(self.year, self.month, self.day or 1, tzinfo=datetime.UTC)
        return max(0, int(start.timestamp()))


def parse_date(text: str) -> IssueDate:
    """
    The date written as 2020-03-10, 2020-03, 2020年3月10日 or 2020年3月.

    Raises:
        ValueError: another form, or a day that the calendar does not have.
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a date")
    month = int(match["month"] or match["cmonth"])
    day = match["day"] or match["cday"]
    datetime.date(int(match["year"]), month, int(day or 1))
    return IssueDate(int(match["year"]), month, int(day) if day else None)


# --- Widths ----------------------------------------------------------------------


def width(text: str, half: float = 0.5) -> float:
    """
    The width in full-width characters.

    A half-width character counts ``half``: 0.5 in type for text, more in heavy type.
    """
    # A is ambiguous (UAX 11), such as “ and …: full-width in Chinese type.
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else half for c in text)


# --- Numbers ----------------------------------------------------------------------


def issue_number(number: int, *, year: int | None = None, total: int | None = None) -> str:
    """第3期, 2020年第3期, 第3期（总第365期）."""
    return (f"{year}年" if year else "") + f"第{number}期" + (f"（总第{total}期）" if total else "")


# --- Headings ----------------------------------------------------------------------

HeadingLevel = Literal[1, 2, 3, 4]
"""一、 is 1, （一） is 2, 1. is 3, （1） is 4."""

_NUMERAL = "[一二三四五六七八九十百零〇]{1,5}"
_HEADINGS: tuple[tuple[HeadingLevel, re.Pattern[str]], ...] = (
    (1, re.compile(f"{_NUMERAL}、")),
    (2, re.compile(f"[（(]{_NUMERAL}[）)]")),
    (3, re.compile(r"\d{1,2}[.．](?!\d)")),
    (4, re.compile(r"[（(]\d{1,2}[）)]")),
)
_CLOSING = tuple("。！？；：，、…!?;:,.")
_HEADING_LENGTH = 40

_NEXT = dict(itertools.pairwise([*"一二三四五六七八九十", "十一", "十二"]))
# Another number, or a word for places in an order.
_SEVERAL = re.compile(
    f"({_NUMERAL})、({_NUMERAL})(?:[、和与及或至到]{_NUMERAL}"
    "|季度|等奖|等功|产业?|线|级|类|号|期|批|届|轮|组|层|楼|年级|月|日|审|把手|标段)"
)


def lists_numbers(line: str) -> bool:
    """
    Whether the number at the start of a line is one of several: 一、二季度, 一、二、三产业.

    The next number follows the mark, and with it another number or a word for places in an
    order (季度, 等奖, 线 …).  一、三季度 is no list, because 三 is not next; 一、二手房交易 is
    none, because 二手房 is a word of its own.
    """
    match = _SEVERAL.match(line)
    return match is not None and _NEXT.get(match[1]) == match[2]


def heading_level(line: str) -> HeadingLevel | None:
    """
    The level from 1 to 4 of a line that is a heading, else ``None``.

    A heading opens with 一、 （一） 1. or （1） (GB/T 9704-2012, 7.3.3), has at most
    40 characters and no closing mark, and does not begin with a list of numbers.
    """
    if len(line) > _HEADING_LENGTH or line.endswith(_CLOSING) or lists_numbers(line):
        return None
    for level, opening in _HEADINGS:
        match = opening.match(line)
        if match and match.end() < len(line):
            return level
    return None
