"""The door for files that others wrote: regular, of bounded size, opened once."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from jianbao_tex.language import Phrase, say
from jianbao_tex.own_folders import OwnFolder
from jianbao_tex.users import is_private_file

MOST_BYTES = 64 * 1024 * 1024
"""Of a file for which nothing else is said."""

_PIECE = 1024 * 1024
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
"""A flag for `read_file`: the last part of the path is no link."""

# Without O_NONBLOCK, open() blocks on a pipe without a writer.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)


class NotAFile(OSError):
    """
    The path is not a regular file.

    ``is_folder`` is true for a folder, false for a device or a pipe.
    """

    def __init__(self, path: Path, *, is_folder: bool) -> None:
        super().__init__()
        self.filename = str(path)
        self.is_folder = is_folder

    @property
    def reason(self) -> Phrase:
        return say("a folder") if self.is_folder else say("a device or a pipe")


class TooLarge(OSError):
    """A file is larger than the limit: it has ``size`` bytes, at most ``most`` are allowed."""

    def __init__(self, size: int, most: int, path: Path | None = None) -> None:
        super().__init__()
        self.filename = str(path) if path else None
        self.size = size
        self.most = most

    @property
    def reason(self) -> Phrase:
        return say("it has more than {number} bytes", number=self.most)


def read_file(path: Path, most: int = MOST_BYTES, flags: int = 0) -> bytes:
    """
    The bytes of a regular file; a link is followed.

    Args:
        path: the file.
        most: bytes that it may have.
        flags: more flags of ``open``, such as `NO_LINK`.

    Raises:
        OSError: it is not there, or cannot be read.  `NotAFile`: it is a folder, a device or a
            pipe.  `TooLarge`: it has more than ``most`` bytes.
        ValueError: the path is no name of a file.
    """
    try:
        handle = os.open(path, _FLAGS | flags)
    except PermissionError:
        # Windows raises PermissionError for a folder.
        if path.is_dir():
            raise NotAFile(path, is_folder=True) from None
        raise
    except OSError as error:
        # A socket, or a device that is not there.
        if error.errno == errno.ENXIO:
            raise NotAFile(path, is_folder=False) from error
        raise
    return _read(handle, path, most)


def read_private_file(folder: OwnFolder, name: str, most: int) -> bytes:
    """
    The bytes of a file in a folder of this user alone.

    Raises:
        OSError: as `read_file`; or it is a link, or somebody else can read or write it.
    """
    path = folder.place(name)
    handle = os.open(path, _FLAGS | NO_LINK, dir_fd=folder.handle)
    if not is_private_file(os.fstat(handle)):
        os.close(handle)
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), name)
    return _read(handle, path, most)


def _read(handle: int, path: Path, most: int) -> bytes:
    """The bytes of an open file, which is closed; raises as `read_file`."""
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise NotAFile(path, is_folder=stat.S_ISDIR(status.st_mode))
        if status.st_size > most:
            raise TooLarge(status.st_size, most, path)
        with os.fdopen(handle, "rb", closefd=False) as file:
            data = _read_all(file, most)
    finally:
        os.close(handle)
    if len(data) > most:
        raise TooLarge(len(data), most, path)
    return data


def _read_all(file: BinaryIO, most: int) -> bytes:
    """At most one byte more than ``most``; the size that a system reports may be wrong."""
    data = bytearray()
    # In pieces: Python takes memory for all the bytes that it is asked for.
    while len(data) <= most and (piece := file.read(min(_PIECE, most + 1 - len(data)))):
        data += piece
    return bytes(data)


def real_path(path: Path) -> Path:
    """
    Where a path leads to; as far as it can be followed where links form a loop.

    `Path.resolve` raises `RuntimeError` for such a loop, up to Python 3.12.
    """
    return Path(os.path.realpath(path))
