"""
Text for people: English in the source, other languages from their catalogues.

A sentence is a `Phrase` until it is shown; the code that shows it chooses the `Language`.  Source:
GNU gettext, whose catalogues translators know.
"""

from __future__ import annotations

import functools
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOMAIN = "jianbao_tex"
CATALOGUES = Path(__file__).parent / "locale"
"""The folder with a folder for each language."""

LANGUAGES: Mapping[str, str] = {"en": "", "zh": "zh_CN"}
"""What ``--lang`` takes, and its catalogue; none for the language of the source."""


@dataclass(frozen=True)
class Phrase:
    """
    A sentence or a part of one, with the values that stand in it.

    ``plural`` is the form if ``number`` is not 1.  ``words`` are translations of ``text`` that are
    not in a catalogue.
    """

    text: str
    values: tuple[tuple[str, object], ...] = ()
    plural: str = ""
    number: int = 1
    words: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """The phrase in English."""
        return ENGLISH.translated(self)


def say(text: str, /, **values: object) -> Phrase:
    """A phrase; ``text`` is a `str.format` template over the values."""
    return Phrase(text, tuple(values.items()))


def say_count(one: str, many: str, number: int, /, **values: object) -> Phrase:
    """A phrase about a number of things, which both forms may name as ``{number}``."""
    return Phrase(one, (("number", number), *values.items()), many, number)


def term(english: str, /, **words: str) -> Phrase:
    """What a thing is called in each language: ``term("page break", zh="分页")``."""
    return Phrase(english, words=tuple((name, word) for name, word in words.items() if word))


_COMMA = say(", ")


class InvalidValue(ValueError):
    """A value that does not fit, and why, as a phrase."""

    def __init__(self, reason: Phrase) -> None:
        self.reason = reason
        super().__init__(str(reason))


def pack_value(value: object) -> Any:
    """A value of a phrase, or a phrase, as JSON has it."""
    if isinstance(value, Phrase):
        values = [[name, pack_value(inner)] for name, inner in value.values]
        more = [value.plural, value.number, [list(pair) for pair in value.words]]
        return {"text": value.text, "values": values, "other": more}
    if isinstance(value, tuple):
        return [pack_value(inner) for inner in value]
    return value if isinstance(value, int) else str(value)


def unpack_value(value: Any) -> Any:
    """The value again; raises `KeyError`, `TypeError` or `ValueError` for other data."""
    if isinstance(value, dict):
        values = tuple((name, unpack_value(inner)) for name, inner in value["values"])
        plural, number, words = value["other"]
        return Phrase(value["text"], values, plural, number, tuple(map(tuple, words)))
    if isinstance(value, list):
        return tuple(unpack_value(inner) for inner in value)
    return value


_PLUGIN_SENTENCES: dict[str, dict[str, str]] = {}


def learn(name: str, sentences: Mapping[str, str]) -> None:
    """
    Adds sentences to a language: what a plugin says in English, and how it is said there.

    Args:
        name: ``zh``.
        sentences: the messages, advice and phrases of the plugin as they stand in its
            source, each with its translation.

    Raises:
        ValueError: a translation has other placeholders than its sentence.
    """
    learnt = _PLUGIN_SENTENCES.setdefault(name, {})
    for english, translation in sentences.items():
        if placeholders(english) != placeholders(translation):
            raise ValueError(f"{translation!r} has not the placeholders of {english!r}")
        learnt.setdefault(english, translation)


def placeholders(text: str) -> set[str]:
    """
    The names in braces of a template for messages.

    Raises:
        ValueError: something else stands in braces: no name, or a name with a format.
    """
    names: set[str] = set()
    for _, name, format_spec, conversion in string.Formatter().parse(text):
        if name is not None:
            if not name.isidentifier() or format_spec or conversion:
                raise ValueError(f"{{{name}}} is no name of a value")
            names.add(name)
    return names


class Language:
    """A language for people: ``en``, or one that has a catalogue."""

    def __init__(self, name: str = "en") -> None:
        self.name = name
        self.text: Callable[[str], str]
        self._plural: Callable[[str, str, int], str]
        folder = LANGUAGES[name]
        if not folder:
            self.text = _unchanged
            self._plural = _english_plural
            return
        # Imported here: it takes 5 ms, which English does not need.
        import gettext

        catalogue = gettext.translation(DOMAIN, CATALOGUES, [folder])
        plugin_sentences = _PLUGIN_SENTENCES.setdefault(name, {})
        # To gettext the empty text is the head of the catalogue.
        self.text = lambda text: (
            (plugin_sentences.get(text) or catalogue.gettext(text)) if text else ""
        )
        self._plural = catalogue.ngettext

    def translated(self, message: object) -> str:
        """
        Translates a phrase and the phrases among its values; joins a tuple with commas; other
        values become plain text.
        """
        if isinstance(message, tuple):
            return self.translated(_COMMA).join(map(self.translated, message))
        if not isinstance(message, Phrase):
            return str(message)
        for name, word in message.words:
            if name == self.name:
                return word
        text = (
            self._plural(message.text, message.plural, message.number)
            if message.plural
            else self.text(message.text)
        )
        return text.format(**{name: self.translated(value) for name, value in message.values})


def _unchanged(text: str) -> str:
    return text


def _english_plural(one: str, many: str, number: int) -> str:
    return one if number == 1 else many


ENGLISH = Language()


@functools.cache
def language(name: str) -> Language:
    """
    The language of a name in `LANGUAGES`.

    Raises:
        KeyError: there is none of this name.
    """
    return ENGLISH if name == "en" else Language(name)
