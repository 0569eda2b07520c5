"""The tables of a ``plugin.toml``, and what is wrong in one beyond the types of its values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from jianbao_tex.hooks import API, Section, say
from jianbao_tex.language import InvalidValue, Phrase
from jianbao_tex.plugins.fields import PLAIN, DeclaredField
from jianbao_tex.plugins.requirements import NO_PACKAGE, is_tex_package, requirement_of
from jianbao_tex.registry.records import NAME

Key = tuple[str, ...]
"""The way to a value: table by table, then the key."""

_FILE = re.compile(r"[A-Za-z0-9_./-]{1,100}")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,39}")
# Names that the model uses itself; a field cannot have them.
_RESERVED = frozenset(
    ("template", "texts", "printing", "contents", "entries", "body_texts", "shapes", "short")
)
_LISTS = frozenset(("body", "texts", "rows", "parts"))
_NUMBERS = frozenset(("count", "number"))
# The field types that may have each optional key.
_TYPES_WITH: Mapping[str, frozenset[str]] = {
    "choices": frozenset(("choice",)),
    "part": frozenset(("part", "parts")),
    "least": _LISTS | _NUMBERS,
    "most": _LISTS | _NUMBERS,
    "before": frozenset((*PLAIN, "choice")),
    "after": frozenset((*PLAIN, "choice")),
    "default": frozenset((*PLAIN, "choice", "yes_no")),
}
_ENTRY_TYPES = frozenset(("line", "long", "title", "choice"))


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
    artifacts: bool = False
    extends: str = ""
    fields: dict[str, DeclaredField] = Field(default_factory=dict)


class SettingTable(_Table):
    """A setting as it is declared."""

    label: str = Field(min_length=1, max_length=40)
    title: str = Field(default="", max_length=40)
    value: str | bool | int | float
    about: str = ""
    choices: list[str] = Field(default_factory=list)
    least: int | float = 0
    most: int | float = 10_000


class FontTable(_Table):
    """A font of ``assets`` as it is declared."""

    roles: list[str] = Field(min_length=1)


class ManifestTable(_Table):
    """A whole ``plugin.toml``."""

    label: str = Field(min_length=1, max_length=40)
    version: str = Field(min_length=1, max_length=40)
    api: str = Field(default=API, pattern=r"^[0-9]+\.[0-9]+$")
    description: str = ""
    requires: list[str] = Field(default_factory=list)
    tex: dict[str, str] = Field(default_factory=dict)
    fonts: dict[str, FontTable] = Field(default_factory=dict)
    parts: dict[str, PartTable] = Field(default_factory=dict)
    section_types: dict[str, PartTable] = Field(default_factory=dict)
    blocks: dict[str, PartTable] = Field(default_factory=dict)
    settings: dict[str, SettingTable] = Field(default_factory=dict)


_TABLES: Mapping[str, type[BaseModel]] = {"settings": SettingTable, "fonts": FontTable}


def keys_of(path: Key) -> tuple[str, ...]:
    """The keys that may stand in the table at a path: of the file, of a record, of a field."""
    model: type[BaseModel] = ManifestTable
    if path:
        model = _TABLES.get(path[0], PartTable)
        model = DeclaredField if "fields" in path[2:] else model
    return tuple(model.model_fields)


def faults_of(manifest: ManifestTable) -> Iterator[tuple[Key, Phrase]]:
    """Where in a manifest something is wrong, and what."""
    declared: list[str] = []
    for name, table in manifest.parts.items():
        yield from _faults_of_table(("parts", name), table, declared)
        declared.append(name)
    for name, table in manifest.section_types.items():
        key = ("section_types", name)
        yield from _faults_of_table(key, table, declared)
        if table.contents and not _leads_to_text(table, manifest):
            path = table.contents
            yield (*key, "contents"), say("{way} is no path to a line, title or choice", way=path)
    for name, table in manifest.blocks.items():
        yield from _faults_of_table(("blocks", name), table, declared)
    for file, package in manifest.tex.items():
        if not is_tex_package(file, package):
            yield ("tex", file), NO_PACKAGE
    for requirement in manifest.requires:
        try:
            requirement_of(requirement)
        except InvalidValue as exc:
            yield ("requires",), exc.reason


def _faults_of_table(
    key: Key, table: PartTable, declared: list[str]
) -> Iterator[tuple[Key, Phrase]]:
    group, name = key
    if not NAME.fullmatch(name):
        yield key, say("its name must have only a-z, 0-9, - and _, a letter first")
    if group != "parts" and not table.label:
        yield key, say("it has no label")
    if not table.fields and group != "section_types" and not table.extends:
        yield key, say("it has no fields")
    if table.extends and group == "parts":
        yield (*key, "extends"), say("a part cannot extend another one")
    wrong = (f for f in (table.template, *(table.styles or ())) if f and not _FILE.fullmatch(f))
    yield from ((key, say("{file} is not a valid file name", file=file)) for file in wrong)
    if table.short and table.short not in table.fields:
        yield (*key, "short"), say("there is no field {name}", name=table.short)
    section_fields = set(Section.model_fields) if group == "section_types" else set()
    for field_name, field in table.fields.items():
        field_key = (*key, "fields", field_name)
        # A field would hide an attribute of the model with the same name.
        is_reserved = field_name in _RESERVED | section_fields or hasattr(Section, field_name)
        if is_reserved or not _FIELD.fullmatch(field_name) or _is_printed_form(field_name, table):
            yield field_key, say("a field cannot be called {name}", name=field_name)
        for reason in _faults_of_field(field, declared):
            yield field_key, reason


def _is_printed_form(name: str, table: PartTable) -> bool:
    """Whether a name is that of a printed form: date_line beside date."""
    return name.endswith("_line") and name.removesuffix("_line") in table.fields


def _faults_of_field(field: DeclaredField, declared: list[str]) -> Iterator[Phrase]:
    for key in sorted(field.model_fields_set & _TYPES_WITH.keys()):
        if field.type not in _TYPES_WITH[key]:
            yield say("a field of the type {type} has no {key}", type=field.type, key=key)
    if field.type == "choice" and not field.choices:
        yield say("a choice needs choices")
    if field.type in {"part", "parts"} and field.part not in declared:
        yield say("the part {part} is not declared above", part=field.part or "?")
    if field.default is not None:
        if field.required:
            yield say("it cannot have a default")
        elif not _is_default_valid(field):
            yield say("its default has the wrong type")


def _is_default_valid(field: DeclaredField) -> bool:
    """Whether the default of a field is a value that the field may have."""
    if field.type == "choice":
        return field.default in field.choices
    if field.type == "yes_no":
        return isinstance(field.default, bool)
    try:
        TypeAdapter(PLAIN[field.type]).validate_python(str(field.default))
    except (KeyError, ValidationError):
        return False
    return True


def _leads_to_text(table: PartTable, manifest: ManifestTable) -> bool:
    fields = table.fields
    *parts, last = table.contents.split(".")
    for part in parts:
        field = fields.get(part)
        if field is None or field.type not in {"part", "parts"}:
            return False
        fields = manifest.parts[field.part].fields if field.part in manifest.parts else {}
    return last in fields and fields[last].type in _ENTRY_TYPES
