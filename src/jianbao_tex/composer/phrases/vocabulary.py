"""The role of a word in a title: from our lists, from its form, or from its part of speech."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from importlib import resources


class Role(StrEnum):
    """What a word does in a title; ``words.txt`` explains most roles and lists their words."""

    VERB = "verb"
    DEED = "deed"
    ACTION = "action"
    EVENT = "event"
    STATE = "state"
    ADVERB = "adverb"
    MANNER = "manner"
    PREPOSITION = "preposition"
    CONJUNCTION = "conjunction"
    DETERMINER = "determiner"
    ATTRIBUTE = "attribute"
    HEAD = "head"
    NOUN = "noun"
    PLACE = "place"
    PHRASE = "phrase"
    QUOTATION = "quotation"
    NUMBER = "number"
    AMOUNT = "amount"
    TIME = "time"
    PARTICLE = "particle"
    MARK = "mark"


PREDICATES = frozenset({Role.VERB, Role.EVENT, Role.STATE})
"""Roles of words that say what happens."""
DOING = PREDICATES | {Role.DEED}
"""Roles of words that may say what happens."""
USUAL = 2
"""Most words have so many characters."""


# --- Our lists ----------------------------------------------------------------------------------


@functools.cache
def vocabulary() -> Mapping[str, Role]:
    """The words of ``words.txt``."""
    return _read("words.txt")


@functools.cache
def long_words() -> Mapping[str, Role]:
    """The words of ``words.txt`` that the dictionary may split, or join to others."""
    return {w: role for w, role in vocabulary().items() if len(w) > USUAL or w == _JOINED}


# The dictionary has 暨首届 as a word.
_JOINED = "暨"


@functools.cache
def fixed_terms() -> Mapping[str, Role]:
    """The terms of ``terms.txt``; one that ends in a verb (统筹推进) is a predicate."""
    return {
        term: Role.EVENT if role == Role.PHRASE and _ends_in_verb(term) else role
        for term, role in _read("terms.txt").items()
    }


def _ends_in_verb(term: str) -> bool:
    return vocabulary().get(term[-USUAL:]) in {Role.VERB, Role.EVENT}


def _read(name: str) -> dict[str, Role]:
    """The words of a file by their role: ``[role]`` on a line, then words; ``#`` is a comment."""
    roles: dict[str, Role] = {}
    role = Role.NOUN
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            role = Role(line.strip("[]"))
        elif not line.startswith("#"):
            roles |= dict.fromkeys(line.split(), role)
    return roles


# --- The dictionary -----------------------------------------------------------------------------


def dictionary_words(text: str) -> list[str]:
    """The words of a text by the dictionary alone."""
    return [word for word, _ in tagged(text)]


def tagged(text: str) -> Sequence[tuple[str, str]]:
    """The words of a text by the dictionary, each with the tag of its part of speech."""
    # A tenth of a second, for titles that do not fit their line.
    import rjieba

    words: Sequence[tuple[str, str]] = rjieba.tag(text)
    return words


_ROLES_BY_TAG = {
    "m": Role.NUMBER,
    "mq": Role.NUMBER,
    "d": Role.ADVERB,
    "b": Role.ATTRIBUTE,
    "v": Role.DEED,
    "vn": Role.DEED,
    "ns": Role.PLACE,
    "x": Role.MARK,
    "i": Role.PHRASE,
    "l": Role.PHRASE,
    "z": Role.PHRASE,
}
TIME = re.compile(
    r"\d{4}年度?|[上下]半年|[前一二三四第]*季度|\d+月份?|[今去近]年来?|近[期日]|日前|期间|时期"
)
"""Words for a time, with or without their number."""
_ROLES_BY_FORM = (
    (re.compile("的"), Role.PARTICLE),
    (TIME, Role.TIME),
    (re.compile(r"[0-9.,%％零一二三四五六七八九十百千万亿两几余多第]+"), Role.NUMBER),
    # A verb and its result: 写好, 走实.
    (
        re.compile(
            "[做抓走写答讲建管用守护办扛打织筑压夯厚下当种念唱跑按拧绷架铺绘补兜扎站立挑担练学谋落稳过养端捧"
            "举提强挺拉托掌把][好实牢细紧稳准优强大深透通活足亮美]"
        ),
        Role.VERB,
    ),
    (re.compile(".{1,3}式"), Role.ATTRIBUTE),
)


def role_of(word: str, tag: str) -> Role:
    """The role of a word that is no fixed term."""
    if word in vocabulary():
        return vocabulary()[word]
    for form, role in _ROLES_BY_FORM:
        if form.fullmatch(word):
            return role
    role = _ROLES_BY_TAG.get(tag, Role.NOUN)
    # The dictionary calls long names adverbs, and short nouns phrases.
    is_long = len(word) > USUAL
    is_name = (role == Role.ADVERB and is_long) or (role == Role.PHRASE and not is_long)
    return Role.NOUN if is_name else role
