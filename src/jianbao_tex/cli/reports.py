"""How commands report: results on standard output, findings on standard error, or one JSON."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jianbao_tex.cli.files import STANDARD_OUTPUT, OutputRefused
from jianbao_tex.cli.findings import Group, limited, show, tally
from jianbao_tex.cli.speech import spoken, told
from jianbao_tex.cli.terminal import let_go, note
from jianbao_tex.errors import JianbaoError, PreflightFailed, reason_of
from jianbao_tex.findings import Finding, Where, in_order, visible
from jianbao_tex.language import Phrase, say

if TYPE_CHECKING:
    from jianbao_tex.batch import Outcome
    from jianbao_tex.press import Press
    from jianbao_tex.registry import Trace

SOME_FAILED = 8
"""The exit code when some of several issues failed."""


@dataclass(frozen=True)
class Reporting:
    """How a command is asked to report."""

    strict: bool = False
    form: str = "text"
    most: int = 0
    raw: bool = False

    @property
    def is_text(self) -> bool:
        """Whether people read along."""
        return self.form == "text"


@dataclass
class Result:
    """
    What became of one issue.

    Once the work is done ``told`` goes to standard output, ``note`` to standard error.
    """

    source: str
    exit_code: int = 0
    pages: int | None = None
    files: list[Path] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()
    measured: dict[str, object] | None = None
    told: list[str | Path] = field(default_factory=list)
    note: Phrase | None = None
    artifacts: list[dict[str, object]] | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    cached: bool = False
    checked: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, outcome: Outcome) -> Result:
        """The result of an issue that was built, before its files are written."""
        return cls(
            outcome.source,
            exit_code=outcome.exit_code,
            pages=outcome.pages,
            findings=outcome.findings,
            inputs=outcome.inputs,
            tools=outcome.tools,
            cached=outcome.cached,
        )

    def shown(self, reporting: Reporting) -> list[Finding]:
        """The findings for machines, which fold none, as far as they are not too many."""
        each = [Group(finding) for finding in self.findings]
        return [group.finding for group in limited(each, reporting.most)]

    def as_json(self, reporting: Reporting) -> dict[str, object]:
        """The result as plain data; ``jianbao schema result`` describes the shape."""
        shown = self.shown(reporting)
        data: dict[str, object] = {
            "issue": self.source,
            "ok": self.exit_code == 0,
            "exit_code": self.exit_code,
            "pages": self.pages,
            "files": [str(path) for path in self.files],
            "findings": [
                {**finding.as_json(spoken()), **({"raw": finding.raw} if reporting.raw else {})}
                for finding in shown
            ],
            "findings_left_out": len(self.findings) - len(shown),
        }
        if self.artifacts is not None:
            data |= {
                "artifacts": self.artifacts,
                "inputs": dict(self.inputs),
                "tools": dict(self.tools),
                "cached": self.cached,
            }
        if self.checked:
            data["checked"] = self.checked
        return data if self.measured is None else {**data, "measured": self.measured}


def run(
    sources: Sequence[Path],
    work: Callable[[Path, Result], None],
    reporting: Reporting,
    press: Press,
) -> int:
    """Does the work for each source, one behind the other, reports, and returns the exit code."""

    def done(source: Path) -> Result:
        result = Result(str(source))
        with judged(result, strict=reporting.strict):
            work(source, result)
        return result

    return finish(map(done, sources), len(sources), reporting, press)


def finish(made: Iterator[Result], count: int, reporting: Reporting, press: Press) -> int:
    """
    Reports what comes of ``count`` issues, each as it comes, and returns the exit code.

    An error of one issue does not keep the others from being done.  What is broken among
    the plugins of the press is told once, and is no fault of any issue.
    """
    results = []
    with progress(count) as advance:
        for result in made:
            results.append(result)
            with advance(result.source):
                for line in result.told:
                    tell(line)
                if result.note:
                    note(told(result.note))
    failed = [result.exit_code for result in results if result.exit_code]
    code = 0 if not failed else failed[0] if count == 1 else SOME_FAILED
    if reporting.form == "json":
        issues = [result.as_json(reporting) for result in results]
        plugins = [finding.as_json(spoken()) for finding in press.plugin_faults]
        tell_data({"exit_code": code, "issues": issues, "plugins": plugins})
    elif reporting.form == "sarif":
        from jianbao_tex.cli.sarif import log_of

        found = [finding for result in results for finding in result.shown(reporting)]
        tell_data(log_of([*press.plugin_faults, *found], code))
    else:
        _say(results, reporting, press.plugin_faults)
    if press.trace:
        _say_trace(press.trace)
    return code


def _say_trace(trace: Trace) -> None:
    """The calls of plugins on standard error, the time in milliseconds."""
    for call in trace.calls:
        note(f"{call.seconds * 1000:9.2f} ms  {call.plugin}  {call.what}")


def _say(
    results: Sequence[Result], reporting: Reporting, plugin_faults: tuple[Finding, ...]
) -> None:
    named = {finding.where for result in results for finding in result.findings}
    # What an issue was refused for need not be said twice.
    others = [finding for finding in plugin_faults if finding.where not in named]
    show(others, most=reporting.most)
    findings = [*others, *(finding for result in results for finding in result.findings)]
    for result in results:
        show(result.findings, most=reporting.most, raw=reporting.raw)
    if findings:
        note(told(tally(findings)))
    if len(results) > 1:
        done = sum(not result.exit_code for result in results)
        said = say("{done} of {count} issues done", done=done, count=len(results))
        note(told(said))


def as_text(data: object) -> str:
    """The data as JSON; in plain ASCII where a file name is no proper text."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(data, indent=2)
    return text


def tell(result: str | Path) -> None:
    """
    Prints a result on standard output: a path byte by byte as the system knows it.

    Raises:
        OutputRefused: standard output cannot be written to.
    """
    _tell(os.fsencode(result) if isinstance(result, Path) else result)


def tell_line(data: object) -> None:
    """Prints data as one line of JSON; for whoever reads results as they come."""
    _tell(json.dumps(data, ensure_ascii=True))


def show_result(result: Result, reporting: Reporting) -> None:
    """What became of one issue, for people."""
    show(result.findings, most=reporting.most, raw=reporting.raw)
    if result.findings:
        note(told(tally(result.findings)))


def tell_data(data: object) -> None:
    """
    Prints data as JSON on standard output, in UTF-8 whatever the locale is.

    Raises:
        OutputRefused: standard output cannot be written to.
    """
    _tell(as_text(data).encode())


def _tell(said: str | bytes) -> None:
    try:
        click.echo(said)
    except BrokenPipeError:
        # Whoever read along has enough; the work goes on.
        let_go(sys.stdout)
    except OSError as wrong:
        let_go(sys.stdout)
        raise OutputRefused(STANDARD_OUTPUT.at(Where("stdout"), reason=reason_of(wrong))) from wrong


@contextlib.contextmanager
def judged(result: Result, *, strict: bool) -> Iterator[None]:
    """Errors inside are the result's own, and so are its warnings if they are to be errors."""
    try:
        yield
        if strict and result.findings and not result.exit_code:
            raise PreflightFailed(result.findings)
    except JianbaoError as wrong:
        result.exit_code = wrong.exit_code
        result.findings = in_order((*result.findings, *wrong.findings))


@contextlib.contextmanager
def progress(count: int) -> Iterator[Callable[[str], AbstractContextManager[None]]]:
    """
    A moving line on a terminal, with the rate and the time left where there are several issues;
    nothing elsewhere.  Whoever works along says which issue is done, and what is said
    meanwhile takes the place of the line.
    """
    if not sys.stderr.isatty():
        yield lambda _: contextlib.nullcontext()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns: list[ProgressColumn] = [SpinnerColumn()]
    if count > 1:
        rate = TextColumn("{task.fields[rate]}")
        columns += [BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn()]
    shown = Progress(
        *columns,
        TextColumn("{task.fields[name]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
    with shown:
        task = shown.add_task("", total=count, rate="", name="…")

        @contextlib.contextmanager
        def advance(name: str) -> Iterator[None]:
            speed = shown.tasks[0].speed
            shown.update(
                task, advance=1, name=visible(name), rate=f"{speed:.1f}/s" if speed else ""
            )
            shown.stop()
            try:
                yield
            finally:
                shown.start()

        yield advance
