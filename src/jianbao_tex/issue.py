"""
The validated bulletin: an issue and its parts.  No disk, no YAML, no TeX.

Every part is frozen.  ``texts()`` yields what a part prints, in print order, with all
that the page adds to the data (第N期, 【】, brackets, colons); templates print the same
properties, so page and text cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, StringConstraints, model_validator

from jianbao_tex.chinese import HeadingLevel, issue_number
from jianbao_tex.findings import Where
from jianbao_tex.language import Unfit, say
from jianbao_tex.parts import (
    ONE_LINE,
    BodyOf,
    Count,
    DataPath,
    Day,
    EdgesOf,
    LabelledOf,
    Line,
    ListOf,
    Long,
    OneOf,
    Part,
    PictureOf,
    SectionsOf,
    TextsOf,
    Title,
    YesNo,
    bracketed,
    digits,
)
from jianbao_tex.places import Place

# --- Blocks ----------------------------------------------------------------------------


class Block(Part):
    """
    A piece of a body.

    ``name`` is the key that names it in YAML.  What stands ``after_signature`` is printed
    behind signature and credits of its article, wherever the body has it.
    """

    name: ClassVar[str]
    after_signature: ClassVar[bool] = False


Body = Annotated[tuple[Block, ...], BodyOf()]
"""A body: paragraphs, headings and other blocks, in their order."""


class Run(Part):
    """A stretch of a paragraph in one face; an emphasised one is a lead (一是……。)."""

    short: ClassVar[str | None] = "text"
    text: Annotated[Long, EdgesOf()]
    emphasis: YesNo = False

    def texts(self) -> Iterator[str]:
        yield self.text


class Paragraph(Block):
    """A paragraph of the body."""

    name: ClassVar[str] = "paragraph"
    runs: Annotated[tuple[Run, ...], ListOf(Run), Field(min_length=1)]

    def texts(self) -> Iterator[str]:
        yield "".join(run.text for run in self.runs)


class Heading(Block):
    """A heading of level 1 (一、) to 4 (（1）)."""

    name: ClassVar[str] = "heading"
    short: ClassVar[str | None] = "text"
    text: Line
    level: Annotated[HeadingLevel, BeforeValidator(digits)] = 1

    def texts(self) -> Iterator[str]:
        yield self.text


# --- Sections ----------------------------------------------------------------------------


class Article(Part):
    """An article of a section."""

    title: Title | None = None
    contents_title: Title | None = None
    subtitle: Title | None = None
    body: Body = ()
    signature: Line | None = None
    credits: Line | None = None

    @model_validator(mode="after")
    def _titled(self) -> Article:
        if self.subtitle and not self.title:
            raise Unfit(say("a subtitle needs a title"))
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

    type: str = "articles"
    name: Line | None = None

    @property
    def name_line(self) -> str | None:
        """The name in 【】."""
        return bracketed(self.name, "【", "】") if self.name else None

    def entries(self) -> Iterator[tuple[DataPath, str]]:
        """Each entry of the contents, with the way from the section to its text."""
        yield from ()

    def body_texts(self) -> Iterator[str]:
        """What the section prints below its name."""
        yield from ()

    def texts(self) -> Iterator[str]:
        if self.name_line:
            yield self.name_line
        yield from self.body_texts()


# --- The issue -----------------------------------------------------------------------------


class Masthead(Part):
    """报头: what the issues of a series have in common at the head of page 1."""

    slogan: Title | None = None
    name: Title
    issuer: Annotated[tuple[Line, ...], TextsOf()] = ()
    security: Line | None = None
    security_period: Line | None = None
    notice: Line | None = None
    signed_by: Line | None = None

    @property
    def security_line(self) -> str | None:
        """密级 and term, joined by a star (GB/T 9704-2012, 7.2.2)."""
        return "★".join(filter(None, (self.security, self.security_period))) or None


class Receivers(Part):
    """A line of the distribution block."""

    label: Annotated[str, StringConstraints(min_length=1, max_length=8, pattern=ONE_LINE)]
    names: Long

    @property
    def label_line(self) -> str:
        """The label with its full-width colon."""
        return self.label.rstrip("：:") + "："

    def texts(self) -> Iterator[str]:
        yield self.label_line + self.names


class Imprint(Part):
    """The last line of the distribution block."""

    short: ClassVar[str | None] = "issuer"
    issuer: Line
    date: Day | None = None
    copies: Count | None = None

    @property
    def date_line(self) -> str | None:
        """When it was printed."""
        return f"{self.date}印发" if self.date else None

    @property
    def copies_line(self) -> str | None:
        """In how many copies."""
        return f"（共印{self.copies}份）" if self.copies else None

    def texts(self) -> Iterator[str]:
        yield from filter(None, (self.issuer, self.date_line, self.copies_line))


class Option(Part):
    """A figure of the layout that the issue sets otherwise."""

    name: Annotated[str, StringConstraints(max_length=60)]
    value: Annotated[str, StringConstraints(max_length=200)]


@dataclass(frozen=True)
class ContentsGroup:
    """
    The entries which one section gives to the contents, each with its path.

    ``name`` is that of the section in 【】, ``bare`` without.
    """

    name: str | None
    bare: str | None
    path: DataPath
    entries: tuple[tuple[DataPath, str], ...]


class Issue(Part):
    """One issue of a bulletin."""

    masthead: Annotated[Masthead, OneOf(Masthead)]
    number: Count | None = None
    year: Count | None = None
    total: Count | None = None
    kind: Literal["正刊", "增刊", "专刊"] = "正刊"
    date: Day | None = None
    copy_number: Line | None = None
    layout: Line = "classic"
    options: Annotated[tuple[Option, ...], LabelledOf("name", "value")] = ()
    sections: Annotated[tuple[Section, ...], SectionsOf()] = ()
    distribution: Annotated[tuple[Receivers, ...], LabelledOf("label", "names")] = ()
    imprint: Annotated[Imprint | None, OneOf(Imprint)] = None

    _places: Mapping[DataPath, Place] = PrivateAttr(default_factory=dict)
    _bytes_read: Mapping[str, bytes] = PrivateAttr(default_factory=dict)

    @property
    def number_line(self) -> str | None:
        """第363期, with year and running total where given."""
        if self.number is None:
            return None
        return issue_number(self.number, year=self.year, total=self.total)

    @property
    def kind_line(self) -> str | None:
        """增刊 or 专刊; an ordinary issue says nothing."""
        return None if self.kind == "正刊" else self.kind

    @property
    def date_line(self) -> str | None:
        return str(self.date) if self.date else None

    @property
    def contents(self) -> tuple[ContentsGroup, ...]:
        """The contents, made from the titles; none for an issue of a single title."""
        groups = tuple(
            ContentsGroup(
                section.name_line,
                section.name,
                ("sections", i, "name"),
                tuple((("sections", i, *path), text) for path, text in section.entries()),
            )
            for i, section in enumerate(self.sections)
        )
        groups = tuple(group for group in groups if group.entries)
        return groups if sum(len(group.entries) for group in groups) > 1 else ()

    def masthead_texts(self) -> Iterator[str]:
        """What the masthead prints, from top to bottom."""
        head = self.masthead
        yield from filter(
            None,
            (
                head.security_line,
                self.copy_number,
                head.notice,
                head.slogan,
                head.name,
                self.kind_line,
                self.number_line,
                f"签发人：{head.signed_by}" if head.signed_by else None,
                *head.issuer,
                self.date_line,
            ),
        )

    def texts(self) -> Iterator[str]:
        yield from self.masthead_texts()
        for group in self.contents:
            yield from filter(None, (group.name, *(text for _, text in group.entries)))
        for section in self.sections:
            yield from section.texts()
        for receivers in self.distribution:
            yield from receivers.texts()
        if self.imprint:
            yield from self.imprint.texts()

    def place(self, path: Iterable[str | int]) -> Place:
        """
        The place in the user's file of the value at a path.

        A value which the file does not name (a default, a made text) has the place of
        the nearest part around it.
        """
        way: DataPath = tuple(path)
        while way and way not in self._places:
            way = way[:-1]
        return self._places.get(way) or Place(Where("issue"))

    def where(self, path: Iterable[str | int]) -> Where:
        """From the first to the last character of the value at a path."""
        return self.place(path).where

    @property
    def files(self) -> tuple[str, ...]:
        """The files from which the issue was read, its own and its series', sorted."""
        return tuple(sorted({place.point.file for place in self._places.values()}))

    @property
    def bytes_read(self) -> Mapping[str, bytes]:
        """The bytes of these files, as they were when the issue was read."""
        return self._bytes_read

    def with_places(
        self, places: Mapping[DataPath, Place], bytes_read: Mapping[str, bytes]
    ) -> Issue:
        """The same issue, knowing where its values stand and what it was read from."""
        copy = self.model_copy()
        copy._places = places
        copy._bytes_read = bytes_read
        return copy

    @property
    def pictures(self) -> tuple[tuple[DataPath, str], ...]:
        """Each picture that a part names, in order: the path of its field, and its file."""
        return tuple(
            ((*path, name), getattr(part, name))
            for path, part in self.walk()
            if isinstance(part, Part)
            for name, shape in type(part).shapes().items()
            if isinstance(shape, PictureOf)
        )

    def walk(self) -> Iterator[tuple[DataPath, Any]]:
        """Every part and every value of the issue with its path, outer ones first."""
        yield from _walk(self, ())


def _walk(value: Any, path: DataPath) -> Iterator[tuple[DataPath, Any]]:
    yield path, value
    if isinstance(value, Part):
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from _walk(item, (*path, i))
