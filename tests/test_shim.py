"""The shim that makes a server of xetex, compiled with sanitizers, over a program that stands for it."""

from __future__ import annotations

import array
import contextlib
import os
import select
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engines import descendants, none_left, until
from fence import demand_fence
from jianbao_tex.typesetter.server import _ENGINE_C as ENGINE_C
from workshop import ROOT

FLAGS = [
    *("-std=gnu17", "-g", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow"),
    *("-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
]
# A process whose /proc is covered cannot be looked through for lost memory at its end.
SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=0:exitcode=86", "UBSAN_OPTIONS": "halt_on_error=1"}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    demand_fence()
    path = tmp_path_factory.mktemp("driver") / "xetex-driver"
    sources = [str(ROOT / "tests" / "shim" / "driver.c"), str(ENGINE_C / "fork.c")]
    subprocess.run(["cc", *FLAGS, "-o", str(path), *sources], check=True)
    return path


class Served:
    """A server of the program, by its messages."""

    def __init__(self, program: Path, home: Path, rung: str, processes: int = 32) -> None:
        self.jobs, self.work = home / "jobs", home / "work"
        self.opened: list[socket.socket] = []
        self.jobs.mkdir()
        self.work.mkdir()
        (self.work / "wait.tex").write_text("first second\n")
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        variables = {
            "JB_FORK_SOCKET": str(theirs.fileno()),
            "JB_FORK_JOBS": str(self.jobs),
            "JB_FORK_WORK": str(self.work),
            "JB_FORK_RUNG": rung,
            "JB_FORK_PROCESSES": str(processes),
            "JB_FORK_SECONDS": "5",
            "LOOK_JOBS": str(self.jobs),
            "LOOK_WORK": str(self.work),
        }
        # In a sandbox as the real one: its namespaces are those in which the jobs get theirs.
        fence = ["bwrap", "--unshare-all", "--dev-bind", "/", "/", "--proc", "/proc"]
        self.process = subprocess.Popen(
            [*fence, "--chdir", str(self.work), str(program)],
            env={**os.environ, **variables, **SANITIZERS},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        assert self.socket.recv(10) == b"R"

    def send(self, word: str, name: str = "1") -> socket.socket:
        """Starts a job that does what a word says."""
        folder = self.jobs / name
        folder.mkdir(exist_ok=True)
        (folder / "issue.tex").write_text(word)
        ours, theirs = self.pair()
        with theirs, (self.jobs.parent / f"{name}.terminal").open("wb") as terminal:
            self.message(name.encode(), theirs.fileno(), terminal.fileno())
        return ours

    def pair(self) -> tuple[socket.socket, socket.socket]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.opened += [ours, theirs]
        return ours, theirs

    def end(self) -> tuple[int, bytes]:
        """Its exit status, and what it and the sanitizers say."""
        for one in (self.socket, *self.opened):
            one.close()
        _, said = self.process.communicate(timeout=10)
        return self.process.returncode, said

    def message(self, name: bytes, *descriptors: int) -> None:
        control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
        self.socket.sendmsg([name], control if descriptors else [])

    def terminal(self, name: str = "1") -> str:
        return (self.jobs.parent / f"{name}.terminal").read_text()

    def file(self, file: str, name: str = "1") -> str:
        return (self.jobs / name / file).read_text()


@pytest.fixture(params=["pid", "mount"])
def served(program: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    # Not below /tmp, which a job has for itself.
    home = Path("/var/tmp") / f"jianbao-shim-{tmp_path.parent.name}-{tmp_path.name}"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    one = Served(program, home, request.param)
    yield one
    assert one.end() == (0, b"")
    assert none_left(str(home))
    shutil.rmtree(home)


def answer(status: socket.socket, seconds: float = 20) -> list[str]:
    """The words of the next message; none at the end of the socket."""
    poll = select.poll()
    poll.register(status, select.POLLIN)
    assert poll.poll(seconds * 1000)
    return status.recv(256).decode().split()


def test_a_job_has_files_of_its_own(served: Served) -> None:
    """Its log begins with what was written before; it reads on where the server had read to."""
    statuses = [served.send("read", name) for name in ("1", "2")]
    ends = [answer(status)[:2] for status in statuses]

    assert ends == [["E", "0"], ["E", "0"]]
    for name in ("1", "2"):
        assert served.file("issue.log", name) == "before\nafter\n"
        assert served.terminal(name) == "rest: second\n"
    assert (served.work / "issue.log").read_text() == ""


def test_a_job_sees_nothing_of_the_others(served: Served, request: pytest.FixtureRequest) -> None:
    other = served.send("hang", "2")
    answer(served.send("look"))
    jobs, work, proc, tmp, pid = served.terminal().splitlines()
    other.close()

    assert jobs == f"{served.jobs}:"
    assert sorted(work.split()[1:]) == ["issue.log", "issue.tex"]
    assert (proc, tmp) == ("/proc:", "/tmp:")
    assert (pid == "pid 1") == ("pid" in request.node.callspec.id)


@pytest.mark.parametrize(
    ("word", "status"), [("seven", 7), ("crash", 128 + 11), ("pipe", 128 + 13), ("more", 0)]
)
def test_the_end_of_a_job_is_reported(word: str, status: int, served: Served) -> None:
    """Also by a signal that the first process of a namespace would ignore."""
    kind, end = answer(served.send(word))

    assert kind == "E"
    # A sanitizer makes an exit of a crash.
    assert int(end) == status or (word == "crash" and int(end) == 86)
    assert word != "more" or served.terminal() == "the end\n"


@pytest.mark.parametrize("how", [lambda status: status.send(b"K"), lambda status: status.close()])
def test_a_job_is_killed_by_a_word_or_by_the_end_of_its_socket(
    how: Callable[[socket.socket], object], served: Served
) -> None:
    before = {*descendants(served.process.pid)}
    status = served.send("hang")
    until(lambda: {*descendants(served.process.pid)} > before)
    how(status)
    if status.fileno() >= 0:
        assert answer(status)[:2] == ["E", "137"]

    until(lambda: {*descendants(served.process.pid)} == before)
    assert answer(served.send("seven", "2"))[:2] == ["E", "7"]


def test_nonsense_does_no_harm(served: Served) -> None:
    """Names with a slash, no descriptors, one of them only, a folder that is not there."""
    ours, theirs = served.pair()
    null = os.open(os.devnull, os.O_RDWR)
    for name in (b"../work", b"..", b"x" * 63, b"none"):
        with contextlib.suppress(OSError):
            served.message(name, theirs.fileno(), null)
    served.message(b"1")
    served.message(b"1", theirs.fileno())
    os.close(null)
    theirs.close()

    assert answer(served.send("seven"))[:2] == ["E", "7"]
    # Only the two names that a folder may have were tried; each end is reported, too.
    assert sorted(answer(ours)[0] for _ in range(4)) == ["E", "E", "F", "F"]
    assert answer(ours) == []


def test_a_job_that_cannot_be_started_is_reported(served: Served) -> None:
    (served.jobs / "1").write_text("no folder")
    ours, theirs = served.pair()
    null = os.open(os.devnull, os.O_RDWR)
    served.message(b"1", theirs.fileno(), null)
    theirs.close()
    os.close(null)

    assert answer(ours) == ["F", "20", "open", "the", "folder"]


def test_three_hundred_jobs_at_once(served: Served) -> None:
    statuses = [served.send("hang", str(number)) for number in range(300)]
    for status in statuses:
        status.send(b"K")
    ends = {answer(status)[1] for status in statuses}

    assert ends == {"137"}


def test_the_end_of_the_server_is_the_end_of_its_jobs(served: Served) -> None:
    """The process that started it may be killed at any time: the kernel closes its socket."""
    before = {*descendants(served.process.pid)}
    statuses = [served.send("hang", str(number)) for number in range(3)]
    until(lambda: len({*descendants(served.process.pid)} - before) == 3)
    jobs = {*descendants(served.process.pid)} - before
    served.socket.close()
    served.process.wait(10)

    assert [status.recv(10) for status in statuses] == [b"", b"", b""]
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in jobs))


def test_a_job_that_begins_when_the_server_ends_ends_with_it(served: Served) -> None:
    """The server is gone before its last fork has asked for a signal at its death."""
    for number in range(40):
        served.send("hang", str(number))
    served.socket.close()
    served.process.wait(10)

    # bubblewrap, whose command names the folder, stays as long as anything inside of it.
    assert none_left(str(served.work), 30)


def test_without_its_variables_it_does_nothing(program: Path, tmp_path: Path) -> None:
    """Also the program that starts xetex has the shim for a moment."""
    (tmp_path / "wait.tex").write_text("first second\n")
    (tmp_path / "issue.tex").write_text("seven\n")
    done = subprocess.run([program], cwd=tmp_path, input=b"\n", env=SANITIZERS, check=False)

    assert done.returncode == 7
