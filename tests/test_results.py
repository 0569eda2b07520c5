"""Results that are kept: the same bytes, and only as long as nothing has changed."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from command import jianbao
from engines import TOOLS, calls, counting, until
from fence import FENCE
from jianbao_tex.batch import Batch
from jianbao_tex.children import Sandbox
from jianbao_tex.press import Press
from jianbao_tex.results import COARSE_NS, ResultStore, fingerprint
from jianbao_tex.store import Store
from jianbao_tex.typesetter import Engine
from workshop import EXAMPLES, ROOT

ISSUE = """\
series: series.yaml
number: 12
date: 2020-03-10
articles:
  - title: 标题
    body: [正文。, {image: red.png}]
"""
SERIES = "masthead: {name: 工作简报, issuer: 办公室}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "issues"
    place.mkdir()
    (place / "12.yaml").write_text(ISSUE, encoding="utf-8")
    (place / "series.yaml").write_text(SERIES, encoding="utf-8")
    _picture(place / "red.png", "red")
    _settled(place)
    return place


def _picture(path: Path, colour: str) -> None:
    from PIL import Image

    Image.new("RGB", (300, 200), colour).save(path)


def _settled(place: Path) -> None:
    """Files that were written just now are not kept for: see `Results.put`."""
    for path in place.rglob("*"):
        os.utime(path, (1, 1))
    # The time at which a file was put in its place cannot be set: the clock must pass it.
    last = max(path.stat().st_ctime_ns for path in place.rglob("*"))
    until(lambda: time.time_ns() > last + 2 * COARSE_NS)


def _build(store: Store, folder: Path, **options: object) -> object:
    """What becomes of the issue with a press made again, as in another process."""
    press = Press(plugins={}, sandbox=FENCE, store=store, **options)  # type: ignore[arg-type]
    outcome = Batch(press, ("pdf",), ResultStore(store, press, time.time_ns)).press_file(
        folder / "12.yaml"
    )
    press.engine.close()
    return outcome


def test_a_hit_is_what_a_build_would_be(folder: Path, store: Store) -> None:
    """Bytes, findings, pages, digests: all but that it was kept."""
    first, second = _build(store, folder), _build(store, folder)

    assert (first.cached, second.cached) == (False, True)  # type: ignore[attr-defined]
    assert dataclasses.replace(second, cached=False) == first  # type: ignore[type-var]


def _change_text(folder: Path) -> None:
    (folder / "12.yaml").write_text(ISSUE.replace("正文", "文字"), encoding="utf-8")


def _change_series(folder: Path) -> None:
    (folder / "series.yaml").write_text(SERIES.replace("办公室", "秘书处"), encoding="utf-8")


def _change_picture(folder: Path) -> None:
    _picture(folder / "red.png", "blue")


def _take_picture_away(folder: Path) -> None:
    (folder / "red.png").unlink()


def _issue_before(folder: Path) -> None:
    (folder / "11.yaml").write_text(ISSUE.replace("12", "11"), encoding="utf-8")


CHANGES: list[Callable[[Path], None]] = [
    _change_text, _change_series, _change_picture, _take_picture_away, _issue_before,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_has_changed_is_set_again(
    change: Callable[[Path], None], folder: Path, store: Store
) -> None:
    assert _build(store, folder).pages  # type: ignore[attr-defined]
    assert _build(store, folder).cached  # type: ignore[attr-defined]
    change(folder)

    assert not _build(store, folder).cached  # type: ignore[attr-defined]


def test_other_fonts_and_other_fences_are_other_results(
    folder: Path, store: Store, tmp_path: Path
) -> None:
    _build(store, folder)
    own = tmp_path / "own"
    own.mkdir()
    font = next(Path("/usr/share").rglob("LiberationSerif-Bold.ttf"))
    shutil.copy(font, own / "LiberationSerif-Regular.ttf")

    assert not _build(store, folder, fonts=(own,)).cached  # type: ignore[attr-defined]
    other = Sandbox.OFF if FENCE is not Sandbox.OFF else Sandbox.AUTO
    press = Press(plugins={}, sandbox=other, store=store)
    results = ResultStore(store, press, time.time_ns)
    assert not Batch(press, ("pdf",), results).press_file(folder / "12.yaml").cached
    press.engine.close()


def test_a_result_made_without_a_fence_is_none_made_within_it(tmp_path: Path) -> None:
    """Where a fence is hoped for: what TeX did outside it is not written once there is one."""
    prints = []
    for answer in ("true", "false"):
        bwrap = tmp_path / answer
        bwrap.write_text(f"#!/bin/sh\n{answer}\n")
        bwrap.chmod(0o755)
        tools = dataclasses.replace(TOOLS, bwrap=bwrap)
        press = Press(plugins={}, engine=Engine(tools, Sandbox.AUTO))
        prints += [fingerprint(press), fingerprint(press)]
        press.engine.close()

    assert prints[0] == prints[1] != prints[2] == prints[3]


def test_a_changed_plugin_and_a_changed_project_are_other_results(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "plugins/leaders_remarks", tmp_path / "plugins/leaders_remarks")
    (tmp_path / "jianbao.toml").write_text("")
    (tmp_path / "1.yaml").write_text(
        "masthead: {name: 简报}\narticles: {title: 标题, body: 正文。}\n", encoding="utf-8"
    )
    _settled(tmp_path)
    cache = str(tmp_path / "cache")

    def build(*more: str) -> bool:
        done = jianbao("build", "1.yaml", "--json", *more, folder=tmp_path, JIANBAO_CACHE=cache)
        return bool(json.loads(done.stdout)["issues"][0]["cached"])

    assert [build(), build(), build("--no-cache"), build()] == [False, True, False, True]
    assert [build("-p", "no:leaders_remarks"), build()] == [False, True]
    style = tmp_path / "plugins/leaders_remarks/leaders_remarks.sty"
    style.write_text(style.read_text() + "% another line\n")
    assert [build(), build()] == [False, True]


def test_a_file_that_changes_while_it_is_built_is_not_kept_for(folder: Path, store: Store) -> None:
    """Nobody knows which of the two was read."""
    press = Press(plugins={}, sandbox=FENCE, store=store)
    moments: list[int] = []

    def clock() -> int:
        """The time when a build begins; then another hand saves the series, once."""
        moments.append(time.time_ns())
        if len(moments) == 1:
            _change_series(folder)
        return moments[-1]

    batch = Batch(press, ("pdf",), ResultStore(store, press, clock))
    found = []
    for _ in range(3):
        found.append(batch.press_file(folder / "12.yaml").cached)
        _settled(folder)
    press.engine.close()

    assert found == [False, False, True]


def test_a_damaged_result_is_made_again(folder: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    first = _build(store, folder)
    (path,) = (store.folder / "results").iterdir()
    path.write_bytes(path.read_bytes()[:-100])
    again = _build(store, folder)

    assert not again.cached  # type: ignore[attr-defined]
    assert again.artifacts == first.artifacts  # type: ignore[attr-defined]
    assert _build(store, folder).cached  # type: ignore[attr-defined]


def test_findings_come_back_in_every_language(tmp_path: Path) -> None:
    """A warning is said again, in whatever language is asked for."""
    (tmp_path / "1.yaml").write_text("masthead: {name: 简报}\n", encoding="utf-8")
    _settled(tmp_path)
    cache = str(tmp_path / "cache")
    said = [
        jianbao("build", "1.yaml", "--lang", language, folder=tmp_path, JIANBAO_CACHE=cache)
        for language in ("en", "en", "zh")
    ]

    assert said[0].stderr == said[1].stderr != said[2].stderr
    assert "JB302" in said[2].stderr


def test_a_file_that_would_now_be_read_is(tmp_path: Path, store: Store) -> None:
    """A profile that comes to lie beside the issue takes the place of TeX's."""
    found = shutil.which("kpsewhich")
    assert found
    icc = subprocess.run([found, "FOGRA39L_coated.icc"], capture_output=True, text=True, check=True)
    (tmp_path / "12.yaml").write_text("masthead: {name: 工作简报}\narticles: {body: 文。}\n")
    _settled(tmp_path)

    def built() -> object:
        press = Press(plugins={}, sandbox=FENCE, store=store)
        outcome = Batch(press, ("print",), ResultStore(store, press, time.time_ns)).press_file(
            tmp_path / "12.yaml"
        )
        press.engine.close()
        return outcome

    assert [built().cached, built().cached] == [False, True]  # type: ignore[attr-defined]
    shutil.copy(icc.stdout.strip(), tmp_path / "FOGRA39L_coated.icc")
    _settled(tmp_path)
    last = built()

    assert not last.cached  # type: ignore[attr-defined]
    assert any("FOGRA39L_coated.icc" in name for name in last.inputs)  # type: ignore[attr-defined]


def test_outputs_are_kept_apart(store: Store) -> None:
    press = Press(plugins={}, sandbox=FENCE, store=store)
    results = ResultStore(store, press, time.time_ns)
    made = [Batch(press, names, results).press_file(EXAMPLES / "365.yaml") for names in (("pdf",), ("txt",), ("pdf", "txt"))]  # fmt: skip
    again = [Batch(press, names, results).press_file(EXAMPLES / "365.yaml") for names in (("pdf",), ("txt",), ("pdf", "txt"))]  # fmt: skip
    press.engine.close()

    assert [[a.name for a in one.artifacts] for one in again] == [["365.pdf"], ["365.txt"], ["365.pdf", "365.txt"]]  # fmt: skip
    assert [one.artifacts for one in again] == [one.artifacts for one in made]
    assert [one.cached for one in again] == [True] * 3


def test_a_changed_file_of_tex_is_another_result(folder: Path, store: Store) -> None:
    """Its ls-R names no times: a style that somebody edits in its tree leaves that as it is."""
    inputs = folder / "inputs"
    inputs.mkdir()
    style = inputs / "xeCJK.sty"
    shutil.copy(TOOLS.locate(["xeCJK.sty"])["xeCJK.sty"], style)
    tools, log = counting(folder, TEXINPUTS=f"{inputs}:")
    _settled(folder)

    def is_cached() -> bool:
        engine = Engine(tools, Sandbox.OFF, store=store)
        press = Press(plugins={}, store=store, engine=engine)
        results = ResultStore(store, press, time.time_ns)
        outcome = Batch(press, ("pdf",), results).press_file(folder / "12.yaml")
        press.engine.close()
        assert outcome.exit_code == 0
        return outcome.cached

    assert [is_cached(), is_cached()] == [False, True]
    assert calls(log)
    style.write_bytes(style.read_bytes() + b"% edited\n")
    assert [is_cached(), is_cached()] == [False, True]
