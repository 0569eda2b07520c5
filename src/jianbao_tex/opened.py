"""What the Python code of this process opens: a result that depends on it is made again."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

_ASKS_MORE = frozenset(
    (
        *("glob.glob", "os.listdir", "os.scandir", "os.walk"),
        *("os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system"),
        *("pty.spawn", "subprocess.Popen", "sqlite3.connect"),
        *("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"),
    )
)
"""Events of the interpreter after which a result may depend on more than on opened files."""
_ACCESS = os.O_RDONLY | os.O_WRONLY | os.O_RDWR
_OURS = str(Path(__file__).parent) + os.sep
_OF_PYTHON = str(Path(os.__file__).parent) + os.sep
_NO_FILES = ("/dev/null", "/dev/tty", "/dev/random", "/dev/urandom", "/proc/", "/sys/")


@dataclass
class Opened:
    """
    What plugins opened for a job.

    ``files`` are the absolute paths of files that were opened to be read, also those that are not
    there; without those of Python itself.  ``asks_more``: they also listed a folder, started a
    program or asked another machine, or nobody knows what they did.
    """

    files: set[str] = field(default_factory=set)
    asks_more: bool = False

    @property
    def present(self) -> tuple[str, ...]:
        """The files that are there, sorted."""
        return tuple(sorted(filter(os.path.isfile, self.files)))

    @property
    def absent(self) -> tuple[str, ...]:
        """The files that are not there, sorted."""
        return tuple(sorted(file for file in self.files if not os.path.lexists(file)))

    def add(self, other: Opened) -> None:
        """Adds what was opened elsewhere."""
        self.files |= other.files
        self.asks_more |= other.asks_more

    def note(self, event: str, values: tuple[Any, ...]) -> None:
        """Notes an event of the interpreter, as `sys.addaudithook` gives it."""
        if event == "open":
            path, _, flags = values
            if isinstance(path, str | bytes) and flags & _ACCESS != os.O_WRONLY:
                name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 -- no link is followed
                if not _is_of_python(name) and not name.startswith(_NO_FILES):
                    self.files.add(name)
        elif event in _ASKS_MORE and not _is_ours(sys._getframe(1)):
            self.asks_more = True


def opened_from_now_on() -> Opened:
    """
    What this process opens from now on; that cannot be ended, so only a fork calls it.

    Libraries in C open files without saying so.
    """
    opened = Opened()
    sys.addaudithook(opened.note)
    return opened


def _is_ours(frame: FrameType | None) -> bool:
    """
    Whether code of this package does it, or Python, to import a module; what that depends on
    is known.
    """
    while frame and _is_of_python(frame.f_code.co_filename):
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename.startswith(_OURS)


def _is_of_python(file: str) -> bool:
    if file.startswith("<frozen"):
        return True
    return file.startswith(_OF_PYTHON) and "-packages" not in file
