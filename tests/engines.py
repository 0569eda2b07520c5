"""Engines for tests, and what may be left of them."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from fence import FENCE
from jianbao_tex.children import Rung, Sandbox
from jianbao_tex.master import Draft, TexTree
from jianbao_tex.store import Store
from jianbao_tex.typesetter import Engine, Limits, Tools

TOOLS = Tools.find()


def tree(body: str, head: str = "\\documentclass{article}\n", **files: bytes) -> TexTree:
    """A document around a body, its opening on lines of its own, as a template writes it."""
    main = f"{head}\\begin{{document}}\n{body}\n\\end{{document}}\n"
    return TexTree("issue.tex", {"issue.tex": main.encode(), **files})


def engine(
    sandbox: Sandbox = FENCE,
    store: Store | None = None,
    keep: int = 0,
    best: Rung = Rung.PID,
    **limits: float,
) -> Engine:
    return Engine(TOOLS, sandbox, Limits(**limits), store, keep, best)  # type: ignore[arg-type]


def faults(draft: Draft) -> list[str]:
    """Why the engine that forks was not used, as far as it is said."""
    return [message.text for message in draft.log if message.kind == "no-server"]


def counting(folder: Path, **environment: str) -> tuple[Tools, Path]:
    """
    Tools whose xelatex notes the words of each call in a file, and adds to its environment.

    For runs without a fence, in which it would not be seen.
    """
    log, path = folder / "calls", folder / "xelatex"
    log.touch()
    added = " ".join(f"{name}={value}" for name, value in environment.items())
    path.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec env {added} {TOOLS.xelatex} "$@"\n')
    path.chmod(0o755)
    return dataclasses.replace(TOOLS, xelatex=path), log


def calls(log: Path, word: str = "") -> int:
    """How many calls of `counting` had a word."""
    return sum(word in line for line in log.read_text().splitlines())


def heeding_interrupts() -> None:
    """For a child: Ctrl-C reaches it, also where the tests run in the background of a shell."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def until(is_so: Callable[[], object], seconds: float = 30) -> None:
    """Waits until something is so: an event, not a time."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def none_left(mark: str, seconds: float = 3) -> bool:
    """Whether no process with the mark in its command or its folder is alive soon."""
    end = time.monotonic() + seconds
    while any(mark in process for process in processes()):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def processes() -> list[str]:
    """Command line and working folder of each process."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and int(folder.name) != os.getpid():
                command = (folder / "cmdline").read_text(errors="replace")
                found.append(f"{command} {(folder / 'cwd').readlink()}")
    return found


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, the deepest last."""
    found, level = [], [pid]
    while level:
        lists = []
        for one in level:
            with contextlib.suppress(OSError):
                lists.append((Path("/proc") / str(one) / "task").glob("*/children"))
        level = []
        for path in (path for paths in lists for path in paths):
            with contextlib.suppress(OSError):
                level += map(int, path.read_text().split())
        found += level
    return found
