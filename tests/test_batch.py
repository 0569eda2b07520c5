"""Many issues: in order, each for itself, on threads, processes and a cluster; ended cleanly."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from command import jianbao, started
from engines import none_left, until
from fence import FENCE
from jianbao_tex.batch import Batch, Outcome, run_in_order
from jianbao_tex.cli.files import write_whole
from jianbao_tex.parcels import Packer, Parcel, press_parcel
from jianbao_tex.plugins import Selection, Trust
from jianbao_tex.press import Press
from jianbao_tex.store import digest_of
from workshop import EXAMPLES, ROOT

COUNT = 6


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Issues that differ, one of them broken."""
    for number in range(COUNT):
        (tmp_path / f"{number}.yaml").write_text(_issue(number), encoding="utf-8")
    (tmp_path / "3.yaml").write_text("masthead: {nmae: 简报}\n", encoding="utf-8")
    return tmp_path


def _issue(number: int) -> str:
    return (
        f"masthead: {{name: 工作简报}}\nnumber: {number + 1}\n"
        f"articles: {{title: 标题, body: 第{number}篇正文。}}\n"
    )


def _names() -> list[str]:
    return [f"{number}.yaml" for number in range(COUNT)]


@pytest.mark.parametrize("jobs", ["1", "2", "5"])
def test_results_come_in_the_order_of_the_issues_and_one_bad_one_stops_none(
    jobs: str, folder: Path
) -> None:
    done = jianbao("build", *_names(), "--jobs", jobs, "--json", "--no-cache", folder=folder)
    data = json.loads(done.stdout)

    assert done.returncode == data["exit_code"] == 8
    assert [one["issue"] for one in data["issues"]] == _names()
    assert [one["exit_code"] for one in data["issues"]] == [0, 0, 0, 1, 0, 0]
    assert sorted(path.name for path in folder.glob("*.pdf")) == [
        f"{number}.pdf" for number in range(COUNT) if number != 3
    ]


def test_the_bytes_are_the_same_alone_and_among_others(folder: Path) -> None:
    """One at a time, five at a time, from the cache, without one, elsewhere on the earth."""
    digests = []
    ways: list[tuple[list[str], dict[str, str]]] = [
        (["--jobs", "5"], {}),
        (["--jobs", "1"], {}),
        ([], {"JIANBAO_CACHE": ""}),
        (["--no-cache"], {"TZ": "Asia/Shanghai", "LC_ALL": "C", "LANG": "de_DE"}),
        (["--no-cache", "--sandbox", "off"], {"TZ": "America/Lima"}),
    ]
    for options, environment in ways:
        done = jianbao("build", "0.yaml", "1.yaml", "--json", "-o", "out", *options, folder=folder, **environment)  # fmt: skip
        issues = json.loads(done.stdout)["issues"]
        digests.append([one["artifacts"][0]["sha256"] for one in issues])

    assert digests == [digests[0]] * len(ways)
    assert digests[0] == [digest_of((folder / f"out/{n}.pdf").read_bytes()) for n in (0, 1)]


def test_other_processes_get_all_that_an_issue_needs(tmp_path: Path, press: Press) -> None:
    """Series, picture, issue before, plugin of the project: no file of this machine is theirs."""
    project = tmp_path / "project"
    home = project / "plugins" / "leaders_remarks"
    home.parent.mkdir(parents=True)
    _copy(ROOT / "plugins/leaders_remarks", home)
    (project / "jianbao.toml").write_text("")
    (project / "2.yaml").write_text(
        (home / "tests/two_remarks.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    near = Press(plugins=Selection(folder=project, trust=Trust()), sandbox=FENCE)
    parcel = Packer(near).pack(project / "2.yaml")
    assert isinstance(parcel, Parcel)
    here = Batch(near).press_file(project / "2.yaml")
    with ProcessPoolExecutor(1) as executor:
        (there,) = run_in_order(press_parcel, [parcel], executor, 1)

    assert here.exit_code == 0
    assert there.artifacts == here.artifacts
    assert there.findings == here.findings
    for name in ("363", "365"):
        parcel = Packer(press).pack(EXAMPLES / f"{name}.yaml")
        assert isinstance(parcel, Parcel)
        assert {"series.yaml", f"{name}.yaml"} <= parcel.files.keys()


def test_a_parcel_writes_nothing_outside_its_folder(press: Press) -> None:
    """Files of the issue are never written; those of its plugins go below one folder."""
    parcel = Packer(press).pack(EXAMPLES / "365.yaml")
    assert isinstance(parcel, Parcel)
    import dataclasses

    evil = dataclasses.replace(parcel, project={"../out": b"x"})

    assert press_parcel(evil).exit_code == 1
    assert press_parcel(parcel).exit_code == 0


def test_a_lost_worker_is_a_finding_on_its_issue() -> None:
    """A process that dies takes its issue with it, not the batch."""
    with ProcessPoolExecutor(1) as executor:
        (made,) = run_in_order(_die, ["1.yaml"], executor, 1)

    assert (made.exit_code, [finding.code for finding in made.findings]) == (7, ["JB427"])


def _die(_: object) -> Outcome:
    os._exit(9)


def test_only_so_many_are_given_out_ahead() -> None:
    """The results of thousands would not fit into memory."""
    given: list[int] = []
    executor = ThreadPoolExecutor(2)
    made = run_in_order(
        lambda n: given.append(n) or Outcome(source=str(n)), range(1000), executor, 2
    )
    next(made)

    assert len(given) <= 6
    made.close()  # type: ignore[attr-defined]
    executor.shutdown()
    assert len(given) <= 7


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("jobs", ["1", "3"])
def test_an_end_from_outside_leaves_nothing_half(
    number: signal.Signals, jobs: str, tmp_path: Path
) -> None:
    """No process, no folder, no half file; what is done is there and whole."""
    temporary, out = tmp_path / "tmp", tmp_path / "out"
    temporary.mkdir()
    names = []
    for index in range(12):
        (tmp_path / f"{index}.yaml").write_text(_issue(index), encoding="utf-8")
        names.append(f"{index}.yaml")
    process = started(["build", *names, "--jobs", jobs, "--no-cache", "-o", "out"], tmp_path)
    until(lambda: len(list(out.glob("*.pdf"))) >= 2)
    process.send_signal(number)
    process.communicate(timeout=20)

    assert process.returncode == 128 + number
    assert none_left(str(temporary))
    assert list(temporary.iterdir()) == []
    assert all(path.read_bytes().rstrip().endswith(b"%%EOF") for path in out.iterdir())
    assert {path.suffix for path in out.iterdir()} == {".pdf"}


@pytest.mark.parametrize("step", ["open", "fdopen", "umask"])
def test_an_interrupt_at_any_step_of_writing_leaves_no_file(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also right after the file was made, before anything is written."""
    before = getattr(os, step)

    def interrupted(*given: Any, **more: Any) -> Any:
        result = before(*given, **more)
        monkeypatch.undo()
        if step == "open":
            os.close(result)
        elif step == "fdopen":
            result.close()
        raise KeyboardInterrupt

    mask = os.umask(0o022)
    os.umask(mask)
    monkeypatch.setattr(os, step, interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole({tmp_path / "a.pdf": b"%PDF", tmp_path / "b.pdf": b"%PDF"}, sources=())
    # An interrupt there leaves another mask, which no other test may have.
    os.umask(mask)

    assert list(tmp_path.iterdir()) == []


STAGES: dict[str, Callable[[Path], object]] = {
    "at the start": Path.exists,
    "when its folder is there": lambda place: list(place.glob("tmp/jianbao-*")),
    "when TeX is at work": lambda place: list(place.glob("tmp/jianbao-*/job/*.log")),
    "when the PDF is there": lambda place: list(place.glob("tmp/jianbao-*/job/*.pdf")),
    "when the file is written": lambda place: list(place.glob("out/*")),
}
"""Stages of a build by what lies on the disk."""


@pytest.mark.parametrize("stage", STAGES)
def test_sigkill_at_any_stage_leaves_nothing_half(stage: str, tmp_path: Path) -> None:
    """The next run takes away the folder of the one that was killed."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    (tmp_path / "0.yaml").write_text(_issue(0), encoding="utf-8")
    process = started(["build", "0.yaml", "--no-cache", "-o", "out"], tmp_path)
    # A stage that is over before it is seen is a later one, which is as good.
    until(lambda: STAGES[stage](tmp_path) or process.poll() is not None)
    process.kill()
    process.communicate()

    assert none_left(str(temporary), 10)
    found = list((tmp_path / "out").glob("*.pdf"))
    assert all(path.read_bytes().rstrip().endswith(b"%%EOF") for path in found)
    again = started(["build", "0.yaml", "--no-cache", "-o", "out"], tmp_path)
    again.communicate()
    assert again.returncode == 0
    assert list(temporary.iterdir()) == []


def test_two_builders_on_one_folder_and_one_cache(tmp_path: Path) -> None:
    """Each file is that of one of them, whole; and both write the same."""
    for index in range(3):
        (tmp_path / f"{index}.yaml").write_text(_issue(index), encoding="utf-8")
    (tmp_path / "tmp").mkdir()
    words = ["build", "0.yaml", "1.yaml", "2.yaml", "--jobs", "2", "-o", "out"]
    cache = str(tmp_path / "cache")
    both = [started(words, tmp_path, JIANBAO_CACHE=cache) for _ in range(2)]
    for process in both:
        process.communicate(timeout=120)

    assert [process.returncode for process in both] == [0, 0]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0.pdf", "1.pdf", "2.pdf"]


def test_files_of_tomorrow_do_no_harm(tmp_path: Path) -> None:
    """A clock that was set back: nothing is kept for such a file, and nothing fails."""
    (tmp_path / "0.yaml").write_text(_issue(0), encoding="utf-8")
    tomorrow = time.time() + 86_400
    os.utime(tmp_path / "0.yaml", (tomorrow, tomorrow))
    cached = []
    for _ in range(2):
        done = jianbao("build", "0.yaml", "--json", folder=tmp_path)
        cached.append(json.loads(done.stdout)["issues"][0]["cached"])

    assert cached == [False, False]


def _copy(source: Path, target: Path) -> None:
    import shutil

    shutil.copytree(source, target)
