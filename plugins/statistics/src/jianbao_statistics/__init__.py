"""Monthly figures (数据统计): a table with totals and changes, and a chart of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jianbao_statistics.model import Statistics
from jianbao_statistics.words import CHINESE
from jianbao_tex.hooks import SectionType, hookimpl, learn

JIANBAO_API = "2.2"
HERE = Path(__file__).parent

learn("zh", CHINESE)


@hookimpl
def jianbao_section_types() -> Iterable[SectionType]:
    """The section type ``statistics``."""
    template, style = HERE / "statistics.tex.jinja", HERE / "statistics.sty"
    return [
        SectionType(
            *("statistics", "数据统计", Statistics, template, "1.0", (style,)), artifacts=True
        )
    ]
