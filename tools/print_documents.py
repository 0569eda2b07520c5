"""Prints what the code knows into docs/: findings, keys, checks, figures of the layouts."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path

import jianbao_tex
from jianbao_tex.findings import Kind
from jianbao_tex.press import Press
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


_CHECKS = """# Checks

Printed from the code by `make accept`.

Every build runs all checks; `jianbao check` those of the data and the TeX, `jianbao check --pdf` all of them, and prints what it measured.
A rule that binds (规定) makes an error, and no PDF is handed out; what is only advised makes a warning, an error under `--strict`.
A figure that an issue or a layout has set otherwise is measured against what it was set to; `jianbao layouts show --deviations` lists those.

| check | 中文 | looks at | about |
|---|---|---|---|
"""


def checks() -> str:
    """The page of all checks."""
    stages = {"issue": "the data", "tex": "the TeX", "master": "the finished PDF and its log"}
    rows = [
        f"| {check.name} | {check.label} | {stages[check.stage]} | {inspect.getdoc(check.run)} |"
        for check in Press(plugins={}).registry.checks.values()
    ]
    return _CHECKS + "\n".join(rows) + "\n"


_FIGURES = """# Figures of the layouts

Printed from the code by `make accept`.

Each may be set by an issue or a series under `options:`, but for those that are TeX.
The strengths 规定, 一般, 推荐 and 可以 are words of GB/T 9704-2012; 实务 is practice, which the standard does not rule.

| figure | classic | newsletter | the standard | strength | source |
|---|---|---|---|---|---|
"""


def figures() -> str:
    """The page of all figures of the built-in layouts."""
    layouts = Press(plugins={}).registry.layouts
    classic, newsletter = layouts["classic"].figures, layouts["newsletter"].figures
    rows = []
    for name, figure in newsletter.items():
        first = classic.get(name)
        cells = (
            f"`{name}`",
            first.shown if first else "",
            "" if first and first.value == figure.value else figure.shown,
            figure.standard_shown,
            figure.strength,
            (first or figure).source,
        )
        rows.append("| " + " | ".join(cells) + " |")
    return _FIGURES + "\n".join(rows) + "\n"


PAGES = {"checks.md": checks, "figures.md": figures, "findings.md": findings, "keys.md": keys}
