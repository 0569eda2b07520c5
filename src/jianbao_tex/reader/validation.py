"""pydantic's errors -> findings, by their type, never by their wording."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from jianbao_tex.findings import Finding, Kind, Where, error
from jianbao_tex.language import say
from jianbao_tex.parts import ONE_LINE as LINE_PATTERN
from jianbao_tex.parts import DataPath, Part
from jianbao_tex.places import Place
from jianbao_tex.reader.keys import chinese_key, part_name
from jianbao_tex.reader.nodes import Node

MISSING = error("JB140", "{key} is missing", "add the key {key} ({chinese})")
_EMPTY = error("JB141", "{key} has no value", "write a value, or leave the key out")
_LONG = error("JB142", "{key} is longer than {limit} characters", "shorten it")
ONE_LINE = error("JB143", "{key} must be one line", "join its lines, or write several entries")
_CHOICE = error("JB144", "{key} cannot be {value}", "choose one of: {choices}")
_FORM = error("JB145", "{key} cannot be {value}", "it must be {form}")
_RANGE = error("JB146", "{key} cannot be {value}", "it must be {relation} {bound}")
_PART = error("JB147", "{part} is not right: {reason}", "see docs/writing.md for its form")
_OTHER = error("JB149", "{key} is not right ({reason})", "see docs/writing.md for its form")

# The forms of the plain types that a department's model may use.
_FORMS = {
    "int_parsing": say("a whole number"),
    "int_from_float": say("a whole number"),
    "float_parsing": say("a number"),
    "decimal_parsing": say("a number"),
    "bool_parsing": say("true or false"),
    "date_parsing": say("a date such as 2020-03-10"),
    "date_from_datetime_parsing": say("a date such as 2020-03-10"),
}
# pydantic names the choices, texts in quotes, joined by a word.
_CHOICES = re.compile(r"'([^']*)'|\"([^\"]*)\"|(\d+)")
_BOUNDS = {
    "ge": say("at least"),
    "gt": say("more than"),
    "le": say("at most"),
    "lt": say("less than"),
}


# The path to a value of a labelled line: the field, the number of the line, the value.
_IN_A_LINE = 3


def findings_of(
    exc: ValidationError,
    model: type[Part],
    node: Node,
    path: DataPath,
    places: Mapping[DataPath, Place],
) -> list[tuple[str, Finding]]:
    """Each error of a part as the name of its field and a finding at the field's own place."""
    findings = []
    faults = exc.errors(include_url=False)
    for fault in faults:
        loc: DataPath = fault["loc"]
        if any(len(f["loc"]) > len(loc) and f["loc"][: len(loc)] == loc for f in faults if loc):
            # pydantic does not count faulty entries, and then finds the list too short.
            continue
        name = next((step for step in reversed(loc) if isinstance(step, str)), "")
        where = _nearest_place((*path, *loc), places, node.where)
        if not loc:
            context = fault.get("ctx", {})
            finding = _PART.at(
                where, part=part_name(model), reason=context.get("error") or fault["msg"]
            )
            findings.append(("", finding))
            continue
        kind, values = _kind_and_values(fault["type"], fault.get("ctx", {}), fault.get("input"))
        chinese = (name in model.model_fields and chinese_key(model, name)) or name
        key = _label(path, loc, places) or _key_as_written(node, name, chinese)
        findings.append(
            (str(loc[0]) if loc else "", kind.at(where, key=key, chinese=chinese, **values))
        )
    return findings


def _kind_and_values(  # noqa: PLR0911 -- one return a type of error
    type_: str, context: Mapping[str, Any], value: object
) -> tuple[Kind, dict[str, object]]:
    match type_:
        case "missing":
            return MISSING, {}
        case "string_too_short" | "too_short" if context["min_length"] == 1:
            return _EMPTY, {}
        case "string_too_long":
            return _LONG, {"limit": context["max_length"]}
        case "string_pattern_mismatch" if context["pattern"] == LINE_PATTERN:
            return ONE_LINE, {}
        case "literal_error":
            choices = tuple(filter(None, map("".join, _CHOICES.findall(context["expected"]))))
            return _CHOICE, {"value": value, "choices": choices}
        case "value_error":
            return _FORM, {"value": value, "form": context["error"]}
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than":
            (name,) = (name for name in _BOUNDS if name in context)
            limit = context[name]
            bound = f"{limit:.12g}" if isinstance(limit, float) else str(limit)
            return _RANGE, {"value": value, "relation": _BOUNDS[name], "bound": bound}
        case _ if type_ in _FORMS:
            return _FORM, {"value": value, "form": _FORMS[type_]}
        case _:
            return _OTHER, {"reason": type_}


def _label(path: DataPath, loc: DataPath, places: Mapping[DataPath, Place]) -> str:
    """The user's label of a line, for example 报 in the distribution block."""
    if len(loc) < _IN_A_LINE or not isinstance(loc[1], int):
        return ""
    place = places.get((*path, *loc[:2]))
    scalar = place.scalar if place else None
    return scalar.value.strip() if scalar and "\n" not in scalar.value else ""


def _nearest_place(path: DataPath, places: Mapping[DataPath, Place], default: Where) -> Where:
    while path and path not in places:
        path = path[:-1]
    return places[path].where if path in places else default


def _key_as_written(node: Node, name: str, chinese: str) -> str:
    """The key as the user wrote it; the field's name if the key is missing."""
    if node.kind == "mapping":
        for spelling in (chinese, name):
            if spelling in node.keys:
                return spelling
    return name
