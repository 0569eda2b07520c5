"""``plugin.toml`` -> the records of a plugin without Python."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from jianbao_tex.errors import LayoutBroken, PluginBroken, reason_of
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.hooks import (
    BlockType,
    Layout,
    Part,
    SectionType,
    hookimpl,
    say,
)
from jianbao_tex.language import Phrase
from jianbao_tex.places import toml_fault, whole_line
from jianbao_tex.plugins.candidate import MANIFEST
from jianbao_tex.plugins.fields import (
    DeclaredBlock,
    DeclaredPart,
    DeclaredSection,
    FieldType,
    model_of,
)
from jianbao_tex.plugins.tables import ManifestTable, PartTable, faults_of
from jianbao_tex.registry import RecordKind

MAX_BYTES = 256 * 1024
LAYOUTS = "layouts"

_FAULT = error(
    "JB513", "plugin.toml cannot be used: {reason}", "see docs/plugins.md for what may stand there"
)
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,39}")


class FolderPlugin:
    """The hooks of a plugin folder, made from its manifest."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest

    @hookimpl
    def jianbao_section_types(self) -> list[SectionType]:
        return self._manifest.section_types()

    @hookimpl
    def jianbao_blocks(self) -> list[BlockType]:
        return self._manifest.blocks()

    @hookimpl
    def jianbao_layouts(self) -> Iterator[Layout]:
        faults: list[Finding] = []
        for folder in self._manifest.layouts:
            try:
                yield Layout.from_folder(folder)
            except LayoutBroken as wrong:
                faults += wrong.findings
        if faults:
            # The layouts without faults were yielded before.
            raise LayoutBroken(faults)


@dataclass(frozen=True)
class Manifest:
    """A ``plugin.toml`` that has been read; its models are made on demand."""

    folder: Path
    table: ManifestTable
    text: str

    @classmethod
    def of(cls, folder: Path) -> Manifest:
        """
        The manifest in a folder.

        Raises:
            PluginBroken: it cannot be read, or its declarations are wrong; all faults are reported.
        """
        file = folder / MANIFEST
        text = ""
        try:
            with file.open("rb") as opened:
                data = opened.read(MAX_BYTES + 1)
            if len(data) > MAX_BYTES:
                too_much = say("it has more than {most} bytes", most=MAX_BYTES)
                raise PluginBroken(_FAULT.at(Where(str(file)), reason=too_much))
            text = data.decode("utf-8")
            table = ManifestTable.model_validate(tomllib.loads(text))
        except OSError as wrong:
            raise PluginBroken(_FAULT.at(Where(str(file)), reason=reason_of(wrong))) from wrong
        except ValidationError as wrong:
            faults = [_said(fault, file, text) for fault in wrong.errors(include_url=False)]
            raise PluginBroken(faults) from wrong
        except (ValueError, RecursionError) as wrong:
            reason, where = toml_fault(str(file), text, wrong)
            raise PluginBroken(_FAULT.at(where, reason=reason)) from wrong
        made = cls(folder, table, text)
        if faults := list(made._faults()):
            raise PluginBroken(faults)
        return made

    # --- What is known before anything is used ---------------------------------------------

    @property
    def version(self) -> str:
        return self.table.version

    @property
    def label(self) -> str:
        return self.table.label

    @property
    def api(self) -> str:
        return self.table.api

    @property
    def layouts(self) -> tuple[Path, ...]:
        """The folders of the layouts."""
        return tuple(sorted(p.parent for p in (self.folder / LAYOUTS).glob("*/layout.toml")))

    @property
    def records(self) -> tuple[tuple[RecordKind, str], ...]:
        """The kind and the name of each record."""
        return (
            *(("section_types", name) for name in self.table.section_types),
            *(("blocks", name) for name in self.table.blocks),
            *(("layouts", folder.name) for folder in self.layouts),
        )

    @property
    def labels(self) -> tuple[tuple[RecordKind, str], ...]:
        """The kind and the label of each section type and block."""
        return (
            *(("section_types", table.label) for table in self.table.section_types.values()),
            *(("blocks", table.label) for table in self.table.blocks.values()),
        )

    def plugin(self) -> FolderPlugin:
        """The object with the hooks."""
        return FolderPlugin(self)

    # --- Records -------------------------------------------------------------------------

    def section_types(self) -> list[SectionType]:
        """The section types."""
        parts = self._parts()
        found = []
        for name, table in self.table.section_types.items():
            model = model_of(DeclaredSection, _camel(name), table.fields, parts)
            model.contents = tuple(table.contents.split(".")) if table.contents else ()
            template, styles = self._template(name, table), self._styles(name, table)
            found.append(SectionType(name, table.label, model, template, table.since, styles))
        return found

    def blocks(self) -> list[BlockType]:
        """The blocks."""
        parts = self._parts()
        found = []
        for name, table in self.table.blocks.items():
            model = model_of(DeclaredBlock, _camel(name), table.fields, parts)
            model.name, model.short = name, table.short
            template, styles = self._template(name, table), self._styles(name, table)
            found.append(BlockType(table.label, model, template, table.since, styles))
        return found

    def _parts(self) -> dict[str, type[Part]]:
        made: dict[str, type[Part]] = {}
        for name, table in self.table.parts.items():
            made[name] = model_of(DeclaredPart, _camel(name), table.fields, made)
            made[name].short = table.short
        return made

    def _template(self, name: str, table: PartTable) -> Path:
        return self.folder / (table.template or f"{name}.tex.jinja")

    def _styles(self, name: str, table: PartTable) -> tuple[Path, ...]:
        if table.styles is not None:
            return tuple(self.folder / style for style in table.styles)
        own = self.folder / f"{name}.sty"
        return (own,) if own.is_file() else ()

    def _faults(self) -> Iterator[Finding]:
        """The faults that need more than one table or a look at the files."""
        file = self.folder / MANIFEST
        faults = list(faults_of(self.table))
        # Look for files only if all file names are valid.
        faults = faults or list(self._outside())
        for key, reason in faults:
            where = _place(file, self.text, key)
            said = say("{key}: {reason}", key=".".join(key), reason=reason)
            yield _FAULT.at(where, reason=said)
        for layout in () if faults else self.layouts:
            name = _name_in(layout / "layout.toml")
            if name not in {"", layout.name}:
                # A layout is listed by its folder name before it is read, so both names must agree.
                said = say(
                    "the layout in the folder {folder} is called {name}",
                    folder=layout.name,
                    name=name,
                )
                yield _FAULT.at(Where(str(layout / "layout.toml")), reason=said)

    def _outside(self) -> Iterator[tuple[tuple[str, ...], Phrase]]:
        """Files named in the manifest that are outside the plugin's folder."""
        groups = {"section_types": self.table.section_types, "blocks": self.table.blocks}
        for group, declared in groups.items():
            for name, table in declared.items():
                for file in (*(table.styles or ()), table.template):
                    if file and not self._is_inside(self.folder / file):
                        outside = say("{file} is outside the plugin's folder", file=file)
                        yield (group, name), outside
        for layout in self.layouts:
            for path in (layout, *sorted(layout.iterdir())):
                if not self._is_inside(path):
                    outside = say("{file} is outside the plugin's folder", file=path.name)
                    yield (LAYOUTS, layout.name), outside

    def _is_inside(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self.folder.resolve())


def _said(fault: Any, file: Path, text: str) -> Finding:
    """The finding for a pydantic error, at the line of its key."""
    way = tuple(str(step) for step in fault["loc"])
    key = ".".join(way)
    match fault["type"]:
        case "missing":
            reason = say("{key} is missing", key=key)
        case "extra_forbidden":
            reason = say("unknown key {key}", key=key)
        case "literal_error":
            reason = say("{key} must be one of {choices}", key=key, choices=get_args(FieldType))
        case _:
            reason = say("{key} cannot be {value}", key=key, value=fault.get("input"))
    return _FAULT.at(_place(file, text, way), reason=reason)


def _place(file: Path, text: str, way: tuple[str, ...]) -> Where:
    """The line of a key in a TOML file; that of its table if the key is not found."""
    best, last = 0, way[-1] if way else ""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        if match := re.match(r"\s*\[+([^\]]+)\]+", line):
            table = tuple(part.strip(" \"'") for part in match[1].split("."))
            if way[: len(table)] == table:
                best = number
        elif way[: len(table)] == table and (match := re.match(r"\s*([\w\"'.-]+)\s*=", line)):
            keys = (*table, *(part.strip("\"'") for part in match[1].split(".")))
            if way[: len(keys)] == keys or (keys == way[:-1] and last in line):
                return whole_line(str(file), text, number)
    return whole_line(str(file), text, best)


def _name_in(file: Path) -> str:
    """The name that a layout.toml gives; '' for none, or where it cannot be read."""
    try:
        return str(tomllib.loads(file.read_text(encoding="utf-8")).get("name", ""))
    except (OSError, ValueError, RecursionError):
        # `Layout.from_folder` reports the fault later.
        return ""


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in re.split(r"[-_]", name))
