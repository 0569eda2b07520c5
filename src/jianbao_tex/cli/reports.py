"""How commands report: results on standard output, findings on standard error, or one JSON."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jianbao_tex.cancelling import Handle
from jianbao_tex.cli.files import STANDARD_OUTPUT, OutputRefused
from jianbao_tex.cli.findings import show, tally
from jianbao_tex.cli.speech import current_language, translated
from jianbao_tex.cli.terminal import aligned, note, redirect_to_null
from jianbao_tex.errors import SOME_FAILED, reason_of
from jianbao_tex.findings import Finding, Where, visible
from jianbao_tex.language import Phrase, say
from jianbao_tex.report import results

if TYPE_CHECKING:
    from jianbao_tex.press import Press, Source
    from jianbao_tex.registry import Trace


@dataclass(frozen=True)
class Reporting:
    """
    How a command is asked to report.

    ``form`` is that of standard output: text, json or sarif.  With ``logs`` standard error has a
    line of JSON for each job, in place of findings and progress.
    """

    strict: bool = False
    form: str = "text"
    most: int = 0
    raw: bool = False
    logs: bool = False

    @property
    def is_text(self) -> bool:
        """Whether the output is text for people."""
        return self.form == "text"


@dataclass
class Result(results.Result):
    """
    The result of one issue, and the text lines about it.

    Once the work is done ``lines`` go to standard output, ``note`` to standard error.
    """

    lines: list[str | Path] = field(default_factory=list)
    note: Phrase | None = None

    def begin(self, source: Source, outputs: Sequence[str] = ()) -> Handle:
        """The handle of the job on a source; what becomes of it is in ``record``."""
        from jianbao_tex.provenance import identify

        handle = Handle()
        handle.record = self.record
        identify(self.record, source, outputs)
        return handle

    def for_machines(self, reporting: Reporting) -> dict[str, object]:
        """The result as plain data, in the language of the command."""
        return self.as_json(current_language(), most=reporting.most, raw=reporting.raw)


def run(
    sources: Sequence[Path],
    work: Callable[[Path, Result], None],
    reporting: Reporting,
    press: Press,
) -> int:
    """Does the work for each source, one after another, reports, and returns the exit code."""

    def work_on(source: Path) -> Result:
        result = Result(str(source))
        with results.collecting_errors(result, strict=reporting.strict):
            work(source, result)
        return result

    return finish(map(work_on, sources), len(sources), reporting, press)


def finish(ready: Iterator[Result], count: int, reporting: Reporting, press: Press) -> int:
    """
    Reports the results of ``count`` issues, each when it is ready, and returns the exit code.

    An error of one issue does not stop the others.  Faults of plugins are reported once; they
    are not faults of an issue.
    """
    finished = []
    with progress(0 if reporting.logs else count) as advance:
        for result in ready:
            finished.append(result)
            with advance(result.source):
                for line in result.lines:
                    print_result(line)
                if reporting.logs:
                    log_job(result)
                elif result.note:
                    note(translated(result.note))
    failed = [result.exit_code for result in finished if result.exit_code]
    code = 0 if not failed else failed[0] if count == 1 else SOME_FAILED
    if reporting.form == "json":
        issues = [result.for_machines(reporting) for result in finished]
        print_json(results.run_as_json(issues, code, press.plugin_faults, current_language()))
    elif reporting.form == "sarif":
        findings = [finding for result in finished for finding in result.shown(reporting.most)]
        from jianbao_tex.report.sarif import sarif_of

        print_json(sarif_of([*press.plugin_faults, *findings], code, current_language()))
    elif not reporting.logs:
        _print_findings(finished, reporting, press.plugin_faults)
    if reporting.logs:
        log_plugins(press.plugin_faults)
    if press.trace:
        _print_trace(press.trace)
    return code


def log_job(result: Result) -> None:
    """The line of the log for a job that has ended."""
    from jianbao_tex.report.log import job_line

    _log(job_line(result, datetime.now(UTC)))


def log_plugins(faults: Iterable[Finding]) -> None:
    """A line of the log for each fault of a plugin."""
    from jianbao_tex.report.log import plugin_line

    for fault in faults:
        _log(plugin_line(fault, datetime.now(UTC)))


def tell(text: Phrase, reporting: Reporting) -> None:
    """A note about the whole run, on standard error."""
    if reporting.logs:
        from jianbao_tex.report.log import note_line

        _log(note_line(translated(text), datetime.now(UTC)))
    else:
        note(translated(text))


def _log(line: Mapping[str, object]) -> None:
    note(json.dumps(line))


def _print_trace(trace: Trace) -> None:
    """The calls of plugins on standard error, the time in milliseconds."""
    for call in trace.calls:
        note(f"{call.seconds * 1000:9.2f} ms  {call.plugin}  {call.what}")


def _print_findings(
    results: Sequence[Result], reporting: Reporting, plugin_faults: tuple[Finding, ...]
) -> None:
    reported = {(f.where, f.code) for result in results for f in result.findings}
    # A plugin fault that an issue already reports is not shown again.
    others = [finding for finding in plugin_faults if (finding.where, finding.code) not in reported]
    show(others, most=reporting.most)
    findings = [*others, *(finding for result in results for finding in result.findings)]
    for result in results:
        show(result.findings, most=reporting.most, raw=reporting.raw)
    if findings:
        note(translated(tally(findings)))
    if len(results) > 1:
        done = sum(not result.exit_code for result in results)
        text = say("{done} of {count} issues done", done=done, count=len(results))
        note(translated(text))


def as_text(data: object) -> str:
    """The data as JSON; in ASCII if a file name is not valid Unicode."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(data, indent=2)
    return text


def print_result(result: str | Path) -> None:
    """
    Prints a result on standard output: a path byte by byte as the system knows it.

    Raises:
        OutputRefused: standard output cannot be written to.
    """
    _write_stdout(os.fsencode(result) if isinstance(result, Path) else result)


def tell_rows(rows: Iterable[tuple[str, ...]]) -> None:
    """
    Prints rows on standard output: in columns on a terminal; elsewhere cells are separated by tabs.

    Raises:
        OutputRefused: standard output cannot be written to.
    """
    if sys.stdout.isatty():
        lines = aligned(rows, shutil.get_terminal_size().columns)
    else:
        lines = ("\t".join(row).rstrip("\t") for row in rows)
    for line in lines:
        print_result(line)


def print_json_line(data: object) -> None:
    """Prints data as one line of JSON; for programs that read results as they come."""
    _write_stdout(json.dumps(data, ensure_ascii=True))


def show_result(result: Result, reporting: Reporting) -> None:
    """What became of one issue, for people."""
    show(result.findings, most=reporting.most, raw=reporting.raw)
    if result.findings:
        note(translated(tally(result.findings)))


def print_json(data: object) -> None:
    """
    Prints data as JSON on standard output, in UTF-8 whatever the locale is.

    Raises:
        OutputRefused: standard output cannot be written to.
    """
    _write_stdout(as_text(data).encode())


def _write_stdout(text: str | bytes) -> None:
    try:
        click.echo(text)
    except BrokenPipeError:
        # The reader closed the pipe; the work continues.
        redirect_to_null(sys.stdout)
    except OSError as exc:
        redirect_to_null(sys.stdout)
        raise OutputRefused(STANDARD_OUTPUT.at(Where("stdout"), reason=reason_of(exc))) from exc


@contextlib.contextmanager
def progress(count: int) -> Iterator[Callable[[str], AbstractContextManager[None]]]:
    """
    A progress line on a terminal, with rate and remaining time for several issues; nothing if
    standard error is not a terminal, or for a ``count`` of 0.  The caller reports each finished
    issue with the yielded function; inside its block the line is hidden, so that messages can be
    printed.
    """
    if not count or not sys.stderr.isatty():
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
    bar = Progress(
        *columns,
        # Rich would read the brackets of a file name as markup.
        TextColumn("{task.fields[name]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=count, rate="", name="…")

        @contextlib.contextmanager
        def advance(name: str) -> Iterator[None]:
            speed = bar.tasks[0].speed
            bar.update(task, advance=1, name=visible(name), rate=f"{speed:.1f}/s" if speed else "")
            bar.stop()
            try:
                yield
            finally:
                bar.start()

        yield advance
