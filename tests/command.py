"""The command as a user runs it."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

from engines import heeding_interrupts
from fence import FENCE
from jianbao_tex.children import Sandbox

CACHE = "CACHE_OF_TESTS"
"""The variable that names the cache of the run."""

# What would change the words or the width of what the command says.
_OF_THE_CALLER = re.compile("PYTHON|JIANBAO_|LC_|LANG|COLUMNS|TMPDIR")


def jianbao(
    *arguments: str,
    folder: Path,
    python: str = sys.executable,
    output: str = "",
    file_size: int | None = None,
    is_gone: bool = False,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """
    Runs the command in a folder; without colour, in UTF-8; ``output`` takes standard output.

    No file that it writes may be larger than ``file_size``.  ``is_gone``: the folder is deleted
    when the command begins.
    """
    # Where no sandbox works the tests of the sandbox say so, not each of the others.
    sandbox = "auto" if FENCE is Sandbox.REQUIRED else "off"
    ours = {"NO_COLOR": "1", "LC_ALL": "C.UTF-8", "JIANBAO_SANDBOX": sandbox}
    ours["JIANBAO_CACHE"] = os.environ.get(CACHE, "")
    if python == sys.executable:
        # The code of this checkout, also if it is a copy of the one that is installed.
        source = str(Path(__file__).resolve().parent.parent / "src")
        ours["PYTHONPATH"] = source
        if folders := environment.get("PYTHONPATH"):
            environment["PYTHONPATH"] = f"{source}:{folders}"
    inherited = {k: v for k, v in os.environ.items() if not _OF_THE_CALLER.match(k)}
    with contextlib.ExitStack() as stack:
        return subprocess.run(
            [python, "-m", "jianbao_tex", *arguments],
            cwd=folder,
            env={**inherited, **ours, **environment},
            stdin=subprocess.DEVNULL,
            stdout=stack.enter_context(Path(output).open("w")) if output else subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=300,
            check=False,
            preexec_fn=functools.partial(_prepare, file_size, folder if is_gone else None),
        )


def python(
    code: str, *words: str, folder: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs Python code in a folder, with the words as its arguments."""
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=folder,
        env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def started(words: list[str], folder: Path, **environment: str) -> subprocess.Popen[bytes]:
    """The command in the background; its temporary folder is ``tmp`` in the folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "jianbao_tex", *words],
        cwd=folder,
        env={
            **os.environ,
            "TMPDIR": str(folder / "tmp"),
            "JIANBAO_CACHE": os.environ[CACHE],
            "JIANBAO_SANDBOX": FENCE.value,
            "LC_ALL": "C.UTF-8",
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=heeding_interrupts,  # noqa: PLW1509 -- nothing of ours runs in threads here
    )


def _prepare(size: int | None, gone: Path | None) -> None:
    if size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    if gone:
        shutil.rmtree(gone)
