"""Fields declared in a ``plugin.toml`` -> the same model as a Python plugin writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from jianbao_tex.hooks import (
    Block,
    BodyOf,
    Count,
    DataPath,
    Day,
    InvalidValue,
    IssueDate,
    Line,
    ListOf,
    Long,
    OneOf,
    Part,
    PictureOf,
    RowsOf,
    Section,
    TextsOf,
    Title,
    YesNo,
    say,
)
from jianbao_tex.registry.extending import AnyPart, with_methods

FieldType = Literal[
    "line",
    "long",
    "title",
    "body",
    "texts",
    "rows",
    "count",
    "number",
    "date",
    "yes_no",
    "choice",
    "picture",
    "part",
    "parts",
]


class DeclaredField(BaseModel):
    """
    A field that a ``plugin.toml`` declares.

    ``before`` and ``after`` are printed around the value; a template gets all three as
    ``NAME_line``.  A field that is not ``printed`` only controls the template.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    type: FieldType = "line"
    label: str = Field(min_length=1, max_length=40, pattern=r"^[^\s:#,\[\]{}&*!|>'\"%@`]+$")
    about: str = ""
    example: str | int | float | bool | list[Any] | None = None
    required: bool = False
    default: str | int | float | bool | None = None
    choices: list[str] = Field(default_factory=list)
    least: int | float | None = None
    most: int | float | None = None
    part: str = ""
    before: str = Field(default="", max_length=40)
    after: str = Field(default="", max_length=40)
    printed: bool = True


def _parse_number(value: object) -> object:
    if isinstance(value, str):
        # float() alone would take nan, inf and 1_000, too.
        if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", value):
            raise InvalidValue(say("a number such as 12 or 3.5"))
        return float(value)
    return value


PLAIN: Mapping[str, Any] = {
    "line": Line,
    "long": Long,
    "title": Title,
    "count": Count,
    "number": Annotated[float, BeforeValidator(_parse_number)],
    "date": Day,
}
"""The types of fields that hold one value that is printed."""

_Printable = str | int | float | IssueDate


@dataclass(frozen=True)
class _Printing:
    """How a declared part prints its fields: in the order in which they are declared."""

    fields: Mapping[str, DeclaredField]

    def texts(self, part: Part) -> Iterator[str]:
        for name, field in self.fields.items():
            if field.printed:
                yield from self._texts(field, getattr(part, name))

    def _texts(self, field: DeclaredField, value: Any) -> Iterator[str]:
        if value is None or isinstance(value, bool):
            return
        if field.type in {"part", "parts", "body"}:
            for inner in value if isinstance(value, tuple) else (value,):
                yield from inner.texts()
        elif field.type == "rows":
            yield from (cell for row in value for cell in row)
        elif field.type == "texts":
            yield from value
        elif field.type != "picture":
            yield self.line(field, value)

    @staticmethod
    def line(field: DeclaredField, value: _Printable) -> str:
        """The printed form of a value: with the field's ``before`` and ``after``."""
        text = f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
        return field.before + text + field.after


def _entries(part: Any, keys: tuple[str, ...], path: DataPath) -> Iterator[tuple[DataPath, str]]:
    if isinstance(part, tuple):
        for i, item in enumerate(part):
            yield from _entries(item, keys, (*path, i))
    elif keys and part is not None:
        yield from _entries(getattr(part, keys[0], None), keys[1:], (*path, keys[0]))
    elif part is not None:
        yield path, str(part)


def model_of(
    base: type[AnyPart],
    name: str,
    fields: Mapping[str, DeclaredField],
    parts: Mapping[str, type[Part]],
    contents: tuple[str, ...] = (),
) -> type[AnyPart]:
    """
    The model of declared fields; ``contents`` is the path to the entries of a section type.

    Its functions know their own fields alone, so that a model which extends this one can call the
    functions of both.

    Raises:
        KeyError: a field names a part that is not declared before it.
    """
    definitions = {key: _field_definition(field, parts) for key, field in fields.items()}
    printing = _Printing(fields)

    def texts(part: Part) -> Iterator[str]:
        yield from printing.texts(part)

    def entries(section: Section) -> Iterator[tuple[DataPath, str]]:
        if contents:
            yield from _entries(section, contents, ())

    own = (
        with_methods(base, body_texts=texts, entries=entries)
        if issubclass(base, Section)
        else with_methods(base, texts=texts)
    )
    model: type[AnyPart] = create_model(name, __base__=own, **definitions)  # type: ignore[call-overload]
    for key, field in fields.items():
        if field.type in {*PLAIN, "choice"}:
            setattr(model, f"{key}_line", property(_line_getter(key, field)))
    return model


def _line_getter(key: str, field: DeclaredField) -> Callable[[Any], str | None]:
    def line(part: Any) -> str | None:
        value = getattr(part, key)
        return None if value is None else _Printing.line(field, value)

    return line


def _field_definition(field: DeclaredField, parts: Mapping[str, type[Part]]) -> tuple[Any, Any]:
    """The type and the settings of a field, for pydantic."""
    settings: dict[str, Any] = {"title": field.label, "description": field.about or None}
    if field.example is not None:
        settings["examples"] = [field.example]
    is_list = field.type in {"parts", "texts", "rows", "body"}
    kind, mark = _type_and_mark(field, parts)
    is_optional = not field.required and not is_list and field.default is None
    kind = kind | None if is_optional else kind
    # The reader looks for the mark on the field, not inside an optional type.
    kind = Annotated[kind, mark] if mark else kind
    least = field.least if field.least is not None else (1 if field.required and is_list else None)
    if is_list:
        settings |= {k: v for k, v in (("min_length", least), ("max_length", field.most)) if v}
    elif field.type in {"count", "number"}:
        bounds = (("ge", field.least), ("le", field.most))
        settings |= {k: v for k, v in bounds if v is not None}
    if field.required:
        return kind, Field(**settings)
    if is_list:
        return kind, Field(default=(), **{k: v for k, v in settings.items() if k != "min_length"})
    if field.default is not None:
        # A default has the form that an issue would write: text.
        value = field.default if isinstance(field.default, bool) else str(field.default)
        return kind, Field(default=value, validate_default=True, **settings)
    return kind, Field(default=None, **settings)


def _type_and_mark(field: DeclaredField, parts: Mapping[str, type[Part]]) -> tuple[Any, Any]:  # noqa: PLR0911 -- one return a type
    """The type of a field, and its mark for the reader."""
    match field.type:
        case "body":
            return tuple[Block, ...], BodyOf()
        case "texts":
            return tuple[Line, ...], TextsOf()
        case "rows":
            return tuple[tuple[str, ...], ...], RowsOf()
        case "yes_no":
            return YesNo, None
        case "choice":
            return Literal[tuple(field.choices)], None
        case "picture":
            return Line, PictureOf()
        case "part":
            return parts[field.part], OneOf(parts[field.part])
        case "parts":
            inner = parts[field.part]
            return tuple[inner, ...], ListOf(inner)  # type: ignore[valid-type]
        case _:
            return PLAIN[field.type], None
