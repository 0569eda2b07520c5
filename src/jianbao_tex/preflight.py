"""Runs the checks of a registry -> findings, sorted."""

from __future__ import annotations

from typing import Literal

from jianbao_tex.errors import JianbaoError, PluginBroken
from jianbao_tex.findings import Finding, Where, error, in_order
from jianbao_tex.hooks import Subject
from jianbao_tex.registry import Registry

_BROKEN = error(
    "JB510",
    "the check {check} failed: {reason}",
    "report it to the authors of the plugin that brings it",
)


def inspect(
    registry: Registry, stage: Literal["issue", "tex", "master"], subject: Subject
) -> tuple[Finding, ...]:
    """
    What the checks of a stage find.

    Raises:
        PluginBroken: a check raised instead of reporting.
    """
    found: list[Finding] = []
    for check in registry.checks.values():
        if check.stage != stage:
            continue
        try:
            found += check.run(subject)
        except JianbaoError:
            raise
        except Exception as wrong:
            reason = f"{type(wrong).__name__}: {wrong}"
            raise PluginBroken(
                _BROKEN.at(Where(check.name), check=check.name, reason=reason)
            ) from wrong
    return in_order(found)
