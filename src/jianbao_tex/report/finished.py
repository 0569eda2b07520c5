"""Finished PDFs against what they claim to be, as plain data."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from jianbao_tex.children import MEMORY_BYTES, WorkFailed, work_apart
from jianbao_tex.errors import IssueInvalid, reason_of
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.foreign_files import read_file
from jianbao_tex.language import InvalidValue, say
from jianbao_tex.packing import pack_finding, unpack_finding

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
    """
    The same of a file that others made, which is read in a separate process.

    Raises:
        IssueInvalid: as `claims`, and where the file cannot be read, or not within the bounds.
    """
    where = Where(str(path))
    try:
        request = os.fsencode(path) + b"\0" + read_file(path, _MAX_BYTES)
        record = json.loads(work_apart(_claims_apart, request, MEMORY_BYTES + len(request)))
    except WorkFailed as exc:
        raise IssueInvalid(_NO_PDF.at(where, reason=exc.reason)) from exc
    except ValueError as exc:
        raise IssueInvalid(_NO_PDF.at(where, reason=say("this is no name"))) from exc
    except OSError as exc:
        raise IssueInvalid(_NO_PDF.at(where, reason=reason_of(exc))) from exc
    findings = tuple(map(unpack_finding, record["findings"]))
    if record["claim"] is None:
        raise IssueInvalid(findings)
    return record["claim"], findings


def _claims_apart(request: bytes) -> bytes:
    """In the separate process: the name and the bytes of a file -> its claim, if any, and findings."""
    name, _, data = request.partition(b"\0")
    claim: dict[str, Any] | None = None
    try:
        claim, findings = claims(os.fsdecode(name), data)
    except IssueInvalid as exc:
        findings = exc.findings
    record = {"claim": claim, "findings": [*map(pack_finding, findings)]}
    return json.dumps(record).encode("ascii")
