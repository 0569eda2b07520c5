"""Findings: what is wrong, where it stands, and what to do about it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: an error keeps the master from being handed out."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Where:
    """
    A place in a file that a person wrote.

    ``line`` and ``column`` count from 1, the column in characters; 0 stands for the
    whole file or the whole line.  ``text`` is the line itself, for the excerpt.
    """

    file: str
    line: int = 0
    column: int = 0
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        parts = [visible(self.file), *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


@dataclass(frozen=True)
class Kind:
    """
    One kind of finding: its code, weight, sentence and advice.

    ``message`` and ``advice`` are ``str.format`` templates over the values that the
    caller names.  Whoever finds something declares the kind beside the code that
    finds it, as a module constant.
    """

    code: str
    severity: Severity
    message: str
    advice: str

    def at(self, where: Where, **values: object) -> Finding:
        """A finding of this kind at a place."""
        shown = tuple((name, _quoted(str(value))) for name, value in values.items())
        return Finding(self, where, shown)


def error(code: str, message: str, advice: str) -> Kind:
    """A kind that stops the work."""
    return Kind(code, Severity.ERROR, message, advice)


def warning(code: str, message: str, advice: str) -> Kind:
    """A kind that is reported and stops the work only under ``--strict``."""
    return Kind(code, Severity.WARNING, message, advice)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.  Made by ``Kind.at``."""

    kind: Kind
    where: Where
    values: tuple[tuple[str, str], ...] = ()

    @property
    def code(self) -> str:
        return self.kind.code

    @property
    def severity(self) -> Severity:
        return self.kind.severity

    @property
    def message(self) -> str:
        """What is wrong, in one sentence without an end mark."""
        return self.kind.message.format(**dict(self.values))

    @property
    def advice(self) -> str:
        """What to do about it."""
        return self.kind.advice.format(**dict(self.values))

    def as_json(self) -> dict[str, object]:
        """The finding as plain data; the shape is documented in docs/automation.md."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "file": self.where.file,
            "line": self.where.line or None,
            "column": self.where.column or None,
            "message": self.message,
            "advice": self.advice,
        }


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings sorted by place, then code, each once."""
    once = dict.fromkeys(findings)
    return tuple(sorted(once, key=lambda f: (f.where, f.code, f.values)))


def errors_among(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that stop the work."""
    return tuple(f for f in findings if f.severity is Severity.ERROR)


def visible(text: str) -> str:
    """
    The text with every control, format and private character written as U+XXXX.

    A finding may quote hostile input; it must neither move the cursor of a terminal
    nor reorder the line.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _shows(c) else f"<U+{ord(c):04X}>" for c in text)


_LONGEST_VALUE = 300


def _quoted(value: str) -> str:
    """A value found in the input, short enough for a message."""
    cut = value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
    return visible(cut)


def _shows(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}


_EXCERPT_WIDTH = 72


def excerpt(where: Where) -> str:
    """
    The line of the place and, below it, a caret under its column.

    Long lines are cut around the caret.  Chinese characters take two cells of the
    terminal.  Empty where the place names no line.
    """
    if not where.text or not where.column:
        return ""
    line = where.text.replace("\t", " ")
    start = where.column - 1
    while start and cells(visible(line[start - 1 : where.column - 1])) <= _EXCERPT_WIDTH // 3:
        start -= 1
    before = ("…" if start else "") + visible(line[start : where.column - 1])
    after = ""
    for character in line[where.column - 1 :]:
        if cells(before + after) > _EXCERPT_WIDTH:
            after += "…"
            break
        after += visible(character)
    return f"{before}{after}\n{' ' * cells(before)}^"


def cells(text: str) -> int:
    """How many cells of a terminal the text takes: Chinese characters take two."""
    return sum(
        2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1
        for c in text
    )
