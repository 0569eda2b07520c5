"""Which plugins of a single file may run: those whose hash their user has recorded."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jianbao_tex.errors import PluginBroken, reason_of
from jianbao_tex.findings import Where, error
from jianbao_tex.foreign_files import read_file, real_path
from jianbao_tex.new_files import write_new_file

_UNWRITABLE = error(
    "JB521", "the record of trusted plugins cannot be written: {reason}", "check its folder"
)


def digest(data: bytes) -> str:
    """The SHA-256 of a file's content, as hexadecimal text."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Trust:
    """
    The record of trusted files, by path and hash.

    It is in the user's folder, not in the project, so that a project cannot trust itself.
    Without a file nothing is trusted.
    """

    file: Path | None = None

    def knows(self, path: Path) -> bool:
        """Whether the file at a path was trusted with this or another content."""
        return str(real_path(path)) in self._read_record()

    def trusts(self, path: Path, data: bytes) -> bool:
        """Whether the file at a path was trusted with this content."""
        return self._read_record().get(str(real_path(path))) == digest(data)

    def add(self, path: Path) -> str:
        """
        Records the present content of a file and returns its hash.

        Raises:
            PluginBroken: the record cannot be written.
            OSError: the file cannot be read.
        """
        file_hash = digest(read_file(path))
        with self._lock():
            self._write_record({**self._read_record(), str(real_path(path)): file_hash})
        return file_hash

    def remove(self, path: Path) -> bool:
        """Removes a file from the record; returns whether it was recorded."""
        with self._lock():
            record = self._read_record()
            old_hash = record.pop(str(real_path(path)), None)
            if old_hash:
                self._write_record(record)
        return old_hash is not None

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """Lets one process at a time change the record."""
        # Imported late: most commands do not change the record.
        from filelock import FileLock

        if self.file is None:
            raise PluginBroken(_UNWRITABLE.at(Where(str(self.file)), reason="?"))
        # A file of its own: writing replaces the record, and a lock on it would be lost.
        lock = FileLock(self.file.with_suffix(".lock"))
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock.acquire()
        except OSError as exc:
            fault = _UNWRITABLE.at(Where(str(self.file)), reason=reason_of(exc))
            raise PluginBroken(fault) from exc
        try:
            yield
        finally:
            lock.release()

    def _read_record(self) -> dict[str, str]:
        # A record that cannot be read trusts nothing.
        if self.file is None:
            return {}
        with contextlib.suppress(OSError, ValueError, RecursionError):
            data = json.loads(read_file(self.file))
            if isinstance(data, dict):
                return {str(key): str(value) for key, value in data.items()}
        return {}

    def _write_record(self, record: dict[str, str]) -> None:
        assert self.file is not None
        text = json.dumps(dict(sorted(record.items())), ensure_ascii=False, indent=2)
        try:
            write_new_file(self.file, text.encode("utf-8", "surrogateescape"), lasts=True)
        except OSError as exc:
            fault = _UNWRITABLE.at(Where(str(self.file)), reason=reason_of(exc))
            raise PluginBroken(fault) from exc
