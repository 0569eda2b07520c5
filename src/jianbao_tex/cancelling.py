"""A job that can be cancelled from another thread, at any stage, while others go on."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from typing import Protocol

_LOOK_S = 0.05
"""How often a job that waits for a lock looks whether it is cancelled."""


GoOn = Callable[[], None]
"""Called between two steps of a job; raises where the job is not to go on."""


def always() -> None:
    """A job that nobody cancels goes on."""


class _Lock(Protocol):
    def acquire(self, blocking: bool = ..., timeout: float = ...) -> bool: ...

    def release(self) -> None: ...


class Handle:
    """
    The handle of one job.

    Whoever does the job calls `check` between two steps, and works inside `ending` where it
    waits for something that can be ended.  A job that nobody cancels needs no handle of its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_cancelled = False
        self._ends: list[Callable[[], None]] = []

    @property
    def is_cancelled(self) -> bool:
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
        Goes on, unless the job is cancelled.

        Raises:
            CancelledError: it is.
        """
        if self._is_cancelled:
            raise CancelledError

    @contextlib.contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """
        Around a wait for something that ``end`` ends.

        Raises:
            CancelledError: the job was cancelled before or meanwhile.
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
    def holding(self, lock: _Lock) -> Iterator[None]:
        """
        A lock, waited for as long as the job is not cancelled.

        Raises:
            CancelledError: the job was cancelled while it waited.
        """
        while not lock.acquire(timeout=_LOOK_S):
            self.check()
        try:
            yield
        finally:
            lock.release()
