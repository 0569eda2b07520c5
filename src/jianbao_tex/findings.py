"""Findings: what is wrong, where it is, and what to do about it."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from jianbao_tex.language import ENGLISH, InvalidValue, Language, Phrase

Value = str | Phrase | tuple["Value", ...]
"""What a message may hold: text that was found, a phrase, or a list of them."""


class Severity(StrEnum):
    """
    The severity of a finding, the gravest first.

    An error stops the work: of the issue, or of the one output that it is about.  A warning does
    so under ``--strict``.
    A note says what was done without being asked; it never stops anything.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, order=True)
class Where:
    """
    A place in a file that a person wrote.

    ``line`` and ``column`` count from 1, the column in characters; 0 stands for the
    whole file or the whole line.  ``text`` is the line itself, for the excerpt.  The
    place reaches to the character before ``end_column`` of ``end_line``, where known.
    """

    file: str
    line: int = 0
    column: int = 0
    text: str = field(default="", compare=False)
    end_line: int = field(default=0, compare=False)
    end_column: int = field(default=0, compare=False)

    def overlaps(self, other: Where) -> bool:
        """Whether both places have a character in common."""
        if self.file != other.file:
            return False
        (start, end), (other_start, other_end) = self._range, other._range
        return start < other_end and other_start < end

    @property
    def _range(self) -> tuple[tuple[int, float], tuple[int, float]]:
        """The first character, and the one after the last, as lines and columns."""
        start = (self.line, float(self.column))
        if not self.end_line:
            return start, (self.line, self.column + 1 if self.column else math.inf)
        return start, (self.end_line, float(self.end_column))

    def __str__(self) -> str:
        parts = [visible(self.file), *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


@dataclass(frozen=True)
class Kind:
    """
    One kind of finding: its code, severity, message and advice.

    ``message`` and ``advice`` are ``str.format`` templates over the values that the
    caller names.  Each kind is a constant of the module that reports it.  ``plugin`` is the name
    of the plugin that reported it; empty for the package itself.
    """

    code: str
    severity: Severity
    message: str
    advice: str
    plugin: str = ""

    @property
    def prefix(self) -> str:
        """The letters of the code, which one plugin has for itself."""
        return self.code.rstrip("0123456789")

    def at(self, where: Where, **values: object) -> Finding:
        """
        A finding of this kind at a place.

        A value is a phrase, or an `InvalidValue` with one, or a tuple of values, or shown as it is.
        """
        pairs = tuple((name, _displayable(value)) for name, value in values.items())
        return Finding(self, where, pairs)


def error(code: str, message: str, advice: str) -> Kind:
    """A kind that stops the work."""
    return Kind(code, Severity.ERROR, message, advice)


def warning(code: str, message: str, advice: str) -> Kind:
    """A kind that is reported and stops the work only under ``--strict``."""
    return Kind(code, Severity.WARNING, message, advice)


def note(code: str, message: str, advice: str) -> Kind:
    """A kind that is reported and never stops the work."""
    return Kind(code, Severity.NOTE, message, advice)


@dataclass(frozen=True)
class Fix:
    """
    The one possible fix of a finding: ``text`` replaces the range ``where``.

    ``where`` has line, column and end; both lie in one line of the file, or the end in a later
    one, where the fix joins lines and replaces nothing but white space.
    """

    where: Where
    text: str

    @property
    def joins_lines(self) -> bool:
        return self.where.end_line > self.where.line


@dataclass(frozen=True)
class Finding:
    """
    One thing that is wrong.  Made by ``Kind.at``.

    ``also`` are related places, ``raw`` the original message of a tool, ``fix`` the replacement
    that repairs the fault.
    """

    kind: Kind
    where: Where
    values: tuple[tuple[str, Value], ...] = ()
    also: tuple[Where, ...] = ()
    raw: str = field(default="", compare=False)
    fix: Fix | None = None

    @property
    def code(self) -> str:
        return self.kind.code

    @property
    def severity(self) -> Severity:
        return self.kind.severity

    @property
    def message_phrase(self) -> Phrase:
        """The message, not yet translated."""
        return Phrase(self.kind.message, self.values)

    @property
    def advice_phrase(self) -> Phrase:
        """What to do about it, in no language yet."""
        return Phrase(self.kind.advice, self.values)

    @property
    def message(self) -> str:
        """What is wrong, in one English sentence without an end mark."""
        return self.message_in(ENGLISH)

    @property
    def advice(self) -> str:
        """What to do about it, in English."""
        return self.advice_in(ENGLISH)

    def message_in(self, language: Language) -> str:
        """What is wrong, in one sentence without an end mark."""
        return language.translated(self.message_phrase)

    def advice_in(self, language: Language) -> str:
        """What to do about it."""
        return language.translated(self.advice_phrase)

    def with_fix(self, old: str, new: str) -> Finding:
        """
        The finding with a fix that replaces ``old`` by ``new``.

        Without a fix if the file does not contain exactly ``old`` at this place: an escaped,
        folded or preprocessed text cannot be fixed automatically.  ``new`` has no line end: a
        fix never adds a line to the file.
        """
        where = self.where
        current = where.text[where.column - 1 : where.end_column - 1] if where.column else ""
        if not old or current != old or where.line != where.end_line or "\n" in new:
            return self
        return replace(self, fix=Fix(where, new))

    @property
    def plugin(self) -> str:
        """The plugin that has reported it, or that it is about; '' for none."""
        values = dict(self.values)
        return self.kind.plugin or (str(values.get("name", "")) if "plugin" in values else "")

    def from_plugin(self, name: str) -> Finding:
        """The finding as one that a plugin has reported."""
        return replace(self, kind=replace(self.kind, plugin=name))

    @property
    def as_warning(self) -> Finding:
        """The finding as a warning: what is wrong, but was not needed here."""
        return replace(self, kind=replace(self.kind, severity=Severity.WARNING))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings sorted by place, then code, each once."""
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda f: (f.where, f.code, f.message)))


def errors_among(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that stop the work."""
    return tuple(f for f in findings if f.severity is Severity.ERROR)


def faults_among(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that stop the work under ``--strict``: errors and warnings."""
    return tuple(f for f in findings if f.severity is not Severity.NOTE)


def visible(text: str) -> str:
    """
    The text with every control, format and private character written as U+XXXX.

    A finding may quote hostile input; it must neither move the cursor of a terminal
    nor reorder the line.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _is_visible(c) else f"<{code_point(c)}>" for c in text)


def code_point(character: str) -> str:
    """The character as Unicode calls it: U+4E00."""
    return f"U+{ord(character):04X}"


_MAX_LENGTH = 300


_MAX_DEPTH = 6


def _displayable(value: object, depth: int = _MAX_DEPTH) -> Value:
    """A value for a message: a phrase, a text that is short and visible, or several."""
    if isinstance(value, InvalidValue):
        value = value.reason
    if not depth:
        return "…"
    if isinstance(value, Phrase):
        values = tuple((name, _displayable(inner, depth - 1)) for name, inner in value.values)
        return replace(value, values=values)
    if isinstance(value, tuple | list):
        return tuple(_displayable(inner, depth - 1) for inner in value)
    text = str(value)
    return visible(text if len(text) <= _MAX_LENGTH else text[:_MAX_LENGTH] + "…")


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}
