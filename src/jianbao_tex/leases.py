"""Temporary folders that are gone when their owner is, also when it was killed."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from jianbao_tex.users import is_own_file, is_own_folder

if TYPE_CHECKING:
    from filelock import BaseFileLock

_PREFIX, _OWNER = "jianbao-", ".owner"
_TRIES = 20


class Lease:
    """
    A private folder, held for as long as this process lives or until it is given back.

    The file of its owner lies beside it and is locked before the folder is made, so that there
    is no moment at which a process that is killed leaves something that nobody sweeps up.

    Raises:
        OSError: there is no room for it.
    """

    def __init__(self) -> None:
        for _ in range(_TRIES):
            handle, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_OWNER)
            os.close(handle)
            self._file = Path(name)
            # The system lets go of it, however this process ends: see `sweep`.
            self._owner = _held(self._file)
            if self._owner is None:
                # Somebody sweeps, and was here first.
                continue
            if not self._file.exists():
                self._owner.release()
                continue
            try:
                # Nobody can guess its name, and so nobody can put something in its place.
                made = tempfile.mkdtemp(prefix=f"{self._file.stem}-", dir=self._file.parent)
            except OSError:
                self.close()
                raise
            self.home = Path(made)
            return
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    def close(self) -> None:
        """Takes everything away."""
        if self._owner is not None:
            _take_away(self._file, self._owner)
            self._owner = None


def sweep() -> None:
    """Takes away what processes left behind that were killed: nobody holds its lock."""
    with contextlib.suppress(OSError):
        for file in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*{_OWNER}"):
            with contextlib.suppress(OSError):
                owner = _held(file) if is_own_file(file) else None
                if owner is not None:
                    _take_away(file, owner)


def _held(file: Path) -> BaseFileLock | None:
    """The lock of a file, held now; ``None`` where somebody else holds it."""
    # Imported late: only commands that run TeX need it.
    from filelock import FileLock, Timeout

    lock = FileLock(file, timeout=0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock


def _take_away(file: Path, owner: BaseFileLock) -> None:
    for home in file.parent.glob(f"{glob.escape(file.stem)}-*"):
        with contextlib.suppress(OSError):
            # A link, a pipe, or a folder of somebody else is none that we made.
            if is_own_folder(home):
                _remove(home)
    # Last, and while it is still locked: without it nobody would sweep up the rest.
    with contextlib.suppress(OSError):
        file.unlink()
    owner.release()


def _remove(folder: Path) -> None:
    """TeX, or whatever runs in its name, may have taken the right to write from a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        for path in (folder, *folder.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                with contextlib.suppress(OSError):
                    path.chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)
