"""
A changed issue as plain data, and back again: so it passes from a fork that plugins run in.

What is the same object as before is named by its number, so it comes back as the object that it
was and keeps its place in the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter

from jianbao_tex.issue import Issue
from jianbao_tex.language import InvalidValue, say
from jianbao_tex.parts import Part

_PLAIN = (str, int, float, bool, type(None))


class IssueData:
    """
    Packs and unpacks issues that were made from one issue.

    Args:
        issue: what they were made from; both processes have it.
        models: the models of sections and blocks that it may contain, in the same order.
    """

    def __init__(self, issue: Issue, models: Iterable[type[Part]]) -> None:
        self._parts = [value for _, value in issue.walk() if isinstance(value, Part)]
        self._numbers = {id(part): number for number, part in enumerate(self._parts)}
        self._types = _types_in((Issue, *models))

    def pack(self, issue: Issue) -> bytes:
        """
        The data of an issue.

        Raises:
            InvalidValue: it contains a value of a type that no field declares.
        """
        return json.dumps(self._pack(issue)).encode("ascii")

    def unpack(self, data: bytes) -> Issue:
        """
        The issue again, not validated.

        Raises:
            KeyError, IndexError, TypeError, ValueError: the data was not made by `pack`.
        """
        issue = self._unpack(json.loads(data))
        if not isinstance(issue, Issue):
            raise TypeError
        return issue

    def _pack(self, value: Any) -> Any:
        if (number := self._numbers.get(id(value))) is not None:
            return {"same": number}
        if isinstance(value, list | tuple):
            return [self._pack(item) for item in value]
        if type(value) in _PLAIN:
            return value
        if type(value) not in self._types and isinstance(value, str):
            return str(value)
        if type(value) not in self._types:
            raise InvalidValue(say("no field takes a {type}", type=type(value).__name__))
        number = self._types.index(type(value))
        if isinstance(value, Part):
            fields = {name: self._pack(getattr(value, name)) for name in type(value).model_fields}
            return {"part": number, "fields": fields}
        try:
            return {
                "type": number,
                "value": TypeAdapter(type(value)).dump_python(value, mode="json"),
            }
        except Exception as exc:
            raise InvalidValue(say("no field takes a {type}", type=type(value).__name__)) from exc

    def _unpack(self, data: Any) -> Any:
        if isinstance(data, list):
            return tuple(map(self._unpack, data))
        if not isinstance(data, dict):
            return data
        if "same" in data:
            return self._parts[data["same"]]
        if "type" in data:
            return TypeAdapter(self._types[data["type"]]).validate_python(data["value"])
        model = self._types[data["part"]]
        return model.model_construct(
            **{name: self._unpack(inner) for name, inner in data["fields"].items()}
        )


def _types_in(models: Iterable[type[Part]]) -> list[type[Any]]:
    """The models, and all types that their fields name, each once."""
    types: list[type[Any]] = list(dict.fromkeys(models))
    # It grows while it is read.
    for kind in types:
        if issubclass(kind, Part):
            for field in kind.model_fields.values():
                types += [t for t in _named_in(field.annotation) if t not in types]
    return types


def _named_in(annotation: object) -> Iterator[type[Any]]:
    for kind in (annotation, get_origin(annotation)):
        if isinstance(kind, type):
            yield kind
    for inner in get_args(annotation):
        yield from _named_in(inner)
