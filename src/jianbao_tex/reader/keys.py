"""The keys that a part accepts: each field by its own name and by its Chinese title."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import Field

from jianbao_tex.findings import error
from jianbao_tex.issue import Article, Block, Issue, Section
from jianbao_tex.language import Phrase, say, term
from jianbao_tex.parts import FormerTitle, Line, ListOf, OneOf, Part, title_of

TWO_SPELLINGS = error(
    "JB122", "{key} is the same key as {first} in line {line}", "keep one of the two"
)


class IssueFile(Issue):
    """The keys of an issue file: the fields of the issue, and the short forms of some of them."""

    series: Line | None = Field(
        default=None,
        title="系列",
        description="the file with what the issues of a series share",
        examples=["series.yaml"],
    )
    articles: Annotated[tuple[Article, ...], ListOf(Article)] = Field(
        default=(),
        title="文章",
        description="the articles of an issue without sections, in their order",
        examples=[[{"title": "会议召开"}]],
    )


@functools.cache
def _shared_titles() -> Mapping[str, str]:
    """The Chinese key of each field of the issue and its parts: the same word for the same name."""
    models: list[type[Part]] = [IssueFile, Section, Article]
    for model in models:
        models += [part for part in _parts_of(model) if part not in models]
    return {
        name: field.title
        for model in models
        for name, field in model.model_fields.items()
        if field.title
    }


def _parts_of(model: type[Part]) -> Iterator[type[Part]]:
    for shape in model.shapes().values():
        if isinstance(shape, OneOf | ListOf):
            yield shape.part


def chinese_key(model: type[Part], name: str) -> str:
    """
    The Chinese key of a field: its title, else that of the issue's own field of that name; '' for
    none.
    """
    return model.model_fields[name].title or _shared_titles().get(name, "")


@functools.cache
def keys_of(model: type[Part]) -> Mapping[str, str]:
    """Each key that a part accepts, English ones first, and the field that it stands for."""
    fields = model.model_fields
    former = {
        mark.title: name
        for name, field in fields.items()
        for mark in field.metadata
        if isinstance(mark, FormerTitle)
    }
    chinese = {chinese_key(model, name): name for name in fields}
    # The later entry wins: a present title is stronger than a former one.
    fields_by_key = {**{name: name for name in fields}, **former, **chinese}
    return {key: name for key, name in fields_by_key.items() if key}


def field_of(model: type[Part], key: str) -> str:
    """The name of the field that a key stands for; an unknown key stays as it is."""
    return keys_of(model).get(key, key)


def nearest(key: str, choices: Iterable[str]) -> str:
    """The known key that looks most like a wrong one; '' for none."""
    close = difflib.get_close_matches(key, [*choices], n=1, cutoff=0.5)
    return close[0] if close else ""


def part_name(model: type[Part]) -> Phrase:
    """The name of a part in messages: the section, the article, the masthead."""
    if issubclass(model, Section):
        model = Section
    name = model.name if issubclass(model, Block) else _words_of(model.__name__)
    return say("the {part}", part=term(name.replace("_", " "), zh=title_of(model)))


def _words_of(name: str) -> str:
    """The words of a class's name."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
