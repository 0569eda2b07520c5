"""
A title -> phrases, each with the cost of a line break after it.

`vocabulary` knows the role of a word, `words` splits a title into words, `sentences` finds what
they do in their sentence, `gaps` says what is between two words, and `costs` how bad a break
there is.  Source: decision 0034.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from jianbao_tex.breaks import Breaks
from jianbao_tex.composer.phrases.costs import costs_of
from jianbao_tex.composer.phrases.sentences import with_sentences
from jianbao_tex.composer.phrases.vocabulary import (
    Role,
    dictionary_words,
    fixed_terms,
    long_words,
)
from jianbao_tex.composer.phrases.words import words_of

__all__ = ["Phrase", "dictionary_words", "phrases_of", "phrases_with"]


@dataclass(frozen=True)
class Phrase:
    """
    A part of a title that stays on one line, and the cost of a break after it.

    A cost is in squares of characters, as the unevenness of lines is; a negative one is a gain.
    """

    text: str
    cost: float


def phrases_of(title: str, terms: Collection[str] = ()) -> list[Phrase]:
    """
    The phrases of a title of one line; together they are the title.

    ``terms`` are fixed terms in addition to those of the package.
    """
    known = _known_terms()
    return phrases_with(title, {**known, **dict.fromkeys(terms, Role.NOUN)} if terms else known)


@functools.cache
def _known_terms() -> Mapping[str, Role]:
    return {**long_words(), **fixed_terms()}


def phrases_with(title: str, terms: Mapping[str, Role]) -> list[Phrase]:
    """The phrases of a title of one line, by these terms and our words alone."""
    words = with_sentences(words_of(title, terms))
    rules = Breaks(title)
    phrases: list[Phrase] = []
    text, end = "", 0
    for word, cost in zip(words, [*costs_of(words), 0.0], strict=True):
        text, end = text + word.text, end + len(word.text)
        if end == len(title) or rules.reason_against(end) is None:
            phrases.append(Phrase(text, cost))
            text = ""
    return phrases
