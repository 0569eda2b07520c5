"""One run of xelatex: shut in, limited, reproducible, and honest about failure."""

from __future__ import annotations

import dataclasses
import itertools
import subprocess
import time
from pathlib import Path

import pytest

import engines
from engines import TOOLS, engine, none_left, until
from fence import FENCE, demand_fence
from jianbao_tex.children import GUARD, Rung, Sandbox
from jianbao_tex.errors import IssueInvalid, LimitReached, ToolMissing, TypesettingFailed
from jianbao_tex.findings import Where
from jianbao_tex.master import Origin, TexTree
from jianbao_tex.places import Place, Scalar
from jianbao_tex.press import Press, Source
from jianbao_tex.store import Store
from jianbao_tex.typesetter import Engine
from jianbao_tex.typesetter.starter import Starter
from jianbao_tex.typesetter.workplace import Workplace
from pdf_pages import text_of
from workshop import EXAMPLES, Workshop


def tree(body: str, **files: bytes) -> TexTree:
    """A document that no format fits: its opening is not on lines of its own."""
    main = f"\\documentclass{{article}}\\begin{{document}}{body}\\end{{document}}\n"
    return TexTree("issue.tex", {"issue.tex": main.encode(), **files})


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    path = tmp_path / "canary.tex"
    path.write_text("CANARY")
    return path


def test_there_is_no_ghostscript_inside_the_fence() -> None:
    """The PDF writer starts it for pictures in PostScript, and file names can switch it to harm."""
    demand_fence()
    assert TOOLS.bwrap
    place = Workplace()
    fence = Starter(TOOLS, Sandbox.REQUIRED).fence(place).command(TOOLS.bwrap)
    inside, outside = (
        subprocess.run([*words, "/usr/bin/gs", "--version"], capture_output=True, check=False)
        for words in (fence, ["env"])
    )

    place.close()

    assert outside.returncode == 0
    assert inside.returncode != 0
    assert inside.stdout == b""


# Those that TeX's own switches stop; all of them are in test_hostile_tex.
ATTACKS = [
    r"\input{|printf CAN%sRY A}",
    r"\immediate\write18{touch PLACE/made}x",
    r"\newwrite\f\immediate\openout\f=PLACE/made\immediate\write\f{x}x",
    r"\newwrite\f\immediate\openout\f=../made\immediate\write\f{x}x",
]


@pytest.mark.parametrize("last", [["issue.tex"], ["-jobname=issue", "wait.tex"]])
def test_the_sandbox_really_is_in_the_call(
    last: list[str], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command begins with bubblewrap, shares nothing, and names nothing of the data."""
    demand_fence()
    calls: list[list[str]] = []
    real = subprocess.Popen

    def spy(command: list[str], **options: object) -> object:
        calls.append(command)
        return real(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr("jianbao_tex.children.process.subprocess.Popen", spy)
    if last == ["issue.tex"]:
        engine().typeset(tree("x"))
    else:
        engine(store=store).typeset(engines.tree("x"))
    (command,) = [call for call in calls if call[-1] == last[-1]]
    fence = command[1 : command.index("--")]
    words = command[command.index("--") + 1 :]
    variables = dict(itertools.pairwise(fence))

    assert Path(command[0]).name == "bwrap"
    assert fence[:3] == ["--unshare-all", "--die-with-parent", "--clearenv"]
    assert fence[3:9] == ["--cap-drop", "ALL", "--uid", "65534", "--gid", "65534"]
    # How many processes there may be is known only if the system counts them by namespace.
    words = [word for word in words if not word.startswith(("--nproc=", "-fmt="))]
    # An engine that does not wait for a line waits until all around it is up.
    guard = [*GUARD] if last == ["issue.tex"] else []
    assert words[: len(guard)] == guard
    words = words[len(guard) :]
    assert [Path(w).name if w.startswith("/") else w for w in words] == [
        "prlimit", "--cpu=40:41", f"--as={2 * 1024**3}:{2 * 1024**3}",
        f"--fsize={50 * 1024**2}:{50 * 1024**2}", "--nofile=256:256", "--core=0:0", "xelatex", "-no-shell-escape", "-no-parse-first-line",
        "-interaction=nonstopmode", "-halt-on-error", "-file-line-error", *last,
    ]  # fmt: skip
    for name, value in {"openin_any": "p", "openout_any": "p", "shell_escape": "f"}.items():
        assert variables[name] == value


def test_the_environment_is_built_from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the caller reaches TeX; its own ones are these."""
    monkeypatch.setenv("SECRET", "x")
    environment = TOOLS.environment()

    assert "SECRET" not in environment
    assert (environment["openin_any"], environment["openout_any"]) == ("p", "p")
    assert (environment["shell_escape"], environment["SOURCE_DATE_EPOCH"]) == ("f", "0")


@pytest.mark.parametrize("attack", ATTACKS)
def test_without_the_fence_tex_still_runs_nothing_and_writes_nothing_outside(
    attack: str, canary: Path
) -> None:
    """Shell escape and writing are closed by TeX's own switches too."""
    before = sorted(path.name for path in canary.parent.iterdir())
    try:
        pdf = engine(Sandbox.OFF).typeset(tree(attack.replace("PLACE", str(canary.parent)))).pdf
    except TypesettingFailed:
        pdf = b""

    assert sorted(path.name for path in canary.parent.iterdir()) == before
    assert not pdf or "CANARY" not in text_of(pdf)


def test_memory_that_runs_out_is_a_limit() -> None:
    with pytest.raises(LimitReached, match="JB321"):
        engine(memory_bytes=120 * 1024**2).typeset(tree("x"))


def test_a_fence_that_was_hoped_for_and_absent_is_a_warning(press: Press) -> None:
    """auto without bubblewrap builds and says so; off was asked for and says nothing."""
    bare = dataclasses.replace(TOOLS, bwrap=None)
    source = Source.from_bytes("masthead: {name: 简报}".encode(), "issue.yaml")
    found = {}
    for mode in (Sandbox.AUTO, Sandbox.OFF):
        other = Press(plugins={}, sandbox=mode, engine=Engine(bare, mode))
        found[mode] = [f.code for f in other.press(source).findings]

    assert found == {Sandbox.AUTO: ["JB302", "JB417"], Sandbox.OFF: ["JB302"]}
    assert "JB417" not in [finding.code for finding in press.press(source).findings]


def test_a_program_that_does_not_answer_is_named(tmp_path: Path) -> None:
    broken = dataclasses.replace(TOOLS, kpsewhich=tmp_path / "kpsewhich")
    with pytest.raises(ToolMissing, match="JB418"):
        broken.locate(["a.ttf"])


def test_a_required_sandbox_that_is_absent_stops_the_run() -> None:
    """Untrusted data is never set without the fence; auto and off run without."""
    bare = dataclasses.replace(TOOLS, bwrap=None)

    with pytest.raises(ToolMissing, match="JB414"):
        Engine(bare, Sandbox.REQUIRED).typeset(tree("x"))
    assert Engine(bare, Sandbox.AUTO).typeset(tree("x")).pages == 1
    assert Engine(bare, Sandbox.OFF).typeset(tree("x")).pages == 1


@pytest.mark.parametrize("sandbox", [FENCE, Sandbox.OFF])
def test_an_endless_run_is_ended_with_all_its_processes(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wall limit ends the whole process group; no PDF comes back."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    start = time.monotonic()
    with pytest.raises(LimitReached, match="JB320"):
        engine(sandbox, wall_s=2.0).typeset(tree(r"\def\a{\a}\a"))

    assert time.monotonic() - start < 10
    assert none_left(str(tmp_path))


def test_a_child_that_outlives_tex_is_ended_too(tmp_path: Path) -> None:
    """The whole process group goes, also after success."""
    fake = tmp_path / "xelatex"
    fake.write_text("#!/bin/sh\nsleep 987 &\nexit 1\n")
    fake.chmod(0o755)
    with pytest.raises(TypesettingFailed):
        Engine(dataclasses.replace(TOOLS, xelatex=fake), Sandbox.OFF).typeset(tree("x"))

    assert none_left("sleep\0987")


def test_processor_time_is_limited() -> None:
    with pytest.raises(LimitReached, match="JB321"):
        engine(cpu_s=1, wall_s=30.0).typeset(tree(r"\def\a{\a}\a"))


def test_disk_space_is_limited() -> None:
    """A run that writes without end hits the file limit, not the disk."""
    body = r"\newwrite\f\immediate\openout\f=x\def\a{\immediate\write\f{xxxxxxxxxxxxxxxxxxxx}\a}\a"
    with pytest.raises(LimitReached):
        engine(file=1_000_000, wall_s=30.0).typeset(tree(body))


def test_an_error_of_tex_is_named_with_its_line() -> None:
    with pytest.raises(TypesettingFailed, match=r"issue.tex:1: JB313 .*command .nothing") as info:
        engine().typeset(tree(r"\nothing"))

    assert info.value.exit_code == 3


def test_a_lost_character_stops_the_run_at_the_user_s_own_place() -> None:
    """The glyph that TeX misses is named with code point and YAML place."""
    broken = tree("\\tracinglostchars=3 a工b")
    scalar = Scalar("365.yaml", [*[""] * 46, "body: a工b"], 47, 7, "a工b", "")
    start = broken.lines("issue.tex")[0].index("a工b") + 1
    origin = Origin(
        line=1,
        column=start,
        end_column=start + 3,
        template=Where("x.jinja", 1),
        place=Place.of(scalar),
        plain="a工b",
    )
    with pytest.raises(IssueInvalid) as info:
        engine().typeset(dataclasses.replace(broken, origins=(origin,)))
    (finding,) = info.value.findings

    assert finding.code == "JB311"
    assert "U+5DE5" in finding.message
    assert str(finding.where) == "365.yaml:47:8"


def test_a_document_without_pages_is_no_master() -> None:
    with pytest.raises(TypesettingFailed, match="JB322"):
        engine().typeset(tree(""))


def test_one_pass_is_enough(press: Press) -> None:
    """No aux files are written and the log asks for no second run."""
    composed = press.compose(Source.from_file(EXAMPLES / "365.yaml"))
    master = press.engine.typeset(composed.tree)

    assert not [message for message in master.log if message.kind == "rerun"]
    assert b"\\nofiles" in composed.tree.files["jianbao.cls"]


def test_a_second_pass_runs_when_the_log_asks() -> None:
    """A label used before it is known comes out right."""
    body = r"\pageref{z}\newpage x\newpage x\label{z}"
    pdf = engine().typeset(tree(body)).pdf

    assert text_of(pdf).startswith("3")


def test_same_issue_same_bytes(workshop: Workshop) -> None:
    """Two runs, in different folders, in different seconds, give one PDF byte by byte."""
    first = workshop.example("365").artifacts[0].data
    second = int(time.time())
    until(lambda: int(time.time()) > second)
    again = (
        Press(plugins={}, sandbox=FENCE)
        .press(Source.from_file(EXAMPLES / "365.yaml"))
        .artifacts[0]
        .data
    )
    outside = Press(plugins={}, sandbox=Sandbox.OFF)
    unfenced = outside.press(Source.from_file(EXAMPLES / "365.yaml")).artifacts[0].data

    assert first == again
    assert first == unfenced


def test_nothing_is_left_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    engine().typeset(tree("x"))
    with pytest.raises(TypesettingFailed):
        engine().typeset(tree(r"\nothing"))

    assert list(tmp_path.iterdir()) == []


def test_isolation_is_that_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fence that did not work when TeX was started may work when it has ended."""
    rungs = iter((Rung.NONE, Rung.BWRAP))
    monkeypatch.setattr(Starter, "rung", property(lambda _: next(rungs)))

    assert engine(Sandbox.OFF).typeset(tree("x")).tools["isolation"] == "none"
