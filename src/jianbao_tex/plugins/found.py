"""A plugin as it is found: what it says of itself before any of it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from jianbao_tex.findings import Finding, error
from jianbao_tex.hooks import API
from jianbao_tex.registry import RecordKind
from jianbao_tex.registry.plugins import Size

MANIFEST = "plugin.toml"
"""What makes a folder a plugin."""

OLD_API = error(
    "JB508",
    "plugin {plugin} is written for version {wanted} of the hooks, and this is {ours}",
    "install a version of the plugin that goes with this one; "
    "to do without it: jianbao plugins disable {name}",
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
    """Trusted once, and not as it is now."""
    BROKEN = "broken"
    NOT_INSTALLED = "not installed"


@dataclass(frozen=True)
class Found:
    """
    A plugin that is there.

    ``where`` is its file or folder, or what its entry point names; ``hooks`` those that it
    implements, ``records`` what it brings and ``labels`` how that is called in Chinese, where
    they are known.  ``load`` runs its code, if it
    has any, and returns what has the hooks.
    """

    name: str
    size: Size
    where: str
    load: Callable[[], object]
    home: Path | None = None
    version: str = ""
    label: str = ""
    api: str = ""
    hooks: tuple[str, ...] = ()
    records: tuple[tuple[RecordKind, str], ...] = ()
    labels: tuple[tuple[RecordKind, str], ...] = ()
    state: State = State.ACTIVE
    faults: tuple[Finding, ...] = ()

    @property
    def titled(self) -> str:
        """Name and version, for messages."""
        return f"{self.name} {self.version}".rstrip()


def is_served(api: str) -> bool:
    """Whether a plugin written for a version of the hooks runs with this one; '' says nothing."""
    if not api:
        return True
    wanted, ours = api.split("."), API.split(".")
    try:
        major, minor = int(wanted[0]), int(wanted[1]) if len(wanted) > 1 else 0
    except ValueError:
        return False
    return major == int(ours[0]) and minor <= int(ours[1])
