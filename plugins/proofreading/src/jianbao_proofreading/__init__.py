"""
Proofreading: what a careful reader finds in the text of an issue before it is printed.

Each check looks at the data alone and reports only what can be decided without guessing.
"""

from collections.abc import Iterable

from jianbao_proofreading import (
    days,
    doubles,
    headings,
    marks,
    numbers,
    pairs,
    ranges,
    receivers,
    series,
    titles,
)
from jianbao_proofreading.translations import CHINESE
from jianbao_tex.hooks import IssueCheck, hookimpl, learn

JIANBAO_API = "2.0"
MODULES = (
    titles,
    series,
    days,
    marks,
    pairs,
    headings,
    receivers,
    doubles,
    ranges,
    numbers,
)
"""The modules with checks, in the order of their codes."""

learn("zh", CHINESE)


@hookimpl
def jianbao_checks() -> Iterable[IssueCheck]:
    """The checks of this plugin, all of the data."""
    return [check for module in MODULES for check in module.CHECKS]
