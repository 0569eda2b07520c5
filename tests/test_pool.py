"""Engines that wait: one job each, nothing shared, nothing left over, whatever happens."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from engines import TOOLS, calls, counting, engine, none_left, tree, until
from fence import FENCE, demand_fence
from jianbao_tex.cancelling import Handle
from jianbao_tex.children import Rung, Sandbox
from jianbao_tex.errors import LimitReached, TypesettingFailed
from jianbao_tex.leases import Lease, sweep
from jianbao_tex.store import Store
from jianbao_tex.typesetter import Engine, Limits
from jianbao_tex.typesetter.formats import Format, Formats
from jianbao_tex.typesetter.opening import opening_of
from jianbao_tex.typesetter.pool import Pool
from jianbao_tex.typesetter.starter import Starter
from pdf_pages import text_of
from workshop import ROOT


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A cache with a format for the small documents of these tests."""
    store = Store(tmp_path_factory.mktemp("cache"))
    engine(store=store).typeset(tree("text"))
    return store


RUNGS = pytest.mark.parametrize("best", [Rung.BWRAP, Rung.MOUNT, Rung.PID])
"""Engines for one job each, and engines that fork, where the machine has them."""


def test_an_engine_serves_one_job_and_another_takes_its_place(shelf: Store, place: Path) -> None:
    made = engine(store=shelf, keep=1, best=Rung.BWRAP)
    texts = []
    waiting = []
    for number in range(3):
        texts.append(text_of(made.typeset(tree(f"text {number}")).pdf))
        waiting.append(_waiting(place))
    made.close()

    assert [text.replace(" ", "")[:5] for text in texts] == ["text0", "text1", "text2"]
    assert [len(one) for one in waiting] == [1, 1, 1]
    assert len({one[0] for one in waiting}) == 3
    assert list(place.iterdir()) == []
    assert none_left(str(place))


@RUNGS
def test_nothing_of_a_job_is_there_for_the_next(best: Rung, shelf: Store) -> None:
    """Neither what TeX defined nor the files that it was given or wrote."""
    made = engine(store=shelf, keep=1, best=best)
    first = r"\gdef\left{LEFT}\newwrite\f\immediate\openout\f=note.tex\immediate\write\f{x}x"
    made.typeset(tree(first, **{"given.tex": b"GIVEN"}))
    body = r"\ifdefined\mine MINE\fi\IfFileExists{note.tex}{NOTE}{}\IfFileExists{given.tex}{GIVEN}{}none"
    text = text_of(made.typeset(tree(body)).pdf)
    made.close()

    assert text.startswith("none")


def test_an_engine_that_died_waiting_is_not_given_a_job(shelf: Store, place: Path) -> None:
    """It is removed with its folder, and the next one that waits is given."""
    starter = Starter(TOOLS, FENCE)
    pool = Pool(starter, keep=2)
    opening = opening_of(tree("text"))
    assert opening
    made = Formats(shelf, starter).of(opening, Handle())
    assert isinstance(made, Format)
    dead, alive = (pool.start_engine(made, "", {}) for _ in range(2))
    pool.put("a", dead)
    pool.put("a", alive)
    dead.process.kill()
    until(lambda: not dead.process.is_alive)

    assert pool.take("a") is alive
    assert pool.take("a") is None
    assert not dead.place.home.exists()
    assert alive.place.home.exists()
    alive.close()
    assert none_left(str(place))


@RUNGS
@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_a_dead_engine_is_replaced(how: str, best: Rung, shelf: Store, place: Path) -> None:
    made = engine(store=shelf, keep=1, best=best)
    first = made.typeset(tree("text")).pdf
    number = signal.SIGKILL if how == "killed" else signal.SIGTERM
    until(lambda: _engines(place))
    for process in _engines(place):
        _kill(process, number)
    # Its fence may just have started it; one that must end may do so when it reads on.
    until(lambda: how == "stopped" or not [_kill(pid) for pid in _engines(place)])
    again = made.typeset(tree("text")).pdf
    made.close()

    assert again == first
    assert none_left(str(place))


def test_an_engine_that_dies_at_work_is_told_or_its_job_done_again(
    shelf: Store, place: Path
) -> None:
    """Never half a PDF: the job is done again, or ends with a finding."""
    made = engine(store=shelf)
    for pause in (0.0, 0.02, 0.05, 0.1):
        killer = threading.Timer(pause, lambda: [_kill(pid) for pid in _engines(place)])
        killer.start()
        with contextlib.suppress(TypesettingFailed, LimitReached):
            pdf = made.typeset(tree("text " * 3000)).pdf
            assert pdf.rstrip().endswith(b"%%EOF")
        killer.join()
    made.close()

    assert list(place.iterdir()) == []


@pytest.mark.parametrize(
    ("sandbox", "best"),
    [(FENCE, Rung.BWRAP), (FENCE, Rung.MOUNT), (FENCE, Rung.PID), (Sandbox.OFF, Rung.PID)],
)
@pytest.mark.parametrize("at_work", [False, True])
def test_no_engine_outlives_its_parent(
    sandbox: Sandbox,
    best: Rung,
    at_work: bool,
    shelf: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SIGKILL leaves no time for anything; its folder goes with the next engine."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    body = r"\def\a{\a}\a" if at_work else "text"
    code = (
        "import sys, tempfile, time; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from engines import engine, tree\n"
        "from jianbao_tex.store import Store\n"
        "from jianbao_tex.children import Rung, Sandbox\n"
        "store, rung = Store(Path(sys.argv[2])), Rung(sys.argv[4])\n"
        "made = engine(Sandbox(sys.argv[3]), store, keep=1, best=rung, cpu_s=5)\n"
        "made.typeset(tree('text'))\n"
        "print('ready', flush=True)\n"
        f"made.typeset(tree({body!r}))\n"
        "time.sleep(60)\n"
    )
    words = [str(ROOT / "tests"), str(shelf.folder.parent), sandbox.value, best.value]
    parent = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(temporary)},
        start_new_session=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"ready\n"
    until(lambda: bool(_engines(temporary)))
    parent.kill()
    parent.communicate()

    # Without a fence a run at work ends at its limit of processor time at the latest.
    assert none_left(str(temporary), 15)
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    sweep()
    assert list(temporary.iterdir()) == []


def test_two_hundred_jobs_that_are_ended_leave_nothing(place: Path, shelf: Store) -> None:
    """No process, no folder, no open file, no memory that grows."""
    demand_fence()
    before = _open_files()
    grown = []
    for number in range(200):
        made = Engine(TOOLS, FENCE, Limits(wall_s=0.05), shelf)
        with contextlib.suppress(LimitReached):
            made.typeset(tree(r"\def\a{\a}\a"))
        made.close()
        if number in {50, 199}:
            grown.append(_resident())

    assert list(place.iterdir()) == []
    assert none_left(str(place))
    assert _open_files() <= before + 1
    assert grown[1] - grown[0] < 8 * 1024


def test_a_guess_that_was_wrong_costs_nothing_but_time(shelf: Store, place: Path) -> None:
    """What an issue needed last time is started ahead; a changed opening gets its own."""
    name = str(place / "issue")
    first = engine(store=shelf)
    first.typeset(_named(tree("text"), name))
    second = engine(store=shelf)
    second.expect(name)
    assert len(_waiting(place)) == 1
    other = _named(tree("other", "\\documentclass{article}\n\\parindent=3em\n"), name)
    text = text_of(second.typeset(other).pdf)

    assert text.startswith("other")
    assert _waiting(place) == []


def test_what_was_expected_is_used(tmp_path: Path, place: Path) -> None:
    """The engine that was started ahead serves the job; no other is started for it."""
    tools, log = counting(tmp_path)
    name = str(place / "issue")
    document = _named(tree("text"), name)
    store = Store(tmp_path / "cache")
    Engine(tools, Sandbox.OFF, Limits(), store).typeset(document)
    made = Engine(tools, Sandbox.OFF, Limits(), store)
    made.expect(name)
    (waiting,) = _waiting(place)
    # The format, the first job, and the one ahead.
    until(lambda: calls(log) == 3)
    made.typeset(document)

    assert calls(log) == 3
    assert not waiting.exists()


@RUNGS
def test_closing_ends_what_is_at_work(best: Rung, shelf: Store, place: Path) -> None:
    """As Ctrl-C does: the thread that waits is let go, and nothing is left."""
    made = engine(store=shelf, keep=2, best=best)
    raised: list[BaseException] = []

    def work() -> None:
        try:
            made.typeset(tree(r"\def\a{\a}\a"))
        except CancelledError as wrong:
            raised.append(wrong)

    thread = threading.Thread(target=work)
    thread.start()
    until(lambda: bool(_engines(place)))
    made.close()
    thread.join(5)

    assert [type(wrong) for wrong in raised] == [CancelledError]
    assert none_left(str(place))
    assert list(place.iterdir()) == []


def test_a_folder_that_somebody_holds_is_not_swept_away(place: Path) -> None:
    held = Lease()
    (place / "jianbao-foreign").mkdir()
    sweep()

    assert held.home.is_dir()
    assert (place / "jianbao-foreign").is_dir()
    held.close()
    assert not held.home.exists()


def _named(document: object, name: str) -> object:
    import dataclasses

    from jianbao_tex.findings import Where

    return dataclasses.replace(document, issue=Where(name))  # type: ignore[type-var]


def _waiting(place: Path) -> list[Path]:
    """The folders of engines that wait."""
    return sorted(path.parent for path in place.glob("jianbao-*/job") if path.is_dir())


def _engines(place: Path) -> list[int]:
    """The processes of TeX over folders below a place."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and int(folder.name) != os.getpid():
                line = (folder / "cmdline").read_bytes().decode(errors="replace")
                where = str((folder / "cwd").readlink())
                if "python" not in line and (str(place) in line or where.startswith(str(place))):
                    found.append(int(folder.name))
    return found


def _kill(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _resident() -> int:
    """The memory of this process, in KiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
