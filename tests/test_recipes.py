"""docs/recipes.md: each recipe works as it is written, in a copy of the project, in few files."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pdf_pages import text_of
from workshop import ROOT

TEXT = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
RECIPES = dict(
    re.findall(r"^## ([^\n]+): \d+ files\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
)
COUNTS = {
    name: int(count) for name, count in re.findall(r"^## (.+): (\d+) files$", TEXT, re.MULTILINE)
}
STEP = re.compile(
    r"(?:In `(?P<path>[^`]+)`(?:, (?P<where>after|before|at the end)(?: `(?P<line>[^`]+)`)?)?:\n\n)?"
    r"```(?P<kind>\w+)\n(?P<text>.*?)```",
    re.DOTALL,
)
COPIED = ("src", "templates", "tests", "tools", "fonts", "examples", "docs", "pyproject.toml")
PYTHON = {
    "jianbao": ["-m", "jianbao_tex"],
    "pytest": ["-m", "pytest", "-q", "-p", "no:cacheprovider"],
    "make": ["tools/messages.py"],
}
# What the page of each recipe must say; the command that builds it stands last.
PRINTED = {
    "A block": "明月何时照我还。",
    "A line of the masthead": "责任编辑：李四",
    "A section type": "3月6日：座谈会。",
    "An output": "· ",
    "A check": "会议召开",
    "A command": "第365期",
    "A layout": "要闻",
}


def applied(step: re.Match[str], folder: Path) -> None:
    """Writes the text of a step where its sentence says."""
    path = folder / step["path"]
    if step["where"] is None:
        assert not path.exists(), f"{step['path']} is there already"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step["text"], encoding="utf-8")
        return
    before = path.read_text(encoding="utf-8")
    if step["where"] == "at the end":
        path.write_text(before + step["text"], encoding="utf-8")
        return
    line = step["line"] + "\n"
    at = before.index(line) if before.startswith(line) else before.index("\n" + line) + 1
    at += len(line) if step["where"] == "after" else 0
    path.write_text(before[:at] + step["text"] + before[at:], encoding="utf-8")


def ran(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command of a recipe with the code of the copy."""
    program, *words = shlex.split(line)
    words = [] if program == "make" else words
    # In the copy an expected file may change, in CI too.
    ours = re.compile("JIANBAO|PYTEST|CI$")
    inherited = {k: v for k, v in os.environ.items() if not ours.match(k)}
    return subprocess.run(
        [sys.executable, *PYTHON[program], *words],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(folder / "src"), "JIANBAO_SANDBOX": "auto"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_there_is_a_recipe_for_each_thing() -> None:
    assert len(RECIPES) == len(COUNTS) == 7


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_works_as_it_is_written(name: str, tmp_path: Path) -> None:
    """Its files are as many as it says, four at most; an issue is built with the result."""
    for entry in COPIED:
        source, target = ROOT / entry, tmp_path / entry
        if source.is_file():
            shutil.copy(source, target)
        else:
            shutil.copytree(
                source, target, ignore=shutil.ignore_patterns("__pycache__", "logs", "*.pdf")
            )
    files: set[str] = set()
    for step in STEP.finditer(RECIPES[name]):
        if step["kind"] != "console":
            applied(step, tmp_path)
            files.add(step["path"])
            continue
        for line in step["text"].splitlines():
            done = ran(line.removeprefix("$ "), tmp_path)

            assert done.returncode == 0, done.stdout + done.stderr
            assert "Traceback" not in done.stderr
            if line == "$ make messages":
                assert ", 0 not translated" in done.stdout, done.stdout

    assert len(files) == COUNTS[name] <= 4
    (built,) = tmp_path.glob("*.*[ft]")
    text = text_of(built.read_bytes()) if built.suffix == ".pdf" else built.read_text("utf-8")
    assert PRINTED[name] in text
