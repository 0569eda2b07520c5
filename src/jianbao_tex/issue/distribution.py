"""版记: who gets the issue, and who printed it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from jianbao_tex.parts import ONE_LINE, Count, Day, Line, Long, Part, titled


class Receivers(Part):
    """A line of the distribution block."""

    model_config = titled("分送行", "a line of the distribution block")
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

    model_config = titled("印发", "the imprint")
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

    def texts(self) -> Iterator[str]:
        yield from filter(None, (self.issuer, self.date_line, self.copies_line))
