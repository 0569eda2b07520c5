"""Findings, errors and files as plain data: for the cache, and for what another process sends."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from jianbao_tex.errors import (
    IssueInvalid,
    JianbaoError,
    LayoutBroken,
    LimitReached,
    PluginBroken,
    PreflightFailed,
    Refusal,
    ToolMissing,
    TypesettingFailed,
)
from jianbao_tex.findings import Finding, Fix, Kind, Severity, Where
from jianbao_tex.language import pack_value, unpack_value
from jianbao_tex.master import Artifact


class Built(Protocol):
    """What a built issue and its outcome have in common."""

    @property
    def artifacts(self) -> tuple[Artifact, ...]: ...
    @property
    def findings(self) -> tuple[Finding, ...]: ...
    @property
    def pages(self) -> int | None: ...
    @property
    def sources(self) -> tuple[str, ...]: ...
    @property
    def inputs(self) -> Mapping[str, str]: ...
    @property
    def tools(self) -> Mapping[str, str]: ...


def pack_record(record: Mapping[str, Any], data: Iterable[bytes] = ()) -> bytes:
    """Plain data as a line of JSON, and pieces of bytes after it."""
    pieces = tuple(data)
    # JSON without line ends: what follows the first one are the pieces.
    head = json.dumps([record, [*map(len, pieces)]], ensure_ascii=True).encode("ascii")
    return b"".join((head, b"\n", *pieces))


def unpack_record(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """
    The plain data, and the pieces.

    Raises:
        TypeError, ValueError: the bytes were not made by `pack_record`.
    """
    start = data.find(b"\n") + 1
    record, sizes = json.loads(data[:start])
    pieces = []
    for size in sizes:
        pieces.append(data[start : start + size])
        start += size
    if start != len(data) or not isinstance(record, dict):
        raise ValueError("the bytes do not fit their sizes")
    return record, pieces


def pack(built: Built, **others: object) -> bytes:
    """What was built, and other plain data."""
    record = {
        "artifacts": [[a.name, a.media_type] for a in built.artifacts],
        "findings": [pack_finding(finding) for finding in built.findings],
        "pages": built.pages,
        "sources": list(built.sources),
        "inputs": dict(built.inputs),
        "tools": dict(built.tools),
        **others,
    }
    return pack_record(record, (artifact.data for artifact in built.artifacts))


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """
    The fields of `Built`, and the other data.

    Raises:
        KeyError, TypeError, ValueError: the bytes were not made by `pack`.
    """
    record, pieces = unpack_record(data)
    fields = {
        "artifacts": tuple(
            Artifact(str(name), str(media_type), piece)
            for (name, media_type), piece in zip(record.pop("artifacts"), pieces, strict=True)
        ),
        "findings": tuple(map(unpack_finding, record.pop("findings"))),
        "pages": record.pop("pages"),
        "sources": tuple(record.pop("sources")),
        "inputs": record.pop("inputs"),
        "tools": record.pop("tools"),
    }
    return fields, record


def pack_finding(finding: Finding) -> dict[str, Any]:
    """A finding as JSON has it."""
    kind, fix = finding.kind, finding.fix
    return {
        "kind": [kind.code, kind.severity.value, kind.message, kind.advice, kind.plugin],
        "where": _pack_place(finding.where),
        "values": [[name, pack_value(value)] for name, value in finding.values],
        "also": [_pack_place(where) for where in finding.also],
        "raw": finding.raw,
        "fix": [_pack_place(fix.where), fix.text] if fix else None,
    }


def unpack_finding(data: dict[str, Any]) -> Finding:
    """The finding again; raises `KeyError`, `TypeError` or `ValueError` for other data."""
    code, severity, message, advice, plugin = data["kind"]
    return Finding(
        Kind(code, Severity(severity), message, advice, plugin),
        Where(*data["where"]),
        tuple((name, unpack_value(value)) for name, value in data["values"]),
        tuple(Where(*where) for where in data["also"]),
        data["raw"],
        Fix(Where(*data["fix"][0]), data["fix"][1]) if data["fix"] else None,
    )


def pack_findings(findings: Iterable[Finding]) -> bytes:
    """Findings as a line of JSON."""
    return json.dumps([pack_finding(finding) for finding in findings]).encode("ascii")


def unpack_findings(data: bytes) -> tuple[Finding, ...]:
    """The findings again; raises `KeyError`, `TypeError` or `ValueError` for other data."""
    return tuple(map(unpack_finding, json.loads(data)))


def pack_error(exc: JianbaoError) -> dict[str, Any]:
    """An error with its findings as JSON has it."""
    return {
        "family": next(f.__name__ for f in type(exc).__mro__ if f.__name__ in _FAMILIES),
        "findings": [pack_finding(finding) for finding in exc.findings],
    }


def unpack_error(data: dict[str, Any]) -> JianbaoError:
    """The error again; raises `KeyError`, `TypeError` or `ValueError` for other data."""
    return _FAMILIES[data["family"]](map(unpack_finding, data["findings"]))


_FAMILIES = {
    family.__name__: family
    for family in (
        *(JianbaoError, IssueInvalid, TypesettingFailed, PreflightFailed, Refusal),
        *(PluginBroken, LayoutBroken, ToolMissing, LimitReached),
    )
}


def _pack_place(where: Where) -> list[object]:
    return [
        *(where.file, where.line, where.column, where.text),
        *(where.end_line, where.end_column),
    ]
