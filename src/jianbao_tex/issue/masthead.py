"""报头: the head of page 1."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from jianbao_tex.parts import DataPath, FormerTitle, Line, Part, TextsOf, Title, described

MASTHEAD_LINES: tuple[DataPath, ...] = (
    ("masthead", "security"),
    ("copy_number",),
    ("masthead", "notice"),
    ("masthead", "slogan"),
    ("masthead", "name"),
    ("kind",),
    ("number",),
    ("masthead", "signed_by"),
    ("masthead", "issuer"),
    ("date",),
)
"""
What the masthead prints of an issue, from top to bottom.

The figures ``masthead-place`` and ``masthead-face`` of a layout say where each line stands
and in which face.
"""

MASTHEAD_TITLES = ("slogan", "name")
"""The lines that are broken, spread and shrunk as titles are, in the middle of the masthead."""

MASTHEAD_PLACES = (
    ("above-left",),
    ("above-right",),
    ("above",),
    ("",),
    ("left", "centre", "right"),
    ("foot-left",),
    ("foot-centre",),
    ("foot-right",),
)
"""The places of the masthead from top to bottom; '' is that of the titles."""


class Masthead(Part):
    """报头: what the issues of a series have in common at the head of page 1."""

    model_config = described("报头", "the masthead")
    slogan: Title | None = Field(
        default=None, title="口号", description="the line above the name", examples=["求真务实"]
    )
    name: Title = Field(title="名称", description="the name of the bulletin", examples=["工作简报"])
    issuer: Annotated[tuple[Line, ...], TextsOf()] = Field(
        default=(),
        title="编印单位",
        description="the office that edits the bulletin; several as a list",
        examples=["办公室"],
    )
    security: Line | None = Field(
        default=None, title="密级", description="the security mark", examples=["机密"]
    )
    security_period: Line | None = Field(
        default=None,
        title="保密期限",
        description="how long the issue is secret",
        examples=["1年"],
    )
    notice: Annotated[Line | None, FormerTitle("提示")] = Field(
        default=None,
        title="内部标注",
        description="a notice above the name, at the left",
        examples=["内部资料　注意保存"],
    )
    signed_by: Line | None = Field(
        default=None,
        title="签发人",
        description="who signed the issue for printing",
        examples=["张三"],
    )

    @property
    def signed_by_label(self) -> str:
        """What stands before the name of who signed (GB/T 9704-2012, 7.2.6)."""
        return "签发人："

    @property
    def security_line(self) -> str | None:
        """密级 and term, joined by a star (GB/T 9704-2012, 7.2.2)."""
        return "★".join(filter(None, (self.security, self.security_period))) or None
