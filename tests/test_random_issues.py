"""
Random issues that are valid, dense and odd: what is refused has a true fault, or we have one.

Every issue drawn here can be set: cells are short where a table has many columns, and nested
tables have few of them.  So no check refuses one, and no finding stands nowhere.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from jianbao_tex.findings import errors_among
from jianbao_tex.press import Press
from workshop import Workshop

FEW, MANY = 60, 600
"""How many issues are drawn, and how many with --soak."""

COMMON = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方"
MARKS = [
    "，",
    "。",
    "、",
    "；",
    "：",
    "！",
    "？",
    "——",
    "……",
    "“{}”",
    "（{}）",
    "《{}》",
    "‘{}’",
    "〔{}〕",
    "【{}】",
]
HALF = list(",.;:!?()[]/-%&+*#@")
NUMBERS = [
    "1",
    "12",
    "2020",
    "1,234",
    "5.2%",
    "-5",
    "0.333",
    "10000000",
    "15小时",
    "2020年3月5日",
    "第12期",
]
ODD = [
    "①", "★", "℃", "→", "㎡", "½", "‰", "§", "×", "≥", "∶", "№", "々", "𬱖", "é", "nǐ", "H₂O", "Ca²⁺",
    "Xi’an", "5·12", "⋯⋯", "／", "㎏", "Ω", "°", "′", "Latin", "COVID-19", "https://www.example.gov.cn/a/b?id=1",
]  # fmt: skip


class Draw:
    """Draws the parts of an issue by chance."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def text(self, least: int, most: int) -> str:
        chance = self.chance
        wanted, text = chance.randint(least, most), ""
        while len(text) < wanted:
            kind = chance.random()
            if kind < 0.7:
                text += "".join(chance.choice(COMMON) for _ in range(chance.randint(1, 8)))
            elif kind < 0.84:
                text += chance.choice(MARKS).format(self.text(1, 4))
            elif kind < 0.91:
                text += chance.choice(NUMBERS)
            elif kind < 0.97:
                text += chance.choice(["", " "]) + chance.choice(ODD) + chance.choice(["", " "])
            else:
                text += chance.choice(HALF)
        # A mark of YAML or white space alone is another test's concern.
        return text.strip() or "文"

    def plain(self, least: int, most: int) -> str:
        return "".join(self.chance.choice(COMMON) for _ in range(self.chance.randint(least, most)))

    def table(self, *, nested: bool) -> dict[str, Any]:
        chance = self.chance
        columns = chance.choice([1, 2, 3] if nested else [1, 2, 3, 4, 5, 6, 8, 10, 12])
        rows = chance.choice([1, 2, 4] if nested else [1, 2, 3, 5, 8, 25])
        table: dict[str, Any] = {
            "rows": [[self.cell(columns) for _ in range(columns)] for _ in range(rows)]
        }
        if chance.random() < 0.6:
            table["head"] = [self.plain(1, 4) for _ in range(columns)]
        if chance.random() < 0.4:
            table["caption"] = self.text(1, 20)
        return {"table": table}

    def cell(self, columns: int) -> str:
        kind = self.chance.random()
        if kind < 0.1:
            return ""
        if columns > 6:
            return (
                self.plain(1, 6) if kind < 0.7 else self.chance.choice(["5.2%", "12", "约5", "，"])
            )
        return self.chance.choice(NUMBERS) if kind < 0.4 else self.text(1, 12)

    def block(self, *, nested: bool = False) -> Any:
        chance = self.chance
        kinds = ["text", "text", "list", "numbered", "table", "image"]
        kind = chance.choice(
            kinds if nested else [*kinds, "text", "heading", "quote", "note", "table"]
        )
        makers = {
            "text": lambda: self.text(5, 160),
            "heading": lambda: {
                "heading": {"text": self.text(2, 24), "level": chance.randint(1, 4)}
            },
            "list": lambda: {"list": self.items(4)},
            "numbered": lambda: {"list": {"numbered": True, "items": self.items(12)}},
            "quote": lambda: {"quote": self.inner()},
            "note": lambda: {"note": self.inner()},
            "table": lambda: self.table(nested=nested),
            "image": self.image,
        }
        return makers[kind]()

    def items(self, most: int) -> list[str]:
        return [self.text(1, 50) for _ in range(self.chance.randint(1, most))]

    def inner(self) -> list[Any]:
        return [self.block(nested=True) for _ in range(self.chance.randint(1, 2))]

    def image(self) -> dict[str, Any]:
        image = {"file": "p.png", "width": self.chance.choice([0.1, 0.3, 1])}
        caption = {"caption": self.text(1, 15)} if self.chance.random() < 0.5 else {}
        return {"image": image | caption}

    def article(self) -> dict[str, Any]:
        chance = self.chance
        article: dict[str, Any] = {"body": [self.block() for _ in range(chance.randint(1, 5))]}
        if chance.random() < 0.8:
            article["title"] = self.text(2, 40)
            if chance.random() < 0.3:
                article["subtitle"] = "——" + self.text(1, 25)
        if chance.random() < 0.5:
            article["signature"] = self.text(1, 50)
        if chance.random() < 0.3:
            article["credits"] = self.text(1, 80)
        if chance.random() < 0.1:
            article["body"].append(
                {"attachment": {"title": self.text(1, 15), "body": [self.text(5, 60)]}}
            )
        return article

    def issue(self) -> dict[str, Any]:
        chance = self.chance
        options = {}
        if chance.random() < 0.6:
            options["punctuation.style"] = chance.choice(["jbhang", "plain", "quanjiao"])
        if chance.random() < 0.2:
            options["grid.half-leads"] = "inside"
        issue: dict[str, Any] = {
            "masthead": {"name": self.plain(2, 8), "issuer": [self.plain(2, 12)]},
            "layout": chance.choice(["classic", "newsletter"]),
            "options": options,
            "date": "2020-03-10",
        }
        articles = [self.article() for _ in range(chance.randint(1, 3))]
        if chance.random() < 0.5:
            issue["sections"] = [{"name": self.plain(2, 8), "articles": articles}]
        else:
            issue["articles"] = articles
        if chance.random() < 0.5:
            issue["distribution"] = {"报": self.text(1, 60), "送": self.text(1, 90)}
        return issue


def test_no_issue_that_can_be_set_is_refused(
    press: Press, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """In each style and layout, with odd characters and blocks of every kind side by side."""
    Image.new("L", (300, 200), 200).save(tmp_path / "p.png")
    soak = request.config.getoption("--soak")
    refused: list[tuple[str, str]] = []
    nowhere: list[str] = []
    count = 0

    @settings(max_examples=MANY if soak else FEW, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 10**9))
    def draw(seed: int) -> None:
        nonlocal count
        count += 1
        text = json.dumps(Draw(random.Random(seed)).issue(), ensure_ascii=False, indent=1)
        findings = press.prove(press.compose(Workshop.source(text, tmp_path))).findings
        refused.extend((str(seed), f"{f.code} {f.message}") for f in errors_among(findings))
        nowhere.extend(f"{seed} {f.code}" for f in findings if f.where.line < 2)

    draw()
    assert count >= FEW / 2
    assert refused == []
    assert nowhere == []
