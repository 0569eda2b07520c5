"""Broken input through the real command: exit code, messages, and no traceback."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from command import jianbao
from fence import demand_fence
from jianbao_tex.catalogue import entries
from jianbao_tex.cli.explain import kinds
from jianbao_tex.testing.golden import compare
from workshop import ROOT

HERE = Path(__file__).parent
BROKEN = HERE / "broken"
CASES = sorted(path for path in BROKEN.iterdir() if path.is_dir())
EXAMPLES = {code: entry.example for code, entry in entries().items() if entry.example}


def test_there_are_cases() -> None:
    assert len(CASES) >= 100
    assert len(EXAMPLES) >= 39


def run(folder: Path, line: str) -> str:
    """
    What a command says, as people see it.

    Words before it set variables; {tests} is this folder, {here} that of the case, {PATH} the
    search path; FSIZE bounds the files; GONE deletes the folder first.  A > at the end leads standard output elsewhere.
    """
    words = shlex.split(line)
    variables = {"PATH": os.environ["PATH"]}
    while re.fullmatch(r"[A-Z_]+=.*", words[0]):
        name, value = words.pop(0).split("=", 1)
        variables[name] = value.format(tests=HERE, here=folder, PATH=os.environ["PATH"])
    output = words.pop() if words[-2:-1] == [">"] else ""
    words = words[:-1] if output else words
    size = int(variables.pop("FSIZE")) if "FSIZE" in variables else None
    gone = bool(variables.pop("GONE", ""))
    done = jianbao(*words, folder=folder, output=output, file_size=size, is_gone=gone, **variables)
    said = f"$ jianbao {line}\n{done.stdout or ''}{done.stderr}[exit {done.returncode}]\n"

    assert "Traceback" not in said
    return said.replace(str(folder.resolve()), ".").replace(str(ROOT), "..")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_findings_are_as_expected(
    case: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Each broken input gets its findings, with place and advice, and its exit code."""
    if (case / "needs-fence").exists():
        demand_fence()
    folder = tmp_path / "work"
    shutil.copytree(case, folder)
    command = folder / "command"
    line, *made = command.read_text().splitlines() if command.is_file() else ["check issue.yaml"]
    for repeated in made:
        name, count, text = repeated.split(" ", 2)
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(text.replace("\\n", "\n") * int(count))
    for program in folder.glob("bin/*"):
        program.write_text(program.read_text().replace("{python}", sys.executable))
    said = run(folder, line)

    compare(case / "expected.txt", said, accept=request.config.getoption("--accept"))
    assert not said.endswith("[exit 0]\n") or "warning" in said


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_example_of_a_code_has_that_fault(
    code: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What the catalogue shows for a code is what leads to it."""
    (tmp_path / "issue.yaml").write_text(EXAMPLES[code].strip() + "\n", encoding="utf-8")
    said = run(tmp_path, "check issue.yaml")

    compare(BROKEN / f"{code}.txt", said, accept=request.config.getoption("--accept"))
    assert f" {code}:" in said


def test_every_code_is_met_through_the_command() -> None:
    """No finding can be made that nobody has seen."""
    said = "".join(path.read_text(encoding="utf-8") for path in BROKEN.rglob("*.txt"))
    never = [code for code in kinds() if f" {code}:" not in said]

    assert never == []
    assert [*kinds()] == [*entries()]


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
