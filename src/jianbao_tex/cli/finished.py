"""Finished files: outputs that may be asked for, and PDFs against what they claim to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from jianbao_tex.cli.measured import table
from jianbao_tex.cli.speech import _
from jianbao_tex.errors import IssueInvalid, JianbaoError, PluginBroken, reason_of
from jianbao_tex.findings import Finding, Where, error, visible
from jianbao_tex.press import Press

_NOT_KEPT = error(
    "JB370",
    "this PDF is not what it claims to be ({claim}): {reason}",
    "have it made anew; a program that it went through may have changed it",
)
_NO_PDF = error("JB371", "this cannot be read as a PDF: {reason}", "have it made anew")
_MOST_BYTES = 512 * 1024 * 1024

SUFFIX = ".pdf"


def refusal(outputs: Sequence[str], press: Press) -> JianbaoError | None:
    """Why no issue at all can be built, if that is so already."""
    try:
        known = press.registry.outputs
    except JianbaoError as wrong:
        return wrong
    for name in outputs:
        if name not in known:
            broken = [absence.finding for absence in press.registry.why_missing("outputs", name)]
            if broken:
                return PluginBroken(broken)
            text = _("unknown output {name}; known: {known}")
            raise click.UsageError(text.format(name=visible(name), known=", ".join(known)))
    return None


def claims(file: str, data: bytes) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """
    What a PDF claims to be and is, as plain data, and where it is not.

    Raises:
        IssueInvalid: the bytes are no PDF that can be read.
    """
    from jianbao_tex.prepress.rules import examine

    try:
        found = examine(data)
    except ValueError as wrong:
        raise IssueInvalid(_NO_PDF.at(Where(file), reason=str(wrong))) from wrong
    claim = found.standard.name if found.standard else None
    told = tuple(
        _NOT_KEPT.at(Where(file), claim=claim or "PDF", reason=fault) for fault in found.faults
    )
    plates: dict[str, None] = {}
    for page in found.pages:
        plates |= dict.fromkeys(sorted(page.plates))
    return {
        "file": file,
        "standard": claim,
        "self_checked": not told,
        "pages": len(found.pages),
        "plates": list(plates),
    }, told


def claims_of_file(path: Path) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The same of a file; raises as `claims`, and where the file cannot be read."""
    where = Where(str(path))
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise IssueInvalid(_NO_PDF.at(where, reason=f"> {_MOST_BYTES} bytes"))
        data = path.read_bytes()
    except OSError as wrong:
        raise IssueInvalid(_NO_PDF.at(where, reason=reason_of(wrong))) from wrong
    return claims(str(path), data)


def lines_of_claims(checked: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line for each file: what it claims, how that was found, its pages and its plates."""
    rows = [
        (
            visible(file["file"]),
            file["standard"] or "PDF",
            _("self-checked") if file["self_checked"] else _("not as claimed"),
            file["pages"],
            ", ".join(map(visible, file["plates"])) or "-",
        )
        for file in checked
    ]
    yield from table((_("file"), _("standard"), _("state"), _("pages"), _("plates")), rows)
