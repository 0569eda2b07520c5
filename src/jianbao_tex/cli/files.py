"""Writes files atomically: completely or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from jianbao_tex.errors import JianbaoError, reason_of
from jianbao_tex.findings import Where, error
from jianbao_tex.foreign_files import real_path
from jianbao_tex.new_files import NewFile, sweep_new_files

NOT_WRITTEN = error(
    "JB420", "the file cannot be written: {reason}", "check the folder, its permissions and space"
)


STANDARD_OUTPUT = error(
    "JB423", "standard output cannot be written: {reason}", "check where it leads to"
)
NO_WORKING_FOLDER = error(
    "JB437",
    "the folder in which the command runs cannot be used: {reason}",
    "change to another folder; it may have been deleted or moved",
)
_SOURCE = error(
    "JB421", "this is the issue's own file", "name another folder with -o, or rename the issue"
)


_FILE_EXISTS = error("JB424", "the file already exists", "choose another name, or delete the file")


class OutputRefused(JianbaoError):
    """A file or folder to write to cannot be used."""

    exit_code = 2


def write_whole(
    files: Mapping[Path, bytes], *, sources: Collection[Path], stale: Collection[Path] = ()
) -> None:
    """
    Writes each file to a temporary file in the same folder; then renames all of them.

    Args:
        files: bytes by path.
        sources: the real paths of files that are not to be written over.
        stale: files that are removed before the first one is renamed.

    Raises:
        OutputRefused: a folder cannot be made or written, or a file is one of the
            sources; the old files are unchanged.
    """
    written: list[tuple[Path, NewFile]] = []
    path = Path()
    try:
        for path in files:
            if real_path(path) in sources:
                raise OutputRefused(_SOURCE.at(Where(str(path))))
            if path.is_dir():
                raise OutputRefused(
                    NOT_WRITTEN.at(Where(str(path)), reason=reason_of(errno.EISDIR))
                )
        for path, data in files.items():
            _make_folder(path.parent)
            new = NewFile(path.parent)
            written.append((path, new))
            new.write(data, lasts=True)
            # It gets the permissions of the old file, else the user's default.
            new.set_mode(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        for path in stale:
            path.unlink(missing_ok=True)
        for path, new in written:
            new.put(path)
    except OSError as exc:
        raise OutputRefused(NOT_WRITTEN.at(Where(str(path)), reason=reason_of(exc))) from exc
    finally:
        for _, new in written:
            new.drop()


def real(paths: Iterable[Path]) -> frozenset[Path]:
    """The files that paths lead to."""
    return frozenset(real_path(path) for path in paths)


def write_new(files: Mapping[Path, bytes]) -> None:
    """
    Writes files where none of them is yet.

    Raises:
        OutputRefused: one of them is there, or cannot be written; nothing is changed then.
    """
    existing = [path for path in files if os.path.lexists(path)]
    if existing:
        raise OutputRefused(_FILE_EXISTS.at(Where(str(existing[0]))))
    write_whole(files, sources=())


_SWEPT: set[Path] = set()
"""Folders that were looked through once: they may have thousands of files."""


def _make_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    folder.mkdir(parents=True, exist_ok=True)
    if folder not in _SWEPT:
        _SWEPT.add(folder)
        sweep_new_files(folder)


def _umask() -> int:
    # POSIX: the mask can only be read by setting another one.
    mask = os.umask(0)
    os.umask(mask)
    return mask
