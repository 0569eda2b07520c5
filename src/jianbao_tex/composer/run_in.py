"""Headings that open a paragraph (（一）加强领导。要加强领导。), set apart without asterisks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from jianbao_tex.tex import Text, answer

_NUMERALS = "[一二三四五六七八九十]{1,3}"
_RUN_IN = re.compile(
    rf"(?:（{_NUMERALS}）|{_NUMERALS}、|{_NUMERALS}是|\d{{1,2}}[.．](?!\d)|（\d{{1,2}}）)"
    r"[^。！？；]{2,30}。(?=.)"
)


class Run(Protocol):
    """A part of a paragraph as a template prints it."""

    @property
    def text(self) -> Text: ...

    @property
    def emphasis(self) -> bool: ...


@dataclass(frozen=True)
class _Piece:
    text: Text
    emphasis: bool


def run_in(runs: Sequence[Run]) -> Sequence[Run]:
    """
    The runs of a paragraph, a numbered sentence that opens it set apart.

    A paragraph in which the author marked something is left as it is.
    """
    if len(runs) != 1 or runs[0].emphasis:
        return runs
    match = answer(runs[0].text, _RUN_IN.match)
    if match is None:
        return runs
    lead, rest = runs[0].text.split(lambda plain: [plain[: match.end()], plain[match.end() :]])
    return [_Piece(lead, emphasis=True), _Piece(rest, emphasis=False)]
