"""The files next to an issue: its series, its pictures, the previous issue."""

from __future__ import annotations

import errno
import os
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jianbao_tex.foreign_files import NO_LINK, TooLarge, read_file, real_path


class OutsideFolder(Exception):
    """A name leads out of the folder of the issue, or there is no folder."""


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
            OSError, ValueError: as `read_file`.
        """
        data = self.bytes_given(name, most)
        if data is not None:
            return data
        # A link that replaced the file after the check is not followed.
        return read_file(self._resolve(name), most, NO_LINK)

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
            ValueError: the name is not valid.
        """
        self._resolve(name)
        return (self.folder or Path()) / name

    def _resolve(self, name: str) -> Path:
        if self.folder is None:
            if self.files and not _leads_out(name):
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            raise OutsideFolder
        path = real_path(self.folder / name)
        if not path.is_relative_to(real_path(self.folder)):
            raise OutsideFolder
        return path


def normalized_name(name: str) -> str:
    """A name from the issue's folder without ``.`` and ``..``: ``a/../b`` is ``b``."""
    return posixpath.normpath(name)


def _leads_out(name: str) -> bool:
    return normalized_name(name).startswith(("/", "../")) or normalized_name(name) == ".."
