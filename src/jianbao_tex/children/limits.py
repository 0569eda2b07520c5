"""What a child process may use, and the limits of the system that hold it to that."""

from __future__ import annotations

import contextlib
import functools
import math
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jianbao_tex.language import Phrase, say

_MEBI = 1024**2
_LEAST = {
    # Measured: with 976 MiB the examples are set, with 879 fonts are not found.
    "as": (say("address space in bytes"), 960 * _MEBI),
    "fsize": (say("the size of a file in bytes"), _MEBI // 2),
    "nofile": (say("open files"), 20),
    "nproc": (say("processes"), 8),
}
"""What xelatex with its PDF writer needs, for an issue of usual size."""


@dataclass(frozen=True)
class ChildLimits:
    """
    The limits of a child process.

    ``wall_s`` are seconds for all its work, ``cpu_s`` processor seconds of each process,
    ``memory_bytes`` and ``file`` bytes, ``files`` open at a time.
    """

    wall_s: float = 60.0
    cpu_s: int = 40
    # Address space, not memory in use.
    memory_bytes: int = 2 * 1024 * _MEBI
    file: int = 50 * _MEBI
    files: int = 256
    processes: int = 32

    def command(
        self, prlimit: Path | None, *, counts_processes: bool, counts_seconds: bool = True
    ) -> list[str]:
        """
        The words before a command that limit it; none without ``prlimit``.

        ``counts_processes``: whether to limit their number, too.  Outside of a namespace all
        processes of the user count, so that TeX may not be able to start its PDF writer.
        ``counts_seconds``: whether to limit the processor time.
        """
        if prlimit is None:
            return []
        words = [
            f"--{name}={soft}:{hard}"
            for name, soft, hard in self._values
            if counts_seconds or name != "cpu"
        ]
        if counts_processes and counts_by_namespace():
            number = bounded(self.processes, hard_limit("nproc"))
            words.append(f"--nproc={number}:{number}")
        return [str(prlimit), *words]

    def apply(self) -> None:
        """Limits this process, a fork."""
        # Where there are forks there is POSIX.
        import resource

        for name, soft, hard in self._values:
            resource.setrlimit(getattr(resource, f"RLIMIT_{name.upper()}"), (soft, hard))

    @property
    def _values(self) -> Iterator[tuple[str, int, int]]:
        """Each limit by its name in `getrlimit`, soft and hard; a lower one of the machine stays."""
        for name, soft, hard in self._wanted:
            bound = bounded(hard, hard_limit(name))
            yield name, min(soft, bound), bound

    @property
    def _wanted(self) -> Iterator[tuple[str, int, int]]:
        # At the soft limit of processor time comes SIGXCPU, at the hard one SIGKILL, which would
        # look as if memory had run out.
        yield ("cpu", self.cpu_s, self.cpu_s + 1)
        for name, value in (("as", self.memory_bytes), ("fsize", self.file)):
            yield (name, value, value)
        yield ("nofile", self.files, self.files)
        yield ("core", 0, 0)


@contextlib.contextmanager
def limited(memory_bytes: int, seconds: float) -> Iterator[None]:
    """
    Limits the memory and the processor time that this process may use more than until now.

    The processor time stays limited after the block.
    """
    # Where there are forks there is POSIX.
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    end = math.ceil(time.process_time() + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (bounded(end, hard), hard))
    before, hard = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (bounded(most, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, hard))


def bounded(value: int, most: int) -> int:
    """A limit that is not above the hard one of the machine, which is -1 for none."""
    return value if most < 0 else min(value, most)


def hard_limit(name: str) -> int:
    """The hard limit of this process, by its name in ``getrlimit``; -1 for none."""
    try:
        import resource
    except ImportError:
        # Windows.
        return -1
    _, most = resource.getrlimit(getattr(resource, f"RLIMIT_{name.upper()}"))
    return -1 if most == resource.RLIM_INFINITY else most


@dataclass(frozen=True)
class Shortage:
    """A hard limit of the system that is lower than what TeX needs."""

    what: Phrase
    allowed: int
    least: int


def shortages() -> Iterator[Shortage]:
    """The limits that somebody has set too low for TeX: a shell, a service manager, a container."""
    for name, (what, least) in _LEAST.items():
        allowed = hard_limit(name)
        if 0 <= allowed < least:
            yield Shortage(what, allowed, least)


@functools.cache
def counts_by_namespace() -> bool:
    """Whether the system counts processes within a namespace, not all those of a user."""
    # RLIMIT_NPROC is counted in each user namespace since Linux 5.14.
    if sys.platform != "linux":
        return False
    major, minor = os.uname().release.split(".")[:2]
    return (int(major), int("".join(filter(str.isdigit, minor)) or 0)) >= (5, 14)
