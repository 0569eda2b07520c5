"""How much memory is free for children."""

from __future__ import annotations

import contextlib
from pathlib import Path

_KIBI = 1024
_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")


def free_bytes() -> int | None:
    """The memory that new processes may take; ``None`` where the system does not say it."""
    amounts = [amount for amount in (_of_machine(), _of_container()) if amount is not None]
    return min(amounts, default=None)


def _of_machine() -> int | None:
    with contextlib.suppress(OSError, ValueError):
        for line in _MEMINFO.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * _KIBI
    return None


def _cache_of_container() -> int:
    """The files that a control group keeps in memory and that the system can drop at once."""
    with contextlib.suppress(OSError, ValueError):
        for line in (_CGROUP / "memory.stat").read_text(encoding="ascii").splitlines():
            if line.startswith("inactive_file "):
                return int(line.split()[1])
    return 0


def _of_container() -> int | None:
    """What the control group allows (version 2), where there is a limit."""
    with contextlib.suppress(OSError, ValueError):
        most = int((_CGROUP / "memory.max").read_text(encoding="ascii"))
        used = int((_CGROUP / "memory.current").read_text(encoding="ascii"))
        return max(0, most - used + _cache_of_container())
    return None
