"""The table of marks: which may begin a line, end a line, or be separated."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class CharacterClass:
    """
    Characters that follow the same rule.

    ``begins`` and ``ends`` state whether they may begin or end a line.  ``tex`` is their class
    in TeX: a class of xeCJK, or one of ours, which begins with ``CJK/``.
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

CHARACTER_CLASSES = (
    CharacterClass("opening", "FullLeft", "“‘（《〈「『【〔［｛〖〘〚〝｟｢", "GB/T 15834, 5.1", ends=False),
    CharacterClass("opening, half-width", "HalfLeft", "([{«‹", "clreq; CY/T 154", ends=False),
    CharacterClass("currency", "FullLeft", "￥＄￡￦", "clreq", ends=False),
    CharacterClass("closing", "FullRight", "”’）》〉」』】〕］｝〗〙〛〞〟｠｣", "GB/T 15834, 5.1", begins=False),
    CharacterClass("stop", "FullRight", "，。、；：！？．｡､", "GB/T 15834, 5.1", begins=False),
    CharacterClass("closing, half-width", "HalfRight", ")]}»›,.:;?!", "clreq; CY/T 154", begins=False),
    CharacterClass("straight quote", "HalfRight", "\"'", "practice: it opens and closes", begins=False),
    CharacterClass("interpunct", "FullRight", "·・･‧", "GB/T 15834, 5.1 (间隔号)", begins=False),
    CharacterClass("connector", "FullRight", "～〜–", "GB/T 15834, 5.1 (连接号)", begins=False),
    CharacterClass("connector", "CJK/Tail", "－⋯─―∼", "GB/T 15834, 5.1; clreq", begins=False),
    CharacterClass("bullet", "HalfRight", "•", "clreq: a connector in a name; at the head of a paragraph a bullet", begins=False),
    CharacterClass("solidus", "CJK/Joint", "／", "GB/T 15834, 5.1 (分隔号)", begins=False, ends=False),
    CharacterClass("solidus, hyphen", "NormalSpace", "/-", "GB/T 15834, 5.1; CY/T 154", begins=False, ends=False),
    CharacterClass("repeat", "CJK/Tail", "々〻ー゛゜ゝゞヽヾ", "clreq; JIS X 4051", begins=False),
    CharacterClass("per cent", "FullRight", "％￠", "clreq", begins=False),
    CharacterClass("per cent, degree", "HalfRight", "%‰‱°", "clreq; GB/T 15835", begins=False),
    CharacterClass("sign of a unit", "CJK/Tail", "℃℉′″‴" + _SQUARED, "clreq; GB/T 15835", begins=False),
    CharacterClass("dash, ellipsis", "FullRight", "—⸺…‥", "GB/T 15834, 5.1: never separated"),
    CharacterClass(
        "unit", "CJK/Unit",
        "年月日号时分秒点岁天周季期次届轮个名人位项件条篇份家户所处场批套台辆幅本册页章节款级类种"
        "元角吨斤克亩顷里米平公倍成多余只头艘架座栋幢间张支枚颗粒株棵匹双对副组队班排连营团师度"
        "步圈层句段笔桩起例宗封升伏瓦安焦帕赫卡磅盎",
        "GB/T 15835: a number keeps its unit",
    ),
    CharacterClass("ordinal", "CJK/Ordinal", "第№", "practice: 第 keeps its number"),
    CharacterClass(
        "numeral", "CJK/Numeral",
        "〇○零一二三四五六七八九十百千万亿兆两壹贰叁肆伍陆柒捌玖拾佰仟" + _span(0xFF10, 0xFF19),
        "GB/T 15835: a number is whole",
    ),
)  # fmt: skip
"""Each class with its rule and its source."""

WESTERN, OTHER = "western", "other"
LETTERS = (
    r"A-Za-z0-9\u00aa\u00b2\u00b3\u00b5\u00b9\u00ba\u00bc-\u00be\u00c0-\u00d6\u00d8-\u00f6"
    r"\u00f8-\u036f\u0370-\u0487\u048a-\u052f\u1d00-\u1fff\u2070-\u209f\u20d0-\u20f0"
    r"\u2150-\u215f\u2c60-\u2c7f\ua720-\ua7ff\U0001d400-\U0001d7ff"
)
_LETTER = re.compile(f"[{LETTERS}]")
# Alphabets have smaller code points; punctuation and Chinese have larger ones.
_FIRST_MARK = 0x2000
_NUMBERS = (WESTERN, "numeral")

UNBREAKABLE_PAIRS = frozenset(
    {
        *((number, "unit") for number in _NUMBERS),
        *((number, "numeral") for number in _NUMBERS),
        *(("ordinal", number) for number in _NUMBERS),
    }
)
"""Pairs of classes without a line break between them: a number stays whole, with its unit."""

CLASSES = {c: row for row in CHARACTER_CLASSES for c in row.characters}
_NEVER_SEPARATED = frozenset(
    next(row for row in CHARACTER_CLASSES if row.name == "dash, ellipsis").characters
)
FULL_WIDTH = frozenset(c for c, row in CLASSES.items() if row.tex in {"FullLeft", "FullRight"})
NUMERALS = next(row.characters for row in CHARACTER_CLASSES if row.name == "numeral")
UNITS = next(row.characters for row in CHARACTER_CLASSES if row.name == "unit")
OPENING = frozenset(
    "".join(row.characters for row in CHARACTER_CLASSES if row.name.startswith("opening"))
)
CLOSING = frozenset(c for c, row in CLASSES.items() if row.name.startswith(("closing", "stop")))
"""Closing marks and stops, full-width and half-width."""


class Reason(Enum):
    """Why no line may break at a place."""

    NEVER_FIRST = "what follows may not begin a line"
    NEVER_LAST = "what stands before may not end a line"
    SEPARATED = "a dash or an ellipsis is broken"
    NUMBER = "a number is broken, or separated from its unit"
    QUOTED = "an opening straight quote ends a line"
    WORD = "a word or a formula is broken"


def _class_name(character: str) -> str:
    row = CLASSES.get(character)
    if row:
        return row.name
    return WESTERN if is_western(character) else OTHER


def is_western(character: str) -> bool:
    """Whether it is a letter, a figure or a sign that belongs to its neighbours, not Chinese."""
    point = ord(character)
    return point < _FIRST_MARK or _LETTER.match(character) is not None


def may_begin_a_line(character: str) -> bool:
    """Whether a line may begin with it."""
    row = CLASSES.get(character)
    return row is None or row.begins


def reason_between(before: str, after: str) -> Reason | None:
    """Why no line may break between two characters; ``None`` where one may."""
    first, second = CLASSES.get(before), CLASSES.get(after)
    if second and not second.begins:
        return Reason.NEVER_FIRST
    if first and not first.ends:
        return Reason.NEVER_LAST
    if before == after and before in _NEVER_SEPARATED:
        return Reason.SEPARATED
    classes = (_class_name(before), _class_name(after))
    if classes in UNBREAKABLE_PAIRS:
        return Reason.NUMBER
    # A combining accent is printed over the character before it.
    if classes == (WESTERN, WESTERN) or unicodedata.combining(after):
        return Reason.WORD
    return None
