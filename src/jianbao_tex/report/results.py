"""The results of issues as plain data."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from jianbao_tex.errors import JianbaoError, PreflightFailed
from jianbao_tex.findings import Finding, faults_among, in_order
from jianbao_tex.job_record import JobRecord
from jianbao_tex.language import ENGLISH, Language
from jianbao_tex.report.findings import finding_as_json, most_important

if TYPE_CHECKING:
    from jianbao_tex.batch import Outcome
    from jianbao_tex.master import RefusedOutput
    from jianbao_tex.plugin_use import PluginUse


@dataclass
class Result:
    """
    The result of one issue.

    Args:
        source: the name of the issue, as the caller gave it.
        files: the files that were written for it.
        measured: what was measured in its master, by `survey.Report.as_json`.
        artifacts: the files with their sizes and digests; ``None`` where none were asked for.
        checked: finished PDFs and what they claim.
        refused: the outputs that could not be made, although others were.
        plugins: the plugins that took part, with what each changed in the issue.
        record: how the job went.
    """

    source: str
    exit_code: int = 0
    pages: int | None = None
    files: list[Path] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()
    measured: dict[str, object] | None = None
    artifacts: list[dict[str, object]] | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    cached: bool = False
    checked: list[dict[str, Any]] = field(default_factory=list)
    refused: tuple[RefusedOutput, ...] = ()
    plugins: tuple[PluginUse, ...] = ()
    record: JobRecord = field(default_factory=JobRecord)

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """The result of an issue that was built, before its files are written."""
        return cls(
            outcome.source,
            exit_code=outcome.exit_code,
            pages=outcome.pages,
            findings=outcome.findings,
            inputs=outcome.inputs,
            tools=outcome.tools,
            cached=outcome.cached,
            refused=outcome.refused,
            plugins=outcome.plugins,
            record=outcome.record,
        )

    def shown(self, most: int) -> list[Finding]:
        """At most so many of the findings, errors first; all for 0."""
        return most_important(self.findings, most, lambda finding: finding.severity)

    def as_json(
        self, language: Language = ENGLISH, *, most: int = 0, raw: bool = False
    ) -> dict[str, object]:
        """
        The result as plain data; `result_schema` describes the shape.

        Args:
            language: of messages and advice.
            most: how many findings to show, errors first; 0 for all.
            raw: whether to add what TeX itself said.
        """
        findings = self.shown(most)
        data: dict[str, object] = {
            "issue": self.source,
            "id": self.record.id or None,
            "ok": self.exit_code == 0,
            "exit_code": self.exit_code,
            "pages": self.pages,
            "files": [str(path) for path in self.files],
            "findings": [finding_as_json(finding, language, raw=raw) for finding in findings],
            "findings_left_out": len(self.findings) - len(findings),
        }
        if self.artifacts is not None:
            data |= {
                "artifacts": self.artifacts,
                "inputs": dict(self.inputs),
                "tools": dict(self.tools),
                "cached": self.cached,
                "plugins_used": [use.as_json() for use in self.plugins],
            }
        if self.checked:
            data["checked"] = self.checked
        if self.refused:
            data["refused"] = [{"output": r.output, "codes": [*r.codes]} for r in self.refused]
        return data if self.measured is None else {**data, "measured": self.measured}


def run_as_json(
    issues: Sequence[Mapping[str, object]],
    exit_code: int,
    plugin_faults: Sequence[Finding] = (),
    language: Language = ENGLISH,
) -> dict[str, object]:
    """A run over some issues, each as `Result.as_json` has it; `result_schema` describes it."""
    plugins = [finding_as_json(finding, language) for finding in plugin_faults]
    return {"exit_code": exit_code, "issues": list(issues), "plugins": plugins}


@contextlib.contextmanager
def collecting_errors(result: Result, *, strict: bool) -> Iterator[None]:
    """Adds errors raised inside to the result; with ``strict`` warnings count as errors."""
    try:
        yield
        if strict and faults_among(result.findings) and not result.exit_code:
            raise PreflightFailed(result.findings)
    except JianbaoError as error:
        result.exit_code = error.exit_code
        result.findings = in_order((*result.findings, *error.findings))
