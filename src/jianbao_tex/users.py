"""Whose a file is, on systems that know users."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def belongs_to_us(folder: Path) -> bool:
    """
    Whether a path is a folder, no link, which this user alone may write.

    Where the system knows no users by number, as Windows does, a folder of the user's profile
    is taken for the user's own.

    Raises:
        OSError: it is not there.
    """
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode):
        return False
    user = getattr(os, "getuid", None)
    if user is None:
        return True
    others = about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return about.st_uid == user() and not others
