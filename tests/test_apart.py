"""Work in a separate process: bounded in memory and time, kept for the next work, never here."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engines import descendants
from jianbao_tex.children import WorkFailed, apart, end_apart, work_apart

MEBI = 1024**2


@pytest.fixture(autouse=True, params=["fork", "program"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Both kinds of processes; a process with threads gets the second."""
    if request.param == "program":
        monkeypatch.setattr(apart, "may_fork", lambda: False)
    end_apart()
    yield
    end_apart()


def number_of_process(_: bytes) -> bytes:
    return str(os.getpid()).encode()


def reverse(request: bytes) -> bytes:
    return request[::-1]


def take_memory(request: bytes) -> bytes:
    return str(len(bytearray(int(request)))).encode()


def never_end(_: bytes) -> bytes:
    while True:
        pass


def wait(_: bytes) -> bytes:
    signal.pause()
    return b""


def crash(_: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGSEGV)
    return b""


def leave(_: bytes) -> bytes:
    os._exit(0)


def fail(_: bytes) -> bytes:
    raise KeyError


@pytest.mark.alone
def test_one_process_does_many_works() -> None:
    numbers = {int(work_apart(number_of_process, b"")) for _ in range(3)}
    data = bytes(range(256)) * 40_000

    assert len(numbers) == 1
    assert os.getpid() not in numbers
    assert work_apart(reverse, data) == data[::-1]


@pytest.mark.alone
@pytest.mark.parametrize(
    ("work", "reason"),
    [
        (never_end, "more than 1 second"),
        (wait, "more than 1 second"),
        (crash, "SIGSEGV"),
        (leave, "exit status 0"),
        (fail, "KeyError"),
    ],
)
def test_what_goes_wrong_is_named_and_costs_that_work_alone(
    work: Callable[[bytes], bytes], reason: str
) -> None:
    with pytest.raises(WorkFailed, match=reason):
        work_apart(work, b"", seconds=1)

    assert work_apart(reverse, b"abc") == b"cba"


@pytest.mark.alone
def test_memory_is_what_a_work_takes_beyond_the_process() -> None:
    """However much this process has; the next work has all of it again."""
    here = bytearray(400 * MEBI)
    for _ in range(2):
        assert int(work_apart(take_memory, b"200000000")) == 200_000_000
        with pytest.raises(WorkFailed, match="too much memory"):
            work_apart(take_memory, b"400000000")

    assert len(here) == 400 * MEBI


@pytest.mark.alone
def test_no_code_of_the_working_folder_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is often the folder of the issue; the standard library tries modules that are not there."""
    for name in ("msvcrt", "org", "usercustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    assert work_apart(reverse, b"abc") == b"cba"
    assert not (tmp_path / "ran").exists()


@pytest.mark.alone
def test_a_process_that_cannot_be_made_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> object:
        raise BlockingIOError(11, "no more processes")

    monkeypatch.setattr(apart, "_take", refuse)
    with pytest.raises(WorkFailed, match="no more processes"):
        work_apart(reverse, b"")


@pytest.mark.alone
def test_threads_share_what_waits_and_get_their_own_answers() -> None:
    answers: dict[int, bytes] = {}

    def ask(number: int) -> None:
        for _ in range(5):
            answers[number] = work_apart(reverse, b"%d!" % number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {number: b"!%d" % number for number in range(4)}
    assert len(descendants(os.getpid())) <= 4
    end_apart()
    assert descendants(os.getpid()) == []


@pytest.mark.alone
def test_a_fork_leaves_the_processes_of_its_parent_alone() -> None:
    """Two askers at one socket would take each other's answers."""
    own = work_apart(number_of_process, b"")
    pid = os.fork()
    if not pid:
        other = work_apart(number_of_process, b"")
        end_apart()
        os._exit(int(other == own))
    _, status = os.waitpid(pid, 0)

    assert status == 0
    assert work_apart(number_of_process, b"") == own


@pytest.mark.alone
def test_a_work_that_is_interrupted_leaves_no_answer_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    child = apart._take()
    apart._SHELF.idle.append(child)

    def interrupt(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(child), "receive", interrupt)
    with pytest.raises(KeyboardInterrupt):
        work_apart(reverse, b"first")
    monkeypatch.undo()

    assert work_apart(reverse, b"second") == b"dnoces"
