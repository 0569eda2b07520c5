"""Two readers of the same pages: ours and pdfium agree, and where they do not, it is reported."""

from __future__ import annotations

import dataclasses
import io
import json
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import yaml
from PIL import Image

from jianbao_tex.agreement import differences
from jianbao_tex.finisher import finish
from jianbao_tex.measure import differences_from_witness, measure
from jianbao_tex.pages import Hidden, Page, PlacedPicture, Rule
from jianbao_tex.pdf_reader import Shelf, Unknown, read_page
from jianbao_tex.press import Press
from measured import BULLETIN
from test_random_issues import Draw
from workshop import Workshop

CASES = sorted((Path(__file__).parent / "cases").iterdir())
LAYOUTS = ("classic", "newsletter")
DRAWN, PACKED = 200, 10
"""How many articles are drawn, and how many of them are set as one issue: a run of TeX is slow."""


def unknown_in(pdf: bytes) -> list[str]:
    """What our reader does not know, for each page that it does not read."""
    reasons = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        shelf = Shelf()
        for number, page in enumerate(document.pages, start=1):
            try:
                read_page(number, page, 0, shelf)
            except Unknown as error:
                reasons.append(str(error))
    return reasons


def check_agreement(press: Press, text: str, folder: Path) -> int:
    """
    Our reader reads every page of an issue, and the witness says the same.

    Only that is checked, so that it takes half the time; returns the number of pages.
    """
    composed = press.compose(Workshop.source(text, folder))
    draft = press.engine.typeset(composed.tree)
    fonts = {font for face in composed.faces.values() for font in (*face.chain, face.latin)}
    pdf = finish(draft, composed.tree, sorted(fonts, key=lambda font: font.name)).pdf
    measured = measure(pdf)

    assert unknown_in(pdf) == []
    assert [*differences_from_witness(pdf, measured)] == []
    return len(measured.pages)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_both_readers_agree_on_all_cases(press: Press, layout: str) -> None:
    """Each text, place, box, size, font, mark, rule, picture and colour, to 0.01 mm."""
    assert len(CASES) >= 15
    for case in CASES:
        data = yaml.safe_load((case / "issue.yaml").read_text(encoding="utf-8"))
        data["版式" if "版式" in data else "layout"] = layout
        check_agreement(press, json.dumps(data, ensure_ascii=False, default=str), case)


@pytest.mark.parametrize("name", ["363", "365"])
def test_both_readers_agree_on_the_printed_bulletins(workshop: Workshop, name: str) -> None:
    pdf = workshop.master(name)

    assert unknown_in(pdf) == []
    assert [*differences_from_witness(pdf, measure(pdf))] == []


def packed(first: int, layout: str) -> dict[str, Any]:
    """A random issue with the articles of many."""
    articles = [Draw(random.Random(seed)).article() for seed in range(first, first + PACKED)]
    issue = Draw(random.Random(first)).issue()
    head = {key: value for key, value in issue.items() if key != "sections"}
    return {**head, "layout": layout, "articles": articles}


def test_both_readers_agree_on_random_issues(press: Press, tmp_path: Path) -> None:
    """
    Odd characters, tables, lists and pictures, in each layout and style of punctuation.

    `test_random_issues` has whole issues: the witness runs for each of them, 600 with --soak.
    """
    Image.new("L", (300, 200), 200).save(tmp_path / "p.png")
    pages = 0
    for number, first in enumerate(range(0, DRAWN, PACKED)):
        issue = packed(first, LAYOUTS[number % 2])
        pages += check_agreement(press, json.dumps(issue, ensure_ascii=False), tmp_path)

    assert pages >= DRAWN


# --- What differs is reported ---------------------------------------------------------------


def moved(name: str, by: float) -> Callable[[Page], Page]:
    """A page whose first glyph has another length."""

    def change(page: Page) -> Page:
        first, *others = page.glyphs
        glyph = first._replace(**{name: getattr(first, name) + by})
        return dataclasses.replace(page, glyphs=(glyph, *others))

    return change


def with_first(**values: object) -> Callable[[Page], Page]:
    def change(page: Page) -> Page:
        first, *others = page.glyphs
        return dataclasses.replace(page, glyphs=(first._replace(**values), *others))

    return change


def with_all(**values: object) -> Callable[[Page], Page]:
    return lambda page: dataclasses.replace(page, **values)


CHANGES: dict[str, tuple[Callable[[Page], Page], str]] = {
    "another character": (with_first(text="口"), "the characters and their order"),
    "a character less": (
        lambda page: dataclasses.replace(page, glyphs=page.glyphs[:-1]),
        "the characters and their order",
    ),
    "a character moved": (moved("x", 0.011), "the place of a character"),
    "a line moved": (moved("baseline", -0.011), "the place of a character"),
    "left": (moved("left", 0.011), "the box of a character"),
    "right": (moved("right", 0.011), "the box of a character"),
    "top": (moved("top", 0.011), "the box of a character"),
    "bottom": (moved("bottom", 0.011), "the box of a character"),
    "size": (moved("size_bp", 0.011), "the size of a character"),
    "font": (with_first(font="Other"), "the font or the mark of a character"),
    "mark": (with_first(mark="JbTitle"), "the font or the mark of a character"),
    "hidden": (with_first(hidden=Hidden.COLOUR), "whether a character shows"),
    "rule": (with_all(rules=()), "the rules"),
    "rule moved": (
        lambda page: dataclasses.replace(
            page, rules=tuple(dataclasses.replace(r, top=r.top + 0.011) for r in page.rules)
        ),
        "the rules",
    ),
    "another rule": (
        lambda page: dataclasses.replace(page, rules=(*page.rules, Rule(1, 2, 30, 1))),
        "the rules",
    ),
    "picture": (with_all(shapes=(PlacedPicture(1, 2, 3, 4),)), "the places of the pictures"),
    "pictures": (with_all(pictures=1), "the colours and the number of pictures"),
    "colours": (with_all(colours=frozenset()), "the colours and the number of pictures"),
    "sheet": (with_all(width=209.98), "the size of the page"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_kind_of_difference_is_reported(press: Press, workshop: Workshop, name: str) -> None:
    """A reader that is wrong by more than 0.01 mm is found out."""
    change, what = CHANGES[name]
    subject = workshop.subject(BULLETIN)
    pages = list(subject.measured.pages)
    pages[0] = change(pages[0])
    changed = dataclasses.replace(
        subject, measured=dataclasses.replace(subject.measured, pages=tuple(pages))
    )
    messages = [f.message for f in press.registry.checks["witness"].run(changed)]

    assert [*press.registry.checks["witness"].run(subject)] == []
    assert messages == [f"two readers of the PDF see page 1 differently: {what}"]


@pytest.mark.parametrize("name", ["x", "baseline", "left", "right", "top", "bottom", "size_bp"])
def test_readings_that_differ_by_less_agree(workshop: Workshop, name: str) -> None:
    page = measure(workshop.pdf(BULLETIN)).pages[0]

    assert [*differences(page, moved(name, 0.009)(page))] == []


def test_a_dispute_is_named_at_its_characters(press: Press, workshop: Workshop) -> None:
    """At the text in the issue; once for each kind, however many characters it concerns."""
    subject = workshop.subject(BULLETIN)
    page = subject.measured.pages[0]
    body = next(i for i, glyph in enumerate(page.glyphs) if glyph.mark == "JbTitle")
    glyphs = [
        glyph._replace(x=glyph.x + 1) if i >= body else glyph for i, glyph in enumerate(page.glyphs)
    ]
    pages = (dataclasses.replace(page, glyphs=tuple(glyphs)), *subject.measured.pages[1:])
    changed = dataclasses.replace(
        subject, measured=dataclasses.replace(subject.measured, pages=pages)
    )
    (finding,) = press.registry.checks["witness"].run(changed)
    place = finding.where

    assert place.text[place.column - 1 : place.end_column - 1] == glyphs[body].text


def test_marked_text_is_read_by_our_own_reader(workshop: Workshop) -> None:
    """What is marked is read by our own reader too: names, titles, tables, page numbers."""
    page = measure(workshop.pdf(BULLETIN)).pages[0]
    marks: Counter[str] = Counter(glyph.mark for glyph in page.glyphs)

    assert unknown_in(workshop.pdf(BULLETIN)) == []
    assert {"", "JbName", "JbTitle", "Artifact"} <= set(marks)
