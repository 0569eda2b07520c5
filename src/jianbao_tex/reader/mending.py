"""Applies fixes to the characters of a file and changes nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from jianbao_tex.findings import Fix, Where
from jianbao_tex.issue import Heading, Issue, Paragraph
from jianbao_tex.parts import DataPath, Part

_BOM = "\ufeff"
# Lines as the reader counts them; `str.splitlines` would also split at U+2028.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


def apply_fix(data: bytes, fix: Fix) -> bytes:
    """
    The bytes of a file, UTF-8, with a fix applied; a byte-order mark and line ends stay.

    Raises:
        IndexError: the place is not in the file.
    """
    text = data.decode("utf-8")
    mark, text = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    lines = _LINE.findall(text)
    where = fix.where
    last = max(where.line, where.end_line)
    line, end = lines[where.line - 1], lines[last - 1]
    lines[where.line - 1 : last] = [
        line[: where.column - 1] + fix.text + end[where.end_column - 1 :]
    ]
    return (mark + "".join(lines)).encode("utf-8")


def overlap(first: Where, second: Where) -> bool:
    """Whether two places of one file have a character in common."""
    if first.line != second.line:
        return False
    return first.column < second.end_column and second.column < first.end_column


def changed_only_where(before: Issue, after: Issue, fixes: Collection[Fix]) -> bool:
    """Whether the values of two issues differ by these fixes and by nothing else."""
    old, new = dict(_values(before)), dict(_values(after))
    if old.keys() != new.keys():
        return False
    by_line: dict[int, list[Fix]] = {}
    for fix in sorted(fixes, key=lambda fix: fix.where):
        by_line.setdefault(fix.where.line, []).append(fix)
    for path, value in old.items():
        if value != new[path]:
            where = before.where(path)
            lines = range(where.line, where.end_line + 1)
            inside = [
                fix for line in lines for fix in by_line.get(line, ()) if _contains(where, fix)
            ]
            if not _comes_from(str(value), str(new[path]), inside):
                return False
    return True


def _values(issue: Issue) -> Iterator[tuple[DataPath, object]]:
    """The values of an issue; a heading and a paragraph of one run are one text alike."""
    skipped: DataPath = ("",)
    for path, value in issue.walk():
        if path[: len(skipped)] == skipped:
            continue
        text = value.text if isinstance(value, Heading) else _text_of_paragraph(value)
        if text is not None:
            skipped = path
            yield (*path, "text"), text
        elif not isinstance(value, Part | tuple):
            yield path, value


def _text_of_paragraph(value: object) -> str | None:
    if isinstance(value, Paragraph) and len(value.runs) == 1 and not value.runs[0].emphasis:
        return value.runs[0].text
    return None


def has_same_text(before: Issue, after: Issue) -> bool:
    """Whether two issues print the same characters, wherever their lines and paragraphs end."""
    texts = (
        "".join("".join(text.split()) for _, text in issue.printed_values())
        for issue in (before, after)
    )
    return next(texts) == next(texts)


def _contains(where: Where, fix: Fix) -> bool:
    """Whether a place contains the place of a fix."""
    start = (where.line, where.column)
    end = (where.end_line, where.end_column)
    place = fix.where
    return start <= (place.line, place.column) and (place.line, place.end_column) <= end


def _comes_from(old: str, new: str, fixes: Sequence[Fix]) -> bool:
    """
    Whether the new value is the old value with all fixes applied, in their order.

    The replaced text must be the same in value and file; this fails for an escape.
    """
    old_end = new_end = 0
    for fix in fixes:
        replaced = fix.where.text[fix.where.column - 1 : fix.where.end_column - 1]
        index = old.find(replaced, old_end)
        # The same text may occur earlier in the value, where nothing was replaced.
        while index >= 0 and not new.startswith(old[old_end:index] + fix.text, new_end):
            index = old.find(replaced, index + 1)
        if index < 0 or not replaced:
            return False
        new_end += index - old_end + len(fix.text)
        old_end = index + len(replaced)
    return old[old_end:] == new[new_end:]
