"""Memory and turns: what is free for children, and how many jobs work at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path

import pytest

from engines import descendants, engine, tree, until
from jianbao_tex import Handle
from jianbao_tex.children import MOST_AT_A_TIME, Turns, apart, free_bytes, memory
from jianbao_tex.store import Store
from jianbao_tex.typesetter import engine as engine_module

# --- Memory -------------------------------------------------------------------------------------


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the system says of memory: two mebibytes, and no control group."""
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable:    2048 kB\n")
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    monkeypatch.setattr(memory, "_OWN_GROUP", tmp_path / "group")
    return tmp_path


def test_free_memory_is_the_smaller_of_machine_and_container(system: Path) -> None:
    assert free_bytes() == 2 * 1024**2
    (system / "memory.max").write_text("max\n")
    (system / "memory.current").write_text("1000\n")
    assert free_bytes() == 2 * 1024**2
    (system / "memory.max").write_text("5000\n")
    assert free_bytes() == 4000
    # Files that the system keeps in memory and can drop are free.
    (system / "memory.stat").write_text("anon 1\ninactive_file 300\n")
    assert free_bytes() == 4300
    (system / "memory.stat").unlink()
    (system / "meminfo").write_text("nothing\n")
    (system / "memory.max").write_text("500\n")
    assert free_bytes() == 0
    (system / "memory.max").unlink()
    assert free_bytes() is None


def test_the_limit_of_a_unit_counts_and_those_around_it(system: Path) -> None:
    """systemd's MemoryMax= is in the group of the unit or of its slice."""
    unit = system / "system.slice" / "jianbao.service"
    unit.mkdir(parents=True)
    (system / "group").write_text("1:name=systemd:/else\n0::/system.slice/jianbao.service\n")
    assert free_bytes() == 2 * 1024**2
    (unit / "memory.high").write_text("1000\n")
    (unit / "memory.current").write_text("100\n")
    assert free_bytes() == 900
    for group, most in ((unit, 900), (unit.parent, 800), (system, 700)):
        (group / "memory.max").write_text(f"{most}\n")
        (group / "memory.current").write_text("100\n")
        assert free_bytes() == most - 100


# --- Turns --------------------------------------------------------------------------------------


class _Jobs:
    """Jobs in threads, each of which has its turn until it is ended; ``busy`` are those at work.

    ``looks`` counts how often one that waits has looked."""

    def __init__(self, turns: Turns) -> None:
        self.busy: list[int] = []
        self.looks = 0
        self._turns = turns
        self._ends = [threading.Event() for _ in range(9)]
        self._threads: list[threading.Thread] = []

    def start(self, need_bytes: int) -> None:
        number = len(self._threads)

        def work() -> None:
            with self._turns.taken(need_bytes, self._look):
                self.busy.append(number)
                self._ends[number].wait(60)
                self.busy.remove(number)

        self._threads.append(threading.Thread(target=work))
        self._threads[-1].start()

    def _look(self) -> None:
        self.looks += 1

    def stay(self, count: int) -> bool:
        """Whether so many are at work, and still when those that wait have looked three times."""
        until(lambda: len(self.busy) == count)
        looks = self.looks
        until(lambda: self.looks >= looks + 3)
        return len(self.busy) == count

    def end(self, *numbers: int) -> None:
        for number in numbers:
            self._ends[number].set()
            self._threads[number].join(60)


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], None]:
    """Sets how much memory is free."""

    def set_free(amount: int | None) -> None:
        monkeypatch.setattr("jianbao_tex.children.turns.free_bytes", lambda: amount)

    return set_free


def test_few_jobs_have_their_turn_at_a_time(free: Callable[[int | None], None]) -> None:
    """However many wait; when one ends, the next one begins."""
    free(None)
    jobs = _Jobs(Turns(most=2))
    for _ in range(4):
        jobs.start(100)
    assert jobs.stay(2)
    first = jobs.busy[0]
    jobs.end(first)
    until(lambda: len(jobs.busy) == 2)
    assert first not in jobs.busy
    jobs.end(*range(4))
    assert jobs.busy == []


def test_jobs_wait_for_memory_and_one_never_does(free: Callable[[int | None], None]) -> None:
    """What the first may still take counts; without any memory one job at a time goes on."""
    free(250)
    jobs = _Jobs(Turns())
    for _ in range(3):
        jobs.start(100)
    assert jobs.stay(2)
    # Another program has ended.
    free(300)
    until(lambda: len(jobs.busy) == 3)
    jobs.end(*range(3))
    free(0)
    for _ in range(2):
        jobs.start(100)
    assert jobs.stay(1)
    jobs.end(*jobs.busy)
    until(lambda: len(jobs.busy) == 1)
    jobs.end(3, 4)


def test_a_job_that_waits_can_be_cancelled(free: Callable[[int | None], None]) -> None:
    free(0)
    turns = Turns()
    handle = Handle()
    with turns.taken(100):
        threading.Timer(0.2, handle.cancel).start()
        with pytest.raises(CancelledError), turns.taken(100, handle.check):
            pytest.fail("it had a turn")
    with turns.taken(100, handle.check):
        pass


@pytest.mark.parametrize("most", [1, 3])
def test_engines_of_a_process_work_in_turns(
    most: int, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From any number of threads, also of two engines; how long a job waits is noted."""
    monkeypatch.setattr(engine_module, "_TURNS", Turns(most))
    working: list[int] = []
    seen: list[int] = []
    wait_for = engine_module.Engine._wait_for

    def counted(made: engine_module.Engine, *given: object) -> int:
        working.append(1)
        seen.append(len(working))
        try:
            return wait_for(made, *given)
        finally:
            working.pop()

    monkeypatch.setattr(engine_module.Engine, "_wait_for", counted)
    made = [engine(store=store) for _ in range(2)]
    handles = [Handle() for _ in range(6)]
    with ThreadPoolExecutor(6) as executor:
        jobs = [
            executor.submit(made[number % 2].typeset, tree(f"text {number}"), handle=handle)
            for number, handle in enumerate(handles)
        ]
        assert all(job.result().pages == 1 for job in jobs)
    for one in made:
        one.close()

    assert max(seen) == most
    assert all("wait" in handle.record.seconds for handle in handles)


def test_no_engine_waits_where_memory_is_short(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job itself goes on; with memory again the next one leaves an engine."""
    made = engine(store=store, keep=1)
    monkeypatch.setattr("jianbao_tex.children.turns.free_bytes", lambda: 1000)
    assert made.typeset(tree("text")).pages == 1
    handle = Handle()
    assert made.typeset(tree("text"), handle=handle).pages == 1
    assert handle.record.is_warm is False
    monkeypatch.setattr("jianbao_tex.children.turns.free_bytes", lambda: None)
    made.typeset(tree("text"))
    made.typeset(tree("text"), handle=handle)
    made.close()

    assert handle.record.is_warm is True


def test_where_memory_is_short_engines_for_other_openings_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would be in the way of the one job that goes on."""
    others = set(descendants(os.getpid()))
    made = engine(store=store, keep=1)
    made.typeset(tree("text"))
    first = set(descendants(os.getpid())) - others
    assert first
    monkeypatch.setattr("jianbao_tex.children.turns.free_bytes", lambda: 1000)
    made.typeset(tree("text", "\\documentclass{article}\n\\def\\x{}\n"))

    until(lambda: not first & set(descendants(os.getpid())))
    made.close()


def test_few_engines_wait_however_many_are_asked_for(store: Store) -> None:
    made = engine(store=store, keep=10_000)
    assert made.keep == MOST_AT_A_TIME
    made.keep = 3
    assert made.keep == 3
    made.close()


def test_processes_that_read_foreign_files_work_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one turn at a time, one process is enough for all threads."""
    monkeypatch.setattr(apart, "_TURNS", Turns(1))
    apart.end_apart()
    with ThreadPoolExecutor(4) as executor:
        answers = [*executor.map(lambda data: apart.work_apart(_upper, data), [b"a", b"b", b"c"])]
    count = len(apart._SHELF.idle)
    apart.end_apart()

    assert answers == [b"A", b"B", b"C"]
    assert count == 1


def test_a_fork_has_turns_of_its_own() -> None:
    """What other threads had when it was made ends in the other process only."""
    turns = Turns(1)
    with turns.taken(100):
        process = os.fork()
        if process:
            _, status = os.waitpid(process, 0)
    if not process:
        # Out of the block: the turn of the other process is not given back here.
        with turns.taken(100):
            os._exit(7 if turns._count == 1 else 1)

    assert os.waitstatus_to_exitcode(status) == 7


def _upper(data: bytes) -> bytes:
    return data.upper()
