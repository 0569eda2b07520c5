"""
Files that are there as a whole or not at all, also after SIGKILL or a power failure.

A new file is written beside its place under another name, and then renamed: that is one step
(POSIX).  It is locked until then, so that `sweep_new_files` finds those of killed processes.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from jianbao_tex.users import is_own_file

_PREFIX = ".jianbao-"
_NAME = re.compile(re.escape(_PREFIX) + "[0-9a-f]{16}")
"""The names that `NewFile` gives, and no others."""
_MAX_TRIES = 20
# Windows would write line ends of its own.
_FLAGS = (
    os.O_CREAT
    | os.O_EXCL
    | os.O_WRONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
)


class NewFile:
    """
    A file to be written; `put` gives it its name, `drop` takes it away.

    Nothing is made before `write`: an interrupt may come between any two steps.

    Args:
        folder: where it is to be; it exists.
        handle: the descriptor of an open folder, from which ``folder`` is looked up.
    """

    def __init__(self, folder: Path, handle: int | None = None) -> None:
        self._folder = folder
        self._path = folder / _PREFIX
        self._within = handle
        self._handle: int | None = None
        self._is_over = False

    def write(self, data: bytes, *, lasts: bool = False) -> None:
        """
        Makes it, and writes all its bytes.

        ``lasts``: whether they are on the disk when this returns, so that no failure of power
        leaves an empty file under a new name; that takes some milliseconds.

        Raises:
            OSError: it cannot be made or written.
        """
        self._handle = handle = self._make()
        with os.fdopen(handle, "wb", closefd=False) as file:
            file.write(data)
        if lasts:
            os.fsync(handle)

    def _make(self) -> int:
        for _ in range(_MAX_TRIES):
            self._path = self._folder / f"{_PREFIX}{os.urandom(8).hex()}"
            handle = os.open(self._path, _FLAGS, 0o600, dir_fd=self._within)
            # Somebody may have swept it up before it was locked, or be about to.
            _lock(handle, waits=True)
            if os.fstat(handle).st_nlink:
                return handle
            os.close(handle)
        raise FileExistsError(str(self._path))

    def set_mode(self, mode: int) -> None:
        """Sets its permissions."""
        # By its handle: in a folder of others another file may have its name by now.
        if self._handle is not None and hasattr(os, "fchmod"):
            os.fchmod(self._handle, mode)

    def put(self, path: Path) -> None:
        """Renames it, in place of what has the name now."""
        if os.name == "nt":
            # An open file cannot be renamed there.
            self._close()
        os.replace(self._path, path, src_dir_fd=self._within, dst_dir_fd=self._within)
        self._is_over = True
        self._close()

    def drop(self) -> None:
        """Takes it away, unless it has its name."""
        if not self._is_over:
            with contextlib.suppress(OSError):
                os.unlink(self._path, dir_fd=self._within)
        self._close()

    def _close(self) -> None:
        if self._handle is not None:
            handle, self._handle = self._handle, None
            os.close(handle)


def write_new_file(
    path: Path, data: bytes, handle: int | None = None, *, lasts: bool = False
) -> None:
    """
    Writes a file as a whole, for its owner alone; the arguments are those of `NewFile`.

    Raises:
        OSError: it cannot be written; the old one, if any, is as it was.
    """
    new = NewFile(path.parent, handle)
    try:
        new.write(data, lasts=lasts)
        new.put(path)
    finally:
        new.drop()


def sweep_new_files(folder: Path) -> None:
    """Removes the files in a folder that killed processes have not finished."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if _NAME.fullmatch(entry.name):
                with contextlib.suppress(OSError):
                    _sweep(Path(entry.path))


def _sweep(path: Path) -> None:
    if not is_own_file(path):
        return
    flags = os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, flags)
    try:
        if _lock(handle):
            path.unlink()
    finally:
        os.close(handle)


def _lock(handle: int, *, waits: bool = False) -> bool:
    """Whether an open file is locked by us now; the system unlocks it when we end."""
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
    except (OSError, ImportError):
        return False
    return True
