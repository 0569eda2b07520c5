"""Who owns a file, on systems with users."""

from __future__ import annotations

import functools
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
    return is_private_folder(folder.lstat())


def is_private_folder(status: os.stat_result) -> bool:
    """The same for what `os.lstat` or `os.fstat` said."""
    writable_by_others = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return (
        stat.S_ISDIR(status.st_mode)
        and _is_own(status)
        and (not writable_by_others or not has_users())
    )


def is_private_file(status: os.stat_result) -> bool:
    """Whether a plain file is this user's, under one name, and nobody else can read or write it."""
    others = status.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    return (
        stat.S_ISREG(status.st_mode)
        and _is_own(status)
        and (not has_users() or (not others and status.st_nlink == 1))
    )


def is_safe_above(status: os.stat_result) -> bool:
    """
    Whether nobody else can put another folder in the place of one in this folder.

    It belongs to this user or to the system, and others may not write it, or may rename only what
    is theirs there, as in /tmp.  The user's own group counts as the user where it has the user's
    name, as on most systems of today.
    """
    if status.st_uid not in {0, os.getuid()}:
        return False
    others = status.st_mode & stat.S_IWOTH
    group = status.st_mode & stat.S_IWGRP and not _is_own_group(status.st_gid)
    return not (others or group) or bool(status.st_mode & stat.S_ISVTX)


@functools.cache
def _is_own_group(number: int) -> bool:
    try:
        import grp
        import pwd

        return number == 0 or grp.getgrgid(number).gr_name == pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return False


def is_own_file(file: Path) -> bool:
    """
    Whether a path is a plain file, no link, of this user.

    Raises:
        OSError: it is not there.
    """
    status = file.lstat()
    return stat.S_ISREG(status.st_mode) and _is_own(status)


def has_users() -> bool:
    """Whether the system numbers its users, as POSIX says."""
    return hasattr(os, "getuid")


def _is_own(status: os.stat_result) -> bool:
    return not has_users() or status.st_uid == os.getuid()
