"""A private folder for one job, gone when the job is; those of killed processes go later."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

_PREFIX = "jianbao-"
_OWNER = "owner"
_FONTCONFIG = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<!-- The fonts of the system; no rules, which cost time and say nothing about TeX. -->
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <cachedir>/var/cache/fontconfig</cachedir>
</fontconfig>
"""


class Workplace:
    """
    A folder ``job`` that TeX sees, and beside it what only we do.

    Raises:
        OSError: there is no room for it.
    """

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._owner: int | None = None
        try:
            # Held as long as this process lives: see `sweep`.
            self._owner = os.open(
                self.home / _OWNER, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600
            )
            fcntl.flock(self._owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.folder.mkdir(mode=0o700)
            self.fontconfig.write_text(_FONTCONFIG, encoding="ascii")
        except OSError:
            self.close()
            raise

    @property
    def folder(self) -> Path:
        """What TeX works in."""
        return self.home / "job"

    @property
    def terminal(self) -> Path:
        """Where all that a program says goes."""
        return self.home / "terminal"

    @property
    def fontconfig(self) -> Path:
        """Which fonts of the system may be found by their names."""
        return self.home / "fonts.conf"

    def write(self, files: Mapping[str, bytes]) -> None:
        """Puts files into the folder."""
        for name, data in files.items():
            (self.folder / name).write_bytes(data)

    def read(self, name: str) -> str:
        """A text file of the folder; empty where there is none."""
        path = self.folder / name
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""

    def said(self) -> str:
        """What the program said so far."""
        data = self.terminal.read_bytes() if self.terminal.is_file() else b""
        return data.decode("utf-8", "replace")

    def close(self) -> None:
        """Takes everything away."""
        _remove(self.home)
        if self._owner is not None:
            os.close(self._owner)
            self._owner = None


def sweep() -> None:
    """
    Takes the folders away that processes left behind which were killed.

    Nobody holds the lock of such a folder any more.
    """
    with contextlib.suppress(OSError):
        for home in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            with contextlib.suppress(OSError):
                _sweep(home)


def _sweep(home: Path) -> None:
    if home.is_symlink() or home.stat().st_uid != os.getuid():
        return
    owner = os.open(home / _OWNER, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(home)
    finally:
        os.close(owner)


def _remove(home: Path) -> None:
    # TeX may have taken the right to write from a folder of its own.
    shutil.rmtree(home, ignore_errors=True)
