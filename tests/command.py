"""The command as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from fence import FENCE
from jianbao_tex.typesetter import Sandbox


def jianbao(
    *arguments: str, folder: Path, python: str = sys.executable, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs the command in a folder; without colour, in UTF-8."""
    # Where no sandbox works the tests of the sandbox say so, not each of the others.
    sandbox = "auto" if FENCE is Sandbox.REQUIRED else "off"
    ours = {"NO_COLOR": "1", "LC_ALL": "C.UTF-8", "JIANBAO_SANDBOX": sandbox}
    variables = {**os.environ, **ours, **environment}
    variables.pop("PYTHONPATH", None)
    return subprocess.run(
        [python, "-m", "jianbao_tex", *arguments],
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=300,
        check=False,
    )
