"""Checks of masthead and distribution block against pages whose measures are a little off."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import pytest

from jianbao_tex.content import Mark
from jianbao_tex.hooks import MasterSubject
from jianbao_tex.pages import Rule
from jianbao_tex.press import Press
from measured import (
    BULLETIN,
    first_words,
    moving,
    said,
    underlined,
    with_option,
    with_page,
    with_pages,
)
from workshop import Workshop


@pytest.fixture(scope="module")
def subject(workshop: Workshop) -> MasterSubject:
    return workshop.subject(BULLETIN)


# --- The masthead ---


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"thickness": 0.74}, []),
        ({"thickness": 0.66}, []),
        ({"thickness": 0.76}, ["the thickness of the red rule is 0.76 mm"]),
        ({"thickness": 0.64}, ["the thickness of the red rule is 0.64 mm"]),
        ({"width": 156.25}, []),
        ({"width": 156.35}, ["the width of the red rule is 156.35 mm"]),
        ({"width": 155.65}, ["the width of the red rule is 155.65 mm"]),
        ({"top": 50.0}, ["the red rule is missing"]),
        (None, ["the red rule is missing"]),
    ],
)
def test_the_red_rule_stands_below_the_name_as_the_layout_says(
    press: Press,
    subject: MasterSubject,
    change: Mapping[str, float] | None,
    words: Sequence[str],
) -> None:
    """To a twentieth of a millimetre in thickness, to three tenths in width; the first rule counts."""
    (rule,) = subject.measured.pages[0].rules
    rules = () if change is None else (dataclasses.replace(rule, **change),)
    if rules and rules[0].top > 100:
        rules = (*rules, Rule(28, 200, 20, 5))
    changed = with_page(subject, 1, lambda page: dataclasses.replace(page, rules=rules))

    assert first_words(said(press, changed, "masthead")) == list(words)
    without = with_option(changed, "masthead.rule", "0 mm")
    assert said(press, without, "masthead") == []


def test_a_bulletin_without_a_masthead_has_no_name_to_measure(
    press: Press, subject: MasterSubject
) -> None:
    nameless = with_page(
        subject,
        1,
        lambda page: dataclasses.replace(
            page, rules=(), glyphs=tuple(g for g in page.glyphs if g.mark != Mark.NAME)
        ),
    )

    assert said(press, nameless, "masthead") == []


# --- The distribution block ---


@pytest.mark.parametrize(
    ("value", "pages", "is_right"),
    [("even", 2, True), ("four", 2, False), ("four", 4, True), ("last", 2, True), ("last", 3, True),
     ("even", 3, False), ("even", 4, True)],
)  # fmt: skip
def test_the_block_stands_on_the_last_page_of_a_sheet(
    press: Press, subject: MasterSubject, value: str, pages: int, is_right: bool
) -> None:
    """On an even one, or on one that four divides, as the layout says: so printers fold it."""
    first, last = subject.measured.pages
    middle = (dataclasses.replace(first, number=n, rules=()) for n in range(2, pages))
    every = (first, *middle, dataclasses.replace(last, number=pages))
    changed = with_pages(with_option(subject, "distribution.page", value), every)
    found = said(press, changed, "distribution")

    assert (found == []) == is_right
    assert is_right or f"page {pages} of {pages}" in found[0]
    assert underlined(press, changed, "distribution") == ["报"] * (not is_right)


def test_the_block_is_whole_and_on_the_last_page(press: Press, subject: MasterSubject) -> None:
    """Split over two pages it is reported once, with its first character."""
    first, last = subject.measured.pages
    line = tuple(g for g in last.glyphs if g.mark == Mark.DISTRIBUTION)[:4]
    split = with_pages(
        subject,
        (
            dataclasses.replace(first, glyphs=(*first.glyphs, *line)),
            dataclasses.replace(last, glyphs=tuple(g for g in last.glyphs if g not in line)),
        ),
    )
    early = with_pages(subject, (dataclasses.replace(last, number=2), first, first))

    assert first_words(said(press, split, "distribution")) == [
        "the distribution block is split over pages"
    ]
    assert underlined(press, split, "distribution") == ["报"]
    assert first_words(said(press, early, "distribution")) == [
        "the page of the distribution block is page 2 of 3"
    ]
    assert said(press, with_pages(subject, [first]), "distribution") == []


@pytest.mark.parametrize(
    ("what", "amount", "words"),
    [
        ("thickness", 0.04, ""),
        ("thickness", -0.04, ""),
        ("thickness", 0.06, "the thickness of rule 2 of the distribution block is 0.31 mm"),
        ("thickness", -0.06, "the thickness of rule 2 of the distribution block is 0.19 mm"),
        ("width", 0.25, ""),
        ("width", 0.35, "the width of rule 2 of the distribution block is 156.35 mm"),
        ("width", -0.35, "the width of rule 2 of the distribution block is 155.65 mm"),
    ],
)
def test_rules_of_the_block_are_as_thick_and_as_wide_as_the_layout_says(
    press: Press, subject: MasterSubject, what: str, amount: float, words: str
) -> None:
    """To a twentieth of a millimetre in thickness, to three tenths in width."""
    rules = list(subject.measured.pages[1].rules)
    own = {"thickness": rules[1].thickness, "width": rules[1].width}
    rules[1] = dataclasses.replace(rules[1], **{what: own[what] + amount})
    changed = with_page(subject, 2, lambda page: dataclasses.replace(page, rules=tuple(rules)))
    found = said(press, changed, "distribution")

    assert first_words(found) == [words] * bool(words)


@pytest.mark.parametrize(
    ("down", "words"),
    [
        (0.25, ""),
        (-0.25, ""),
        (0.4, "the last rule of the distribution block is 262.42 mm"),
        (-0.4, "the last rule of the distribution block is 261.62 mm"),
    ],
)
def test_the_last_rule_of_the_block_lies_at_the_foot_of_the_type_area(
    press: Press, subject: MasterSubject, down: float, words: str
) -> None:
    """To three tenths of a millimetre (GB/T 9704-2012, 7.4.1)."""
    *others, last = subject.measured.pages[1].rules
    rules = (*others, dataclasses.replace(last, top=last.top + down))
    changed = with_page(subject, 2, lambda page: dataclasses.replace(page, rules=rules))

    assert first_words(said(press, changed, "distribution")) == [words] * bool(words)
    others = with_page(subject, 2, lambda page: dataclasses.replace(page, rules=()))
    assert first_words(said(press, others, "distribution")) == [
        "the last rule of the distribution block is missing"
    ]


@pytest.mark.parametrize(
    ("number", "thickness", "words"),
    [
        (0, 0.35, []),
        (0, 0.25, ["the thickness of rule 1 of the distribution block is 0.25 mm"]),
        (1, 0.35, ["the thickness of rule 2 of the distribution block is 0.35 mm"]),
        (2, 0.35, ["the thickness of rule 3 of the distribution block is 0.35 mm"]),
        (3, 0.25, ["the thickness of rule 4 of the distribution block is 0.25 mm"]),
    ],
)
def test_the_first_and_the_last_rule_are_thick_and_the_others_thin(
    press: Press, subject: MasterSubject, number: int, thickness: float, words: Sequence[str]
) -> None:
    """By GB/T 9704-2012, 7.4.1; a rule further above is none of the block's."""
    rules = [
        Rule(28, 150, 80, 2),
        Rule(28, 160, 80, 2),
        *subject.measured.pages[1].rules,
    ]
    rules[number + 2] = dataclasses.replace(rules[number + 2], thickness=thickness)
    changed = with_page(subject, 2, lambda page: dataclasses.replace(page, rules=tuple(rules)))

    assert first_words(said(press, changed, "distribution")) == list(words)


@pytest.mark.parametrize(
    ("across", "words"),
    [
        (0.0, ""),
        (2.2, ""),
        (-2.0, ""),
        (2.3, "the name is 2.23 mm off the middle"),
        (-2.2, "the name is 2.27 mm off the middle"),
    ],
)
def test_the_name_stands_in_the_middle_to_a_tenth_of_its_size(
    press: Press, subject: MasterSubject, across: float, words: str
) -> None:
    """Glyphs do not fill their boxes alike on both sides: of 62 bp that is 2.2 mm."""
    changed = with_page(subject, 1, moving(lambda g: g.mark == Mark.NAME, across))

    assert first_words(said(press, changed, "masthead")) == [words] * bool(words)
    assert underlined(press, changed, "masthead") == ["工作简报"] * bool(words)
