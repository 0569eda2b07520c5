"""Child processes: every process that works for us, with its limits, its fence and its end."""

from jianbao_tex.children.apart import (
    MEMORY_BYTES,
    TOO_MUCH_MEMORY,
    WorkFailed,
    end_apart,
    work_apart,
)
from jianbao_tex.children.fence import JOBS, WORK, Fence, Rung, Sandbox, is_fenced, sandbox_works
from jianbao_tex.children.forks import LATE, Fork, ForkLost, Work, may_fork, ready
from jianbao_tex.children.limits import (
    ChildLimits,
    Shortage,
    counts_by_namespace,
    limited,
    shortages,
)
from jianbao_tex.children.memory import free_bytes
from jianbao_tex.children.process import GUARD, Input, Process, ask, start
from jianbao_tex.children.signals import signals_held
from jianbao_tex.children.turns import MOST_AT_A_TIME, Turns, has_room

__all__ = [
    "GUARD",
    "JOBS",
    "LATE",
    "MEMORY_BYTES",
    "MOST_AT_A_TIME",
    "TOO_MUCH_MEMORY",
    "WORK",
    "ChildLimits",
    "Fence",
    "Fork",
    "ForkLost",
    "Input",
    "Process",
    "Rung",
    "Sandbox",
    "Shortage",
    "Turns",
    "Work",
    "WorkFailed",
    "ask",
    "counts_by_namespace",
    "end_apart",
    "free_bytes",
    "has_room",
    "is_fenced",
    "limited",
    "may_fork",
    "ready",
    "sandbox_works",
    "shortages",
    "signals_held",
    "start",
    "work_apart",
]
