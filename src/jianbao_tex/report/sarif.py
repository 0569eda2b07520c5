"""Findings as SARIF 2.1.0 (OASIS); code hosts such as GitHub show them at the source lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import quote

from jianbao_tex.catalogue import entries
from jianbao_tex.findings import Finding, Kind, Where
from jianbao_tex.language import ENGLISH, Language
from jianbao_tex.version import __version__

# Braces in a message of SARIF are placeholders (3.11.5).
_NAMES = str.maketrans("{}", "‹›")
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
"""The schema that a log names."""


def sarif_of(
    findings: Sequence[Finding], exit_code: int, language: Language = ENGLISH
) -> dict[str, object]:
    """One run of the tool with its findings, columns counted in characters."""
    kinds = {finding.code: finding.kind for finding in findings}
    codes = sorted(kinds)
    rules = [_rule(kinds[code], language) for code in codes]
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
                "results": [
                    _result(finding, codes.index(finding.code), language) for finding in findings
                ],
            }
        ],
    }


def _rule(kind: Kind, language: Language) -> dict[str, object]:
    """A kind as a rule; a department's own has no entry in the catalogue."""
    entry = entries().get(kind.code)
    text = language.text
    # A sentence with its values as names is better than none.
    meaning = entry.meaning if entry else kind.message.translate(_NAMES)
    remedy = entry.remedy if entry else kind.advice.translate(_NAMES)
    return {
        "id": kind.code,
        "shortDescription": {"text": text(meaning)},
        "help": {"text": text(remedy)},
        "defaultConfiguration": {"level": kind.severity.value},
    }


def _result(finding: Finding, rule: int, language: Language) -> dict[str, object]:
    message, advice = finding.message_in(language), finding.advice_in(language)
    result: dict[str, object] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity.value,
        "message": {"text": f"{message}\n{advice}"},
        "locations": [{"physicalLocation": _location(finding.where)}],
    }
    if finding.also:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _location(where)}
            for number, where in enumerate(finding.also, 1)
        ]
    return result


def _location(where: Where) -> dict[str, object]:
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
    # Names on POSIX are bytes; Python keeps those that are no UTF-8 as surrogates (PEP 383).
    return quote(path.encode("utf-8", "surrogateescape"))
