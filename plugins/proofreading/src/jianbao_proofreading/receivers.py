"""The receivers of an issue against those of the issue before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from jianbao_tex.hooks import Finding, Issue, IssueCheck, IssueSubject, warning

_MISSING = warning(
    "PR012",
    "{name} received the issue before and is not named here",
    "look whether it was left out or is written in another way",
)
_NO_LINE = warning(
    "PR013",
    "the issue before had a line {label} of receivers, this one has none",
    "look whether the line was left out",
)

_NAME = re.compile(r"[^、，,；;。\s]+")
_ONCE = "增发"


def _receivers(subject: IssueSubject) -> Iterator[Finding]:
    """
    Who received the issue before receives this one.

    A line of receivers of that one issue (本期增发) is left out.
    """
    issue, before = subject.issue, subject.previous
    if before is None:
        return
    lines = {_bare_label(line.label): i for i, line in enumerate(issue.distribution)}
    names = {name for line in issue.distribution for name in _NAME.findall(line.names)}
    for number, line in enumerate(before.distribution):
        if _ONCE in line.label:
            continue
        label = _bare_label(line.label)
        missing = [m for m in _NAME.finditer(line.names) if m[0] not in names]
        if label in lines:
            where = issue.where(("distribution", lines[label], "names"))
            for match in missing:
                old = before.place(("distribution", number, "names"))
                place = old.within(line.names, match.start(), len(match[0]))
                yield replace(_MISSING.at(where, name=match[0]), also=(place,))
        elif missing:
            yield _no_line(issue, before, number, label)


def _no_line(issue: Issue, before: Issue, number: int, label: str) -> Finding:
    finding = _NO_LINE.at(issue.where(("distribution",)), label=label)
    return replace(finding, also=(before.where(("distribution", number, "names")),))


def _bare_label(label: str) -> str:
    return "".join(label.split()).rstrip("：:")


CHECKS = (IssueCheck("receivers", "发送单位", _receivers, since="1.0"),)
