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


def is_out_of_reach(folder: Path) -> bool:
    """
    Whether nobody else can put another folder in the place of this one.

    Each folder above it belongs to this user or to the system, and others may not write it, or may
    rename only what is theirs there, as in /tmp.  The user's own group counts as the user where
    it has the user's name, as on most systems of today.
    """
    if not _has_users():
        return True
    return all(_is_safe(parent.lstat()) for parent in Path(os.path.realpath(folder)).parents)


def _is_safe(status: os.stat_result) -> bool:
    if status.st_uid not in {0, os.getuid()}:
        return False
    others = status.st_mode & stat.S_IWOTH
    group = status.st_mode & stat.S_IWGRP and not _is_own_group(status.st_gid)
    return not (others or group) or bool(status.st_mode & stat.S_ISVTX)


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


def _has_users() -> bool:
    return hasattr(os, "getuid")


def _is_own(status: os.stat_result) -> bool:
    return not _has_users() or status.st_uid == os.getuid()
