"""The package as users have it: without the tools for tests, and where there is no POSIX."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pytest

from command import jianbao
from engines import until
from fence import FENCE
from jianbao_tex.cli.commands import COMMANDS
from workshop import EXAMPLES, ROOT

BLOCKER = """\
import sys

BLOCKED = {blocked!r}


class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)


for name in BLOCKED & sys.modules.keys():
    del sys.modules[name]
sys.meta_path.insert(0, Blocker())
"""
POSIX = {"fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"}

WORDS = {
    "build": ["build 365.yaml --output pdf --output print --output certificate"],
    "cache": ["cache", "cache clear"],
    "check": ["check 365.yaml", "check 365.yaml --pdf", "check 365.yaml --sarif"],
    "doctor": ["doctor"],
    "explain": ["explain JB121", "explain --all"],
    "import": ["import news.csv --trust-plugins"],
    "layouts": ["layouts", "layouts show classic", "layouts eject classic --as ours"],
    "new": ["new new.yaml --section briefs"],
    "outputs": ["outputs", "outputs print"],
    "plugins": ["plugins list", "plugins new mine --size folder", "plugins check plugins/mine"],
    "schema": ["schema", "schema series", "schema result", "schema origins"],
    "tex": ["tex 365.yaml -o tex"],
    "watch": ["watch 365.yaml"],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("365.yaml", "series.yaml"):
        (tmp_path / name).write_bytes((EXAMPLES / name).read_bytes())
    (tmp_path / "jianbao.toml").write_text("")
    (tmp_path / "plugins").mkdir()
    reader = EXAMPLES / "department" / "plugins" / "news_feed.py"
    (tmp_path / "plugins" / reader.name).write_bytes(reader.read_bytes())
    (tmp_path / "news.csv").write_text("栏目,标题,正文\n要闻,标题,正文。\n", encoding="utf-8")
    return tmp_path


def without(blocked: Iterable[str], folder: Path) -> str:
    """A search path by which Python has none of these modules."""
    place = folder / "site"
    place.mkdir(exist_ok=True)
    (place / "sitecustomize.py").write_text(BLOCKER.format(blocked=set(blocked)))
    return str(place)


def of_tests_alone() -> set[str]:
    """The modules of all that is installed and that the package does not require."""
    needed, waiting = set(), ["jianbao_tex"]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in needed:
            continue
        needed.add(name)
        try:
            required = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            # For another system, or another Python.
            continue
        bare = [one for one in required if "extra ==" not in one]
        waiting += [re.split(r"[^\w.-]", one, maxsplit=1)[0] for one in bare]
    found = metadata.packages_distributions()
    return {
        module
        for module, owners in found.items()
        if not {re.sub(r"[-_.]+", "-", owner).lower() for owner in owners} & needed
    }


def test_the_tools_for_tests_are_known() -> None:
    """A blocker that blocks nothing would prove nothing."""
    assert {"pytest", "hypothesis", "mypy", "babel", "jsonschema", "hatchling"} <= of_tests_alone()
    assert not {"jianbao_tex", "yaml", "pydantic", "filelock", "click"} & of_tests_alone()
    assert WORDS.keys() == set(COMMANDS)


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "watch"])
def test_every_command_runs_without_the_tools_for_tests(command: str, folder: Path) -> None:
    site = without(of_tests_alone(), folder)
    for line in WORDS[command]:
        done = jianbao(*line.split(), folder=folder, PYTHONPATH=site)

        assert "Traceback" not in done.stderr, line
        assert done.returncode == 0, (line, done.stderr)


def test_watch_runs_without_the_tools_for_tests(folder: Path) -> None:
    site = without(of_tests_alone(), folder)
    import os

    process = subprocess.Popen(
        [sys.executable, "-m", "jianbao_tex", *WORDS["watch"][0].split()],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": site, "JIANBAO_SANDBOX": FENCE.value},
        stderr=subprocess.DEVNULL,
    )
    until((folder / "365.pdf").exists)
    process.terminate()

    assert process.wait(30) == 143


@pytest.mark.parametrize("command", ["check", "explain", "layouts", "new", "outputs", "schema"])
def test_nothing_but_the_engine_needs_posix(command: str, folder: Path) -> None:
    """Reading, checking, schema and the rest run where Python has no module of POSIX."""
    site = without(POSIX, folder)
    proof = jianbao("explain", "JB121", folder=folder, PYTHONPATH=site)
    for line in WORDS[command]:
        if "--pdf" in line:
            continue
        done = jianbao(*line.split(), folder=folder, PYTHONPATH=site)

        assert "Traceback" not in done.stderr, line
        assert done.returncode == 0, (line, done.stderr)
    assert proof.returncode == 0


def test_the_modules_of_posix_really_are_not_there(folder: Path) -> None:
    site = without(POSIX, folder)
    for module in POSIX:
        done = subprocess.run(
            [sys.executable, "-c", f"import {module}"],
            env={"PYTHONPATH": site},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 1, module


def test_no_module_asks_for_posix_when_it_is_loaded() -> None:
    """What needs it asks for it where it is used."""
    source = ROOT / "src" / "jianbao_tex"
    asking = [
        path.name
        for path in source.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.match(rf"(import|from) ({'|'.join(POSIX)})\b", line)
    ]

    assert asking == []
