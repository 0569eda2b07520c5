"""
Marks of a Chinese keyboard in place of YAML's own, named at their own column.

YAML reads ： and ， as text, so that it reports a fault elsewhere, or none at all.
"""

from __future__ import annotations

import re
from collections.abc import Container

from jianbao_tex.findings import Finding, code_point, error
from jianbao_tex.language import Phrase, say
from jianbao_tex.reader.sources import Source

_MARK = error(
    "JB127",
    "{character} ({code}) stands where YAML needs {wanted}",
    "write the mark of the English keyboard",
)
_SPACE = error(
    "JB128",
    "a space is missing after the colon of {key}",
    "write a space after each colon that ends a key",
)

_KEY = r"[\w-]{1,40}"
_INDENT = re.compile(r"[ ]*(?P<mark>[\u00a0\u2000-\u200a\u202f\u205f\u3000])")
_BEFORE_KEY = re.compile(r"\s*(?:[-－—–﹣]\s*)*")
_DASH = re.compile(r"\s*(?P<mark>[－—–﹣])\s*[\w\"'“]")
_BLOCK_KEY = re.compile(rf"\s*(?:-\s+)*(?P<key>{_KEY})\s*(?P<mark>[：﹕]|:(?=[^\s/:]))")
_FLOW_OPEN = re.compile(r"(?:^|[:\-\[{,]\s+|[\[{,])(?P<mark>[｛［])")
_FLOW_MARK = re.compile(rf"(?P<mark>[，、；])\s*[\"']?(?P<key>{_KEY})[\"']?\s*[:：]")
_FLOW_COLON = re.compile(rf"[{{,，]\s*(?P<key>{_KEY})\s*(?P<mark>[：﹕])")
_WANTED: dict[str, Phrase] = {
    **dict.fromkeys("：﹕", say("a colon and a space")),
    **dict.fromkeys("，、；", say("a comma and a space")),
    **dict.fromkeys("－—–﹣", say("a hyphen and a space")),
    "｛": say("a brace"),
    "［": say("a bracket"),
}
_A_SPACE = say("a space")


def fault_of_line(source: Source, number: int, end: int | None = None) -> Finding | None:
    """
    What is written in place of a mark of YAML in a line; ``None`` where nothing is.

    Only what stands before the column ``end`` is looked at.
    """
    if not 0 < number <= len(source.lines):
        return None
    line = source.lines[number - 1]
    part = line[:end]
    if match := _INDENT.match(line):
        return _finding(source, number, match)
    if "{" in part or "[" in part:
        matches = [*_FLOW_MARK.finditer(line), *_FLOW_COLON.finditer(line)]
        matches = [m for m in matches if m.start("mark") < len(part)]
        return _finding(source, number, matches[-1]) if matches else None
    match = _FLOW_OPEN.search(line) or _DASH.match(line)
    if match is None and ": " not in line and not line.endswith(":"):
        match = _BLOCK_KEY.match(line)
    return _finding(source, number, match) if match else None


def fault_of_text(source: Source, line: int, column: int, keys: Container[str]) -> Finding | None:
    """A key with a wrong colon at the start of a text where a mapping is expected."""
    text = source.lines[line - 1]
    if text[column - 1 : column].isspace():
        # YAML takes a wide space at the start of a line for text.
        return fault_of_line(source, line)
    match = _BLOCK_KEY.match(text, column - 1)
    return _finding(source, line, match) if match and match["key"] in keys else None


def fault_above(source: Source, number: int) -> Finding | None:
    """
    The fault of the line before, if its key stands right above that of line ``number``.

    YAML takes both lines for one text, and misses nothing before the second one.
    """
    fault = fault_of_line(source, number - 1)
    columns = {_column_of_key(source.lines[n]) for n in (number - 2, number - 1)}
    return fault if len(columns) == 1 else None


def _column_of_key(line: str) -> int:
    match = _BEFORE_KEY.match(line)
    assert match
    return match.end()


def _finding(source: Source, number: int, match: re.Match[str]) -> Finding:
    mark = match["mark"]
    where = source.where(number, match.start("mark") + 1)
    if mark == ":":
        return _SPACE.at(where, key=match["key"])
    shown = say("a wide or hard space") if mark.isspace() else mark
    wanted = _WANTED.get(mark, _A_SPACE)
    return _MARK.at(where, character=shown, code=code_point(mark), wanted=wanted)
