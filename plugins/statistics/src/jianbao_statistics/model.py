"""The section type: what an issue writes, and what the page makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from jianbao_statistics.numbers import (
    ABSENT,
    change_of,
    is_number,
    places_of,
    ticks_of,
    total_of,
    value_of,
    written,
)
from jianbao_tex.hooks import (
    AfterValidator,
    Field,
    InvalidValue,
    Line,
    ListOf,
    Part,
    Section,
    TextsOf,
    YesNo,
    model_validator,
    say,
    width,
)

MOST_IN_CHART = 6
"""The largest number of items that a chart can show in black; for more it shows the total."""

_HEAVY = 0.6
"""The width of a digit in 黑体, in characters."""


def _number(text: str) -> str:
    if not is_number(text):
        raise InvalidValue(say("a number such as 1234.5, or — where there is none"))
    return text


Number = Annotated[Line, AfterValidator(_number)]
"""A number as it is printed."""


class Item(Part):
    """A row of the table: an item and its number in each month."""

    name: Annotated[Line, Field(title="项目", description="项目的名称", examples=["收购量"])]
    values: Annotated[
        tuple[Number, ...],
        TextsOf(),
        Field(
            title="数值",
            description="各月的数值，与月份一一对应；没有数据写 —",
            examples=[["96", "108.5", "120"]],
        ),
    ]

    @property
    def change_line(self) -> str:
        """The last month against the one before."""
        return change_of(*self.values[-2:])

    def texts(self) -> Iterator[str]:
        yield from (self.name, *self.values, self.change_line)


class Statistics(Section):
    """Figures of several months."""

    caption: Annotated[
        Line | None, Field(title="表题", description="表的名称", examples=["全市秋粮收购进度"])
    ] = None
    unit: Annotated[
        Line | None, Field(title="单位", description="各数值的单位", examples=["万吨"])
    ] = None
    months: Annotated[
        tuple[Line, ...],
        TextsOf(),
        Field(
            title="月份",
            description="表头各列，末列与其前一列相比",
            examples=[["9月", "10月", "11月"]],
            min_length=2,
            max_length=8,
        ),
    ]
    items: Annotated[
        tuple[Item, ...],
        ListOf(Item),
        Field(title="各项", description="各行，按先后次序", min_length=1, max_length=40),
    ]
    total: Annotated[YesNo, Field(title="合计", description="是否加一行合计", examples=[True])] = (
        True
    )
    chart: Annotated[
        Literal["bar", "line", "none"],
        Field(title="图形", description="bar 柱形图，line 折线图，none 不画", examples=["bar"]),
    ] = "bar"

    @model_validator(mode="after")
    def _check_rows(self) -> Statistics:
        for item in self.items:
            if len(item.values) != len(self.months):
                raise InvalidValue(
                    say(
                        "{item} has {count} values for {months} months",
                        item=item.name,
                        count=str(len(item.values)),
                        months=str(len(self.months)),
                    )
                )
        return self

    # --- The table ------------------------------------------------------------------------

    @property
    def caption_line(self) -> str | None:
        """The name of the table with the unit of its numbers."""
        unit = f"（单位：{self.unit}）" if self.unit else ""
        return f"{self.caption or ''}{unit}" or None

    @property
    def head(self) -> tuple[str, ...]:
        """The cells of the head row."""
        return ("项目", *self.months, "比上月")

    @cached_property
    def sums(self) -> tuple[str, ...]:
        """The total of each month; none where no total is wanted."""
        columns = zip(*(item.values for item in self.items), strict=True)
        return tuple(map(total_of, columns)) if self.total else ()

    @property
    def sums_change(self) -> str:
        """The total of the last month against that before."""
        return change_of(*self.sums[-2:])

    @property
    def lacks(self) -> tuple[tuple[str, ...], ...]:
        """
        The digits after the point that each number lacks to stand under those of its column.

        A row for each item, and one for the totals.
        """
        rows = [item.values for item in self.items]
        rows += [self.sums] if self.sums else []
        columns = (_lacks(column) for column in zip(*rows, strict=True))
        return tuple(zip(*columns, strict=True))

    @property
    def widths(self) -> tuple[float, ...]:
        """The width of the widest cell of each column, in characters."""
        rows = [(item.name, *item.values, item.change_line) for item in self.items]
        heavy = [self.head, ("合计", *self.sums, self.sums_change)] if self.sums else [self.head]
        cells = [
            *(tuple(map(width, row)) for row in rows),
            *(tuple(width(cell, _HEAVY) for cell in row) for row in heavy),
        ]
        return tuple(map(max, zip(*cells, strict=True)))

    def body_texts(self) -> Iterator[str]:
        if self.caption_line:
            yield self.caption_line
        yield from self.head
        for item in self.items:
            yield from item.texts()
        if self.sums:
            yield from ("合计", *self.sums, self.sums_change)

    # --- The chart: repeats the table, and is no text of the bulletin -----------------------

    @cached_property
    def drawn(self) -> tuple[tuple[str, tuple[Decimal | None, ...]], ...]:
        """What the chart shows: each item, or the total of many."""
        rows = [(item.name, item.values) for item in self.items]
        if len(rows) > MOST_IN_CHART:
            columns = zip(*(item.values for item in self.items), strict=True)
            rows = [("合计", tuple(map(total_of, columns)))]
        return tuple((name, tuple(map(value_of, values))) for name, values in rows)

    @cached_property
    def _ticks(self) -> list[Decimal]:
        return ticks_of(
            [value for _, values in self.drawn for value in values if value is not None]
        )

    def _share(self, value: Decimal) -> float:
        """How far up the axis a value stands, from 0 to 1."""
        low, high = self._ticks[0], self._ticks[-1]
        return round(float((value - low) / (high - low)), 6)

    @property
    def is_drawn(self) -> bool:
        """Whether there is a chart."""
        return self.chart != "none"

    @property
    def is_bar(self) -> bool:
        """Whether its values are bars, not points on lines."""
        return self.chart == "bar"

    @property
    def months_count(self) -> int:
        """How many groups stand side by side."""
        return len(self.months)

    @property
    def keys_count(self) -> int:
        """How many things are drawn."""
        return len(self.drawn)

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of what is drawn."""
        return tuple(name for name, _ in self.drawn)

    @property
    def ticks(self) -> tuple[str, ...]:
        """The labels of the axis, from the lowest."""
        return tuple(map(written, self._ticks))

    @property
    def tick_shares(self) -> tuple[float, ...]:
        """Where the labels stand on the axis."""
        return tuple(map(self._share, self._ticks))

    @property
    def zero(self) -> float:
        """Where zero stands on the axis."""
        return self._share(Decimal(0))

    @property
    def shares(self) -> tuple[tuple[float | None, ...], ...]:
        """Of each thing drawn where its values stand on the axis; ``None`` for none."""
        return tuple(
            tuple(None if value is None else self._share(value) for value in values)
            for _, values in self.drawn
        )


def _lacks(texts: tuple[str, ...]) -> tuple[str, ...]:
    """What is missing after the point of each number: .00 for 12 beside 12.25."""
    numbers = [text for text in texts if text != ABSENT]
    places = max(map(places_of, numbers), default=0)
    return tuple(_padding(text, places) for text in texts)


def _padding(text: str, places: int) -> str:
    own_places = places_of(text)
    if text == ABSENT or own_places == places:
        return ""
    return ("." if not own_places else "") + "0" * (places - own_places)
