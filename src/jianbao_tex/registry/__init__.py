"""The registry: what all plugins together offer, gathered once and frozen."""

from jianbao_tex.registry.calls import Calls, Trace
from jianbao_tex.registry.gathering import gather
from jianbao_tex.registry.plugins import Absence, Choices, Plugin, Record, RecordKind
from jianbao_tex.registry.registry import Registry

__all__ = [
    "Absence",
    "Calls",
    "Choices",
    "Plugin",
    "Record",
    "RecordKind",
    "Registry",
    "Trace",
    "gather",
]
