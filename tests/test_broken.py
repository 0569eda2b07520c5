"""Broken input through the real command: exit code, messages, and no traceback."""

from __future__ import annotations

import hashlib
import shlex
import shutil
from pathlib import Path

import pytest

from command import jianbao
from golden import check

CASES = sorted(path for path in (Path(__file__).parent / "broken").iterdir() if path.is_dir())


def test_there_are_cases() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_findings_are_as_expected(
    case: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Each broken input gets its findings, with place and advice, and its exit code."""
    folder = tmp_path / "work"
    shutil.copytree(case, folder)
    command = folder / "command"
    words = command.read_text().split("\n")[0] if command.is_file() else "check issue.yaml"
    done = jianbao(*shlex.split(words), folder=folder)
    said = f"$ jianbao {words}\n{done.stdout}{done.stderr}[exit {done.returncode}]\n"

    check(case / "expected.txt", said, accept=request.config.getoption("--accept"))
    assert "Traceback" not in done.stderr
    assert done.returncode not in {0, 3}


def test_a_file_of_20_megabytes_is_refused_at_once(tmp_path: Path) -> None:
    """A huge file is not even read."""
    (tmp_path / "issue.yaml").write_bytes(b"a: b\n" * 4_000_000)
    done = jianbao("check", "issue.yaml", folder=tmp_path)

    assert done.returncode == 1
    assert "JB103" in done.stderr


@pytest.mark.parametrize("command", ["check", "build", "tex"])
def test_every_command_refuses_in_the_same_way(command: str, tmp_path: Path) -> None:
    """What check finds, build and tex find too, with the same words and code."""
    (tmp_path / "issue.yaml").write_text("masthead: {nam: x}\n", encoding="utf-8")
    done = jianbao(command, "issue.yaml", folder=tmp_path)

    assert done.returncode == 1
    assert "issue.yaml:1:12: error JB121" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["issue.yaml"]


@pytest.mark.parametrize(
    "text",
    ["number: 1\n", "masthead: {name: 工作简报𓀀}\n", "masthead: {name: 简报}\nlayout: none\n"],
)
def test_an_existing_pdf_stays_until_the_new_one_is_whole(text: str, tmp_path: Path) -> None:
    """A build that fails leaves the old PDF byte by byte, and nothing beside it."""
    (tmp_path / "issue.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "issue.pdf").write_bytes(b"the old one")
    before = hashlib.sha256((tmp_path / "issue.pdf").read_bytes()).hexdigest()
    done = jianbao("build", "issue.yaml", folder=tmp_path)

    assert done.returncode == 1
    assert hashlib.sha256((tmp_path / "issue.pdf").read_bytes()).hexdigest() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["issue.pdf", "issue.yaml"]
