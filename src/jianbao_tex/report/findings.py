"""Findings and places as plain data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from jianbao_tex.findings import Finding, Severity, Where
from jianbao_tex.language import ENGLISH, Language

Item = TypeVar("Item")
"""A finding, or a group of findings."""


def place_as_json(where: Where) -> dict[str, object]:
    """A place; ``None`` for what is not known."""
    return {
        "file": where.file,
        "line": where.line or None,
        "column": where.column or None,
        "end_line": where.end_line or None,
        "end_column": where.end_column or None,
    }


def finding_as_json(
    finding: Finding, language: Language = ENGLISH, *, raw: bool = False
) -> dict[str, object]:
    """A finding, its sentences in a language; with ``raw`` also what a tool itself said."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "plugin": finding.plugin or None,
        **place_as_json(finding.where),
        "message": finding.message_in(language),
        "advice": finding.advice_in(language),
        "also": [place_as_json(where) for where in finding.also],
        "fix": finding.fix.text if finding.fix else None,
        **({"raw": finding.raw} if raw else {}),
    }


def most_important(
    items: Sequence[Item], most: int, severity_of: Callable[[Item], Severity]
) -> list[Item]:
    """At most ``most`` items in their order; the gravest are chosen first; 0 means all."""
    if not most or len(items) <= most:
        return list(items)
    ranks = list(Severity)
    gravest = sorted(items, key=lambda item: ranks.index(severity_of(item)))
    selected = {id(item) for item in gravest[:most]}
    return [item for item in items if id(item) in selected]
