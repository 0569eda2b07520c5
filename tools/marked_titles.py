"""Titles with the places where their lines may end, and how many lines end elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).resolve().parent.parent / "tests" / "titles" / "right_breaks.txt"
CLASSIC, NEWSLETTER = 19.1, 13.3
"""How many characters a line of a title has in the two layouts."""


@dataclass(frozen=True)
class MarkedTitle:
    """A title, the round in which it was written, and the indices where a line may end."""

    text: str
    round: str
    places: frozenset[int]

    def wrong_breaks(self, lines: Sequence[str]) -> int:
        """How many lines end elsewhere."""
        ends, end = [], 0
        for line in lines[:-1]:
            end = self.text.index(line, end) + len(line)
            ends.append(end)
        return sum(end not in self.places for end in ends)


def marked_titles() -> list[MarkedTitle]:
    """All titles of ``tests/titles/right_breaks.txt``, in its order."""
    titles: list[MarkedTitle] = []
    name = ""
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("# ---"):
            name = line.strip("# -")
        elif line and not line.startswith("#"):
            parts = line.split("|")
            places = itertools.accumulate(map(len, parts[:-1]))
            titles.append(MarkedTitle("".join(parts), name, frozenset(places)))
    return titles


def count_wrong(
    titles: Iterable[MarkedTitle], break_title: Callable[[str], Sequence[str]]
) -> tuple[int, int]:
    """How many titles have a line that ends at a wrong place, and how many such lines they have."""
    counts = [title.wrong_breaks(break_title(title.text)) for title in titles]
    return sum(count > 0 for count in counts), sum(counts)
