"""Temporary folders: swept up when their owner is gone, and nothing of anybody else's."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jianbao_tex.children import Fork
from jianbao_tex.leases import Lease, close_all, sweep

NOBODY = 65534


@pytest.fixture
def no_privileges() -> Iterator[None]:
    """Root may write everywhere; who runs TeX may not."""
    if os.getuid():
        yield
        return
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder of this process."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    return tmp_path / "tmp"


def test_what_is_held_stays_and_what_was_given_back_is_gone(place: Path) -> None:
    held, given_back = Lease(), Lease()
    (given_back.home / "inner").mkdir(mode=0o500)
    given_back.close()
    sweep()

    assert held.home.is_dir()
    assert held.home.stat().st_mode & 0o777 == 0o700
    assert len(list(place.iterdir())) == 2
    held.close()
    assert list(place.iterdir()) == []


def test_a_signal_while_a_folder_is_made_leaves_nothing(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes right after the file was made, before anything else knows of it."""
    real = tempfile.mkstemp

    def interrupted(**words: str) -> tuple[int, str]:
        made = real(**words)
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        return made

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr("tempfile.mkstemp", interrupted)
    try:
        with pytest.raises(KeyboardInterrupt):
            Lease()
    finally:
        signal.signal(signal.SIGINT, before)
    close_all()

    assert list(place.iterdir()) == []


@pytest.mark.alone
def test_a_fork_takes_only_its_own_folders_away(place: Path) -> None:
    ours = Lease()

    def work(_: bytes) -> bytes:
        own = Lease()
        close_all()
        return str(own.home.exists()).encode()

    fork = Fork(lambda: contextlib.nullcontext(work))
    fork.send(b"")
    answer = fork.receive()
    fork.end()

    assert (answer, ours.home.exists()) == (b"False", True)
    close_all()
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("stage", ["file", "folder"])
def test_what_a_killed_process_leaves_is_swept_up(stage: str, place: Path) -> None:
    """Wherever it was killed: with its file alone, or with its folder."""
    (place / "jianbao-abc.owner").touch()
    if stage == "folder":
        (place / "jianbao-abc-xyz").mkdir(mode=0o700)
        (place / "jianbao-abc-xyz" / "job").mkdir()
    sweep()

    assert list(place.iterdir()) == []


@pytest.mark.usefixtures("no_privileges")
def test_a_link_in_a_folder_without_the_right_to_write_leads_to_nothing_that_changes() -> None:
    """TeX may leave both; the right is given back to the folder, not to what the link names."""
    with tempfile.TemporaryDirectory(dir="/tmp") as outside:
        victim = Path(outside) / "victim"
        victim.mkdir(mode=0o500)
        held = Lease()
        job = held.home / "job"
        job.mkdir()
        (job / "link").symlink_to(victim)
        (job / "file").touch()
        job.chmod(0o500)
        held.close()

        assert not held.home.exists()
        assert stat.S_IMODE(victim.stat().st_mode) == 0o500


def test_nothing_of_anybody_else_is_touched(place: Path, tmp_path: Path) -> None:
    """Links, pipes, files and folders that others may write are none that we made."""
    victim = tmp_path / "victim"
    (victim / "inner").mkdir(parents=True, mode=0o755)
    (victim / "inner" / "file").write_text("x")
    for name in ("link", "pipe", "file", "open", "folder"):
        (place / f"jianbao-{name}.owner").touch()
    (place / "jianbao-link-1").symlink_to(victim)
    os.mkfifo(place / "jianbao-pipe-1")
    (place / "jianbao-file-1").write_text("x")
    (place / "jianbao-open-1").mkdir()
    (place / "jianbao-open-1").chmod(0o777)
    (place / "jianbao-dir.owner").mkdir()
    (place / "jianbao-linked.owner").symlink_to(victim / "inner" / "file")
    before = victim.stat().st_mode, (victim / "inner").stat().st_mode
    sweep()

    assert (victim / "inner" / "file").read_text() == "x"
    assert (victim.stat().st_mode, (victim / "inner").stat().st_mode) == before
    left = {path.name for path in place.iterdir()}
    assert {"jianbao-link-1", "jianbao-pipe-1", "jianbao-file-1", "jianbao-open-1"} <= left
