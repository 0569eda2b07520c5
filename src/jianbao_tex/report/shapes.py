"""The JSON Schema (draft 7) of what is printed for machines."""

from __future__ import annotations

from typing import Any

from jianbao_tex.findings import Severity
from jianbao_tex.language import ENGLISH, Language, Phrase, say

Schema = dict[str, Any]
"""A JSON Schema as plain data."""

_DRAFT = "http://json-schema.org/draft-07/schema#"


def result_schema(language: Language = ENGLISH) -> Schema:
    """The schema of what build, check and tex print with ``--json``."""
    schema: Schema = _translate(_RESULT, language)
    return schema


def origins_schema(language: Language = ENGLISH) -> Schema:
    """The schema of ``origins.json``."""
    schema: Schema = _translate(_ORIGINS, language)
    return schema


def _translate(shape: Any, language: Language) -> Any:
    """A shape with its phrases in a language."""
    if isinstance(shape, Phrase):
        return language.translated(shape)
    if isinstance(shape, dict):
        return {key: _translate(value, language) for key, value in shape.items()}
    return [_translate(value, language) for value in shape] if isinstance(shape, list) else shape


def _object(description: Phrase, properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _list(description: Phrase, items: Schema) -> Schema:
    return {"type": "array", "description": description, "items": items}


def _text(description: Phrase) -> Schema:
    return {"type": "string", "description": description}


def _count(description: Phrase) -> Schema:
    return {"type": ["integer", "null"], "minimum": 0, "description": description}


def _mm(description: Phrase) -> Schema:
    return {"type": "number", "description": description}


def _mm_or_none(description: Phrase) -> Schema:
    return {"type": ["number", "null"], "description": description}


_PLACE: Schema = {
    "file": _text(say("the file, as the command line or another file names it")),
    "line": _count(say("from 1; null for the whole file")),
    "column": _count(say("from 1, in characters (Unicode code points); null for the whole line")),
    "end_line": _count(say("the line of the last character; null where it is not known")),
    "end_column": _count(say("the column after the last character; null if unknown")),
}

_FINDING = _object(
    say("One finding."),
    {
        "code": _text(say("the code of the finding; see jianbao explain CODE. It never changes")),
        "severity": {"enum": [severity.value for severity in Severity]},
        "plugin": {
            "type": ["string", "null"],
            "description": say(
                "the plugin that has reported it, or that it is about; null for none"
            ),
        },
        **_PLACE,
        "message": _text(say("what is wrong, in the language of --lang")),
        "advice": _text(say("what to do about it")),
        "also": {
            "type": "array",
            "description": say("other places that may be at fault"),
            "items": _object(say("A place."), _PLACE),
        },
        "fix": {
            "type": ["string", "null"],
            "description": say(
                "what check --fix writes in the place; null where it leaves it alone"
            ),
        },
        "raw": _text(say("with --verbose: what TeX itself said")),
    },
    optional=("raw",),
)

_PLUGIN_USE = _object(
    say("A plugin that took part in an issue."),
    {
        "name": _text(say("its name")),
        "version": {"type": ["string", "null"]},
        "sha256": {
            "type": ["string", "null"],
            "description": say("of its file, or of the names and digests of its files"),
        },
        "changes": _list(
            say("what it changed in the issue"),
            _object(
                say("A changed value."),
                {
                    "path": _text(say("the way to the value, such as sections.0.name")),
                    "before": _text(say("the value as it was; empty where there was none")),
                    "after": _text(say("the value as it is; empty where there is none")),
                },
            ),
        ),
    },
)

_YES = {"type": "boolean"}

_MEASURED_PAGE = _object(
    say("A page, in millimetres from the top left corner of the sheet."),
    {
        "page": {"type": "integer", "minimum": 1},
        "side": {"enum": ["odd", "even"]},
        "rows": {"type": "integer", "minimum": 0, "description": say("rows of body text")},
        "columns": {"type": "integer", "description": say("the last column with body text")},
        "first": _mm_or_none(say("the first baseline of body text")),
        "last": _mm_or_none(say("the last baseline of body text")),
        "off": _mm_or_none(say("the largest distance of a baseline from its row")),
        "left": _mm_or_none(say("the left edge of all ink in the type area")),
        "right": _mm_or_none(say("the right edge of all ink in the type area")),
        "foot": _text(say("the page number as it is printed")),
        "blank": _YES,
        "colours": {"type": "array", "items": {"type": "string"}},
        "pictures": {"type": "integer", "minimum": 0},
    },
)

_MEASURED_FONT = _object(
    say("A font of the PDF."),
    {
        "name": _text(say("its PostScript name")),
        "embedded": _YES,
        "subset": _YES,
        "mapped": {
            "type": "boolean",
            "description": say("whether its glyphs are mapped to characters (ToUnicode)"),
        },
        "characters": {"type": "integer", "minimum": 0},
        "fallback": _text(say("the characters that it served because the first font lacks them")),
    },
)

_MEASURED_PLACE = _object(
    say("The box of an element of a page, in millimetres."),
    {
        "what": {"enum": ["name", "rule", "distribution block", "page number"]},
        "page": {"type": "integer", "minimum": 1},
        "left": _mm(say("the left edge")),
        "top": _mm(say("the upper edge")),
        "right": _mm(say("the right edge")),
        "bottom": _mm(say("the lower edge")),
    },
)

_DEVIATION = _object(
    say("A setting that differs from the standard."),
    {
        "figure": _text(say("its name")),
        "value": _text(say("what it is")),
        "standard": _text(say("what the standard says")),
        "strength": _text(say("how binding that is")),
    },
)

_ADDED_TEXT = _object(
    say("Words on a page that are not text of the issue."),
    {
        "page": {"type": "integer", "minimum": 1},
        "kind": {"enum": ["artifact", "insert"]},
        "text": _text(say("the words")),
        "plugins": _list(say("the plugins that may have printed them"), {"type": "string"}),
    },
)

_MEASURED = _object(
    say("with check --pdf: what was measured in the master"),
    {
        "layout": _text(say("the layout")),
        "pages": _list(say("the pages, in their order"), _MEASURED_PAGE),
        "fonts": _list(say("the fonts"), _MEASURED_FONT),
        "places": _list(say("name, rules, distribution block, page numbers"), _MEASURED_PLACE),
        "characters": {"type": "integer", "minimum": 0},
        "deviations": _list(say("the figures that leave the standard"), _DEVIATION),
        "added_texts": _list(say("the words that are not text of the issue"), _ADDED_TEXT),
    },
)

_RESULT: Schema = {
    "$schema": _DRAFT,
    "title": say("What build, check and tex print with --json"),
    **_object(
        say("The result of a run."),
        {
            "exit_code": {"type": "integer", "minimum": 0, "maximum": 8},
            "issues": {
                "type": "array",
                "items": _object(
                    say("The result of one issue."),
                    {
                        "issue": _text(say("the issue, as the command line names it")),
                        "id": {
                            "type": ["string", "null"],
                            "description": say(
                                "names the work: the same for the same issue and outputs, also in "
                                "the log and the certificate; null where it cannot be read"
                            ),
                        },
                        "ok": {"type": "boolean"},
                        "exit_code": {"type": "integer", "minimum": 0, "maximum": 8},
                        "pages": _count(say("how many pages; null where none were made")),
                        "files": {"type": "array", "items": {"type": "string"}},
                        "findings": {"type": "array", "items": _FINDING},
                        "findings_left_out": {
                            "type": "integer",
                            "description": say("how many --max-findings left out"),
                        },
                        "measured": _MEASURED,
                        "checked": {
                            "type": "array",
                            "description": say("with check: finished PDFs and what they claim"),
                            "items": _object(
                                say("A finished PDF."),
                                {
                                    "file": _text(say("its name")),
                                    "standard": {
                                        "type": ["string", "null"],
                                        "description": say("what it claims to be"),
                                    },
                                    "self_checked": {
                                        "type": ["boolean", "null"],
                                        "description": say(
                                            "whether it keeps to our own rules of it; null for none"
                                        ),
                                    },
                                    "pages": {"type": "integer", "minimum": 0},
                                    "plates": {"type": "array", "items": {"type": "string"}},
                                },
                            ),
                        },
                        "refused": _list(
                            say("the outputs that could not be made, although others were"),
                            _object(
                                say("An output that was refused."),
                                {
                                    "output": _text(say("its name")),
                                    "codes": {"type": "array", "items": {"type": "string"}},
                                },
                            ),
                        ),
                        "artifacts": {
                            "type": "array",
                            "description": say("with build: the files with their digests"),
                            "items": _object(
                                say("A finished file."),
                                {
                                    "file": _text(say("where it was written")),
                                    "bytes": {"type": "integer", "minimum": 0},
                                    "sha256": _text(say("of its bytes, in hexadecimal digits")),
                                },
                            ),
                        },
                        "inputs": {
                            "type": "object",
                            "description": say(
                                "with build: the SHA-256 of all that decides the bytes, by name"
                            ),
                            "additionalProperties": {"type": "string"},
                        },
                        "tools": {
                            "type": "object",
                            "description": say("with build: the programs, by version"),
                            "additionalProperties": {"type": "string"},
                        },
                        "cached": {
                            "type": "boolean",
                            "description": say(
                                "with build: whether it was kept from an earlier run"
                            ),
                        },
                        "plugins_used": _list(
                            say("with build: the plugins that took part"), _PLUGIN_USE
                        ),
                    },
                    optional=(
                        *("measured", "checked", "refused", "artifacts"),
                        *("inputs", "tools", "cached", "plugins_used"),
                    ),
                ),
            },
            "plugins": {
                "type": "array",
                "description": say("findings about broken plugins, not about an issue"),
                "items": _FINDING,
            },
        },
    ),
}
_ORIGINS: Schema = {
    "$schema": _DRAFT,
    "title": say("origins.json, which jianbao tex writes beside the TeX"),
    **_object(
        say("Where each stretch of the main file came from."),
        {
            "main": _text(say("the main file")),
            "stretches": {
                "type": "array",
                "description": say("from the beginning to the end, without gaps within a line"),
                "items": _object(
                    say("A stretch of one line."),
                    {
                        "line": {"type": "integer", "minimum": 1},
                        "column": {"type": "integer", "minimum": 1},
                        "end_column": {
                            "type": "integer",
                            "description": say("the column after the last character"),
                        },
                        "template": _object(
                            say("The line of the template that printed it."),
                            {"file": _text(say("the template")), "line": {"type": "integer"}},
                        ),
                        "source": _object(
                            say("The text of the issue that is printed there."), _PLACE
                        ),
                    },
                    optional=("source",),
                ),
            },
        },
    ),
}
