"""
Folders that only this user can write, opened once: what lies in them may be run.

Another folder may get the name between two checks, so what is read, written and deleted is looked
up from the folder that was opened and checked.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jianbao_tex.users import has_users, is_own_folder, is_private_folder, is_safe_above

_OPEN_FOLDER = (
    # O_PATH needs no permission to list the folder: /home often gives none.
    getattr(os, "O_PATH", os.O_RDONLY)
    | getattr(os, "O_DIRECTORY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
)


class NotOwn(OSError):
    """A folder that is not for this user alone, or whose place somebody else can take."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EPERM, os.strerror(errno.EPERM), str(path))


@dataclass(frozen=True)
class OwnFolder:
    """
    An open folder.

    ``handle`` is its descriptor; ``None`` on Windows, where the folder of a user is out of the
    reach of others.
    """

    path: Path
    handle: int | None

    def place(self, name: str) -> Path:
        """How a file in it is named for a call that takes ``handle`` as ``dir_fd``."""
        return self.path / name if self.handle is None else Path(name)

    def names(self) -> list[str]:
        """The names of all that lies in it, sorted."""
        if self.handle is None:
            return sorted(path.name for path in self.path.iterdir())
        # A descriptor that only stands for a path cannot be read.
        handle = os.open(".", os.O_RDONLY, dir_fd=self.handle)
        try:
            with os.scandir(handle) as entries:
                return sorted(entry.name for entry in entries)
        finally:
            os.close(handle)

    def status(self, name: str) -> os.stat_result:
        """What `os.lstat` says of a file in it."""
        return os.stat(self.place(name), dir_fd=self.handle, follow_symlinks=False)

    def remove(self, name: str) -> None:
        """Removes a file in it."""
        os.unlink(self.place(name), dir_fd=self.handle)

    def remove_folder(self, name: str) -> None:
        """Removes an empty folder in it."""
        os.rmdir(self.place(name), dir_fd=self.handle)


@contextlib.contextmanager
def own_folder(base: Path, *names: str, makes: bool = False) -> Iterator[OwnFolder]:
    """
    Opens the folder ``base/name/name`` for a block.

    Args:
        base: nobody else can put another folder in its place.
        names: each is no link, and this user alone may write it.
        makes: whether what is missing is made, for this user alone.

    Raises:
        NotOwn: somebody else can write it, or take its place.
        OSError: it is not there, or cannot be made.
    """
    path = Path(os.path.realpath(base))
    if not has_users():
        yield _by_name(path, names, makes=makes)
        return
    place = Path(path.anchor)
    handle = os.open(place, _OPEN_FOLDER)
    try:
        _demand(is_safe_above(os.fstat(handle)), place)
        steps = [(name, False) for name in path.parts[1:]] + [(name, True) for name in names]
        for name, is_private in steps:
            # Only in a folder that was checked: one in the home of another would be in the way there.
            inner = _open_or_make(name, handle) if makes else _open(name, handle)
            outer, handle = handle, inner
            os.close(outer)
            place /= name
            check = is_private_folder if is_private else is_safe_above
            _demand(check(os.fstat(handle)), place)
        yield OwnFolder(place, handle)
    finally:
        os.close(handle)


def _open(name: str, folder: int) -> int:
    return os.open(name, _OPEN_FOLDER, dir_fd=folder)


def _open_or_make(name: str, folder: int) -> int:
    try:
        return _open(name, folder)
    except FileNotFoundError:
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=folder)
        return _open(name, folder)


def _demand(is_own: bool, path: Path) -> None:
    if not is_own:
        raise NotOwn(path)


def _by_name(path: Path, names: tuple[str, ...], *, makes: bool) -> OwnFolder:
    if makes:
        path.mkdir(parents=True, exist_ok=True)
    for name in names:
        path /= name
        if makes:
            path.mkdir(exist_ok=True)
        _demand(is_own_folder(path), path)
    return OwnFolder(path, None)
