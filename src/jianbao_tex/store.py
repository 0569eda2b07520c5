"""
The cache folder: data that can be made again.

Entries are written atomically and sealed with a key that only this user has; any entry may be
deleted at any time.  If the folder cannot be used, nothing is cached; that is not an error.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jianbao_tex.cancelling import CancelCheck, never_cancelled
from jianbao_tex.foreign_files import read_private_file
from jianbao_tex.new_files import sweep_new_files, write_new_file
from jianbao_tex.own_folders import OwnFolder, own_folder
from jianbao_tex.users import is_private_file

if TYPE_CHECKING:
    from filelock import BaseFileLock

FORMAT_VERSION = "2"
"""The shape of the folder; another version of it lies beside this one and is not read."""

KINDS = frozenset(
    (
        *("deliveries", "fonts", "formats", "likely", "locks", "pictures", "probes", "results"),
        *("servers", "templates"),
    )
)
"""What entries there are."""

MOST_BYTES = 1024**3
"""The limit for each kind of entry, in bytes; the least recently used entries are removed first."""

_HEAD_BYTES = 65  # the seal in hexadecimal digits and a line end
_KEY = "key"
_KEY_BYTES = 32
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
        self._home = folder.absolute()
        self.folder = self._home / FORMAT_VERSION
        self._most = most

    def get(self, kind: str, key: str) -> bytes | None:
        """An entry; ``None`` if there is none.  One without our seal is deleted."""
        try:
            with self._opened(kind) as folder:
                data = read_private_file(folder, key, max(self._most, MOST_BYTES))
                seal, body = data[: _HEAD_BYTES - 1], data[_HEAD_BYTES:]
                if not hmac.compare_digest(seal, self._seal(kind, key, body)):
                    folder.remove(key)
                    return None
                with contextlib.suppress(OSError):
                    # `trim` goes by the time of the last use, which reading alone does not set.
                    os.utime(folder.place(key), dir_fd=folder.handle)
        except OSError:
            return None
        return body

    def put(self, kind: str, key: str, data: bytes) -> bool:
        """Stores an entry; returns whether it was stored."""
        try:
            seal = self._seal(kind, key, data)
        except OSError:
            return False
        return self.put_raw(kind, key, seal + b"\n" + data)

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
        """Keeps a file for other programs, which has no seal of its own."""
        try:
            with self._opened(kind, makes=True) as folder:
                write_new_file(folder.place(key), data, folder.handle)
        except OSError:
            return False
        return True

    def file(self, kind: str, key: str) -> Path:
        """
        The file of an entry for other programs, by a path without links.

        Raises:
            OSError: it is not there, or not this user's alone.
        """
        with self._opened(kind) as folder:
            if not is_private_file(folder.status(key)):
                raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), key)
            return folder.path / key

    def drop(self, kind: str, key: str) -> None:
        """Deletes an entry, if it exists."""
        with contextlib.suppress(OSError), self._opened(kind) as folder:
            folder.remove(key)

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

        with contextlib.suppress(OSError):
            with self._opened("locks", makes=True) as folder:
                path = folder.path / f"{kind}-{key[:32]}"
            lock = FileLock(path, mode=0o600, thread_local=False)
            lock.acquire(timeout=patience_s, cancel_check=check)
            return lock
        return None

    def trim(self, kind: str) -> None:
        """
        Deletes the least recently used entries of a kind until the rest fits, and what killed
        processes have not finished.
        """
        with contextlib.suppress(OSError), self._opened(kind) as folder:
            sweep_new_files(folder.path)
            entries = _entries(folder)
            total = sum(entry.size for entry in entries)
            if total <= self._most:
                return
            for entry in sorted(entries):
                if total <= self._most * _SLACK:
                    return
                with contextlib.suppress(OSError):
                    folder.remove(entry.name)
                    total -= entry.size

    def demand(self) -> None:
        """
        Does nothing if the folder can be used; it is made if need be.

        Raises:
            NotOwn: it, or its place, is not this user's alone.
            OSError: it cannot be made or read.
        """
        with self._opened("locks", makes=True):
            _ = self._key

    def sizes(self) -> dict[str, Size]:
        """What is kept, by kind."""
        sizes = {}
        # A lock file that is deleted while somebody holds it would lock nothing for the next one.
        for kind in sorted(KINDS - {"locks"}):
            with contextlib.suppress(OSError), self._opened(kind) as folder:
                entries = _entries(folder)
                sizes[kind] = Size(len(entries), sum(entry.size for entry in entries))
        return sizes

    def clear(self) -> Size:
        """
        Deletes all entries, also those of other versions; returns their number and size.

        Only files with our names are deleted: the folder may contain other files.
        """
        count = size = 0
        for version in map(str, range(int(FORMAT_VERSION) + 1)):
            for kind in sorted(KINDS):
                with contextlib.suppress(OSError), own_folder(self._home, version, kind) as folder:
                    for entry in _entries(folder):
                        with contextlib.suppress(OSError):
                            folder.remove(entry.name)
                            count, size = count + 1, size + entry.size
            with contextlib.suppress(OSError), own_folder(self._home, version) as folder:
                for kind in sorted(KINDS):
                    with contextlib.suppress(OSError):
                        folder.remove_folder(kind)
                # Processes at work seal with the key of this version.
                if version != FORMAT_VERSION:
                    folder.remove(_KEY)
            with contextlib.suppress(OSError):
                (self._home / version).rmdir()
        return Size(count, size)

    def _opened(self, kind: str, *, makes: bool = False) -> AbstractContextManager[OwnFolder]:
        return own_folder(self._home, FORMAT_VERSION, kind, makes=makes)

    def _seal(self, kind: str, key: str, data: bytes) -> bytes:
        """
        What stands before an entry: it is valid only for this kind, key and content.

        Raises:
            OSError: there is no key, and none can be made.
        """
        seal = hmac.new(self._key, f"{kind}/{key}\n".encode(), "sha256")
        seal.update(data)
        return seal.hexdigest().encode("ascii")

    @cached_property
    def _key(self) -> bytes:
        """The key that lies in the folder; a new one where there is none of ours."""
        with own_folder(self._home, FORMAT_VERSION, makes=True) as folder:
            with contextlib.suppress(OSError):
                return _key_in(folder)
            with self.lock("locks", _KEY):
                # Another process may have made one meanwhile.
                with contextlib.suppress(OSError):
                    return _key_in(folder)
                key = os.urandom(_KEY_BYTES)
                write_new_file(folder.place(_KEY), key, folder.handle, lasts=True)
                return key


def _key_in(folder: OwnFolder) -> bytes:
    """
    The key that lies in a folder.

    Raises:
        OSError: there is none of ours.
    """
    key = read_private_file(folder, _KEY, _KEY_BYTES)
    if len(key) != _KEY_BYTES:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), _KEY)
    return key


@dataclass(frozen=True, order=True)
class _Entry:
    """An entry, with the moment of its last use; its size in bytes."""

    used: float
    size: int
    name: str


def _entries(folder: OwnFolder) -> list[_Entry]:
    entries = []
    for name in folder.names():
        with contextlib.suppress(OSError):
            status = folder.status(name)
            entries.append(_Entry(status.st_mtime, status.st_size, name))
    return entries


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
