"""Prints what the code knows into docs/: all findings, all keys."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import jianbao_tex
from jianbao_tex.findings import Kind
from jianbao_tex.reader.keys import CHINESE

DOCS = Path(__file__).resolve().parent.parent / "docs"


def kinds() -> list[Kind]:
    """Every kind of finding that the package declares, by code."""
    found: dict[str, Kind] = {}
    for module in pkgutil.walk_packages(jianbao_tex.__path__, "jianbao_tex."):
        if module.name.endswith("__main__"):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Kind):
                found[value.code] = value
    return [found[code] for code in sorted(found)]


def findings() -> str:
    """The page of all findings."""
    rows = [f"| {k.code} | {k.severity} | {k.message} | {k.advice} |" for k in kinds()]
    head = "# Findings\n\nPrinted from the code by `make accept`.\n\n| code | weight | what is wrong | what to do |\n|---|---|---|---|\n"
    return head + "\n".join(row.replace("{", "‹").replace("}", "›") for row in rows) + "\n"


def keys() -> str:
    """The page of all keys."""
    rows = [f"| `{english}` | `{chinese}` |" for english, chinese in sorted(CHINESE.items())]
    head = "# Keys\n\nPrinted from the code by `make accept`.\nEither name may be used.\n\n| English | 中文 |\n|---|---|\n"
    return head + "\n".join(rows) + "\n"


PAGES = {"findings.md": findings, "keys.md": keys}
