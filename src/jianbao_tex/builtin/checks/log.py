"""Checks of TeX's log: overfull and underfull lines, shrunk titles, substituted fonts, no sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from jianbao_tex.builtin.checks.overruns import overruns, place_of_message
from jianbao_tex.hooks import (
    Finding,
    Kind,
    LogMessage,
    MasterCheck,
    MasterSubject,
    error,
    note,
    warning,
)

_OVERFULL = warning(
    "JB301",
    "a line or a block is {amount} pt too large for its place",
    "shorten the text, or break it by hand if it is a title",
)
_OFF_THE_PAGE = error(
    "JB303",
    "text goes {amount} pt outside the type area and would be cut off",
    "shorten it, or divide it into several",
)
_SHRUNK = warning(
    "JB304",
    "this text is set in {size} bp to fit its line; the layout asks for a larger size",
    "shorten it, or break it into lines by hand",
)

_UNDERFULL = warning(
    "JB305",
    "the spaces of a line are stretched far (badness {badness})",
    "write a long word or address in parts, or change the words around it",
)
_SUBSTITUTED = warning(
    "JB306",
    "TeX substituted a font: {what}",
    "name fonts by role in layout.toml; a style of the layout asks for one that is not there",
)
_CHANGED = warning(
    "JB307",
    "xeCJK {version} defines {commands} otherwise than the versions that we know",
    "look whether lines break and marks stand as before; report it with this version of xeCJK",
)
_UNFENCED = warning(
    "JB417",
    "TeX ran without a sandbox, because bubblewrap does not work here",
    "install bubblewrap and allow user namespaces; for trusted issues say --sandbox off",
)
_PLAIN = warning(
    "JB425",
    "no format can be made of the class and the styles of this layout: {reason}",
    "load fonts and set font-dependent lengths after \\begin{{document}}; until then each "
    "build is slower",
)

_NO_SERVER = note(
    "JB436",
    "the engine that forks cannot be used: {reason}",
    "the pages are the same, batches take longer; look at jianbao doctor",
)


def _check_overfull(subject: MasterSubject) -> Iterator[Finding]:
    """Lines and pages that leave the type area, at the text's own place where TeX names it."""
    for overrun in overruns(subject):
        kind = _OFF_THE_PAGE if overrun.is_lost else _OVERFULL
        yield replace(kind.at(overrun.where, amount=f"{overrun.excess_pt:.1f}"), raw=overrun.raw)


def _check_underfull(subject: MasterSubject) -> Iterator[Finding]:
    """Lines whose spaces are wider than the layout allows."""
    for message in messages(subject, "underfull"):
        yield _log_finding(_UNDERFULL, subject, message, badness=message.badness)


def _check_fonts(subject: MasterSubject) -> Iterator[Finding]:
    """Fonts that TeX took because those asked for are not there."""
    for message in messages(subject, "substituted"):
        tree = subject.tree
        # Lines of the main file come from a template; every other file is a style.
        in_main = message.file in {"", tree.main}
        where = tree.template_at(message.line) if in_main else place_of_message(subject, message)
        yield replace(_SUBSTITUTED.at(where, what=message.text), raw=message.raw)


def _check_xecjk(subject: MasterSubject) -> Iterator[Finding]:
    """Commands of xeCJK that our class replaces, though it does not know their meaning."""
    changes = list(messages(subject, "changed"))
    if changes:
        commands = ", ".join(message.command for message in changes)
        where = subject.issue.where(())
        raw = "\n".join(message.raw for message in changes)
        yield replace(_CHANGED.at(where, version=changes[0].text, commands=commands), raw=raw)


def _check_sandbox(subject: MasterSubject) -> Iterator[Finding]:
    """The sandbox was wanted but is missing."""
    if any(messages(subject, "unfenced")):
        yield _UNFENCED.at(subject.issue.where(()))


def _check_format(subject: MasterSubject) -> Iterator[Finding]:
    """A layout without a precompiled format; each build is slower."""
    for message in messages(subject, "plain"):
        yield _PLAIN.at(subject.issue.where(()), reason=message.text)


def _check_server(subject: MasterSubject) -> Iterator[Finding]:
    """The engine that forks could not be used; each process reports it once."""
    for message in messages(subject, "no-server"):
        yield _NO_SERVER.at(subject.issue.where(()), reason=message.reason)


def _check_shrunk(subject: MasterSubject) -> Iterator[Finding]:
    """Titles and names that were made smaller, within the layout's bounds."""
    for message in messages(subject, "shrunk"):
        yield _log_finding(_SHRUNK, subject, message, size=f"{message.extent_bp:.1f}")


def messages(subject: MasterSubject, kind: str) -> Iterator[LogMessage]:
    """The messages of one kind."""
    return (message for message in subject.master.log if message.kind == kind)


def _log_finding(
    kind: Kind, subject: MasterSubject, message: LogMessage, **values: object
) -> Finding:
    return replace(kind.at(place_of_message(subject, message), **values), raw=message.raw)


CHECKS = (
    MasterCheck("overfull", "超宽的行", _check_overfull, since="0.1"),
    MasterCheck("underfull", "过疏的行", _check_underfull, since="0.1"),
    MasterCheck("shrunk", "缩小的标题", _check_shrunk, since="0.1"),
    MasterCheck("font-substitutions", "字体替换", _check_fonts, since="0.1"),
    MasterCheck("xecjk", "xeCJK 的定义", _check_xecjk, since="0.1"),
    MasterCheck("unfenced", "没有隔离", _check_sandbox, since="0.1"),
    MasterCheck("server", "可自我复制的排版引擎", _check_server, since="0.1"),
    MasterCheck("formats", "预编译格式", _check_format, since="0.1"),
)
