"""The files next to an issue: its series, its pictures, the previous issue."""

from __future__ import annotations

import errno
import os
import posixpath
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jianbao_tex.language import Phrase, say

# Without O_NONBLOCK, open() blocks on a pipe without a writer.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


class OutsideFolder(Exception):
    """A name leads out of the folder of the issue, or there is no folder."""


class NotAFile(Exception):
    """
    The path is not a regular file.

    ``is_folder`` is true for a folder, false for a device or a pipe.
    """

    def __init__(self, *, is_folder: bool) -> None:
        super().__init__()
        self.is_folder = is_folder

    @property
    def reason(self) -> Phrase:
        return say("a folder") if self.is_folder else say("a device or a pipe")


class TooLarge(Exception):
    """A file is larger than the limit: it has ``size`` bytes, at most ``most`` are allowed."""

    def __init__(self, size: int, most: int) -> None:
        super().__init__()
        self.size = size
        self.most = most

    @property
    def reason(self) -> Phrase:
        return say("it has more than {number} bytes", number=self.most)


def read_file(path: Path, most: int) -> bytes:
    """
    The bytes of a regular file, opened once; a link is followed.

    Raises:
        NotAFile: it is a folder, a device or a pipe.
        TooLarge: it has more than ``most`` bytes.
        OSError: it is not there, or cannot be read.
        ValueError: the path is no name of a file.
    """
    return _read(path, most, _FLAGS)


def _read(path: Path, most: int, flags: int) -> bytes:
    try:
        handle = os.open(path, flags)
    except PermissionError:
        # Windows raises PermissionError for a folder.
        if path.is_dir():
            raise NotAFile(is_folder=True) from None
        raise
    except OSError as error:
        # A socket, or a device that is not there.
        if error.errno == errno.ENXIO:
            raise NotAFile(is_folder=False) from error
        raise
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise NotAFile(is_folder=stat.S_ISDIR(status.st_mode))
        if status.st_size > most:
            raise TooLarge(status.st_size, most)
        with os.fdopen(handle, "rb", closefd=False) as file:
            data = file.read(most + 1)
    finally:
        os.close(handle)
    if len(data) > most:
        raise TooLarge(len(data), most)
    return data


@dataclass(frozen=True)
class IssueFolder:
    """
    The files that an issue may name.

    Args:
        folder: they lie in it or below it; ``None`` where there is no disk.
        files: files given as bytes.  Keys are paths relative to the issue's folder, with ``/``.
            A given file is used before a file on the disk.
    """

    folder: Path | None = None
    files: Mapping[str, bytes] = field(default_factory=dict, hash=False, repr=False)

    def read(self, name: str, most: int) -> bytes:
        """
        The bytes of a file.

        Raises:
            OutsideFolder: the name leads out of the folder, or names none.
            NotAFile, TooLarge, OSError, ValueError: as `read_file`.
        """
        data = self.bytes_given(name, most)
        if data is not None:
            return data
        # O_NOFOLLOW: a link that replaced the file after the check is not followed.
        return _read(self._resolve(name), most, _FLAGS | _NO_LINK)

    def bytes_given(self, name: str, most: int) -> bytes | None:
        """
        The bytes that were given for a name; ``None`` where there are none.

        Raises:
            TooLarge: there are more than ``most``.
        """
        data = self.files.get(normalized_name(name)) if self.files else None
        if data is not None and len(data) > most:
            raise TooLarge(len(data), most)
        return data

    def is_given(self, name: str) -> bool:
        """Whether a file was given as bytes."""
        return normalized_name(name) in self.files

    def path(self, name: str) -> Path:
        """
        Where a file lies on the disk, or would lie, as the issue names it.

        Raises:
            OutsideFolder: outside the folder, or there is none.
            OSError: the links form a loop.
            ValueError: the name is not valid.
        """
        self._resolve(name)
        return (self.folder or Path()) / name

    def _resolve(self, name: str) -> Path:
        if self.folder is None:
            if self.files and not _leads_out(name):
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            raise OutsideFolder
        try:
            path = (self.folder / name).resolve()
            is_inside = path.is_relative_to(self.folder.resolve())
        except RuntimeError as error:
            # What Python 3.11 says of links that go round in a circle.
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from error
        if not is_inside:
            raise OutsideFolder
        return path


def normalized_name(name: str) -> str:
    """A name from the issue's folder without ``.`` and ``..``: ``a/../b`` is ``b``."""
    return posixpath.normpath(name)


def _leads_out(name: str) -> bool:
    return normalized_name(name).startswith(("/", "../")) or normalized_name(name) == ".."
