"""Breaks titles into lines: at manual breaks, or balanced between phrases."""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from jianbao_tex import chinese
from jianbao_tex.breaks import CLOSING, OPENING, Breaks, may_begin_a_line
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
        return [joined] if chinese.width(joined) <= columns else plain.split("\n")

    return title.split(cut)


def balanced(title: Text, columns: float, shape: str = "any", most: float = 0) -> list[Text]:
    """
    The lines of a title of at most ``columns`` full-width characters each.

    Hand-made breaks win; but a line of ``most`` characters, which cannot be set small
    enough, is broken as if it were a title.  Without hand-made breaks the title is broken between
    phrases into as few lines as
    it needs, about equal in length, in a ``shape``: ``trapezoid`` (each line at least as
    long as that above it), ``diamond`` (the longest in the middle), or ``any`` of the
    two, whichever its phrases fit better (GB/T 9704-2012, 7.3.1).
    """
    return title.split(lambda plain: _lines(plain, columns, shape, most))


def _lines(plain: str, columns: float, shape: str, most: float) -> list[str]:
    if "\n" in plain:
        return [
            piece
            for line in plain.split("\n")
            for piece in (_lines(line, columns, shape, 0) if 0 < most < width(line) else [line])
        ]
    if width(plain) <= columns:
        return [plain]
    parts = _PAUSE.split(plain)
    begins = all(may_begin_a_line(part[:1]) for part in parts[1:])
    fits = max(map(width, parts)) <= columns
    if begins and fits and len(parts) <= _MAX_SHAPED_LINES:
        return parts
    phrases = [
        piece for phrase in _split_phrases(plain) for piece in _split_phrase(phrase, columns)
    ]
    count = _count_lines(phrases, columns)
    return _shape_lines(phrases, count, columns, shape) or _balance_lines(phrases, count, columns)


def _split_phrase(phrase: str, columns: float) -> Iterator[str]:
    """The phrase, or about equal pieces of it (between words) if it is wider than a line."""
    remaining = phrase
    while width(remaining) > columns:
        share = width(remaining) / math.ceil(width(remaining) / columns)
        cut = _cut(remaining, share, columns)
        yield remaining[:cut]
        remaining = remaining[cut:]
    yield remaining


def _cut(text: str, share: float, columns: float) -> int:
    """Where to cut a text that is too wide: near a share, after a word, by the rules."""
    widths = list(itertools.accumulate(map(width, text)))
    fitting = [i for i in range(1, len(text)) if widths[i - 1] <= columns]
    allowed = [i for i in fitting if not _clings(text[:i], text[i:])] or fitting[-1:]
    words = _word_ends(text)
    between = [i for i in allowed if i in words]
    return min(between or allowed, key=lambda i: abs(widths[i - 1] - share))


def _count_lines(phrases: list[str], columns: float) -> int:
    """The least number of lines that hold the phrases."""
    count, used = 1, 0.0
    for phrase in phrases:
        used = round(used + width(phrase), _DIGITS)
        if used > columns:
            count, used = count + 1, width(phrase)
    return count


# A space between Chinese characters is a pause that the author wrote.
_PAUSE = re.compile(r"(?<=[^!-~])[ \u3000]+(?=[^!-~])")

# Letters and figures of the heavy type of titles.
_HALF, _CAPITAL = 0.6, 0.75
_WIDE = frozenset("MWmw@%")
# Rounded, so that the order of additions does not decide whether an exact fit is too wide.
_DIGITS = 6


def width(text: str) -> float:
    """The width of a part of a title in full-width characters, rounded up."""
    more = sum(
        1 - _HALF if c in _WIDE else _CAPITAL - _HALF for c in text if "A" <= c <= "Z" or c in _WIDE
    )
    return round(chinese.width(text, _HALF) + more, _DIGITS)


# --- Shapes -----------------------------------------------------------------------------

_MAX_SHAPED_LINES = 4
_MAX_COMBINATIONS = 28**3
_EVEN = 1.0
# How much a break after these marks is worth, in squares of characters.
_PAUSES = {"：": 40.0, "；": 30.0, "，": 15.0, "、": 8.0}


def _shape_lines(phrases: list[str], count: int, columns: float, shape: str) -> list[str] | None:
    """The lines of the best shape; ``None`` for a title of too many lines to have one."""
    if count > _MAX_SHAPED_LINES or len(phrases) ** count > _MAX_COMBINATIONS:
        return None
    starts = _starts_of(phrases)
    best: tuple[float, tuple[int, ...]] | None = None
    for breaks in itertools.combinations(range(1, len(phrases)), count - 1):
        ends = (0, *breaks, len(phrases))
        widths = [round(starts[b] - starts[a], _DIGITS) for a, b in itertools.pairwise(ends)]
        if max(widths) <= columns:
            marks = (phrases[end - 1][-1] for end in breaks)
            pauses = sum(_PAUSES[mark] for mark in marks if mark in _PAUSES)
            candidate = (_cost(widths, shape) - pauses, ends)
            best = candidate if best is None else min(best, candidate)
    if best is None:
        return None
    return ["".join(phrases[a:b]).strip() for a, b in itertools.pairwise(best[1])]


def _starts_of(phrases: list[str]) -> list[float]:
    """Where each phrase starts in one long line, and where the last one ends."""
    return list(itertools.accumulate(map(width, phrases), initial=0.0))


def _cost(widths: list[float], shape: str) -> float:
    """
    The cost: the squares of the widths plus four times the distance from the shape.

    Of lines that are as wide together, even ones have the least sum of squares.
    """
    uneven = sum(line * line for line in widths)
    distances = {"trapezoid": _off_trapezoid, "diamond": _off_diamond}
    candidates = [distances[shape]] if shape in distances else list(distances.values())
    return uneven + 4 * min(sum(distance(widths)) for distance in candidates)


def _off_trapezoid(widths: list[float]) -> Iterator[float]:
    """By how much each line is shorter than that above it, beyond a character."""
    return (max(0.0, a - b - _EVEN) ** 2 for a, b in itertools.pairwise(widths))


def _off_diamond(widths: list[float]) -> Iterator[float]:
    """By how much the lines fail to grow up to the middle and to shrink after it."""
    if len(widths) == 2:  # noqa: PLR2004 -- two lines have no middle
        return _off_trapezoid(widths)
    half = len(widths) // 2
    return itertools.chain(
        _off_trapezoid(widths[: half + 1]), _off_trapezoid(widths[-half - 1 :][::-1])
    )


def _balance_lines(phrases: list[str], count: int, columns: float) -> list[str]:
    """The phrases in exactly so many lines, the sum of the squares of their widths least."""
    starts = _starts_of(phrases)
    # best[j]: the least cost of the first j phrases in k lines, and where each line begins.
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for _ in range(count):
        longer: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (cost, breaks) in best.items():
            for end in range(start + 1, len(starts)):
                line = round(starts[end] - starts[start], _DIGITS)
                if line > columns:
                    break
                candidate = (cost + line * line, (*breaks, start))
                longer[end] = min(candidate, longer.get(end, candidate))
        best = longer
    _, breaks = best[len(phrases)]
    ends = (*breaks[1:], len(phrases))
    return ["".join(phrases[a:b]).strip() for a, b in zip(breaks, ends, strict=True)]


# --- Phrases --------------------------------------------------------------------------------


def _split_phrases(plain: str) -> list[str]:
    """
    Phrases; a short quotation or bracket stays whole, one character never stands alone,
    no closing mark begins a line and no opening one ends it.
    """
    ends = itertools.accumulate(map(len, _parser().parse(plain)))
    breaks = (_word_ends(plain) & {*ends}) | {match.end() for match in _PAUSE_MARK.finditer(plain)}
    phrases: list[str] = []
    for start, end in itertools.pairwise(sorted({0, *breaks, len(plain)})):
        phrase = plain[start:end]
        if phrases and (_is_open(phrases[-1], phrase) or _clings(phrases[-1], phrase)):
            phrases[-1] += phrase
        else:
            phrases.append(phrase)
    return phrases


def _word_ends(plain: str) -> frozenset[int]:
    """
    The ends of words, from a dictionary.  The phrase parser alone would break some words (疫情防控)
    in the middle.
    """
    # A tenth of a second, for titles that do not fit their line.
    import rjieba

    return frozenset(itertools.accumulate(map(len, rjieba.cut(plain))))


_QUOTATION = 12.0
# A space or a pause parts phrases too.
_PAUSE_MARK = re.compile(r"[：；，、]|\s+")


def _is_open(before: str, phrase: str) -> bool:
    """Whether a short quotation or bracket is open between the two."""
    has_open = sum(c in OPENING for c in before) > sum(c in CLOSING for c in before)
    return has_open and width(before + phrase) <= _QUOTATION


def _clings(before: str, phrase: str) -> bool:
    """Whether no line may end between the two."""
    only_marks = not any(c.isalnum() for c in before)
    appended = phrase[0] in "（(" and not before.endswith((" ", "、", "，", "："))
    forbidden = Breaks(before + phrase).reason_against(len(before)) is not None
    return len(phrase) == 1 or len(before) == 1 or appended or only_marks or forbidden


@functools.cache
def _parser() -> Parser:
    # Loading the model costs some milliseconds, and most titles fit their line.
    import budoux

    return budoux.load_default_simplified_chinese_parser()
