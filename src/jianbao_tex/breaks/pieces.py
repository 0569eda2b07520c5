"""Pieces that a line break may not split: words, formulas, numbers with their units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jianbao_tex.breaks.marks import CLASSES, LETTERS, NUMERALS, UNITS, Reason, is_western

_SIGNS = "≥≤≦≧≈≠≡±∓−√∛∑∏∞∝＜＞<>=＝+＋×÷∕⁄∶Δ∆"
_WORD = re.compile(
    f"[{_SIGNS}]*(?:[{LETTERS}]+|∞)(?:(?:’(?=[{LETTERS}])|[.,:/]?[{_SIGNS}-]*)(?:[{LETTERS}]|∞))*"
    r"[%‰°′″]?[+−⁺⁻]?"
)
# From 25 characters on it is a long run (LONG_RUN), which may break.
_MAX_WORD = 24


@dataclass(frozen=True)
class Piece:
    """
    A range of a text that may not be broken, and the reason.

    A word is set in one font.  Any other piece also stays with the character before it.
    """

    start: int
    end: int
    reason: Reason

    @property
    def is_word(self) -> bool:
        return self.reason is Reason.WORD


_UNITS_OF_SEVERAL = """
    小时 分钟 秒钟 点钟 刻钟 世纪 年代 年度 年级 周年 周岁 个月 月份 季度 星期 礼拜 昼夜 毫秒 微秒 纳秒
    毫米 厘米 分米 千米 公里 海里 英里 英尺 英寸 微米 纳米 光年 平米 公顷 公亩 英亩
    平方米 平方公里 平方千米 平方厘米 平方毫米 立方米 立方厘米 立方分米 毫升 公升 加仑
    毫克 微克 千克 公斤 公吨 市斤 克拉 盎司 英镑 美元 欧元 日元 港元 澳元 加元 韩元 卢布 卢比 法郎
    泰铢 美分 瓦特 千瓦 兆瓦 千瓦时 伏特 千伏 安培 毫安 赫兹 兆赫 千赫 吉赫 帕斯卡 千帕 兆帕 焦耳 千焦
    千卡 大卡 摄氏度 华氏度 分贝 字节 千字节 兆字节 比特 兆比特 像素 百分点 个百分点 工作日 个工作日
    人次 人份 人年 车次 架次 班次 航次 件次 户次 场次 批次 台套 台次 吨位 座席 床位 标段 标准箱 课时
    学时 学分 学年 学期 票次
"""
_SINGLE = frozenset(UNITS + NUMERALS)
# A unit ends its word: the m of "3 months" is no metre.
_LATIN_UNIT = re.compile(
    "(?:km|cm|mm|nm|μm|m|kg|mg|μg|g|t|L|mL|ml|ha|h|min|s|ms|kW|MW|GW|kWh|W|V|kV|A|mA|Hz|kHz|MHz"
    "|GHz|Pa|kPa|MPa|J|kJ|K|KB|MB|GB|TB|kB|Mbps|Gbps|dB|mol|ppm)(?![A-Za-z0-9])"
)
_NUMBER = re.compile(f"[0-9{NUMERALS}]+(?:[多余][十百千万亿]*)?(?:[多余]|(?<=[0-9]) )?")
_MORE = re.compile("[多余]")
_SPACE = re.compile(r"(?<=[0-9第])\s+")
_UNIT_SIGNS = frozenset("%‰℃℉°")


def _units_by_first() -> dict[str, list[str]]:
    """The units of several characters by their first, longer ones first."""
    by_first: dict[str, list[str]] = {}
    for unit in sorted(_UNITS_OF_SEVERAL.split(), key=len, reverse=True):
        by_first.setdefault(unit[0], []).append(unit)
    return by_first


_UNITS = _units_by_first()


def _unit_at(text: str, place: int) -> str:
    """The unit of several characters that begins there; empty for none."""
    units = _UNITS.get(text[place : place + 1], ())
    return next((unit for unit in units if text.startswith(unit, place)), "")


def _numbers_with_units(text: str) -> Iterator[Piece]:
    """What a number of any kind keeps: units of several characters, also after 多 or a space."""
    for match in _NUMBER.finditer(text):
        if unit := _unit_at(text, match.end()):
            more = _MORE.search(text, match.start(), match.end())
            start = more.end() if more else match.end()
            yield Piece(start, match.end() + len(unit), Reason.NUMBER)


def spaced_units(text: str) -> Iterator[int]:
    """The positions after a space between a number and its unit, or between 第 and its number."""
    for match in _SPACE.finditer(text):
        place = match.end()
        following = text[place : place + 1]
        is_number = following.isdigit() or following in NUMERALS
        if text[match.start() - 1] == "第":
            is_unit = bool(following) and is_number
        else:
            is_unit = following in _SINGLE or following in _UNIT_SIGNS
            is_unit = is_unit or bool(_unit_at(text, place) or _LATIN_UNIT.match(text, place))
        if is_unit:
            yield place


# The lookbehind is written after its character; the search is then faster.
_DOCUMENT = re.compile(r"([〕］\])）](?<=[〔［\[（(]\d{4}[〕］\])）])\d+号)")
_DOTTED = re.compile(r"([·•‧・](?<=\d[·•‧・])\d+)")
_STRAIGHT = re.compile('"')


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a text, in their order; none overlaps another."""
    candidates = [
        *(
            Piece(*match.span(), Reason.WORD)
            for match in _WORD.finditer(text)
            if _has_word_length(match)
        ),
        *_numbers_with_units(text),
        *(
            Piece(*match.span(1), Reason.NUMBER)
            for pattern in (_DOCUMENT, _DOTTED)
            for match in pattern.finditer(text)
        ),
        *_quoted_characters(text),
    ]
    last = 0
    for piece in sorted(candidates, key=lambda piece: (piece.start, -piece.end)):
        if piece.start >= last:
            yield piece
            last = piece.end


def _has_word_length(match: re.Match[str]) -> bool:
    return 1 < len(match.group()) <= _MAX_WORD


def _quoted_characters(text: str) -> Iterator[Piece]:
    """The character after each opening straight quote: the first, third, … quote of a text."""
    if '"' in text:
        marks = [match.end() for match in _STRAIGHT.finditer(text)]
        for end in marks[::2]:
            if end < len(text) and text[end] not in CLASSES and not is_western(text[end]):
                yield Piece(end, end + 1, Reason.QUOTED)
