"""
An engine that forks: a xelatex that has read an opening, and sets each job in a fork of itself.

The other half is ``engine_c/fork.c``, which says what the messages are.
"""

from __future__ import annotations

import array
import contextlib
import errno
import itertools
import os
import platform
import select
import socket
import sys
import threading
import time
from pathlib import Path

from jianbao_tex.children import JOBS, WORK, Process, Rung, counts_by_namespace
from jianbao_tex.language import Phrase, say
from jianbao_tex.typesetter.formats import WAITING, Format
from jianbao_tex.typesetter.starter import Starter
from jianbao_tex.typesetter.workplace import JobFolder, Workplace

_ENGINE_C = Path(__file__).parent / "engine_c"
_KILLED = 137
"""The exit status of a process that SIGKILL ended, as POSIX shells report it."""
_PATIENCE_S = 2.0
_GRACE_S = 0.5
_TEMPORARY = frozenset((errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE))
_MAX_MESSAGE = 256


def shim() -> Path | None:
    """The compiled shim for this machine, where there is one."""
    path = _ENGINE_C / f"fork-{sys.platform}-{platform.machine()}.so"
    return path if path.is_file() else None


Reason = Phrase | str
"""Why a server cannot be used; '' if it is not known."""


class ServerLost(Exception):
    """
    The server could not start a job, or died; without a reason it may be used again.

    ``is_opening``: it died before its first job, so its opening is at fault.
    """

    def __init__(self, reason: Reason, *, is_opening: bool = False) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.is_opening = is_opening


class Server:
    """
    A waiting xelatex; the function that makes it closes it.

    Args:
        starter: how programs of TeX are started here; they must be fenced.
        files: what it reads before it waits.
        fmt: its format; without one xelatex loads its own.
        rung: how a job is isolated.
        code: the compiled shim.

    Raises:
        ToolMissing: it cannot be started.
        OSError: there is no room for it.
    """

    def __init__(
        self,
        starter: Starter,
        files: dict[str, bytes],
        fmt: Format | None,
        rung: Rung,
        code: Path,
    ) -> None:
        self.fmt = fmt
        self.rung = rung
        self._lock = threading.Lock()
        self._job_count = 0
        self._numbers = itertools.count(1)
        self._is_retired = False
        self._place = Workplace()
        self._jobs = self._place.home / "jobs"
        try:
            self._jobs.mkdir(mode=0o700)
            self._place.write(files)
            self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = self._start(starter, code, theirs.fileno())
        except BaseException:
            self._place.close()
            raise

    def _start(self, starter: Starter, code: Path, theirs: int) -> Process:
        limit = starter.limits.processes if counts_by_namespace() else 0
        words, inputs = (self.fmt.words, self.fmt.inputs) if self.fmt else ((), {})
        return starter.start_server(
            (*words, *WAITING),
            self._place,
            self._jobs,
            inputs={**inputs, "fork.so": code},
            variables={
                "LD_PRELOAD": "/fork.so",
                "JB_FORK_SOCKET": str(theirs),
                "JB_FORK_JOBS": JOBS,
                "JB_FORK_WORK": WORK,
                "JB_FORK_RUNG": self.rung.value,
                "JB_FORK_SECONDS": str(starter.limits.cpu_s),
                "JB_FORK_PROCESSES": str(limit),
            },
            socket=theirs,
        )

    @property
    def is_alive(self) -> bool:
        """Whether it runs; it may be reading its opening still."""
        return self._process.is_alive

    @property
    def was_ready(self) -> bool:
        """Whether it has ever waited for a job; asked when it has ended."""
        # An error comes first if the server died with a message unread.
        for _ in range(2):
            with contextlib.suppress(OSError):
                return bool(self._socket.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK))
        return False

    def job(self) -> ServerJob:
        """
        A new job, with a folder of its own.

        Raises:
            OSError: there is no room for it.
        """
        with self._lock:
            self._job_count += 1
            number = next(self._numbers)
        try:
            return ServerJob(self, JobFolder.below(self._jobs, number))
        except OSError:
            self.release()
            raise

    def send(self, name: str, descriptors: list[int]) -> None:
        """Sends a job with its descriptors; raises `OSError` if the server has ended."""
        control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
        self._socket.sendmsg([name.encode("ascii")], control, socket.MSG_NOSIGNAL)

    def release(self) -> None:
        """A job has ended; a retired server ends with its last one."""
        with self._lock:
            self._job_count -= 1
            is_over = self._is_retired and not self._job_count
        if is_over:
            self.end()

    def retire(self) -> None:
        """Ends it as soon as it has no job."""
        with self._lock:
            self._is_retired = True
            is_over = not self._job_count
        if is_over:
            self.end()

    def kill(self) -> None:
        """Ends its processes, also those of all jobs; any thread may call it."""
        self._process.kill()

    def end(self) -> None:
        """Ends it with all its jobs, and deletes its folder."""
        self._socket.close()
        # It ends by itself; what is killed could go on writing while its folder is deleted.
        self._process.wait(_GRACE_S)
        self._process.end()
        self._place.close()

    def terminal_output(self) -> str:
        """What TeX has printed before it waited."""
        return self._place.terminal_output()


class ServerJob:
    """A job of a server: as a `Process`, and its folder."""

    def __init__(self, server: Server, place: JobFolder) -> None:
        self.place = place
        self._server = server
        self._status: int | None = None
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    @property
    def is_alive(self) -> bool:
        return self._server.is_alive

    def send_go(self) -> bool:
        """Sends the job to the server; returns whether that was possible."""
        try:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        except OSError:
            return False
        try:
            with theirs, self.place.terminal.open("wb") as terminal:
                self._server.send(self.place.folder.name, [theirs.fileno(), terminal.fileno()])
        except OSError:
            ours.close()
            return False
        self._socket = ours
        return True

    def wait(self, seconds: float) -> int | None:
        """
        The exit status of the job, or ``None`` if it still runs after so many seconds.

        Raises:
            ServerLost: the server could not start it, or has died.
        """
        end = time.monotonic() + seconds
        while self._status is None:
            message = self._receive(end - time.monotonic())
            if message is None:
                return None
            kind, *words = message.split(" ", 2)
            if kind == "E" and words:
                self._status = int(words[0])
            else:
                raise self._lost(message)
        return self._status

    def _receive(self, seconds: float) -> str | None:
        """The next message; '' if the server has died, ``None`` if none comes in time."""
        if self._socket is None:
            return ""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        if not poll.poll(max(0.0, seconds) * 1000):
            return None
        # A server that closes its end while our word to it is on the way gives an error first,
        # and what it has sent after that.
        for _ in range(2):
            with contextlib.suppress(OSError):
                return self._socket.recv(_MAX_MESSAGE).decode("ascii", "replace")
        return ""

    def _lost(self, message: str) -> ServerLost:
        """Why the server could not start the job, from its message; '' if it has died."""
        _, number, step = [*message.split(" ", 2), "", ""][:3]
        if step and number.isdigit():
            if int(number) in _TEMPORARY:
                return ServerLost("")
            if step == "namespaces":
                return ServerLost(say("the sandbox allows no namespaces inside it"))
            return ServerLost(f"{step}: {os.strerror(int(number))}")
        if self._server.was_ready:
            return ServerLost(say("it ended during a job"))
        return ServerLost("", is_opening=True)

    def kill(self) -> None:
        """Kills the processes of the job; another thread may wait for it."""
        with self._lock, contextlib.suppress(OSError):
            if self._socket is not None:
                self._socket.send(b"K", socket.MSG_NOSIGNAL)

    def end(self) -> None:
        """Ends all its processes."""
        if self._socket is None:
            return
        if self._status is None:
            self.kill()
            # The server closes its end when the job has ended, or was never begun.
            with contextlib.suppress(ServerLost):
                if self.wait(_PATIENCE_S) is None:
                    # It still reads its opening, or is stopped.
                    self._server.kill()
            self._status = _KILLED
        with self._lock:
            self._socket.close()
            self._socket = None

    def close(self) -> None:
        """Ends it and takes its folder away."""
        self.end()
        self.place.close()
        self._server.release()
