"""Who may write the cache: this user alone, in folders that nobody can swap, with the right key."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from jianbao_tex.store import FORMAT_VERSION, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


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
    assert (store.folder / "results" / "a").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("where", ["", "results", "locks"])
def test_a_folder_that_others_can_write_is_not_used(where: str, store: Store) -> None:
    store.put("results", "a", b"x")
    locks = store.folder / "locks"
    before = [*locks.iterdir()]
    (store.folder / where).chmod(0o777)

    if where != "locks":
        assert not store.put("results", "b", b"y")
    if not where:
        assert store.get("results", "a") is None
    with store.lock("formats", "a"):
        assert where == "results" or [*locks.iterdir()] == before


@pytest.mark.parametrize(("mode", "is_used"), [(0o777, False), (0o1777, True), (0o755, True)])
def test_a_cache_whose_place_others_can_take_is_not_used(
    mode: int, is_used: bool, tmp_path: Path
) -> None:
    """
    They could put another folder of this user there; in a folder as /tmp they cannot.

    Nothing is made there: root's folder would be in the way of the user whose home it is in.
    """
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(mode)
    store = Store(tmp_path / "shared" / "cache")

    assert store.put("results", "a", b"x") is is_used
    assert (store.get("results", "a") == b"x") is is_used
    assert store.folder.exists() is is_used


@pytest.mark.parametrize("what", ["a link", "a second name", "for others"])
def test_an_entry_that_we_did_not_put_there_is_none(
    what: str, store: Store, tmp_path: Path
) -> None:
    store.put("results", "a", b"x")
    path = store.folder / "results" / "a"
    if what == "a link":
        path.rename(tmp_path / "elsewhere")
        path.symlink_to(tmp_path / "elsewhere")
    elif what == "a second name":
        (tmp_path / "elsewhere").hardlink_to(path)
    else:
        path.chmod(0o640)

    assert store.get("results", "a") is None


def test_only_who_has_the_key_can_seal(tmp_path: Path) -> None:
    """An entry of another cache is as whole as one of this, and yet not ours."""
    ours, theirs = Store(tmp_path / "ours"), Store(tmp_path / "theirs")
    for store in (ours, theirs):
        store.put("results", "a", b"x")
    data = (theirs.folder / "results" / "a").read_bytes()
    (ours.folder / "results" / "a").write_bytes(data)

    assert theirs.get("results", "a") == b"x"
    assert ours.get("results", "a") is None


@pytest.mark.parametrize("what", ["gone", "short", "for others", "a link"])
def test_a_key_that_is_not_ours_is_made_again(what: str, tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("results", "a", b"x")
    key = store.folder / "key"
    first = key.read_bytes()
    assert (len(first), key.stat().st_mode & 0o777) == (32, 0o600)
    if what == "short":
        key.write_bytes(b"")
    elif what == "for others":
        key.chmod(0o644)
    else:
        key.rename(tmp_path / "elsewhere")
        if what == "a link":
            key.symlink_to(tmp_path / "elsewhere")
    store = Store(tmp_path)

    assert store.get("results", "a") is None
    assert store.put("results", "a", b"y")
    assert Store(tmp_path).get("results", "a") == b"y"
    assert len(key.read_bytes()) == 32
    assert key.read_bytes() != first
    assert not key.is_symlink()


WORKS: dict[str, Callable[[Store], object]] = {
    "get": lambda store: store.get("results", "a"),
    "put": lambda store: store.put("results", "b", b"ours"),
    "drop": lambda store: store.drop("results", "a"),
    "trim": lambda store: store.trim("results"),
}


@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize("part", ["cache", "2", "results"])
def test_a_folder_that_is_swapped_after_its_check_changes_nothing(
    part: str, work: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read, written and deleted is in the folder that was checked."""
    store, other = Store(tmp_path / "cache", most=100), Store(tmp_path / "other")
    for one, data in ((store, b"ours" * 50), (other, b"theirs" * 50)):
        one.put("results", "a", data)
    paths = {"cache": tmp_path / "cache", "2": store.folder, "results": store.folder / "results"}
    swapped = paths[part]
    below = store.folder.joinpath("results").relative_to(swapped)
    false_one = Path(str(swapped).replace(str(tmp_path / "cache"), str(tmp_path / "other")))
    real = os.open

    def open_and_swap(path: Path, *given: int, **more: int) -> int:
        """Swaps the folders when all of them are open."""
        handle = real(path, *given, **more)
        if str(path) == "results" and not swapped.is_symlink():
            swapped.rename(tmp_path / "aside")
            swapped.symlink_to(false_one)
        return handle

    monkeypatch.setattr(os, "open", open_and_swap)
    answer = WORKS[work](store)
    monkeypatch.undo()

    assert swapped.is_symlink()
    theirs = [path.name for path in (other.folder / "results").iterdir()]
    assert theirs == ["a"]
    assert other.get("results", "a") == b"theirs" * 50
    ours = sorted(path.name for path in (tmp_path / "aside" / below).iterdir())
    expected = {"get": ["a"], "put": ["a", "b"], "drop": [], "trim": []}
    assert ours == expected[work]
    assert work != "get" or answer == b"ours" * 50


def test_a_format_is_handed_out_by_a_path_without_links(tmp_path: Path) -> None:
    """A link on the way could lead to another folder before TeX opens the file."""
    Store(tmp_path / "real").put_raw("formats", "a.fmt", b"x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    path = Store(tmp_path / "link").file("formats", "a.fmt")
    assert path == (tmp_path / "real").resolve() / FORMAT_VERSION / "formats" / "a.fmt"
    path.chmod(0o644)
    with pytest.raises(PermissionError):
        Store(tmp_path / "link").file("formats", "a.fmt")
