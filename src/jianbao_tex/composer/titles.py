"""Breaks titles into lines: at manual breaks, or balanced between phrases."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from jianbao_tex import chinese
from jianbao_tex.breaks import Breaks, may_begin_a_line
from jianbao_tex.composer.phrases import Phrase, dictionary_words, phrases_of
from jianbao_tex.composer.shapes import DIGITS, MAX_SHAPED_LINES, Pieces, ends_of_lines
from jianbao_tex.tex import Text


@dataclass(frozen=True)
class Place:
    """
    The place of a title: how many full-width characters a line has, and what its lines look like.

    ``most`` is the width of a hand-made line that cannot be set small enough, 0 for none;
    ``terms`` are the fixed terms of the issue.
    """

    columns: float
    shape: str = "any"
    most: float = 0
    terms: Collection[str] = ()


def fitted(title: Text, columns: float) -> list[Text]:
    """
    A title as an entry of the contents: lines of at most ``columns`` full-width characters.

    One line where it fits; else its hand-made lines.  A line that is too wide is broken between
    phrases; each line then takes what it holds.
    """
    place = Place(columns, "filled", columns, title.terms)

    def cut(plain: str) -> list[str]:
        # Two Latin words stay two; Chinese lines join without a space.
        joined = re.sub(r"(?<=[!-~])\n(?=[!-~])", " ", plain).replace("\n", "")
        return [joined] if chinese.width(joined) <= columns else lines_of(plain, place)

    return title.split(cut)


def balanced(title: Text, columns: float, shape: str = "any", most: float = 0) -> list[Text]:
    """
    The lines of a title of at most ``columns`` full-width characters each.

    Hand-made breaks win; but a line of ``most`` characters, which cannot be set small
    enough, is broken as if it were a title.  Without hand-made breaks the title is broken between
    phrases into as few lines as good breaks allow, about equal in length, in a ``shape``:
    ``trapezoid`` (each line at least as long as that above it), ``diamond`` (the longest in the
    middle), or ``any`` of the two, whichever its phrases fit better (GB/T 9704-2012, 7.3.1).
    """
    place = Place(columns, shape, most, title.terms)
    return title.split(lambda plain: lines_of(plain, place))


def lines_of(plain: str, place: Place) -> list[str]:
    """The lines of a title; a hand-made one stays unless it is wider than ``most``."""
    lines: list[str] = []
    for line in plain.split("\n"):
        is_kept = "\n" in plain and not 0 < place.most < width(line)
        lines += [line] if is_kept else _lines_of_one(line, place)
    return lines


# A space between Chinese characters is a pause that the author wrote.
_PAUSE = re.compile(r"(?<=[^!-~])[ \u3000]+(?=[^!-~])")


def _lines_of_one(plain: str, place: Place) -> list[str]:
    """The lines of a title without hand-made breaks."""
    if width(plain) <= place.columns:
        return [plain]
    parts = _PAUSE.split(plain)
    begins = all(may_begin_a_line(part[:1]) for part in parts[1:])
    fits = max(map(width, parts)) <= place.columns
    if begins and fits and len(parts) <= MAX_SHAPED_LINES:
        return parts
    return arranged(phrases_of(plain, place.terms), place)


def arranged(phrases: Iterable[Phrase], place: Place) -> list[str]:
    """The phrases of a title in lines; one that is wider than a line is cut."""
    phrases = [part for phrase in phrases for part in _split_phrase(phrase, place.columns)]
    texts = [phrase.text for phrase in phrases]
    pieces = Pieces([width(text) for text in texts], [phrase.cost for phrase in phrases])
    ends = ends_of_lines(pieces, place.columns, place.shape)
    return ["".join(texts[a:b]).strip() for a, b in itertools.pairwise((0, *ends))]


# Worse than any break between words.
_INSIDE_A_WORD = 2_000.0


def _split_phrase(phrase: Phrase, columns: float) -> Iterator[Phrase]:
    """The phrase, or about equal pieces of it (between words) if it is wider than a line."""
    remaining = phrase.text
    while width(remaining) > columns:
        share = width(remaining) / math.ceil(width(remaining) / columns)
        cut = _cut(remaining, share, columns)
        yield Phrase(remaining[:cut], _INSIDE_A_WORD)
        remaining = remaining[cut:]
    yield replace(phrase, text=remaining)


def _cut(text: str, share: float, columns: float) -> int:
    """Where to cut a text that is too wide: near a share, after a word, by the rules."""
    widths = list(itertools.accumulate(map(width, text)))
    fitting = [i for i in range(1, len(text)) if widths[i - 1] <= columns]
    rules = Breaks(text)
    allowed = [i for i in fitting if rules.reason_against(i) is None] or fitting[-1:]
    ends = set(itertools.accumulate(map(len, dictionary_words(text))))
    between = [i for i in allowed if i in ends and 1 < i < len(text) - 1]
    return min(between or allowed, key=lambda i: abs(widths[i - 1] - share))


# Letters and figures of the heavy type of titles.
_HALF, _CAPITAL = 0.6, 0.75
_WIDE = frozenset("MWmw@%")


def width(text: str) -> float:
    """The width of a part of a title in full-width characters, rounded up."""
    more = sum(
        1 - _HALF if c in _WIDE else _CAPITAL - _HALF for c in text if "A" <= c <= "Z" or c in _WIDE
    )
    return round(chinese.width(text, _HALF) + more, DIGITS)
