"""Temporary folders that are gone when their owner is, also when it was killed."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import shutil
import tempfile
from pathlib import Path

from jianbao_tex.users import is_own_file, is_own_folder

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
            self._file = Path(name)
            # The system lets go of it, however this process ends: see `sweep`.
            self._owner: int | None = handle
            if not _locked(handle) or not self._file.exists():
                # Somebody sweeps, and was here first.
                os.close(handle)
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
            # Where there is no `flock`, no TeX ran.
            with contextlib.suppress(OSError, ImportError):
                if is_own_file(file):
                    _sweep(file)


def _sweep(file: Path) -> None:
    owner = os.open(file, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    if _locked(owner):
        _take_away(file, owner)
    else:
        os.close(owner)


def _locked(owner: int) -> bool:
    """Whether an open file is locked by us now; not where somebody else has locked it."""
    # Imported late, and not filelock, which takes 9 to 27 ms to load: every build makes a folder
    # before TeX can start, and where TeX runs there is POSIX.
    import fcntl

    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _take_away(file: Path, owner: int) -> None:
    for home in file.parent.glob(f"{glob.escape(file.stem)}-*"):
        with contextlib.suppress(OSError):
            # A link, a pipe, or a folder of somebody else is none that we made.
            if is_own_folder(home):
                _remove(home)
    # Last, and while it is still locked: without it nobody would sweep up the rest.
    with contextlib.suppress(OSError):
        file.unlink()
    os.close(owner)


def _remove(folder: Path) -> None:
    """TeX, or whatever runs in its name, may have taken the right to write from a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        for path in (folder, *folder.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                with contextlib.suppress(OSError):
                    path.chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)
