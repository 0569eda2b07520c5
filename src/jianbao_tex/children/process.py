"""Starts a program, waits for it, and ends it with its child processes."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from enum import Enum, auto
from pathlib import Path

GUARD = ("/bin/sh", "-c", 'echo up >&0 && read -r go && exec "$@" </dev/null', "sh")
"""
Words before a command: the program begins only when its parent waits for it.

A system ends a child with its parent only after the child has asked for that.  bubblewrap asks
twice, for itself and inside the fence; a parent that was killed before left a program without end.
So the program begins when all around it is up, and a line comes from the parent.
"""


class Process:
    """
    A running program; ends with the whole of its group.

    Args:
        guard: the other end of the standard input of a program after `GUARD`.
    """

    def __init__(self, popen: subprocess.Popen[bytes], guard: socket.socket | None = None) -> None:
        self._popen = popen
        self._guard = guard

    @property
    def is_alive(self) -> bool:
        return self._popen.poll() is None

    def send_go(self) -> bool:
        """Lets a waiting program go on; returns whether it still runs."""
        assert self._popen.stdin is not None
        try:
            self._popen.stdin.write(b"\n")
            self._popen.stdin.close()
        except OSError:
            return False
        return True

    def wait(self, seconds: float) -> int | None:
        """The exit status, or ``None`` if it still runs after so many seconds."""
        if self._guard:
            start = time.monotonic()
            self._let_begin(self._guard, seconds)
            seconds -= time.monotonic() - start
        handle = self._handle() if self._popen.returncode is None else None
        if handle is not None:
            try:
                poll = select.poll()
                poll.register(handle, select.POLLIN)
                poll.poll(max(0.0, seconds) * 1000)
            finally:
                os.close(handle)
            return self._popen.poll()
        try:
            return self._popen.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            return None

    def _let_begin(self, guard: socket.socket, seconds: float) -> None:
        """Lets a guarded program begin, once it is up; it may have failed before."""
        with contextlib.suppress(OSError):
            guard.settimeout(seconds)
            if guard.recv(8):
                guard.send(b"go\n", getattr(socket, "MSG_NOSIGNAL", 0))
        self._close_guard()

    def _close_guard(self) -> None:
        if self._guard:
            self._guard.close()
            self._guard = None

    def _handle(self) -> int | None:
        """A pidfd, where the system has them: Popen.wait polls and can be up to 50 ms late."""
        with contextlib.suppress(AttributeError, OSError):
            return os.pidfd_open(self._popen.pid)
        return None

    def kill(self) -> None:
        """
        Kills the whole process group; another thread may wait for it.

        After `wait` the process number may belong to another process; then nothing is done.
        """
        if self._popen.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._popen.pid, signal.SIGKILL)

    def end(self) -> None:
        """Ends the whole process group, also after success: a child may outlive its parent."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        self._close_guard()
        if self._popen.stdin is not None:
            with contextlib.suppress(OSError):
                self._popen.stdin.close()
        self._popen.wait()


class Input(Enum):
    """What a program gets on standard input."""

    NOTHING = auto()
    LINE = auto()
    """A line, for which it waits: `Process.send_go`."""
    GUARD = auto()
    """What `GUARD` waits for, which is among the words of the command."""


_STREAMS = {Input.NOTHING: subprocess.DEVNULL, Input.LINE: subprocess.PIPE}


def start(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    terminal: Path,
    given: Input = Input.NOTHING,
    kept: Sequence[int] = (),
) -> Process:
    """
    Starts a program in a process group of its own.

    Args:
        command: the program, by full path, and its arguments.
        folder: where it runs.
        environment: all its variables.
        terminal: the file for all that it prints.
        given: its standard input.
        kept: open files that it gets, besides its standard streams.

    Raises:
        OSError: it cannot be started.
    """
    with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
        output = theirs.enter_context(terminal.open("wb"))
        guard, source = socket.socketpair() if given is Input.GUARD else (None, None)
        if guard and source:
            ours.enter_context(guard)
            theirs.enter_context(source)
        popen = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=source.fileno() if source else _STREAMS[given],
            stdout=output,
            stderr=subprocess.STDOUT,
            # A process group of its own, which ends with all its children.
            start_new_session=True,
            pass_fds=kept,
        )
        ours.pop_all()
        return Process(popen, guard)


def ask(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, seconds: float = 60
) -> tuple[int, bytes]:
    """
    The exit status and the standard output of a program that ends by itself.

    Raises:
        OSError: it cannot be started; `TimeoutError` if it takes longer than so many seconds.
    """
    try:
        result = subprocess.run(
            command,
            env=None if environment is None else dict(environment),
            # Some programs, TeX's among them, search their current folder.
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        raise TimeoutError from exc
    return result.returncode, result.stdout
