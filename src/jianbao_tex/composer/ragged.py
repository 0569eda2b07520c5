"""Whether a text in narrow lines is better set ragged: a long word would leave loose lines."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from jianbao_tex import chinese
from jianbao_tex.breaks import Breaks, runs_in
from jianbao_tex.composer.run_in import Run
from jianbao_tex.tex import Text, answer


def loose(text: Text | Sequence[Run], columns: float, slack: float, indent: float = 0) -> bool:
    """
    Whether a line of the text would lack more than ``slack`` characters.

    Args:
        text: the text of an entry, or the runs of a paragraph.
        columns: how many full-width characters a line has.
        slack: how many of them may be missing at its end.
        indent: how many of them the first line is indented by.
    """
    texts = [text] if isinstance(text, Text) else [run.text for run in text]
    plain = "".join(answer(piece, str) for piece in texts)
    # A line of Chinese text lacks one character at most.
    has_words = not plain.isascii() and any(c.isascii() for c in plain)
    return has_words and _slack_of(plain, columns, indent) > slack


def _slack_of(plain: str, columns: float, indent: float) -> float:
    """What the loosest line lacks, if each line takes as much as it can."""
    breaks, runs = Breaks(plain), [*runs_in(plain)]
    places = [i for i in range(1, len(plain)) if breaks.reason_against(i) is None]
    widths = [0.0, *itertools.accumulate(chinese.width(c) for c in plain)]
    most, start, last, used = 0.0, 0, 0, indent
    for place in [*places, len(plain)]:
        if used + widths[place] - widths[start] > columns and last > start:
            # A line that ends inside an address is ragged anyway.
            if not any(a < last < b for a, b in runs):
                most = max(most, columns - used - widths[last] + widths[start])
            start, used = last, 0.0
        last = place
    return most
