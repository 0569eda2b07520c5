"""A title -> its words, each with the role that it has alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jianbao_tex.breaks import CLOSING, OPENING
from jianbao_tex.composer.phrases.vocabulary import (
    DOING,
    TIME,
    USUAL,
    Role,
    role_of,
    tagged,
    vocabulary,
)


@dataclass(frozen=True)
class Word:
    """A part of a title that no line breaks, with the marks around it."""

    text: str
    role: Role

    @property
    def ends_clause(self) -> bool:
        """Whether the next word begins a clause."""
        return self.text.endswith(PAUSES) and not self.text.endswith("、")


PAUSES = ("，", "；", "：", "、", "—", " ", "\u3000")
"""Marks after which the reader pauses, and spaces that the author wrote."""
_STOPS = frozenset("，。、；：！？．｡､,.:;?!")
CLOSING_QUOTES = CLOSING - _STOPS
"""Closing quotation marks and brackets."""
_SHORT_QUOTATION = 12


def words_of(title: str, terms: Mapping[str, Role]) -> list[Word]:
    """The words of a title of one line; each term in it is one.  Together they are the title."""
    return list(_joined(_quoted(list(_cut(title, terms)))))


# --- Terms and words ----------------------------------------------------------------------------


def _cut(title: str, terms: Mapping[str, Role]) -> Iterator[Word]:
    """The terms in a title, the longest first, and the words of the dictionary between them."""
    longest = max(map(len, terms), default=0)
    start = last = 0
    while start < len(title):
        ends = range(min(len(title), start + longest), start, -1)
        end = next((end for end in ends if title[start:end] in terms), None)
        if end is None:
            start += 1
            continue
        yield from _dictionary_words(title[last:start])
        yield Word(title[start:end], terms[title[start:end]])
        start = last = end
    yield from _dictionary_words(title[last:])


def _dictionary_words(text: str) -> Iterator[Word]:
    """
    Words of the dictionary.

    The halves of some are words to us: 认真落实 is an adverb and a verb, 取得实效 a verb and its
    object.
    """
    for word, tag in tagged(text):
        halves = (word[:USUAL], word[USUAL:])
        first, second = map(vocabulary().get, halves)
        is_manner = first in {Role.ADVERB, Role.MANNER} and (second in DOING or tag[0] in "vz")
        is_split = is_manner or (first == Role.VERB and tag != "n")
        if is_split and len(word) == 2 * USUAL:
            yield from (Word(half, role_of(half, "n")) for half in halves)
        else:
            yield Word(word, role_of(word, tag))


def _quoted(words: Sequence[Word]) -> Iterator[Word]:
    """The words, each short quotation and bracket as one; “一站式” says how."""
    place = 0
    while place < len(words):
        end = _end_of_quotation(words, place)
        text = "".join(word.text for word in words[place:end])
        if end > place + 1 and len(text) <= _SHORT_QUOTATION:
            yield Word(text, Role.ATTRIBUTE if text[-2] == "式" else Role.QUOTATION)
            place = end
        else:
            yield words[place]
            place += 1


def _end_of_quotation(words: Sequence[Word], start: int) -> int:
    """The index after the mark that closes what opens at ``start``; ``start`` for none."""
    depth = 0
    for place in range(start, len(words)):
        depth += (words[place].text in OPENING) - (words[place].text in CLOSING_QUOTES)
        if depth <= 0:
            return place + 1 if place > start else start
    return start


# --- Words that are one -------------------------------------------------------------------------


def _joined(words: Iterable[Word]) -> Iterator[Word]:
    """The words, joined to the word before them where both are one."""
    before: Word | None = None
    for word in words:
        role = _role_together(before, word) if before else None
        if before and role is None:
            yield before
        before = Word(before.text + word.text, role) if before and role else word
    if before:
        yield before


def _role_together(before: Word, word: Word) -> Role | None:
    """The role of both as one word; ``None`` if they are two."""
    role = _role_with_mark(before, word)
    if role or before.ends_clause:
        return role
    return _role_with_number(before, word) or _role_with_single(before, word)


def _role_with_mark(before: Word, word: Word) -> Role | None:
    """An opening mark stays with what follows, any other with what precedes it."""
    if before.text in OPENING:
        return word.role
    if word.text[0] in "（(" and word.role == Role.QUOTATION and not before.ends_clause:
        return before.role
    is_dash = (word.text == "—") != (before.text == "—")
    if word.role != Role.MARK or word.text in OPENING or is_dash:
        return None
    return Role.QUOTATION if word.text in CLOSING_QUOTES else before.role


_MEASURES = frozenset(
    "个项件条家名位起次届批期种类所处场套台辆例篇份户人县市区省万亿元度倍公年天日月周成座只字轮笔"
)
_LIMITS = ("以上", "以下", "以内", "之间")
_SPANS = ("期间", "以来", "之际")


def _role_with_number(before: Word, word: Word) -> Role | None:
    """A number with its measure word, a time, a limit (1亿元以上)."""
    is_short = len(word.text) == 1 or (len(word.text) == USUAL and word.role not in DOING)
    is_measure = is_short and word.text[0] in _MEASURES
    match before.role:
        case Role.NUMBER if TIME.fullmatch(before.text + word.text):
            return Role.TIME
        case Role.NUMBER if word.role == Role.NUMBER or is_measure or word.text in _LIMITS:
            return Role.NUMBER
        case Role.TIME if word.role == Role.TIME:
            return Role.TIME
    if word.text in _SPANS:
        return Role.TIME
    return Role.ATTRIBUTE if word.text in _LIMITS else None


_COMPLEMENTS = frozenset("为于到成向给至出")
# After a verb, these begin the next name: 提请|市人大常委会.
_PLACES = frozenset("区市县镇乡村州省")
_SUFFIXES = _PLACES | frozenset(
    "会局部委院厅处科室站所队组团港湾厂店员者家性化率度量型法案权制税费款金额值线网链圈带群库园馆城口岗周奖"
    "赛展节季号期届次业证册书令状志史论课班校场地界层物品器件路桥"
)
_NAMES = frozenset({Role.NOUN, Role.ACTION, Role.PHRASE, Role.HEAD, Role.PLACE})
_WITH_SUFFIX = DOING | _NAMES | {Role.QUOTATION, Role.ATTRIBUTE, Role.MANNER}
_SINGLE = frozenset({Role.NOUN, Role.DEED, Role.ACTION, Role.ATTRIBUTE})


def _role_with_single(before: Word, word: Word) -> Role | None:
    """A character that is no word of its own (市|水利|局) belongs to its neighbour."""
    if len(word.text) == 1:
        if word.text in _COMPLEMENTS and before.role in DOING and len(before.text) == USUAL:
            return Role.VERB
        takes = before.role in (_NAMES if word.text in _PLACES else _WITH_SUFFIX)
        is_suffix = word.text in _SUFFIXES and takes and len(before.text) > 1
        if is_suffix or (word.role == Role.NOUN and before.role in {Role.DEED, *_NAMES}):
            return Role.NOUN
    if len(before.text) == 1 and before.role in _SINGLE:
        is_object = before.role == Role.DEED and word.role in {Role.NOUN, Role.DEED, Role.ACTION}
        return Role.PHRASE if is_object else word.role
    return None
