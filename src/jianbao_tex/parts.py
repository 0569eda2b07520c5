"""
The base class of the parts of an issue, and the types of their fields.

The models of the core and of every plugin are built on it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema

from jianbao_tex.chinese import IssueDate, parse_date
from jianbao_tex.language import InvalidValue, say

DataPath = tuple[str | int, ...]
"""The way from the issue to one of its values: ``("sections", 0, "articles", 1, "title")``."""


# --- What a field contains, for the reader ---------------------------------------------


@dataclass(frozen=True)
class OneOf:
    """The field contains one part."""

    part: type[Part]


@dataclass(frozen=True)
class ListOf:
    """The field contains a list of parts."""

    part: type[Part]


@dataclass(frozen=True)
class BodyOf:
    """The field contains a body: text, or a list of texts and blocks."""


@dataclass(frozen=True)
class SectionsOf:
    """The field contains sections; each section names its type."""


@dataclass(frozen=True)
class TextsOf:
    """The field contains a list of texts; one text means a list with this text."""


@dataclass(frozen=True)
class RowsOf:
    """The field contains rows: a list of lists of texts."""


@dataclass(frozen=True)
class LabelledOf:
    """The field contains a mapping from labels to texts; each pair becomes one part."""

    label: str
    text: str


@dataclass(frozen=True)
class PictureOf:
    """
    The field contains the name of a picture file in the issue's folder or below it.

    ``share`` names the field of the same part that says which share of the text's width the
    picture takes, from 0 to 1; '' for a part whose template prints it at any width.
    """

    share: str = ""


@dataclass(frozen=True)
class UntrimmedText:
    """The field contains text; the spaces at its start and end are kept."""


FieldShape = (
    UntrimmedText | OneOf | ListOf | BodyOf | SectionsOf | TextsOf | RowsOf | LabelledOf | PictureOf
)


class OwnText(str):
    """
    A text that the program makes, not the issue, for example the name of an alignment.

    Templates print it as TeX without an origin in the issue.
    """

    __slots__ = ()


@dataclass(frozen=True)
class FormerTitle:
    """An old Chinese key of the field; issues that use it are still read."""

    title: str


def described(title: str, description: str = "", *, examples: Sequence[object] = ()) -> ConfigDict:
    """
    The Chinese key of a part, its description and examples of its value, as model settings.

    ``Field(title=…, description=…, examples=[…])`` gives the same for a field.
    """
    extra: dict[str, Any] = {"description": description, "examples": [*examples]}
    return ConfigDict(title=title, json_schema_extra=extra)


def title_of(model: type[Part]) -> str:
    """The Chinese key of a part; '' if its model has none."""
    return model.model_config.get("title") or ""


def help_of(model: type[Part]) -> dict[str, Any]:
    """The ``description`` and the ``examples`` of a part, from its model settings."""
    extra = model.model_config.get("json_schema_extra")
    return extra if isinstance(extra, dict) else {}


class Part(BaseModel):
    """
    A part of an issue.

    Each field gives its Chinese key, its description and examples:
    ``Field(title=…, description=…, examples=[…])``.  A part that is itself a value, for example
    a block, gives them in ``model_config = described(…)``.  ``short`` is the field that takes a
    plain text where a mapping is expected.  ``name_fields`` are the fields whose texts name
    something, such as a layout, and are not printed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    short: ClassVar[str | None] = None
    name_fields: ClassVar[frozenset[str]] = frozenset()

    def texts(self) -> Iterator[str]:
        """The texts that the part prints, in print order."""
        raise NotImplementedError

    @classmethod
    def shapes(cls) -> dict[str, FieldShape | None]:
        """What each field contains; ``None`` for one plain text."""
        return {
            name: next((m for m in field.metadata if isinstance(m, FieldShape)), None)
            for name, field in cls.model_fields.items()
        }

    @classmethod
    @functools.cache
    def unprinted(cls) -> frozenset[str]:
        """The fields whose texts are not printed: ``name_fields``, names of pictures, choices."""
        pictures = {name for name, shape in cls.shapes().items() if isinstance(shape, PictureOf)}
        fields = cls.model_fields.items()
        return cls.name_fields | pictures | {name for name, f in fields if _is_choice(f.annotation)}


def _is_choice(annotation: object) -> bool:
    return get_origin(annotation) is Literal or any(map(_is_choice, get_args(annotation)))


ONE_LINE = r"^[^\n]*$"
"""The pattern of a text of one line."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=ONE_LINE)]
"""A text of one line."""
Title = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
"""A title; a line break in it is a break on the page."""
MAX_PARAGRAPH = 60_000
Long = Annotated[str, StringConstraints(min_length=1, max_length=MAX_PARAGRAPH, pattern=ONE_LINE)]
"""The text of a paragraph."""


_MAX_DIGITS = 6
_COUNT = say("a number from 1 to 999999 without leading zeros")


def digits(value: object) -> object:
    if isinstance(value, str):
        if (
            # `isdigit` alone takes ² and the digits of other scripts.
            not (value.isascii() and value.isdigit())
            or len(value) > _MAX_DIGITS
            or value.startswith("0")
        ):
            raise InvalidValue(_COUNT)
        return int(value)
    if isinstance(value, int) and not 0 < value < 10**_MAX_DIGITS:
        raise InvalidValue(_COUNT)
    return value


def _parse_year(value: object) -> object:
    number = digits(value) if isinstance(value, str) else value
    if isinstance(number, int) and not _FIRST_YEAR <= number <= _LAST_YEAR:
        raise InvalidValue(say("a year in full, such as 2026"))
    return number


_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def _parse_day(value: object) -> object:
    if isinstance(value, str):
        try:
            return parse_date(value)
        except ValueError as error:
            raise InvalidValue(
                say("a date such as 2020-03-10 or a month such as 2020-03")
            ) from error
    return value


_LEAST_TERM, _MOST_TERM = 2, 30


def _check_term(value: object) -> object:
    if isinstance(value, str) and value:
        is_line = "\n" not in value
        if not is_line or not _LEAST_TERM <= len(value) <= _MOST_TERM:
            raise InvalidValue(say("a term of 2 to 30 characters, in one line"))
    return value


def _parse_truth(value: object) -> object:
    words = {"true": True, "false": False}
    if isinstance(value, str):
        if value not in words:
            raise InvalidValue(say("true or false"))
        return words[value]
    return value


# The JSON schema accepts more forms than the model keeps: people may write text for a number.
_DIGITS = WithJsonSchema(
    {
        "type": ["integer", "string"],
        "pattern": "^\\s*[1-9][0-9]{0,5}\\s*$",
        "minimum": 1,
        "maximum": 999_999,
    }
)
_YEAR = WithJsonSchema(
    {
        "type": ["integer", "string"],
        "pattern": r"^\s*(19|20|21)[0-9]{2}\s*$",
        "minimum": _FIRST_YEAR,
        "maximum": _LAST_YEAR,
    }
)
_DAY = WithJsonSchema(
    {
        "type": ["string"],
        "pattern": r"^\s*[0-9]{4}(-[0-9]{1,2}(-[0-9]{1,2})?"
        r"|\s*年\s*[0-9]{1,2}\s*月(\s*[0-9]{1,2}\s*日)?)\s*$",
    }
)
_TERM = WithJsonSchema(
    {"type": ["string", "number"], "minLength": 2, "pattern": r"^\s*\S[^\n]{0,28}\S\s*$"}
)
_YES_NO = WithJsonSchema({"enum": [True, False, "true", "false"]})

Count = Annotated[int, BeforeValidator(digits), _DIGITS]
"""A whole number from 1 to 999999, written in digits."""
Year = Annotated[int, BeforeValidator(_parse_year), _YEAR]
"""A year in four digits."""
Day = Annotated[IssueDate, BeforeValidator(_parse_day), _DAY]
"""A day or a month."""
Term = Annotated[str, BeforeValidator(_check_term), StringConstraints(min_length=1), _TERM]
"""A fixed term, which no title breaks."""
YesNo = Annotated[bool, BeforeValidator(_parse_truth), _YES_NO]
"""True or false."""


def bracketed(text: str, opening: str, closing: str) -> str:
    """The text in brackets; brackets that it already has are not doubled."""
    return text if text.startswith(opening) and text.endswith(closing) else opening + text + closing
