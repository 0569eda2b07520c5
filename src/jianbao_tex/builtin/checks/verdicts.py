"""Shared by the checks: the finding for a value that differs from a figure."""

from __future__ import annotations

from jianbao_tex.hooks import (
    Figure,
    Finding,
    IssueSubject,
    Phrase,
    Where,
    error,
    warning,
)

_ADVICE = "a style, a template or a font of the layout moved it: see docs/checks.md"
_BINDING = error("JB340", "{what} is {measured}; {name} must be {wanted} ({strength})", _ADVICE)
_ADVISED = warning("JB341", "{what} is {measured}; {name} must be {wanted} ({strength})", _ADVICE)


def deviation_finding(
    figure: Figure,
    subject: IssueSubject,
    item: Phrase,
    measured: str | Phrase,
    wanted: str | Phrase = "",
    where: Where | None = None,
) -> Finding:
    """A measured value that leaves a figure: an error where the standard binds (规定)."""
    kind = _BINDING if figure.strength == "规定" else _ADVISED
    return kind.at(
        where or subject.issue.where(()),
        what=item,
        measured=measured,
        name=figure.name,
        wanted=wanted or figure.value_phrase,
        strength=figure.strength,
    )


def mm(value: float) -> str:
    """A length for a message."""
    return f"{value:.2f} mm"


def without_spaces(text: str) -> str:
    """The text without any white space."""
    return "".join(text.split())
