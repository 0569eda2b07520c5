"""``plugin.toml`` -> the records of a plugin without Python."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from jianbao_tex.errors import LayoutBroken, PluginBroken, reason_of
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.foreign_files import read_file, real_path
from jianbao_tex.hooks import (
    API,
    Block,
    BlockType,
    FallbackFont,
    Layout,
    Part,
    Section,
    SectionType,
    Setting,
    hookimpl,
    say,
)
from jianbao_tex.language import Phrase
from jianbao_tex.places import toml_fault, whole_line
from jianbao_tex.plugins.candidate import MANIFEST
from jianbao_tex.plugins.fields import (
    FieldType,
    model_of,
)
from jianbao_tex.plugins.tables import ManifestTable, PartTable, faults_of, keys_of
from jianbao_tex.registry import RecordKind
from jianbao_tex.registry.plugin_assets import ASSETS

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
    def jianbao_fonts(self) -> list[FallbackFont]:
        return self._manifest.fonts()

    @hookimpl
    def jianbao_settings(self) -> list[Setting]:
        return self._manifest.settings()

    @hookimpl
    def jianbao_layouts(self) -> Iterator[Layout]:
        faults: list[Finding] = []
        for folder in self._manifest.layouts:
            try:
                yield Layout.from_folder(folder)
            except LayoutBroken as exc:
                faults += exc.findings
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
            text = read_file(file, MAX_BYTES).decode("utf-8")
            table = ManifestTable.model_validate(tomllib.loads(text))
        except OSError as exc:
            raise PluginBroken(_FAULT.at(Where(str(file)), reason=reason_of(exc))) from exc
        except ValidationError as exc:
            # pydantic's error is a ValueError, so it comes before the next clause.
            errors = exc.errors(include_url=False)
            faults = [*dict.fromkeys(_finding_of(error, file, text) for error in errors)]
            raise PluginBroken(faults) from exc
        except (ValueError, RecursionError) as exc:
            # tomllib raises RecursionError for deeply nested arrays.
            reason, where = toml_fault(str(file), text, exc)
            raise PluginBroken(_FAULT.at(where, reason=reason)) from exc
        manifest = cls(folder, table, text)
        if faults := list(manifest._faults()):
            raise PluginBroken(faults)
        return manifest

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

    @property
    def requires(self) -> tuple[str, ...]:
        """The plugins that it needs, with their versions."""
        return tuple(self.table.requires)

    @property
    def tex(self) -> Mapping[str, str]:
        """The Debian package of each file of TeX that it needs."""
        return self.table.tex

    def plugin(self) -> FolderPlugin:
        """The object with the hooks."""
        return FolderPlugin(self)

    # --- Records -------------------------------------------------------------------------

    def section_types(self) -> list[SectionType]:
        """The section types."""
        parts = self._parts()
        types = []
        for name, table in self.table.section_types.items():
            contents = tuple(table.contents.split(".")) if table.contents else ()
            model = model_of(Section, _class_name(name), table.fields, parts, contents)
            values = (model, *self._look(name, table))
            types.append(SectionType(name, table.label, *values))
        return types

    def blocks(self) -> list[BlockType]:
        """The blocks."""
        parts = self._parts()
        types = []
        for name, table in self.table.blocks.items():
            model = model_of(Block, _class_name(name), table.fields, parts)
            model.name, model.short = name, table.short
            types.append(BlockType(table.label, model, *self._look(name, table)))
        return types

    def settings(self) -> list[Setting]:
        """The settings."""
        return [
            Setting(name, **{**dict(table), "choices": tuple(table.choices)})
            for name, table in self.table.settings.items()
        ]

    def fonts(self) -> list[FallbackFont]:
        """The fonts for characters that others lack."""
        return [
            FallbackFont(self.folder / ASSETS / name, tuple(table.roles))
            for name, table in self.table.fonts.items()
        ]

    def _parts(self) -> dict[str, type[Part]]:
        models: dict[str, type[Part]] = {}
        for name, table in self.table.parts.items():
            models[name] = model_of(Part, _class_name(name), table.fields, models)
            models[name].short = table.short
        return models

    def _look(self, name: str, table: PartTable) -> tuple[Path, str, tuple[Path, ...], bool, str]:
        """The last fields of the record of a type: from its template on."""
        template = self.folder / (table.template or f"{name}.tex.jinja")
        return template, table.since, self._styles(name, table), table.artifacts, table.extends

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
        faults = faults or list(self._outside_files())
        for key, reason in faults:
            where = _where_of_key(file, self.text, key)
            message = say("{key}: {reason}", key=".".join(key), reason=reason)
            yield _FAULT.at(where, reason=message)
        for layout in () if faults else self.layouts:
            name = _layout_name(layout / "layout.toml")
            if name not in {"", layout.name}:
                # A layout is listed by its folder name before it is read, so both names must agree.
                message = say(
                    "the layout in the folder {folder} is called {name}",
                    folder=layout.name,
                    name=name,
                )
                yield _FAULT.at(Where(str(layout / "layout.toml")), reason=message)

    def _outside_files(self) -> Iterator[tuple[tuple[str, ...], Phrase]]:
        """Files named in the manifest that are outside the plugin's folder."""
        groups = {"section_types": self.table.section_types, "blocks": self.table.blocks}
        for group, declared in groups.items():
            for name, table in declared.items():
                for file in (*(table.styles or ()), table.template):
                    if file and not self._is_inside(self.folder / file):
                        reason = say("{file} is outside the plugin's folder", file=file)
                        yield (group, name), reason
        for layout in self.layouts:
            for path in (layout, *sorted(layout.iterdir())):
                if not self._is_inside(path):
                    reason = say("{file} is outside the plugin's folder", file=path.name)
                    yield (LAYOUTS, layout.name), reason

    def _is_inside(self, path: Path) -> bool:
        return real_path(path).is_relative_to(real_path(self.folder))


def _finding_of(fault: Any, file: Path, text: str) -> Finding:
    """The finding for a pydantic error, at the line of its key, with the forms that are right."""
    path = tuple(str(step) for step in fault["loc"])
    if "fields" in path[2:]:
        # The error of a value that may have several types ends with the name of one.
        path = path[:5]
    key = ".".join(path)
    match fault["type"]:
        case "missing":
            reason = say("{key} is missing", key=key)
        case "extra_forbidden":
            known = keys_of(path[:-1])
            close = difflib.get_close_matches(path[-1], known, n=1)
            guess = say(" (did you mean {name}?)", name=close[0]) if close else ""
            reason = say(
                "unknown key {key}{guess}; known here: {known}", key=key, guess=guess, known=known
            )
        case "literal_error":
            reason = say("{key} must be one of {choices}", key=key, choices=get_args(FieldType))
        case _:
            own = _FORMS_OF_KEYS.get(path[-1]) if len(path) in {1, 5} else None
            wanted = own or _FORMS.get(fault["type"], _OTHER_FORM)
            reason = say("{key} must be {wanted}", key=key, wanted=wanted)
    return _FAULT.at(_where_of_key(file, text, path), reason=reason)


_OTHER_FORM = say("a value as docs/plugins.md has it")
_FORMS: Mapping[str, Phrase] = {
    "string_type": say("a text in quotes"),
    "string_too_short": say("a text that is not empty"),
    "string_too_long": say("a text of at most 40 characters"),
    "bool_type": say("true or false, without quotes"),
    "list_type": say("a list in brackets"),
    "dict_type": say("a table of TOML"),
    "model_type": say("a table of TOML"),
    "int_type": say("a number without quotes"),
    "float_type": say("a number without quotes"),
}
_FORMS_OF_KEYS: Mapping[str, Phrase] = {
    "api": say('a version of the hooks such as "{version}"', version=API),
    "requires": say('a list of plugins, such as ["statistics>=1.0"]'),
    "label": say('a text of 1 to 40 characters without the marks of YAML, such as "地点"'),
    "default": say("a text in quotes, a number, true or false"),
    "least": say("a number without quotes"),
    "most": say("a number without quotes"),
    "choices": say('a list of texts, such as ["甲", "乙"]'),
}


def _where_of_key(file: Path, text: str, path: tuple[str, ...]) -> Where:
    """The line of a key in a TOML file; that of its table if the key is not found."""
    # tomllib keeps no positions.
    nearest, last = 0, path[-1] if path else ""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        if match := re.match(r"\s*\[+([^\]]+)\]+", line):
            table = _steps(match[1])
            if path[: len(table)] == table:
                nearest = number
        elif path[: len(table)] == table and (match := re.match(r"\s*([\w\"'.-]+)\s*=", line)):
            keys = (*table, *_steps(match[1]))
            if path[: len(keys)] == keys or (keys == path[:-1] and last in line):
                return whole_line(str(file), text, number)
    return whole_line(str(file), text, nearest)


def _steps(key: str) -> tuple[str, ...]:
    """The parts of a dotted key; a dot in quotes divides nothing."""
    return tuple(part.strip(" \"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", key))


def _layout_name(file: Path) -> str:
    """The name that a layout.toml gives; '' for none, or where it cannot be read."""
    try:
        return str(tomllib.loads(read_file(file, MAX_BYTES).decode("utf-8")).get("name", ""))
    except (OSError, ValueError, RecursionError):
        # `Layout.from_folder` reports the fault later.
        return ""


def _class_name(name: str) -> str:
    return "".join(word.capitalize() for word in re.split(r"[-_]", name))
