"""The cache folder: whole entries or none, in their own places, for their owner alone."""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from jianbao_tex.cancelling import Handle
from jianbao_tex.store import MOST_BYTES, Size, Store, digest_of, files_below, key_of, stamp_of


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
    """Also a good one in the place of another: it would be written as that one."""
    store.put("results", "a", b"data of a" * 100)
    path = store.folder / "results" / "a"
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
        path.rename(store.folder / "results" / "b")
    else:
        kind = "fonts"
        store.put("fonts", "x", b"")
        path.rename(store.folder / "fonts" / "a")

    assert store.get(kind, key) is None
    assert not (store.folder / kind / key).exists()


def test_a_record_that_is_none_is_none(store: Store) -> None:
    store.put("formats", "a", b"[1, 2]")
    store.put("formats", "b", b"no JSON")

    assert store.get_record("formats", "a") is None
    assert store.get_record("formats", "b") is None


def test_a_lock_touches_nothing_else(store: Store, tmp_path: Path) -> None:
    """A link in the place of the lock would empty the file that it leads to."""
    precious = tmp_path / "precious"
    precious.write_text("kept")
    store.put("formats", "x", b"")
    locks = store.folder / "locks"
    locks.mkdir(mode=0o700, exist_ok=True)
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
        os.utime((store.folder / "results" / str(number)), (number, number))
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

    # Three entries, and the lock for the making of the key.
    assert gone.count == 4
    kept = [path for path in store.folder.parent.rglob("*") if path.is_file()]
    assert sorted(path.name for path in kept) == ["key", "notes.txt"]
    # Another process has the same key as this one.
    assert store.put("results", "a", b"x")
    assert Store(store.folder.parent).get("results", "a") == b"x"


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

    assert [path.name for path in (Store(tmp_path).folder / "results").iterdir()] == ["small"]


def test_parts_of_a_key_are_told_apart() -> None:
    assert key_of("ab", "c") != key_of("a", "bc") != key_of("abc")
    assert key_of("ab") == hashlib.sha256(b"2:ab").hexdigest()
    assert key_of("国", b"x") == hashlib.sha256("3:国1:x".encode()).hexdigest()
    assert key_of("\ud800") != key_of("\ud801")


def test_a_digest_is_that_of_the_parts_one_after_the_other() -> None:
    assert digest_of(b"ab", b"c") == digest_of(b"abc") == hashlib.sha256(b"abc").hexdigest()


def test_a_record_comes_back_with_all_its_characters(store: Store) -> None:
    record = {"国": ["\ud800", 1, None, {"a": "b"}]}

    assert store.put_record("likely", "a", record)
    assert store.get_record("likely", "a") == record
    assert store.get_record("likely", "b") is None


def test_an_entry_that_is_read_was_used(store: Store) -> None:
    """What is used often stays longest."""
    store.put("results", "a", b"x")
    os.utime((store.folder / "results" / "a"), (1, 1))
    store.get("results", "a")

    assert (store.folder / "results" / "a").stat().st_mtime > 1


def test_an_entry_that_is_put_again_is_the_new_one(store: Store) -> None:
    """No half of the old one, and no file besides."""
    for data in (b"long" * 100, b"x"):
        store.put("results", "a", data)

    assert store.get("results", "a") == b"x"
    assert [path.name for path in (store.folder / "results" / "a").parent.iterdir()] == ["a"]
    store.drop("results", "a")
    store.drop("results", "a")
    assert store.get("results", "a") is None


def test_what_cannot_be_kept_leaves_nothing(store: Store) -> None:
    """A folder in the place of the entry: nothing is put there, and no file is left over."""
    (store.folder / "results" / "a").mkdir(parents=True, mode=0o700)
    store.folder.chmod(0o700)
    (store.folder / "results" / "a").parent.chmod(0o700)

    assert not store.put("results", "a", b"x")
    assert store.get("results", "a") is None
    assert [path.name for path in (store.folder / "results" / "a").parent.iterdir()] == ["a"]


@pytest.mark.parametrize(("count", "left"), [(9, 9), (10, 10), (11, 9), (20, 9)])
def test_a_kind_is_trimmed_to_nine_tenths_once_it_is_over_its_bound(
    count: int, left: int, tmp_path: Path
) -> None:
    """Not at every new entry, and only that kind."""
    store = Store(tmp_path, most=1000)
    for number in range(count):
        store.put_raw("results", f"{number:02}", bytes(100))
        os.utime((store.folder / "results" / f"{number:02}"), (number, number))
    store.put_raw("fonts", "a", bytes(950))
    store.trim("results")
    store.trim("nothing")

    assert store.sizes() == {"fonts": Size(1, 950), "results": Size(left, left * 100)}
    assert {path.name for path in (store.folder / "results").iterdir()} == {
        f"{number:02}" for number in range(count - left, count)
    }


def test_a_kind_may_take_a_gibibyte_unless_told_otherwise(tmp_path: Path) -> None:
    """Sparse files: what counts is their size."""
    store = Store(tmp_path)
    for number in range(3):
        store.put_raw("results", str(number), b"x")
        with (store.folder / "results" / str(number)).open("r+b") as file:
            file.truncate(1024**3 // 2)
        os.utime((store.folder / "results" / str(number)), (number, number))
        store.trim("results")
        assert store.sizes()["results"].count == min(number + 1, 2 if number < 2 else 1)

    assert MOST_BYTES == 2**30


def test_locks_are_no_entries_and_for_their_owner_alone(store: Store) -> None:
    """One for each kind and key; a long key is known by its beginning."""
    store.put("formats", "x", b"y")
    with store.lock("formats", "k" * 40), store.lock("fonts", "k"):
        names = {path.name for path in (store.folder / "locks").iterdir()}
        modes = {path.stat().st_mode & 0o777 for path in (store.folder / "locks").iterdir()}

    # The first lock was for the making of the key.
    assert names == {"formats-" + "k" * 32, "fonts-k", "locks-key"}
    assert modes == {0o600}
    assert list(store.sizes()) == ["formats"]


def test_a_lock_is_given_back_also_by_what_fails(store: Store) -> None:
    with pytest.raises(KeyError), store.lock("formats", "a"):
        raise KeyError
    handle = Handle()
    handle.cancel()
    with store.lock("formats", "a", check_cancelled=handle.check):
        pass


def test_who_waits_for_a_lock_can_be_cancelled(store: Store) -> None:
    handle = Handle()
    handle.cancel()

    with (
        store.lock("formats", "a"),
        pytest.raises(CancelledError),
        store.lock("formats", "a", check_cancelled=handle.check),
    ):
        pytest.fail("it was not to be had")


def test_a_stamp_changes_with_the_size_the_time_and_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    stamps = [stamp_of(path)]
    for data, time in ((b"x", 1), (b"xy", 1), (b"xz", 2)):
        path.write_bytes(data)
        os.utime(path, (time, time))
        stamps.append(stamp_of(path))
    (tmp_path / "b").write_bytes(b"xz")
    os.utime(tmp_path / "b", (2, 2))
    stamps.append(stamp_of(tmp_path / "b"))

    assert stamps[0] == "absent"
    assert len(set(stamps)) == len(stamps)
    assert stamp_of(path) == stamps[3]


def test_the_files_of_folders_are_listed_once_sorted_and_without_compiled_python(
    tmp_path: Path,
) -> None:
    for name in ("b/c", "b/a", "b/x.pyc", "b/d/e", "f"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    homes = [tmp_path / "f", tmp_path / "b", tmp_path / "b" / "a", tmp_path / "nothing"]

    assert [str(path.relative_to(tmp_path)) for path in files_below(homes)] == [
        *("b/a", "b/c", "b/d/e", "f")
    ]


def test_only_what_is_called_as_ours_is_cleared(store: Store) -> None:
    """No link is followed, and no folder of another name is touched."""
    store.put("results", "a", b"x")
    top = store.folder.parent
    for name in ("2/other", "old/results", "1/results"):
        (top / name).mkdir(parents=True)
        (top / name / "kept").write_bytes(b"12345")
    (top / "3").symlink_to(top / "old")
    (top / "1" / "fonts").symlink_to(top / "old" / "results")
    gone = store.clear()

    assert gone == Size(3, 5 + 65 + 1)
    assert (top / "2" / "other" / "kept").exists()
    assert (top / "old" / "results" / "kept").exists()
    assert not (top / "1" / "results").exists()
