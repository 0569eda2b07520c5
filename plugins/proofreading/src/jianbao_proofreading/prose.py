"""The texts of an issue that a reader sees, each with the way back to its file."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from jianbao_tex.hooks import (
    DataPath,
    Finding,
    Issue,
    IssueCheck,
    IssueSubject,
    Kind,
    Paragraph,
    Part,
    Where,
)

HAN = "\u4e00-\u9fff\u3400-\u4dbf〇"
"""Chinese characters, for a class of a regular expression."""
NUMERALS = "一二三四五六七八九十"
"""The Chinese numerals from one to ten, in their order."""


def is_han(character: str) -> bool:
    """Whether it is one Chinese character; not for '' or a mark."""
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf"


@dataclass(frozen=True)
class Prose:
    """
    A text of the issue: a paragraph with all its runs, or one other printed value.

    ``path`` is that of the paragraph or value, ``pieces`` where each of its parts starts in
    ``text``, and the path and text of that part.
    """

    issue: Issue
    path: DataPath
    text: str
    pieces: tuple[tuple[int, DataPath, str], ...]

    def where(self, index: int, length: int = 1) -> Where:
        """The place of some characters; of those in the first run where they are in two."""
        start, path, text = self._piece(index)
        length = min(length, start + len(text) - index)
        return self.issue.place(path).within(text, index - start, length)

    def finding(
        self, kind: Kind, index: int, length: int = 1, fix: str | None = None, **values: object
    ) -> Finding:
        """A finding about some characters, with the fix if the file spells just these."""
        finding = kind.at(self.where(index, length), **values)
        if fix is None or not self._has_spelling(finding.where, index, length):
            return finding
        return finding.with_fix(self.text[index : index + length], fix)

    def is_spelt(self, index: int, length: int = 1) -> bool:
        """Whether the file has these characters as they are, side by side in one line."""
        return self._has_spelling(self.where(index, length), index, length)

    def _has_spelling(self, where: Where, index: int, length: int) -> bool:
        spelling = where.text[where.column - 1 : where.end_column - 1]
        if where.line != where.end_line or spelling != self.text[index : index + length]:
            return False
        # YAML doubles a straight quote between such quotes; half of a pair cannot be fixed.
        around = where.text[max(where.column - 2, 0) : where.end_column]
        return spelling != "'" or "''" not in around

    def _piece(self, index: int) -> tuple[int, DataPath, str]:
        return self.pieces[bisect_right(self.pieces, index, key=lambda piece: piece[0]) - 1]


def prose_of(issue: Issue) -> Iterator[Prose]:
    """The printed texts in the order of the issue; no names of files, layouts and types."""
    types: dict[DataPath, type[Part]] = {}
    skipped: DataPath = ("options",)
    for path, value in issue.walk():
        if path[: len(skipped)] == skipped:
            continue
        parent = types.get(path[:-1])
        if parent and path[-1] in parent.unprinted():
            skipped = path
        elif isinstance(value, Paragraph):
            skipped = path
            yield _paragraph(issue, path, value)
        elif isinstance(value, Part):
            types[path] = type(value)
        elif isinstance(value, str) and value:
            yield Prose(issue, path, value, ((0, path, value),))


def _paragraph(issue: Issue, path: DataPath, paragraph: Paragraph) -> Prose:
    pieces: list[tuple[int, DataPath, str]] = []
    length = 0
    for i, run in enumerate(paragraph.runs):
        pieces.append((length, (*path, "runs", i, "text"), run.text))
        length += len(run.text)
    return Prose(issue, path, "".join(text for _, _, text in pieces), tuple(pieces))


_MAX_WORK = 2_000_000
_MIN_FINDINGS = 20


def first_few(findings: Iterable[Finding], prose: Prose) -> Iterator[Finding]:
    """
    The findings of a text, not all where it is very long and full of them.

    Each place costs a way through the text: a paragraph of 60,000 commas would take minutes.
    One of 1,000 characters may have 2,000 findings of a rule.
    """
    return itertools.islice(findings, max(_MIN_FINDINGS, _MAX_WORK // len(prose.text)))


def check_of_prose(name: str, label: str, rule: Callable[[Prose], Iterable[Finding]]) -> IssueCheck:
    """A check that reads one text after the other."""

    def run(subject: IssueSubject) -> Iterator[Finding]:
        for prose in prose_of(subject.issue):
            yield from first_few(rule(prose), prose)

    return IssueCheck(name, label, run, since="1.0")
