"""
The cache folder: data that can be made again.

Entries are written atomically and checked by their digest; any entry may be deleted at any
time.  If the folder cannot be used, nothing is cached; that is not an error.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jianbao_tex.cancelling import CancelCheck, never_cancelled
from jianbao_tex.foreign_files import NO_LINK, read_file
from jianbao_tex.new_files import sweep_new_files, write_new_file
from jianbao_tex.users import is_out_of_reach, is_own_folder

if TYPE_CHECKING:
    from filelock import BaseFileLock

FORMAT_VERSION = "1"
"""The shape of the folder; another version of it lies beside this one and is not read."""

KINDS = frozenset(
    ("fonts", "formats", "likely", "locks", "pictures", "results", "servers", "templates")
)
"""What entries there are."""

MOST_BYTES = 1024**3
"""The limit for each kind of entry, in bytes; the least recently used entries are removed first."""

_HEAD_BYTES = 65  # the digest in hexadecimal digits and a line end
_SLACK = 0.9


@dataclass(frozen=True)
class Size:
    """What entries of one kind take: how many there are, and bytes."""

    count: int
    size: int


class Store:
    """
    Entries by kind and key, in a folder of the user's own.

    Args:
        folder: where to keep them; made, for its owner alone, at the first entry.  One that
            belongs to somebody else is not used: what lies in it would be run.
        most: bytes that one kind may take.
    """

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        self.folder = folder.absolute() / FORMAT_VERSION
        self._most = most

    def get(self, kind: str, key: str) -> bytes | None:
        """An entry; ``None`` if there is none.  A damaged entry is deleted."""
        path = self.path(kind, key)
        try:
            if not self._is_own():
                return None
            data = read_file(path, max(self._most, MOST_BYTES), NO_LINK)
        except OSError:
            return None
        digest, body = data[: _HEAD_BYTES - 1], data[_HEAD_BYTES:]
        if digest != _seal(kind, key, body):
            self.drop(kind, key)
            return None
        with contextlib.suppress(OSError):
            # `trim` goes by the time of the last use, which reading alone does not set.
            os.utime(path)
        return body

    def put(self, kind: str, key: str, data: bytes) -> bool:
        """Stores an entry; returns whether it was stored."""
        return self.put_raw(kind, key, _seal(kind, key, data) + b"\n" + data)

    def get_record(self, kind: str, key: str) -> dict[str, Any] | None:
        """An entry that is a mapping of plain data."""
        data = self.get(kind, key)
        try:
            record = json.loads(data) if data is not None else None
        except ValueError:
            record = None
        return record if isinstance(record, dict) else None

    def put_record(self, kind: str, key: str, record: dict[str, Any]) -> bool:
        """Keeps a mapping of plain data; whether it was kept."""
        return self.put(kind, key, json.dumps(record, ensure_ascii=True).encode("ascii"))

    def put_raw(self, kind: str, key: str, data: bytes) -> bool:
        """Keeps a file for other programs, which has no digest of its own."""
        path = self.path(kind, key)
        try:
            if not self._make_folder(path.parent):
                return False
            write_new_file(path, data)
        except OSError:
            return False
        return True

    def path(self, kind: str, key: str) -> Path:
        """Where an entry lies, or would lie."""
        return self.folder / kind / key

    def drop(self, kind: str, key: str) -> None:
        """Deletes an entry, if it exists."""
        with contextlib.suppress(OSError):
            self.path(kind, key).unlink()

    @contextlib.contextmanager
    def lock(
        self,
        kind: str,
        key: str,
        patience_s: float = 20,
        check_cancelled: CancelCheck = never_cancelled,
    ) -> Iterator[None]:
        """
        Keeps other processes from making the same entry meanwhile, where that can be done.

        After ``patience_s`` seconds the block runs without the lock: an entry that is made
        twice is the same.
        ``check_cancelled`` is called while it waits, and may raise.
        """
        lock = self._acquire(kind, key, patience_s, check_cancelled)
        try:
            yield
        finally:
            if lock is not None:
                lock.release()

    def _acquire(
        self, kind: str, key: str, patience_s: float, check_cancelled: CancelCheck
    ) -> BaseFileLock | None:
        # Imported late: only the making of a format locks.
        from filelock import FileLock

        def check() -> bool:
            check_cancelled()
            return False

        folder = self.folder / "locks"
        with contextlib.suppress(OSError):
            if self._make_folder(folder):
                lock = FileLock(folder / f"{kind}-{key[:32]}", mode=0o600, thread_local=False)
                lock.acquire(timeout=patience_s, cancel_check=check)
                return lock
        return None

    def trim(self, kind: str) -> None:
        """
        Deletes the least recently used entries of a kind until the rest fits, and what killed
        processes have not finished.
        """
        sweep_new_files(self.folder / kind)
        entries = self._entries(kind)
        total = sum(size for _, size, _ in entries)
        if total <= self._most:
            return
        for _, size, path in sorted(entries):
            if total <= self._most * _SLACK:
                return
            with contextlib.suppress(OSError):
                path.unlink()
                total -= size

    def sizes(self) -> dict[str, Size]:
        """What is kept, by kind."""
        sizes = {}
        for kind in self._kinds():
            entries = self._entries(kind)
            sizes[kind] = Size(len(entries), sum(size for _, size, _ in entries))
        return sizes

    def clear(self) -> Size:
        """
        Deletes all entries, also those of other versions; returns their number and size.

        Only files with our names are deleted: the folder may contain other files.
        """
        count = size = 0
        for top in _children(self.folder.parent):
            if not top.name.isdigit() or not _is_folder(top):
                continue
            for kind in (top / name for name in sorted(KINDS)):
                if not _is_folder(kind):
                    continue
                for path in _children(kind):
                    with contextlib.suppress(OSError):
                        length = path.lstat().st_size
                        path.unlink()
                        count, size = count + 1, size + length
                with contextlib.suppress(OSError):
                    kind.rmdir()
            with contextlib.suppress(OSError):
                top.rmdir()
        return Size(count, size)

    def _kinds(self) -> list[str]:
        # A lock file that is deleted while somebody holds it would lock nothing for the next one.
        return [p.name for p in _children(self.folder) if p.is_dir() and p.name != "locks"]

    def _entries(self, kind: str) -> list[tuple[float, int, Path]]:
        """Moment of the last use, size and path of each entry."""
        entries = []
        for path in _children(self.folder / kind):
            with contextlib.suppress(OSError):
                status = path.lstat()
                entries.append((status.st_mtime, status.st_size, path))
        return entries

    def _make_folder(self, folder: Path) -> bool:
        """Makes a folder of the cache, each for its owner alone; whether it may be used."""
        # `mkdir` gives its mode to the last folder alone, not to the parents that it makes.
        self.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in (self.folder, folder):
            with contextlib.suppress(FileExistsError):
                path.mkdir(mode=0o700)
        return self._is_own() and is_own_folder(folder)

    def _is_own(self) -> bool:
        """Whether nobody else can write what is read here, or put another folder in its place."""
        return is_own_folder(self.folder) and self._is_out_of_reach

    @cached_property
    def _is_out_of_reach(self) -> bool:
        return is_out_of_reach(self.folder)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _seal(kind: str, key: str, data: bytes) -> bytes:
    """The digest before an entry: it is valid only for this kind, key and content."""
    return digest_of(f"{kind}/{key}\n".encode(), data).encode("ascii")


def digest_of(*parts: bytes) -> str:
    """The SHA-256 of parts one after the other, in hexadecimal digits."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def key_of(*parts: str | bytes) -> str:
    """A key for an entry that is made from these parts, in this order."""
    digest = hashlib.sha256()
    for part in parts:
        # A file name that is not UTF-8 holds lone surrogates (PEP 383).
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        # With the length before each part "ab", "c" is another key than "a", "bc".
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()


def stamp_of(path: Path) -> str:
    """Size, time and inode of a file; changes when the file changes; ``absent`` for no file."""
    try:
        status = path.stat()
    except OSError:
        return "absent"
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ino}"


def files_below(homes: Iterable[Path]) -> list[Path]:
    """The files in and below folders, and those named themselves, sorted; no compiled Python."""
    paths: set[Path] = set()
    for home in homes:
        candidates = home.rglob("*") if home.is_dir() else (home,)
        paths.update(path for path in candidates if path.suffix != ".pyc" and path.is_file())
    return sorted(paths)


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
