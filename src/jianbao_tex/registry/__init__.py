"""The registry: what all plugins together offer, gathered once and frozen."""

from jianbao_tex.registry.calls import Calls
from jianbao_tex.registry.gathering import gather
from jianbao_tex.registry.plugins import Absence, Choices, Plugin, Record, RecordKind
from jianbao_tex.registry.preparing import Prepared
from jianbao_tex.registry.registry import Registry
from jianbao_tex.registry.trace import Trace

__all__ = [
    "Absence",
    "Calls",
    "Choices",
    "Plugin",
    "Prepared",
    "Record",
    "RecordKind",
    "Registry",
    "Trace",
    "gather",
]
