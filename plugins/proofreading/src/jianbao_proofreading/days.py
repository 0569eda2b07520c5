"""Dates in the text against the calendar."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterator

from jianbao_proofreading.prose import Prose, check_of_prose
from jianbao_tex.hooks import Finding, IssueDate, warning

_WEEKDAY = warning(
    "PR004",
    "{date} is not a {found} but a {expected}",
    "look which of the two is right, the day or the day of the week",
)
_NO_DAY = warning("PR005", "the calendar has no {date}", "look which day is meant")

_WEEKDAYS = "一二三四五六日"
_DAY = re.compile(
    r"(?<![0-9.])(?:(?P<year>[0-9]{4}) ?年 ?)?(?<![0-9.])(?P<month>[0-9]{1,2}) ?月 ?"
    r"(?P<day>[0-9]{1,2}) ?(?P<word>[日号])"
)
# Without a bracket 周一 may begin a name (周一鸣), unless a time or a mark follows.
_NAMED_WEEKDAY = re.compile(
    r" ?(?:[（(] ?(?:星期|礼拜|周)(?P<bracketed>[一二三四五六日天])"
    r"|(?:星期|礼拜)(?P<plain>[一二三四五六日天])"
    r"|周(?P<short>[一二三四五六日])(?=[上下中]午|早|晚|凌晨|[，。、；（）]|$))"
)
_OTHER_YEAR = re.compile(r"(?P<year>[0-9]{4}) ?年|[去上前明次后翌当同]年|[〇零○一二]{2,4}年")
# A day without a year is one of these days before or after the issue, or of any year.
_MAX_DISTANCE = datetime.timedelta(days=90)
_MID_MONTH = 15
_DECEMBER = 12
_LOOK_BACK = 400
_LEAP_YEAR = 2000


def _weekdays(prose: Prose) -> Iterator[Finding]:
    """
    A day of the week after a date is that of the date.

    A date without a year lies within three months of the issue; else, and where the text
    speaks of another year before it, the year is not known.
    """
    for match in _DAY.finditer(prose.text):
        weekday = _NAMED_WEEKDAY.match(prose.text, match.end())
        date = _date(prose, match) if weekday else None
        if weekday is None or date is None:
            continue
        group = str(weekday.lastgroup)
        name, expected = weekday[group], _WEEKDAYS[date.weekday()]
        if name.replace("天", "日") != expected:
            values = {"found": f"星期{name}", "expected": f"星期{expected}"}
            full_date = f"{date.year}年{date.month}月{date.day}日"
            yield prose.finding(
                _WEEKDAY, weekday.start(group), 1, expected, date=full_date, **values
            )


def _real_days(prose: Prose) -> Iterator[Finding]:
    """A date in the text is one that the calendar has."""
    for match in _DAY.finditer(prose.text):
        year = int(match["year"] or _LEAP_YEAR)
        # 31号 may be a house or a document.
        if match["word"] == "日" and _day(year, int(match["month"]), int(match["day"])) is None:
            yield prose.finding(_NO_DAY, match.start(), len(match[0]), date=match[0])


def _date(prose: Prose, match: re.Match[str]) -> datetime.date | None:
    month, day = int(match["month"]), int(match["day"])
    if match["year"]:
        return _day(int(match["year"]), month, day)
    issue_date = prose.issue.date
    if issue_date is None:
        return None
    date = _nearest_day(issue_date, month, day)
    if date and _speaks_of_another_year(prose.text, match.start(), date.year):
        return None
    return date


def _nearest_day(issue_date: IssueDate, month: int, day: int) -> datetime.date | None:
    middle = datetime.date(issue_date.year, issue_date.month, issue_date.day or _MID_MONTH)
    for year in (issue_date.year, issue_date.year - 1, issue_date.year + 1):
        date = _day(year, month, day)
        if date and abs(date - middle) <= _MAX_DISTANCE:
            return date
    return None


def _speaks_of_another_year(text: str, end: int, year: int) -> bool:
    start = max(0, end - _LOOK_BACK)
    return any(m["year"] != str(year) for m in _OTHER_YEAR.finditer(text, start, end))


def _day(year: int, month: int, day: int) -> datetime.date | None:
    if not (year and 1 <= month <= _DECEMBER and day):
        return None
    if day > calendar.monthrange(year, month)[1]:
        return None
    return datetime.date(year, month, day)


CHECKS = (
    check_of_prose("weekdays", "星期与日期", _weekdays),
    check_of_prose("real-days", "日期有无", _real_days),
)
