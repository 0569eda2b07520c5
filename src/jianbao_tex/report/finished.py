"""Finished PDFs against what they claim to be, as plain data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jianbao_tex.errors import IssueInvalid, reason_of
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.issue_folder import NotAFile, TooLarge, read_file
from jianbao_tex.language import InvalidValue, say

_BROKEN_CLAIM = error(
    "JB370",
    "this PDF is not what it claims to be ({claim}): {reason}",
    "make it again; another program may have changed it",
)
_NO_PDF = error("JB371", "this cannot be read as a PDF: {reason}", "make it again")
_MAX_BYTES = 512 * 1024 * 1024


def claims(file: str, data: bytes) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """
    The claim and the properties of a PDF as plain data, and findings where they differ.

    Raises:
        IssueInvalid: the bytes are no PDF that can be read.
    """
    from jianbao_tex.prepress.rules import examine

    try:
        examination = examine(data)
    except InvalidValue as exc:
        raise IssueInvalid(_NO_PDF.at(Where(file), reason=exc.reason)) from exc
    claim = examination.claim or "PDF"
    findings = tuple(
        _BROKEN_CLAIM.at(Where(file), claim=claim, reason=fault) for fault in examination.faults
    )
    plates: dict[str, None] = {}
    for page in examination.pages:
        plates |= dict.fromkeys(sorted(page.plates))
    return {
        "file": file,
        "standard": examination.claim or None,
        "self_checked": examination.conforms,
        "pages": len(examination.pages),
        "plates": list(plates),
    }, findings


def claims_of_file(path: Path) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The same of a file; raises as `claims`, and where the file cannot be read."""
    where = Where(str(path))
    try:
        data = read_file(path, _MAX_BYTES)
    except (NotAFile, TooLarge) as exc:
        raise IssueInvalid(_NO_PDF.at(where, reason=exc.reason)) from exc
    except ValueError as exc:
        raise IssueInvalid(_NO_PDF.at(where, reason=say("this is no name"))) from exc
    except OSError as exc:
        raise IssueInvalid(_NO_PDF.at(where, reason=reason_of(exc))) from exc
    return claims(str(path), data)
