"""Adds marks to templates at parse time; they record which line printed which text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import jinja2
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from jianbao_tex.errors import LayoutBroken
from jianbao_tex.findings import Where, error
from jianbao_tex.foreign_files import read_file
from jianbao_tex.tex import first_mark, template_mark

MARKS = error(
    "JB203",
    "a template contains characters U+E000 to U+E004, which are reserved for internal marks",
    "remove them from the template; use another code point for a private character of a font",
)

_LINE = re.compile(r"(?<=\n)")


class Tracing(Extension):
    """Marks the beginning of every line of a template, and of every print in it."""

    def __init__(self, environment: jinja2.Environment) -> None:
        super().__init__(environment)
        environment.extend(traced=[])

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        file = self._number(stream.filename or stream.name or "template")
        return self._add_marks(_refuse_marks(stream), file)

    def _number(self, name: str) -> int:
        traced: list[str] = self.environment.traced  # type: ignore[attr-defined]
        if name not in traced:
            traced.append(name)
        return traced.index(name)

    @staticmethod
    def _add_marks(stream: Iterable[Token], file: int) -> Iterator[Token]:
        for token in stream:
            # Jinja's lexer gives only the first line of a run of TeX.
            if token.type == "data":
                lines = _LINE.split(token.value)
                marked = "".join(
                    template_mark(file, token.lineno + i) + line for i, line in enumerate(lines)
                )
                yield Token(token.lineno, "data", marked)
            elif token.type == "variable_begin":
                yield Token(token.lineno, "data", template_mark(file, token.lineno))
                yield token
            else:
                yield token


def _refuse_marks(stream: TokenStream) -> Iterator[Token]:
    """The tokens; raises if a token contains one of our marks."""
    for token in stream:
        value = str(token.value) if token.type in {"data", "string"} else ""
        index = first_mark(value)
        if index >= 0:
            file = Path(stream.filename or stream.name or "template")
            number = token.lineno + value.count("\n", 0, index)
            column = index - value.rfind("\n", 0, index) if token.type == "data" else 0
            lines = read_file(file).decode("utf-8").split("\n") if file.is_file() else []
            text = lines[number - 1] if number <= len(lines) else ""
            raise LayoutBroken(MARKS.at(Where(str(file), number, column, text)))
        yield token
