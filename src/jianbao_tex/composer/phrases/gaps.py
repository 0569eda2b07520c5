"""What is between two words of a title."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from enum import Enum, auto

from jianbao_tex.composer.phrases.vocabulary import Role
from jianbao_tex.composer.phrases.words import PAUSES, Word


class Gap(Enum):
    """The kinds of gaps; a break in one of the first four is wrong or bad."""

    BOUND = auto()
    TOGETHER = auto()
    CLOSE = auto()
    NAME = auto()
    CONJUNCTION = auto()
    PHRASE = auto()
    MODIFIER = auto()
    TIME = auto()
    AFTER_TIME = auto()
    STATE = auto()
    AFTER_STATE = auto()
    EVENT = auto()
    CLAUSE = auto()
    PAUSE = auto()


_ALL = frozenset(Role)
NAMES = _ALL - {
    *(Role.VERB, Role.EVENT, Role.STATE, Role.ADVERB, Role.MANNER, Role.PREPOSITION),
    *(Role.CONJUNCTION, Role.PARTICLE, Role.MARK),
}
"""Roles of the words of a name."""
NOUNS = frozenset({Role.NOUN, Role.HEAD, Role.DEED, Role.ACTION, Role.PLACE})
_COUNTS = frozenset({Role.NUMBER, Role.TIME, Role.AMOUNT})

# The first line that fits decides; the gap between two names is what is left.
_GAPS: tuple[tuple[Collection[Role], Collection[Role], Gap], ...] = (
    (_ALL, {Role.PARTICLE}, Gap.BOUND),  # 高质量发展|的
    ({Role.PREPOSITION, Role.ADVERB}, _ALL, Gap.BOUND),  # 赴|我市, 全面|推进
    ({Role.NUMBER, Role.DETERMINER}, NAMES - _COUNTS, Gap.BOUND),  # 12个|企业, 全市|法院
    ({Role.VERB, Role.ATTRIBUTE}, _ALL, Gap.TOGETHER),  # 落实|“六保”, 国家级|企业
    ({Role.EVENT}, NAMES, Gap.TOGETHER),  # 召开|会议
    ({Role.DEED, Role.ACTION}, {Role.HEAD}, Gap.TOGETHER),  # 执行|情况
    ({Role.CONJUNCTION}, _ALL, Gap.CONJUNCTION),  # 疫情防控和|经济社会发展
    (_ALL, {Role.CONJUNCTION}, Gap.CONJUNCTION),
    ({Role.DEED}, {Role.VERB}, Gap.NAME),  # 解读|促进民营经济的措施
    (_ALL, {Role.VERB, Role.PREPOSITION, Role.ADVERB}, Gap.CLAUSE),  # 我市|新增
    ({Role.STATE, Role.AMOUNT}, _ALL, Gap.AFTER_STATE),  # 形势平稳|事故下降
    (_ALL, {Role.EVENT}, Gap.EVENT),  # 座谈会|召开
    (_ALL, {Role.STATE}, Gap.STATE),  # 问题|突出
    ({Role.PARTICLE}, _ALL, Gap.MODIFIER),  # 任务的|实践
    (_ALL - {Role.PLACE}, {Role.PLACE}, Gap.PHRASE),  # 活动|江苏启动仪式
    ({Role.PLACE}, _ALL, Gap.CLOSE),  # 江苏|启动仪式
    ({Role.QUOTATION}, _ALL - {Role.NUMBER, Role.DETERMINER}, Gap.CLOSE),  # “双减”|政策
    (_ALL, {Role.TIME}, Gap.TIME),
    ({Role.TIME}, _ALL, Gap.AFTER_TIME),
    (_ALL, {Role.NUMBER, Role.DETERMINER, Role.PHRASE}, Gap.PHRASE),
    ({Role.PHRASE}, _ALL, Gap.PHRASE),
    ({Role.DEED}, _ALL, Gap.CLOSE),  # 支持|民营企业
)


def gaps_of(words: Sequence[Word]) -> Iterator[Gap]:
    """The gap after each word but the last."""
    thirds = [word.role for word in words[2:]] + [Role.MARK]
    for (before, after), third in zip(itertools.pairwise(words), thirds, strict=False):
        if before.text.startswith("—"):
            yield Gap.BOUND
        elif before.text.endswith(PAUSES) or after.text.startswith("—"):
            yield Gap.PAUSE
        elif before.role in _COUNTED and _is_quantity(after, third):
            yield Gap.CLOSE
        else:
            yield _gap(before.role, after.role)


_COUNTED = NOUNS | {Role.PHRASE, Role.QUOTATION}


def _is_quantity(word: Word, after: Role) -> bool:
    """Whether a number counts what precedes it (项目|156个), not what follows (集团|3家企业)."""
    counts_next = after in NOUNS | {Role.ATTRIBUTE}
    return word.role in {Role.NUMBER, Role.AMOUNT} and not counts_next


def _gap(before: Role, after: Role) -> Gap:
    fitting = (gap for left, right, gap in _GAPS if before in left and after in right)
    return next(fitting, Gap.NAME)
