"""Titles: their hand-made lines, or balanced lines that break between phrases."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from typing import TYPE_CHECKING

from jianbao_tex.tex import Text

if TYPE_CHECKING:
    from budoux import Parser


def fitted(title: Text, columns: float) -> list[Text]:
    """
    A title as an entry of the contents.

    One line where it fits; else its hand-made lines, which TeX may break further.
    """

    def cut(plain: str) -> list[str]:
        # Two Latin words stay two; Chinese lines join without a space.
        joined = re.sub(r"(?<=[!-~])\n(?=[!-~])", " ", plain).replace("\n", "")
        return [joined] if width(joined) <= columns else plain.split("\n")

    return title.split(cut)


def balanced(title: Text, columns: float) -> list[Text]:
    """
    The lines of a title of at most ``columns`` full-width characters each.

    Hand-made breaks win.  Else the title is broken between phrases into as few lines
    as it needs, as equal in length as the phrases allow (GB/T 9704-2012, 7.3.1: whole
    words, suitable lengths, symmetrical).
    """
    return title.split(lambda plain: _lines(plain, columns))


def _lines(plain: str, columns: float) -> list[str]:
    if "\n" in plain:
        return plain.split("\n")
    if width(plain) <= columns:
        return [plain]
    phrases = _phrases(plain)
    if max(map(width, phrases)) > columns:
        # A phrase wider than the line is left to TeX, which breaks it anywhere.
        return [plain]
    return _best(phrases, _fewest(phrases, columns), columns)


def _fewest(phrases: list[str], columns: float) -> int:
    """The least number of lines that hold the phrases."""
    count, used = 1, 0.0
    for phrase in phrases:
        used += width(phrase)
        if used > columns:
            count, used = count + 1, width(phrase)
    return count


def _best(phrases: list[str], count: int, columns: float) -> list[str]:
    """The phrases in exactly so many lines, the sum of the squares of their widths least."""
    starts = list(itertools.accumulate([0.0, *map(width, phrases)]))
    # best[j]: the least cost of the first j phrases in k lines, and where each line begins.
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for _ in range(count):
        longer: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (cost, breaks) in best.items():
            for end in range(start + 1, len(starts)):
                line = starts[end] - starts[start]
                if line > columns:
                    break
                candidate = (cost + line * line, (*breaks, start))
                longer[end] = min(candidate, longer.get(end, candidate))
        best = longer
    _, breaks = best[len(phrases)]
    ends = (*breaks[1:], len(phrases))
    return ["".join(phrases[a:b]) for a, b in zip(breaks, ends, strict=True)]


_OPENING, _CLOSING = "“‘《（(【〈「『[", "”’》）)】〉」』]"


def _phrases(plain: str) -> list[str]:
    """
    Phrases; a short quotation or bracket stays whole, one character never stands alone,
    no closing mark begins a line and no opening one ends it.
    """
    phrases: list[str] = []
    for phrase in _parser().parse(plain):
        if phrases and (_opened(phrases[-1], phrase) or _clings(phrases[-1], phrase)):
            phrases[-1] += phrase
        else:
            phrases.append(phrase)
    return phrases


_QUOTATION = 12.0


def _opened(before: str, phrase: str) -> bool:
    """Whether a short quotation or bracket is open between the two."""
    is_open = sum(c in _OPENING for c in before) > sum(c in _CLOSING for c in before)
    return is_open and width(before + phrase) <= _QUOTATION


def _clings(before: str, phrase: str) -> bool:
    closes = unicodedata.category(phrase[0]) in {"Pe", "Pf", "Po"}
    return len(phrase) == 1 or len(before) == 1 or closes or before[-1] in _OPENING


@functools.cache
def _parser() -> Parser:
    # Loading the model costs some milliseconds, and most titles fit their line.
    import budoux

    return budoux.load_default_simplified_chinese_parser()


def width(text: str) -> float:
    """The width in full-width characters; a half-width character counts half."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)
