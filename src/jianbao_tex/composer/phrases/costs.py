"""The cost of a line break between two words: of their gap, and of the words around it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jianbao_tex.breaks import OPENING
from jianbao_tex.composer.phrases.gaps import NAMES, NOUNS, Gap, gaps_of
from jianbao_tex.composer.phrases.sentences import SUBJECTS
from jianbao_tex.composer.phrases.vocabulary import PREDICATES, USUAL, Role
from jianbao_tex.composer.phrases.words import CLOSING_QUOTES, Word

GOOD, FAIR, WEAK, BAD, WRONG = 0.0, 20.0, 150.0, 400.0, 700.0
"""Costs: between phrases, after 的, inside a long name, inside a short one, inside a phrase."""
_LONG = 4
# For each gap: the cost of a break where the names around it are long enough, where they are
# not, and how many characters are long enough.
_COSTS = {
    Gap.BOUND: (900.0, 900.0, 0),
    Gap.TOGETHER: (WRONG, WRONG, 0),
    Gap.CLOSE: (BAD, BAD, 0),
    Gap.NAME: (WEAK, BAD, _LONG),
    Gap.CONJUNCTION: (WEAK, BAD, _LONG),
    Gap.PHRASE: (FAIR, WEAK, _LONG),
    Gap.MODIFIER: (FAIR, BAD, _LONG),
    Gap.TIME: (10.0, 10.0, 0),
    Gap.AFTER_TIME: (40.0, 40.0, 0),
    Gap.STATE: (60.0, WEAK, _LONG),
    Gap.AFTER_STATE: (GOOD, GOOD, 0),
    Gap.EVENT: (GOOD, BAD, 3),
    Gap.CLAUSE: (GOOD, GOOD, 0),
}
PAUSES = {"：": -40.0, "；": -35.0, "，": -30.0, "、": -8.0}
"""After these marks a break is better than good; as much as after the first, before a dash."""
_PAUSE = -40.0
_LATER_PREDICATE, _ODD_NAME = 15.0, 80.0
# A longer quotation may not fit its line.
_LONG_QUOTATION = 16


def costs_of(words: Sequence[Word]) -> Iterator[float]:
    """The cost of a break after each word but the last."""
    return map(_cost, _breaks(words))


@dataclass(frozen=True)
class _Break:
    """
    A break between two words; ``first`` is the word before them.

    ``left`` and ``right`` are the characters of the names around it.  ``is_odd`` says that an odd
    number of words of two characters precedes it, ``is_said`` that its clause has a predicate
    before it, ``is_framed`` that it is between 对 and its 进行; ``quoted`` are the characters of
    the quotation around it, 0 for none.
    """

    gap: Gap
    first: Word
    before: Word
    after: Word
    left: int
    right: int
    is_odd: bool
    is_said: bool
    is_framed: bool
    quoted: int


# --- What is around a break -----------------------------------------------------------------------


def _breaks(words: Sequence[Word]) -> Iterator[_Break]:
    gaps = list(gaps_of(words))
    firsts = [Word("", Role.MARK), *words]
    lefts, rights = _lengths(words, gaps)
    columns = (gaps, firsts, words, words[1:], lefts, rights)
    facts = (_odd(words), _said(words), _framed(words), _quoted(words))
    return map(_Break, *columns, *facts)


_ENDS_OF_NAMES = frozenset(
    {Gap.PAUSE, Gap.CLAUSE, Gap.EVENT, Gap.STATE, Gap.AFTER_STATE}
    | {Gap.MODIFIER, Gap.TIME, Gap.PHRASE}
)
_LINKS = frozenset({Role.PARTICLE, Role.CONJUNCTION})


def _lengths(words: Sequence[Word], gaps: Sequence[Gap]) -> tuple[list[int], list[int]]:
    """For each gap the characters of its name before it and after it."""
    ends = list(itertools.accumulate(len(word.text) for word in words))
    lefts, start = [], 0
    for word, gap, end in zip(words, gaps, ends, strict=False):
        lefts.append(end - start)
        is_end = gap in _ENDS_OF_NAMES and word.role != Role.TIME
        start = end if is_end or word.role not in NAMES else start
    rights, stop = [], ends[-1]
    for word, gap, end in reversed(list(zip(words[1:], gaps, ends, strict=False))):
        rights.append(stop - end)
        stop = end if gap in _ENDS_OF_NAMES or word.role in _LINKS else stop
    return lefts, rights[::-1]


def _odd(words: Sequence[Word]) -> Iterator[bool]:
    """After each word: whether an odd number of words of two characters ends there."""
    count = 0
    for word in words:
        count = count + 1 if len(word.text) == USUAL and word.role in NOUNS else 0
        yield count % 2 == 1


def _said(words: Sequence[Word]) -> Iterator[bool]:
    """After each word: whether its clause already has a predicate."""
    is_said = False
    for word in words:
        yield is_said and not word.ends_clause
        is_said = not word.ends_clause and (is_said or word.role in PREDICATES)


_LIGHT_VERBS = frozenset({"进行", "给予", "予以", "加以", "开展", "提出", "作出", "实施", "实行"})


def _framed(words: Sequence[Word]) -> Iterator[bool]:
    """After each word: whether 对 precedes it and its light verb is not the next word."""
    until = 0
    for place, word in enumerate(words):
        if word.text in ("对", "就"):
            until = max(until, _place_of_light_verb(words, place))
        yield place < until - 1


def _place_of_light_verb(words: Sequence[Word], start: int) -> int:
    last = start
    for place in range(start, len(words)):
        last = place if words[place].text in _LIGHT_VERBS else last
        if words[place].ends_clause:
            break
    return last


def _quoted(words: Sequence[Word]) -> Iterator[int]:
    """After each word: how many characters the open quotation or bracket has; 0 for none."""
    title = "".join(word.text for word in words)
    end = length = close = 0
    for word in words:
        start, end = end, end + len(word.text)
        opened = next((i for i in range(start, end) if title[i] in OPENING), -1)
        if opened >= close:
            close = _end_of_quotation(title, opened)
            length = close - opened
        yield length if end < close else 0


def _end_of_quotation(title: str, start: int) -> int:
    """The index after the mark that closes what opens at ``start``; the end if none does."""
    depth = 0
    for place in range(start, len(title)):
        depth += (title[place] in OPENING) - (title[place] in CLOSING_QUOTES)
        if depth == 0:
            return place + 1
    return len(title)


# --- Costs ----------------------------------------------------------------------------------------


def _cost(at: _Break) -> float:
    if at.gap == Gap.PAUSE:
        cost = PAUSES.get(at.before.text[-1], _PAUSE)
    else:
        enough, not_enough, length = _COSTS[at.gap]
        cost = enough if _length(at) >= length else not_enough
    exception = _exceptional_cost(at)
    return (cost if exception is None else exception) + _surcharge(at, cost)


# Only what precedes these counts: 会议|召开, 党的|创新理论.
_ONE_SIDED = frozenset({Gap.EVENT, Gap.STATE, Gap.MODIFIER})
# A name as short as these may stand before a break.
_WHOLE = frozenset({Role.TIME, Role.DETERMINER, Role.AMOUNT})


def _length(at: _Break) -> int:
    """The characters of the names around a break, the shorter one."""
    left = max(_LONG, at.left) if at.before.role in _WHOLE else at.left
    # A word of three characters (座谈会) may stand for a name.
    right = max(_LONG, at.right) if len(at.after.text) > USUAL else at.right
    return left if at.gap in _ONE_SIDED else min(left, right)


def _exceptional_cost(at: _Break) -> float | None:
    """The cost of a break that is better or worse than its gap says; ``None`` for most."""
    if at.before.role == Role.VERB and at.after.text.startswith("《"):
        return BAD  # 印发|《…》, which may be wider than a line
    if at.gap == Gap.CLAUSE and at.before.role == Role.EVENT and at.first.text.endswith(SUBJECTS):
        return WRONG  # 省政府发布|支持民营企业的措施
    if at.first.role not in {Role.VERB, Role.EVENT}:
        return None
    is_pair = len(at.before.text) == len(at.after.text) == USUAL
    if is_pair and at.before.role in NOUNS and at.after.role == Role.VERB:
        return WEAK  # 坚持陆海|统筹
    return WEAK if at.gap == Gap.AFTER_TIME else None  # 召开2024年|人民调解会议


def _surcharge(at: _Break, cost: float) -> float:
    """What a break costs in addition to its gap."""
    if cost >= WRONG:
        return 0.0
    if 0 < at.quoted <= _LONG_QUOTATION or (at.is_framed and at.gap == Gap.CLAUSE):
        return BAD
    more = WEAK if at.quoted else 0.0
    if at.gap == Gap.NAME and at.is_odd and cost < BAD:
        # Words of two characters come in pairs: 农业科技|示范基地.
        more += _ODD_NAME
    elif at.gap in {Gap.CLAUSE, Gap.EVENT} and at.is_said and cost == GOOD:
        more += _LATER_PREDICATE
    return more
