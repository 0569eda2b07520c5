"""Issues built on the workers of a Dask cluster."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jianbao_tex.errors import JianbaoError, LimitReached, ToolMissing
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.language import Phrase, say
from jianbao_tex.version import __version__

if TYPE_CHECKING:
    from jianbao_tex.batch import Outcome
    from jianbao_tex.parcels import Parcel
    from jianbao_tex.press import Press

_NO_DASK = error(
    "JB428",
    "the Python package distributed, which is needed for clusters, is not installed",
    "install it: pip install 'jianbao_tex[cluster]'",
)
_NO_SCHEDULER = error(
    "JB429",
    "no Dask scheduler answers there: {reason}",
    "check the address, and that the scheduler runs and can be reached; then build again what "
    "is missing",
)
_NO_WORKER = error(
    "JB439",
    "the cluster has no worker for this: {reason}",
    "start one that has jianbao_tex {version}: dask worker {address}",
)

_PATIENCE_S = 10.0
"""How long a cluster may be without its scheduler or a worker, and a worker without a sign."""
_LOOK_S = 0.5
_POLL_S = 0.2
_SPARE_S = 30.0
"""What a job may take beyond the time limit of TeX: to travel, and for the checks."""
_AHEAD = 3
"""How many issues are sent for each thread of the workers."""
_TRIES = 3
_GRACE_S = 2.0


def outcomes_on(
    address: str, press: Press, issues: Sequence[Path], outputs: Sequence[str]
) -> Generator[Outcome, None, None]:
    """
    The outcome of each issue on a cluster, in their order.

    If a worker dies or stops, another one gets its jobs.  If the cluster is lost, the first issue
    that is not done says so; the others have failed, too.
    """
    from jianbao_tex.batch import Outcome

    done = 0
    try:
        for outcome in _outcomes(address, press, issues, outputs):
            yield outcome
            done += 1
    except JianbaoError as exc:
        findings = exc.findings
        for path in issues[done:]:
            yield Outcome(source=str(path), exit_code=exc.exit_code, findings=findings)
            findings = ()


def _outcomes(
    address: str, press: Press, issues: Sequence[Path], outputs: Sequence[str]
) -> Iterator[Outcome]:
    from jianbao_tex.parcels import Packer

    packer = Packer(press, outputs)
    limit = press.limits.wall_s + _SPARE_S
    with _connected(address) as client:
        jobs = _Jobs(client, _Workers(client, address), limit)
        yield from jobs.outcomes(map(packer.pack, issues))


@contextlib.contextmanager
def _connected(address: str) -> Iterator[Any]:
    try:
        from distributed import Client
    except ImportError as exc:
        raise ToolMissing(_NO_DASK.at(Where(address))) from exc
    # What they log of a lost scheduler, a finding says.
    for name in [*logging.root.manager.loggerDict]:
        if name.split(".")[0] in {"distributed", "tornado", "asyncio"}:
            logging.getLogger(name).disabled = True
    try:
        client = Client(address, timeout=_PATIENCE_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as exc:
        raise ToolMissing(_NO_SCHEDULER.at(Where(address), reason=str(exc))) from exc
    try:
        yield client
    finally:
        _beside(client.close, 1).join(_GRACE_S)


def _beside(function: Callable[..., object], *given: object) -> threading.Thread:
    """Calls a function of dask in a thread: with a scheduler that is stopped it never returns."""

    def call() -> None:
        with contextlib.suppress(Exception):
            function(*given)

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    return thread


class _Workers:
    """
    The workers of a cluster that can do our jobs.

    ``scheduler`` is the name of the scheduler, another one when it was started again.
    """

    def __init__(self, client: Any, address: str) -> None:
        self.scheduler = ""
        self._client = client
        self._where = Where(address)
        self._threads: dict[str, int] = {}
        self._versions: dict[str, str] = {}
        # When each of them, and the scheduler, gave its last sign: of what, and our time of it.
        self._signs: dict[str, tuple[object, float]] = {}
        self._last_good = self._heard = time.monotonic()
        _beside(self._look_on)

    def able(self) -> dict[str, int]:
        """
        How many threads each has, by its address.

        Raises:
            ToolMissing: for some time there was none, or no scheduler.
        """
        now = time.monotonic()
        is_lost = now - self._heard > _PATIENCE_S / 2 or self._client.status != "running"
        able = (
            {}
            if is_lost
            else {
                worker: count
                for worker, count in {**self._threads}.items()
                if self._versions.get(worker) == __version__
                and now - self._signs[worker][1] < _PATIENCE_S
            }
        )
        if able:
            self._last_good = now
        elif now - self._last_good > _PATIENCE_S:
            lost = _NO_SCHEDULER.at(self._where, reason=say("it was lost"))
            raise ToolMissing(lost if is_lost else self._no_worker())
        return able

    def _no_worker(self) -> Finding:
        others = [f"{worker} ({self._versions.get(worker) or '?'})" for worker in self._threads]
        reason = (
            say(
                "those that it has are stopped or of another version: {workers}",
                workers=tuple(others),
            )
            if others
            else say("none came in {seconds} s", seconds=f"{_PATIENCE_S:.0f}")
        )
        values = {"version": __version__, "address": self._where.file}
        return _NO_WORKER.at(self._where, reason=reason, **values)

    def _look_on(self) -> None:
        """In a thread: notes what the scheduler says of its workers, as long as there is one."""
        while self._client.status in {"running", "connecting"}:
            with contextlib.suppress(Exception):
                self._note(self._client.scheduler_info(n_workers=-1))
            time.sleep(_LOOK_S)

    def _note(self, identity: Any) -> None:
        workers = identity["workers"]
        now = time.monotonic()
        for worker, facts in workers.items():
            if self._signs.get(worker, ("", 0))[0] != facts["last_seen"]:
                self._signs[worker] = (facts["last_seen"], now)
            if worker not in self._versions:
                self._versions[worker] = ""
                # One that is stopped never answers.
                _beside(self._ask_version, worker)
        self._threads = {worker: int(facts["nthreads"]) for worker, facts in workers.items()}
        self.scheduler, self._heard = str(identity["id"]), now

    def _ask_version(self, worker: str) -> None:
        answers = self._client.run(_version_here, workers=[worker], on_error="ignore")
        self._versions[worker] = answers.get(worker) or "?"


@dataclass
class _Job:
    """A parcel, the worker and the scheduler that have it, or its outcome."""

    name: str
    parcel: Parcel | None = None
    outcome: Outcome | None = None
    future: Any = None
    worker: str = ""
    scheduler: str = ""
    since: float = 0.0
    tries: int = 0


class _Jobs:
    """The jobs of a command on their way."""

    def __init__(self, client: Any, workers: _Workers, limit: float) -> None:
        self._client = client
        self._workers = workers
        # A worker has some of them at a time, and does one after another.
        self._limit = limit * _AHEAD
        self._waiting: deque[_Job] = deque()

    def outcomes(self, items: Iterator[Parcel | Outcome]) -> Iterator[Outcome]:
        """The outcome of each parcel, in their order; raises where the cluster is lost."""
        while True:
            able = self._workers.able()
            room = max(1, sum(able.values())) * _AHEAD - len(self._waiting)
            self._waiting += map(_job_of, islice(items, max(room, 0)))
            if not self._waiting:
                return
            for job in self._waiting:
                if not job.outcome:
                    self._advance(job, able)
            while self._waiting and (outcome := self._waiting[0].outcome):
                yield outcome
                self._waiting.popleft()
            self._wait()

    def _advance(self, job: _Job, able: Mapping[str, int]) -> None:
        """Takes the outcome of a job, or sends it, also again."""
        from jianbao_tex.batch import LOST, Outcome, failed

        if job.future is not None:
            fault = self._fault(job, able)
            if fault is None:
                return
            if isinstance(fault, Outcome):
                job.outcome, job.future = fault, None
                return
            _beside(job.future.cancel)
            job.future = None
            if job.tries >= _TRIES:
                lost = LOST.at(Where(job.name), reason=fault)
                job.outcome = failed(job.name, LimitReached(lost))
                return
        if able:
            self._send(job, able)

    def _send(self, job: _Job, able: Mapping[str, int]) -> None:
        from jianbao_tex.parcels import press_parcel

        load = Counter(other.worker for other in self._waiting if other.future is not None)
        # Another one than before, if there is one; of these the one that has least to do.
        job.worker = min(able, key=lambda w: (w == job.worker, load[w] / max(able[w], 1)))
        job.scheduler, job.since = self._workers.scheduler, time.monotonic()
        job.tries += 1
        job.future = self._client.submit(
            press_parcel, job.parcel, pure=False, workers=[job.worker], retries=0
        )

    def _fault(self, job: _Job, able: Mapping[str, int]) -> Outcome | Phrase | str | None:
        """The outcome of a job that was sent, why it has none, or ``None`` while it is done."""
        status = job.future.status
        if job.scheduler != self._workers.scheduler:
            # It has forgotten all jobs; that is no fault of this one.
            job.tries -= 1
            return say("the scheduler was started again")
        if status == "pending":
            return self._stop(job, able)
        if status == "finished":
            with contextlib.suppress(Exception):
                outcome: Outcome = job.future.result(timeout=_PATIENCE_S)
                return outcome
        if status == "error":
            with contextlib.suppress(Exception):
                return type(job.future.exception(timeout=_PATIENCE_S)).__name__
        return str(status)

    def _stop(self, job: _Job, able: Mapping[str, int]) -> Phrase | None:
        """Why to wait no longer for a job."""
        if able and job.worker not in able:
            return say("the worker stopped")
        if time.monotonic() - job.since > self._limit:
            return say("no answer in {seconds} s", seconds=f"{self._limit:.0f}")
        return None

    def _wait(self) -> None:
        """Waits until one of the jobs has ended, or for a moment."""
        from distributed import wait

        futures = [job.future for job in self._waiting if job.future is not None]
        if any(future.status != "pending" for future in futures):
            return
        if not futures:
            time.sleep(_POLL_S)
            return
        # It raises whatever a lost scheduler leads to, and when the time is over.
        with contextlib.suppress(Exception):
            wait(futures, timeout=_POLL_S, return_when="FIRST_COMPLETED")


def _job_of(item: Parcel | Outcome) -> _Job:
    from jianbao_tex.batch import Outcome

    if isinstance(item, Outcome):
        return _Job(item.source, outcome=item)
    return _Job(item.source, parcel=item)


def _version_here() -> str:
    """On a worker: which version it has; '' for none."""
    from importlib import metadata

    try:
        return metadata.version("jianbao_tex")
    except metadata.PackageNotFoundError:
        return ""
