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
    described,
    title_of,
)


class ArticlesSection(Section):
    """A section of articles, the common one."""

    model_config = described("文章", "a section of articles")
    articles: Annotated[tuple[Article, ...], ListOf(Article)] = Field(
        default=(),
        title="文章",
        description="the articles, in their order",
        examples=[[{"title": "会议召开"}]],
    )

    def entries(self) -> Iterator[tuple[DataPath, str]]:
        for i, article in enumerate(self.articles):
            if article.entry:
                field = "contents_title" if article.contents_title else "title"
                yield ("articles", i, field), article.entry

    def body_texts(self) -> Iterator[str]:
        for article in self.articles:
            yield from article.texts()


class Brief(Part):
    """A short item; its title is printed at the start of its first paragraph."""

    model_config = described("简讯", "a short item")
    short: ClassVar[str | None] = "body"
    title: Line | None = Field(
        default=None,
        title="标题",
        description="the title, which opens the first paragraph",
        examples=["会议召开。"],
    )
    body: Body = Field(
        min_length=1,
        title="正文",
        description="the text of the item, or a list of texts and blocks",
        examples=["3月5日，会议召开。"],
    )
    signature: Line | None = Field(
        default=None,
        title="供稿",
        description="who sent the item in; printed in brackets",
        examples=["市委办公室"],
    )

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

    model_config = described("简讯", "a section of short items")
    briefs: Annotated[tuple[Brief, ...], ListOf(Brief)] = Field(
        default=(),
        title="简讯",
        description="the short items, in their order",
        examples=[[{"body": "3月5日，会议召开。"}]],
    )

    def entries(self) -> Iterator[tuple[DataPath, str]]:
        for i, brief in enumerate(self.briefs):
            if brief.title:
                yield ("briefs", i, "title"), brief.title.rstrip("。．.：: 　")

    def body_texts(self) -> Iterator[str]:
        for brief in self.briefs:
            yield from brief.texts()


class TextSection(Section):
    """A section of running text and blocks, without articles."""

    model_config = described("正文", "a section of running text and blocks")
    body: Body = Field(
        default=(),
        title="正文",
        description="the text: each line that is not empty is a paragraph; or a list of texts "
        "and blocks",
        examples=["3月5日，会议召开。"],
    )

    def body_texts(self) -> Iterator[str]:
        for block in self.body:
            yield from block.texts()


_TYPES: tuple[tuple[str, type[Section]], ...] = (
    ("articles", ArticlesSection),
    ("briefs", BriefsSection),
    ("text", TextSection),
)


def section_types(folder: Path) -> list[SectionType]:
    """A type for each model, its template named after it."""
    return [
        SectionType(name, title_of(model), model, folder / f"{name}.tex.jinja", since="0.1")
        for name, model in _TYPES
    ]
