"""``plugin.toml`` -> the records of a plugin without Python."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jianbao_tex.errors import PluginBroken, reason_of
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.hooks import (
    API,
    BlockType,
    Layout,
    Part,
    Section,
    SectionType,
    Unfit,
    hookimpl,
    say,
)
from jianbao_tex.language import Phrase
from jianbao_tex.places import toml_fault, whole_line
from jianbao_tex.plugins.fields import (
    Declared,
    DeclaredBlock,
    DeclaredPart,
    DeclaredSection,
    FieldType,
    model_of,
)
from jianbao_tex.plugins.found import MANIFEST
from jianbao_tex.registry import RecordKind
from jianbao_tex.registry.records import NAME

MAX_BYTES = 256 * 1024
LAYOUTS = "layouts"

_FAULT = error(
    "JB513", "plugin.toml cannot be used: {reason}", "see docs/plugins.md for what may stand there"
)
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,39}")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PartTable(_Table):
    """A part, a block or a section type as it is declared."""

    label: str = Field(default="", max_length=40)
    short: str | None = None
    template: str = ""
    styles: list[str] | None = None
    contents: str = ""
    since: str = ""
    fields: dict[str, Declared] = Field(default_factory=dict)


class ManifestTable(_Table):
    label: str = Field(min_length=1, max_length=40)
    version: str = Field(min_length=1, max_length=40)
    api: str = Field(default=API, pattern=r"^[0-9]+\.[0-9]+$")
    description: str = ""
    parts: dict[str, PartTable] = Field(default_factory=dict)
    section_types: dict[str, PartTable] = Field(default_factory=dict)
    blocks: dict[str, PartTable] = Field(default_factory=dict)


class FolderPlugin:
    """The hooks of a folder."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest

    @hookimpl
    def jianbao_section_types(self) -> list[SectionType]:
        return self._manifest.section_types()

    @hookimpl
    def jianbao_blocks(self) -> list[BlockType]:
        return self._manifest.blocks()

    @hookimpl
    def jianbao_layouts(self) -> list[Layout]:
        return [Layout.from_folder(folder) for folder in self._manifest.layouts]


@dataclass(frozen=True)
class Manifest:
    """A ``plugin.toml`` that has been read; models are made when they are wanted."""

    folder: Path
    table: ManifestTable
    text: str

    @classmethod
    def of(cls, folder: Path) -> Manifest:
        """
        The manifest in a folder.

        Raises:
            PluginBroken: it cannot be read, or what it declares has no sense; all is named.
        """
        file = folder / MANIFEST
        text = ""
        try:
            with file.open("rb") as opened:
                text = opened.read(MAX_BYTES).decode("utf-8")
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
        """What has the hooks."""
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
        return self._inside(table.template or f"{name}.tex.jinja")

    def _styles(self, name: str, table: PartTable) -> tuple[Path, ...]:
        if table.styles is not None:
            return tuple(self._inside(style) for style in table.styles)
        own = self.folder / f"{name}.sty"
        return (own,) if own.is_file() else ()

    def _inside(self, name: str) -> Path:
        """
        A file of the folder.

        Raises:
            Unfit: the name leads out of it.
        """
        path = self.folder / name
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise Unfit(say("{file} is outside the plugin's folder", file=name))
        return path

    # --- Faults ----------------------------------------------------------------------------

    def _faults(self) -> Iterator[Finding]:
        """What a table alone cannot say is wrong."""
        file = self.folder / MANIFEST
        tables = (
            *(("parts", name, table) for name, table in self.table.parts.items()),
            *(("section_types", name, table) for name, table in self.table.section_types.items()),
            *(("blocks", name, table) for name, table in self.table.blocks.items()),
        )
        declared: list[str] = []
        for group, name, table in tables:
            for key, reason in self._wrong(group, name, table, declared):
                where = _place(file, self.text, (group, name, *key))
                said = say("{key}: {reason}", key=".".join((group, name, *key)), reason=reason)
                yield _FAULT.at(where, reason=said)
            declared += [name] if group == "parts" else []

    def _wrong(
        self, group: str, name: str, table: PartTable, declared: list[str]
    ) -> Iterator[tuple[tuple[str, ...], Phrase]]:
        if not NAME.fullmatch(name):
            yield (), say("its name is not of lower case letters, digits, - and _, a letter first")
        if group != "parts" and not table.label:
            yield (), say("it has no label")
        if not table.fields and group != "section_types":
            yield (), say("it has no fields")
        if table.short and table.short not in table.fields:
            yield ("short",), say("there is no field {name}", name=table.short)
        for file in (*(table.styles or ()), table.template):
            if file and not (self.folder / file).resolve().is_relative_to(self.folder.resolve()):
                yield (), say("{file} is outside the plugin's folder", file=file)
        for key, field in table.fields.items():
            for reason in _wrong_field(key, field, declared, group):
                yield ("fields", key), reason


def _wrong_field(key: str, field: Declared, declared: list[str], group: str) -> Iterator[Phrase]:
    taken = {"template", "texts", "printing", "contents", "entries", "body_texts", "shapes"}
    own = set(Section.model_fields) if group == "section_types" else set()
    if not _FIELD.fullmatch(key) or key in taken | own or hasattr(BaseModel, key):
        yield say("a field cannot be called {name}", name=key)
    if field.type == "choice" and not field.choices:
        yield say("a choice needs choices")
    if field.type in {"part", "parts"} and field.part not in declared:
        yield say("the part {part} is not declared above", part=field.part or "?")
    if field.default is not None and (field.required or field.type in {"part", "parts", "body"}):
        yield say("it cannot have a default")
    if field.type == "choice" and field.default not in {None, *field.choices}:
        yield say("its default is none of its choices")


def _said(fault: Any, file: Path, text: str) -> Finding:
    """An error of pydantic at its line, by its type."""
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
    """The line of a key in a TOML file, as near as can be told."""
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


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in re.split(r"[-_]", name))
