"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from jianbao_tex.errors import JianbaoError
from jianbao_tex.findings import Where, error

_NOT_WRITTEN = error(
    "JB420", "the file cannot be written: {reason}", "check the folder, its permissions and space"
)


class OutputRefused(JianbaoError):
    """A file or folder to write to cannot be used."""

    exit_code = 2


def write_whole(path: Path, data: bytes) -> None:
    """
    Writes a file beside its place and moves it there once it is complete.

    Raises:
        OutputRefused: the folder cannot be made or written; what stood there stays.
    """
    try:
        _make_folder(path.parent)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            # mkstemp makes files private; a result is as open as the user's other files.
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as wrong:
        reason = os.strerror(wrong.errno) if wrong.errno else str(wrong)
        raise OutputRefused(_NOT_WRITTEN.at(Where(str(path)), reason=reason)) from wrong


def _make_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    folder.mkdir(parents=True, exist_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
