"""Machines that fail: full and read-only disks, programs that die; nothing lost, and it is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from command import CACHE
from engines import TOOLS
from fence import demand_fence
from jianbao_tex.store import FORMAT_VERSION

ISSUE = "masthead: {name: 工作简报}\narticles: {title: 标题, body: 正文。}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "issue.yaml").write_text(ISSUE, encoding="utf-8")
    (tmp_path / "place").mkdir()
    (tmp_path / "tmp").mkdir()
    return tmp_path


def _build(
    folder: Path, fences: list[str], *options: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """A build on a machine whose folder ``place`` is a disk of another kind."""
    demand_fence()
    return subprocess.run(
        [str(TOOLS.bwrap), "--dev-bind", "/", "/", *fences, "--chdir", str(folder),
         sys.executable, "-m", "jianbao_tex", "build", "issue.yaml", *options],
        env={**os.environ, "JIANBAO_SANDBOX": "off", "TMPDIR": str(folder / "tmp"),
             "JIANBAO_CACHE": os.environ[CACHE], "LC_ALL": "C.UTF-8", "NO_COLOR": "1",
             **environment},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def _full(folder: Path, size: int) -> list[str]:
    return ["--size", str(size), "--tmpfs", str(folder / "place")]


@pytest.mark.parametrize("size", [4096, 65_536, 131_072])
def test_a_full_temporary_folder_is_a_limit(size: int, folder: Path) -> None:
    """At whatever step the room ends; with and without a format."""
    for cache in (os.environ[CACHE], str(folder / "cache"), ""):
        place = str(folder / "place")
        done = _build(folder, _full(folder, size), "--no-cache", TMPDIR=place, JIANBAO_CACHE=cache)

        assert done.returncode == 7, done.stderr
        assert "JB326" in done.stderr or "JB321" in done.stderr
        assert "Traceback" not in done.stderr
        assert list(folder.glob("*.pdf")) == []


def test_a_format_for_which_there_was_no_room_is_made_another_time(folder: Path) -> None:
    """That one disk was full says nothing about the layout."""
    place, cache = str(folder / "place"), str(folder / "cache")
    done = _build(folder, _full(folder, 1_000_000), TMPDIR=place, JIANBAO_CACHE=cache)

    assert (done.returncode, done.stderr) == (0, "")
    again = _build(folder, [], "--no-cache", JIANBAO_CACHE=cache)
    assert (again.returncode, again.stderr) == (0, "")
    assert list((folder / "cache" / FORMAT_VERSION / "formats").glob("*.fmt"))


@pytest.mark.parametrize("size", [4096, 100_000, 20_000_000])
def test_a_full_cache_costs_time_and_nothing_else(size: int, folder: Path) -> None:
    done = _build(folder, _full(folder, size), JIANBAO_CACHE=str(folder / "place"))

    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "issue.pdf").read_bytes().rstrip().endswith(b"%%EOF")


def test_a_read_only_cache_is_read(folder: Path) -> None:
    """What is there is used, and what is not is made without it."""
    cache = str(folder / "place")
    first = _build(folder, [], JIANBAO_CACHE=cache)
    fences = ["--ro-bind", cache, cache]
    second = _build(folder, fences, "--no-cache", JIANBAO_CACHE=cache)
    (folder / "place" / FORMAT_VERSION).rename(folder / "elsewhere")
    third = _build(folder, fences, JIANBAO_CACHE=cache)

    assert [(done.returncode, done.stderr) for done in (first, second, third)] == [(0, "")] * 3


def test_a_full_folder_for_the_files_keeps_what_stood_there(folder: Path) -> None:
    demand_fence()
    script = (
        f"echo kept > place/issue.pdf; {sys.executable} -m jianbao_tex build issue.yaml -o place; "
        "echo $?; cat place/issue.pdf; ls -A place"
    )
    done = subprocess.run(
        [str(TOOLS.bwrap), "--dev-bind", "/", "/", *_full(folder, 8192), "--chdir", str(folder),
         "sh", "-c", script],
        env={**os.environ, "JIANBAO_SANDBOX": "off", "JIANBAO_CACHE": os.environ[CACHE]},
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip

    assert done.stdout.split() == ["2", "kept", "issue.pdf"]
    assert "JB420" in done.stderr


@pytest.mark.parametrize(
    ("what", "codes"),
    [("exit 1", {3}), ("kill -SEGV $$", {3}), ("kill -KILL $$", {7}), ("sleep 60", {7})],
)
@pytest.mark.parametrize("when", ["at once", "after the format"])
def test_a_tex_that_dies_is_reported(what: str, codes: set[int], when: str, folder: Path) -> None:
    """Whether it dies over the format, over the text, or never ends."""
    programs = folder / "bin"
    programs.mkdir()
    real = TOOLS.xelatex
    die = what if when == "at once" else f'case "$*" in *-ini*) exec {real} "$@";; *) {what};; esac'
    (programs / "xelatex").write_text(f"#!/bin/sh\n{die}\n")
    (programs / "xelatex").chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "jianbao_tex", "build", "issue.yaml", "--time-limit", "2"],
        cwd=folder,
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "JIANBAO_SANDBOX": "off",
             "JIANBAO_CACHE": str(folder / "place"), "TMPDIR": str(folder / "tmp")},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert done.returncode in codes, done.stderr
    assert "Traceback" not in done.stderr
    assert list((folder / "tmp").iterdir()) == []
    assert list(folder.glob("*.pdf")) == []
