"""
Presses many issues on any executor; the results come in the order of the issues.

Threads share one press.  Other processes and other machines get parcels (`jianbao_tex.parcels`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jianbao_tex.errors import (
    JianbaoError,
    LimitReached,
)
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.job_record import JobRecord
from jianbao_tex.master import Artifact, RefusedOutput
from jianbao_tex.plugin_use import PluginUse
from jianbao_tex.press import Handle, Press, Source
from jianbao_tex.provenance import identify
from jianbao_tex.results import ResultStore

LOST = error(
    "JB427",
    "the worker that built this issue stopped or gave no answer ({reason})",
    "build it again with fewer jobs; on a cluster look at the worker's memory and its log",
)

_QUEUED_PER_JOB = 3


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """
    The outcome of one issue: the files to write, or the exit code and the findings.

    If some of its outputs are ``refused``, it has both.  ``is_proof``: all that was asked for are
    outputs that take an issue which the checks refuse.  ``settings`` are the settings of plugins as
    the issue chooses.  ``record`` says how the job went.
    """

    source: str
    exit_code: int = 0
    artifacts: tuple[Artifact, ...] = ()
    findings: tuple[Finding, ...] = ()
    pages: int | None = None
    sources: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    cached: bool = False
    is_proof: bool = False
    refused: tuple[RefusedOutput, ...] = ()
    plugins: tuple[PluginUse, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    # How it went is not what came of it.
    record: JobRecord = field(default_factory=JobRecord, compare=False)


class Batch:
    """
    Presses issues by name.

    Args:
        outputs: what to make of each.
        results: the store of earlier results.
    """

    def __init__(
        self, press: Press, outputs: Sequence[str] = ("pdf",), results: ResultStore | None = None
    ) -> None:
        self._press = press
        self._outputs = tuple(outputs)
        self._results = results

    def press_file(self, path: Path, handle: Handle | None = None) -> Outcome:
        """
        The outcome of the issue in a file.  A fault of the issue becomes a finding, not an
        exception.

        Raises:
            CancelledError: the job was cancelled.
        """
        since = self._results.clock() if self._results else 0
        handle = handle or Handle()
        try:
            return self.press_source(Source.from_file(path), since, handle)
        except JianbaoError as exc:
            return failed(str(path), exc, handle.record)

    def press_source(
        self, source: Source, since_ns: int = 0, handle: Handle | None = None
    ) -> Outcome:
        """
        The outcome of a source; ``since_ns`` is the time when it was read.  Raises as
        `Press.press`.
        """
        handle = handle or Handle()
        handle.check()
        identify(handle.record, source, self._outputs)
        with handle.record.stage("total"):
            return self._press_source(source, since_ns, handle)

    def _press_source(self, source: Source, since_ns: int, handle: Handle) -> Outcome:
        with handle.record.stage("cache"):
            result = self._results.get(source, self._outputs) if self._results else None
        cached = result is not None
        if result is None:
            result = self._press.press(source, self._outputs, handle)
            # What was refused may depend on more than is checked, and is soon corrected.
            if self._results and since_ns and not result.refused:
                with handle.record.stage("cache"):
                    self._results.put(source, self._outputs, result, since_ns)
        makers = self._press.registry.outputs
        return Outcome(
            source=source.name,
            exit_code=result.exit_code,
            is_proof=all(makers[name].takes_refused for name in self._outputs),
            artifacts=result.artifacts,
            findings=result.findings,
            pages=result.pages,
            sources=result.sources,
            inputs=result.inputs,
            tools=result.tools,
            cached=cached,
            refused=result.refused,
            plugins=result.plugins,
            settings=result.settings,
            record=handle.record,
        )


def failed(name: str, exc: JianbaoError, record: JobRecord | None = None) -> Outcome:
    """What becomes of an issue that was refused."""
    return Outcome(
        source=name,
        exit_code=exc.exit_code,
        findings=exc.findings,
        record=record or JobRecord(),
    )


def run_in_order(
    function: Callable[[Any], Outcome],
    items: Iterable[Any],
    executor: Executor,
    jobs: int,
) -> Generator[Outcome, None, None]:
    """
    The outcome of each item, in the order of the items.

    Only a few items wait in the queue, so that a thousand results do not fill the memory.
    If the caller leaves the loop early, the waiting items are cancelled.

    Args:
        function: takes an item; what it raises is raised here.
        items: what it takes, or outcomes that are known already.
        executor: any that runs functions: threads, processes.
        jobs: how many it runs at a time.
    """
    waiting: deque[tuple[str, Future[Outcome]]] = deque()

    def next_outcome() -> Outcome:
        name, future = waiting.popleft()
        try:
            return future.result()
        except BrokenExecutor as exc:
            return failed(name, LimitReached(LOST.at(Where(name), reason=type(exc).__name__)))

    try:
        for item in items:
            waiting.append((_name_of(item), _submit(function, item, executor)))
            if len(waiting) >= jobs * _QUEUED_PER_JOB:
                yield next_outcome()
        while waiting:
            yield next_outcome()
    finally:
        for _, future in waiting:
            future.cancel()


def _submit(function: Callable[[Any], Outcome], item: Any, executor: Executor) -> Future[Outcome]:
    if not isinstance(item, Outcome):
        return executor.submit(function, item)
    future: Future[Outcome] = Future()
    future.set_result(item)
    return future


def _name_of(item: Any) -> str:
    return str(getattr(item, "source", item))
