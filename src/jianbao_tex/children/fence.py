"""
The fence of a child process: a namespace without the other files and processes of the machine.

bubblewrap makes it, in a few milliseconds.  What a program can do inside is called a rung.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from jianbao_tex.children.process import ask
from jianbao_tex.errors import ToolMissing
from jianbao_tex.findings import Where, error
from jianbao_tex.language import Phrase, say

_NO_FENCE = error(
    "JB414",
    "the sandbox is required and bubblewrap {fault}",
    "install bubblewrap and allow user namespaces, or trust the issue: --sandbox off",
)

WORK = "/work"
"""Where the child's folder is inside the fence."""

JOBS = "/jobs"
"""Where the folders of the jobs of a server are inside the fence."""


class Sandbox(StrEnum):
    """
    ``required`` refuses to run without the fence; ``auto`` does without it where it does not work,
    but not for TeX of plugins.
    """

    REQUIRED = "required"
    AUTO = "auto"
    OFF = "off"


class Rung(StrEnum):
    """How far a job is isolated, the best first."""

    PID = "pid"
    """In bubblewrap, a fork with user, mount, pid and ipc namespaces of its own."""
    MOUNT = "mount"
    """The same without a pid namespace of its own."""
    BWRAP = "bwrap"
    """In bubblewrap, an engine of its own."""
    NONE = "none"
    """No fence."""

    @property
    def forks(self) -> bool:
        """Whether a job is a fork of an engine that waits."""
        return self in {Rung.PID, Rung.MOUNT}


@dataclass(frozen=True)
class Fence:
    """
    What a program sees inside: nothing but this.

    Args:
        folder: all that it may write, at `WORK`.
        reads: paths that it may read, where they exist.
        links: links that it sees, with their targets.
        files: files that it may read, by their names in the root folder.
        variables: its environment.
        jobs: a second folder that it may write, at `JOBS`, for a server.
        outlives_thread: whether it goes on when the thread that started it has ended.
    """

    folder: Path
    reads: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    jobs: Path | None = None
    outlives_thread: bool = False

    def command(self, bwrap: Path) -> list[str]:
        """The words before a command that make it run inside."""
        mounts = [*_LINKS]
        for path in self.reads:
            mounts += ["--ro-bind-try", path, path]
        for path, target in self.links.items():
            mounts += ["--symlink", target, path]
        for name, source in self.files.items():
            mounts += ["--ro-bind", str(source), f"/{name}"]
        if self.jobs:
            mounts += ["--bind", str(self.jobs), JOBS]
        variables = [word for pair in self.variables.items() for word in ("--setenv", *pair)]
        return [
            str(bwrap),
            # --die-with-parent ends it with the thread that started it, not with the process.
            *("--unshare-all", *(() if self.outlives_thread else ("--die-with-parent",))),
            # `start` makes a session for it, which has no terminal.  Another session inside would
            # be another process group, which would not be killed with the first.
            "--clearenv",
            *("--cap-drop", "ALL", "--uid", "65534", "--gid", "65534"),
            *mounts,
            # A server needs it, and covers it before each job: it names folders of the machine.
            *(("--proc", "/proc") if self.jobs else ("--dir", "/proc")),
            *("--dev", "/dev"),
            *("--size", str(64 * 1024 * 1024), "--tmpfs", "/tmp"),
            *("--bind", str(self.folder), WORK, "--chdir", WORK),
            # Both are file systems in memory that the program could fill, or use for notes.
            *("--remount-ro", "/dev", "--remount-ro", "/"),
            *variables,
            "--",
        ]


_LINKS = (
    *("--symlink", "usr/bin", "/bin"),
    *("--symlink", "usr/lib", "/lib"),
    *("--symlink", "usr/lib64", "/lib64"),
)


def is_fenced(mode: Sandbox, bwrap: Path | None) -> bool:
    """
    Whether programs are to run inside the fence, and can.

    Raises:
        ToolMissing: the mode is ``required`` and bubblewrap is absent or does not work.
    """
    if mode is Sandbox.OFF:
        return False
    if bwrap and sandbox_works(bwrap):
        return True
    if mode is Sandbox.REQUIRED:
        fault: Phrase = say("does not work here") if bwrap else say("is not installed")
        raise ToolMissing(_NO_FENCE.at(Where("bwrap"), fault=fault))
    return False


def sandbox_works(bwrap: Path) -> bool:
    """
    Whether bubblewrap can make its namespaces here; containers often forbid it.

    That it works is remembered; that it does not for some seconds only: memory may have been short.
    """
    now = time.monotonic()
    works, asked = _PROBES.get(bwrap, (False, -_PROBE_AGAIN_S))
    if not works and now - asked >= _PROBE_AGAIN_S:
        works = _probe(bwrap)
        _PROBES[bwrap] = works, now
    return works


_PROBE_AGAIN_S = 10.0
_PROBES: dict[Path, tuple[bool, float]] = {}


def _probe(bwrap: Path) -> bool:
    system = ["--ro-bind", "/usr", "/usr", *_LINKS]
    probe = [str(bwrap), "--unshare-all", *system, "--proc", "/proc", "--dev", "/dev"]
    try:
        status, _ = ask([*probe, "/usr/bin/true"], seconds=20)
    except OSError:
        return False
    return status == 0
