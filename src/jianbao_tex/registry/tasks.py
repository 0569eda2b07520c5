"""
Work of plugins in a fork of this process: whatever it does there, this process goes on.

A plugin may loop, take all memory, end its process, close its streams or change into another
folder.  That costs its own work, and nothing else.
"""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from jianbao_tex.cancelling import Handle
from jianbao_tex.children import LATE, Fork, ForkLost, limited, may_fork
from jianbao_tex.errors import JianbaoError, PluginBroken
from jianbao_tex.language import Phrase, say
from jianbao_tex.opened import Opened, opened_from_now_on
from jianbao_tex.packing import pack_error, pack_record, unpack_error, unpack_record
from jianbao_tex.registry.plugins import Plugin, describe_exception
from jianbao_tex.registry.trace import Call, Trace

SECONDS = 10.0
"""How much processor time a plugin may use for one task."""
MEMORY_BYTES = 512 * 1024**2
"""How much more memory it may use than the process used before."""
TOO_MUCH_MEMORY = say("it uses more than {size} MiB of memory", size=MEMORY_BYTES // 1024**2)
_PATIENCE = 6
"""How many times longer a task may take by the clock: others use the processors, too."""
_LOOK_S = 0.05


@dataclass(frozen=True)
class Task:
    """
    One thing that a plugin does.

    ``work`` returns plain data.  ``hook`` is what findings call it.  ``seconds`` are how long it
    may take by the clock; 0 for what is usual.
    """

    plugin: Plugin
    hook: str
    work: Callable[[], bytes]
    seconds: float = 0.0

    @property
    def longest(self) -> float:
        """How long it may take by the clock, in seconds."""
        return self.seconds or SECONDS * _PATIENCE

    @property
    def processor_seconds(self) -> float:
        """How much processor time it may use."""
        return max(1.0, self.longest / _PATIENCE)


class TaskLost(PluginBroken):
    """A plugin used too much or ended its process; ``reason`` says what it did."""

    def __init__(self, task: Task, reason: Phrase) -> None:
        self.reason = reason
        super().__init__(task.plugin.failed(task.hook, reason))


class Tasks:
    """
    Tasks on the data that this process has when the block is entered.

    They begin there, in a fork; meanwhile this process can do something else.  Where it may not
    fork, because it has threads, each runs here when its answer is asked for, without limits.

    Args:
        tasks: in the order in which they are done and asked for.
        handle: cancels the wait for an answer, and gets what the plugins opened.
        trace: where calls are noted.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        handle: Handle | None = None,
        trace: Trace | None = None,
    ) -> None:
        self._tasks = tasks
        self._handle = handle or Handle()
        self._trace = trace
        self._fork: Fork | None = None

    def __enter__(self) -> Self:
        if self._tasks and may_fork():
            self._start(0)
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._end()

    def answer(self, number: int) -> bytes:
        """
        What a task has returned; waits for it.  The tasks are asked for in their order.

        Raises:
            JianbaoError: the task raised it.
            TaskLost: it used too much, or ended its process.
            CancelledError: the job was cancelled.
        """
        task = self._tasks[number]
        if self._fork is None:
            self._handle.opened.asks_more = True
            return task.work()
        try:
            answer = self._await(self._fork, task.longest)
        except ForkLost as lost:
            self._end()
            # Nobody knows what it has read, and another time it may end.
            self._handle.opened.asks_more = True
            # The others are not done yet.
            if number + 1 < len(self._tasks):
                self._start(number + 1)
            raise TaskLost(task, _reason(str(lost), task)) from lost
        if number + 1 < len(self._tasks):
            self._send(number + 1)
        return self._unpack(task, answer)

    def _start(self, first: int) -> None:
        try:
            self._fork = Fork(lambda: contextlib.nullcontext(self._work()), is_foreign=True)
            self._send(first)
        except OSError:
            # There is no room for another process.
            self._fork = None

    def _send(self, number: int) -> None:
        """
        Sends the number of the next task.

        One at a time: an answer may fill the socket, and then nobody would read any more.
        """
        assert self._fork
        # One that has ended is seen when its answer is awaited.
        with contextlib.suppress(ForkLost):
            self._fork.send(str(number).encode("ascii"))

    def _end(self) -> None:
        fork, self._fork = self._fork, None
        if fork:
            fork.end()

    def _await(self, fork: Fork, seconds: float) -> bytes:
        end = time.monotonic() + seconds
        while not fork.has_answer(_LOOK_S):
            self._handle.check()
            if time.monotonic() > end:
                raise ForkLost(LATE)
        return fork.receive(seconds)

    def _unpack(self, task: Task, answer: bytes) -> bytes:
        try:
            record, (body,) = unpack_record(answer)
            opened = Opened({*map(str, record["files"])}, bool(record["asks_more"]))
            self._handle.opened.add(opened)
            if self._trace:
                self._trace.calls += [Call(*call) for call in record["calls"]]
            error = unpack_error(record["error"]) if record["error"] else None
        except (KeyError, TypeError, ValueError) as exc:
            self._handle.opened.asks_more = True
            raise TaskLost(task, say("it sent something else than its answer")) from exc
        if error:
            raise error
        return body

    # --- In the fork ---------------------------------------------------------------------------

    def _work(self) -> Callable[[bytes], bytes]:
        # The collector would write to all objects that exist now, and so copy their memory.
        gc.freeze()
        opened = opened_from_now_on()
        return lambda request: self._do(self._tasks[int(request)], opened)

    def _do(self, task: Task, opened: Opened) -> bytes:
        calls: list[Call] = []
        if self._trace:
            self._trace.calls = calls
        error: dict[str, Any] | None = None
        body = b""
        with limited(MEMORY_BYTES, task.processor_seconds):
            try:
                body = task.work()
            except JianbaoError as exc:
                error = pack_error(exc)
            except BaseException as exc:  # noqa: BLE001 -- whatever a plugin raises is its own
                fault = task.plugin.failed(task.hook, describe_exception(exc))
                error = pack_error(PluginBroken(fault))
        record = {
            "error": error,
            "files": sorted(opened.files),
            "asks_more": opened.asks_more,
            "calls": [[call.plugin, call.what, call.seconds] for call in calls],
        }
        return pack_record(record, [body])


def _reason(how: str, task: Task) -> Phrase:
    """Why a task was lost, from a signal or an exit status."""
    if how == "SIGXCPU":
        return say(
            "it used more than {seconds} seconds of processor time",
            seconds=f"{task.processor_seconds:.0f}",
        )
    if how == LATE:
        return say("it gave no answer in {seconds} seconds", seconds=f"{task.longest:.0f}")
    return say("it ended its process ({how})", how=how)
