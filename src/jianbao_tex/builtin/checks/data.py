"""What the data alone tells."""

from __future__ import annotations

from collections.abc import Iterator

from jianbao_tex.hooks import Check, Finding, Subject, warning

_NO_TEXT = warning("JB302", "the issue has a masthead but no text", "add articles under sections")


def _no_text(subject: Subject) -> Iterator[Finding]:
    """An issue without any section text is seldom meant."""
    if not any(True for section in subject.issue.sections for _ in section.body_texts()):
        yield _NO_TEXT.at(subject.issue.where(("sections",)))


CHECKS = (Check("no-text", "没有正文", "issue", _no_text, since="0.1"),)
