"""The temporary folder of an engine or a server: a part for TeX, a part that TeX cannot see."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from jianbao_tex.leases import Lease, remove_folder

_MIN_FREE_BYTES = 64 * 1024
_FONTCONFIG = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<!-- The fonts of the system; no rules, which cost time and say nothing about TeX. -->
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <cachedir>/var/cache/fontconfig</cachedir>
</fontconfig>
"""


class JobFolder:
    """
    The working folder of TeX for one job, and the file with what TeX prints beside it.

    The owner of the folder closes it.
    """

    def __init__(self, folder: Path, terminal: Path) -> None:
        self.folder = folder
        self.terminal = terminal

    @classmethod
    def below(cls, jobs: Path, number: int) -> JobFolder:
        """A new one in a folder of jobs; what TeX prints is kept beside that folder."""
        folder = jobs / str(number)
        folder.mkdir(mode=0o700)
        return cls(folder, jobs.parent / f"terminal-{number}")

    def write(self, files: Mapping[str, bytes]) -> None:
        """Puts files into the folder."""
        for name, data in files.items():
            (self.folder / name).write_bytes(data)

    def read_bytes(self, name: str) -> bytes | None:
        """
        A file that TeX wrote; ``None`` where there is no regular file of this name.

        Another program may have put a link or a pipe there: it would be read with our rights.
        """
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            number = os.open(self.folder / name, flags)
        except OSError:
            return None
        if not stat.S_ISREG(os.fstat(number).st_mode):
            os.close(number)
            return None
        with os.fdopen(number, "rb") as file:
            return file.read()

    def read(self, name: str) -> str:
        """A text file of the folder; empty where there is none."""
        # TeX cuts long lines in the log, also inside a character.
        return (self.read_bytes(name) or b"").decode("utf-8", "replace")

    def terminal_output(self) -> str:
        """The terminal output of the program so far."""
        data = self.terminal.read_bytes() if self.terminal.is_file() else b""
        return data.decode("utf-8", "replace")

    @property
    def is_full(self) -> bool:
        """Whether the disk of the temporary folder is full."""
        disk = os.statvfs(self.folder.parent)
        return disk.f_bavail * disk.f_frsize < _MIN_FREE_BYTES

    def close(self) -> None:
        """Deletes what belongs to the job."""
        remove_folder(self.folder)
        self.terminal.unlink(missing_ok=True)


class Workplace(JobFolder):
    """
    A temporary folder with the folder of a job; the function that makes it closes it.

    Raises:
        OSError: there is no room for it.
    """

    def __init__(self) -> None:
        self._lease = Lease()
        super().__init__(self.home / "job", self.home / "terminal")
        try:
            self.folder.mkdir(mode=0o700)
            self.fontconfig.write_text(_FONTCONFIG, encoding="ascii")
        except OSError:
            self.close()
            raise

    @property
    def home(self) -> Path:
        """The temporary folder of the job, which TeX does not see."""
        return self._lease.home

    @property
    def fontconfig(self) -> Path:
        """The fontconfig file: the system fonts that TeX can find by name."""
        return self.home / "fonts.conf"

    def close(self) -> None:
        """Deletes the temporary folder."""
        self._lease.close()
