"""Plain data as the lines of a YAML file, as a person would write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jianbao_tex.tex import refused_characters


class BareText(str):
    """A text that is always written without quotes: a date, a name from a list."""

    __slots__ = ()


class Block(str):
    """A text that is written as a YAML literal block, below a ``|``."""

    __slots__ = ()


# A letter first: indicators, numbers and dates get quotes.
_PLAIN = re.compile(r"[^\W\d_][^\n:#\[\]{},&*!|>'\"%@`]*")
# Booleans and null in YAML 1.1, which other programs may follow.
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
_MAX_ROW = 36
# YAML 1.1, and so libyaml, breaks lines at these, too.
_LINE_ENDS = frozenset("\x85\u2028\u2029")


def lines_of(data: Mapping[str, Any], about: Mapping[str, str] | None = None) -> Iterator[str]:
    """The lines of a mapping; above each key that has one, an empty line and a comment."""
    yield from _mapping(data, "", about or {})


def _mapping(data: Mapping[str, Any], indent: str, about: Mapping[str, str]) -> Iterator[str]:
    for key, value in data.items():
        if key in about:
            yield ""
            yield f"{indent}# {about[key]}"
        yield from _value(f"{indent}{_scalar(key)}:", value, indent)


def _value(lead: str, value: Any, indent: str) -> Iterator[str]:
    """A value after its key or its dash, or below it."""
    if isinstance(value, Mapping) and value:
        yield lead
        yield from _mapping(value, f"{indent}  ", {})
    elif isinstance(value, list) and not _is_row(value):
        yield lead
        for item in value:
            yield from _item(item, f"{indent}  ")
    elif isinstance(value, str) and (isinstance(value, Block) or "\n" in value):
        if _can_be_block(value):
            yield f"{lead} |"
            yield from (f"{indent}  {line}" for line in value.split("\n"))
        else:
            yield f"{lead} {_quote(value)}"
    else:
        yield f"{lead} {_flow(value)}".rstrip()


def _item(item: Any, indent: str) -> Iterator[str]:
    """An entry of a list: the first key of a mapping stands after the dash."""
    if isinstance(item, Mapping) and item:
        first, *others = _mapping(item, f"{indent}  ", {})
        yield f"{indent}- {first[len(indent) + 2 :]}"
        yield from others
    elif isinstance(item, list) and not _needs_lines(item):
        # A row of a table is read across, however long it is.
        yield f"{indent}- {_flow(item)}"
    else:
        yield from _value(f"{indent}-", item, indent)


def _is_row(value: Sequence[Any]) -> bool:
    """Whether a list stands in one line: single values that are not too long."""
    return not _needs_lines(value) and (len(value) <= 1 or len(_flow(value)) <= _MAX_ROW)


def _needs_lines(value: Sequence[Any]) -> bool:
    """Whether a list has entries that need lines of their own."""
    return any(isinstance(item, Mapping | list | Block) or "\n" in str(item) for item in value)


def _flow(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    return "" if value is None else _scalar(value)


def _scalar(value: object) -> str:
    """A scalar in a form that YAML reads as the same text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | BareText):
        return str(value)
    text = str(value)
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS and text == text.strip()
    return text if is_plain and _is_printable(text) else _quote(text)


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + "".join(c if _is_printable(c) else _escape(c) for c in escaped) + '"'


def _escape(character: str) -> str:
    if character == "\t":
        return "\\t"
    number = ord(character)
    return f"\\U{number:08X}" if number > 0xFFFF else f"\\u{number:04X}"  # noqa: PLR2004 -- YAML has two forms


def _is_printable(text: str) -> bool:
    """Whether a text may stand in a file as it is."""
    return (
        not _LINE_ENDS.intersection(text) and "\t" not in text and not any(refused_characters(text))
    )


def _can_be_block(text: str) -> bool:
    """Whether each line below a ``|`` would be read as it is."""
    # A space at the start would count as indentation, and a last line end would be dropped.
    is_plain = bool(text) and not text[0].isspace() and not text.endswith("\n")
    return is_plain and _is_printable(text.replace("\t", " "))
