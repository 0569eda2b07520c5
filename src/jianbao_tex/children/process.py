"""Starts a program, waits for it, and ends it with its child processes."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


class Process:
    """A running program; ends with the whole of its group."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self._popen = popen

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
        if self._popen.stdin is not None:
            with contextlib.suppress(OSError):
                self._popen.stdin.close()
        self._popen.wait()


def start(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    terminal: Path,
    listens: bool = False,
    kept: Sequence[int] = (),
) -> Process:
    """
    Starts a program in a process group of its own.

    Args:
        command: the program, by full path, and its arguments.
        folder: where it runs.
        environment: all its variables.
        terminal: the file for all that it prints.
        listens: whether it waits for a line on standard input.
        kept: open files that it gets, besides its standard streams.

    Raises:
        OSError: it cannot be started.
    """
    with terminal.open("wb") as output:
        return Process(
            subprocess.Popen(
                command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.PIPE if listens else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A process group of its own, which ends with all its children.
                start_new_session=True,
                pass_fds=kept,
            )
        )


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
