"""Finished PDFs against what they claim to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jianbao_tex.cli.measured import table
from jianbao_tex.cli.speech import _
from jianbao_tex.errors import IssueInvalid, reason_of
from jianbao_tex.findings import Finding, Where, error, visible
from jianbao_tex.language import Unfit, say

_NOT_KEPT = error(
    "JB370",
    "this PDF is not what it claims to be ({claim}): {reason}",
    "have it made anew; a program that it went through may have changed it",
)
_NO_PDF = error("JB371", "this cannot be read as a PDF: {reason}", "have it made anew")
_MOST_BYTES = 512 * 1024 * 1024

SUFFIX = ".pdf"

_STATES = {True: _("self-checked"), False: _("not as claimed")}


def claims(file: str, data: bytes) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """
    What a PDF claims to be and is, as plain data, and where it is not.

    Raises:
        IssueInvalid: the bytes are no PDF that can be read.
    """
    from jianbao_tex.prepress.rules import examine

    try:
        found = examine(data)
    except Unfit as wrong:
        raise IssueInvalid(_NO_PDF.at(Where(file), reason=wrong.reason)) from wrong
    claim = found.claim or "PDF"
    told = tuple(_NOT_KEPT.at(Where(file), claim=claim, reason=fault) for fault in found.faults)
    plates: dict[str, None] = {}
    for page in found.pages:
        plates |= dict.fromkeys(sorted(page.plates))
    return {
        "file": file,
        "standard": found.claim or None,
        "self_checked": found.is_kept,
        "pages": len(found.pages),
        "plates": list(plates),
    }, told


def claims_of_file(path: Path) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The same of a file; raises as `claims`, and where the file cannot be read."""
    where = Where(str(path))
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise IssueInvalid(
                _NO_PDF.at(where, reason=say("it has more than {number} bytes", number=_MOST_BYTES))
            )
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
            _state(file),
            file["pages"],
            ", ".join(map(visible, file["plates"])) or "-",
        )
        for file in checked
    ]
    yield from table((_("file"), _("standard"), _("state"), _("pages"), _("plates")), rows)


def _state(file: Mapping[str, Any]) -> str:
    unknown = _("no rules for its claim") if file["standard"] else _("it claims no standard")
    return _STATES.get(file["self_checked"], unknown)
