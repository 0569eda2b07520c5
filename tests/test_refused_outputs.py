"""One output that cannot be made does not take the others of the issue with it."""

from __future__ import annotations

import dataclasses
import json
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from command import jianbao
from fence import FENCE
from icc_profiles import fogra39
from jianbao_tex.batch import Batch, run_in_order
from jianbao_tex.cli.files import OutputRefused, write_whole
from jianbao_tex.errors import IssueInvalid, PreflightFailed
from jianbao_tex.findings import Where, error
from jianbao_tex.hooks import Files, Finding, Output, OutputSubject
from jianbao_tex.parcels import Packer, Parcel, press_parcel
from jianbao_tex.press import Press, PressResult
from jianbao_tex.results import ResultStore
from jianbao_tex.store import Store, digest_of
from test_registry import plugin
from test_results import _settled
from workshop import Workshop

ISSUE = """\
masthead: {name: 工作简报, issuer: 办公室}
options: {print.profile: shop.icc}
articles: {title: 题目, body: 正文。}
"""
ALL = ("print", "pdf", "txt", "certificate")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An issue whose profile of the press is none."""
    (tmp_path / "365.yaml").write_text(ISSUE, encoding="utf-8")
    (tmp_path / "shop.icc").write_bytes(b"no profile")
    return tmp_path


def words(outputs: tuple[str, ...]) -> list[str]:
    return [word for name in outputs for word in ("--output", name)]


def pressed(press: Press, folder: Path, outputs: tuple[str, ...]) -> PressResult:
    return press.press(Workshop.source(ISSUE, folder), outputs)


def test_the_good_files_are_written_and_the_refused_output_is_named(folder: Path) -> None:
    """Exit code 8; text for people and JSON for programs say both: what is there, what is not."""
    said = jianbao("build", "365.yaml", "-o", "out", *words(ALL), folder=folder)
    read = jianbao("build", "365.yaml", "-o", "out", "--json", *words(ALL), folder=folder)
    data = json.loads(read.stdout)
    (issue,) = data["issues"]
    names = ["365.pdf", "365.txt", "365-certificate.json", "365-certificate.html"]

    assert said.returncode == read.returncode == data["exit_code"] == issue["exit_code"] == 8
    assert said.stdout.split() == [f"out/{name}" for name in names]
    assert "error JB362" in said.stderr
    assert "note JB434: the output print is not made: JB362" in said.stderr
    assert issue["ok"] is False
    assert issue["refused"] == [{"output": "print", "codes": ["JB362"]}]
    assert [Path(a["file"]).name for a in issue["artifacts"]] == names
    for artifact in issue["artifacts"]:
        assert digest_of((folder / artifact["file"]).read_bytes()) == artifact["sha256"]
    assert sorted(path.name for path in (folder / "out").iterdir()) == sorted(names)


def test_good_files_are_the_same_with_and_without_the_refused_one(
    press: Press, folder: Path
) -> None:
    alone = pressed(press, folder, ("pdf", "txt"))
    beside = pressed(press, folder, ("pdf", "print", "txt"))

    assert beside.artifacts == alone.artifacts
    assert (alone.exit_code, beside.exit_code) == (0, 8)
    assert [refusal.output for refusal in beside.refused] == ["print"]


def test_the_certificate_says_what_was_not_made(press: Press, folder: Path) -> None:
    """It lists the good files, and names the output that was refused."""
    files = {a.name: a.data for a in pressed(press, folder, ALL).artifacts}
    data = json.loads(files["issue-certificate.json"])

    assert [entry["file"] for entry in data["outputs"]] == ["issue.pdf", "issue.txt"]
    assert data["refused"] == [{"output": "print", "codes": ["JB362"]}]
    assert "未生成 not made: JB362" in files["issue-certificate.html"].decode()


def test_a_certificate_of_refusals_alone_is_not_made(folder: Path) -> None:
    """Then the issue is refused, with the exit code of its error, and no file is written."""
    done = jianbao(
        "build", "365.yaml", "-o", "out", *words(("print", "certificate")), folder=folder
    )

    assert done.returncode == 4
    assert "JB362" in done.stderr
    assert not (folder / "out").exists()


def test_where_all_are_refused_the_errors_of_all_are_reported(press: Press, folder: Path) -> None:
    """The family, and so the exit code, is that of the first."""
    with pytest.raises(PreflightFailed) as refusal:
        pressed(press, folder, ("copies", "print", "booklet"))

    assert {finding.code for finding in refusal.value.findings} == {"JB365", "JB362"}
    (folder / "shop.icc").unlink()
    with pytest.raises(IssueInvalid, match="JB430"):
        pressed(press, folder, ("print", "copies"))


_BAD = error("XX1", "the second file is wrong", "report it")


def pair_outputs() -> list[Output]:
    """An output of two files, of which the second does not pass its check; and one that raises."""

    def make(_: OutputSubject) -> Files:
        return {"-one.dat": b"1", "-two.dat": b"2"}

    def prove(subject: OutputSubject, files: Files) -> list[Finding]:
        assert files.keys() == {"-one.dat", "-two.dat"}
        return [_BAD.at(subject.issue.where(()))]

    def fail(_: OutputSubject) -> bytes:
        raise ValueError("nothing to be made")

    pair = Output("pair", "双", "-one.dat", "t/p", make, prove=prove)
    return [pair, Output("broken", "坏", ".broken", "t/p", fail)]


def test_no_output_is_written_by_halves(folder: Path, store: Store) -> None:
    """Of an output with several files all are good, or none is there; others do not mind."""
    own = plugin("pair", jianbao_outputs=pair_outputs)
    press = Press(plugins={"pair": own}, sandbox=FENCE, store=store)
    result = pressed(press, folder, ("pair", "txt", "broken"))
    press.engine.close()

    assert [a.name for a in result.artifacts] == ["issue.txt"]
    assert {r.output: r.codes for r in result.refused} == {"pair": ("XX1",), "broken": ("JB501",)}


def test_old_files_of_a_refused_output_are_removed(folder: Path) -> None:
    """
    Beside the new PDF the master of yesterday would go to the press with the text of yesterday.
    Files of other outputs, of other issues and of the user stay.
    """
    out = folder / "out"
    (folder / "shop.icc").write_bytes(fogra39())
    first = words(("print", "archive", "pdf", "png"))
    assert jianbao("build", "365.yaml", "-o", "out", *first, folder=folder).returncode == 0
    (out / "365-print-notes.txt").write_text("mine")
    (out / "366-print.pdf").write_text("of another issue")
    (folder / "shop.icc").write_bytes(b"no profile")
    done = jianbao(
        "build", "365.yaml", "-o", "out", *words(("print", "archive", "pdf")), folder=folder
    )

    assert done.returncode == 8
    assert sorted(path.name for path in out.iterdir()) == [
        *("365-page-1.png", "365-print-notes.txt", "365.pdf", "366-print.pdf")
    ]
    assert "JB435: files of an earlier build were removed" in done.stderr


def test_a_stale_file_stays_where_nothing_new_can_be_written(tmp_path: Path) -> None:
    """Writing is one step: all new files and no stale one, or everything as before."""
    (tmp_path / "old.pdf").write_text("old")
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(OutputRefused):
        write_whole(
            {tmp_path / "new.pdf": b"new", tmp_path / "folder.pdf": b"new"},
            sources=(),
            stale=[tmp_path / "old.pdf"],
        )

    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.pdf", "old.pdf"]


def test_a_file_of_another_issue_of_the_command_is_not_stale(folder: Path) -> None:
    """365-print.yaml makes 365-print.pdf, which is what the refused output would be called."""
    other = ISSUE.replace("options: {print.profile: shop.icc}\n", "")
    (folder / "365-print.yaml").write_text(other, encoding="utf-8")
    outputs = words(("pdf", "print"))
    names = ("365-print.yaml", "365.yaml")
    done = jianbao("build", *names, "-o", "out", "--json", *outputs, folder=folder)
    codes = [issue["exit_code"] for issue in json.loads(done.stdout)["issues"]]

    assert done.returncode == 8
    assert codes == [0, 8]
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        *("365-print-print.pdf", "365-print.pdf", "365.pdf")
    ]


def test_strict_counts_the_warnings_of_the_good_outputs(folder: Path) -> None:
    """A refused output alone is no warning; with a warning nothing is written, as always."""
    outputs = words(("print", "txt"))
    calm = jianbao("build", "365.yaml", "-o", "out", "--strict", *outputs, folder=folder)
    text = ISSUE.replace("articles: {title: 题目, body: 正文。}\n", "")
    (folder / "365.yaml").write_text(text, encoding="utf-8")
    warned = jianbao("build", "365.yaml", "-o", "other", "--strict", *outputs, folder=folder)

    assert calm.returncode == 8
    assert [path.name for path in (folder / "out").iterdir()] == ["365.txt"]
    assert "JB302" in warned.stderr
    assert warned.returncode == 4
    assert not (folder / "other").exists()


def test_a_check_of_the_outputs_ends_with_8_too(folder: Path) -> None:
    """It writes nothing; the sound files are described."""
    outputs = words(("print", "pdf"))
    done = jianbao("check", "365.yaml", "--pdf", "--json", *outputs, folder=folder)
    (issue,) = json.loads(done.stdout)["issues"]

    assert done.returncode == 8
    assert issue["refused"] == [{"output": "print", "codes": ["JB362"]}]
    assert [entry["file"] for entry in issue["checked"]] == ["365.pdf"]
    assert not (folder / "365.pdf").exists()


def test_what_was_refused_is_not_kept(folder: Path, store: Store) -> None:
    """The next build tries again; only a whole result is taken from the cache."""
    _settled(folder)
    press = Press(plugins={}, sandbox=FENCE, store=store)
    batch = Batch(press, ("print", "txt"), ResultStore(store, press, time.time_ns))
    outcomes = [batch.press_file(folder / "365.yaml") for _ in range(2)]
    (folder / "shop.icc").write_bytes(fogra39())
    _settled(folder)
    outcomes += [batch.press_file(folder / "365.yaml") for _ in range(2)]
    press.engine.close()

    assert [outcome.exit_code for outcome in outcomes] == [8, 8, 0, 0]
    assert [outcome.cached for outcome in outcomes] == [False, False, False, True]
    assert [outcome.refused for outcome in outcomes[2:]] == [(), ()]


def test_another_process_refuses_the_same(press: Press, folder: Path) -> None:
    """Parcels for workers: what comes back has both, files and refusals."""
    parcel = Packer(press, ("print", "txt")).pack(folder / "365.yaml")
    assert isinstance(parcel, Parcel)
    here = Batch(press, ("print", "txt")).press_file(folder / "365.yaml")
    with ProcessPoolExecutor(1) as executor:
        (there,) = run_in_order(press_parcel, [parcel], executor, 1)

    assert (there.exit_code, there.artifacts) == (here.exit_code, here.artifacts)
    assert there.refused == here.refused
    assert dataclasses.replace(there.findings[0], where=Where("")) == dataclasses.replace(
        here.findings[0], where=Where("")
    )


def test_nothing_temporary_is_left(folder: Path) -> None:
    """Neither in the folder of the files, nor among those of the system."""
    temporary = folder / "tmp"
    temporary.mkdir()
    done = jianbao(
        "build", "365.yaml", "-o", "out", *words(ALL), folder=folder, TMPDIR=str(temporary)
    )

    assert done.returncode == 8
    assert not any(path.name.startswith(".") for path in (folder / "out").iterdir())
    assert list(temporary.iterdir()) == []
