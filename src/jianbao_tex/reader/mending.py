"""Characters of a file replaced at their own places, everything else left as it is."""

from __future__ import annotations

import re
from collections.abc import Collection

from jianbao_tex.findings import Finding, Fix, Where
from jianbao_tex.issue import Issue
from jianbao_tex.parts import Part

_BOM = "\ufeff"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


def replaced(data: bytes, fix: Fix) -> bytes:
    """
    The bytes of a file, UTF-8, with a fix applied; a byte-order mark and line ends stay.

    Raises:
        IndexError: the place is not in the file.
    """
    text = data.decode("utf-8")
    mark, text = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    lines = _LINE.findall(text)
    where = fix.where
    line = lines[where.line - 1]
    lines[where.line - 1] = line[: where.column - 1] + fix.text + line[where.end_column - 1 :]
    return (mark + "".join(lines)).encode("utf-8")


def overlap(first: Where, second: Where) -> bool:
    """Whether two places of one file have a character in common."""
    if first.line != second.line:
        return False
    return first.column < second.end_column and second.column < first.end_column


def changed_only_where(before: Issue, after: Issue, findings: Collection[Finding]) -> bool:
    """Whether the values of two issues differ only where something was to be mended."""
    old = {path: value for path, value in before.walk() if not isinstance(value, Part | tuple)}
    new = {path: value for path, value in after.walk() if not isinstance(value, Part | tuple)}
    if old.keys() != new.keys():
        return False
    lines = {finding.where.line for finding in findings}
    for path, value in old.items():
        if value != new[path]:
            where = before.where(path)
            if not any(where.line <= line <= where.end_line for line in lines):
                return False
    return True
