"""Checks of the issue data, before typesetting."""

from __future__ import annotations

from collections.abc import Iterator

from jianbao_tex.hooks import (
    Finding,
    IssueCheck,
    IssueSubject,
    TexCheck,
    TexSubject,
    Where,
    changed_since_copied,
    warning,
)

_NO_TEXT = warning("JB302", "the issue has a masthead but no text", "add articles under sections")


def _check_text(subject: IssueSubject) -> Iterator[Finding]:
    """An issue without any section text is seldom meant."""
    if not any(True for section in subject.issue.sections for _ in section.body_texts()):
        yield _NO_TEXT.at(subject.issue.where(("sections",)))


_OLD_COPY = warning(
    "JB217",
    "the layout {layout} was copied from {original}, which has changed since: {files}",
    "see what changed: jianbao layouts diff {layout}; "
    "when the copy is up to date, run: jianbao layouts diff {layout} --seen",
)


def _check_copy(subject: TexSubject) -> Iterator[Finding]:
    """A layout that was copied to be edited keeps up with its original."""
    layout = subject.layout
    if layout.original and (files := tuple(changed_since_copied(layout))):
        where = Where(str(layout.folder / "layout.toml"))
        values = {"layout": layout.name, "original": layout.original.name}
        yield _OLD_COPY.at(where, files=files, **values)


CHECKS = (
    IssueCheck("no-text", "没有正文", _check_text, since="0.1"),
    TexCheck("old-copy", "版式原件已变", _check_copy, since="0.1"),
)
