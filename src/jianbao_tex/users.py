"""Who owns a file, on systems with users."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def is_own_folder(folder: Path) -> bool:
    """
    Whether a path is a folder, no link, which this user alone may write.

    On a system without user numbers, such as Windows, a folder in the user's profile counts as
    the user's own.

    Raises:
        OSError: it is not there.
    """
    status = folder.lstat()
    writable_by_others = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return (
        stat.S_ISDIR(status.st_mode)
        and _is_own(status)
        and (not writable_by_others or not _has_users())
    )


def is_own_file(file: Path) -> bool:
    """
    Whether a path is a plain file, no link, of this user.

    Raises:
        OSError: it is not there.
    """
    status = file.lstat()
    return stat.S_ISREG(status.st_mode) and _is_own(status)


def _has_users() -> bool:
    return hasattr(os, "getuid")


def _is_own(status: os.stat_result) -> bool:
    return not _has_users() or status.st_uid == os.getuid()
