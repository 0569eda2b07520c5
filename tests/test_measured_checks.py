"""
Checks of a finished PDF against pages whose measures are a little off: each bound, both sides.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest

from jianbao_tex.content import Mark
from jianbao_tex.hooks import LogMessage, MasterCheck, MasterSubject
from jianbao_tex.pages import PlacedPicture, Rule
from jianbao_tex.press import Press
from measured import (
    BULLETIN,
    first_words,
    line_of,
    moved,
    moving,
    ruled,
    said,
    underlined,
    with_glyphs,
    with_page,
    with_pages,
)
from workshop import Workshop


@pytest.fixture(scope="module")
def subject(workshop: Workshop) -> MasterSubject:
    return workshop.subject(BULLETIN)


def test_the_page_from_which_the_others_are_made_is_right(
    press: Press, subject: MasterSubject
) -> None:
    checks = [one for one in press.registry.checks.values() if isinstance(one, MasterCheck)]

    assert len(checks) >= 15
    assert [said(press, subject, one.name) for one in checks] == [[]] * len(checks)


# --- The page -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("top", "thickness", "words"),
    [
        (36.6, 0.3, []),
        (36.4, 0.3, ["a rule of page 2 is 0.60 mm outside the type area"]),
        (30.0, 0.3, ["a rule of page 2 is 7.00 mm outside the type area"]),
        (262.1, 0.3, []),
        (262.3, 0.3, ["a rule of page 2 is 0.60 mm outside the type area"]),
        (262.3, 4.0, ["a rule of page 2 is 4.30 mm outside the type area"]),
    ],
)
def test_a_rule_may_leave_the_type_area_by_half_a_millimetre_above_and_below(
    press: Press, subject: MasterSubject, top: float, thickness: float, words: Sequence[str]
) -> None:
    """Thinner than that is no rule that is seen to be off; how far it is out is said."""
    changed = with_page(subject, 2, ruled(Rule(28, top, 156, thickness)))

    assert first_words(said(press, changed, "type-area")) == list(words)
    if top < 100:
        assert underlined(press, changed, "type-area") == ["第"] * len(words)


def test_a_rule_is_placed_at_the_text_that_is_nearest(press: Press, subject: MasterSubject) -> None:
    for top, text in ((30.0, "求"), (262.5, "正")):
        changed = with_page(subject, 1, ruled(Rule(28, top, 156, 0.3)))

        assert underlined(press, changed, "type-area") == [text]


@pytest.mark.parametrize(("excess", "is_reported"), [(0.45, False), (0.55, True)])
def test_rules_between_columns_may_leave_it_by_half_a_lead_more(
    press: Press, workshop: Workshop, excess: float, is_reported: bool
) -> None:
    """A table that is cut into columns has half a lead above and below its rows."""
    subject = workshop.subject("layout: newsletter\nmasthead: {name: 报}\narticles: {body: 文。}\n")
    grid = subject.layout.grid
    top = grid.top - (grid.pitch - grid.em) / 2 - excess
    changed = with_page(subject, 1, ruled(Rule(28, top, 70, 0.3)))

    assert bool(said(press, changed, "type-area")) == is_reported


SHORTEST = "masthead: {name: 报}\narticles:\n  - body:\n" + "    - 好\n" * 30
OF_PAGES = (
    *("grid-rows", "type-area", "page-numbers", "blank-pages", "masthead", "distribution"),
    *("even-tables", "full-pages", "text-complete", "lone-characters", "kept-together"),
    *("line-breaks", "unbroken-lines", "overfull", "underfull"),
)


@pytest.mark.parametrize("check", OF_PAGES)
def test_lines_of_one_character_are_lines(press: Press, workshop: Workshop, check: str) -> None:
    """Thirty paragraphs of one character, over two pages: nothing is wrong with them."""
    subject = workshop.subject(SHORTEST)

    assert len(subject.measured.pages) == 2
    assert said(press, subject, check) == []


@pytest.mark.parametrize(
    ("downs", "words"),
    [
        ([0.04, -0.04], []),
        ([0.06], ["the baseline of a line of page 1, at 188.25 mm, is 0.06 mm off its row"]),
        ([-0.06], ["the baseline of a line of page 1, at 188.13 mm, is 0.06 mm off its row"]),
        (
            [0.5, 2.0],
            ["the baseline of 2 lines of page 1, first at 188.69 mm, is 2.00 mm off its row"],
        ),
        (
            [2.0, 0.5],
            ["the baseline of 2 lines of page 1, first at 190.19 mm, is 2.00 mm off its row"],
        ),
    ],
)
def test_lines_stand_on_their_rows_to_a_twentieth_of_a_millimetre(
    press: Press, subject: MasterSubject, downs: Sequence[float], words: Sequence[str]
) -> None:
    """What is said: how many lines, where the first one stands, and how far off the worst is."""
    changed = subject
    for text, down in zip(("国国国国国", "国国国国。"), downs, strict=False):
        foot = line_of(subject, 1, text)
        changed = with_page(changed, 1, moving(lambda g, y=foot: g.baseline == y, 0, down))

    assert first_words(said(press, changed, "grid-rows")) == words
    assert underlined(press, changed, "grid-rows") == ["国" * 26] * len(words)


def test_the_first_character_of_a_line_stands_for_it(press: Press, subject: MasterSubject) -> None:
    """A sign that is raised a little does not take its line off the row."""
    foot = line_of(subject, 1, "国国国国。")
    last = max(
        (g for g in subject.measured.pages[0].glyphs if g.baseline == foot), key=lambda g: g.x
    )

    for down in (-0.25, 0.25):
        changed = with_page(subject, 1, moving(lambda g: g == last, 0, down))
        assert said(press, changed, "grid-rows") == []


@pytest.mark.parametrize(("row", "words"), [(21, []), (22, ["the number of rows of page 2 is 23"])])
def test_a_page_has_as_many_rows_as_its_layout(
    press: Press, subject: MasterSubject, row: int, words: Sequence[str]
) -> None:
    grid = subject.layout.grid
    down = (row - 2) * grid.pitch
    foot = line_of(subject, 2, "第二页正文")
    assert grid.row_of(foot) == 2
    changed = with_page(subject, 2, moving(lambda g: g.baseline == foot, 0, down))

    assert first_words(said(press, changed, "grid-rows")) == words
    assert underlined(press, changed, "grid-rows") == ["第二页正文。"] * len(words)


@pytest.mark.parametrize(
    ("axis", "amounts", "words"),
    [
        ("across", [-0.1], []),
        ("across", [-5.0], ["the place of a character of page 1 (国) is 4.07 mm outside the type area"]),
        ("across", [-5.0, -9.0], ["the place of 2 characters of page 1 (国国 …) is 8.07 mm outside the type area"]),
        ("across", [-9.0, -5.0], ["the place of 2 characters of page 1 (国国 …) is 8.07 mm outside the type area"]),
        ("right", [1.0], []),
        ("right", [5.0], ["the place of a character of page 1 (国) is 4.19 mm outside the type area"]),
        ("up", [0.25], []),
        ("up", [0.4], ["the place of a character of page 1 (国) is 0.40 mm outside the type area"]),
        ("down", [0.25], []),
        ("down", [0.4], ["the place of a character of page 1 (国) is 0.40 mm outside the type area"]),
    ],
)  # fmt: skip
def test_characters_that_leave_the_type_area_are_named_with_the_worst_of_them(
    press: Press,
    subject: MasterSubject,
    axis: str,
    amounts: Sequence[float],
    words: Sequence[str],
) -> None:
    """On each of the four sides; their ink may reach a little out of the character box."""
    grid = subject.layout.grid
    foot = line_of(subject, 1, "国国国国。")
    glyphs = [g for g in subject.measured.pages[0].glyphs if g.baseline == foot]
    places = {}
    for glyph, amount in zip(glyphs, amounts, strict=False):
        across, down = {
            "across": (grid.left - glyph.x + amount, 0.0),
            "right": (grid.left + grid.width - grid.em - glyph.x + amount, 0.0),
            "up": (0.0, grid.top + 0.88 * grid.em - glyph.baseline - amount),
            "down": (0.0, grid.foot - 0.12 * grid.em - glyph.baseline + amount),
        }[axis]
        places[glyph] = moved(glyph, across, down)
    changed = with_page(
        subject,
        1,
        lambda page: dataclasses.replace(page, glyphs=tuple(places.get(g, g) for g in page.glyphs)),
    )

    assert first_words(said(press, changed, "type-area")) == words
    assert underlined(press, changed, "type-area") == ["国" * len(amounts)] * len(words)


def test_of_many_characters_outside_six_are_shown(press: Press, subject: MasterSubject) -> None:
    foot = line_of(subject, 1, "正文正文")
    changed = with_page(subject, 1, moving(lambda g: g.baseline == foot, -200))
    words = (
        "the place of 26 characters of page 1 (正文正文正文 …) is 188.42 mm outside the type area"
    )

    assert first_words(said(press, changed, "type-area")) == [words]
    assert underlined(press, changed, "type-area") == ["正文正文正文"]


@pytest.mark.parametrize(("excess", "is_reported"), [(3.0, True), (30.0, False)])
def test_a_text_that_is_reported_as_lost_is_not_reported_for_its_place(
    press: Press, subject: MasterSubject, excess: float, is_reported: bool
) -> None:
    """A text that TeX finds a little too large may stand at a wrong place all the same."""
    text = "国国国国国国"
    foot = line_of(subject, 1, text)
    grid = subject.layout.grid
    up = grid.top - foot
    changed = with_page(subject, 1, moving(lambda g: g.baseline == foot, 0, up))
    log = (LogMessage("overfull", "", excess_pt=excess, shown=text),)
    changed = dataclasses.replace(changed, master=dataclasses.replace(changed.master, log=log))

    assert bool(said(press, changed, "type-area")) == is_reported


def test_the_severity_is_that_of_the_rule(press: Press, subject: MasterSubject) -> None:
    """What the standard binds (规定) is an error; what practice wants is a warning."""
    name = with_page(subject, 1, moving(lambda g: g.mark == Mark.NAME, 5))
    block = with_page(subject, 2, lambda page: dataclasses.replace(page, rules=()))
    codes = {
        check: [finding.code for finding in press.registry.checks[check].run(changed)]
        for check, changed in (("masthead", name), ("distribution", block))
    }
    strengths = [subject.layout.figures[n].strength for n in ("masthead.name-width", "grid.height")]

    assert strengths == ["实务", "规定"]
    assert codes == {"masthead": ["JB341"], "distribution": ["JB340"]}


def test_a_large_sign_may_reach_further_over_the_edge(press: Press, subject: MasterSubject) -> None:
    """Its box is known less well: by six hundredths of its size."""
    grid = subject.layout.grid
    glyphs = list(subject.measured.pages[0].glyphs)
    at = next(i for i, g in enumerate(glyphs) if g.mark == Mark.NAME)
    slack = 0.06 * glyphs[at].size_bp * 25.4 / 72
    assert slack > 1
    for excess, is_reported in ((slack - 0.05, False), (slack + 0.05, True)):
        glyphs[at] = glyphs[at]._replace(right=grid.left + grid.width + excess)
        changed = with_page(subject, 1, with_glyphs(glyphs))

        assert bool(said(press, changed, "type-area")) == is_reported


def test_an_artifact_and_an_inserted_form_may_stand_outside_the_type_area(
    press: Press, subject: MasterSubject
) -> None:
    for mark, is_reported in ((Mark.ARTIFACT, False), (Mark.INSERT, False), (Mark.TABLE, True)):
        glyph = subject.measured.pages[0].glyphs[-8]
        outside = moved(glyph, -200)._replace(mark=mark)
        changed = with_page(subject, 1, with_glyphs([*subject.measured.pages[0].glyphs, outside]))

        assert bool(said(press, changed, "type-area")) == is_reported


# --- The text
# ----------------------------------------------------------------------------------------


def ending_with_a_heading(subject: MasterSubject) -> MasterSubject:
    """The first page without what follows its heading."""
    foot = line_of(subject, 1, "一、小标题")
    return with_page(
        subject,
        1,
        lambda page: dataclasses.replace(
            page,
            glyphs=tuple(
                g for g in page.glyphs if g.baseline <= foot + 0.1 or g.mark == Mark.ARTIFACT
            ),
        ),
    )


@pytest.mark.parametrize(
    ("below_mm", "is_last"), [(None, True), (-20, True), (3, True), (8, False), (60, False)]
)
def test_a_heading_ends_a_page_where_nothing_of_the_text_stands_below_it(
    press: Press, subject: MasterSubject, below_mm: float | None, is_last: bool
) -> None:
    """A picture below it is what it is the heading of; one beside or above it is not."""
    foot = line_of(subject, 1, "一、小标题")
    changed = ending_with_a_heading(subject)
    if below_mm is not None:
        shape = PlacedPicture(30, foot - 30, 100, foot + below_mm)
        changed = with_page(changed, 1, lambda page: dataclasses.replace(page, shapes=(shape,)))
    found = said(press, changed, "kept-together")

    assert found == ["a heading stands last on page 1: 一、小标题"] * is_last
    assert said(press, with_pages(changed, changed.measured.pages[:1]), "kept-together") == []
    assert underlined(press, changed, "kept-together") == ["一、小标题"] * is_last


@pytest.mark.parametrize("down", [0.0, 8.0])
def test_a_caption_below_a_heading_is_below_it(
    press: Press, subject: MasterSubject, down: float
) -> None:
    """Text of any size and mark counts, but for the page number and what is no text."""
    foot = line_of(subject, 1, "一、小标题")
    glyph = next(g for g in subject.measured.pages[0].glyphs if g.mark == Mark.HEADING)
    caption = moved(glyph, 0, foot - glyph.baseline + down)._replace(mark=Mark.TABLE, size_bp=9.0)
    changed = with_page(
        ending_with_a_heading(subject),
        1,
        lambda page: dataclasses.replace(page, glyphs=(*page.glyphs, caption)),
    )

    assert bool(said(press, changed, "kept-together")) == (down == 0.0)
