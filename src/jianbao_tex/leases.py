"""Temporary folders that are gone when their owner is, also when it was killed."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from jianbao_tex.users import belongs_to_us

if TYPE_CHECKING:
    from filelock import BaseFileLock

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
            try:
                # The system lets go of it, however this process ends: see `sweep`.
                self._owner = _owned(self.home)
                # Swept away between the two: what is locked lies nowhere any more.
                if self._owner and (self.home / _OWNER).exists():
                    return
            except OSError:
                _remove(self.home)
                raise
            # Somebody sweeps, and was here first.
            self.close()
        raise BlockingIOError

    def close(self) -> None:
        """Takes everything away."""
        _remove(self.home)
        if self._owner is not None:
            self._owner.release()
            self._owner = None


def sweep() -> None:
    """Takes away what processes left behind that were killed: nobody holds its lock."""
    with contextlib.suppress(OSError):
        for home in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            with contextlib.suppress(OSError):
                _sweep(home)


def _sweep(home: Path) -> None:
    # A folder without its owner's file is just being made, or taken away.
    if not belongs_to_us(home) or not (home / _OWNER).is_file():
        return
    owner = _owned(home)
    if owner:
        _remove(home)
        owner.release()


def _owned(home: Path) -> BaseFileLock | None:
    """The lock of a folder, held now; ``None`` where somebody else holds it."""
    # Late: only who runs TeX has folders, and most commands do not.
    from filelock import FileLock, Timeout

    lock = FileLock(home / _OWNER, timeout=0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock


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
