"""A layout: the figures and faces of a page, read from its folder."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jianbao_tex.errors import LayoutBroken
from jianbao_tex.findings import Where, error

STRENGTHS = ("规定", "一般", "推荐", "可以", "实务")
"""How binding a figure is, from the standard's word to mere practice."""

_MISSING = error("JB210", "the layout has no file {name}", "add it to the layout's folder")
_BROKEN = error("JB211", "layout.toml cannot be read: {reason}", "mend the TOML")
_FIGURE = error("JB212", "figure {name}: {reason}", "see docs/layouts.md for the form of a figure")

_UNITS = frozenset({"mm", "bp", "pt", "em", "rows", "columns", ""})
# What a figure of TeX may name besides the class's own marks (\\jb...).
_MACROS = frozenset({"thepage", "quad", "enspace", "thinspace", ",", "space"})
_NAME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)+")


@dataclass(frozen=True)
class Figure:
    """One figure of a layout, with what it rests on."""

    name: str
    value: float | bool | str | tuple[float, ...]
    unit: str
    strength: str
    source: str
    is_tex: bool = False

    @property
    def tex(self) -> str:
        r"""The figure as \jbFigures takes it: 156mm, true, {0,0.8,0.8,0}, fangsong."""
        if self.is_tex:
            return "{" + str(self.value) + "}"
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if isinstance(self.value, tuple):
            return "{" + ",".join(f"{part:g}" for part in self.value) + "}"
        if isinstance(self.value, str):
            return self.value
        return f"{self.value:g}" + (self.unit if self.unit not in {"rows", "columns"} else "")


@dataclass(frozen=True)
class Layout:
    """A layout as its folder describes it."""

    name: str
    label: str
    since: str
    folder: Path
    figures: Mapping[str, Figure]

    @property
    def skeleton(self) -> Path:
        """The template of the whole document."""
        return self.folder / "issue.tex.jinja"

    @property
    def styles(self) -> tuple[Path, ...]:
        """The layout's own style files, by name."""
        return tuple(sorted(self.folder.glob("*.sty")))

    @property
    def roles(self) -> tuple[str, ...]:
        """The font roles which the layout's faces name, each once, sorted."""
        faces = (f for name, f in self.figures.items() if name.startswith("face."))
        return tuple(sorted({str(face.value) for face in faces}))

    @classmethod
    def from_folder(cls, folder: Path) -> Layout:
        """
        The layout in a folder with ``layout.toml`` and ``issue.tex.jinja``.

        Raises:
            LayoutBroken: a file is missing or a figure has no sense; all are named.
        """
        where = Where(str(folder / "layout.toml"))
        for name in ("layout.toml", "issue.tex.jinja"):
            if not (folder / name).is_file():
                raise LayoutBroken(_MISSING.at(Where(str(folder)), name=name))
        try:
            data = tomllib.loads((folder / "layout.toml").read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
            raise LayoutBroken(_BROKEN.at(where, reason=wrong)) from wrong
        figures = dict(_figures(data.get("figures", {}), where))
        return cls(
            name=str(data.get("name", folder.name)),
            label=str(data.get("label", folder.name)),
            since=str(data.get("since", "")),
            folder=folder,
            figures=figures,
        )


def _figures(tables: Mapping[str, Any], where: Where) -> Iterator[tuple[str, Figure]]:
    faults = []
    for group, entries in tables.items():
        for key, entry in entries.items() if isinstance(entries, dict) else [("", entries)]:
            name = f"{group}.{key}"
            try:
                yield name, _figure(name, entry)
            except KeyError as wrong:
                faults.append(_FIGURE.at(where, name=name, reason=f"{wrong.args[0]} is missing"))
            except (TypeError, ValueError) as wrong:
                faults.append(_FIGURE.at(where, name=name, reason=wrong))
    if faults:
        raise LayoutBroken(faults)


def _figure(name: str, entry: Mapping[str, Any]) -> Figure:
    if not _NAME.fullmatch(name):
        raise ValueError("names are small letters, digits and hyphens")
    strength, source = entry["strength"], str(entry["source"])
    if strength not in STRENGTHS:
        raise ValueError(f"strength is one of {', '.join(STRENGTHS)}")
    if "tex" in entry:
        _check_tex(str(entry["tex"]))
        return Figure(name, str(entry["tex"]), "", strength, source, is_tex=True)
    value, unit = entry["value"], entry.get("unit", "")
    if isinstance(value, list):
        value = tuple(float(part) for part in value)
    if isinstance(value, str) and not re.fullmatch(r"[a-z][a-z0-9-]*", value):
        raise ValueError(f"a word of small letters is wanted, not {value!r}")
    if unit not in _UNITS:
        raise ValueError(f"unknown unit {unit!r}")
    return Figure(name, value, unit, strength, source)


def _check_tex(tex: str) -> None:
    """
    Refuses TeX that is not balanced or names other macros than a figure may.

    Raises:
        ValueError: with the position and what is wrong there.
    """
    # Twenty milliseconds, for the few layouts that declare TeX.
    from pylatexenc.latexwalker import (
        LatexCharsNode,
        LatexGroupNode,
        LatexMacroNode,
        LatexWalker,
        LatexWalkerParseError,
    )

    try:
        nodes, _, _ = LatexWalker(tex, tolerant_parsing=False).get_latex_nodes()
    except LatexWalkerParseError as wrong:
        raise ValueError(f"TeX that does not parse: {wrong.msg}") from wrong
    stack = list(nodes)
    while stack:
        node = stack.pop()
        stack += getattr(node, "nodelist", None) or []
        if isinstance(node, LatexMacroNode):
            name = node.macroname
            if name not in _MACROS and not name.startswith("jb"):
                raise ValueError(f"\\{name} is not allowed in a figure (column {node.pos + 1})")
        elif not isinstance(node, LatexCharsNode | LatexGroupNode):
            raise ValueError(  # noqa: TRY004 -- the TeX is wrong, not a type of ours
                f"only text, groups and macros are allowed (column {node.pos + 1})"
            )
