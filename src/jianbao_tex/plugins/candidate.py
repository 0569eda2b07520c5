"""A plugin that is not loaded yet: its name, version and hooks, read without running it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from jianbao_tex.findings import Finding, error
from jianbao_tex.hooks import API
from jianbao_tex.language import say
from jianbao_tex.registry import RecordKind
from jianbao_tex.registry.plugins import PluginForm

MANIFEST = "plugin.toml"
"""The file that makes a folder a plugin."""

OLD_API = error(
    "JB508",
    "plugin {plugin} is written for version {wanted} of the hooks, and this is {ours}",
    "install a version of the plugin for hooks {ours}; "
    "to run without it: jianbao plugins disable {name}",
)


class State(StrEnum):
    """Whether a plugin is loaded, and if not, why."""

    ACTIVE = "active"
    DISABLED = "disabled"
    """Switched off in the project file."""
    OFF = "off"
    """Switched off for this run."""
    NOT_ALLOWED = "not allowed"
    """Not on the list of the machine."""
    NOT_TRUSTED = "not trusted"
    CHANGED = "changed"
    """Trusted before; the file has changed since."""
    BROKEN = "broken"
    NOT_INSTALLED = "not installed"


STATES = {
    State.ACTIVE: say("active"),
    State.DISABLED: say("disabled in jianbao.toml"),
    State.OFF: say("switched off for this run"),
    State.NOT_ALLOWED: say("not on the list in JIANBAO_PLUGINS"),
    State.NOT_TRUSTED: say("not trusted"),
    State.CHANGED: say("changed since it was trusted"),
    State.BROKEN: say("broken"),
    State.NOT_INSTALLED: say("not installed"),
}
"""The states in words."""


@dataclass(frozen=True)
class FoundPlugin:
    """
    A plugin that exists, loaded or not.

    ``where`` is its file, its folder, or the value of its entry point.  ``hooks``, ``records``
    and ``labels`` (the Chinese names of the records) are empty if they are not known.  ``load``
    runs its code, if it has any, and returns the object with the hooks.  ``requires`` are the
    plugins that it needs, ``tex`` are the files of TeX that it needs, with their Debian packages.
    """

    name: str
    size: PluginForm
    where: str
    load: Callable[[], object]
    home: Path | None = None
    version: str = ""
    label: str = ""
    api: str = ""
    hooks: tuple[str, ...] = ()
    records: tuple[tuple[RecordKind, str], ...] = ()
    labels: tuple[tuple[RecordKind, str], ...] = ()
    requires: tuple[str, ...] = ()
    tex: Mapping[str, str] = field(default_factory=dict)
    state: State = State.ACTIVE
    faults: tuple[Finding, ...] = ()

    @property
    def titled(self) -> str:
        """Name and version, for messages."""
        return f"{self.name} {self.version}".rstrip()


def is_supported(api: str, size: PluginForm) -> bool:
    """
    Whether a plugin for this version of the hooks can run here; true if it names none ('').

    A folder contains no Python; what it is made of is as it was in 1.0.
    """
    if not api:
        return True
    wanted, ours = api.split("."), API.split(".")
    try:
        major, minor = int(wanted[0]), int(wanted[1]) if len(wanted) > 1 else 0
    except ValueError:
        return False
    is_same = major == int(ours[0]) and minor <= int(ours[1])
    return is_same or (size == "folder" and _FIRST_FOLDERS <= major < int(ours[0]))


_FIRST_FOLDERS = 1
