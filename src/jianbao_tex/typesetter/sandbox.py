"""
The sandbox for TeX: a namespace without the other files and processes of the machine.

TeX's own options are not enough: ``openin_any=p`` allows ~ and $VAR, and pictures and
specials ignore it.  bubblewrap is a real sandbox and costs a few milliseconds.
"""

from __future__ import annotations

import functools
import subprocess
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

from jianbao_tex.errors import ToolMissing
from jianbao_tex.findings import Where, error
from jianbao_tex.language import Phrase, say
from jianbao_tex.typesetter.tools import Tools

_NO_FENCE = error(
    "JB414",
    "the sandbox is required and bubblewrap {fault}",
    "install bubblewrap and allow user namespaces, or trust the issue: --sandbox off",
)

WORK = "/work"
"""Where the job's folder is inside the sandbox."""


class Sandbox(StrEnum):
    """``required`` refuses to run without the fence; ``auto`` uses it where it works."""

    REQUIRED = "required"
    AUTO = "auto"
    OFF = "off"


_READ_ONLY = (
    "/etc/texmf",
    "/etc/fonts",
    "/etc/alternatives",
    "/var/lib/texmf",
    "/var/cache/fontconfig",
)


_SYSTEM = (
    *("--ro-bind", "/usr", "/usr"),
    *("--symlink", "usr/bin", "/bin"),
    *("--symlink", "usr/lib", "/lib"),
    *("--symlink", "usr/lib64", "/lib64"),
)


# Pictures in PostScript make the PDF writer start Ghostscript, and file names can switch its
# protection off.  So Ghostscript is hidden in the sandbox.
_HIDDEN = ("/usr/bin/gs",)


def sandbox_command(
    tools: Tools,
    mode: Sandbox,
    folder: Path,
    files: Mapping[str, Path],
    environment: Callable[[str], dict[str, str]],
) -> list[str]:
    """
    The words before a command that make it run in the sandbox with a folder.

    Empty where the mode allows to run without.

    Args:
        tools: where bubblewrap is.
        mode: whether to run without the sandbox if it does not work.
        folder: all that can be written.
        files: files that can be read, by their names beside the folder.
        environment: the variables, from the place beside the folder.

    Raises:
        ToolMissing: the mode is ``required`` and bubblewrap is absent or does not work.
    """
    if mode is Sandbox.OFF:
        return []
    if tools.bwrap is None:
        return _refuse_if_required(mode, say("is not installed"))
    if not works(tools.bwrap):
        return _refuse_if_required(mode, say("does not work here"))
    mounts = [*_SYSTEM]
    for path in (*_READ_ONLY, *([str(tools.tex_root)] if tools.tex_root else [])):
        mounts += ["--ro-bind-try", path, path]
    for path in _HIDDEN:
        if Path(path).exists():
            mounts += ["--ro-bind", "/dev/null", path]
    for name, source in files.items():
        mounts += ["--ro-bind", str(source), f"/{name}"]
    variables = [word for pair in environment("/").items() for word in ("--setenv", *pair)]
    return [
        str(tools.bwrap),
        # A new session: else TeX could type into the terminal of the user (TIOCSTI).
        *("--unshare-all", "--die-with-parent", "--new-session", "--clearenv"),
        *("--cap-drop", "ALL", "--uid", "65534", "--gid", "65534"),
        *mounts,
        *("--proc", "/proc", "--dev", "/dev"),
        *("--size", str(64 * 1024 * 1024), "--tmpfs", "/tmp"),
        *("--bind", str(folder), WORK, "--chdir", WORK),
        *variables,
        "--",
    ]


def _refuse_if_required(mode: Sandbox, fault: Phrase) -> list[str]:
    if mode is Sandbox.REQUIRED:
        raise ToolMissing(_NO_FENCE.at(Where("bwrap"), fault=fault))
    return []


@functools.cache
def works(bwrap: Path) -> bool:
    """Whether bubblewrap can make its namespaces here; containers often forbid it."""
    probe = [str(bwrap), "--unshare-all", *_SYSTEM, "--proc", "/proc", "--dev", "/dev"]
    try:
        result = subprocess.run(
            [*probe, "/usr/bin/true"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0
