"""Checks of tables and of pages that end early against pages whose measures are a little off."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest

from jianbao_tex.content import Mark
from jianbao_tex.hooks import LogMessage, MasterSubject
from jianbao_tex.pages import Page, PlacedPicture
from jianbao_tex.press import Press
from measured import Change, moved, moving, said, underlined, with_glyphs, with_page
from workshop import Workshop

TABLE = """
masthead: {name: 报}
articles:
  - body:
      - table: {head: [名, 数], rows: [[甲, 一], [乙, 二], [丙, 三], [丁, 四]]}
      - 中间的一段。
      - table: {rows: [[戊, 五], [己, 六]]}
"""


@pytest.fixture(scope="module")
def table(workshop: Workshop) -> MasterSubject:
    return workshop.subject(TABLE)


def row_of(subject: MasterSubject, text: str) -> float:
    """The baseline of the row that begins with a text."""
    return next(g.baseline for g in subject.measured.pages[0].glyphs if g.text == text)


def lowered(subject: MasterSubject, text: str, down: float, stretch: float = 0) -> MasterSubject:
    """
    The first page with a row, the rules below it and all that follows moved down.

    The rule above the row stays, and another one is put ``down`` below it.
    """
    start = row_of(subject, text) - 0.1

    def change(page: Page) -> Page:
        above = max(rule.top for rule in page.rules if rule.top < start)
        upper = next(rule for rule in page.rules if rule.top == above)
        rules = [
            dataclasses.replace(rule, top=rule.top + (down + stretch if rule.top > start else 0))
            for rule in page.rules
        ]
        if down:
            rules.append(dataclasses.replace(upper, top=upper.top + down))
        glyphs = [
            moved(g, 0, down + (stretch if g.baseline > start + 1 else 0))
            if g.baseline > start
            else g
            for g in page.glyphs
        ]
        page = dataclasses.replace(page, rules=tuple(sorted(rules, key=lambda rule: rule.top)))
        return dataclasses.replace(page, glyphs=tuple(glyphs))

    return with_page(subject, 1, change)


@pytest.mark.parametrize(
    ("row", "down", "words"),
    [
        ("乙", 0.0, []),
        ("乙", 0.47, []),
        ("乙", 0.6, ["rows of a table on page 1 stand 0.42 apart"]),
        ("乙", 2.0, ["rows of a table on page 1 stand 1.82 apart"]),
        ("丁", 2.0, ["rows of a table on page 1 stand 1.82 apart"]),
        ("己", 2.0, ["rows of a table on page 1 stand 1.82 apart"]),
    ],
)
def test_rows_of_a_table_stand_rule_on_rule(
    press: Press, table: MasterSubject, row: str, down: float, words: Sequence[str]
) -> None:
    """To three tenths of a millimetre; two tables are not one."""
    found = said(press, lowered(table, row, down), "even-tables")

    assert [message.replace(" mm", "") for message in found] == list(words)
    assert underlined(press, lowered(table, row, down), "even-tables") == [row] * len(words)


@pytest.mark.parametrize(
    ("row", "stretch", "reported"),
    [("乙", 0.0, False), ("乙", 0.25, False), ("乙", 0.35, True), ("乙", -0.35, True),
     ("乙", 3.0, True), ("名", 3.0, True), ("丁", 3.0, True)],
)  # fmt: skip
def test_rows_of_as_many_lines_are_as_high_as_each_other(
    press: Press, table: MasterSubject, row: str, stretch: float, reported: bool
) -> None:
    """The worst is named, and how high the others are."""
    high = height_of(table)
    found = said(press, lowered(table, row, 0, stretch), "even-tables")
    words = (
        f"a table row on page 1 is {high + stretch:.2f} mm high; "
        f"rows with as many lines are {high:.2f} mm high"
    )

    assert found == [words] * reported
    changed = lowered(table, row, 0, stretch)
    assert underlined(press, changed, "even-tables") == [row] * reported


def test_rows_with_more_lines_are_higher(press: Press, workshop: Workshop) -> None:
    """Each number of lines has a height of its own, which the cell with most of them gives."""
    long = "表" * 20
    text = f"""
masthead: {{name: 报}}
articles:
  - body:
      - table: {{rows: [[甲, 一], [乙, {long}], [{long}, 二], [丙, 三四五], [丁丁, 四]]}}
"""
    subject = workshop.subject(text)
    assert said(press, subject, "even-tables") == []

    (found,) = said(press, lowered(subject, "丙", 0, 2.0), "even-tables")
    assert found.startswith("a table row on page 1 is ")
    raised = with_page(subject, 1, moving(lambda g: g.text == "五", 0, -0.8))
    (found,) = said(press, lowered(raised, "丙", 0, 2.0), "even-tables")
    assert found.startswith("a table row on page 1 is ")


def test_a_table_without_rules_has_no_heights(press: Press, table: MasterSubject) -> None:
    for rules in ((), table.measured.pages[0].rules[:2]):
        changed = with_page(table, 1, lambda page, r=rules: dataclasses.replace(page, rules=r))

        assert said(press, changed, "even-tables") == []


def height_of(subject: MasterSubject) -> float:
    """From rule to rule, without them."""
    rules = [rule for rule in subject.measured.pages[0].rules if rule.thickness < 0.3]
    return rules[1].top - rules[0].bottom


# --- Pages that end early ----------------------------------------------------------------------

FULL = "masthead: {name: 报}\narticles:\n  - body: |\n" + "      行。\n" * 40


@pytest.fixture(scope="module")
def full(workshop: Workshop) -> MasterSubject:
    made = workshop.subject(FULL)
    assert [page.number for page in made.measured.pages] == [1, 2, 3]
    return made


def cut(subject: MasterSubject, rows: int) -> Change:
    """A page without its last rows."""
    grid = subject.layout.grid
    last = grid.rows - 1 - rows
    return lambda page: dataclasses.replace(
        page,
        glyphs=tuple(
            g for g in page.glyphs if g.mark == Mark.ARTIFACT or grid.row_of(g.baseline) <= last
        ),
    )


def short(press: Press, subject: MasterSubject) -> list[str]:
    return said(press, subject, "full-pages")


@pytest.mark.parametrize(("rows", "reported"), [(0, False), (5, False), (6, True), (9, True)])
def test_a_page_ends_early_only_where_what_follows_does_not_fit(
    press: Press, full: MasterSubject, rows: int, reported: bool
) -> None:
    """Two lines of a paragraph, and three rows more that a heading or a title may want."""
    found = short(press, with_page(full, 2, cut(full, rows)))

    assert found == [f"page 2 has {rows} free rows, although the next text would fit"] * reported


def test_a_page_that_ends_early_is_reported_at_the_first_character_of_the_next(
    press: Press, full: MasterSubject
) -> None:
    changed = with_page(full, 2, cut(full, 9))
    (finding,) = press.registry.checks["full-pages"].run(changed)

    assert finding.where.end_column == finding.where.column + 1


@pytest.mark.parametrize("low", [0.0, 250.0])
def test_what_stands_lowest_ends_a_page(press: Press, full: MasterSubject, low: float) -> None:
    """A picture as much as a line; below the type area stands no text."""
    changed = with_page(full, 2, cut(full, 9))
    shape = PlacedPicture(30, 100, 100, low)
    changed = with_page(
        changed, 2, lambda page: dataclasses.replace(page, shapes=(shape,) if low else ())
    )
    rule = dataclasses.replace(full.measured.pages[0].rules[0], top=low or 300.0)
    ruled = with_page(
        with_page(full, 2, cut(full, 9)), 2, lambda page: dataclasses.replace(page, rules=(rule,))
    )

    assert bool(short(press, changed)) == (not low)
    assert bool(short(press, ruled)) == (not low)


@pytest.mark.parametrize(("over", "reported"), [(0.5, False), (1.5, True)])
def test_a_rule_at_the_foot_of_the_type_area_ends_its_page(
    press: Press, full: MasterSubject, over: float, reported: bool
) -> None:
    """Half of it stands below; what stands lower is of no text."""
    foot = full.layout.grid.foot
    rule = dataclasses.replace(full.measured.pages[0].rules[0], top=foot + over, thickness=0.0)
    changed = with_page(full, 2, cut(full, 9))
    changed = with_page(changed, 2, lambda page: dataclasses.replace(page, rules=(rule,)))

    assert bool(short(press, changed)) == reported


def test_a_page_of_nothing_but_words_of_a_style_follows_as_it_was_meant(
    press: Press, full: MasterSubject
) -> None:
    """Nobody wrote its text in the issue, so no page break of the issue can be wrong there."""
    for number in (2, 3):
        changed = with_page(full, 2, cut(full, 9))
        copies = [g._replace() for g in changed.measured.pages[number - 1].glyphs]
        copies = [g._replace(text="样") if g.mark == "" else g for g in copies]

        assert short(press, with_page(changed, number, with_glyphs(copies))) == []
    empty = with_page(changed, 3, lambda page: dataclasses.replace(page, glyphs=()))
    assert short(press, empty) == []


@pytest.mark.parametrize(("height", "reported"), [(20, True), (120, False)])
def test_a_picture_that_does_not_fit_begins_a_page(
    press: Press, full: MasterSubject, height: float, reported: bool
) -> None:
    """It comes first there, and is as high as what is free or higher."""
    grid = full.layout.grid
    changed = with_page(full, 2, cut(full, 9))
    shape = PlacedPicture(30, grid.top, 100, grid.top + height)
    changed = with_page(
        changed,
        3,
        lambda page: dataclasses.replace(
            page,
            shapes=(shape,),
            glyphs=tuple(moved(g, 0, 3 * grid.pitch) if g.mark == "" else g for g in page.glyphs),
        ),
    )

    assert bool(short(press, changed)) == reported


def test_nobody_is_told_of_a_page_that_runs_over(press: Press, full: MasterSubject) -> None:
    """What runs off a page takes others with it, and is named itself."""
    changed = with_page(full, 2, cut(full, 9))
    log = (LogMessage("overfull", "", excess_pt=30.0),)
    master = dataclasses.replace(full.master, log=log)

    assert short(press, changed)
    assert short(press, dataclasses.replace(changed, master=master)) == []


@pytest.mark.parametrize("broken", ["- page_break:", "- 行。"])
def test_a_page_break_of_the_author_ends_a_page(workshop: Workshop, broken: str) -> None:
    text = f"masthead: {{name: 报}}\narticles:\n  - body:\n      - 行。\n      {broken}\n      - 行。\n"
    subject = workshop.subject(text)

    assert short(workshop.press, subject) == []


def test_a_page_before_the_distribution_block_may_end_early(
    press: Press, full: MasterSubject
) -> None:
    """It has a page for itself where it does not fit."""
    changed = with_page(full, 2, cut(full, 9))
    glyphs = [
        g._replace(mark=Mark.DISTRIBUTION) if number == 0 else g
        for number, g in enumerate(full.measured.pages[2].glyphs)
    ]

    assert short(press, with_page(changed, 3, with_glyphs(glyphs))) == []
