"""Forms of a word processor in the text: numbers of headings, lines that mail programs broke."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from jianbao_tex.hooks import (
    Block,
    DataPath,
    Finding,
    Fix,
    Heading,
    Issue,
    IssueCheck,
    IssueSubject,
    Paragraph,
    Where,
    heading_level,
    warning,
    width,
)

_HEADING = warning(
    "JB162",
    "{text} is not the form that numbers a heading",
    "write {ordinary} (GB/T 9704-2012, 7.3.3); jianbao check --fix does it",
)
_WRAPPED = warning(
    "JB163",
    "{count} lines look like one paragraph that a program broke into lines",
    "join them; jianbao check --fix does it",
)

_NUMERALS = "[一二三四五六七八九十]{1,3}"
# What people type, and the form that is meant.
_FORMS = (
    (re.compile(rf"\(({_NUMERALS})\)"), "（{}）"),
    (re.compile(rf"（({_NUMERALS})\)|\(({_NUMERALS})）"), "（{}）"),
    (re.compile(rf"({_NUMERALS})[.．,，](?=\S)"), "{}、"),
    (re.compile(r"(\d{1,2})、"), "{}."),
    (re.compile(r"\((\d{1,2})\)"), "（{}）"),
)
_END = re.compile(r"[。！？!?；;：:…—”’）)》】〕」』.]$")
_HAN = re.compile("[\u4e00-\u9fff]")
_OPEN_END = re.compile(r"[，,、]$")
_LEAST, _LEAST_WITH_COMMA = 18.0, 8.0


def _check_headings(subject: IssueSubject) -> Iterator[Finding]:
    """Headings are numbered 一、 （一） 1. （1）, not with other marks."""
    issue = subject.issue
    for path, text in _lines(issue):
        for pattern, form in _FORMS:
            match = pattern.match(text)
            ordinary = form.format(next(filter(None, match.groups()))) if match else ""
            if match and heading_level(ordinary + text[match.end() :]):
                where = issue.place(path).within(text, 0, match.end())
                finding = _HEADING.at(where, text=match.group(), ordinary=ordinary)
                yield finding.with_fix(match.group(), ordinary)
                break


def _lines(issue: Issue) -> Iterator[tuple[DataPath, str]]:
    """The texts of headings, and of paragraphs without an emphasis."""
    for path, value in issue.walk():
        if isinstance(value, Heading):
            yield (*path, "text"), value.text
        elif isinstance(value, Paragraph) and len(value.runs) == 1 and not value.runs[0].emphasis:
            yield (*path, "runs", 0, "text"), value.runs[0].text


def _check_wrapped(subject: IssueSubject) -> Iterator[Finding]:
    """A paragraph is one line of its text; no program broke it into lines."""
    issue = subject.issue
    for path, value in issue.walk():
        if isinstance(value, tuple) and all(isinstance(block, Block) for block in value):
            yield from _wrapped(issue, path, value)


def _wrapped(issue: Issue, path: DataPath, blocks: Sequence[Block]) -> Iterator[Finding]:
    group: list[Where] = []
    places = [issue.where((*path, number)) for number in range(len(blocks))]
    for number, (block, after) in enumerate(itertools.pairwise(blocks)):
        if _goes_on(block, after) and places[number + 1].line == places[number].end_line + 1:
            group = group or [places[number]]
            group.append(places[number + 1])
        elif group:
            yield _wrapped_finding(group)
            group = []
    if group:
        yield _wrapped_finding(group)


def _goes_on(block: Block, after: Block) -> bool:
    """Whether a paragraph ends within a sentence that the next one may go on with."""
    if not (isinstance(block, Paragraph) and isinstance(after, Paragraph)):
        return False
    text = "".join(run.text for run in block.runs)
    if any(run.emphasis for run in (*block.runs, *after.runs)) or _END.search(text):
        return False
    if not _HAN.search(text):
        # A line of letters is an address, or a text that stands for itself.
        return False
    least = _LEAST_WITH_COMMA if _OPEN_END.search(text) else _LEAST
    return width(text) >= least


def _wrapped_finding(group: Sequence[Where]) -> Finding:
    first, second = group[:2]
    # From the last character of the first line to the first one of the second.
    line_end = replace(
        first, column=first.end_column, end_line=second.line, end_column=second.column
    )
    around = first.text[first.end_column - 2 :][:1] + second.text[second.column - 1 :][:1]
    joint = " " if around.isascii() and around.isalnum() else ""
    finding = _WRAPPED.at(first, count=len(group))
    return replace(finding, also=tuple(group[1:]), fix=Fix(line_end, joint))


CHECKS = (
    IssueCheck("heading-forms", "小标题序号", _check_headings, since="0.1"),
    IssueCheck("wrapped-lines", "硬换行", _check_wrapped, since="0.1"),
)
