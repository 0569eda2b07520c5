"""Child processes: every process that works for us, with its limits, its fence and its end."""

from jianbao_tex.children.fence import JOBS, WORK, Fence, Rung, Sandbox, is_fenced, sandbox_works
from jianbao_tex.children.limits import ChildLimits, counts_by_namespace
from jianbao_tex.children.process import Process, ask, start

__all__ = [
    "JOBS",
    "WORK",
    "ChildLimits",
    "Fence",
    "Process",
    "Rung",
    "Sandbox",
    "ask",
    "counts_by_namespace",
    "is_fenced",
    "sandbox_works",
    "start",
]
