"""Cancels a job from another thread; other jobs continue."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from typing import Protocol

from jianbao_tex.job_record import JobRecord
from jianbao_tex.opened import Opened

_INTERVAL_S = 0.05
"""The interval in seconds at which a job that waits for a lock checks for cancellation."""


CancelCheck = Callable[[], None]
"""Called between two steps of a job; raises where the job is not to go on."""


def never_cancelled() -> None:
    """The check of a job that is never cancelled: does nothing."""


class _Lock(Protocol):
    # `threading.Lock` and `threading.RLock` are no types.
    def acquire(self, blocking: bool = ..., timeout: float = ...) -> bool: ...

    def release(self) -> None: ...


class Handle:
    """
    The handle of one job.

    The job calls `check` between two steps.  While it waits for a process, it works inside
    `stopping_on_cancel`.  It writes down in ``record`` how it goes, and in ``opened`` what plugins
    opened for it.  A job that is never cancelled needs no handle.
    """

    def __init__(self) -> None:
        self.record = JobRecord()
        self.opened = Opened()
        self._lock = threading.Lock()
        self._is_cancelled = False
        self._ends: list[Callable[[], None]] = []

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody has cancelled the job."""
        return self._is_cancelled

    def cancel(self) -> None:
        """Cancels the job; what it waits for is ended.  Any thread may call this, any time."""
        with self._lock:
            self._is_cancelled = True
            ends = tuple(self._ends)
        for end in ends:
            end()

    def check(self) -> None:
        """
        Does nothing while the job may go on.

        Raises:
            CancelledError: the job is cancelled.
        """
        if self._is_cancelled:
            raise CancelledError

    @contextlib.contextmanager
    def stopping_on_cancel(self, end: Callable[[], None]) -> Iterator[None]:
        """
        Calls ``end`` if the job is cancelled inside the block.

        Raises:
            CancelledError: the job was cancelled before the block or inside it.
        """
        with self._lock:
            self._ends.append(end)
        try:
            self.check()
            yield
        finally:
            with self._lock:
                self._ends.remove(end)
        self.check()


@contextlib.contextmanager
def locked(lock: _Lock, check_cancelled: CancelCheck = never_cancelled) -> Iterator[None]:
    """Holds a lock; while it waits for it, it calls ``check_cancelled``, which may raise."""
    while not lock.acquire(timeout=_INTERVAL_S):
        check_cancelled()
    try:
        yield
    finally:
        lock.release()
