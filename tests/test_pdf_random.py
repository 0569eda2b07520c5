"""Random instructions: both readers agree, or our own reader says that it does not know."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from jianbao_tex.agreement import differences
from jianbao_tex.pdf_reader import Unknown
from workshop import Workshop
from written_pages import ISSUE, Sample, own, witnessed

FEW, MANY = 400, 20_000
"""How many pages are drawn, and how many with --soak."""

CHARACTERS = "甲乙丙丁戊己庚辛"
MATRICES = ("1 0 0 1 7 -5 cm", "1 0 0 1 -3.5 11.25 cm", "1.2 0 0 1.1 3 0 cm", "0 1 -1 0 300 0 cm")
TEXT_STATES = (
    "11.5 TL",
    "1.5 Tc",
    "-0.5 Tc",
    "3 Tw",
    "80 Tz",
    "120 Tz",
    "100 Tz",
    "2.5 Ts",
    "0 Tr",
)
COLOURS = ("0 g", "0 0 0 1 k", "1 0 0 rg", "0 .8 .8 0 k", ".2 g", ".9 g", "0 G", ".5 0 0 0 K")
STROKES = ("1 w", ".5 w", "3 w", "8 w", "1 J", "2 j", "[3] 0 d")
MARKS = ("/A BMC", "/Artifact BMC", "/B <</X 1>> BDC")


class Draw:
    """Draws the instructions of a page: valid in their order, odd in their places."""

    def __init__(self, seed: int, sample: Sample) -> None:
        self._chance = random.Random(seed)
        self._sample = sample
        self._depth = self._marks = 0
        self._is_text = False

    def page(self) -> str:
        lines = [f"{self._sample.han} 12 Tf"]
        for _ in range(self._chance.randint(5, 60)):
            kinds = [self.state, self.path, self.mark, self.border, *[self.text] * 4]
            lines.append(self._chance.choice(kinds)())
        return "\n".join(lines)

    def state(self) -> str:
        chance = self._chance
        if self._is_text or chance.random() < 0.5:
            return chance.choice([*COLOURS, *STROKES, *TEXT_STATES])
        if self._depth and chance.random() < 0.5:
            self._depth -= 1
            return "Q"
        if chance.random() < 0.3:
            return chance.choice(MATRICES)
        self._depth += 1
        return "q"

    def border(self) -> str:
        """The beginning or the end of a text object."""
        self._is_text = not self._is_text
        return "BT" if self._is_text else "ET"

    def mark(self) -> str:
        if self._marks and self._chance.random() < 0.6:
            self._marks -= 1
            return "EMC"
        self._marks += 1
        return self._chance.choice(MARKS)

    def text(self) -> str:
        chance = self._chance
        if not self._is_text:
            return f"{self._sample.han} {chance.choice(['10', '16', '12.5', '1'])} Tf"
        x, y = chance.uniform(-30, 300), chance.uniform(-60, 500)
        drawn = (
            f"{x:.3f} {y:.3f} Td",
            f"{x:.2f} {-abs(y) / 9:.2f} TD",
            f"{chance.choice(['1', '1.3', '10'])} 0 {chance.choice(['0', '-.2'])} 1.2 {x} {y} Tm",
            "T*",
            f"{self.string()} Tj",
            f"{self.string()} '",
            f"[{self.string()}{chance.uniform(-900, 900):.1f}{self.string()}] TJ",
            f"[{self.string()}{self.string()}{chance.randint(-900, 900)}] TJ",
        )
        return chance.choice(drawn)

    def string(self) -> str:
        text = "".join(self._chance.choice(CHARACTERS) for _ in range(self._chance.randint(1, 4)))
        return f"<{self._sample.hex(text)}>"

    def path(self) -> str:
        chance = self._chance
        x, y, far = chance.uniform(0, 500), chance.uniform(0, 700), chance.uniform(5, 300)
        box = f"{x:.2f} {y:.2f} {chance.uniform(-200, 300):.2f} {chance.uniform(-30, 40):.2f} re"
        drawn = (
            f"{box} {chance.choice(['f', 'f*', 'S', 'n'])}",
            f"{x:.2f} {y:.2f} m {x + far:.2f} {y:.2f} l S",
            f"{x:.2f} {y:.2f} m {x + 20:.2f} {y + far / 9:.2f} l S",
            f"{x:.2f} {y:.2f} m {x + 10:.2f} {y:.2f} l {x + 10:.2f} {y + 9:.2f} l h f",
            f"{x:.2f} {y:.2f} m {x} {y + 9} {x + far} {y + 8} {x + far:.2f} {y:.2f} c f",
            f"0 0 {400 + far:.1f} {500 + far:.1f} re W n",
        )
        return chance.choice(drawn)


def test_both_readers_agree_on_what_ours_knows(
    workshop: Workshop, request: pytest.FixtureRequest
) -> None:
    """It knows half of these pages and more; their text, rules, colours and marks are the same."""
    sample = Sample(workshop.pdf(ISSUE))
    count = MANY if request.config.getoption("--soak") else FEW
    counts: Counter[str] = Counter()
    disputes: list[tuple[int, str]] = []
    for seed in range(count):
        pdf = sample.pdf(Draw(seed, sample).page())
        try:
            page = own(pdf)
        except Unknown as error:
            counts[str(error)] += 1
            continue
        counts["read"] += 1
        counts["glyphs"] += len(page.glyphs)
        disputes.extend((seed, str(d.what)) for d in differences(page, witnessed(pdf)))

    assert disputes == []
    assert counts["read"] > count / 2
    assert counts["glyphs"] > 2 * count
