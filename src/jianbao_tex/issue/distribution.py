"""版记: who gets the issue, and who printed it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from jianbao_tex.issue.lines import NOWHERE, PlacedLine, Places, in_order, lines_of
from jianbao_tex.parts import ONE_LINE, Count, DataPath, Day, Line, Long, Part, described

IMPRINT_LINES: tuple[DataPath, ...] = (("issuer",), ("date",), ("copies",))
"""
What the imprint prints, from top to bottom.

The figures ``imprint-place`` of a layout say where each line stands.
"""

IMPRINT_PLACES = (("left",), ("right",), ("below",))
"""The places of the imprint: on its line, at the left and at the right, and on lines below it."""


class Receivers(Part):
    """A line of the distribution block."""

    model_config = described("分送行", "a line of the distribution block")
    label: Annotated[str, StringConstraints(min_length=1, max_length=8, pattern=ONE_LINE)] = Field(
        title="标签", description="the word before the names", examples=["报"]
    )
    names: Long = Field(title="单位", description="who gets the issue", examples=["市委"])

    @property
    def label_line(self) -> str:
        """The label with its full-width colon."""
        return self.label.rstrip("：:") + "："

    def texts(self) -> Iterator[str]:
        yield self.label_line + self.names


class Imprint(Part):
    """The last line of the distribution block."""

    model_config = described("印发", "the imprint")
    short: ClassVar[str | None] = "issuer"
    issuer: Line = Field(
        title="编印单位", description="the office that prints the bulletin", examples=["办公室"]
    )
    date: Day | None = Field(
        default=None,
        title="日期",
        description="the day or the month of printing; 2020年3月10日 may be written, too",
        examples=["2020-03-10"],
    )
    copies: Count | None = Field(
        default=None, title="份数", description="how many copies are printed", examples=[150]
    )

    @property
    def date_line(self) -> str | None:
        """When it was printed."""
        return f"{self.date}印发" if self.date else None

    @property
    def copies_line(self) -> str | None:
        """In how many copies."""
        return f"（共印{self.copies}份）" if self.copies else None

    def lines(self, places: Places = NOWHERE) -> tuple[PlacedLine, ...]:
        """What is printed, in the order that a layout's places give it."""
        return in_order(lines_of(self, IMPRINT_LINES), IMPRINT_PLACES, places)

    def texts(self, places: Places = NOWHERE) -> Iterator[str]:
        """What is printed, in the order that a layout's places give it."""
        yield from (line.whole for line in self.lines(places))
