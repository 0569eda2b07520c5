"""Starts a TeX program in the sandbox, waits for it, and ends it with its child processes."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jianbao_tex.errors import ToolMissing, reason_of
from jianbao_tex.findings import Where
from jianbao_tex.typesetter.sandbox import Sandbox, sandbox_command
from jianbao_tex.typesetter.tools import NO_ANSWER, Tools
from jianbao_tex.typesetter.workplace import Workplace

_MEBI = 1024**2


@dataclass(frozen=True)
class Limits:
    """
    The limits for one issue.

    ``wall_s`` are seconds for all runs together, ``cpu_s`` processor seconds of each program,
    ``memory_bytes`` and ``file`` bytes, ``files`` open at a time, ``pages`` of the PDF.
    """

    wall_s: float = 60.0
    cpu_s: int = 40
    # Address space, not memory in use: under 1 GiB documents with several Chinese fonts fail.
    memory_bytes: int = 2 * 1024 * _MEBI
    file: int = 50 * _MEBI
    files: int = 256
    processes: int = 32
    pages: int = 2000
    runs: int = 3


class Process:
    """A running program; ends with the whole of its group."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self._popen = popen

    @property
    def pid(self) -> int:
        return self._popen.pid

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
        if hasattr(os, "pidfd_open") and self._popen.returncode is None:
            # Popen.wait polls and can be up to 50 ms late.
            handle = os.pidfd_open(self._popen.pid)
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


@dataclass(frozen=True)
class Starter:
    """Starts programs of TeX, each over a workplace, within the fence and the limits."""

    tools: Tools
    sandbox: Sandbox = Sandbox.AUTO
    limits: Limits = field(default_factory=Limits)

    def start(
        self,
        words: Sequence[str],
        place: Workplace,
        *,
        inputs: Mapping[str, Path] | None = None,
        listens: bool = False,
    ) -> Process:
        """
        Starts xelatex with constant arguments.

        Args:
            words: the arguments of the program.
            place: its folder is all that it may write.
            inputs: files that it may read, by their names beside the folder.
            listens: whether it waits for a line on standard input.

        Raises:
            ToolMissing: it cannot be started, or the sandbox is required and does not work.
        """
        files = {place.fontconfig.name: place.fontconfig, **(inputs or {})}
        fence = sandbox_command(self.tools, self.sandbox, place.folder, files, self._environment)
        if not fence:
            # Nothing is mounted, so links stand where the sandbox would have the files.
            for name, path in files.items():
                if path != place.home / name:
                    (place.home / name).symlink_to(path)
        command = [
            *fence,
            *self._limit_command(is_sandboxed=bool(fence)),
            str(self.tools.xelatex),
            *words,
        ]
        with place.terminal.open("wb") as output:
            try:
                return Process(
                    subprocess.Popen(
                        command,
                        cwd=place.folder,
                        env=self._environment(str(place.home)),
                        stdin=subprocess.PIPE if listens else subprocess.DEVNULL,
                        stdout=output,
                        stderr=subprocess.STDOUT,
                        # A process group of its own, which ends with all its children.
                        start_new_session=True,
                    )
                )
            except OSError as error:
                where = Where(Path(command[0]).name)
                raise ToolMissing(NO_ANSWER.at(where, reason=reason_of(error))) from error

    @property
    def is_sandboxed(self) -> bool:
        """Whether what is started now is shut in."""
        return bool(sandbox_command(self.tools, self.sandbox, Path(), {}, self._environment))

    def _environment(self, home: str) -> dict[str, str]:
        return self.tools.environment(home)

    def _limit_command(self, *, is_sandboxed: bool) -> list[str]:
        if self.tools.prlimit is None:
            return []
        limits = self.limits
        words = [
            str(self.tools.prlimit),
            f"--cpu={limits.cpu_s}",
            f"--as={limits.memory_bytes}",
            f"--fsize={limits.file}",
            f"--nofile={limits.files}",
            "--core=0",
        ]
        # Elsewhere the limit counts all processes of the user, so that TeX may not be able to start
        # its PDF writer.
        if is_sandboxed and _counts_by_namespace():
            words.append(f"--nproc={limits.processes}")
        return words


def _counts_by_namespace() -> bool:
    """Whether the system counts processes within a namespace, not all those of a user."""
    # RLIMIT_NPROC is counted in each user namespace since Linux 5.14.
    if sys.platform != "linux":
        return False
    major, minor = os.uname().release.split(".")[:2]
    return (int(major), int("".join(filter(str.isdigit, minor)) or 0)) >= (5, 14)
