"""Forks: copies of this process that answer its requests, one at a time, in frames."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NoReturn

from jianbao_tex.children.frames import receive_frame, send_frame
from jianbao_tex.children.limits import ChildLimits
from jianbao_tex.children.signals import SIGNALS, signals_held

Work = Callable[[bytes], bytes]
"""What a fork does with a request."""

_PATIENCE_S = 10.0
_INTERVAL_S = 0.005
_FIRST_OWN_FILE = 3
_PR_SET_PDEATHSIG = 1


LATE = "late"
"""How a fork has ended that gave no answer in time."""


class ForkLost(Exception):
    """A fork has ended, or has answered nonsense; the message says how."""


class _Ended(BaseException):
    """The parent wants the fork to end."""


_ENDINGS: list[bool] = []
"""Not empty once this process, a fork, was asked to end."""


def may_fork() -> bool:
    """Whether this process has one thread only, so that a fork of it is whole (decision 0038)."""
    try:
        return len([*Path("/proc/self/task").iterdir()]) == 1 and hasattr(os, "fork")
    except OSError:
        return False


class Fork:
    """
    A fork; the function that makes it ends it.

    Args:
        prepare: called in the fork.  It yields the function that does the work; what it cleans up
            is cleaned up when the fork ends.
        limits: what the fork may use, where it works on what comes from outside.
        is_foreign: it runs code of others.  It is killed with all that it has started, because it
            has nothing to clean up and may refuse to end; what it prints goes to standard error.

    Raises:
        OSError: there is no room for another process.
    """

    def __init__(
        self,
        prepare: Callable[[], AbstractContextManager[Work]],
        limits: ChildLimits | None = None,
        *,
        is_foreign: bool = False,
    ) -> None:
        ours, theirs = socket.socketpair()
        # Else both would write what is in the buffers now.
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        parent = os.getpid()
        # A handler of the parent would raise through its code in the fork.
        try:
            with signals_held():
                pid = os.fork()
                if not pid:
                    ours.close()
                    _live(prepare, theirs, parent, limits, is_foreign=is_foreign)
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        self.was_ready = False
        self._is_foreign = is_foreign
        self._pid: int | None = pid
        self._status = 0
        self._socket = ours

    def fileno(self) -> int:
        """The descriptor that becomes readable when there is an answer."""
        return self._socket.fileno()

    def send(self, request: bytes) -> None:
        """
        Sends a request.

        Raises:
            ForkLost: the fork has ended.
        """
        try:
            send_frame(self._socket, request)
        except OSError:
            raise ForkLost(self._how_ended()) from None

    def receive(self, seconds: float | None = None) -> bytes:
        """
        The answer to the oldest request; waits for it, at most so many seconds if they are given.

        Raises:
            ForkLost: the fork has ended, or is ended because it is late; ``was_ready`` says
                whether it was able to work.
        """
        self._socket.settimeout(seconds)
        if not self.was_ready:
            # It has sent an empty frame when it was prepared.
            self._next_frame()
            self.was_ready = True
        return self._next_frame()

    def _next_frame(self) -> bytes:
        try:
            frame = receive_frame(self._socket)
        except TimeoutError:
            self._kill()
            raise ForkLost(LATE) from None
        except OSError:
            frame = None
        if frame is None:
            raise ForkLost(self._how_ended())
        return frame

    def has_answer(self, seconds: float) -> bool:
        """Whether there is an answer, or it has ended; waits for that at most so many seconds."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def ask_to_end(self) -> None:
        """Lets it clean up and end; `end` waits for that."""
        self._kill(signal.SIGTERM)

    def end(self) -> None:
        """Lets it clean up, then ends it."""
        self._socket.close()
        if self._pid is not None:
            if self._is_foreign:
                _kill_descendants(self._pid)
            else:
                self.ask_to_end()
            if self._is_foreign or not self._has_ended(_PATIENCE_S):
                self._kill()
            self._reap()

    def abandon(self) -> None:
        """In a fork of the process that made it: it belongs to that one."""
        # Its number may be another file here.
        self._socket.detach()
        self._pid = None

    def _kill(self, number: int = signal.SIGKILL) -> None:
        if self._pid is not None:
            # The system has reaped it by itself where SIGCHLD is ignored.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, number)

    def _has_ended(self, seconds: float) -> bool:
        """Whether it ends within so many seconds; then it is reaped."""
        end = time.monotonic() + seconds
        while self._pid is not None:
            pid, status = self._wait(os.WNOHANG)
            if pid:
                self._pid, self._status = None, status
            elif time.monotonic() > end:
                return False
            else:
                time.sleep(_INTERVAL_S)
        return True

    def _how_ended(self) -> str:
        """How the fork has ended, or is ended now."""
        if not self._has_ended(1.0):
            self._kill()
        self._reap()
        return how_ended(os.waitstatus_to_exitcode(self._status))

    def _reap(self) -> None:
        if self._pid is not None:
            _, self._status = self._wait(0)
            self._pid = None

    def _wait(self, options: int) -> tuple[int, int]:
        """As `os.waitpid`; a child that is gone has ended."""
        assert self._pid is not None
        try:
            if self._is_foreign and os.waitid(
                os.P_PID, self._pid, os.WEXITED | os.WNOWAIT | options
            ):
                # What it has started; until it is reaped nothing else has its number.
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._pid, signal.SIGKILL)
            return os.waitpid(self._pid, options)
        except ChildProcessError:
            return self._pid, 0


def _kill_descendants(process: int) -> None:
    """Kills what a process has started, also what has left its group."""
    children: list[int] = []
    with contextlib.suppress(OSError):
        for tasks in Path(f"/proc/{process}/task").glob("*/children"):
            children += map(int, tasks.read_text(encoding="ascii").split())
    for child in children:
        _kill_descendants(child)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(child, signal.SIGKILL)


def how_ended(code: int) -> str:
    """The name of the signal that ended a process, or its exit status."""
    return signal.Signals(-code).name if code < 0 else f"exit status {code}"


def ready(forks: Sequence[Fork]) -> list[Fork]:
    """Those that have an answer, or have ended; waits for the first one."""
    poll = select.poll()
    by_number = {fork.fileno(): fork for fork in forks}
    for number in by_number:
        poll.register(number, select.POLLIN)
    return [by_number[number] for number, _ in poll.poll()]


# --- In the fork -----------------------------------------------------------------------------


def _live(
    prepare: Callable[[], AbstractContextManager[Work]],
    requests: socket.socket,
    parent: int,
    limits: ChildLimits | None,
    *,
    is_foreign: bool,
) -> NoReturn:
    """Answers requests until there are no more; never returns."""
    code = 1
    try:
        _become_fork(requests.fileno(), parent, is_foreign=is_foreign)
        if limits:
            limits.apply()
        with prepare() as work:
            # It is ready.
            send_frame(requests, b"")
            while (request := receive_frame(requests)) is not None:
                send_frame(requests, work(request))
        code = 0
    except _Ended:
        code = 128 + signal.SIGTERM
    except (BrokenPipeError, ConnectionResetError):
        # The parent has closed its end.
        code = 0
    except BaseException:  # noqa: BLE001 -- it must not return into the code of the parent
        with contextlib.suppress(BaseException):
            traceback.print_exc()
            sys.stderr.flush()
    finally:
        os._exit(code)


def _become_fork(number: int, parent: int, *, is_foreign: bool) -> None:
    # Ctrl-C reaches all processes of the terminal; the parent says which work ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # It may be a fork of a fork.
    _ENDINGS.clear()
    signal.signal(signal.SIGTERM, _end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    if not is_foreign:
        # Code of others may have opened files, which would get the numbers of other files.
        _close_all_but(number)
    # What replaced them, as test runners do, may have had a file of its own.
    sys.stdout, sys.stderr = (
        stream or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        for stream in (sys.__stdout__, sys.__stderr__)
    )
    import ctypes

    at_death = signal.SIGKILL if is_foreign else signal.SIGTERM
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, at_death)
    if is_foreign:
        os.setpgid(0, 0)
        os.dup2(sys.stderr.fileno(), 1)
    if os.getppid() != parent:
        raise _Ended


def _end(*_: object) -> None:
    # Once: it must not interrupt the cleaning up.  Another handler would be worse: Python prints a
    # traceback if a second signal came meanwhile.
    if not _ENDINGS:
        _ENDINGS.append(True)
        raise _Ended


def _close_all_but(kept: int) -> None:
    numbers = [int(path.name) for path in Path("/proc/self/fd").iterdir()]
    for number in numbers:
        if number >= _FIRST_OWN_FILE and number != kept:
            # The list itself was open, too.
            with contextlib.suppress(OSError):
                os.close(number)
