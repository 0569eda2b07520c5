"""Findings as SARIF 2.1.0 (OASIS), which code hosts show beside the lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import quote

from jianbao_tex import __version__
from jianbao_tex.catalogue import entries
from jianbao_tex.cli.speech import spoken
from jianbao_tex.findings import Finding, Kind, Where

_NAMES = str.maketrans("{}", "‹›")
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def log_of(findings: Sequence[Finding], exit_code: int) -> dict[str, object]:
    """One run of the tool with its findings, columns counted in characters."""
    kinds = {finding.code: finding.kind for finding in findings}
    codes = sorted(kinds)
    rules = [_rule(kinds[code]) for code in codes]
    driver = {"name": "jianbao", "semanticVersion": __version__, "rules": rules}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {"executionSuccessful": exit_code == 0, "exitCode": exit_code},
                ],
                "results": [_result(finding, codes.index(finding.code)) for finding in findings],
            }
        ],
    }


def _rule(kind: Kind) -> dict[str, object]:
    """A kind as a rule; a department's own has no entry in the catalogue."""
    entry = entries().get(kind.code)
    text = spoken().text
    # A sentence with its values as names is better than none.
    meaning = entry.meaning if entry else kind.message.translate(_NAMES)
    mend = entry.mend if entry else kind.advice.translate(_NAMES)
    return {
        "id": kind.code,
        "shortDescription": {"text": text(meaning)},
        "help": {"text": text(mend)},
        "defaultConfiguration": {"level": kind.severity.value},
    }


def _result(finding: Finding, rule: int) -> dict[str, object]:
    message, advice = finding.message_in(spoken()), finding.advice_in(spoken())
    result: dict[str, object] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity.value,
        "message": {"text": f"{message}\n{advice}"},
        "locations": [{"physicalLocation": _place(finding.where)}],
    }
    if finding.also:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _place(where)}
            for number, where in enumerate(finding.also, 1)
        ]
    return result


def _place(where: Where) -> dict[str, object]:
    path = PurePath(where.file)
    uri = path.as_uri() if path.is_absolute() else _relative(path.as_posix())
    place: dict[str, object] = {"artifactLocation": {"uri": uri}}
    if where.line:
        region = {
            "startLine": where.line,
            "startColumn": where.column,
            "endLine": where.end_line,
            "endColumn": where.end_column,
        }
        place["region"] = {name: value for name, value in region.items() if value}
    return place


def _relative(path: str) -> str:
    """A relative reference of a path whose name may not be proper text."""
    return quote(path.encode("utf-8", "surrogateescape"))
