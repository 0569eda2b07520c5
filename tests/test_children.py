"""The room of child processes: who may fork, what comes back, limits, and every way to end."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from command import python
from engines import TOOLS, descendants, none_left, until
from fence import demand_fence
from jianbao_tex.children import (
    WORK,
    ChildLimits,
    Fence,
    Fork,
    ForkLost,
    Process,
    Work,
    ask,
    forks,
    may_fork,
    ready,
    start,
)
from jianbao_tex.children import fence as fence_room
from workshop import ROOT

STARTS = re.compile(
    r"\bimport (subprocess|multiprocessing)\b|\bfrom (subprocess|multiprocessing)\b"
    # Quoted, it is the name of an event.
    r"|(?<!\")os\.(system|fork|spawn\w*|posix_spawn\w*|exec\w*)\b|\bPopen\(|ProcessPoolExecutor"
)


def test_only_this_room_starts_processes() -> None:
    """Each process has its limits, its fence and its end in one place (decision 0038)."""
    home = ROOT / "src" / "jianbao_tex"
    starters = {
        path.relative_to(home).parts[0]
        for path in home.rglob("*.py")
        if STARTS.search(path.read_text(encoding="utf-8"))
    }

    assert starters == {"children"}


@pytest.mark.parametrize(
    "line",
    ["import subprocess", "from multiprocessing import Pool", "os.fork()", "os.posix_spawn(x)"],
)
def test_the_rule_about_processes_sees_what_it_forbids(line: str) -> None:
    assert STARTS.search(line)


# --- Forks --------------------------------------------------------------------------------------


def doing(work: Work) -> Callable[[], AbstractContextManager[Work]]:
    return lambda: contextlib.nullcontext(work)


@pytest.fixture
def fork() -> Iterator[Callable[[Work], Fork]]:
    """Makes forks of this process, and ends them."""
    made: list[Fork] = []

    def make(work: Work) -> Fork:
        made.append(Fork(doing(work)))
        return made[-1]

    yield make
    for one in made:
        one.end()


@pytest.mark.alone
def test_a_fork_answers_each_request_with_bytes(fork: Callable[[Work], Fork]) -> None:
    one = fork(lambda request: request[::-1])
    for request in (b"", b"abc", bytes(range(256)) * 40_000):
        one.send(request)
        assert ready([one]) == [one]
        assert one.receive() == request[::-1]


@pytest.mark.alone
def test_a_process_with_threads_may_not_fork() -> None:
    """A lock that another thread holds would never be released in the fork."""
    before = may_fork()
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    while_it_runs = may_fork()
    end.set()
    thread.join()

    assert (before, while_it_runs) == (True, False)


def _die(_: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def _leave(_: bytes) -> bytes:
    os._exit(3)


@pytest.mark.alone
@pytest.mark.parametrize(("work", "how"), [(_die, "SIGKILL"), (_leave, "exit status 3")])
def test_the_death_of_a_fork_is_named(work: Work, how: str, fork: Callable[[Work], Fork]) -> None:
    one = fork(work)
    one.send(b"")
    with pytest.raises(ForkLost, match=how):
        one.receive()


@pytest.mark.alone
def test_a_failure_ends_the_fork_and_says_why(
    fork: Callable[[Work], Fork], capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(_: bytes) -> bytes:
        raise RuntimeError("a fault of this package")

    one = fork(fail)
    one.send(b"")
    with pytest.raises(ForkLost, match="exit status 1"):
        one.receive()
    assert "a fault of this package" in capfd.readouterr().err


@pytest.mark.alone
@pytest.mark.parametrize("length", [b"\0\0\0", b"\xff" * 8, (10).to_bytes(8, "big") + b"short"])
def test_an_answer_that_is_no_frame_is_the_same_as_death(
    length: bytes, fork: Callable[[Work], Fork]
) -> None:
    """A length that is cut off, one of many exabytes, and less than was promised."""

    def lie(_: bytes) -> bytes:
        (own,) = {int(p.name) for p in Path("/proc/self/fd").iterdir()} & sockets()
        os.write(own, length)
        os._exit(0)

    one = fork(lie)
    one.send(b"")
    with pytest.raises(ForkLost):
        one.receive()


def sockets() -> set[int]:
    """The open sockets of this process, beyond its standard streams."""
    found = set()
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if str(path.readlink()).startswith("socket:") and int(path.name) > 2:
                found.add(int(path.name))
    return found


@pytest.mark.alone
def test_a_fork_keeps_no_file_of_its_parent(fork: Callable[[Work], Fork], tmp_path: Path) -> None:
    """A lock, a temporary folder or a socket would have a second owner."""
    with (tmp_path / "open").open("w"):
        one = fork(lambda _: str(sorted(map(str, open_files()))).encode())
        one.send(b"")
        answer = one.receive().decode()

    assert str(tmp_path) not in answer
    assert answer.count("socket:") == 1


def open_files() -> list[str]:
    links = []
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if int(path.name) > 2:
                links.append(str(path.readlink()))
    return links


@pytest.mark.alone
def test_a_fork_cleans_up_before_it_ends(tmp_path: Path) -> None:
    """Also in the middle of its work; Ctrl-C is for its parent alone."""
    begun, left = tmp_path / "begun", tmp_path / "left"
    left.touch()

    @contextlib.contextmanager
    def prepare() -> Iterator[Work]:
        def work(_: bytes) -> bytes:
            os.kill(os.getpid(), signal.SIGINT)
            begun.touch()
            signal.pause()
            return b""

        try:
            yield work
        finally:
            left.unlink()

    one = Fork(prepare)
    one.send(b"")
    until(begun.exists)
    one.end()

    assert not left.exists()


def test_a_fork_does_not_outlive_its_parent(tmp_path: Path) -> None:
    """Whether it waits or works: SIGKILL leaves the parent no time for anything."""
    begun = tmp_path / "begun"
    code = (
        "import contextlib, sys, time\n"
        "from pathlib import Path\n"
        "from jianbao_tex.children import Fork\n"
        "def work(_):\n"
        "    Path(sys.argv[1]).touch()\n"
        "    time.sleep(600)\n"
        "forks = [Fork(lambda: contextlib.nullcontext(work)) for _ in range(2)]\n"
        "forks[0].send(b'')\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(begun)]) as parent:
        until(begun.exists)
        assert len(descendants(parent.pid)) == 2
        parent.kill()

    assert none_left(str(tmp_path), 10)


@pytest.mark.alone
def test_a_fork_never_runs_the_handlers_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal that comes before the fork is one would raise through the code of the parent."""
    real = os.fork

    def fork_and_signal() -> int:
        if pid := real():
            return pid
        os.kill(os.getpid(), signal.SIGTERM)
        return 0

    def leave(*_: object) -> None:
        os._exit(99)

    before = signal.signal(signal.SIGTERM, leave)
    monkeypatch.setattr(forks.os, "fork", fork_and_signal)
    one = Fork(doing(bytes))
    with pytest.raises(ForkLost, match=f"exit status {128 + signal.SIGTERM}"):
        one.receive()
    one.end()
    signal.signal(signal.SIGTERM, before)


@pytest.mark.alone
def test_a_second_signal_does_not_interrupt_the_cleaning_up(tmp_path: Path) -> None:
    """Nor may it find another handler: Python prints a traceback where one came meanwhile."""
    code = """
import os, signal
from jianbao_tex.children import forks
signal.signal(signal.SIGTERM, forks._end)
try:
    os.kill(os.getpid(), signal.SIGTERM)
except forks._Ended:
    os.kill(os.getpid(), signal.SIGTERM)
    print(signal.getsignal(signal.SIGTERM) is forks._end)
"""

    assert python(code, folder=tmp_path).stdout == "True\n"


def test_limits_hold_a_fork() -> None:
    """More memory than it may have is refused, and more open files."""

    def allocate(_: bytes) -> bytes:
        try:
            return str(len(bytearray(4 * 1024**3))).encode()
        except MemoryError:
            return str(resource.getrlimit(resource.RLIMIT_NOFILE)).encode()

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, before[1]))
    one = Fork(doing(allocate), ChildLimits(memory_bytes=2 * 1024**3, files=min(256, before[1])))
    resource.setrlimit(resource.RLIMIT_NOFILE, before)
    one.send(b"")
    answer = one.receive()
    one.end()

    assert answer == str((min(256, before[1]),) * 2).encode()


# --- Programs -----------------------------------------------------------------------------------


def test_what_a_program_prints_is_asked_for(tmp_path: Path) -> None:
    status, output = ask(["/bin/sh", "-c", "pwd; exit 3"])

    assert (status, output) == (3, b"/\n")
    with pytest.raises(TimeoutError):
        ask(["/bin/sleep", "60"], seconds=0.1)
    with pytest.raises(FileNotFoundError):
        ask([str(tmp_path / "none")])


def test_a_program_ends_with_its_children(tmp_path: Path) -> None:
    process = _start(["/bin/sh", "-c", "sleep 600 & echo yes; wait"], tmp_path)
    until(lambda: "yes" in (tmp_path / "terminal").read_text())
    process.end()

    assert not process.is_alive
    assert none_left(str(tmp_path))


def test_a_program_inside_the_fence_writes_nowhere_else(tmp_path: Path) -> None:
    """Also the file systems in memory are closed: root and /dev."""
    demand_fence()
    (tmp_path / "in").mkdir()
    fence = Fence(folder=tmp_path / "in", reads=("/usr",), variables={"PATH": "/usr/bin:/bin"})
    folders = ("", "dev", "dev/shm", "usr", "proc", "etc", "tmp", WORK.strip("/"))
    places = " ".join(f"/{folder}/x" for folder in folders)
    script = f"for f in {places}; do (echo > $f) 2>/dev/null && echo $f; done; echo end"
    assert TOOLS.bwrap
    process = _start([*fence.command(TOOLS.bwrap), "/bin/sh", "-c", script], tmp_path)
    process.wait(20)
    process.end()

    assert (tmp_path / "terminal").read_text().split() == ["/tmp/x", f"{WORK}/x", "end"]


def _start(command: list[str], folder: Path) -> Process:
    return start(
        command,
        folder=folder,
        environment={"PATH": "/usr/bin:/bin"},
        terminal=folder / "terminal",
    )


def test_a_fork_that_cannot_be_made_leaves_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sockets()

    def refuse() -> int:
        raise BlockingIOError

    monkeypatch.setattr(forks.os, "fork", refuse)
    with pytest.raises(BlockingIOError):
        Fork(doing(bytes))

    assert sockets() == before


def test_a_probe_of_the_fence_that_failed_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory may have been short for a moment; a process may live for months."""
    answers, moments = [False, True], [0.0, 5.0, 11.0, 12.0]
    monkeypatch.setattr(fence_room, "_PROBES", {})
    monkeypatch.setattr(fence_room, "_probe", lambda _: answers.pop(0))
    monkeypatch.setattr(fence_room.time, "monotonic", lambda: moments.pop(0))
    found = [fence_room.sandbox_works(Path("/bwrap")) for _ in range(4)]

    assert found == [False, False, True, True]


def test_a_fork_ends_where_the_system_collects_it(tmp_path: Path) -> None:
    """Daemons ignore SIGCHLD: nobody can be asked how a child has ended."""
    code = (
        "import contextlib, signal\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "from jianbao_tex.children import Fork\n"
        "fork = Fork(lambda: contextlib.nullcontext(bytes.upper))\n"
        "fork.send(b'abc')\n"
        "print(fork.receive())\n"
        "fork.end()\n"
    )
    done = python(code, folder=tmp_path)

    assert (done.stdout, done.stderr) == ("b'ABC'\n", "")
