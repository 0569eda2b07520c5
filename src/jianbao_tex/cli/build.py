"""``jianbao build``: issues -> finished files."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.files import OutputRefused, real, write_whole
from jianbao_tex.cli.outputs import refusal
from jianbao_tex.cli.reports import Reporting, Result, finish, tell
from jianbao_tex.cli.speech import _, current_language
from jianbao_tex.errors import SOME_FAILED, JianbaoError, PreflightFailed
from jianbao_tex.findings import (
    Finding,
    Where,
    error,
    errors_among,
    faults_among,
    in_order,
    note,
    visible,
    warning,
)
from jianbao_tex.foreign_files import real_path
from jianbao_tex.language import say
from jianbao_tex.report.results import collecting_errors
from jianbao_tex.store import digest_of

if TYPE_CHECKING:
    from jianbao_tex.batch import Batch, Outcome
    from jianbao_tex.batch_workers import Workers
    from jianbao_tex.delivering import Deliverer
    from jianbao_tex.master import RefusedOutput
    from jianbao_tex.press import Press
    from jianbao_tex.results import ResultStore


_OLD_FILES = warning(
    "JB433",
    "the folder contains {count} files of an earlier build: {files}",
    "delete them, so that nobody mistakes them for the new files",
)
_REMOVED = note(
    "JB435",
    "files of an earlier build were removed, because the output {output} is not made: {files}",
    "nothing is to be done; they did not belong to the files that are written now",
)
_COPY_NUMBER = re.compile(r"(?<=\\-)\d+(?=\\\.\w+$)")
"""The number in a name such as a-copy-0003.pdf, the name escaped for a pattern."""
_MAX_NAMED = 5
_WRITTEN_TWICE = error(
    "JB432",
    "another issue of the same command, {issue}, has already written this file",
    "give one of the two another name, or build them into different folders",
)


@click.command(
    "build",
    help=_("Build each ISSUE into finished files: the PDF for screens, or what --output names."),
)
@options.issues
@options.folder(".")
@click.option(
    "--output",
    "outputs",
    multiple=True,
    default=("pdf",),
    show_default=True,
    metavar=_("NAME"),
    help=_("What to make; may be given several times."),
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1, max=256),
    metavar=_("COUNT"),
    help=_("How many issues to build at a time; else as many as there are processors."),
)
@click.option(
    "--no-cache", is_flag=True, help=_("Typeset every issue again, even if nothing has changed.")
)
@click.option(
    "--cluster",
    metavar=_("ADDRESS"),
    help=_("Build on the workers of a Dask cluster, such as tcp://10.0.0.1:8786."),
)
@options.typesetting
@options.reporting
def command(
    issues: tuple[Path, ...],
    folder: Path,
    outputs: tuple[str, ...],
    jobs: int | None,
    no_cache: bool,
    cluster: str | None,
    press: Press,
    reporting: Reporting,
) -> None:
    _refuse_same_names(issues)
    output_error = refusal(outputs, press)
    protected = real(issues)
    written: dict[Path, str] = {}
    done: list[str] = []
    jobs = min(jobs or os.cpu_count() or 1, len(issues))

    def write_result(outcome: Outcome) -> Result:
        result = Result.of(outcome)
        with collecting_errors(result, strict=reporting.strict and not outcome.is_proof):
            others = protected | real(written)
            _refuse_twice(outcome, folder, written)
            files = write(outcome, result, folder, others, reporting)
            if deliverer and files and not outcome.exit_code and not outcome.is_proof:
                _deliver(deliverer, files, outcome, result)
        done.append(result.source)
        if deliverer and len(done) == len(issues):
            _add_findings(result, deliverer.changed_since())
        return result

    with contextlib.ExitStack() as stack:
        # Before the batch begins: a process with threads cannot fork.
        deliverer = _open_deliverer(press, stack)
        outcomes: Iterator[Outcome]
        if output_error:
            outcomes = _refuse_all(issues, output_error)
        elif cluster:
            from jianbao_tex.cli.cluster import outcomes_on

            on_cluster = contextlib.closing(outcomes_on(cluster, press, issues, outputs))
            outcomes = stack.enter_context(on_cluster)
        else:
            jobs = _jobs_that_fit(jobs, reporting)
            outcomes = _outcomes(press, issues, outputs, jobs, stack, anew=no_cache)
        sys.exit(finish(map(write_result, outcomes), len(issues), reporting, press))


def _open_deliverer(press: Press, stack: contextlib.ExitStack) -> Deliverer | None:
    """What passes the files on; ``None`` if no plugin does."""
    # Each issue says so itself if the plugins cannot be used at all.
    with contextlib.suppress(JianbaoError):
        if press.registry.deliveries:
            from jianbao_tex.delivering import Deliverer

            write_again = partial(write_whole, sources=())
            return stack.enter_context(Deliverer(press.registry, write_again, press.store))
    return None


def _deliver(
    deliverer: Deliverer, files: Mapping[Path, bytes], outcome: Outcome, result: Result
) -> None:
    """Passes the files of an issue on; if that fails, they are in place all the same."""
    data = result.as_json(current_language())
    findings = deliverer.deliver(files, data, outcome.settings, is_kept=outcome.cached)
    _add_findings(result, findings)


def _add_findings(result: Result, findings: Iterable[Finding]) -> None:
    """Adds what came of the deliveries to a result."""
    new = tuple(findings)
    result.findings = in_order((*result.findings, *new))
    if errors_among(new):
        result.exit_code = result.exit_code or SOME_FAILED


def _refuse_all(issues: tuple[Path, ...], refusal: JianbaoError) -> Iterator[Outcome]:
    from jianbao_tex.batch import failed

    for path in issues:
        yield failed(str(path), refusal)


def _outcomes(
    press: Press,
    issues: tuple[Path, ...],
    outputs: tuple[str, ...],
    jobs: int,
    stack: contextlib.ExitStack,
    *,
    anew: bool,
) -> Iterator[Outcome]:
    """
    The outcome of each issue on this machine, one after another or several at a time.

    The end of the ``stack`` ends what works for them.
    """
    from jianbao_tex.batch import Batch, run_in_order

    results = None if anew or press.trace else _open_results(press)
    if results:
        stack.callback(results.close)
    batch = Batch(press, outputs, results)
    if jobs == 1:
        return _one_after_another(press, batch, issues)
    # Forked now: a progress line has a thread of its own.
    if workers := _workers(press, batch, jobs):
        stack.callback(workers.close)
        return workers.outcomes(issues)
    _keep_engines(press, jobs)
    executor = stack.enter_context(ThreadPoolExecutor(jobs))
    stack.enter_context(_closing_engines(press))
    return stack.enter_context(
        contextlib.closing(run_in_order(batch.press_file, issues, executor, jobs))
    )


def _jobs_that_fit(jobs: int, reporting: Reporting) -> int:
    """So many jobs, or fewer where memory is short, which is said."""
    if jobs == 1:
        return 1
    from jianbao_tex.batch_workers import jobs_that_fit

    count = jobs_that_fit(jobs)
    if count < jobs:
        text = say("memory is short: {count} jobs at a time, not {jobs}", count=count, jobs=jobs)
        tell(text, reporting)
    return count


def _workers(press: Press, batch: Batch, jobs: int) -> Workers | None:
    """Forks for so many jobs; ``None`` where none can be made."""
    from jianbao_tex.batch_workers import Workers
    from jianbao_tex.children import may_fork

    # The calls of plugins are noted in this process only.
    if press.trace or not may_fork():
        return None
    with contextlib.suppress(OSError):
        return Workers(press, batch, jobs)
    return None


def _one_after_another(press: Press, batch: Batch, issues: tuple[Path, ...]) -> Iterator[Outcome]:
    for path in issues:
        # The next issue probably needs an engine of the same kind.
        _keep_engines(press, int(path is not issues[-1]))
        yield batch.press_file(path)


def _keep_engines(press: Press, count: int) -> None:
    """Keeps engines waiting, where there is TeX; else each issue says that there is none."""
    with contextlib.suppress(JianbaoError):
        press.engine.keep = count


@contextlib.contextmanager
def _closing_engines(press: Press) -> Iterator[None]:
    """Stops the engines first, because the threads of the executor wait for them."""
    try:
        yield
    finally:
        with contextlib.suppress(JianbaoError):
            press.engine.close()


def _open_results(press: Press) -> ResultStore | None:
    """The earlier results; ``None`` if there is no cache or the press cannot start."""
    from jianbao_tex.results import ResultStore

    if press.store is None:
        return None
    try:
        return ResultStore(press.store, press, time.time_ns)
    except JianbaoError:
        return None


def write(
    outcome: Outcome,
    result: Result,
    folder: Path,
    protected: frozenset[Path],
    reporting: Reporting,
) -> Mapping[Path, bytes]:
    """
    Writes the files of an issue into the folder, and returns them; never overwrites a path in
    ``protected``.

    Old files of outputs that were refused are removed: they show another state of the issue than
    the files that are written now.

    Raises:
        OutputRefused: they cannot be written.
        PreflightFailed: there are findings, and warnings are to be errors.
    """
    if not outcome.artifacts:
        return {}
    files = {folder / artifact.name: artifact.data for artifact in outcome.artifacts}
    sources = protected | real(map(Path, outcome.sources))
    old_files = tuple(_find_old_files(folder, files))
    result.findings = in_order((*outcome.findings, *old_files))
    reasons = {finding for refusal in outcome.refused for finding in refusal.findings}
    is_strict = reporting.strict and not outcome.is_proof
    if is_strict and faults_among({*result.findings} - reasons):
        raise PreflightFailed(result.findings)
    stale = {r.output: _stale_files(folder, r, sources | real(files)) for r in outcome.refused}
    old = [path for paths in stale.values() for path in paths]
    with result.record.stage("write"), result.record.stage("total"):
        write_whole(files, sources=sources, stale=old)
    result.findings = in_order((*result.findings, *_removed(folder, stale)))
    result.files += files
    result.artifacts = [
        {"file": str(path), "bytes": len(data), "sha256": digest_of(data)}
        for path, data in files.items()
    ]
    if reporting.is_text:
        result.lines += files
    return files


def _stale_files(folder: Path, refusal: RefusedOutput, kept: Collection[Path]) -> list[Path]:
    """The files that an earlier build made of an output that is refused now."""
    # A * stands for the number of a page or of a copy.
    patterns = [re.compile(re.escape(name).replace(r"\*", r"\d+")) for name in refusal.files]
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [
        path
        for path in files
        if any(pattern.fullmatch(path.name) for pattern in patterns)
        and path.is_file()
        and real_path(path) not in kept
    ]


def _removed(folder: Path, stale: Mapping[str, Sequence[Path]]) -> Iterator[Finding]:
    for output, paths in stale.items():
        if paths:
            names = [path.name for path in paths[:_MAX_NAMED]]
            names += ["…"] * (len(paths) > _MAX_NAMED)
            yield _REMOVED.at(Where(str(folder)), output=output, files=tuple(names))


def _find_old_files(folder: Path, files: Iterable[Path]) -> Iterator[Finding]:
    """The numbered files that an earlier, longer build left in the folder."""
    written = {path.name for path in files}
    patterns = {_COPY_NUMBER.sub(r"\\d+", re.escape(name), count=1) for name in written}
    kinds = [re.compile(f"{pattern}$") for pattern in patterns if r"\d+" in pattern]
    if not kinds or not folder.is_dir():
        return
    names = sorted(path.name for path in folder.iterdir())
    old = [name for name in names if name not in written and any(k.match(name) for k in kinds)]
    if old:
        yield _OLD_FILES.at(Where(str(folder)), files=tuple(old[:_MAX_NAMED]), count=len(old))


def _refuse_twice(outcome: Outcome, folder: Path, written: dict[Path, str]) -> None:
    """Refuses a file that another issue of the same command wrote; records the files of this one."""
    for artifact in outcome.artifacts:
        path = folder / artifact.name
        if path in written:
            other = visible(written[path])
            raise OutputRefused(_WRITTEN_TWICE.at(Where(str(path)), issue=other))
    written |= {folder / artifact.name: outcome.source for artifact in outcome.artifacts}


def _refuse_same_names(issues: tuple[Path, ...]) -> None:
    """Two issues of one name would write over each other."""
    by_name: dict[str, Path] = {}
    for path in issues:
        if path.stem in by_name:
            text = _("{first} and {second} would both write {file}")
            first, second = visible(str(by_name[path.stem])), visible(str(path))
            file = visible(f"{path.stem}.pdf")
            raise click.UsageError(text.format(first=first, second=second, file=file))
        by_name[path.stem] = path
