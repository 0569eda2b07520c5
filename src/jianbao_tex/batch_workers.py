"""Many issues on forks of this process, each with its own engine; results come in order."""

from __future__ import annotations

import contextlib
import gc
import os
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from jianbao_tex.batch import LOST, Batch, Outcome, failed
from jianbao_tex.children import Fork, ForkLost, Work, end_apart, free_bytes, may_fork, ready
from jianbao_tex.errors import JianbaoError, LimitReached
from jianbao_tex.findings import Where
from jianbao_tex.finisher import load_readers
from jianbao_tex.job_record import JobRecord
from jianbao_tex.leases import close_all
from jianbao_tex.master import RefusedOutput
from jianbao_tex.packing import pack, pack_finding, unpack, unpack_finding
from jianbao_tex.plugin_use import uses_from_json
from jianbao_tex.press import Press
from jianbao_tex.typesetter.pool import JOB_BYTES

BYTES_PER_JOB = JOB_BYTES + 100 * 1024**2
"""
What a worker takes: a job of TeX, Python 62 MB, and some air.  A series with two layouts takes
226 MB more.
"""

_PER_WORKER = 2
"""So many issues are given to a worker, so that it need not wait for the next one."""
_MOST_AHEAD = 3


class Workers:
    """
    Forks that press issues; must be made while this process has one thread.

    Args:
        press: what they press with; each makes its own engine.
        batch: what they do with an issue.
        count: how many.

    Raises:
        OSError: there is no room for so many processes.
    """

    def __init__(self, press: Press, batch: Batch, count: int) -> None:
        self._press = press
        self._batch = batch
        _load(press)
        # Each fork with the numbers of the issues that it has, in its order.
        self._forks: dict[Fork, deque[int]] = {}
        try:
            for _ in range(count):
                self._add()
        except BaseException:
            self.close()
            raise

    def outcomes(self, issues: Sequence[Path]) -> Iterator[Outcome]:
        """
        The outcome of each issue, in their order.

        Only a few are worked on ahead, so that a thousand results do not fill the memory.
        """
        waiting = deque(range(len(issues)))
        done: dict[int, Outcome] = {}
        most_ahead = _MOST_AHEAD * len(self._forks)
        for number in range(len(issues)):
            while number not in done:
                if not self._forks:
                    # All were lost: this one is done here.
                    waiting.remove(number)
                    done[number] = self._batch.press_file(issues[number])
                    break
                self._give(waiting, issues, number + most_ahead)
                for fork in ready([*self._forks]):
                    self._take(fork, waiting, issues, done)
            yield done.pop(number)

    def close(self) -> None:
        """Ends all forks, with their engines and folders."""
        gc.unfreeze()
        forks, self._forks = self._forks, {}
        for fork in forks:
            fork.ask_to_end()
        for fork in forks:
            fork.end()

    def _add(self) -> None:
        self._forks[Fork(self._prepare)] = deque()

    def _give(self, waiting: deque[int], issues: Sequence[Path], end: int) -> None:
        """Sends issues to the forks that have few, in turn."""
        for size in range(_PER_WORKER):
            for fork, numbers in self._forks.items():
                if waiting and waiting[0] < end and len(numbers) <= size:
                    # One that has ended is seen when its answer is awaited.
                    with contextlib.suppress(ForkLost):
                        fork.send(os.fsencode(issues[waiting[0]]))
                        numbers.append(waiting.popleft())

    def _take(
        self,
        fork: Fork,
        waiting: deque[int],
        issues: Sequence[Path],
        done: dict[int, Outcome],
    ) -> None:
        """Takes an outcome from a fork; one that was lost is replaced where that is possible."""
        numbers = self._forks[fork]
        try:
            outcome = _unpack(fork.receive())
        except ForkLost as lost:
            reason = str(lost)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            reason = type(error).__name__
        else:
            done[numbers.popleft()] = outcome
            return
        del self._forks[fork]
        fork.end()
        if not fork.was_ready:
            # Another one would fail in the same way.
            waiting.extendleft(reversed(numbers))
            return
        if numbers:
            # The others are not begun yet.
            name = str(issues[numbers[0]])
            done[numbers.popleft()] = failed(
                name, LimitReached(LOST.at(Where(name), reason=reason))
            )
            waiting.extendleft(reversed(numbers))
        with contextlib.suppress(OSError):
            if may_fork():
                self._add()

    @contextlib.contextmanager
    def _prepare(self) -> Iterator[Work]:
        """In the fork: an engine of its own, which ends with it."""
        with contextlib.ExitStack() as stack:
            stack.callback(close_all)
            stack.callback(end_apart)
            # Without TeX each issue says so itself.
            with contextlib.suppress(JianbaoError):
                engine = self._press.renew_engine(says_fault=not self._forks)
                engine.keep = 1
                stack.callback(engine.close)
            yield lambda request: _pack(self._batch.press_file(Path(os.fsdecode(request))))


def jobs_that_fit(jobs: int) -> int:
    """How many of so many jobs the free memory is enough for; at least one."""
    free = free_bytes()
    return jobs if free is None else max(1, min(jobs, free // BYTES_PER_JOB))


def _load(press: Press) -> None:
    """Makes and loads what all forks share, so that it is in memory once."""
    with contextlib.suppress(JianbaoError):
        _ = press.composer
        # Once for all: each fork would set the sample again.
        _ = press.engine.rung
    load_readers()
    # The garbage collector would write to all objects that exist now, and so copy their memory in
    # each fork.
    gc.freeze()


# --- Plain data --------------------------------------------------------------------------------


def _pack(outcome: Outcome) -> bytes:
    return pack(
        outcome,
        source=outcome.source,
        exit_code=outcome.exit_code,
        cached=outcome.cached,
        is_proof=outcome.is_proof,
        settings=dict(outcome.settings),
        record=vars(outcome.record),
        plugins=[use.as_json() for use in outcome.plugins],
        refused=[
            [refusal.output, [*map(pack_finding, refusal.findings)], list(refusal.files)]
            for refusal in outcome.refused
        ],
    )


def _unpack(data: bytes) -> Outcome:
    fields, others = unpack(data)
    refused = tuple(
        RefusedOutput(output, tuple(map(unpack_finding, findings)), tuple(files))
        for output, findings, files in others.pop("refused")
    )
    record = others.pop("record")
    record["outputs"] = tuple(record["outputs"])
    others["plugins"] = uses_from_json(others["plugins"])
    return Outcome(**fields, **others, refused=refused, record=JobRecord(**record))
