"""``jianbao watch``: whatever is saved, however, is built; the last good PDF stays."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from command import CACHE
from engines import heeding_interrupts, none_left, until
from fence import FENCE
from jianbao_tex.cli.reports import Reporting
from jianbao_tex.cli.watch import _build, _WatchedFiles
from jianbao_tex.press import Press
from jianbao_tex.store import Store
from pdf_pages import text_of
from workshop import ROOT

ISSUE = "series: series.yaml\nnumber: 12\narticles: {title: 标题, body: 正文一。}\n"
ISSUE_ALONE = "masthead: {name: 简报}\nnumber: 12\narticles: {title: 标题, body: 正文一。}\n"
SERIES = "masthead: {name: 工作简报}\n"


class Watch:
    """A watch at work, and what it said of each build."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        (folder / "tmp").mkdir(exist_ok=True)
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jianbao_tex", "watch", "12.yaml", "--json", *options],
                cwd=folder,
                env={
                    **os.environ,
                    "TMPDIR": str(folder / "tmp"),
                    "JIANBAO_CACHE": os.environ[CACHE],
                    "JIANBAO_SANDBOX": FENCE.value,
                },
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=heeding_interrupts,  # noqa: PLW1509 -- nothing of ours runs in threads here
            )

    def builds(self) -> list[dict[str, object]]:
        lines = self._log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def last_ok(self) -> object:
        """Whether the last build went well; ``None`` before the first."""
        builds = self.builds()
        return builds[-1]["ok"] if builds else None

    def until(self, is_so: Callable[[], bool]) -> None:
        def look() -> bool:
            assert self.process.poll() is None, self._log.read_text()
            return is_so()

        until(look)

    def shows(self, text: str) -> None:
        """Waits until the PDF has a text."""
        self.until(lambda: text in self.text())

    def text(self) -> str:
        pdf = self.folder / "12.pdf"
        return text_of(pdf.read_bytes()) if pdf.exists() else ""

    def after(self, count: int) -> dict[str, object]:
        """The last build, once there were more than so many."""
        self.until(lambda: len(self.builds()) > count)
        return self.builds()[-1]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    (tmp_path / "12.yaml").write_text(ISSUE, encoding="utf-8")
    (tmp_path / "series.yaml").write_text(SERIES, encoding="utf-8")
    made = Watch(tmp_path)
    made.shows("正文一")
    yield made
    made.process.kill()
    made.process.wait()


def test_every_way_of_saving_is_seen(watch: Watch) -> None:
    """Written in place, put in place, and in place with the same size."""
    issue = watch.folder / "12.yaml"
    issue.write_text(ISSUE.replace("正文一", "正文二"), encoding="utf-8")
    watch.shows("正文二")
    beside = watch.folder / ".12.yaml.new"
    beside.write_text(ISSUE.replace("正文一", "正文三"), encoding="utf-8")
    beside.rename(issue)
    watch.shows("正文三")
    with issue.open("w", encoding="utf-8") as file:
        text = ISSUE.replace("正文一", "正文四")
        file.write(text[:40])
        file.flush()
        # Half of a text may be built on the way, as from an editor that is slow.
        file.write(text[40:])
    watch.shows("正文四")


def test_the_series_is_watched_too(watch: Watch) -> None:
    (watch.folder / "series.yaml").write_text("masthead: {name: 秘书通讯}\n", encoding="utf-8")
    watch.shows("秘书通讯")

    assert "工作简报" not in watch.text()


def test_a_save_while_it_builds_is_not_lost(watch: Watch) -> None:
    issue = watch.folder / "12.yaml"
    for number in range(12):
        count = len(watch.builds())
        issue.write_text(ISSUE.replace("正文一", f"正文{number}号"), encoding="utf-8")
        # The next save comes while this one is set, or just when it is done.
        if number % 3:
            watch.until(lambda: bool(list(watch.folder.glob("tmp/jianbao-*/job*/**/issue.tex"))))
        else:
            watch.after(count)
    watch.shows("正文11号")

    assert watch.last_ok() is True


def test_what_was_read_before_a_save_is_not_written(tmp_path: Path, store: Store) -> None:
    """Half of a save would be shown as a fault of the issue, or as its PDF."""
    issue, out = tmp_path / "12.yaml", tmp_path / "out"
    press = Press(plugins={}, sandbox=FENCE, store=store)
    for half in ("articles: [", ISSUE_ALONE):
        issue.write_text(half, encoding="utf-8")
        watched = _WatchedFiles(press, issue)
        issue.write_text(ISSUE_ALONE.replace("正文一", "正文二"), encoding="utf-8")
        with pytest.raises(CancelledError):
            _build(press, issue, out, Reporting(form="json"), watched)

    assert not out.exists()
    again = _build(press, issue, out, Reporting(form="json"), _WatchedFiles(press, issue))
    assert again.files == [out / "12.pdf"]


def test_the_last_good_pdf_stays_until_there_is_a_better_one(watch: Watch) -> None:
    issue, pdf = watch.folder / "12.yaml", watch.folder / "12.pdf"
    good = pdf.read_bytes()
    for bad in ("articles: [", "nmae: x\n", ISSUE.replace("正文一", "𓀀")):
        count = len(watch.builds())
        issue.write_text(bad, encoding="utf-8")
        assert watch.after(count)["ok"] is False
        assert pdf.read_bytes() == good
    count = len(watch.builds())
    issue.unlink()
    assert watch.after(count)["ok"] is False
    assert pdf.read_bytes() == good
    issue.write_text(ISSUE.replace("正文一", "正文五"), encoding="utf-8")
    watch.shows("正文五")


def test_a_file_that_was_missing_is_seen_when_it_comes(watch: Watch) -> None:
    series = watch.folder / "series.yaml"
    count = len(watch.builds())
    series.unlink()
    assert watch.after(count)["ok"] is False
    series.write_text("masthead: {name: 秘书通讯}\n", encoding="utf-8")
    watch.shows("秘书通讯")


def test_plugins_and_the_project_file_are_watched(watch: Watch) -> None:
    """A broken project file is reported, and does not end the watch."""
    project = watch.folder / "jianbao.toml"
    project.write_text("x = [\n")
    watch.until(lambda: watch.last_ok() is False)
    project.write_text("")
    watch.until(lambda: watch.last_ok() is True)
    count = len(watch.builds())
    shutil.copytree(ROOT / "plugins/leaders_remarks", watch.folder / "plugins/leaders_remarks")
    watch.after(count)
    remarks = (ROOT / "plugins/leaders_remarks/tests/two_remarks.yaml").read_text(encoding="utf-8")
    (watch.folder / "12.yaml").write_text(remarks, encoding="utf-8")
    watch.until(lambda: watch.last_ok() is True and "正文一" not in watch.text())

    assert [build["exit_code"] for build in watch.builds() if not build["ok"]].count(5) >= 1


def test_an_engine_whose_folder_was_taken_away_costs_nothing(watch: Watch) -> None:
    """As cleaners of temporary folders do."""
    watch.until(lambda: bool(list((watch.folder / "tmp").glob("jianbao-*/job/wait.tex"))))
    for path in (watch.folder / "tmp").iterdir():
        shutil.rmtree(path, ignore_errors=True)
    (watch.folder / "12.yaml").write_text(ISSUE.replace("正文一", "正文六"), encoding="utf-8")
    watch.shows("正文六")
    assert all(build["ok"] for build in watch.builds())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_a_watch(number: signal.Signals, watch: Watch) -> None:
    watch.process.send_signal(number)
    watch.process.wait(10)

    assert watch.process.returncode == (0 if number == signal.SIGINT else -number)
    assert none_left(str(watch.folder / "tmp"))
    if number == signal.SIGINT:
        assert list((watch.folder / "tmp").iterdir()) == []
