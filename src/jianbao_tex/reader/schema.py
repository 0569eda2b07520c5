"""
JSON Schema of issues and series files, for editors.

Draft 7, because the common YAML language server supports no later one.  The schema covers
keys in both languages, types and forms of values.  Only the reader and the checks cover
rules that depend on other files, on fonts or on several values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jianbao_tex.issue import Imprint, Masthead, Paragraph, Section
from jianbao_tex.language import ENGLISH, Language, say
from jianbao_tex.parts import (
    ONE_LINE,
    BodyOf,
    FieldShape,
    LabelledOf,
    ListOf,
    OneOf,
    Part,
    RowsOf,
    SectionsOf,
    TextsOf,
    help_of,
)
from jianbao_tex.reader.keys import IssueFile, keys_of
from jianbao_tex.registry import Registry

Schema = dict[str, Any]

_DRAFT = "http://json-schema.org/draft-07/schema#"
# YAML reads 2020 as a number and true as a boolean; the reader takes both as text.
_SCALAR = ["string", "number", "boolean"]
# Parts whose fields may be split between an issue and its series.
_SHARED = (IssueFile, Masthead, Imprint)


def issue_schema(registry: Registry, language: Language = ENGLISH) -> Schema:
    """The schema of an issue, with the section types, blocks and layouts of all plugins."""
    return _Writer(registry, language).issue()


def series_schema(registry: Registry, language: Language = ENGLISH) -> Schema:
    """The schema of a series file: all that an issue may have, nothing that it must."""
    return _Writer(registry, language).series()


class _Writer:
    """Writes the definitions of parts, each once."""

    def __init__(self, registry: Registry, language: Language) -> None:
        self._registry = registry
        self._told = language.translated
        self._text = language.text
        self._definitions: dict[str, Schema] = {}
        # Two plugins may call different parts by one name.
        self._names: dict[tuple[type[Part], bool], str] = {}

    def issue(self) -> Schema:
        whole, share = self._part(IssueFile), self._part(IssueFile, shared=True)
        return {
            "$schema": _DRAFT,
            "title": self._told(say("An issue of a bulletin")),
            "if": _either(_keys(IssueFile)["series"]),
            "then": share,
            "else": whole,
            "definitions": self._definitions,
        }

    def series(self) -> Schema:
        share = self._part(IssueFile, shared=True)
        none = {"properties": dict.fromkeys(_keys(IssueFile)["series"], False)}
        return {
            "$schema": _DRAFT,
            "title": self._told(say("What the issues of a series share")),
            "allOf": [share, none],
            "definitions": self._definitions,
        }

    # --- Parts -----------------------------------------------------------------------

    def _part(self, model: type[Part], *, shared: bool = False) -> Schema:
        """A reference to the definition of a part; if shared, to one without required fields."""
        partly = shared and issubclass(model, _SHARED)
        if (model, partly) not in self._names:
            name = "issue" if model is IssueFile else model.__name__.lower()
            name += "-share" if partly else ""
            while name in {*self._definitions, "body", "section"}:
                name += "-"
            self._names[model, partly] = name
            self._definitions[name] = {}
            self._definitions[name] = self._definition(model, partly=partly)
        return {"$ref": f"#/definitions/{self._names[model, partly]}"}

    def _definition(self, model: type[Part], *, partly: bool) -> Schema:
        written = model.model_json_schema(by_alias=False)
        if "$ref" in written:
            # pydantic writes a recursive model in this form.
            own = written["$defs"][written["$ref"].rpartition("/")[2]]
            written = {**own, "$defs": written["$defs"]}
        required = set() if partly else set(written.get("required", ()))
        fields = {
            name: self._field(shape, _resolved(written, name), shared=partly)
            for name, shape in model.shapes().items()
        }
        if model is IssueFile:
            many = fields["articles"]
            # A single article may stand without the dash of a list.
            notes = {key: many.pop(key) for key in ("description", "examples")}
            fields["articles"] = {"anyOf": [many, many["items"]], **notes}
            fields["layout"]["examples"] = [*self._registry.layouts]
        if required:
            fields = {n: s if n in required else _or_nothing(s) for n, s in fields.items()}
        else:
            fields = {name: _or_nothing(schema) for name, schema in fields.items()}
        keys = _keys(model)
        rules = [_either(keys[name]) for name in sorted(required)]
        made: Schema = {
            "type": "object",
            "properties": _under_each_key(fields, keys),
            "additionalProperties": False,
            "dependencies": {
                key: rule for several in keys.values() for key, rule in _only_one(several).items()
            },
        }
        if model is IssueFile:
            both = [_either(keys[name]) for name in ("articles", "sections")]
            made["not"] = {"type": "object", "allOf": both}
        if rules:
            made["allOf"] = rules
        if model.short:
            made = {"anyOf": [{"not": {"type": "object"}, **fields[model.short]}, made]}
        return made

    # --- Fields ------------------------------------------------------------------------

    def _field(self, shape: FieldShape | None, written: Schema, *, shared: bool) -> Schema:
        return self._with_help(self._shape(shape, written, shared=shared), written)

    def _with_help(self, made: Schema, written: Mapping[str, Any]) -> Schema:
        """A schema with what its key is for; one that refers elsewhere is wrapped for it."""
        made = {"allOf": [made]} if "$ref" in made else dict(made)
        if written.get("description"):
            made["description"] = self._text(written["description"])
        if written.get("examples"):
            made["examples"] = written["examples"]
        return made

    def _shape(self, shape: FieldShape | None, written: Schema, *, shared: bool) -> Schema:
        makers: Mapping[type, Callable[[Any], Schema]] = {
            OneOf: lambda one: self._part(one.part, shared=shared),
            ListOf: lambda many: _listed(self._part(many.part), written),
            BodyOf: lambda _: self._body(written),
            SectionsOf: lambda _: _listed(self._section(), written),
            TextsOf: lambda _: _texts(written),
            RowsOf: lambda _: _listed(_listed(_cell(_item(_item(written))), {}), written),
            LabelledOf: lambda labelled: _labelled(labelled, written["entry"]),
        }
        make = makers.get(type(shape))
        return make(shape) if make else _scalar(written)

    def _body(self, written: Schema) -> Schema:
        if "body" not in self._definitions:
            self._definitions["body"] = {}
            blocks = {name: self._block(name) for name in self._registry.blocks}
            for name, record in self._registry.blocks.items():
                if not any(field.is_required() for field in record.model.model_fields.values()):
                    blocks[name] = _or_nothing(blocks[name])
            keys = {name: [name, r.label] for name, r in self._registry.blocks.items()}
            one = {
                "type": "object",
                "properties": _under_each_key(blocks, keys),
                "additionalProperties": False,
                "minProperties": 1,
                "maxProperties": 1,
            }
            entry = {"anyOf": [{"type": [*_SCALAR, "null"]}, one]}
            self._definitions["body"] = {
                "anyOf": [{"type": _SCALAR}, {"type": "array", "items": entry}]
            }
        body: Schema = {"$ref": "#/definitions/body"}
        if written.get("minItems"):
            return {"allOf": [body, {"not": {"enum": [[]]}, "pattern": r"\S"}]}
        return body

    def _block(self, name: str) -> Schema:
        model = self._registry.blocks[name].model
        part = self._part(model)
        # A bare text is a paragraph of one run, read like those of a body.
        text = _scalar({"type": "string", "pattern": ONE_LINE, "minLength": 1})
        made = {"anyOf": [text, part]} if model is Paragraph else part
        return self._with_help(made, help_of(model))

    def _section(self) -> Schema:
        """A section, chosen by its type, so that an editor shows only faults of that type."""
        if "section" not in self._definitions:
            self._definitions["section"] = {}
            rules = []
            keys = _keys(Section)["type"]
            types = self._registry.section_types
            for record in types.values():
                named: Schema = {"enum": [record.name, record.label]}
                if record.name == "articles":
                    others = [x for r in types.values() for x in (r.name, r.label)]
                    others = [x for x in others if x not in {record.name, record.label}]
                    named = {"not": {"enum": others}}
                told: Schema = {"properties": dict.fromkeys(keys, named)}
                if record.name != "articles":
                    told |= _either(keys)
                rules.append({"if": told, "then": self._part(record.model)})
            names = [x for record in types.values() for x in (record.name, record.label)]
            known = {"enum": [*names, None]}
            self._definitions["section"] = {
                "type": "object",
                "properties": dict.fromkeys(keys, known),
                "allOf": rules,
            }
        return {"$ref": "#/definitions/section"}


# --- Schemas of values --------------------------------------------------------------------


def _resolved(written: Schema, name: str) -> Schema:
    """What pydantic writes of a field, ``None`` taken from what it may be."""
    field = dict(written["properties"][name])
    field.pop("title", None)
    entry = field.get("items", {}).get("$ref", "").rpartition("/")[2]
    field |= {"entry": written["$defs"][entry]} if entry in written.get("$defs", {}) else {}
    options = [option for option in field.pop("anyOf", []) if option.get("type") != "null"]
    return {**options[0], **field} if len(options) == 1 else field


def _item(written: Schema) -> Schema:
    item = written.get("items", {})
    return item if isinstance(item, dict) else {}


# pydantic does not rename these after one of our validators.
_BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}


def _scalar(written: Schema) -> Schema:
    """The schema of a text as YAML may take it: 2020 is a number to it."""
    made = {_BOUNDS.get(k, k): v for k, v in written.items() if k not in {"title", "default"}}
    if "const" in made or "enum" in made:
        # A number may be written in quotes, too.
        values = made.get("enum", [made.get("const")])
        texts = [str(value) for value in values if not isinstance(value, bool | str)]
        return {"enum": [*values, *texts]}
    if made.get("type") == "string":
        made["type"] = _SCALAR
        lines = made.pop("pattern", None) == ONE_LINE
        if made.pop("minLength", 0):
            made["pattern"] = r"^\s*\S[^\n]*\s*$" if lines else r"\S"
        elif lines:
            made["pattern"] = r"^\s*[^\n]*\s*$"
    elif made.get("type") in ("integer", "number"):
        made["type"] = [made["type"], "string"]
        made["pattern"] = r"^\s*[-+]?[0-9.]+\s*$"
    return made


def _cell(item: Schema) -> Schema:
    """An entry of a list of texts; an empty one where a text may be empty."""
    made = _scalar(item or {"type": "string"})
    return made if item.get("minLength") or "enum" in made else _or_nothing(made)


def _listed(item: Schema, written: Schema) -> Schema:
    made: Schema = {"type": "array", "items": item}
    for bound in ("minItems", "maxItems"):
        if bound in written:
            made[bound] = written[bound]
    return made


def _texts(written: Schema) -> Schema:
    """A list of texts, or the only one of them."""
    one = _cell(_item(written))
    return {"anyOf": [_scalar(_item(written) or {"type": "string"}), _listed(one, written)]}


def _labelled(labelled: LabelledOf, entry: Schema) -> Schema:
    """A mapping of labels to texts; each pair is a part with these two fields."""
    label, text = (entry["properties"][name] for name in (labelled.label, labelled.text))
    bounds = {key: label[key] for key in ("minLength", "maxLength", "pattern") if key in label}
    return {
        "type": "object",
        "additionalProperties": _or_nothing(_scalar(text)),
        "propertyNames": bounds,
    }


def _or_nothing(made: Schema) -> Schema:
    """A value that may be empty, which the reader takes for absent."""
    if isinstance(made.get("type"), str | list):
        types = [made["type"]] if isinstance(made["type"], str) else made["type"]
        wider = {**made, "type": [*types, *(["null"] if "null" not in types else [])]}
        if "enum" in wider:
            wider["enum"] = [*wider["enum"], None]
        return wider
    if "enum" in made:
        return {**made, "enum": [*made["enum"], None]}
    notes: Schema = {key: made[key] for key in ("description", "examples") if key in made}
    bare = {key: value for key, value in made.items() if key not in notes}
    return {"anyOf": [{"type": "null"}, bare], **notes} if bare else made


def _keys(model: type[Part]) -> dict[str, list[str]]:
    """The keys of each field, the English one first."""
    keys: dict[str, list[str]] = {name: [] for name in model.model_fields}
    for key, name in keys_of(model).items():
        keys[name].append(key)
    return keys


def _under_each_key(fields: Mapping[str, Schema], keys: Mapping[str, Sequence[str]]) -> Schema:
    return {key: schema for name, schema in fields.items() for key in dict.fromkeys(keys[name])}


def _only_one(keys: Sequence[str]) -> Schema:
    """Each key but the last with the rule that none of those after it is there."""
    return {
        key: {"not": _either(keys[number:])} for number, key in enumerate(keys, 1) if keys[number:]
    }


def _either(keys: Sequence[str]) -> Schema:
    required = [{"required": [key]} for key in keys]
    return {"anyOf": required} if len(required) > 1 else required[0]
