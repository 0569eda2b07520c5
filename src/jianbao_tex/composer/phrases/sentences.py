"""Words alone -> words in their sentence: some roles depend on the words around them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from jianbao_tex.composer.phrases.vocabulary import DOING, PREDICATES, Role, vocabulary
from jianbao_tex.composer.phrases.words import Word

SUBJECTS = (*"局委部厅办院会市区县省镇组关处所校社室州乡村", "政府", "公司", "集团", "街道", "部门")
"""Ends of the names of offices and places."""


def with_sentences(words: Sequence[Word]) -> list[Word]:
    """The words of a title, each with its role in the sentence."""
    following = [*words[1:], Word("", Role.MARK)]
    return list(_with_predicates(map(_beside, words, following)))


# Of an event only these are heads: 启动|仪式; 召开|会议 is a verb and its object.
_HEADS_OF_EVENTS = frozenset({"问题", "情况", "现象", "仪式", "比例", "行动"})
_AFTER_ADVERB = DOING | {Role.ACTION, Role.MANNER, Role.ADVERB, Role.PREPOSITION}


def _beside(word: Word, after: Word) -> Word:
    """The word with the role that it has before the next one."""
    role = word.role
    is_head = after.role == Role.HEAD
    match role:
        case Role.MARK:
            role = Role.NOUN
        case Role.MANNER if after.text:
            role = Role.ADVERB if after.role in _AFTER_ADVERB else Role.ATTRIBUTE
        case Role.MANNER:
            role = Role.NOUN
        case Role.VERB if not after.text:
            role = Role.STATE
        case Role.NUMBER if word.text[-1] in "%％":
            role = Role.AMOUNT
        case Role.DEED if is_head:
            role = Role.ACTION
        case Role.EVENT | Role.STATE if is_head and after.text in _HEADS_OF_EVENTS:
            role = Role.ACTION
    return replace(word, role=role)


def _with_predicates(words: Iterable[Word]) -> Iterator[Word]:
    """The words; in a clause without a predicate the first deed is it: 省委书记|调研|粮食生产."""
    clause: list[Word] = []
    for word in words:
        clause.append(word)
        if word.ends_clause:
            yield from _with_predicate(clause)
            clause = []
    yield from _with_predicate(clause)


def _with_predicate(clause: Sequence[Word]) -> Iterator[Word]:
    roles = {word.role for word in clause}
    is_said = bool(roles & PREDICATES)
    # Where something else is said (在|我市, 多措并举), a verb of the dictionary may be a noun.
    is_bare = not roles & {Role.PREPOSITION, Role.PHRASE}
    nothing = before = Word("", Role.MARK)
    for word, after in itertools.zip_longest(clause, clause[1:], fillvalue=nothing):
        is_first = not is_said and after.role not in {Role.MARK, Role.PARTICLE}
        is_verb = is_first and _is_verb(word, before, is_bare=is_bare)
        if is_verb or (after.role == Role.VERB and _is_before_verb(word, before)):
            is_said = True
            yield replace(word, role=Role.VERB)
        else:
            yield word
        before = word


def _is_verb(word: Word, before: Word, *, is_bare: bool) -> bool:
    """Whether a deed, or an action after an office, is what its clause says."""
    is_name = before.role in {Role.NUMBER, Role.ATTRIBUTE, Role.PARTICLE}
    is_known = is_bare or word.text in vocabulary()
    return (word.role == Role.DEED and not is_name and is_known) or _is_after_office(word, before)


def _is_before_verb(word: Word, before: Word) -> bool:
    """Whether a verb after it makes it one, too: 市委常委会|研究加强…, 在|研究加强…时."""
    is_after_preposition = word.role == Role.ACTION and before.role == Role.PREPOSITION
    return is_after_preposition or _is_after_office(word, before)


def _is_after_office(word: Word, before: Word) -> bool:
    """Whether it is a deed or an action of an office or a place."""
    return word.role in {Role.DEED, Role.ACTION} and before.text.endswith(SUBJECTS)
