"""One job is cancelled at any stage by its handle, while others of the same press go on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from engines import TOOLS, none_left, until
from fence import FENCE
from jianbao_tex.cancelling import Handle
from jianbao_tex.hooks import Check, IssueCheck, MasterCheck, Output, TexCheck, hookimpl
from jianbao_tex.press import Press, Source
from jianbao_tex.store import Store
from jianbao_tex.typesetter import Engine, Limits

GOOD = "masthead: {name: 工作简报}\narticles: {title: 标题, body: 正文。}\n"
SECONDS = 20


class Gates:
    """A plugin whose checks and outputs show where a job is, and wait there until let go."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        self.reached = threading.Event()
        self.let_go = threading.Event()
        self.after: list[str] = []

    def _wait(self, stage: str, number: int | None) -> None:
        # The other issue, number 2, passes every gate.
        if stage == self.stage and number != 2:
            self.reached.set()
            assert self.let_go.wait(SECONDS)

    @hookimpl
    def jianbao_prepare(self, issue: Any) -> None:
        self._wait("reading", issue.number)

    @hookimpl
    def jianbao_checks(self) -> list[Check[Any]]:
        def gate(kind: type[Check[Any]], stage: str) -> Check[Any]:
            def run(subject: Any) -> tuple[()]:
                self._wait(stage, subject.issue.number)
                return ()

            return kind(f"a-gate-{stage}", "门", run)

        def after(kind: type[Check[Any]], stage: str) -> Check[Any]:
            def run(subject: Any) -> tuple[()]:
                if stage == self.stage and subject.issue.number != 2:
                    self.after.append(stage)
                return ()

            return kind(f"z-after-{stage}", "门后", run)

        kinds = ((IssueCheck, "issue"), (TexCheck, "tex"), (MasterCheck, "master"))
        return [make(*kind) for kind in kinds for make in (gate, after)]

    @hookimpl
    def jianbao_outputs(self) -> list[Output]:
        def make(subject: Any) -> bytes:
            self._wait("output", subject.issue.number)
            return b"x"

        return [Output("gate", "门", ".gate", "text/plain", make)]


def source(number: int, body: str = GOOD) -> Source:
    return Source.from_bytes(f"number: {number}\n{body}".encode(), f"{number}.yaml")


def pressed(press: Press, text: Source, handle: Handle) -> Callable[[], object]:
    return lambda: press.press(text, ("pdf", "gate"), handle)


@pytest.mark.parametrize("stage", ["reading", "issue", "tex", "master", "output"])
def test_a_job_ends_where_it_is_and_another_goes_on(stage: str, store: Store) -> None:
    """Reading, composing, proof and making of files: the step that runs is the last one."""
    gates = Gates(stage)
    press = Press(plugins={"gates": gates}, sandbox=FENCE, store=store)
    handle = Handle()
    with ThreadPoolExecutor(2) as executor:
        job = executor.submit(pressed(press, source(1), handle))
        assert gates.reached.wait(SECONDS)
        other = executor.submit(pressed(press, source(2), Handle()))
        assert len(other.result(SECONDS).artifacts) == 2  # type: ignore[attr-defined]
        handle.cancel()
        gates.let_go.set()
        with pytest.raises(CancelledError):
            job.result(SECONDS)
    press.engine.close()

    assert gates.after == []


def endless() -> Any:
    """A tree on which TeX works until it is ended."""
    from engines import tree

    return tree(r"\def\a{\a}\a")


def is_inside(file: str) -> bool:
    """Whether some other thread runs code of a file or a package now."""
    for number, frame in sys._current_frames().items():
        at: FrameType | None = frame
        while at and number != threading.get_ident():
            if file in at.f_code.co_filename:
                return True
            at = at.f_back
    return False


@pytest.mark.parametrize("kept", [False, True])
def test_tex_is_ended_and_another_job_of_the_engine_is_not(
    kept: bool, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engines import tree

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    engine = Engine(TOOLS, FENCE, Limits(wall_s=60), store if kept else None)
    handle = Handle()
    with ThreadPoolExecutor(2) as executor:
        job = executor.submit(engine.typeset, endless(), handle=handle)
        until(lambda: engine._running)
        assert executor.submit(engine.typeset, tree("text")).result(SECONDS).pages == 1
        handle.cancel()
        with pytest.raises(CancelledError):
            job.result(SECONDS)

    assert none_left(str(tmp_path))
    assert list(tmp_path.iterdir()) == []
    assert engine.typeset(tree("text")).pages == 1
    engine.close()


def test_a_job_that_waits_for_a_format_can_be_cancelled(tmp_path: Path) -> None:
    """Another process makes the same format and takes its time."""
    from filelock import FileLock

    from engines import tree
    from jianbao_tex.typesetter.formats import KIND
    from jianbao_tex.typesetter.opening import opening_of

    store = Store(tmp_path)
    engine = Engine(TOOLS, FENCE, Limits(), store)
    opening = opening_of(tree("text"))
    assert opening
    assert engine._formats
    name = engine._formats._named(opening.format_key)
    with store.lock("x", "y"):
        pass
    handle = Handle()
    held = FileLock(store.folder / "locks" / f"{KIND}-{name[:32]}")
    with held, ThreadPoolExecutor(2) as executor:
        # The second waits for the first, within this process.
        jobs = [executor.submit(engine.typeset, tree("text"), handle=handle) for _ in range(2)]
        until(lambda: is_inside("filelock") and is_inside("cancelling.py"))
        assert not any(job.done() for job in jobs)
        handle.cancel()
        for job in jobs:
            with pytest.raises(CancelledError):
                job.result(2)
    assert engine.typeset(tree("text")).pages == 1
    engine.close()


def test_a_job_cancelled_before_it_begins_does_nothing(press: Press) -> None:
    handle = Handle()
    handle.cancel()

    assert handle.is_cancelled
    with pytest.raises(CancelledError):
        press.press(source(1), handle=handle)


def test_a_wait_that_begins_after_the_cancel_does_not_begin() -> None:
    """Between a look at the handle and the wait, somebody may cancel."""
    handle = Handle()
    ended: list[int] = []
    with pytest.raises(CancelledError), handle.stopping_on_cancel(lambda: ended.append(1)):
        handle.cancel()
    with pytest.raises(CancelledError), handle.stopping_on_cancel(lambda: ended.append(2)):
        raise AssertionError

    assert ended == [1]


def test_threads_that_ask_first_get_one_and_the_same() -> None:
    """Registry, fonts, engine and composer of a press are made once, no matter who asks."""
    made: list[str] = []

    class Counted:
        @hookimpl
        def jianbao_outputs(self) -> list[Output]:
            made.append("outputs")
            # The others ask while this one is made.
            until(lambda: is_waiting.n_waiting == 0)
            return []

    press = Press(plugins={"counted": Counted()}, sandbox=FENCE)
    is_waiting = threading.Barrier(8)

    def ask(_: int) -> tuple[int, ...]:
        is_waiting.wait(SECONDS)
        return id(press.registry), id(press.composer), id(press.fonts), id(press.engine)

    with ThreadPoolExecutor(8) as executor:
        found = set(executor.map(ask, range(8)))

    assert len(found) == 1
    assert made == ["outputs"]
    press.engine.close()
