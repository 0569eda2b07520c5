"""
JSON Schema of issues and series files, for editors.

Draft 7, because the common YAML language server supports no later one.  The schema covers
keys in both languages, types and forms of values.  Only the reader and the checks cover
rules that depend on other files, on fonts or on several values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jianbao_tex.figures import Figure
from jianbao_tex.issue import Imprint, Issue, Masthead, Paragraph, Section
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
        self._translate = language.translated
        self._text = language.text
        self._definitions: dict[str, Schema] = {}
        # Two plugins may call different parts by one name.
        self._names: dict[tuple[type[Part], bool], str] = {}

    def issue(self) -> Schema:
        full, shared = self._part(IssueFile), self._part(IssueFile, shared=True)
        return {
            "$schema": _DRAFT,
            "title": self._translate(say("An issue of a bulletin")),
            "if": _require_any(_keys(IssueFile)["series"]),
            "then": shared,
            "else": full,
            "definitions": self._definitions,
        }

    def series(self) -> Schema:
        shared = self._part(IssueFile, shared=True)
        none = {"properties": dict.fromkeys(_keys(IssueFile)["series"], False)}
        return {
            "$schema": _DRAFT,
            "title": self._translate(say("What the issues of a series share")),
            "allOf": [shared, none],
            "definitions": self._definitions,
        }

    # --- Parts -----------------------------------------------------------------------

    def _part(self, model: type[Part], *, shared: bool = False) -> Schema:
        """A reference to the definition of a part; if shared, to one without required fields."""
        is_partial = shared and issubclass(model, _SHARED)
        if (model, is_partial) not in self._names:
            name = "issue" if model is IssueFile else model.__name__.lower()
            name += "-share" if is_partial else ""
            while name in {*self._definitions, "body", "section"}:
                name += "-"
            self._names[model, is_partial] = name
            # Entered before it is written: a part that contains itself ends here.
            self._definitions[name] = {}
            self._definitions[name] = self._definition(model, is_partial=is_partial)
        return {"$ref": f"#/definitions/{self._names[model, is_partial]}"}

    def _definition(self, model: type[Part], *, is_partial: bool) -> Schema:
        raw = _pydantic_schema(model)
        required = set() if is_partial else set(raw.get("required", ()))
        fields = self._fields(model, raw, is_partial=is_partial)
        fields = {n: s if n in required else _nullable(s) for n, s in fields.items()}
        keys = _keys(model)
        rules = [_require_any(keys[name]) for name in sorted(required)]
        definition: Schema = {
            "type": "object",
            "properties": _properties(fields, keys),
            "additionalProperties": False,
            "dependencies": {
                key: rule for several in keys.values() for key, rule in _exclusions(several).items()
            },
        }
        if model is IssueFile:
            both = [_require_any(keys[name]) for name in ("articles", "sections")]
            definition["not"] = {"type": "object", "allOf": both}
        if rules:
            definition["allOf"] = rules
        if model.short:
            definition = {"anyOf": [{"not": {"type": "object"}, **fields[model.short]}, definition]}
        return definition

    # --- Fields ------------------------------------------------------------------------

    def _fields(self, model: type[Part], raw: Schema, *, is_partial: bool) -> dict[str, Schema]:
        """The schema of each field."""
        fields = {
            name: self._field(shape, _field_schema(raw, name), shared=is_partial)
            for name, shape in model.shapes().items()
        }
        if model is IssueFile:
            articles = fields["articles"]
            # A single article may stand without the dash of a list.
            notes = {key: articles.pop(key) for key in ("description", "examples")}
            fields["articles"] = {"anyOf": [articles, articles["items"]], **notes}
            fields["layout"]["examples"] = [*self._registry.layouts]
        return fields

    def _field(self, shape: FieldShape | None, raw: Schema, *, shared: bool) -> Schema:
        return self._with_help(self._shape(shape, raw, shared=shared), raw)

    def _with_help(self, schema: Schema, raw: Mapping[str, Any]) -> Schema:
        """A schema with what its key is for; one that refers elsewhere is wrapped for it."""
        # Draft 7 ignores everything beside $ref (8.3).
        schema = {"allOf": [schema]} if "$ref" in schema else dict(schema)
        if raw.get("description"):
            schema["description"] = self._text(raw["description"])
        if raw.get("examples"):
            schema["examples"] = raw["examples"]
        return schema

    def _shape(self, shape: FieldShape | None, raw: Schema, *, shared: bool) -> Schema:
        makers: Mapping[type, Callable[[Any], Schema]] = {
            OneOf: lambda single: self._part(single.part, shared=shared),
            ListOf: lambda many: _array(self._part(many.part), raw),
            BodyOf: lambda _: self._body(raw),
            SectionsOf: lambda _: _array(self._section(), raw),
            TextsOf: lambda _: _texts(raw),
            RowsOf: lambda _: _array(_array(_cell(_item(_item(raw))), {}), raw),
            LabelledOf: lambda labelled: {
                **_label_mapping(labelled, raw["entry"]),
                **self._settings(labelled),
            },
        }
        make = makers.get(type(shape))
        return make(shape) if make else _scalar(raw)

    def _settings(self, labelled: LabelledOf) -> Schema:
        """The settings of plugins that an issue may choose among its options."""
        is_options = labelled in Issue.model_fields["options"].metadata
        settings = self._registry.plugin_settings if is_options else {}
        values = {name: self._setting(figure) for name, figure in settings.items()}
        return {"properties": values} if values else {}

    def _setting(self, figure: Figure) -> Schema:
        """A value of a setting of a plugin."""
        help_ = {"description": self._translate(figure.about), "default": figure.plain_value}
        if figure.choices:
            return {"enum": [*figure.choices], **help_}
        if isinstance(figure.value, bool):
            return {"enum": [True, False, "true", "false"], **help_}
        if figure.is_text:
            return {"type": "string", **help_}
        kind = "integer" if figure.is_whole else "number"
        return {"type": [kind, "string"], "minimum": figure.least, "maximum": figure.most, **help_}

    def _body(self, raw: Schema) -> Schema:
        if "body" not in self._definitions:
            self._definitions["body"] = {}
            blocks = {name: self._block(name) for name in self._registry.blocks}
            for name, record in self._registry.blocks.items():
                if not any(field.is_required() for field in record.model.model_fields.values()):
                    blocks[name] = _nullable(blocks[name])
            keys = {name: [name, r.label] for name, r in self._registry.blocks.items()}
            block = {
                "type": "object",
                "properties": _properties(blocks, keys),
                "additionalProperties": False,
                "minProperties": 1,
                "maxProperties": 1,
            }
            entry = {"anyOf": [{"type": [*_SCALAR, "null"]}, block]}
            self._definitions["body"] = {
                "anyOf": [{"type": _SCALAR}, {"type": "array", "items": entry}]
            }
        body: Schema = {"$ref": "#/definitions/body"}
        if raw.get("minItems"):
            return {"allOf": [body, {"not": {"enum": [[]]}, "pattern": r"\S"}]}
        return body

    def _block(self, name: str) -> Schema:
        model = self._registry.blocks[name].model
        part = self._part(model)
        # A bare text is a paragraph of one run, read like those of a body.
        text = _scalar({"type": "string", "pattern": ONE_LINE, "minLength": 1})
        schema = {"anyOf": [text, part]} if model is Paragraph else part
        return self._with_help(schema, help_of(model))

    def _section(self) -> Schema:
        """A section, chosen by its type, so that an editor shows only faults of that type."""
        if "section" not in self._definitions:
            self._definitions["section"] = {}
            rules = []
            keys = _keys(Section)["type"]
            types = self._registry.section_types
            for record in types.values():
                type_name: Schema = {"enum": [record.name, record.label]}
                if record.name == "articles":
                    others = [x for r in types.values() for x in (r.name, r.label)]
                    others = [x for x in others if x not in {record.name, record.label}]
                    type_name = {"not": {"enum": others}}
                condition: Schema = {"properties": dict.fromkeys(keys, type_name)}
                if record.name != "articles":
                    condition |= _require_any(keys)
                rules.append({"if": condition, "then": self._part(record.model)})
            names = [x for record in types.values() for x in (record.name, record.label)]
            type_names = {"enum": [*names, None]}
            self._definitions["section"] = {
                "type": "object",
                "properties": dict.fromkeys(keys, type_names),
                "allOf": rules,
            }
        return {"$ref": "#/definitions/section"}


# --- Schemas of values --------------------------------------------------------------------


def _pydantic_schema(model: type[Part]) -> Schema:
    schema = model.model_json_schema(by_alias=False)
    if "$ref" not in schema:
        return schema
    # pydantic writes a recursive model in this form.
    inner = schema["$defs"][schema["$ref"].rpartition("/")[2]]
    return {**inner, "$defs": schema["$defs"]}


def _field_schema(raw: Schema, name: str) -> Schema:
    """What pydantic writes of a field, ``None`` taken from what it may be."""
    field = dict(raw["properties"][name])
    field.pop("title", None)
    entry = field.get("items", {}).get("$ref", "").rpartition("/")[2]
    field |= {"entry": raw["$defs"][entry]} if entry in raw.get("$defs", {}) else {}
    options = [option for option in field.pop("anyOf", []) if option.get("type") != "null"]
    return {**options[0], **field} if len(options) == 1 else field


def _item(raw: Schema) -> Schema:
    item = raw.get("items", {})
    return item if isinstance(item, dict) else {}


# pydantic does not rename these after one of our validators.
_BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}


def _scalar(raw: Schema) -> Schema:
    """The schema of a text as YAML may take it: 2020 is a number to it."""
    schema = {_BOUNDS.get(k, k): v for k, v in raw.items() if k not in {"title", "default"}}
    if "const" in schema or "enum" in schema:
        # A number may be written in quotes, too.
        values = schema.get("enum", [schema.get("const")])
        texts = [str(value) for value in values if not isinstance(value, bool | str)]
        return {"enum": [*values, *texts]}
    if schema.get("type") == "string":
        schema["type"] = _SCALAR
        is_line = schema.pop("pattern", None) == ONE_LINE
        if schema.pop("minLength", 0):
            schema["pattern"] = r"^\s*\S[^\n]*\s*$" if is_line else r"\S"
        elif is_line:
            schema["pattern"] = r"^\s*[^\n]*\s*$"
    elif schema.get("type") in ("integer", "number"):
        schema["type"] = [schema["type"], "string"]
        schema["pattern"] = r"^\s*[-+]?[0-9.]+\s*$"
    return schema


def _cell(item: Schema) -> Schema:
    """An entry of a list of texts; an empty one where a text may be empty."""
    schema = _scalar(item or {"type": "string"})
    return schema if item.get("minLength") or "enum" in schema else _nullable(schema)


def _array(item: Schema, raw: Schema) -> Schema:
    schema: Schema = {"type": "array", "items": item}
    for bound in ("minItems", "maxItems"):
        if bound in raw:
            schema[bound] = raw[bound]
    return schema


def _texts(raw: Schema) -> Schema:
    """A list of texts, or the only one of them."""
    text = _cell(_item(raw))
    return {"anyOf": [_scalar(_item(raw) or {"type": "string"}), _array(text, raw)]}


def _label_mapping(labelled: LabelledOf, entry: Schema) -> Schema:
    """A mapping of labels to texts; each pair is a part with these two fields."""
    label, text = (entry["properties"][name] for name in (labelled.label, labelled.text))
    bounds = {key: label[key] for key in ("minLength", "maxLength", "pattern") if key in label}
    return {
        "type": "object",
        "additionalProperties": _nullable(_scalar(text)),
        "propertyNames": bounds,
    }


def _nullable(schema: Schema) -> Schema:
    """A value that may be empty, which the reader takes for absent."""
    if isinstance(schema.get("type"), str | list):
        types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        wider = {**schema, "type": [*types, *(["null"] if "null" not in types else [])]}
        if "enum" in wider:
            wider["enum"] = [*wider["enum"], None]
        return wider
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    notes: Schema = {key: schema[key] for key in ("description", "examples") if key in schema}
    bare = {key: value for key, value in schema.items() if key not in notes}
    return {"anyOf": [{"type": "null"}, bare], **notes} if bare else schema


def _keys(model: type[Part]) -> dict[str, list[str]]:
    """The keys of each field, the English one first."""
    keys: dict[str, list[str]] = {name: [] for name in model.model_fields}
    for key, name in keys_of(model).items():
        keys[name].append(key)
    return keys


def _properties(fields: Mapping[str, Schema], keys: Mapping[str, Sequence[str]]) -> Schema:
    return {key: schema for name, schema in fields.items() for key in dict.fromkeys(keys[name])}


def _exclusions(keys: Sequence[str]) -> Schema:
    """Each key but the last with the rule that none of those after it is there."""
    return {
        key: {"not": _require_any(keys[number:])}
        for number, key in enumerate(keys, 1)
        if keys[number:]
    }


def _require_any(keys: Sequence[str]) -> Schema:
    required = [{"required": [key]} for key in keys]
    return {"anyOf": required} if len(required) > 1 else required[0]
