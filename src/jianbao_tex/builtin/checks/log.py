"""What TeX's log tells: lines too wide, titles shrunk, no fence."""

from __future__ import annotations

from collections.abc import Iterator

from jianbao_tex.hooks import Check, Finding, LogMessage, Subject, Where, error, warning

_OVERFULL = warning(
    "JB301",
    "a line or a piece is {amount} pt too large for its place",
    "shorten the text, or break it by hand if it is a title",
)
_OFF_THE_PAGE = error(
    "JB303",
    "text runs {amount} pt out of the type area and would be lost",
    "shorten it, or divide it into several",
)
_SHRUNK = warning(
    "JB304",
    "this is set in {size} bp to fit its line, smaller than the layout wants",
    "shorten it, or break it into lines by hand",
)

_TOLERANCE_PT = 2.0
_OFF_PT = 20.0


def _overfull(subject: Subject) -> Iterator[Finding]:
    """Lines and pages that leave the type area, at the text's own place where TeX names it."""
    assert subject.master is not None
    for message in subject.master.log:
        if message.kind == "overfull" and message.amount_pt > _TOLERANCE_PT:
            kind = _OFF_THE_PAGE if message.amount_pt > _OFF_PT else _OVERFULL
            yield kind.at(_place(subject, message), amount=f"{message.amount_pt:.1f}")


_UNFENCED = warning(
    "JB417",
    "TeX ran without a sandbox, because bubblewrap does not work here",
    "install bubblewrap and allow user namespaces; for trusted issues say --sandbox off",
)


def _unfenced(subject: Subject) -> Iterator[Finding]:
    """A fence that was hoped for and not there."""
    assert subject.master is not None
    if any(message.kind == "unfenced" for message in subject.master.log):
        yield _UNFENCED.at(subject.issue.where(()))


def _shrunk(subject: Subject) -> Iterator[Finding]:
    """Titles and names that were made smaller, within the layout's bounds."""
    assert subject.master is not None
    for message in subject.master.log:
        if message.kind == "shrunk":
            yield _SHRUNK.at(_place(subject, message), size=f"{message.amount_pt:.1f}")


def _place(subject: Subject, message: LogMessage) -> Where:
    origins = subject.tree.origins_near(message.line) if subject.tree else ()
    return origins[0].where if origins else Where("issue.tex", message.line)


CHECKS = (
    Check("overfull", "超宽的行", "master", _overfull, since="0.1"),
    Check("shrunk", "缩小的标题", "master", _shrunk, since="0.2"),
    Check("unfenced", "没有隔离", "master", _unfenced, since="0.1"),
)
