"""Ranges of numbers and of dates: the sign between them, and the percent sign of both."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jianbao_proofreading.prose import Prose, check_of_prose
from jianbao_tex.hooks import Finding, warning

_SIGN = warning(
    "PR015",
    "the range {found} has the sign of a compound",
    "write {expected} (GB/T 15835-2011, 5.1.4; GB/T 15834-2011, 4.13)",
)
_PERCENT = warning(
    "PR016",
    "the first number of {found} lacks its percent sign",
    "write {expected} (GB/T 15835-2011, 5.1.4)",
)

_TIMES = ("年度", "学年", "年", "月份", "月", "日")
# Units of amounts alone: not 号, 楼, 室 or 栋, which make the hyphen part of an address,
# nor 分, since 3-5分 may be the score of a match.
_AMOUNTS = (
    "名|人|个|位|家|次|天|岁|周岁|件|项|份|篇|册|本|页|场|种|类|倍|户|条|台|辆|架|只|批|处|所|"
    "小时|分钟|秒|周|年|[万亿]?(?:元|人|吨|亩|户)|[万亿]|公里|千米|米|厘米|毫米|公斤|千克|克|"
    "吨|亩|公顷|平方米|平方公里|立方米|升|毫升|度|级|成|℃|‰|％|%"
)
_NUMBER = r"[0-9]{1,9}(?:,[0-9]{3}){0,3}(?:\.[0-9]{1,9})?"
_NOT_AFTER = r"(?<![A-Za-z0-9.,\-‐-―~～:：/#№_])"
_WRONG_SIGNS = "-{1,2}|[‐‑–~]"
_RANGE = re.compile(
    rf"{_NOT_AFTER}(?P<first>{_NUMBER}) ?(?P<unit>{'|'.join(_TIMES)}|{_AMOUNTS})? ?"
    rf"(?P<sign>{_WRONG_SIGNS}) ?(?P<second>{_NUMBER})(?P<gap> ?)"
    rf"(?P<last>{'|'.join(_TIMES)}|{_AMOUNTS})"
)
_PERCENT_RANGE = re.compile(
    rf"{_NOT_AFTER}(?P<first>{_NUMBER}) ?(?P<sign>{_WRONG_SIGNS}|[～—])"
    rf" ?(?P<second>{_NUMBER})(?P<percent>[%％])"
)


def _signs(prose: Prose) -> Iterator[Finding]:
    """
    Between the ends of a range stands ～ for amounts and — for dates, no half-width sign.

    Telephone numbers, ISO dates, models, scores and all that has no unit are not reported.
    """
    for match in _RANGE.finditer(prose.text):
        unit, last = match["unit"], match["last"]
        are_times = last in _TIMES and (unit in _TIMES or not unit)
        is_falling = not unit and not _is_rising(match)
        if is_falling or not (are_times or unit in {None, last}) or _lacks_percent(match):
            continue
        start, end = match.span("sign")
        fix = "—" if are_times else "～"
        expected = prose.text[match.start() : start] + fix + prose.text[end : match.end()]
        yield prose.finding(_SIGN, start, end - start, fix, found=match[0], expected=expected)


def _lacks_percent(match: re.Match[str]) -> bool:
    return match["unit"] is None and match["last"] in "%％" and not match["gap"]


def _percent_signs(prose: Prose) -> Iterator[Finding]:
    """Both ends of a range of percentages have the sign: 3%～5%."""
    for match in _PERCENT_RANGE.finditer(prose.text):
        if not _is_rising(match):
            continue
        expected = f"{match['first']}{match['percent']}～{match['second']}{match['percent']}"
        length = len(match[0])
        yield prose.finding(
            _PERCENT, match.start(), length, expected, found=match[0], expected=expected
        )


def _is_rising(match: re.Match[str]) -> bool:
    """Whether the numbers may be the ends of a range: no leading zeros, the second larger."""
    ends = [match[name].replace(",", "") for name in ("first", "second")]
    if any(re.match("0[0-9]", end) for end in ends):
        return False
    return float(ends[0]) < float(ends[1])


CHECKS = (
    check_of_prose("range-signs", "范围号", _signs),
    check_of_prose("percent-ranges", "百分数范围", _percent_signs),
)
