"""The shapes of what the command prints for machines, as JSON Schema (draft 7)."""

from __future__ import annotations

from typing import Any

from jianbao_tex.cli.speech import _

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
    "file": _text(_("the file, as the command line or another file names it")),
    "line": _count(_("from 1; null for the whole file")),
    "column": _count(_("from 1, in characters (Unicode code points); null for the whole line")),
    "end_line": _count(_("the line of the last character; null where it is not known")),
    "end_column": _count(_("the column behind the last character; null where it is not known")),
}

_FINDING = _object(
    _("One thing that is wrong."),
    {
        "code": _text(_("what kind of thing; jianbao explain CODE says more. It never changes")),
        "severity": {"enum": ["error", "warning"]},
        **_PLACE,
        "message": _text(_("what is wrong, in the language of --lang")),
        "advice": _text(_("what to do about it")),
        "also": {
            "type": "array",
            "description": _("other places that may be at fault"),
            "items": _object(_("A place."), _PLACE),
        },
        "fix": {
            "type": ["string", "null"],
            "description": _("what check --fix writes in the place; null where it leaves it alone"),
        },
        "raw": _text(_("with --verbose: what TeX itself said")),
    },
    optional=("raw",),
)

RESULT: Schema = {
    "$schema": _DRAFT,
    "title": _("What build, check and tex print with --json"),
    **_object(
        _("The result of a run."),
        {
            "exit_code": {"type": "integer", "minimum": 0, "maximum": 8},
            "issues": {
                "type": "array",
                "items": _object(
                    _("What became of one issue."),
                    {
                        "issue": _text(_("the issue, as the command line names it")),
                        "ok": {"type": "boolean"},
                        "exit_code": {"type": "integer", "minimum": 0, "maximum": 7},
                        "pages": _count(_("how many pages; null where none were made")),
                        "files": {"type": "array", "items": {"type": "string"}},
                        "findings": {"type": "array", "items": _FINDING},
                        "findings_left_out": {
                            "type": "integer",
                            "description": _("how many --max-findings left out"),
                        },
                        "measured": {
                            "type": "object",
                            "description": _("with check --pdf: see docs/automation.md"),
                        },
                        "checked": {
                            "type": "array",
                            "description": _("with check: finished PDFs and what they claim"),
                            "items": _object(
                                _("A finished PDF."),
                                {
                                    "file": _text(_("its name")),
                                    "standard": {
                                        "type": ["string", "null"],
                                        "description": _("what it claims to be"),
                                    },
                                    "self_checked": {
                                        "type": ["boolean", "null"],
                                        "description": _(
                                            "whether it keeps to our own rules of it; null for none"
                                        ),
                                    },
                                    "pages": {"type": "integer", "minimum": 0},
                                    "plates": {"type": "array", "items": {"type": "string"}},
                                },
                            ),
                        },
                        "artifacts": {
                            "type": "array",
                            "description": _("with build: the files with their digests"),
                            "items": _object(
                                _("A finished file."),
                                {
                                    "file": _text(_("where it was written")),
                                    "bytes": {"type": "integer", "minimum": 0},
                                    "sha256": _text(_("of its bytes, in hexadecimal digits")),
                                },
                            ),
                        },
                        "inputs": {
                            "type": "object",
                            "description": _(
                                "with build: the SHA-256 of all that decides the bytes, by name"
                            ),
                            "additionalProperties": {"type": "string"},
                        },
                        "tools": {
                            "type": "object",
                            "description": _("with build: the programs, by version"),
                            "additionalProperties": {"type": "string"},
                        },
                        "cached": {
                            "type": "boolean",
                            "description": _("with build: whether it was kept from an earlier run"),
                        },
                    },
                    optional=("measured", "checked", "artifacts", "inputs", "tools", "cached"),
                ),
            },
            "plugins": {
                "type": "array",
                "description": _("what is broken among the plugins; no issue's fault"),
                "items": _FINDING,
            },
        },
    ),
}
"""What ``--json`` prints."""

ORIGINS: Schema = {
    "$schema": _DRAFT,
    "title": _("origins.json, which jianbao tex writes beside the TeX"),
    **_object(
        _("Where each stretch of the main file came from."),
        {
            "main": _text(_("the main file")),
            "stretches": {
                "type": "array",
                "description": _("from the beginning to the end, without gaps within a line"),
                "items": _object(
                    _("A stretch of one line."),
                    {
                        "line": {"type": "integer", "minimum": 1},
                        "column": {"type": "integer", "minimum": 1},
                        "end_column": {
                            "type": "integer",
                            "description": _("the column behind the last character"),
                        },
                        "template": _object(
                            _("The line of the template that printed it."),
                            {"file": _text(_("the template")), "line": {"type": "integer"}},
                        ),
                        "source": _object(
                            _("The text of the issue that is printed there."), _PLACE
                        ),
                    },
                    optional=("source",),
                ),
            },
        },
    ),
}
"""What ``origins.json`` holds."""
