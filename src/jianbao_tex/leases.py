"""Temporary folders that are removed when their process ends, even if it was killed."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

from jianbao_tex.users import is_own_file, is_own_folder

_PREFIX, _OWNER = "jianbao-", ".owner"
_MAX_TRIES = 20
_OPEN: set[Lease] = set()


class Lease:
    """
    A private temporary folder until `close` is called or the process ends.

    A lock file is next to it.  It is locked before the folder is made: so `sweep` can always
    remove the folder of a killed process.

    Raises:
        OSError: the disk is full.
    """

    def __init__(self) -> None:
        for _ in range(_MAX_TRIES):
            with _undisturbed():
                handle, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_OWNER)
                self._file = Path(name)
                # The system releases the lock however this process ends: see `sweep`.
                self._owner: int | None = handle
                self._process = os.getpid()
                _OPEN.add(self)
            if not _try_lock(handle) or not self._file.exists():
                # Another process was sweeping and locked the file first.
                _OPEN.discard(self)
                os.close(handle)
                continue
            try:
                # Nobody can guess its name, and so nobody can put something in its place.
                home = tempfile.mkdtemp(prefix=f"{self._file.stem}-", dir=self._file.parent)
            except OSError:
                self.close()
                raise
            self.home = Path(home)
            return
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    def close(self) -> None:
        """Takes everything away."""
        if self._owner is not None:
            _delete(self._file, self._owner)
            self._owner = None
        _OPEN.discard(self)

    @property
    def is_own(self) -> bool:
        """Whether this process made it, not the one of which it is a fork."""
        return self._process == os.getpid()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """No signal ends the process between the making of a file and the note of it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def close_all() -> None:
    """
    Takes away all folders of this process, for its end.

    A signal may come between the making of a folder and the place that would close it.
    """
    for lease in [*_OPEN]:
        if lease.is_own:
            lease.close()


def sweep() -> None:
    """Removes the folders of killed processes: their lock files are not locked."""
    with contextlib.suppress(OSError):
        for file in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*{_OWNER}"):
            # Where there is no `flock`, no TeX ran.
            with contextlib.suppress(OSError, ImportError):
                if is_own_file(file):
                    _sweep(file)


def _sweep(file: Path) -> None:
    owner = os.open(file, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    if _try_lock(owner):
        _delete(file, owner)
    else:
        os.close(owner)


def _try_lock(owner: int) -> bool:
    """Whether an open file is locked by us now; not where somebody else has locked it."""
    # Imported late, and not filelock, which takes 9 to 27 ms to load: every build makes a folder
    # before TeX can start, and where TeX runs there is POSIX.
    import fcntl

    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _delete(file: Path, owner: int) -> None:
    for home in file.parent.glob(f"{glob.escape(file.stem)}-*"):
        with contextlib.suppress(OSError):
            # A link, a pipe, or a folder of somebody else is none that we made.
            if is_own_folder(home):
                remove_folder(home)
    # Last, and while it is still locked: without it nobody would sweep up the rest.
    with contextlib.suppress(OSError):
        file.unlink()
    os.close(owner)


def remove_folder(folder: Path) -> None:
    """Removes a folder; TeX may have removed the write permission of its subfolders."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        for path in (folder, *folder.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                with contextlib.suppress(OSError):
                    path.chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)
