"""
Where a line may break: the one table of marks, and what stays whole.

TeX's classes of characters are printed from the table into ``jianbao-part-breaks.sty``; what
takes more than two characters to know (a unit of several, a formula) is marked in the TeX
of an issue; the check of the finished page reads the same table.

Sources:

- GB/T 15834-2011, 5.1: where marks stand at the ends of a line (句号, 逗号 … 不出现在一行之首).
- GB/T 15835-2011: a number in figures is not parted.
- CY/T 154-2017: Latin words, formulas and their marks in Chinese text.
- clreq: W3C, Requirements for Chinese Text Layout, prohibition rules for line start and end.

They disagree on a —— or a …… at the head of a line: clreq forbids it in its stricter sets of
rules, GB/T 15834 only forbids to part it.  Here it may stand there.  What no line of the table
names may begin a line and end one.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property


@dataclass(frozen=True)
class MarkClass:
    """
    Characters that one rule serves.

    ``begins`` and ``ends`` say whether they may begin a line and end one.  ``tex`` is the
    class in which TeX has them: one of xeCJK, or one of ours, whose name begins with ``CJK/``.
    """

    name: str
    tex: str
    characters: str
    source: str
    begins: bool = True
    ends: bool = True


def _span(first: int, last: int) -> str:
    return "".join(map(chr, range(first, last + 1)))


# Signs of one column for units of several letters: ㎜ ㎡ ㎏.
_SQUARED = _span(0x3371, 0x337A) + _span(0x3380, 0x33DF)

TABLE = (
    MarkClass("opening", "FullLeft", "“‘（《〈「『【〔［｛〖〘〚〝｟｢", "GB/T 15834, 5.1", ends=False),
    MarkClass("opening, half-width", "HalfLeft", "([{«‹", "clreq; CY/T 154", ends=False),
    MarkClass("currency", "FullLeft", "￥＄￡￦", "clreq", ends=False),
    MarkClass("closing", "FullRight", "”’）》〉」』】〕］｝〗〙〛〞〟｠｣", "GB/T 15834, 5.1", begins=False),
    MarkClass("stop", "FullRight", "，。、；：！？．｡､", "GB/T 15834, 5.1", begins=False),
    MarkClass("closing, half-width", "HalfRight", ")]}»›,.:;?!", "clreq; CY/T 154", begins=False),
    MarkClass("straight quote", "HalfRight", "\"'", "practice: it opens and closes", begins=False),
    MarkClass("interpunct", "FullRight", "·・･‧", "GB/T 15834, 5.1 (间隔号)", begins=False),
    MarkClass("connector", "FullRight", "～〜–", "GB/T 15834, 5.1 (连接号)", begins=False),
    MarkClass("connector", "CJK/Tail", "－⋯─―∼", "GB/T 15834, 5.1; clreq", begins=False),
    MarkClass("bullet", "HalfRight", "•", "clreq: a connector in a name; at the head of a paragraph a bullet", begins=False),
    MarkClass("solidus", "CJK/Joint", "／", "GB/T 15834, 5.1 (分隔号)", begins=False, ends=False),
    MarkClass("solidus, hyphen", "NormalSpace", "/\\-", "GB/T 15834, 5.1; CY/T 154", begins=False, ends=False),
    MarkClass("repeat", "CJK/Tail", "々〻ー゛゜ゝゞヽヾ", "clreq; JIS X 4051", begins=False),
    MarkClass("per cent", "FullRight", "％￠", "clreq", begins=False),
    MarkClass("per cent, degree", "HalfRight", "%‰‱°", "clreq; GB/T 15835", begins=False),
    MarkClass("sign of a unit", "CJK/Tail", "℃℉′″‴㏄" + _SQUARED, "clreq; GB/T 15835", begins=False),
    MarkClass("dash, ellipsis", "FullRight", "—⸺…‥", "GB/T 15834, 5.1: never parted"),
    MarkClass(
        "unit", "CJK/Unit",
        "年月日号时分秒点岁天周季期次届轮个名人位项件条篇份家户所处场批套台辆幅本册页章节款级类种"
        "元角吨斤克亩顷里米平公倍成多余只头艘架座栋幢间张支枚颗粒株棵匹双对副组队班排连营团师度"
        "步圈层句段笔桩起例宗封起升伏瓦安焦帕赫卡磅盎",
        "GB/T 15835: a number keeps its unit",
    ),
    MarkClass("ordinal", "CJK/Ordinal", "第№", "practice: 第 keeps its number"),
    MarkClass(
        "numeral", "CJK/Numeral",
        "〇○零一二三四五六七八九十百千万亿兆两壹贰叁肆伍陆柒捌玖拾佰仟" + _span(0xFF10, 0xFF19),
        "GB/T 15835: a number is whole",
    ),
)  # fmt: skip
"""Each class with its rule and its source."""

WESTERN, OTHER = "western", "other"
# Letters and signs of the alphabets stand before it, marks and Chinese behind it.
_FIRST_MARK = 0x2000
_NUMBERS = (WESTERN, "numeral")

TOGETHER = frozenset(
    {
        *((number, "unit") for number in _NUMBERS),
        *((number, "numeral") for number in _NUMBERS),
        *(("ordinal", number) for number in _NUMBERS),
    }
)
"""Classes of neighbours between which no line breaks: a number is whole and keeps its unit."""

_CLASSES = {c: row for row in TABLE for c in row.characters}
_NEVER_PARTED = frozenset(next(row for row in TABLE if row.name == "dash, ellipsis").characters)
_FULL = frozenset(c for c, row in _CLASSES.items() if row.tex in {"FullLeft", "FullRight"})
OPENING = frozenset("".join(row.characters for row in TABLE if row.name.startswith("opening")))
CLOSING = frozenset(c for c, row in _CLASSES.items() if row.name.startswith(("closing", "stop")))


class Reason(Enum):
    """Why no line may break at a place."""

    BEGINS = "what follows may not begin a line"
    ENDS = "what stands before may not end a line"
    PARTED = "a dash or an ellipsis is parted"
    NUMBER = "a number is parted from its unit or sign, or in itself"
    QUOTED = "an opening straight quote ends a line"
    WORD = "a word or a formula is parted"


def _class_name(character: str) -> str:
    row = _CLASSES.get(character)
    if row:
        return row.name
    return WESTERN if is_western(character) else OTHER


def is_western(character: str) -> bool:
    """Whether it is a letter, a figure or a sign that belongs to its neighbours, not Chinese."""
    point = ord(character)
    return point < _FIRST_MARK or _WORD_CHARACTER.match(character) is not None


def may_begin_a_line(character: str) -> bool:
    """Whether a line may begin with it."""
    row = _CLASSES.get(character)
    return row is None or row.begins


def between(before: str, after: str) -> Reason | None:
    """Why no line may break between two characters; ``None`` where one may."""
    first, second = _CLASSES.get(before), _CLASSES.get(after)
    if second and not second.begins:
        return Reason.BEGINS
    if first and not first.ends:
        return Reason.ENDS
    if before == after and before in _NEVER_PARTED:
        return Reason.PARTED
    classes = (_class_name(before), _class_name(after))
    if classes in TOGETHER:
        return Reason.NUMBER
    if classes == (WESTERN, WESTERN) or unicodedata.combining(after):
        return Reason.WORD
    return None


# --- Pieces -----------------------------------------------------------------------------

_LETTERS = (
    r"A-Za-z0-9\u00aa\u00b2\u00b3\u00b5\u00b9\u00ba\u00bc-\u00be\u00c0-\u00d6\u00d8-\u00f6"
    r"\u00f8-\u036f\u0370-\u0487\u048a-\u052f\u1d00-\u1fff\u2070-\u209f\u20d0-\u20f0"
    r"\u2150-\u215f\u2c60-\u2c7f\ua720-\ua7ff\U0001d400-\U0001d7ff"
)
_WORD_CHARACTER = re.compile(f"[{_LETTERS}]")
_SIGNS = "≥≤≦≧≈≠≡±∓−√∛∑∏∞∝＜＞<>=＝+＋×÷∕⁄∶Δ∆"
_WORD = re.compile(
    f"[{_SIGNS}]*(?:[{_LETTERS}]+|∞)(?:(?:’(?=[{_LETTERS}])|[.,:/]?[{_SIGNS}-]*)(?:[{_LETTERS}]|∞))*"
    r"[%‰°′″]?[+−⁺⁻]?"
)
_LONGEST_WORD = 24
# From the first quotation mark on, TeX may take a sign for a Chinese one.
_FIRST_CHINESE = "\u2018"

_SCALE = "[十百千万亿]{0,3}"
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
_UNITS = "|".join(sorted(_UNITS_OF_SEVERAL.split(), key=len, reverse=True))
_NUMERALS = next(row.characters for row in TABLE if row.name == "numeral")
_SINGLE = next(row.characters for row in TABLE if row.name == "unit")
_LATIN_UNITS = (
    "km|cm|mm|nm|μm|m|kg|mg|μg|g|t|L|mL|ml|ha|h|min|s|ms|kW|MW|GW|kWh|W|V|kV|A|mA|Hz|kHz|MHz"
    "|GHz|Pa|kPa|MPa|J|kJ|K|KB|MB|GB|TB|kB|Mbps|Gbps|dB|mol|ppm"
)
_NUMBER_AND_UNIT = re.compile(
    f"(?:(?<=[0-9{_NUMERALS}])|(?<=[0-9] )|(?<=[0-9{_NUMERALS}][多余])){_SCALE}[多余]?(?:{_UNITS})"
)
_SPACED_UNIT = re.compile(
    rf"(?<=[0-9])[ \u00a0](?=(?:{_SCALE}[多余]?(?:{_UNITS}|[{_SINGLE}{_NUMERALS}])|[%‰℃℉°]"
    rf"|(?:{_LATIN_UNITS})(?![A-Za-z0-9])))|(?<=第)[ \u00a0](?=[0-9{_NUMERALS}])"
)
_DOCUMENT = re.compile(r"(?<=[〔［\[（(]\d{4})[〕］\])）](?=\d+号)\d+号")
_DOTTED = re.compile(r"(?<=\d)[·•‧・](?=\d)\d+")
_STRAIGHT = re.compile("[\"']")


@dataclass(frozen=True)
class Piece:
    """
    A stretch of a text that is not parted, from ``start`` to ``end``, and why.

    A word stands in one font; other pieces keep with the character before them too.
    """

    start: int
    end: int
    reason: Reason

    @property
    def is_word(self) -> bool:
        return self.reason is Reason.WORD


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a text, in their order; none overlaps another."""
    found = [
        *(Piece(*match.span(), Reason.WORD) for match in _WORD.finditer(text) if _is_one(match)),
        *(
            Piece(*match.span(), Reason.NUMBER)
            for pattern in (_NUMBER_AND_UNIT, _DOCUMENT, _DOTTED)
            for match in pattern.finditer(text)
        ),
        *_after_opening_quotes(text),
    ]
    last = 0
    for piece in sorted(found, key=lambda piece: (piece.start, -piece.end)):
        if piece.start >= last:
            yield piece
            last = piece.end


def _is_one(match: re.Match[str]) -> bool:
    return 1 < len(match.group()) <= _LONGEST_WORD


def _after_opening_quotes(text: str) -> Iterator[Piece]:
    """What follows an opening straight quote; every other one of a text opens."""
    if '"' in text:
        marks = [match.end() for match in _STRAIGHT.finditer(text) if match.group() == '"']
        for end in marks[::2]:
            if end < len(text) and text[end] not in _CLASSES and not is_western(text[end]):
                yield Piece(end, end + 1, Reason.QUOTED)


# Neither white space nor a character between which TeX breaks Chinese text; or nothing but
# full-width marks, between which it does not break either.
_RUN = (
    "[^\\s\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    "\U00020000-\U0003ffff]{%d,}|[\u3001-\u3020\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]{%d,}"
)
LONG_RUN = re.compile(_RUN % (25, 25))
"""What is too long to stay whole: an address, a row of marks."""
TIGHT_RUN = re.compile(_RUN % (7, 7))
"""The same in a narrow place, as the cell of a table."""


class Breaks:
    """
    A text of one paragraph, asked where its lines may break.

    Places count from 0; a line that ends in front of ``text[i]`` breaks at ``i``.  In a
    ``tight`` place, a cell, a run of letters may break sooner.
    """

    def __init__(self, text: str, *, tight: bool = False) -> None:
        self.text = text
        self._runs = TIGHT_RUN if tight else LONG_RUN

    @cached_property
    def _kept(self) -> dict[int, Reason | None]:
        kept: dict[int, Reason | None] = {
            place: piece.reason
            for piece in pieces(self.text)
            for place in range(piece.start + piece.is_word, piece.end)
        }
        kept |= {match.end(): Reason.NUMBER for match in _SPACED_UNIT.finditer(self.text)}
        for run in self._runs.finditer(self.text):
            kept |= dict.fromkeys(range(run.start() + 1, run.end()))
        return kept

    def refuses(self, place: int) -> Reason | None:
        """Why no line may break in front of a character; ``None`` where one may."""
        text = self.text
        if not 0 < place < len(text):
            return None
        if place in self._kept:
            return self._kept[place]
        before, after = text[place - 1], text[place]
        if before.isspace():
            return _across_space(text[:place].rstrip()[-1:], after)
        return between(before, after)

    def allowed(self, start: int, end: int) -> Iterator[int]:
        """
        The places from ``start`` to ``end``, the latter left out, where a line may break,
        whatever its width: within a run of letters TeX takes some alone.
        """
        return (
            i
            for i in range(start, end)
            if not self.text[i].isspace() and i not in self._kept and not self.refuses(i)
        )


_WORD_OF_A_CELL = 12
_LETTERS_AT_LAST = 3


def longest_piece(text: str, *, at_last: bool = False) -> str:
    """
    The longest part of a text in a cell that no line breaks.

    ``at_last``, where nothing else helps, numbers are parted too, and long words after
    every third letter.
    """
    breaks = Breaks(text)
    soft = {Reason.NUMBER, Reason.QUOTED} if at_last else set[Reason]()
    places = {i for i in range(1, len(text)) if (why := breaks.refuses(i)) is None or why in soft}
    for run in TIGHT_RUN.finditer(text):
        inside = range(run.start() + 1, run.end())
        places -= set(inside)
        if at_last or len(run.group()) > _WORD_OF_A_CELL:
            places |= set(inside[_LETTERS_AT_LAST - 1 :: _LETTERS_AT_LAST])
    parts = (text[a:b].strip() for a, b in itertools.pairwise((0, *sorted(places), len(text))))
    return max(parts, key=len, default="")


def _across_space(before: str, after: str) -> Reason | None:
    """What marks want of their neighbours they want across a space too, but for joints."""
    reason = between(before, after) if before else None
    if reason not in {Reason.BEGINS, Reason.ENDS}:
        return None
    loose = {"solidus, hyphen", "solidus", "connector", "straight quote", "bullet"}
    holder = after if reason is Reason.BEGINS else before
    return None if _CLASSES[holder].name in loose else reason


# --- As TeX is told of them ----------------------------------------------------------------


@dataclass(frozen=True)
class Stretch:
    """
    A stretch of a text as TeX sets it.

    ``command`` is ``jbTied`` or ``jbWord`` for a piece, ``~`` for a space at which no line
    may break, '' for what TeX's classes know.
    """

    start: int
    end: int
    command: str = ""


def stretches(
    text: str, foreign: Collection[str] = (), start: int = 0, end: int | None = None
) -> Iterator[Stretch]:
    """
    A text in stretches, from its beginning to its end, or a part of it.

    ``foreign`` are characters that some Latin font lacks: a word with one of them is set in
    one font that has all of it.  White space of the text is single spaces.
    """
    end = len(text) if end is None else end
    last = start
    for stretch in sorted(_marked(text, foreign), key=lambda stretch: stretch.start):
        if last <= stretch.start and stretch.end <= end:
            if stretch.start > last:
                yield Stretch(last, stretch.start)
            yield stretch
            last = stretch.end
    if last < end:
        yield Stretch(last, end)


def _marked(text: str, foreign: Collection[str]) -> Iterator[Stretch]:
    found = [*pieces(text)]
    for piece in found:
        if not piece.is_word:
            yield Stretch(piece.start, piece.end, "jbTied")
        elif any(c >= _FIRST_CHINESE or c in foreign for c in text[piece.start : piece.end]):
            yield Stretch(piece.start, piece.end, "jbWord")
            # TeX sees no neighbour behind a word that it sets apart.
            if text[piece.end : piece.end + 1] and between(*text[piece.end - 1 : piece.end + 1]):
                yield Stretch(piece.end, piece.end + 1, "jbTied")
    spaces = [i for i, c in enumerate(text) if c == " " and 0 < i < len(text) - 1]
    whole = Breaks(text) if spaces else None
    for place in spaces:
        before, after = text[place - 1], text[place + 1]
        # Beside a full-width mark TeX drops the space.
        printed = before not in _FULL and (after not in _FULL or is_western(before))
        if printed and whole and whole.refuses(place + 1):
            yield Stretch(place, place + 1, "~")
