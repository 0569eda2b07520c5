"""How many jobs may work at a time: as many as the machine has room for, and at least one."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

from jianbao_tex.cancelling import CancelCheck, never_cancelled
from jianbao_tex.children.memory import free_bytes

MOST_AT_A_TIME = max(4, 2 * (os.cpu_count() or 1))
"""More jobs than this would only wait for each other, until their time is up."""

_LOOK_S = 0.1


class Turns:
    """
    Turns of the jobs of this process.

    A job has a turn if it is the only one, or if there are few others and the free memory of the
    machine is enough for it and for all that the others may take.  The memory that other
    processes use counts, too.

    Args:
        most: how many jobs may have a turn at a time.
    """

    def __init__(self, most: int = MOST_AT_A_TIME) -> None:
        self._most = most
        self._reset()
        if hasattr(os, "register_at_fork"):
            # The jobs of the other process are not this one's.
            os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self._count = self._reserved = 0
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def taken(
        self, need_bytes: int, check_cancelled: CancelCheck = never_cancelled
    ) -> Iterator[None]:
        """
        Waits for a turn, and has it for the block.

        Args:
            need_bytes: what the job takes at most, as far as is known.
            check_cancelled: called while the job waits; may raise.
        """
        while not self._take(need_bytes):
            check_cancelled()
            with self._changed:
                # Not for a signal alone: memory of other processes may become free.
                self._changed.wait(_LOOK_S)
        changed = self._changed
        try:
            yield
        finally:
            # In a fork that was made in the block the turn is not this process's any more.
            if changed is self._changed:
                with changed:
                    self._count -= 1
                    self._reserved -= need_bytes
                    changed.notify_all()

    def _take(self, need_bytes: int) -> bool:
        """Takes a turn if there is one."""
        with self._changed:
            is_free = not self._count or (
                self._count < self._most and has_room(self._reserved + need_bytes)
            )
            if is_free:
                self._count += 1
                self._reserved += need_bytes
            return is_free


def has_room(need_bytes: int) -> bool:
    """Whether so much memory is free; true where the system does not say it."""
    free = free_bytes()
    return free is None or free >= need_bytes
