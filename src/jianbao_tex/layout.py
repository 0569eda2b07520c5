"""A layout: the figures and faces of a page, read from its folder."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from jianbao_tex.errors import LayoutBroken, reason_of
from jianbao_tex.figures import STRENGTHS, Figure
from jianbao_tex.findings import Where, error
from jianbao_tex.foreign_files import read_file
from jianbao_tex.grid import Grid
from jianbao_tex.language import InvalidValue, Phrase, say
from jianbao_tex.places import toml_fault, whole_line

__all__ = ["STRENGTHS", "Figure", "Layout"]

_MISSING = error("JB210", "the layout has no file {name}", "add it to the layout's folder")
_BROKEN = error("JB211", "layout.toml cannot be read: {reason}", "correct the TOML")
_FIGURE = error("JB212", "figure {name}: {reason}", "see docs/layouts.md for the form of a figure")

MM_PER_INCH = 25.4
SKELETON = "issue.tex.jinja"
"""The template of a layout's whole document."""

_MIN_COLUMN = 4
"""How many characters a column of text has room for, at least."""
# The width of a character is a quotient, so that four of them may come out a hair wider.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class PictureRoom:
    """
    The room for a picture on a page.

    ``width`` and ``height`` are the largest printed size in millimetres; ``dpi`` is how many
    points to the inch the print needs.
    """

    width: float
    height: float
    dpi: float

    def pixels(self, ratio: float) -> tuple[int, int]:
        """The columns and rows of points that a picture needs; ``ratio``: height by width."""
        width = min(self.width, self.height / ratio) / MM_PER_INCH * self.dpi
        return math.ceil(width), math.ceil(width * ratio)


@dataclass(frozen=True)
class Layout:
    """
    A layout as its folder describes it.

    A layout that ``extends`` a base has no figures until `extending` adds its ``entries`` to
    the figures of the base.  It also uses the style files of the base (``inherited``), and
    templates from the base folders (``base_folders``) if its own folder lacks them.
    ``original`` is the layout that a ``copied`` layout came from; ``None`` if it is missing.
    ``shared`` is the folder of the templates of all layouts.  ``artifacts``: its templates or
    styles print words that are not text of the issue, marked ``Artifact`` or ``JbInsert``.
    """

    name: str
    label: str
    since: str
    folder: Path
    figures: Mapping[str, Figure]
    extends: str = ""
    inherited: tuple[Path, ...] = ()
    base_folders: tuple[Path, ...] = ()
    entries: Mapping[str, Any] = field(default_factory=dict)
    copied: str = ""
    original: Layout | None = None
    shared: Path | None = None
    artifacts: bool = False

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where its templates are looked for, its own folder first."""
        return (self.folder, *self.base_folders)

    @property
    def skeleton(self) -> Path:
        """The template of the whole document."""
        paths = (folder / SKELETON for folder in self.folders)
        return next((path for path in paths if path.is_file()), self.folder / SKELETON)

    @property
    def styles(self) -> tuple[Path, ...]:
        """The layout's style files: those that it inherits, then its own by name."""
        own = sorted(path for path in self.folder.glob("*.sty") if path.is_file())
        return (*self.inherited, *own)

    @property
    def roles(self) -> tuple[str, ...]:
        """The font roles which the layout's faces name, each once, sorted."""
        faces = (f for name, f in self.figures.items() if name.startswith("face."))
        return tuple(sorted({str(face.value) for face in faces}))

    def places(self, part: str) -> Mapping[str, str]:
        """Where the lines of a part stand: of the ``masthead``, of the ``imprint``."""
        group = f"{part}-place."
        return {
            name.removeprefix(group): str(figure.value)
            for name, figure in self.figures.items()
            if name.startswith(group)
        }

    @property
    def deviations(self) -> tuple[Figure, ...]:
        """The figures that deviate from the standard."""
        return tuple(figure for figure in self.figures.values() if figure.deviates)

    @cached_property
    def grid(self) -> Grid:
        """
        The grid of the page (GB/T 9704-2012, 5.2).

        With the half-leads outside, the first row touches the top of the type area and the last row
        its foot.  With the half-leads inside, each row has an equal share of the height.
        """
        width, height = (self.figures[f"grid.{name}"].mm for name in ("width", "height"))
        rows, columns = (int(self.figures[f"grid.{n}"].number) for n in ("rows", "columns"))
        em = width / columns
        inside = self.figures["grid.half-leads"].value == "inside"
        pitch = height / rows if inside else (height - em) / max(1, rows - 1)
        top, left = self.figures["margin.top"].mm, self.figures["margin.left"].mm
        mirrored = self.figures["margin.mirrored"].value
        ascent = self.figures["grid.ascent"].number
        return Grid(
            left=left,
            even_left=self.figures["paper.width"].mm - width - left if mirrored else left,
            top=top,
            width=width,
            height=height,
            rows=rows,
            columns=columns,
            em=em,
            pitch=pitch,
            first=top + ascent * em + ((pitch - em) / 2 if inside else 0.0),
            ascent=ascent,
            text_columns=int(self.figures["columns.count"].number),
            gutter=self.figures["columns.gutter"].number * em,
        )

    @property
    def picture_room(self) -> PictureRoom:
        """
        The room for a picture as wide as the type area.

        Where the text runs in columns, a picture in a column is printed smaller.
        """
        height = self.figures["picture.rows"].number * self.grid.pitch
        return PictureRoom(self.grid.width, height, self.figures["picture.dpi"].number)

    def with_option(self, name: str, text: str) -> Layout:
        """
        The layout with one figure changed as an issue asks.

        Raises:
            KeyError: the layout has no such figure.
            InvalidValue: what the value must be, in words.
        """
        figure = self.figures[name]
        if name.startswith("face."):
            figure = replace(figure, choices=self.roles)
        return replace(self, figures={**self.figures, name: figure.with_value(text)})

    @property
    def fault(self) -> Phrase | None:
        """Why no page can be made of the figures; ``None`` where one can."""
        grid = self.grid
        paper = [self.figures[f"paper.{side}"].mm for side in ("width", "height")]
        if grid.left + grid.width > paper[0] or grid.foot > paper[1]:
            return say("the type area is larger than the paper")
        number = self.figures["page-number.drop"].mm + self.figures["page-number.size"].mm
        if grid.foot + number > paper[1]:
            return say("the page number is outside the paper")
        left, right = grid.text_edges(1)[0]
        if right - left < _MIN_COLUMN * grid.em - _ROUNDING:
            return say("the columns of text are narrower than four characters")
        if grid.pitch < grid.em:
            em, height = f"{grid.em:.2f}", f"{grid.height:g}"
            return say(
                "{rows} rows of {em} mm do not fit {height} mm",
                rows=grid.rows,
                em=em,
                height=height,
            )
        return None

    @classmethod
    def from_folder(cls, folder: Path) -> Layout:
        """
        The layout in a folder with ``layout.toml`` and ``issue.tex.jinja``; one that
        extends another may do without the template.

        Raises:
            LayoutBroken: a file is missing or a figure has no sense; all are named.
        """
        where = Where(str(folder / "layout.toml"))
        if not (folder / "layout.toml").is_file():
            raise LayoutBroken(_MISSING.at(Where(str(folder)), name="layout.toml"))
        try:
            raw = read_file(folder / "layout.toml")
        except OSError as exc:
            raise LayoutBroken(_BROKEN.at(where, reason=reason_of(exc))) from exc
        try:
            data = tomllib.loads(raw.decode("utf-8"))
        # Bytes that are not UTF-8, wrong TOML, or arrays nested too deep for tomllib.
        except (ValueError, RecursionError) as exc:
            reason, place = toml_fault(where.file, raw.decode("utf-8", "replace"), exc)
            raise LayoutBroken(_BROKEN.at(place, reason=reason)) from exc
        layout = cls(
            name=str(data.get("name") or folder.name),
            label=str(data.get("label", folder.name)),
            since=str(data.get("since", "")),
            folder=folder,
            figures={},
            extends=str(data.get("extends", "")),
            copied=str(data.get("copied", "")),
            entries=data.get("figures", {}),
            artifacts=data.get("artifacts") is True,
        )
        if layout.extends:
            return layout
        if not layout.skeleton.is_file():
            raise LayoutBroken(_MISSING.at(Where(str(folder)), name=SKELETON))
        return layout.extending(None)

    def extending(self, base: Layout | None) -> Layout:
        """
        The layout with all its figures, those of ``base`` where it says nothing.

        Raises:
            LayoutBroken: a figure has no sense, or no page can be made of them.
        """
        where = Where(str(self.folder / "layout.toml"))
        base_figures = dict(base.figures) if base else {}
        layout = replace(
            self,
            figures={**base_figures, **dict(_figures(self.entries, base_figures, where))},
            inherited=base.styles if base else (),
            base_folders=base.folders if base else (),
        )
        try:
            fault = layout.fault
            _ = layout.picture_room
        except KeyError as exc:
            missing = say("it is missing")
            raise LayoutBroken(_FIGURE.at(where, name=exc.args[0], reason=missing)) from exc
        if fault:
            raise LayoutBroken(_FIGURE.at(where, name="grid", reason=fault))
        return layout


def _figure_line(file: str, group: str, key: str) -> Where:
    """The line of layout.toml that sets a figure; the file where none is found."""
    table = ""
    content = read_file(Path(file)).decode("utf-8")
    for number, text in enumerate(content.split("\n"), 1):
        if match := re.match(r"\s*\[([^\]]+)\]", text):
            table = match[1].strip()
        elif table == f"figures.{group}" and re.match(rf"\s*{re.escape(key)}\s*=", text):
            return whole_line(file, content, number)
    return Where(file)


def _entries(tables: object) -> Iterator[tuple[str, str, Any]]:
    """
    Group, key and value of each figure; a value that is not a table is returned as if it were a
    figure.
    """
    for group, entries in tables.items() if isinstance(tables, dict) else [("figures", tables)]:
        for key, entry in entries.items() if isinstance(entries, dict) else [("", entries)]:
            yield group, key, entry


def _figures(
    tables: Mapping[str, Any], base_figures: Mapping[str, Figure], where: Where
) -> Iterator[tuple[str, Figure]]:
    faults = []
    for group, key, entry in _entries(tables):
        name = f"{group}.{key}"
        try:
            if not isinstance(entry, dict):
                raise InvalidValue(say("it must be a table such as {{ value = 1 }}"))
            if "text" in entry:
                raise InvalidValue(say("only the figures of outputs are text"))
            if name in base_figures:
                yield name, base_figures[name].with_entry(entry)
            else:
                yield name, Figure.from_toml(name, entry)
        except KeyError as exc:
            reason = say("{key} is missing", key=exc.args[0])
            place = _figure_line(where.file, group, key)
            faults.append(_FIGURE.at(place, name=name, reason=reason))
        except (TypeError, ValueError) as exc:
            place = _figure_line(where.file, group, key)
            faults.append(_FIGURE.at(place, name=name, reason=exc))
    if faults:
        raise LayoutBroken(faults)
