"""Temporary folders that are gone when their owner is, also when it was killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

_PREFIX = "jianbao-"
_OWNER = "owner"
_TRIES = 20


class Lease:
    """
    A private folder, held for as long as this process lives or until it is given back.

    Raises:
        OSError: there is no room for it.
    """

    def __init__(self) -> None:
        for _ in range(_TRIES):
            self.home = Path(tempfile.mkdtemp(prefix=_PREFIX))
            self._owner: int | None = None
            try:
                flags = os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC
                self._owner = os.open(self.home / _OWNER, flags, 0o600)
                # The system lets go of it, however this process ends: see `sweep`.
                fcntl.flock(self._owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # Swept away between the two: what is locked lies nowhere any more.
                (self.home / _OWNER).lstat()
            except (BlockingIOError, FileNotFoundError):
                # Somebody sweeps, and was here first.
                self.close()
            except OSError:
                self.close()
                raise
            else:
                return
        raise BlockingIOError

    def close(self) -> None:
        """Takes everything away."""
        _remove(self.home)
        if self._owner is not None:
            os.close(self._owner)
            self._owner = None


def sweep() -> None:
    """Takes away what processes left behind that were killed: nobody holds its lock."""
    with contextlib.suppress(OSError):
        for home in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            with contextlib.suppress(OSError):
                _sweep(home)


def _sweep(home: Path) -> None:
    if home.is_symlink() or home.stat().st_uid != os.getuid():
        return
    owner = os.open(home / _OWNER, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(home)
    finally:
        os.close(owner)


def _remove(home: Path) -> None:
    # The owner's file goes last: without it nobody would sweep up the rest.
    for path in (
        sorted(home.iterdir(), key=lambda path: path.name == _OWNER) if home.is_dir() else ()
    ):
        if path.is_dir() and not path.is_symlink():
            _remove_tree(path)
        else:
            with contextlib.suppress(OSError):
                path.unlink()
    with contextlib.suppress(OSError):
        home.rmdir()


def _remove_tree(folder: Path) -> None:
    """TeX, or whatever runs in its name, may have taken the right to write from a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        for path in (folder, *folder.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                with contextlib.suppress(OSError):
                    path.chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)
