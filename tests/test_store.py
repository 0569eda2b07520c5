"""The cache folder: whole entries or none, in their own places, for their owner alone."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import pytest

from jianbao_tex.store import Store, key_of


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


def test_an_entry_comes_back_as_it_was_put(store: Store) -> None:
    data = bytes(range(256)) * 100

    assert store.get("results", "a") is None
    assert store.put("results", "a", data)
    assert store.get("results", "a") == data
    assert store.get("results", "b") is None


@pytest.mark.parametrize("spoil", ["cut", "flip", "empty", "longer", "elsewhere", "another kind"])
def test_a_spoilt_entry_is_none_and_goes(spoil: str, store: Store) -> None:
    """Also a good one in the place of another: it would be handed out as that one."""
    store.put("results", "a", b"data of a" * 100)
    path = store.path("results", "a")
    data = path.read_bytes()
    key, kind = "a", "results"
    if spoil == "cut":
        path.write_bytes(data[:-1])
    elif spoil == "flip":
        path.write_bytes(data[:200] + bytes([data[200] ^ 1]) + data[201:])
    elif spoil == "empty":
        path.write_bytes(b"")
    elif spoil == "longer":
        path.write_bytes(data + b"x")
    elif spoil == "elsewhere":
        key = "b"
        path.rename(store.path("results", "b"))
    else:
        kind = "fonts"
        store.put("fonts", "x", b"")
        path.rename(store.path("fonts", "a"))

    assert store.get(kind, key) is None
    assert not store.path(kind, key).exists()


def test_a_record_that_is_none_is_none(store: Store) -> None:
    store.put("formats", "a", b"[1, 2]")
    store.put("formats", "b", b"no JSON")

    assert store.get_record("formats", "a") is None
    assert store.get_record("formats", "b") is None


@pytest.mark.parametrize("umask", [0o022, 0o002, 0o077, 0])
def test_the_folder_is_for_its_owner_alone(umask: int, store: Store) -> None:
    """Whatever the user's mask is: what lies there is run."""
    kept = os.umask(umask)
    try:
        assert store.put("results", "a", b"x")
    finally:
        os.umask(kept)

    assert store.get("results", "a") == b"x"
    assert store.folder.stat().st_mode & 0o777 == 0o700
    assert store.path("results", "a").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("where", ["", "results", "locks"])
def test_a_folder_that_others_can_write_is_not_used(where: str, store: Store) -> None:
    store.put("results", "a", b"x")
    (store.folder / "locks").mkdir(mode=0o700)
    (store.folder / where).chmod(0o777)

    if where != "locks":
        assert not store.put("results", "b", b"y")
    if not where:
        assert store.get("results", "a") is None
    with store.lock("formats", "a"):
        assert where == "results" or list((store.folder / "locks").iterdir()) == []


def test_a_lock_touches_nothing_else(store: Store, tmp_path: Path) -> None:
    """A link in the place of the lock would empty the file that it leads to."""
    precious = tmp_path / "precious"
    precious.write_text("kept")
    store.put("formats", "x", b"")
    locks = store.folder / "locks"
    locks.mkdir(mode=0o700)
    (locks / "formats-a").symlink_to(precious)
    os.mkfifo(locks / "formats-b")
    for key in "ab":
        with store.lock("formats", key):
            pass

    assert precious.read_text() == "kept"


def test_a_lock_that_is_held_for_ever_holds_nobody_up(store: Store) -> None:
    with store.lock("formats", "a"):
        done = threading.Event()

        def wait() -> None:
            with store.lock("formats", "a", patience_s=0.2):
                done.set()

        threading.Thread(target=wait).start()
        assert done.wait(5)


def test_a_lock_keeps_others_out(store: Store) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        with store.lock("formats", "a"):
            inside.append(1)
            most.append(len(inside))
            threading.Event().wait(0.02)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == [1] * 5


def test_no_more_is_kept_than_may_be_and_the_longest_unused_goes(tmp_path: Path) -> None:
    store = Store(tmp_path, most=10_000)
    for number in range(10):
        store.put("results", str(number), bytes(1500))
        os.utime(store.path("results", str(number)), (number, number))
    assert store.get("results", "0") is not None
    store.trim("results")

    left = {path.name for path in (store.folder / "results").iterdir()}
    assert left == {"0", "5", "6", "7", "8", "9"} - {"5"}
    assert store.sizes()["results"].size <= 10_000


def test_clear_takes_all_of_it_and_nothing_else(store: Store) -> None:
    store.put("results", "a", b"x")
    store.put_raw("formats", "b.fmt", b"y" * 100)
    older = store.folder.parent / "0" / "results"
    older.mkdir(parents=True)
    (older / "old").write_bytes(b"z")
    (store.folder.parent / "notes.txt").write_text("mine")
    gone = store.clear()

    assert gone.count == 3
    assert [path.name for path in store.folder.parent.iterdir()] == ["notes.txt"]
    assert store.put("results", "a", b"x")


def test_a_full_disk_keeps_nothing_and_loses_nothing(tmp_path: Path) -> None:
    """Half an entry would be worse than none."""
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from jianbao_tex.store import Store\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "store = Store(Path(sys.argv[1]))\n"
        "assert store.put('results', 'small', b'x')\n"
        "assert not store.put('results', 'large', bytes(5000))\n"
        "assert store.get('results', 'large') is None\n"
    )
    import sys

    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)

    assert [path.name for path in (tmp_path / "1" / "results").iterdir()] == ["small"]


def test_parts_of_a_key_are_told_apart() -> None:
    assert key_of("ab", "c") != key_of("a", "bc") != key_of("abc")
