"""
The certificate of a build: its inputs, its measurements and its validators.

It claims no more than was done: rules of our own are called self-checked, and validators that
did not run are named.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from jianbao_tex.builtin.checks.text import compared_texts
from jianbao_tex.builtin.outputs.proof import SUFFIX as PROOF
from jianbao_tex.builtin.outputs.shared import identity_of
from jianbao_tex.hooks import Artifact, Files, InvalidValue, OutputSubject, Severity
from jianbao_tex.hooks.prepress import (
    examine,
)

SHAPE = "4"
"""The version of the certificate's form."""

_LIBRARIES = ("pikepdf", "pillow", "pypdfium2")
_OWN = "jianbao_tex: text, grid, fonts and colours of the master"
_VALIDATORS = {
    "PDF/A-1b": "Apache PDFBox Preflight (PDF/A-1b)",
    "PDF/A-3b": "veraPDF (PDF/A-3b)",
    "PDF/X-4": "a validator of PDF/X-4",
    "PDF/X-1a:2001": "a validator of PDF/X-1a",
}
"""Who could validate a file of a standard; none of them runs here."""


def make_certificate(subject: OutputSubject) -> Files:
    data = _data(subject)
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    return {
        "-certificate.json": text.encode("utf-8"),
        "-certificate.html": _page(data, subject.job.sources).encode("utf-8"),
    }


def _data(subject: OutputSubject) -> dict[str, Any]:
    job = subject.job
    report = job.report()
    printed, expected = compared_texts(subject)
    differences = sum(a != b for a, b in zip(printed, expected, strict=False))
    identity = identity_of(subject)
    outputs = [_describe_output(artifact) for artifact in job.artifacts]
    return {
        "certificate": SHAPE,
        "id": job.id,
        "title": identity.title,
        "issuer": identity.author,
        "date": f"{identity.date:%Y-%m-%d}" if subject.issue.date else None,
        "accepted": not any(f.severity is Severity.ERROR for f in job.findings),
        "layout": report["layout"],
        "plugins": [use.as_json() for use in job.plugins],
        "pages": len(subject.measured.pages),
        "inputs": dict(job.inputs),
        "outputs": outputs,
        "refused": [{"output": r.output, "codes": [*r.codes]} for r in job.refused],
        "tools": {**job.tools, **{name: metadata.version(name) for name in _LIBRARIES}},
        "text": {
            "characters": len(printed),
            "differences": differences + abs(len(printed) - len(expected)),
        },
        "grid": _grid(report["pages"]),
        "fonts": report["fonts"],
        "deviations": report["deviations"],
        "added_texts": report["added_texts"],
        "findings": [
            {"code": finding.code, "severity": finding.severity.value, "message": finding.message}
            for finding in job.findings
        ],
        "validators": list(_validators(outputs)),
    }


def _validators(outputs: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    """The validators that ran, and those that did not run."""
    yield {"name": _OWN, "result": "self-checked"}
    standards = sorted({out["standard"] for out in outputs if out.get("standard")})
    for standard in standards:
        yield {"name": f"jianbao_tex: rules of {standard}", "result": "self-checked"}
    for standard in standards:
        yield {"name": _VALIDATORS[standard], "result": "not run"}


def _describe_output(artifact: Artifact) -> dict[str, Any]:
    data: dict[str, Any] = {
        "file": artifact.name,
        "bytes": len(artifact.data),
        "sha256": hashlib.sha256(artifact.data).hexdigest(),
        "proof": artifact.name.endswith(PROOF),
    }
    if artifact.media_type != "application/pdf":
        return data
    try:
        examination = examine(artifact.data)
    except InvalidValue as error:
        return {**data, "self_checked": False, "faults": [str(error)]}
    plates = [sorted(page.plates) for page in examination.pages]
    return {
        **data,
        "standard": examination.standard.name if examination.standard else None,
        "self_checked": examination.conforms,
        "faults": [str(fault) for fault in examination.faults],
        "pages": len(examination.pages),
        "plates": [{"pages": numbers, "plates": inks} for inks, numbers in _page_ranges(plates)],
    }


def _page_ranges(plates: Sequence[list[str]]) -> list[tuple[list[str], str]]:
    """Stretches of pages with the same plates: their plates, and their numbers."""
    ranges = []
    number = 1
    for inks, group in itertools.groupby(plates):
        last = number + len(list(group)) - 1
        ranges.append((inks, f"{number}" if last == number else f"{number}-{last}"))
        number = last + 1
    return ranges


def _grid(pages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The distance of body lines from their rows, in millimetres."""
    offsets = [page["off"] for page in pages if page["off"] is not None]
    return {
        "worst_mm": max(offsets, default=None),
        "pages": [
            {"page": page["page"], "rows": page["rows"], "off_mm": page["off"]} for page in pages
        ],
    }


def _page(data: Mapping[str, Any], sources: Iterable[str]) -> str:
    """The HTML report, on one page: long lists are shown as counts."""
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        # Titles, file names and messages come from the issue.
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("certificate.html.jinja").render(
        data,
        own={name: data["inputs"][name] for name in sources if name in data["inputs"]},
        images=sum(entry["file"].endswith(".png") for entry in data["outputs"]),
    )
