"""The parts of the text: blocks, articles, sections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, model_validator

from jianbao_tex.chinese import HeadingLevel
from jianbao_tex.language import InvalidValue, say
from jianbao_tex.parts import (
    BodyOf,
    DataPath,
    FormerTitle,
    Line,
    ListOf,
    Long,
    Part,
    Title,
    UntrimmedText,
    YesNo,
    bracketed,
    described,
    digits,
)

# --- Blocks ----------------------------------------------------------------------------


class Block(Part):
    """
    A piece of a body.

    ``name`` is the key that names it in YAML.  A block with ``after_signature`` is printed after
    signature and credits of its article, wherever it is in the body.
    """

    name: ClassVar[str]
    after_signature: ClassVar[bool] = False


Body = Annotated[tuple[Block, ...], BodyOf()]
"""A body: paragraphs, headings and other blocks, in their order."""


class Run(Part):
    """A stretch of a paragraph in one face; an emphasised one is a lead (一是……。)."""

    model_config = described("文段", "a stretch of a paragraph")
    short: ClassVar[str | None] = "text"
    text: Annotated[Long, UntrimmedText()] = Field(
        title="文字", description="the text", examples=["一是加强领导。"]
    )
    emphasis: YesNo = Field(
        default=False,
        title="强调",
        description="whether the run is emphasised, such as the lead of a paragraph",
        examples=[True],
    )

    def texts(self) -> Iterator[str]:
        yield self.text


class Paragraph(Block):
    """A paragraph of the body."""

    model_config = described(
        "段落", "a paragraph that is never taken for a heading", examples=["一、二、三都对。"]
    )
    name: ClassVar[str] = "paragraph"
    runs: Annotated[tuple[Run, ...], ListOf(Run)] = Field(
        min_length=1,
        title="文段",
        description="the runs of the paragraph, one by one",
        examples=[[{"text": "开头。"}]],
    )

    def texts(self) -> Iterator[str]:
        yield "".join(run.text for run in self.runs)


class Heading(Block):
    """A heading of level 1 (一、) to 4 (（1）)."""

    model_config = described("小标题", "a heading", examples=["一、背景"])
    name: ClassVar[str] = "heading"
    short: ClassVar[str | None] = "text"
    text: Line = Field(title="文字", description="the text of the heading", examples=["一、背景"])
    level: Annotated[HeadingLevel, BeforeValidator(digits)] = Field(
        default=1,
        title="级别",
        description="1 for 一、, 2 for （一）, 3 for 1., 4 for （1）",
        examples=[1],
    )

    def texts(self) -> Iterator[str]:
        yield self.text


# --- Sections ----------------------------------------------------------------------------


class Article(Part):
    """An article of a section."""

    model_config = described("文章", "an article")
    title: Title | None = Field(
        default=None,
        title="标题",
        description="the title; a line break in it is one on the page",
        examples=["会议召开"],
    )
    contents_title: Title | None = Field(
        default=None,
        title="目录标题",
        description="the title in the contents, where it differs",
        examples=["会议召开"],
    )
    subtitle: Title | None = Field(
        default=None,
        title="副标题",
        description="the line below the title",
        examples=["——记某县某村"],
    )
    body: Body = Field(
        default=(),
        title="正文",
        description="the text: each line that is not empty is a paragraph; or a list of texts "
        "and blocks",
        examples=["3月5日，会议召开。"],
    )
    signature: Line | None = Field(
        default=None,
        title="供稿",
        description="who sent the article in; printed in brackets",
        examples=["市委办公室"],
    )
    credits: Annotated[Line | None, FormerTitle("署名")] = Field(
        default=None,
        title="编校信息",
        description="who wrote and edited the article and took the pictures",
        examples=["张三　李四"],
    )

    @model_validator(mode="after")
    def _check_title(self) -> Article:
        if self.subtitle and not self.title:
            raise InvalidValue(say("a subtitle needs a title"))
        return self

    @property
    def entry(self) -> str | None:
        """The title in the contents."""
        return self.contents_title or self.title

    @property
    def signature_line(self) -> str | None:
        """The signature in full-width brackets."""
        return bracketed(self.signature, "（", "）") if self.signature else None

    def texts(self) -> Iterator[str]:
        yield from filter(None, (self.title, self.subtitle))
        for block in self.body:
            if not block.after_signature:
                yield from block.texts()
        yield from filter(None, (self.signature_line, self.credits))
        for block in self.body:
            if block.after_signature:
                yield from block.texts()


class Section(Part):
    """
    A section 【…】 of any type; a section type derives from it.

    ``entries()`` are the titles which the section gives to the contents.
    """

    model_config = described("栏目", "a section")
    name_fields = frozenset({"type"})
    type: str = Field(
        default="articles",
        title="类型",
        description="the type of the section; without it a section contains articles",
        examples=["briefs"],
    )
    name: Line | None = Field(
        default=None,
        title="名称",
        description="the name of the section, without 【】",
        examples=["要闻"],
    )

    @property
    def name_line(self) -> str | None:
        """The name in 【】."""
        return bracketed(self.name, "【", "】") if self.name else None

    def entries(self) -> Iterator[tuple[DataPath, str]]:
        """Each entry of the contents, with the path from the section to its text."""
        yield from ()

    def body_texts(self) -> Iterator[str]:
        """What the section prints below its name."""
        yield from ()

    def texts(self) -> Iterator[str]:
        if self.name_line:
            yield self.name_line
        yield from self.body_texts()
