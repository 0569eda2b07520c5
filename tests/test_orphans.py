"""No program outlives its parent, at whatever moment that is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engines import none_left
from fence import demand_fence
from jianbao_tex.children import Sandbox
from workshop import ROOT

CODE = """
import os, signal, sys, threading, time
sys.path.insert(0, sys.argv[1])
from engines import TOOLS
from jianbao_tex.children import Sandbox
from jianbao_tex.typesetter.starter import Starter
from jianbao_tex.typesetter.workplace import Workplace

place = Workplace()
place.write({"issue.tex": b"\\\\def\\\\a{\\\\a}\\\\a"})
starter = Starter(TOOLS, Sandbox(sys.argv[2]))
_ = starter.is_sandboxed
process = starter.start(["-interaction=nonstopmode", "issue.tex"], place)
threading.Thread(target=process.wait, args=(60,), daemon=True).start()
time.sleep(float(sys.argv[3]))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("sandbox", [Sandbox.REQUIRED, Sandbox.OFF])
@pytest.mark.parametrize("milliseconds", [0, 0.5, 1, 2, 3, 5, 8, 50])
def test_an_engine_without_end_does_not_outlive_its_parent(
    sandbox: Sandbox, milliseconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in the moments before the system knows that it is to end with it."""
    if sandbox is Sandbox.REQUIRED:
        demand_fence()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    words = [str(ROOT / "tests"), sandbox.value, str(milliseconds / 1000)]
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", CODE, *words], check=False)
        assert done.returncode == -9

    assert none_left(str(tmp_path))
