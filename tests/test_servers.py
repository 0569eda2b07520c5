"""An engine that forks: the same bytes on every rung, and no way from one job to another."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path

import pytest

from engines import TOOLS, descendants, engine, faults, none_left, tree, until
from fence import FENCE, demand_fence
from jianbao_tex.cancelling import Handle
from jianbao_tex.children import Rung
from jianbao_tex.errors import JianbaoError, LimitReached, TypesettingFailed
from jianbao_tex.press import Press, Source
from jianbao_tex.store import Store
from jianbao_tex.testing import plugin_at
from jianbao_tex.typesetter import Engine, Limits, server
from pdf_pages import streams_of, text_of
from workshop import EXAMPLES, ROOT

RUNGS = pytest.mark.parametrize("rung", [Rung.PID, Rung.MOUNT])


@pytest.fixture(autouse=True)
def _fenced() -> None:
    demand_fence()
    assert server.shim(), "there is a compiler here, so there is a shim"


@pytest.fixture
def served(rung: Rung, shelf: Store, place: Path) -> Iterator[Engine]:
    """An engine whose server waits."""
    made = engine(store=shelf, keep=1, best=rung, wall_s=20.0)
    assert made.typeset(tree("text")).tools["isolation"] == rung
    yield made
    made.close()
    assert list(place.iterdir()) == []
    assert none_left(str(place))


SOURCES = [
    *sorted((ROOT / "tests" / "cases").glob("*/issue.yaml")),
    *(EXAMPLES / f"{number}.yaml" for number in ("363", "365")),
    *sorted((ROOT / "plugins").glob("*/tests/*.yaml")),
]
PLUGINS = ("approval_sheet", "leaders_remarks", "statistics")


def test_the_bytes_are_the_same_on_every_rung_and_without(shelf: Store) -> None:
    """All cases and examples, each in both layouts, and the samples of the plugins."""
    plugins = {name: plugin_at(ROOT / "plugins" / name) for name in PLUGINS}
    press = Press(plugins=plugins, sandbox=FENCE, store=shelf)
    engines = [engine(store=shelf, keep=1, best=rung) for rung in (Rung.PID, Rung.MOUNT)]
    alone = engine(store=shelf, keep=1, best=Rung.BWRAP)
    compared = set()
    for path in SOURCES:
        for layout in ("classic", "newsletter"):
            text = path.read_text(encoding="utf-8")
            if "layout:" in text and layout != "classic":
                continue
            text = text if layout == "classic" else f"{text}\nlayout: {layout}\n"
            try:
                document = press.compose(
                    Source.from_bytes(text.encode(), path.name, path.parent)
                ).tree
                expected = alone.typeset(document).pdf
            except JianbaoError:
                continue
            drafts = [made.typeset(document) for made in engines]
            assert [draft.pdf == expected for draft in drafts] == [True, True], (path, layout)
            assert [draft.tools["isolation"] for draft in drafts] == ["pid", "mount"]
            compared.add((path, layout))
    for made in (*engines, alone):
        made.close()

    assert len(compared) >= 2 * 18
    assert {path.parent.parent.name for path, _ in compared} >= {*PLUGINS, "cases"}


@RUNGS
def test_what_a_job_defines_is_gone_for_the_next(served: Engine) -> None:
    before = served.typeset(tree("text")).pdf
    spoilt = (
        r"\makeatletter\gdef\left{LEFT}\global\let\par\relax\global\let\@@par\relax"
        r"\global\hsize=3cm\global\baselineskip=99pt\catcode`\x=13 \globaldefs=1 "
        r"\newwrite\f\immediate\openout\f=note.tex\immediate\write\f{N}\immediate\closeout\f"
    )
    with contextlib.suppress(JianbaoError):
        served.typeset(tree(spoilt, **{"given.tex": b"GIVEN"}))
    found = r"\IfFileExists{note.tex}{NOTE}{}\IfFileExists{given.tex}{GIVEN}{}text"

    assert served.typeset(tree("text")).pdf == before
    assert served.typeset(tree(found)).pdf == before


def jobs_of(place: Path) -> list[Path]:
    return sorted(place.glob("jianbao-*/jobs/*"))


def jobs_at_work() -> list[int]:
    """The processes of TeX that were forked for jobs, once they have given up their rights."""
    found = [pid for pid in descendants(os.getpid()) if _name(pid) == "xelatex"]
    # The first is the server.  In its new namespace a job has all rights until it is enclosed.
    return [pid for pid in found[1:] if "CapEff:\t0000000000000000" in _status(pid)]


def _status(pid: int) -> str:
    with contextlib.suppress(OSError):
        return (Path("/proc") / str(pid) / "status").read_text()
    return ""


def spoil_stack(pid: int) -> None:
    """Makes a process fail by itself: the first process of a namespace ignores a SIGSEGV sent."""
    home = Path("/proc") / str(pid)
    lines = (home / "maps").read_text().splitlines()
    start, end = next(line.split()[0].split("-") for line in lines if line.endswith("[stack]"))
    with (home / "mem").open("r+b", buffering=0) as memory:
        memory.seek(int(start, 16))
        memory.write(bytes(int(end, 16) - int(start, 16)))


def _name(pid: int) -> str:
    with contextlib.suppress(OSError):
        return (Path("/proc") / str(pid) / "comm").read_text().strip()
    return ""


HANGING = r"\def\a{\a}\a"


@contextlib.contextmanager
def at_work(made: Engine, place: Path) -> Iterator[tuple[Path, int]]:
    """A job that does not end, its folder and the process of TeX."""
    handle = Handle()
    with ThreadPoolExecutor(1) as executor:
        future = executor.submit(made.typeset, tree(HANGING), lambda: None, handle)
        until(jobs_at_work)
        yield jobs_of(place)[0], jobs_at_work()[0]
        handle.cancel()
        with contextlib.suppress(CancelledError, JianbaoError):
            future.result()


@RUNGS
def test_a_job_sees_its_own_folder_and_no_other(served: Engine, place: Path) -> None:
    """By the eyes of the kernel: what lies at the paths of the process itself."""
    with at_work(served, place) as (folder, pid):
        root = Path("/proc") / str(pid) / "root"
        facts = (Path("/proc") / str(pid) / "status").read_text()
        inside = {
            name: sorted(p.name for p in (root / name).iterdir())
            for name in ("jobs", "proc", "tmp")
        }

        assert inside == {"jobs": [], "proc": [], "tmp": []}
        assert {p.name for p in (root / "work").iterdir()} == {p.name for p in folder.iterdir()}
        for line in ("CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1"):
            assert line in facts


@RUNGS
@pytest.mark.parametrize(
    "attack",
    [
        r"\newread\r\openin\r=PATH \ifeof\r none\else CANARY\fi",
        r"\input{PATH}",
        r"\special{pdf:fstream @x (PATH)}\special{pdf:put @catalog <</X @x>>}x",
        r"\setbox0\hbox{\XeTeXpdffile PATH }\copy0",
    ],
)
def test_no_job_reads_the_folder_of_another(attack: str, served: Engine, place: Path) -> None:
    with at_work(served, place) as (folder, _):
        number = folder.name
        (folder / "canary.tex").write_text("CANARY")
        for path in (f"/jobs/{number}/canary.tex", f"../jobs/{number}/canary.tex",
                     "/proc/1/cwd/canary.tex"):  # fmt: skip
            with contextlib.suppress(TypesettingFailed):
                pdf = served.typeset(tree(attack.replace("PATH", path))).pdf
                assert "CANARY" not in text_of(pdf)
                assert not any(b"CANARY" in data for data in streams_of(pdf))


@RUNGS
@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
def test_a_job_that_crashes_ends_alone(number: signal.Signals, served: Engine, rung: Rung) -> None:
    """A plain run does it again; the next job goes on with the same server."""
    slow = r"\newcount\n\loop\advance\n 1 \ifnum\n<9000000 \repeat text"
    with ThreadPoolExecutor(1) as executor:
        future = executor.submit(served.typeset, tree(slow))
        until(jobs_at_work)
        if number == signal.SIGSEGV:
            spoil_stack(jobs_at_work()[0])
        else:
            os.kill(jobs_at_work()[0], number)
        again = future.result()
    after = served.typeset(tree("text"))

    assert [draft.tools["isolation"] for draft in (again, after)] == ["bwrap", rung]
    assert text_of(again.pdf) == text_of(after.pdf)
    assert [faults(draft) for draft in (again, after)] == [[], []]


@RUNGS
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_a_log_that_says_nothing_of_a_crash_hides_none(
    number: signal.Signals, served: Engine, place: Path
) -> None:
    """The log of a long issue has been written in part when its job is killed."""
    said = r"\newcount\n\loop\advance\n 1 \wlog{\number\n}\ifnum\n<20000 \repeat "
    slow = r"\n=0 \loop\advance\n 1 \ifnum\n<9000000 \repeat text"
    with ThreadPoolExecutor(1) as executor:
        future = executor.submit(served.typeset, tree(said + slow))
        until(lambda: any("19000" in log.read_text() for log in place.rglob("jobs/*/issue.log")))
        os.kill(jobs_at_work()[0], number)
        again = future.result()

    assert (again.tools["isolation"], text_of(again.pdf)) == ("bwrap", "text1")


def test_no_program_is_left_when_an_engine_has_closed(shelf: Store) -> None:
    """At once: it would write into a folder that is being deleted."""
    left = []
    for _ in range(5):
        made = engine(store=shelf, keep=1)
        assert made.typeset(tree("text")).tools["isolation"] == "pid"
        programs = [pid for pid in descendants(os.getpid()) if _name(pid) == "xelatex"]
        assert programs
        made.close()
        left += [pid for pid in programs if _name(pid) == "xelatex"]

    assert left == []


@RUNGS
def test_limits_reached_in_a_job_are_named(rung: Rung, shelf: Store, place: Path) -> None:
    """Processor time, the size of a file, memory; each job has all of them for itself."""
    # A format is larger than the file limit below.
    engine(store=shelf).typeset(tree("text"))
    made = engine(store=shelf, keep=1, best=rung, wall_s=20.0, cpu_s=1, file=3_000_000)
    endless = {
        HANGING: "time",
        r"\newwrite\f\immediate\openout\f=x \def\a{\immediate\write\f{xxxxxxxxxx}\a}\a": "disk",
        r"\def\a{\edef\b{\b\b}\a}\def\b{xxxxxxxxxxxxxxxx}\a": "capacity|memory",
    }
    for body, what in endless.items():
        with pytest.raises(LimitReached, match=what):
            made.typeset(tree(body))
    for number in range(5):
        assert made.typeset(tree(f"text {number}")).tools["isolation"] == rung
    made.close()

    assert list(place.iterdir()) == []
    assert none_left(str(place))


@RUNGS
def test_three_hundred_jobs_leave_nothing(served: Engine, place: Path) -> None:
    """Some of them cancelled; no folder, no process and no open file is left."""
    expected = served.typeset(tree("text")).pdf
    before = len(list(Path("/proc/self/fd").iterdir()))
    with ThreadPoolExecutor(8) as executor:

        def work(number: int) -> bytes:
            handle = Handle()
            if number % 10 == 0:
                timer = threading.Timer(0.02, handle.cancel)
                timer.start()
            try:
                return served.typeset(tree("text"), handle=handle).pdf
            except CancelledError:
                return b""

        pdfs = [*executor.map(work, range(300))]

    assert {*pdfs} <= {expected, b""}
    assert pdfs.count(expected) >= 270
    assert jobs_of(place) == []
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


@RUNGS
@pytest.mark.parametrize("pause", [0.0, 0.01, 0.03, 0.1])
def test_a_server_that_is_killed_costs_no_job(
    pause: float, rung: Rung, shelf: Store, place: Path
) -> None:
    """At whatever moment: the job is done by another engine, and it is said once."""
    expected = engine(store=shelf).typeset(tree("text " * 3000)).pdf
    made = engine(store=shelf, keep=1, best=rung)
    made.typeset(tree("text"))
    killer = threading.Timer(pause, _kill_servers)
    killer.start()
    drafts = [made.typeset(tree("text " * 3000)) for _ in range(3)]
    killer.join()
    made.close()

    assert [draft.pdf == expected for draft in drafts] == [True] * 3
    assert sum(len(faults(draft)) for draft in drafts) <= 1
    assert list(place.iterdir()) == []
    assert none_left(str(place))


def _kill_servers() -> None:
    for pid in descendants(os.getpid()):
        if _name(pid) == "xelatex":
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_a_disk_that_is_full_is_a_limit(shelf: Store, tmp_path: Path) -> None:
    """The temporary folder is a disk of 3 MB, which the files of a job fill."""
    # A format would not fit there.
    engine(store=shelf).typeset(tree("text"))
    code = (
        "import sys, tempfile; sys.path.insert(0, sys.argv[1])\n"
        "tempfile.tempdir = sys.argv[3]\n"
        "from pathlib import Path\n"
        "from engines import engine, tree\n"
        "from jianbao_tex.errors import LimitReached\n"
        "from jianbao_tex.store import Store\n"
        "made = engine(store=Store(Path(sys.argv[2])), keep=1, cpu_s=2)\n"
        "print(made.typeset(tree('text')).tools['isolation'])\n"
        "body = sys.argv[4]\n"
        "try:\n"
        "    made.typeset(tree(body))\n"
        "except LimitReached as error:\n"
        "    print(error.findings[0].code)\n"
        "print(made.typeset(tree('text')).tools['isolation'])\n"
        "made.close()\n"
    )
    disk = tmp_path / "disk"
    disk.mkdir()
    body = r"\newwrite\f\immediate\openout\f=x \def\a{\immediate\write\f{xxxxxxxxx}\a}\a"
    folders = [str(ROOT / "tests"), str(shelf.folder.parent), str(disk)]
    words = [sys.executable, "-c", code, *folders, body]
    mount = 'mount -t tmpfs -o size=3m none "$0" && exec "$@"'
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, str(disk), *words],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout.split(), done.stderr) == (["pid", "JB321", "pid"], "")


def test_an_opening_that_cannot_be_read_is_the_fault_of_its_issue(
    shelf: Store, place: Path
) -> None:
    """The message is that of a plain run; other openings are served on."""
    made = engine(store=shelf, keep=1)
    wrong = tree("x", "\\documentclass{article}\n\\nothing\n")
    for _ in range(2):
        with pytest.raises(TypesettingFailed, match="nothing"):
            made.typeset(wrong)
    after = made.typeset(tree("text"))
    made.close()

    assert (after.tools["isolation"], faults(after)) == ("pid", [])
    assert list(place.iterdir()) == []


def test_servers_are_few(shelf: Store, place: Path) -> None:
    """One for each of the last two openings: each takes some 210 MB."""
    made = engine(store=shelf, keep=1)
    for indent in range(5):
        head = f"\\documentclass{{article}}\n\\parindent={indent}em\n"
        assert made.typeset(tree("text", head)).tools["isolation"] == "pid"
        assert len(list(place.glob("jianbao-*/jobs"))) <= 2
    made.close()

    assert list(place.iterdir()) == []


def test_many_threads_share_a_server(shelf: Store, place: Path) -> None:
    """Also one that was started by a thread that has ended."""
    made = Engine(TOOLS, FENCE, Limits(), shelf, 4)
    first = threading.Thread(target=lambda: made.typeset(tree("text")))
    first.start()
    first.join()
    with ThreadPoolExecutor(4) as executor:
        drafts = [*executor.map(lambda n: made.typeset(tree(f"text {n}")), range(12))]
    servers = list(place.glob("jianbao-*/jobs"))
    made.close()

    assert {draft.tools["isolation"] for draft in drafts} == {"pid"}
    assert [faults(draft) for draft in drafts] == [[]] * 12
    assert len(servers) == 1
