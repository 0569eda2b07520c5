"""
Formats findings for people: place, severity, message, excerpt, advice; repeated findings are
grouped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jianbao_tex.cli.speech import _, current_language, translated
from jianbao_tex.cli.terminal import cells, excerpt, note, paint, width, wrapped
from jianbao_tex.findings import Finding, Severity, visible
from jianbao_tex.language import Phrase, say, say_count
from jianbao_tex.report.findings import most_important

_WEIGHTS = {
    Severity.ERROR: say("error"),
    Severity.WARNING: say("warning"),
    Severity.NOTE: say("note"),
}
_COLOURS = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.NOTE: "bold cyan",
}
_INDENT = "    "
_MAX_LINES_NAMED = 10
_MAX_RAW_LINES = 40
_MIN_FIRST_LINE = 12


@dataclass(frozen=True)
class Group:
    """A finding, and the same finding at other places of its file."""

    finding: Finding
    others: tuple[Finding, ...] = ()


def grouped(findings: Sequence[Finding]) -> list[Group]:
    """The findings in groups: findings that differ only in place are in one group."""
    same: dict[object, list[Finding]] = {}
    for finding in findings:
        key = (finding.where.file, finding.code, finding.message, finding.advice)
        same.setdefault(key, []).append(finding)
    return [Group(first, tuple(others)) for first, *others in same.values()]


def show(findings: Sequence[Finding], *, most: int = 0, raw: bool = False) -> None:
    """Prints findings on standard error; ``raw`` adds the original message of TeX."""
    groups = grouped(findings)
    selected = most_important(groups, most, lambda group: group.finding.severity)
    for group in selected:
        for line in _lines(group, raw=raw):
            note(line)
    hidden = len(groups) - len(selected)
    if hidden:
        text = say_count(
            "1 more finding is not shown; --max-findings 0 shows all",
            "{number} more findings are not shown; --max-findings 0 shows all",
            hidden,
        )
        note(translated(text))


def tally(findings: Sequence[Finding]) -> Phrase:
    """How many errors and warnings there are, and how many notes, if there are any."""
    counts = Counter(finding.severity for finding in findings)
    errors = say_count("1 error", "{number} errors", counts[Severity.ERROR])
    warnings = say_count("1 warning", "{number} warnings", counts[Severity.WARNING])
    if not counts[Severity.NOTE]:
        return say("{errors}, {warnings}", errors=errors, warnings=warnings)
    notes = say_count("1 note", "{number} notes", counts[Severity.NOTE])
    return say("{errors}, {warnings}, {notes}", errors=errors, warnings=warnings, notes=notes)


def _lines(group: Group, *, raw: bool) -> Iterator[str]:
    finding, line_width = group.finding, width()
    weight, style = translated(_WEIGHTS[finding.severity]), _COLOURS[finding.severity]
    head = f"{finding.where}: {weight} {finding.code}: "
    first_width = line_width - cells(head)
    message = finding.message_in(current_language())
    first, *others = (
        wrapped(message, line_width - len(_INDENT), first_width)
        if first_width > _MIN_FIRST_LINE
        else ("", *wrapped(message, line_width - len(_INDENT)))
    )
    place = paint(str(finding.where), "bold")
    yield f"{place}: {paint(f'{weight} {finding.code}', style)}: {first}".rstrip()
    yield from (_INDENT + line for line in others)
    yield from _excerpt(finding, style)
    for where in finding.also:
        yield from _indent(say("see also {place}", place=where), "")
    yield from _indent(finding.advice_in(current_language()), "→ ")
    if group.others:
        yield from _indent(_others(group.others), "")
    if raw and finding.raw:
        yield _INDENT + (_("In full:") if finding.code.startswith("JB5") else _("TeX says:"))
        lines = finding.raw.splitlines()[:_MAX_RAW_LINES]
        yield from (f"{_INDENT}  {visible(line)}" for line in lines)


def _indent(text: str | Phrase, mark: str) -> Iterator[str]:
    lines = wrapped(translated(text), width() - len(_INDENT) - len(mark))
    for number, line in enumerate(lines):
        yield _INDENT + (mark if number == 0 else " " * len(mark)) + line


def _excerpt(finding: Finding, style: str) -> Iterator[str]:
    where = finding.where
    gutter = f"{where.line:>6} │ "
    quoted = excerpt(where, width() - len(gutter))
    if quoted:
        line, carets = quoted.split("\n")
        yield paint(gutter, "dim") + line
        bare = carets.lstrip()
        blank = " " * (len(carets) - len(bare))
        yield paint(" " * (len(gutter) - 2) + "│ ", "dim") + blank + paint(bare, style)


def _others(others: Sequence[Finding]) -> Phrase:
    lines = [str(other.where.line) for other in others if other.where.line]
    listed = ", ".join(lines[:_MAX_LINES_NAMED])
    if not listed:
        return say_count("1 more like this", "{number} more like this", len(others))
    return say_count(
        "1 more like this, in line {lines}",
        "{number} more like this, in lines {lines}{dots}",
        len(others),
        lines=listed,
        dots=" …" if len(lines) > _MAX_LINES_NAMED else "",
    )
