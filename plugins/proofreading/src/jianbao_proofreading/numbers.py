"""Numbers in Chinese numerals: years, and approximate numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from jianbao_proofreading.prose import Prose, check_of_prose
from jianbao_tex.hooks import Finding, warning

_ZERO = warning(
    "PR017",
    "the year {found} has another zero than 〇",
    "write {expected} (GB/T 15835-2011, 5.2.5)",
)
_ABOUT = warning(
    "PR018",
    "the approximate number {found} has a mark inside",
    "write {expected} (GB/T 15835-2011, 5.2.1)",
)

_ZEROS = "○◯零0０OoＯ"
_DIGIT = "一二三四五六七八九"
_YEAR = re.compile(rf"(?<![{_DIGIT}〇{_ZEROS}十百千万])[一二][{_DIGIT}〇{_ZEROS}]{{3}}(?=年)")
_TO_ZERO = str.maketrans(dict.fromkeys(_ZEROS, "〇"))


def _years(prose: Prose) -> Iterator[Finding]:
    """A year in Chinese numerals has 〇 for zero: 二〇二〇年."""
    for match in _YEAR.finditer(prose.text):
        expected = match[0].translate(_TO_ZERO)
        if expected != match[0]:
            values = {"found": match[0], "expected": expected}
            yield prose.finding(_ZERO, match.start(), len(match[0]), expected, **values)


_PAIRS = "|".join(f"{a}、{b}" for a, b in pairwise(_DIGIT))
# Before and after these words numerals count things; elsewhere 三、四 may be the third and
# the fourth (二、三产业, 一、二等奖, 第三、四期), or 三、 the number of what follows.
_ABOUT_WORDS = "约近过仅有了每隔这那又还需用花达"
_COUNTED = "个名位人天次家件岁里斤吨亩元倍种篇本场分小公千米万百十"
_APPROXIMATE = re.compile(rf"(?<=[{_ABOUT_WORDS}])(?:{_PAIRS}|两、三)(?=[{_COUNTED}])")


def _approximate(prose: Prose) -> Iterator[Finding]:
    """Two numerals that give a rough number have no mark between them: 三四个."""
    for match in _APPROXIMATE.finditer(prose.text):
        expected = match[0].replace("、", "")
        values = {"found": match[0], "expected": expected}
        yield prose.finding(_ABOUT, match.start(), len(match[0]), expected, **values)


CHECKS = (
    check_of_prose("year-zeros", "年份用〇", _years),
    check_of_prose("approximate-numbers", "概数", _approximate),
)
