"""The built-in section types: models and records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from jianbao_tex.hooks import (
    Article,
    Body,
    DataPath,
    Line,
    ListOf,
    Part,
    Section,
    SectionType,
    bracketed,
)


class ArticlesSection(Section):
    """A section of articles, the common one."""

    articles: Annotated[tuple[Article, ...], ListOf(Article)] = ()

    def entries(self) -> Iterator[tuple[DataPath, str]]:
        for i, article in enumerate(self.articles):
            if article.entry:
                field = "contents_title" if article.contents_title else "title"
                yield ("articles", i, field), article.entry

    def body_texts(self) -> Iterator[str]:
        for article in self.articles:
            yield from article.texts()


class Brief(Part):
    """A short item: its title, if any, opens its first paragraph."""

    short: ClassVar[str | None] = "body"
    title: Line | None = None
    body: Annotated[Body, Field(min_length=1)]
    signature: Line | None = None

    @property
    def signature_line(self) -> str | None:
        """The signature in full-width brackets."""
        return bracketed(self.signature, "（", "）") if self.signature else None

    def texts(self) -> Iterator[str]:
        if self.title:
            yield self.title
        for block in self.body:
            yield from block.texts()
        if self.signature_line:
            yield self.signature_line


class BriefsSection(Section):
    """简讯: a section of short items."""

    briefs: Annotated[tuple[Brief, ...], ListOf(Brief)] = ()

    def entries(self) -> Iterator[tuple[DataPath, str]]:
        for i, brief in enumerate(self.briefs):
            if brief.title:
                yield ("briefs", i, "title"), brief.title.rstrip("。．.：: 　")

    def body_texts(self) -> Iterator[str]:
        for brief in self.briefs:
            yield from brief.texts()


class TextSection(Section):
    """A section of running text and blocks, without articles."""

    body: Body = ()

    def body_texts(self) -> Iterator[str]:
        for block in self.body:
            yield from block.texts()


_TYPES: tuple[tuple[str, str, type[Section]], ...] = (
    ("articles", "文章", ArticlesSection),
    ("briefs", "简讯", BriefsSection),
    ("text", "正文", TextSection),
)


def section_types(folder: Path) -> list[SectionType]:
    """A type for each model, its template named after it."""
    return [
        SectionType(name, label, model, folder / f"{name}.tex.jinja", since="0.1")
        for name, label, model in _TYPES
    ]
