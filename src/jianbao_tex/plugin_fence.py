"""TeX that plugins bring runs in the fence."""

from __future__ import annotations

from collections.abc import Iterable

from jianbao_tex.children import Sandbox
from jianbao_tex.errors import ToolMissing
from jianbao_tex.findings import error
from jianbao_tex.registry import Registry
from jianbao_tex.typesetter import Engine

_UNFENCED = error(
    "JB440",
    "{plugin} brings TeX of its own, and the sandbox does not work here",
    "install bubblewrap and allow user namespaces, or trust the plugin: --sandbox off",
)


def demand_fence(registry: Registry, engine: Engine, used: Iterable[str]) -> None:
    """
    Refuses TeX that a plugin brings where it would run without a fence that nobody switched off.

    ``used`` are the templates and styles of the issue.

    Raises:
        ToolMissing: the sandbox does not work here.
    """
    owner = registry.department_among(used)
    if owner and engine.sandbox is Sandbox.AUTO and not engine.is_sandboxed:
        raise ToolMissing(_UNFENCED.at(owner.place, plugin=owner.titled))
