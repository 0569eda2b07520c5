"""The door for files that others wrote: what is no file stops nothing, and nothing goes around it."""

from __future__ import annotations

import ast
import os
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from command import jianbao
from jianbao_tex.foreign_files import NotAFile, TooLarge, read_file, real_path
from workshop import ROOT


def pipe(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def server(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        # The path of a socket may have 108 bytes.
        os.chdir(path.parent)
        one.bind(path.name)


def folder(path: Path) -> None:
    path.mkdir()


ODD = pytest.mark.parametrize("odd", [pipe, endless, loop, server, folder])
SERIES = "masthead: {name: 工作简报}\n"
ISSUE = "series: series.yaml\nnumber: 1\narticles: {title: 标题, body: [正文。, {image: a.png}]}\n"


COMMANDS = ("check", "check --fix", "build", "build --jobs 2", "tex")
TRIES = [
    *((command, name) for command in COMMANDS for name in ("issue.yaml", "series.yaml", "a.png")),
    ("check", "issue.pdf"),
    ("check --fix", "issue.pdf"),
]


@ODD
@pytest.mark.parametrize(("command", "name"), TRIES)
def test_what_is_no_file_is_named_and_stops_nothing(
    command: str, odd: Callable[[Path], None], name: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """As the issue, beside it, or as a finished PDF; a pipe would wait, a device never end."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "issue.yaml").write_text(ISSUE, encoding="utf-8")
    (tmp_path / "series.yaml").write_text(SERIES, encoding="utf-8")
    (tmp_path / name).unlink(missing_ok=True)
    odd(tmp_path / name)
    words = command.split()
    done = jianbao(*words, "issue.pdf" if name == "issue.pdf" else "issue.yaml", folder=tmp_path)

    assert done.returncode == 1
    assert re.search(r"error JB\d+: .", done.stderr)
    assert "Traceback" not in done.stderr
    assert name in done.stderr


@ODD
@pytest.mark.parametrize(
    "name",
    [
        "jianbao.toml",
        "plugins",
        "plugins/x.py",
        "plugins/x/plugin.toml",
        "plugins/x/layouts/y/layout.toml",
        "fonts",
        "fonts/a.otf",
    ],
)
def test_what_is_no_file_in_a_project_costs_no_traceback(
    odd: Callable[[Path], None], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "issue.yaml").write_text(SERIES, encoding="utf-8")
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    odd(tmp_path / name)
    done = jianbao("check", "issue.yaml", "--fonts", "fonts", folder=tmp_path)

    assert done.returncode in {0, 1, 2, 5, 6}
    assert "Traceback" not in done.stderr


@ODD
def test_the_door_opens_regular_files_only(
    odd: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    odd(tmp_path / "x")
    with pytest.raises(OSError) as info:  # noqa: PT011 -- which one is looked at
        read_file(tmp_path / "x", 10)

    assert isinstance(info.value, NotAFile) is (odd is not loop)
    assert real_path(tmp_path / "x").name in {"x", "zero"}


def test_the_door_reads_no_more_than_it_may(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0123456789")

    assert read_file(tmp_path / "x", 10) == b"0123456789"
    with pytest.raises(TooLarge) as info:
        read_file(tmp_path / "x", 5)
    assert info.value.size == 10


def test_the_door_reads_all_of_a_file(tmp_path: Path) -> None:
    """Also one of which the system says no size, as those of /proc."""
    data = bytes(range(256)) * 12_000
    (tmp_path / "x").write_bytes(data)

    assert read_file(tmp_path / "x") == data
    assert b"Name:" in read_file(Path("/proc/self/status"))


# --- Nothing goes around it ---------------------------------------------------------------------

OWN = {
    "foreign_files.py": "the door",
    "new_files.py": "writes",
    "leases.py": "our own folders",
    "own_folders.py": "folders",
    "typesetter/workplace.py": "what TeX leaves, opened without following links",
    "typesetter/formats.py": "files of this package, and of the cache",
    "typesetter/pool.py": "files of this package",
    "typesetter/acceptance.py": "files of this package",
    "typesetter/engine.py": "what TeX leaves, by its workplace",
    "typesetter/server.py": "writes",
    "composer/phrases/vocabulary.py": "a file of this package",
    "builtin/outputs/__init__.py": "a file of this package",
    "catalogue/__init__.py": "files of this package",
    "plugins/scaffold/__init__.py": "files of this package",
    "composer/fonts.py": "a file of this package",
    "cli/doctor.py": "files of this package",
    "cli/terminal.py": "the null device",
    "cli/__init__.py": "the null device",
    "testing/golden.py": "the files of a developer's own tests",
}
"""Who opens files without the door, and why they may."""
PDF = re.compile(r"content|pdf_reader/|prepress/")
"""Who reads streams of PDFs, whose methods have the same names."""
HOME = ROOT / "src" / "jianbao_tex"


def openings(text: str) -> set[str]:
    """The calls that open a file, or follow links and may raise."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        name = called.rpartition(".")[2]
        if (
            called in {"open", "os.open"}
            or name in {"read_bytes", "read_text"}
            or (name == "open" and called.split(".")[0] not in {"pikepdf", "Image"})
            or (name == "resolve" and "__file__" not in called)
        ):
            found.add(called)
    return found


def test_nothing_else_opens_files_that_others_wrote() -> None:
    around = {}
    seen = set()
    for path in sorted(HOME.rglob("*.py")):
        name = path.relative_to(HOME).as_posix()
        found = openings(path.read_text(encoding="utf-8"))
        seen |= {name} if found else set()
        if found and name not in OWN and not PDF.match(name) and not name.startswith("children/"):
            around[name] = found

    assert around == {}
    assert OWN.keys() <= seen


@pytest.mark.parametrize(
    "line",
    ["open('x')", "p.open()", "p.read_text()", "p.read_bytes()", "os.open(p)", "p.resolve()"],
)
def test_the_rule_about_files_sees_what_it_forbids(line: str) -> None:
    assert openings(line)
