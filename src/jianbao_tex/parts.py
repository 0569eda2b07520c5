"""
What a part of an issue is made of: values, their forms, and what a field may hold.

The base of the core's model and of every plugin's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema

from jianbao_tex.chinese import IssueDate, parse_date
from jianbao_tex.language import Unfit, say

DataPath = tuple[str | int, ...]
"""The way from the issue to one of its values: ``("sections", 0, "articles", 1, "title")``."""


# --- What a field may hold, for the reader ---------------------------------------------


@dataclass(frozen=True)
class OneOf:
    """The field holds one part."""

    part: type[Part]


@dataclass(frozen=True)
class ListOf:
    """The field holds a list of parts."""

    part: type[Part]


@dataclass(frozen=True)
class BodyOf:
    """The field holds a body: text, or a list of texts and blocks."""


@dataclass(frozen=True)
class SectionsOf:
    """The field holds sections, each of the type that it names."""


@dataclass(frozen=True)
class TextsOf:
    """The field holds a list of texts; a single text stands for a list of one."""


@dataclass(frozen=True)
class RowsOf:
    """The field holds a list of lists of texts."""


@dataclass(frozen=True)
class LabelledOf:
    """The field holds a mapping from a label to a text, in order; parts with two fields."""

    label: str
    text: str


@dataclass(frozen=True)
class PictureOf:
    """The field holds the name of a picture file, in the issue's folder or below it."""


@dataclass(frozen=True)
class EdgesOf:
    """The field holds text whose spaces at both ends count."""


Shape = EdgesOf | OneOf | ListOf | BodyOf | SectionsOf | TextsOf | RowsOf | LabelledOf | PictureOf


class OwnText(str):
    """
    A text that we made ourselves, of no character of the issue: the name of an alignment.

    Templates print it as TeX that leads back to nobody.
    """

    __slots__ = ()


@dataclass(frozen=True)
class Formerly:
    """A Chinese key that the field had before; issues that have it are still read."""

    title: str


def titled(title: str, description: str = "", *, examples: Sequence[object] = ()) -> ConfigDict:
    """
    What the key of a part is called in Chinese, what the part is for, and what may stand there.

    The same three as ``Field(title=…, description=…, examples=[…])`` says of a field.
    """
    shown: dict[str, Any] = {"description": description, "examples": [*examples]}
    return ConfigDict(title=title, json_schema_extra=shown)


def title_of(model: type[Part]) -> str:
    """What the key of a part is called in Chinese; '' where its model does not say."""
    return model.model_config.get("title") or ""


def help_of(model: type[Part]) -> dict[str, Any]:
    """What a part that is a value itself is for (``description``), and ``examples`` of it."""
    shown = model.model_config.get("json_schema_extra")
    return shown if isinstance(shown, dict) else {}


class Part(BaseModel):
    """
    A part of an issue.

    Each field says beside its type how its key is called in Chinese, what it is for and what
    may stand there: ``Field(title=…, description=…, examples=[…])``; a part that is a value
    itself, as a block is, says it by ``model_config = titled(…)``.  ``short`` names the field
    that a bare text fills where a mapping is expected.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    short: ClassVar[str | None] = None

    def texts(self) -> Iterator[str]:
        """What the part prints, in print order."""
        raise NotImplementedError

    @classmethod
    def shapes(cls) -> dict[str, Shape | None]:
        """What each field holds; ``None`` for one plain text."""
        return {
            name: next((m for m in field.metadata if isinstance(m, Shape)), None)
            for name, field in cls.model_fields.items()
        }


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
            not (value.isascii() and value.isdigit())
            or len(value) > _MAX_DIGITS
            or value.startswith("0")
        ):
            raise Unfit(_COUNT)
        return int(value)
    if isinstance(value, int) and not 0 < value < 10**_MAX_DIGITS:
        raise Unfit(_COUNT)
    return value


def _date(value: object) -> object:
    if isinstance(value, str):
        try:
            return parse_date(value)
        except ValueError as wrong:
            raise Unfit(say("a date such as 2020-03-10 or a month such as 2020-03")) from wrong
    return value


def _yes_or_no(value: object) -> object:
    words = {"true": True, "false": False}
    if isinstance(value, str):
        if value not in words:
            raise Unfit(say("true or false"))
        return words[value]
    return value


# What people and their editors may write is wider than what the model holds.
_DIGITS = WithJsonSchema(
    {
        "type": ["integer", "string"],
        "pattern": "^\\s*[1-9][0-9]{0,5}\\s*$",
        "minimum": 1,
        "maximum": 999_999,
    }
)
_DAY = WithJsonSchema(
    {
        "type": ["string"],
        "pattern": r"^\s*[0-9]{4}(-[0-9]{1,2}(-[0-9]{1,2})?"
        r"|\s*年\s*[0-9]{1,2}\s*月(\s*[0-9]{1,2}\s*日)?)\s*$",
    }
)
_YES_NO = WithJsonSchema({"enum": [True, False, "true", "false"]})

Count = Annotated[int, BeforeValidator(digits), _DIGITS]
"""A counting number, written in plain digits."""
Day = Annotated[IssueDate, BeforeValidator(_date), _DAY]
"""A day or a month."""
YesNo = Annotated[bool, BeforeValidator(_yes_or_no), _YES_NO]
"""True or false."""


def bracketed(text: str, opening: str, closing: str) -> str:
    """The text in brackets, unless its author put them there."""
    return text if text.startswith(opening) and text.endswith(closing) else opening + text + closing
