"""Text that was pasted: look-alikes of ordinary characters, and the indents of a word processor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from jianbao_tex.hooks import (
    Finding,
    IssueCheck,
    IssueSubject,
    Place,
    Where,
    code_point,
    lookalikes,
    note,
    say_count,
    warning,
)

_LOOKALIKE = warning(
    "JB160",
    "{text} ({codes}) is {form}: nobody finds it who searches for {ordinary}",
    "write {ordinary}; jianbao check --fix does it",
)
_INDENTED = note(
    "JB161",
    "{number} with wide spaces at the start: they are not printed, as the layout indents",
    "delete them; for names in columns use a table, whose cells keep them",
)
_WIDE_SPACE = "\u3000"
_MAX_PLACES = 5


def _check_lookalikes(subject: IssueSubject) -> Iterator[Finding]:
    """Characters are those that people type: no radicals, ligatures, or marks of other scripts."""
    issue = subject.issue
    for path, text in issue.printed_values():
        for start, sign, ordinary, form in lookalikes(text):
            where = issue.place(path).within(text, start, len(sign))
            codes = tuple(dict.fromkeys(map(code_point, sign)))
            values = {"text": sign, "codes": codes, "ordinary": ordinary, "form": form}
            yield _LOOKALIKE.at(where, **values).with_fix(sign, ordinary)


def _check_indents(subject: IssueSubject) -> Iterator[Finding]:
    """Paragraphs begin with text, not with the wide spaces of a word processor."""
    places = [
        space
        for path, text in subject.issue.printed_values()
        # A cell keeps its indent.
        if not text.startswith(_WIDE_SPACE)
        and (space := _space_before(subject.issue.place(path), text))
    ]
    if places:
        first, *others = dict.fromkeys(places)
        number = say_count("1 text", "{number} texts", 1 + len(others))
        yield replace(_INDENTED.at(first, number=number), also=tuple(others[:_MAX_PLACES]))


def _space_before(place: Place, text: str) -> Where | None:
    """The place of the wide spaces right before a value."""
    if _WIDE_SPACE not in place.where.text:
        return None
    where = place.within(text, 0)
    before = where.text[: max(0, where.column - 1)]
    start = len(before.rstrip(_WIDE_SPACE))
    if start == len(before):
        return None
    line = where.line
    return Where(where.file, line, start + 1, where.text, line, len(before) + 1)


CHECKS = (
    IssueCheck("lookalikes", "形近字符", _check_lookalikes, since="0.1"),
    IssueCheck("wide-spaces", "段首全角空格", _check_indents, since="0.1"),
)
