"""Files are there whole or not at all; what a killed writer leaves is swept up, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from command import jianbao
from engines import until
from jianbao_tex.cli.files import write_whole
from jianbao_tex.new_files import NewFile, sweep_new_files, write_new_file
from jianbao_tex.store import Store

WRITER = (
    "import signal, sys\n"
    "from pathlib import Path\n"
    "from jianbao_tex.new_files import NewFile\n"
    "new = NewFile(Path(sys.argv[1]))\n"
    "new.write(b'half of it')\n"
    "signal.pause()\n"
)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has written a file and not yet given it its name."""
    with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)]) as process:
        until(lambda: [p for p in tmp_path.iterdir() if p.stat().st_size])
        yield process
        process.kill()


def test_what_a_writer_at_work_has_is_left_alone(
    writer: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    (half,) = tmp_path.iterdir()
    sweep_new_files(tmp_path)

    assert half.read_bytes() == b"half of it"
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    sweep_new_files(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_next_build_sweeps_the_folder_up(
    writer: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    writer.kill()
    writer.wait()
    (tmp_path / "issue.yaml").write_text("masthead: {name: 工作简报}\n", encoding="utf-8")
    done = jianbao("build", "issue.yaml", folder=tmp_path)

    assert done.returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["issue.pdf", "issue.yaml"]


def test_the_cache_sweeps_up_half_entries(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("results", "key", b"data")
    (store.folder / "results" / ".jianbao-0123456789abcdef").write_bytes(b"half")
    store.trim("results")

    assert [path.name for path in (store.folder / "results").iterdir()] == ["key"]


def test_only_our_own_files_are_swept_up(tmp_path: Path) -> None:
    """A link is not followed, a folder not entered, another name not touched."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "kept").write_bytes(b"")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / ".jianbao-0000000000000001").symlink_to(other / "kept")
    (folder / ".jianbao-0000000000000002").mkdir()
    for name in ("jianbao-name", ".new-draft", ".jianbao-notes", ".jianbao-0123456789abcdef.txt"):
        (folder / name).write_bytes(b"")
    os.mkfifo(folder / ".jianbao-0000000000000003")
    before = sorted(folder.iterdir())
    sweep_new_files(folder)

    assert sorted(folder.iterdir()) == before
    assert (other / "kept").exists()


def test_what_was_swept_up_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = os.open, []

    def open_and_lose(path: Path, *given: int, dir_fd: int | None = None) -> int:
        handle = real(path, *given, dir_fd=dir_fd)
        tries.append(path)
        if len(tries) == 1:
            Path(path).unlink()
        return handle

    monkeypatch.setattr(os, "open", open_and_lose)
    write_new_file(tmp_path / "file", b"data")

    assert len(tries) == 2
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("file", b"data")]


def test_bytes_are_on_the_disk_before_the_name_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a failure of power leaves an empty file in place of the old one."""
    steps: list[str] = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (steps.append("sync"), sync(handle)))
    monkeypatch.setattr(
        os, "replace", lambda *given, **more: (steps.append("name"), replace(*given, **more))[1]
    )
    write_whole({tmp_path / "a.pdf": b"a", tmp_path / "b.txt": b"b"}, sources=())

    assert steps == ["sync", "sync", "name", "name"]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    new = NewFile(tmp_path / "none")
    with pytest.raises(FileNotFoundError):
        new.write(b"data")
    new.drop()

    assert list(tmp_path.iterdir()) == []
