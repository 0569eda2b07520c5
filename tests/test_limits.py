"""Limits of processes: ours, those of the machine that are lower, and those that are too low."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from command import python
from jianbao_tex.children import ChildLimits
from workshop import EXAMPLES

ISSUE = str(EXAMPLES / "363.yaml")


def test_a_lower_limit_of_the_machine_stays() -> None:
    """Raising a hard limit is refused, and every build would fail."""
    code = (
        "import resource\nfrom pathlib import Path\nfrom jianbao_tex.children import ChildLimits\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 100))\n"
        "print(ChildLimits().command(Path('/prlimit'), counts_processes=False)[4])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "--nofile=100:100\n"


def test_limits_of_a_program_are_words_before_it() -> None:
    limits = ChildLimits(cpu_s=1, memory_bytes=2, file=3, files=4, processes=5)
    words = limits.command(Path("/usr/bin/prlimit"), counts_processes=False)

    assert words[1:] == ["--cpu=1:2", "--as=2:2", "--fsize=3:3", "--nofile=4:4", "--core=0:0"]
    assert limits.command(None, counts_processes=True) == []


def within(name: str, value: int, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command in a process with a lower hard limit."""
    code = (
        "import resource\n"
        f"resource.setrlimit(resource.RLIMIT_{name}, ({value}, {value}))\n"
        "from jianbao_tex.cli import entry\nentry()\n"
    )
    return python(code, *words, folder=folder)


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("NOFILE", 12, "open files"),
        ("AS", 900 * 1024**2, "address space in bytes"),
        ("NPROC", 4, "processes"),
    ],
)
@pytest.mark.parametrize(("words", "code"), [(["build", ISSUE], 7), (["doctor"], 6)])
def test_a_limit_under_which_tex_cannot_work_is_named(
    words: list[str], code: int, name: str, value: int, what: str, tmp_path: Path
) -> None:
    """By the build and by doctor; not as a fault of TeX, and nothing is tried."""
    done = within(name, value, *words, folder=tmp_path)

    assert done.returncode == code
    assert f"for {what} is {value};" in " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize(("name", "value"), [("NOFILE", 64), ("AS", 1000 * 1024**2), ("NPROC", 16)])
def test_lower_limits_that_are_enough_are_kept(name: str, value: int, tmp_path: Path) -> None:
    """Raising a hard limit is refused, so ours are lowered; the page is the same."""
    done = within(name, value, "build", ISSUE, "--no-cache", folder=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
