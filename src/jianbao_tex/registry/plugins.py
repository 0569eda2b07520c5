"""The plugin, its absences, and the choices of a project."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.hooks import (
    BlockType,
    Check,
    Delivery,
    Layout,
    Output,
    Preparation,
    Reader,
    SectionType,
)
from jianbao_tex.language import Phrase, say

_FAILED = error(
    "JB501",
    "plugin {plugin} failed in {hook}: {reason}",
    "report it to the plugin's authors; to run without it: jianbao plugins disable {name}",
)

PluginForm = Literal["built-in", "folder", "file", "package"]
Record = SectionType | BlockType | Layout | Check[Any] | Output | Reader | Delivery
RecordKind = Literal[
    "section_types", "blocks", "layouts", "checks", "outputs", "readers", "deliveries"
]
"""The kind of a record, as hooks and project file spell it."""

KINDS: Mapping[RecordKind, type[Record]] = {
    "section_types": SectionType,
    "blocks": BlockType,
    "layouts": Layout,
    "checks": Check,
    "outputs": Output,
    "readers": Reader,
    "deliveries": Delivery,
}
STATEMENT = "JIANBAO_PREPARES"
"""What a plugin says of its ``jianbao_prepare``."""
KIND_PHRASES: Mapping[RecordKind, Phrase] = {
    "section_types": say("the section type"),
    "blocks": say("the block"),
    "layouts": say("the layout"),
    "checks": say("the check"),
    "outputs": say("the output"),
    "readers": say("the reader"),
    "deliveries": say("the delivery"),
}


@dataclass(frozen=True)
class Plugin:
    """
    A plugin that is loaded.

    ``hooks`` has the functions marked as implementations, ``home`` is the file or folder
    with its code and templates.  ``opened`` are the files that its import and its hooks for records
    open; ``is_lasting``: they depend on nothing else, as far as is known.  ``tex`` are the files of
    TeX that it needs, with their Debian packages.
    """

    name: str
    hooks: object
    version: str = ""
    size: PluginForm = "package"
    home: Path | None = None
    opened: tuple[str, ...] = ()
    is_lasting: bool = True
    tex: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, name: str, hooks: object) -> Plugin:
        """An object with hooks as a plugin; a `Plugin` is one already."""
        if isinstance(hooks, cls):
            return hooks
        module = hooks if hasattr(hooks, "__file__") else sys.modules.get(type(hooks).__module__)
        # The class of a SimpleNamespace lies in a module of Python.
        is_own = type(hooks).__module__ not in {"types", "builtins"} or module is hooks
        file = getattr(module, "__file__", None) if is_own else None
        return cls(name, hooks, home=Path(file) if file else None)

    @property
    def titled(self) -> str:
        """Name and version, for messages."""
        return f"{self.name} {self.version}".rstrip()

    @property
    def is_built_in(self) -> bool:
        """Whether it is the package's own."""
        return self.size == "built-in"

    @property
    def preparation(self) -> Preparation:
        """What it says of its ``jianbao_prepare``."""
        stated = getattr(self.hooks, STATEMENT, None)
        return stated if isinstance(stated, Preparation) else Preparation()

    @property
    def place(self) -> Where:
        """Its file or folder; its name if that is unknown."""
        return Where(str(self.home or self.name))

    def failed(self, hook: str, reason: Phrase | str, where: Where | None = None) -> Finding:
        """The finding that it failed in a hook, at a place of its files where that is known."""
        values = {"plugin": self.titled, "name": self.name, "hook": hook, "reason": reason}
        return _FAILED.at(where or self.place, **values)

    def owns(self, file: str) -> bool:
        """Whether a file is the plugin's own."""
        if self.home is None or not file:
            return False
        path = Path(file)
        return path == self.home or path.is_relative_to(self.home)


def named(plugin: Plugin) -> dict[str, str]:
    """How findings call a plugin, and what its name is for commands."""
    return {"plugin": plugin.titled, "name": plugin.name}


def describe_exception(exc: BaseException) -> str:
    """The class and message of an exception; only the class if the message raises."""
    name = type(exc).__name__
    try:
        return f"{name}: {exc}".rstrip(": ")
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 -- whatever a plugin raises is its own
        return name


@dataclass(frozen=True)
class Absence:
    """
    A record, or a plugin, that is missing, and the reason.

    ``kind`` and ``name`` are those of the missing record; '' means any record.  The kind
    ``plugins`` means a whole plugin with unknown records.
    A ``broken`` one is always reported; others only if an issue needs them.
    """

    finding: Finding
    plugin: str
    kind: RecordKind | Literal["", "plugins"] = ""
    name: str = ""
    broken: bool = True

    def explains(self, kind: RecordKind, name: str) -> bool:
        """Whether this may be why a record is not there."""
        return self.kind in {"", kind} and self.name in {"", name}


@dataclass(frozen=True)
class Choice:
    """What a project chooses for a setting of a plugin, as text, and where it says so."""

    plugin: str
    name: str
    value: str
    where: Where


@dataclass(frozen=True)
class Choices:
    """
    What a project chooses among its plugins.

    ``order`` are the plugins whose stage hooks run first.  ``prefer`` gives the plugin for a
    record that several plugins have.  ``required`` are plugins without which nothing may be
    built.  ``settings`` are the settings of plugins that it chooses.
    """

    order: tuple[str, ...] = ()
    prefer: Mapping[tuple[str, str], str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    settings: tuple[Choice, ...] = ()
