"""The built-in blocks, apart from paragraph and heading."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from jianbao_tex.hooks import (
    Block,
    BlockType,
    Body,
    Heading,
    InvalidValue,
    Line,
    Long,
    OwnText,
    Paragraph,
    PictureOf,
    RowsOf,
    TextsOf,
    Title,
    YesNo,
    described,
    longest_piece,
    say,
    title_of,
    width,
)


def _decimal(value: object) -> object:
    if isinstance(value, str):
        if not re.fullmatch(r"[01](\.[0-9]{1,4})?", value):
            raise InvalidValue(say("a number such as 0.5"))
        return float(value)
    return value


class List(Block):
    """A list; numbered 1. 2. 3. or marked with a dot."""

    model_config = described("列表", "a list", examples=[["甲", "乙"]])
    name: ClassVar[str] = "list"
    short: ClassVar[str | None] = "items"
    items: Annotated[tuple[Long, ...], TextsOf()] = Field(
        min_length=1, title="条目", description="the items of the list", examples=[["甲", "乙"]]
    )
    numbered: YesNo = Field(
        default=False,
        title="编号",
        description="whether the items are numbered",
        examples=[True],
    )

    @property
    def marks(self) -> tuple[str, ...]:
        """The mark before each item."""
        return tuple(f"{n}." if self.numbered else "•" for n in range(1, len(self.items) + 1))

    @property
    def widest_mark(self) -> OwnText:
        """The mark that is as wide as any."""
        # All figures are equally wide: the last number has the most of them.
        return OwnText(self.marks[-1])

    def texts(self) -> Iterator[str]:
        for mark, item in zip(self.marks, self.items, strict=True):
            yield mark + item


class Quote(Block):
    """The words of another, set in from both sides."""

    model_config = described("引文", "a quotation, indented on both sides", examples=["原文如此。"])
    name: ClassVar[str] = "quote"
    short: ClassVar[str | None] = "body"
    body: Body = Field(
        min_length=1,
        title="正文",
        description="the text of the quotation, or a list of texts and blocks",
        examples=["原文如此。"],
    )

    def texts(self) -> Iterator[str]:
        for block in self.body:
            yield from block.texts()


# 【编者按】, （编者按：…）, 编者的话：, 本刊按：
_OWN_LABEL = re.compile(
    r"【[^】]{2,8}】"
    r"|[（(〔\[]?[\u4e00-\u9fff]{0,4}(?:按|按语|按：|的话|者注|编注|导语|导读|引言|前言)\s*[：:】〕\])）]"
)


class Note(Block):
    """编者按 or 按语: the editors' word before, in or after an article."""

    model_config = described("按语", "a note by the editors", examples=["编者按的内容。"])
    name: ClassVar[str] = "note"
    short: ClassVar[str | None] = "body"
    label: Annotated[str, StringConstraints(max_length=20)] = Field(
        default="编者按",
        title="标签",
        description="the word before the text",
        examples=["编者按"],
    )
    body: Body = Field(
        min_length=1,
        title="正文",
        description="the text of the note, or a list of texts and blocks",
        examples=["编者按的内容。"],
    )

    @property
    def label_line(self) -> str:
        """The label with its full-width colon."""
        # Many write the label into the text; once is enough.
        written = next((text for block in self.body for text in block.texts()), "")
        has_label = written.startswith(self.label) or _OWN_LABEL.match(written)
        return f"{self.label}：" if self.label and not has_label else ""

    def texts(self) -> Iterator[str]:
        yield self.label_line
        for block in self.body:
            yield from block.texts()


Cell = Annotated[str, StringConstraints(max_length=2_000)]
"""The text of a cell, which may be empty."""

_MAX_COLUMNS = 12
_INDENT = "\u3000"
_LONG_CELL = 8.0
_SHORT_ROWS, _SHORT_CELL = 4, 30.0
# The minus may be a hyphen or U+2212, as typed or pasted.
_NUMBER = re.compile(r"([+\-−]?[0-9][0-9,]*)(\.[0-9]+)?([%％‰]?)")


class Table(Block):
    """A table: an optional caption, a head row, rows of as many cells."""

    model_config = described("表格", "a table", examples=[{"rows": [["甲", "1.5"]]}])
    name: ClassVar[str] = "table"
    caption: Line | None = Field(
        default=None,
        title="说明",
        description="the line that names the table",
        examples=["表1　各市进度"],
    )
    head: Annotated[tuple[Cell, ...], TextsOf()] = Field(
        default=(),
        title="表头",
        description="the cells of the head row, repeated on each page",
        examples=[["地区", "进度"]],
    )
    rows: Annotated[tuple[tuple[Cell, ...], ...], RowsOf()] = Field(
        min_length=1,
        title="表行",
        description="the rows of the table, each with as many cells",
        examples=[[["甲", "1.5"]]],
    )
    align: Annotated[tuple[Literal["left", "center", "right", "number"], ...], TextsOf()] = Field(
        default=(),
        title="对齐",
        description="the alignment of each column, from the left",
        examples=[["left", "number"]],
    )

    @model_validator(mode="after")
    def _check_cells(self) -> Table:
        counts = {len(row) for row in (*([self.head] if self.head else []), *self.rows)}
        if len(counts) > 1:
            numbers = tuple(sorted(counts))
            raise InvalidValue(
                say(
                    "every row must have the same number of cells; the rows have {counts}",
                    counts=numbers,
                )
            )
        (columns,) = counts
        if not 1 <= columns <= _MAX_COLUMNS:
            reason = say(
                "a table must have 1 to {most} columns; this one has {columns}",
                most=_MAX_COLUMNS,
                columns=columns,
            )
            raise InvalidValue(reason)
        if len(self.align) > columns:
            raise InvalidValue(say("align names more columns than the rows have"))
        return self

    @property
    def alignments(self) -> tuple[OwnText, ...]:
        """
        The alignment of each column.  Without ``align``: numbers at the decimal point, long
        texts and texts with an indent left, short texts centred.
        """
        columns = list(zip(*self.rows, strict=True))[len(self.align) :]
        return tuple(map(OwnText, (*self.align, *map(_alignment, columns))))

    @property
    def numbers(self) -> tuple[tuple[tuple[OwnText, OwnText], ...], ...]:
        """
        Two invisible rulers for each number: one as wide as the widest number of the column,
        and one for the digits that it lacks after the decimal point.  They align the points.
        """
        columns = [_numbers(column) for column in zip(*self.rows, strict=True)]
        nothing = (OwnText(), OwnText())
        return tuple(
            tuple(
                number if kind == "number" else nothing
                for number, kind in zip(row, self.alignments, strict=True)
            )
            for row in zip(*columns, strict=True)
        )

    @property
    def is_short(self) -> bool:
        """Whether the table moves to the next page as a whole instead of being split."""
        return (
            len(self.rows) <= _SHORT_ROWS
            and max(map(width, itertools.chain(*self.rows))) < _SHORT_CELL
        )

    @property
    def widths(self) -> tuple[float, ...]:
        """The width of each column's longest cell, in full-width characters."""
        columns = zip(*filter(None, (self.head, *self.rows)), strict=True)
        return tuple(max(map(width, column)) for column in columns)

    @property
    def pieces(self) -> tuple[tuple[float, float], ...]:
        """
        Two widths for each column: of the longest unbreakable part, and of the longest part if
        numbers may break too.
        """
        columns = zip(*filter(None, (self.head, *self.rows)), strict=True)
        return tuple(
            # A column of numbers is set by their points, so that none is broken.
            (max(map(width, column)),) * 2
            if kind == "number"
            else (
                max(width(longest_piece(cell)) for cell in column),
                max(width(longest_piece(cell, as_last_resort=True)) for cell in column),
            )
            for kind, column in zip(self.alignments, columns, strict=True)
        )

    def texts(self) -> Iterator[str]:
        if self.caption:
            yield self.caption
        for row in (self.head, *self.rows):
            yield from row


def _alignment(column: tuple[str, ...]) -> str:
    filled = [cell for cell in column if cell]
    if filled and all(map(_NUMBER.fullmatch, filled)):
        return "number"
    # An indent shows only at the left edge of its column.
    is_left = any(width(cell) > _LONG_CELL or cell.startswith(_INDENT) for cell in filled)
    return "left" if is_left else "center"


def _numbers(column: tuple[str, ...]) -> list[tuple[OwnText, OwnText]]:
    matches = [_NUMBER.fullmatch(cell) for cell in column]
    parts = [(match[1], (match[2] or "") + match[3]) if match else ("", "") for match in matches]
    head, tail = (max((part[side] for part in parts), key=len) for side in (0, 1))
    return [
        (_ruler(head + tail), _ruler(tail[len(decimals) :])) if match else (OwnText(), OwnText())
        for match, (_, decimals) in zip(matches, parts, strict=True)
    ]


def _ruler(number: str) -> OwnText:
    """A number of the same width; all figures are as wide as each other."""
    return OwnText(re.sub(r"\d", "0", number))


class Image(Block):
    """A picture: a PNG or JPEG file in the issue's folder or below it."""

    model_config = described("图片", "a picture", examples=["现场.jpg"])
    name: ClassVar[str] = "image"
    short: ClassVar[str | None] = "file"
    file: Annotated[Line, PictureOf(share="width")] = Field(
        title="文件",
        description="the PNG or JPEG file, in the issue's folder or below it",
        examples=["现场.jpg"],
    )
    caption: Line | None = Field(
        default=None,
        title="说明",
        description="the line that names the picture",
        examples=["图1　会议现场"],
    )
    width: Annotated[float, BeforeValidator(_decimal)] = Field(
        default=1.0,
        ge=0.05,
        le=1,
        title="宽度",
        description="the width of the picture, as a part of that of the text",
        examples=[0.5],
    )

    def texts(self) -> Iterator[str]:
        if self.caption:
            yield self.caption


class Attachment(Block):
    """附件: pages of its own before the distribution block."""

    model_config = described("附件", "an attachment, on pages of its own after the signature")
    name: ClassVar[str] = "attachment"
    after_signature: ClassVar[bool] = True
    label: Line = Field(
        default="附件",
        title="标签",
        description="the word above the title",
        examples=["附件1"],
    )
    title: Title | None = Field(
        default=None,
        title="标题",
        description="the title; a line break in it is one on the page",
        examples=["任务分解表"],
    )
    body: Body = Field(
        default=(),
        title="正文",
        description="the text of the attachment, or a list of texts and blocks",
        examples=["任务如下。"],
    )

    def texts(self) -> Iterator[str]:
        yield self.label
        if self.title:
            yield self.title
        for block in self.body:
            yield from block.texts()


class PageBreak(Block):
    """The text goes on at the top of the next page."""

    model_config = described("分页", "what follows begins a new page")
    name: ClassVar[str] = "page_break"

    def texts(self) -> Iterator[str]:
        yield from ()


_BLOCKS: tuple[type[Block], ...] = (
    Paragraph,
    Heading,
    List,
    Quote,
    Note,
    Table,
    Image,
    Attachment,
    PageBreak,
)


def block_types(folder: Path) -> list[BlockType]:
    """A block type for each model, its template named after it."""
    return [
        BlockType(title_of(model), model, folder / f"{model.name}.tex.jinja", since="0.1")
        for model in _BLOCKS
    ]
