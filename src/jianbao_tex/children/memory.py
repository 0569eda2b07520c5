"""How much memory is free for children."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

_KIBI = 1024
_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")
_OWN_GROUP = Path("/proc/self/cgroup")


def free_bytes() -> int | None:
    """The memory that new processes may take; ``None`` where the system does not say it."""
    amounts = [_of_machine(), *map(_of_group, _groups())]
    return min((amount for amount in amounts if amount is not None), default=None)


def _of_machine() -> int | None:
    with contextlib.suppress(OSError, ValueError):
        for line in _MEMINFO.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * _KIBI
    return None


def _groups() -> Iterator[Path]:
    """
    The control groups (version 2) in which this process is, the outermost first: that of a
    container, that of a unit of systemd.
    """
    yield _CGROUP
    with contextlib.suppress(OSError):
        for line in _OWN_GROUP.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("0::/"):
                place = _CGROUP
                for name in Path(line.removeprefix("0::/")).parts:
                    place /= name
                    yield place


def _of_group(group: Path) -> int | None:
    """What a group allows, where it has a limit: a hard one, or one from which it is slowed down."""
    limits = []
    for name in ("memory.max", "memory.high"):
        with contextlib.suppress(OSError, ValueError):
            limits.append(int((group / name).read_text(encoding="ascii")))
    most = min(limits, default=None)
    if most is None:
        return None
    with contextlib.suppress(OSError, ValueError):
        used = int((group / "memory.current").read_text(encoding="ascii"))
        return max(0, most - used + _cached(group))
    return None


def _cached(group: Path) -> int:
    """The files that a group keeps in memory and that the system can drop at once."""
    with contextlib.suppress(OSError, ValueError):
        for line in (group / "memory.stat").read_text(encoding="ascii").splitlines():
            if line.startswith("inactive_file "):
                return int(line.split()[1])
    return 0
