"""Number and date of an issue against those of the issue before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from jianbao_tex.hooks import Finding, Issue, IssueCheck, IssueDate, IssueSubject, Kind, warning

_NUMBER = warning(
    "PR002",
    "the number {found} does not come after the number {before} of the issue before",
    "look which number is due; issues of a year are numbered upwards",
)
_DATE = warning(
    "PR003",
    "the date {found} is earlier than the date {before} of the issue before",
    "look which day is right, here or there",
)


def _number_order(subject: IssueSubject) -> Iterator[Finding]:
    """The number is larger than before in the same year, the running total in every year."""
    issue, before = subject.issue, _previous(subject)
    if before is None:
        return
    if _year(issue) and _year(issue) == _year(before):
        yield from _check_order(issue, before, "number")
    yield from _check_order(issue, before, "total")


def _check_order(issue: Issue, before: Issue, field: str) -> Iterator[Finding]:
    new, old = getattr(issue, field), getattr(before, field)
    if new and old and new <= old:
        yield _finding(_NUMBER, issue, before, field)


def _date_order(subject: IssueSubject) -> Iterator[Finding]:
    """The date is not earlier than that of the issue before."""
    issue, before = subject.issue, _previous(subject)
    if before and issue.date and before.date and _is_earlier(issue.date, before.date):
        yield _finding(_DATE, issue, before, "date")


def _finding(kind: Kind, issue: Issue, before: Issue, field: str) -> Finding:
    values = {"found": getattr(issue, field), "before": getattr(before, field)}
    finding = kind.at(issue.where((field,)), **values)
    return replace(finding, also=(before.where((field,)),))


def _previous(subject: IssueSubject) -> Issue | None:
    """The issue before, of the same kind: a supplement (增刊) counts for itself."""
    before = subject.previous
    return before if before and before.kind == subject.issue.kind else None


def _year(issue: Issue) -> int | None:
    return issue.year or (issue.date.year if issue.date else None)


def _is_earlier(date: IssueDate, other: IssueDate) -> bool:
    if date.day is None or other.day is None:
        return (date.year, date.month) < (other.year, other.month)
    return (date.year, date.month, date.day) < (other.year, other.month, other.day)


CHECKS = (
    IssueCheck("number-order", "期号顺序", _number_order, since="1.0"),
    IssueCheck("date-order", "日期顺序", _date_order, since="1.0"),
)
