"""
The validated bulletin: an issue and its parts.  No disk, no YAML, no TeX.

Every part is frozen.  ``texts()`` yields what a part prints, in print order, with all
that the page adds to the data (第N期, 【】, brackets, colons); templates print the same
properties, so that the page and the text always agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, StringConstraints

from jianbao_tex.chinese import issue_number
from jianbao_tex.findings import Where
from jianbao_tex.issue.articles import Article, Block, Body, Heading, Paragraph, Run, Section
from jianbao_tex.issue.distribution import Imprint, Receivers
from jianbao_tex.issue.lines import NOWHERE, PlacedLine, Places, in_order, lines_of
from jianbao_tex.issue.masthead import MASTHEAD_LINES, MASTHEAD_PLACES, Masthead
from jianbao_tex.parts import (
    Count,
    DataPath,
    Day,
    LabelledOf,
    Line,
    OneOf,
    Part,
    PictureOf,
    SectionsOf,
    Term,
    TextsOf,
    Year,
    described,
)
from jianbao_tex.places import Place

__all__ = [
    "Article",
    "Block",
    "Body",
    "ContentsGroup",
    "Heading",
    "Imprint",
    "Issue",
    "Masthead",
    "Option",
    "Paragraph",
    "PlacedLine",
    "Receivers",
    "Run",
    "Section",
]


class Option(Part):
    """A figure of the layout that the issue sets otherwise."""

    model_config = described("选项", "an option")
    name: Annotated[str, StringConstraints(max_length=60)] = Field(
        title="名称", description="the figure", examples=["title.size"]
    )
    value: Annotated[str, StringConstraints(max_length=200)] = Field(
        title="取值", description="what the issue sets it to", examples=["21 bp"]
    )


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

    model_config = described("简报", "an issue")
    name_fields = frozenset({"layout", "options"})
    masthead: Annotated[Masthead, OneOf(Masthead)] = Field(
        title="报头",
        description="the head of page 1, mostly in the series file",
        examples=[{"name": "工作简报"}],
    )
    number: Count | None = Field(
        default=None, title="期号", description="the number of the issue", examples=[365]
    )
    year: Year | None = Field(
        default=None,
        title="年度",
        description="the year to which the number belongs",
        examples=[2020],
    )
    total: Count | None = Field(
        default=None,
        title="总期号",
        description="the number of the issue over all years (总第)",
        examples=[365],
    )
    kind: Literal["正刊", "增刊", "专刊"] = Field(
        default="正刊",
        title="刊别",
        description="a regular issue, an extra issue, or a special issue",
        examples=["增刊"],
    )
    date: Day | None = Field(
        default=None,
        title="日期",
        description="a day or a month; 2020年3月10日 may be written, too",
        examples=["2020-03-10"],
    )
    copy_number: Line | None = Field(
        default=None,
        title="份号",
        description="the copy number of a secret issue",
        examples=["000001"],
    )
    layout: Line = Field(
        default="classic",
        title="版式",
        description="the layout of the issue; jianbao layouts lists all layouts",
        examples=["classic"],
    )
    options: Annotated[tuple[Option, ...], LabelledOf("name", "value")] = Field(
        default=(),
        title="选项",
        description="figures of the layout that this issue changes",
        examples=[{"title.size": "21 bp"}],
    )
    terms: Annotated[tuple[Term, ...], TextsOf()] = Field(
        default=(),
        title="固定词语",
        description="fixed terms that no title breaks, mostly in the series file",
        examples=[["某某先锋行动", "“双百”工程"]],
    )
    sections: Annotated[tuple[Section, ...], SectionsOf()] = Field(
        default=(),
        title="栏目",
        description="the sections, in their order",
        examples=[[{"name": "要闻"}]],
    )
    distribution: Annotated[tuple[Receivers, ...], LabelledOf("label", "names")] = Field(
        default=(),
        title="分送",
        description="who gets the issue: a line of the distribution block for each label",
        examples=[{"报": "市委", "送": "市直各单位"}],
    )
    imprint: Annotated[Imprint | None, OneOf(Imprint)] = Field(
        default=None,
        title="印发",
        description="the last line of the distribution block: who printed when",
        examples=["办公室"],
    )

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
        """The date as it is printed."""
        return str(self.date) if self.date else None

    @property
    def contents(self) -> tuple[ContentsGroup, ...]:
        """
        The contents, made from the titles; none for an issue of a single title.

        A section of text without titles stands in the contents by its name.
        """
        groups = tuple(
            ContentsGroup(
                section.name_line,
                section.name,
                ("sections", i, "name"),
                tuple((("sections", i, *path), text) for path, text in section.entries()),
            )
            for i, section in enumerate(self.sections)
        )
        if sum(len(group.entries) for group in groups) <= 1:
            return ()
        has_text = (any(True for _ in section.body_texts()) for section in self.sections)
        return tuple(
            group
            for group, is_printed in zip(groups, has_text, strict=True)
            if group.entries or (group.name and is_printed)
        )

    def masthead_lines(self, places: Places = NOWHERE) -> tuple[PlacedLine, ...]:
        """What the masthead prints, in the order that a layout's places give it."""
        return in_order(lines_of(self, MASTHEAD_LINES), MASTHEAD_PLACES, places)

    def texts(self, masthead: Places = NOWHERE, imprint: Places = NOWHERE) -> Iterator[str]:
        """What is printed, in the order that a layout's places give masthead and imprint."""
        yield from (line.whole for line in self.masthead_lines(masthead))
        for group in self.contents:
            yield from filter(None, (group.name, *(text for _, text in group.entries)))
        for section in self.sections:
            yield from section.texts()
        for receivers in self.distribution:
            yield from receivers.texts()
        if self.imprint:
            yield from self.imprint.texts(imprint)

    def place(self, path: Iterable[str | int]) -> Place:
        """
        The place in the user's file of the value at a path.

        A value which the file does not name (a default, a made text) has the place of
        the nearest part around it.
        """
        prefix: DataPath = tuple(path)
        while prefix and prefix not in self._places:
            prefix = prefix[:-1]
        return self._places.get(prefix) or Place(Where("issue"))

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
        """The same issue, with the places of its values and the bytes of its files."""
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
            if isinstance(shape, PictureOf) and getattr(part, name) is not None
        )

    @property
    def picture_shares(self) -> dict[DataPath, float]:
        """The share of the text's width that each of them takes at most, from 0 to 1."""
        return {
            (*path, name): float(getattr(part, shape.share)) if shape.share else 1.0
            for path, part in self.walk()
            if isinstance(part, Part)
            for name, shape in type(part).shapes().items()
            if isinstance(shape, PictureOf) and getattr(part, name) is not None
        }

    def printed_values(self) -> Iterator[tuple[DataPath, str]]:
        """The texts that are printed, with their paths; no names of files, layouts and types."""
        yield from _printed(self, ())

    def walk(self) -> Iterator[tuple[DataPath, Any]]:
        """Every part and every value of the issue with its path, outer ones first."""
        yield from _walk(self, ())


def _printed(value: Any, path: DataPath) -> Iterator[tuple[DataPath, str]]:
    if isinstance(value, Part):
        for name in type(value).model_fields:
            if name not in type(value).unprinted():
                yield from _printed(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from _printed(item, (*path, i))
    elif isinstance(value, str):
        yield path, value


def _walk(value: Any, path: DataPath) -> Iterator[tuple[DataPath, Any]]:
    yield path, value
    if isinstance(value, Part):
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from _walk(item, (*path, i))
