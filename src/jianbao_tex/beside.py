"""The files beside an issue: its series, its pictures, the issue before it."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

# A pipe that nobody writes to would be waited for.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class OutsideFolder(Exception):
    """A name leads out of the folder of the issue, or there is no folder."""


class NotAFile(Exception):
    """
    A path leads to something that is no regular file.

    ``is_folder`` tells a folder from a device or a pipe.
    """

    def __init__(self, *, is_folder: bool) -> None:
        super().__init__()
        self.is_folder = is_folder


class TooLarge(Exception):
    """A file has more bytes than were asked for; ``size`` is how many."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size


def read_file(path: Path, most: int) -> bytes:
    """
    The bytes of a regular file, opened once.

    Raises:
        NotAFile: it is a folder, a device or a pipe.
        TooLarge: it has more than ``most`` bytes.
        OSError: it is not there, or cannot be read.
        ValueError: the path is no name of a file.
    """
    try:
        handle = os.open(path, _FLAGS)
    except PermissionError:
        # Where a folder cannot be opened as a file, the system says that it is forbidden.
        if path.is_dir():
            raise NotAFile(is_folder=True) from None
        raise
    except OSError as wrong:
        # A socket, or a device that is not there.
        if wrong.errno == errno.ENXIO:
            raise NotAFile(is_folder=False) from wrong
        raise
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise NotAFile(is_folder=stat.S_ISDIR(about.st_mode))
        if about.st_size > most:
            raise TooLarge(about.st_size)
        with os.fdopen(handle, "rb", closefd=False) as file:
            data = file.read(most + 1)
    finally:
        os.close(handle)
    if len(data) > most:
        raise TooLarge(len(data))
    return data


@dataclass(frozen=True)
class Beside:
    """
    The files that an issue may name.

    Args:
        folder: they lie in it or below it; ``None`` where there is no disk.
        files: files given as bytes, by their names from the issue's folder, ``/`` between the
            parts; they go before those on the disk.
    """

    folder: Path | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)

    def read(self, name: str, most: int) -> bytes:
        """
        The bytes of a file.

        Raises:
            OutsideFolder: the name leads out of the folder, or names none.
            NotAFile, TooLarge, OSError, ValueError: as `read_file`.
        """
        data = self.given(name)
        if data is None:
            return read_file(self.path(name), most)
        if len(data) > most:
            raise TooLarge(len(data))
        return data

    def given(self, name: str) -> bytes | None:
        """The bytes that were given for a name; ``None`` where there are none."""
        return self.files.get(str(PurePosixPath(name))) if self.files else None

    def path(self, name: str) -> Path:
        """
        Where a file lies on the disk, or would lie.

        Raises:
            OutsideFolder: outside the folder, or there is none.
            OSError: the name leads in a circle of links.
            ValueError: it is no name.
        """
        if self.folder is None:
            if self.files and not _leads_out(name):
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            raise OutsideFolder
        try:
            path = (self.folder / name).resolve()
            is_inside = path.is_relative_to(self.folder.resolve())
        except RuntimeError as wrong:
            # What Python 3.11 says of links that go round in a circle.
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from wrong
        if not is_inside:
            raise OutsideFolder
        return self.folder / name


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts
