"""The shapes of what the command prints for machines, as JSON Schema (draft 7)."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_DRAFT = "http://json-schema.org/draft-07/schema#"


def _object(description: str, properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _text(description: str) -> Schema:
    return {"type": "string", "description": description}


def _count(description: str) -> Schema:
    return {"type": ["integer", "null"], "minimum": 0, "description": description}


_PLACE: Schema = {
    "file": _text("the file, as the command line or another file names it"),
    "line": _count("from 1; null for the whole file"),
    "column": _count("from 1, in characters (Unicode code points); null for the whole line"),
    "end_line": _count("the line of the last character; null where it is not known"),
    "end_column": _count("the column behind the last character; null where it is not known"),
}

_FINDING = _object(
    "One thing that is wrong.",
    {
        "code": _text("what kind of thing; jianbao explain CODE says more. It never changes"),
        "severity": {"enum": ["error", "warning"]},
        **_PLACE,
        "message": _text("what is wrong, in the language of --lang"),
        "advice": _text("what to do about it"),
        "also": {
            "type": "array",
            "description": "other places that may be at fault",
            "items": _object("A place.", _PLACE),
        },
        "raw": _text("with --verbose: what TeX itself said"),
    },
    optional=("raw",),
)

RESULT: Schema = {
    "$schema": _DRAFT,
    "title": "What build, check and tex print with --json",
    **_object(
        "The result of a run.",
        {
            "exit_code": {"type": "integer", "minimum": 0, "maximum": 8},
            "issues": {
                "type": "array",
                "items": _object(
                    "What became of one issue.",
                    {
                        "issue": _text("the issue, as the command line names it"),
                        "ok": {"type": "boolean"},
                        "exit_code": {"type": "integer", "minimum": 0, "maximum": 7},
                        "pages": _count("how many pages; null where none were made"),
                        "files": {"type": "array", "items": {"type": "string"}},
                        "findings": {"type": "array", "items": _FINDING},
                        "findings_left_out": {
                            "type": "integer",
                            "description": "how many --max-findings left out",
                        },
                        "measured": {
                            "type": "object",
                            "description": "with check --pdf: see docs/automation.md",
                        },
                    },
                    optional=("measured",),
                ),
            },
        },
    ),
}
"""What ``--json`` prints."""

ORIGINS: Schema = {
    "$schema": _DRAFT,
    "title": "origins.json, which jianbao tex writes beside the TeX",
    **_object(
        "Where each stretch of the main file came from.",
        {
            "main": _text("the main file"),
            "stretches": {
                "type": "array",
                "description": "from the beginning to the end, without gaps within a line",
                "items": _object(
                    "A stretch of one line.",
                    {
                        "line": {"type": "integer", "minimum": 1},
                        "column": {"type": "integer", "minimum": 1},
                        "end_column": {
                            "type": "integer",
                            "description": "the column behind the last character",
                        },
                        "template": _object(
                            "The line of the template that printed it.",
                            {"file": _text("the template"), "line": {"type": "integer"}},
                        ),
                        "source": _object("The text of the issue that is printed there.", _PLACE),
                    },
                    optional=("source",),
                ),
            },
        },
    ),
}
"""What ``origins.json`` holds."""
