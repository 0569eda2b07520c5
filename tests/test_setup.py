"""The set-up of a machine: quick when all is there, clear when it cannot be done."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from workshop import ROOT

SETUP = ROOT / "tools" / "setup_system.py"
SYSTEM = tomllib.loads((ROOT / "src" / "jianbao_tex" / "system.toml").read_text())


def run(path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PATH": str(path), **environment}
    return subprocess.run(
        [sys.executable, str(SETUP)],
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder of stand-ins for the programs of another machine; each logs its call."""
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin"


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_without_apt_the_packages_are_named_and_the_setup_stops(tools: Path) -> None:
    """On another system the message names TeX Live packages, fonts and tools."""
    done = run(tools)

    assert done.returncode == 1
    for name in ("xetex", "langchinese", "ctex", "Noto Serif CJK", "bubblewrap"):
        assert name in done.stdout
    assert "Traceback" not in done.stderr


def test_without_apt_but_with_all_programs_the_setup_goes_on(tools: Path) -> None:
    for name in ("xelatex", "kpsewhich", "bwrap", "prlimit", "pdftotext"):
        program(tools, name, "true")

    assert run(tools).returncode == 0


def test_what_is_missing_is_installed_and_nothing_else(tools: Path, tmp_path: Path) -> None:
    """One update and one installation, with the missing packages alone."""
    log = tmp_path / "log"
    program(
        tools,
        "dpkg-query",
        'case "$4" in bubblewrap|fonts-liberation) exit 1;; *) printf "install ok installed";; esac',
    )
    program(tools, "apt-get", f'echo "$@" >> {log}')
    program(tools, "env", 'shift; exec "$@"')
    program(tools, "sudo", 'exec "$@"')
    done = run(tools)
    calls = log.read_text().splitlines()

    assert done.returncode == 0
    assert calls[0].startswith("update")
    assert calls[1].split()[:4] == ["install", "-y", "-q", "--no-install-recommends"]
    assert sorted(calls[1].split()[4:]) == ["bubblewrap", "fonts-liberation"]
    assert len(calls) == 2


def test_a_failing_installation_stops_the_setup(tools: Path) -> None:
    program(tools, "dpkg-query", "exit 1")
    program(tools, "apt-get", "exit 100")
    program(tools, "env", 'shift; exec "$@"')
    program(tools, "sudo", 'exec "$@"')
    done = run(tools)

    assert done.returncode == 1
    assert "failed" in done.stderr


def test_on_this_machine_everything_is_there() -> None:
    """The list that doctor reads is the list that was installed."""
    done = run(Path("/usr/bin"), PATH="/usr/sbin:/usr/bin:/sbin:/bin")

    assert SYSTEM["debian"]["tex"] == ["texlive-xetex", "texlive-lang-chinese"]
    assert (done.returncode, done.stdout) == (0, "")


def test_every_font_of_the_manifest_has_its_package_in_the_list() -> None:
    fonts = tomllib.loads((ROOT / "fonts" / "fonts.toml").read_text(encoding="utf-8"))["fonts"]
    wanted = {font["debian"] for font in fonts.values() if "debian" in font}

    assert len(wanted) >= 5
    assert wanted <= {name for group in SYSTEM["debian"].values() for name in group}


def test_an_older_python_is_told_so() -> None:
    """Python 3.10 has no tomllib; the message comes before anything needs it."""
    code = (
        "import runpy, sys; sys.version_info = (3, 10); sys.modules['tomllib'] = None\n"
        f"runpy.run_path({str(SETUP)!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr == "Python 3.11 or newer is needed.\n"
