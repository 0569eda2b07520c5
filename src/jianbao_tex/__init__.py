"""Typesetting of Chinese work bulletins (工作简报): YAML in, print-ready PDF out."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from jianbao_tex.version import __version__

if TYPE_CHECKING:
    from jianbao_tex.cancelling import Handle
    from jianbao_tex.children import Sandbox
    from jianbao_tex.errors import JianbaoError
    from jianbao_tex.findings import Finding, Severity, Where
    from jianbao_tex.issue import Issue
    from jianbao_tex.language import Language
    from jianbao_tex.press import Press, PressResult, Source
    from jianbao_tex.typesetter import Limits

__all__ = [
    "Finding",
    "Handle",
    "Issue",
    "JianbaoError",
    "Language",
    "Limits",
    "Press",
    "PressResult",
    "Sandbox",
    "Severity",
    "Source",
    "Where",
    "__version__",
]

_HOMES = {
    "Finding": "findings",
    "Handle": "cancelling",
    "Issue": "issue",
    "JianbaoError": "errors",
    "Language": "language",
    "Limits": "typesetter",
    "Press": "press",
    "PressResult": "press",
    "Sandbox": "children",
    "Severity": "findings",
    "Source": "press",
    "Where": "findings",
}


def __getattr__(name: str) -> object:
    # Late, so that `jianbao --version` does not load pydantic.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
