"""
The position of each character of a value in the YAML file.

YAML folds lines, takes quotes away and resolves escapes; a finding about the third
character of a text still points at that character of the file.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from jianbao_tex.findings import Where

_ESCAPE = re.compile(
    r"\\(?:x(?P<x>[0-9A-Fa-f]{2})|u(?P<u>[0-9A-Fa-f]{4})|U(?P<U>[0-9A-Fa-f]{8})|(?P<one>.|$))",
    re.DOTALL,
)
# The escapes for white space: libyaml's names for tab, line ends and the wide spaces.
_WHITE_ESCAPES = frozenset("t\tnvfr N_LP")
_NAMED_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "e": "\x1b"}


class Scalar:
    """
    A scalar of a YAML file: its value, and where the file writes it.

    ``line`` and ``column`` count from 1 and are those of the first character, also of a
    quote or ``|``; ``style`` is ``|``, ``>``, ``'``, ``"`` or '' for a plain one.
    """

    def __init__(
        self, file: str, lines: Sequence[str], line: int, column: int, value: str, style: str
    ) -> None:
        self.file = file
        self.lines = lines
        self.line = line
        self.column = column
        self.value = value
        self.style = style

    def at(self, index: int) -> tuple[int, int]:
        """Line and column of a character of the value; those of its start for a wrong index."""
        if not 0 <= index < len(self.value):
            return self.line, self.column
        if self.style == "|":
            return self._literal_position(index)
        start = self.column + (self.style in {"'", '"'})
        if self._is_verbatim:
            return self.line, start + index
        return self._positions[index][:2] if self._positions else (self.line, self.column)

    def end(self, index: int) -> tuple[int, int]:
        """Line of a character of the value, and the column after its last character in the file."""
        line, column = self.at(index)
        escapes = self.style in {"'", '"'} and not self._is_verbatim
        if escapes and 0 <= index < len(self._positions):
            return line, self._positions[index][2]
        return line, column + 1

    def _literal_position(self, index: int) -> tuple[int, int]:
        number = bisect.bisect_right(self._line_starts, index) - 1
        start, after = self._line_starts[number : number + 2]
        line = self.line + 1 + number
        # The text is at the end of the line, after any indentation.
        raw = self.lines[line - 1] if line <= len(self.lines) else ""
        return line, len(raw) - (after - 1 - start) + index - start + 1

    @cached_property
    def _line_starts(self) -> list[int]:
        """The index where each line of the value starts, and the index after the last line."""
        lengths = (len(line) + 1 for line in self.value.split("\n"))
        return [0, *itertools.accumulate(lengths)]

    @cached_property
    def _is_verbatim(self) -> bool:
        """Whether the file has the value in one line, without escapes."""
        if self.style == ">" or {"'": "'", '"': "\\"}.get(self.style, "\n") in self.value:
            return False
        start = self.column - 1 + (self.style != "")
        return self.lines[self.line - 1].startswith(self.value, start)

    @cached_property
    def _positions(self) -> list[tuple[int, int, int]]:
        """
        Line, column and end column of each character of the value; empty if value and file
        do not match.

        Folding changes white space alone, so that the other characters of file and
        value are the same ones in the same order.
        """
        file_characters = self._file_characters()
        places: list[tuple[int, int, int]] = []
        last = (self.line, self.column, self.column + 1)
        for character in self.value:
            if character.isspace():
                last = (last[0], last[1] + 1, last[1] + 2)
            else:
                spelling, line, column, end = next(file_characters, ("", 0, 0, 0))
                if spelling != character:
                    return []
                last = (line, column, end)
            places.append(last)
        return places

    def _file_characters(self) -> Iterator[tuple[str, int, int, int]]:
        """The characters of the file, without white space, with escapes resolved."""
        first = self.line if self.style != ">" else self.line + 1
        for number in range(first, len(self.lines) + 1):
            raw = self.lines[number - 1]
            column = self.column + (self.style != "") if number == self.line else 1
            while column <= len(raw):
                character, length = self._read_character(raw, column - 1)
                if not character.isspace():
                    yield character, number, column, column + length
                column += length

    def _read_character(self, raw: str, index: int) -> tuple[str, int]:
        """The character at an index of a line, and its length in the file."""
        # Between single quotes '' is the one escape (YAML 1.2.2, 7.3.2).
        if self.style == "'" and raw.startswith("''", index):
            return "'", 2
        if self.style == '"' and (escape := _ESCAPE.match(raw, index)):
            digits = escape["x"] or escape["u"] or escape["U"]
            if digits:
                return chr(int(digits, 16)), len(escape[0])
            escaped = escape["one"]
            # A backslash that ends a line joins it with the next one (7.3.1).
            is_white = not escaped or escaped in _WHITE_ESCAPES
            character = " " if is_white else _NAMED_ESCAPES.get(escaped, escaped)
            return character, 2
        return raw[index], 1


@dataclass(frozen=True, eq=False)
class Place:
    """The place of a value: a part of a scalar from ``start`` to ``end``, or only ``point``."""

    point: Where
    scalar: Scalar | None = None
    start: int = 0
    end: int = 0

    @classmethod
    def of(cls, scalar: Scalar, start: int = 0, end: int | None = None) -> Place:
        """A scalar or a part of it."""
        return cls(Where(scalar.file), scalar, start, len(scalar.value) if end is None else end)

    @property
    def where(self) -> Where:
        """The place from the first to the last character, without the white space around them."""
        if self.scalar is None:
            return self.point
        value = self.scalar.value[self.start : self.end]
        if not value.strip():
            return self._range(self.start, self.start)
        first = self.start + len(value) - len(value.lstrip())
        return self._range(first, self.start + len(value.rstrip()) - 1)

    def within(self, text: str, index: int, length: int = 1) -> Where:
        """
        The place of some characters of a text that was made from the value.

        White space may differ.  The text may be a part of the value, or contain the value (in
        brackets, after a label).  If it is neither, the whole place is returned.
        """
        if self.scalar is None:
            return self.point
        value = self.scalar.value[self.start : self.end]
        indices = [i for i, c in enumerate(value) if not c.isspace()]
        value_letters, text_letters = "".join(value[i] for i in indices), "".join(text.split())
        first = len("".join(text[:index].split()))
        last = max(first, len("".join(text[: index + length].split())) - 1)
        if (offset := value_letters.find(text_letters)) >= 0:
            shift = offset
        elif value_letters and (offset := text_letters.find(value_letters)) >= 0:
            shift = -offset
        else:
            return self.where
        first, last = (min(max(n + shift, 0), len(indices) - 1) for n in (first, last))
        if not indices:
            return self.where
        return self._range(self.start + indices[first], self.start + indices[last])

    def _range(self, first: int, last: int) -> Where:
        assert self.scalar is not None
        line, column = self.scalar.at(first)
        end_line, end_column = self.scalar.end(last)
        lines = self.scalar.lines
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        return Where(self.scalar.file, line, column, text, end_line, end_column)


def whole_line(file: str, text: str, number: int, column: int = 0) -> Where:
    """A line of a file with this text, from its first to its last character; or one column."""
    lines = text.split("\n")
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    if not line.strip():
        return Where(file, number)
    if column:
        return Where(file, number, column, line, number, column + 1)
    first = len(line) - len(line.lstrip()) + 1
    return Where(file, number, first, line, number, len(line.rstrip()) + 1)


_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


def toml_fault(file: str, text: str, error: Exception) -> tuple[str, Where]:
    """What tomllib says is wrong, and where."""
    match = _TOML_PLACE.search(str(error))
    if match is None:
        return str(error), Where(file)
    where = whole_line(file, text, int(match[1]), int(match[2]))
    return str(error).removesuffix(match[0]), where
