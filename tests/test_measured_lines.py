"""Checks of the ends of lines against paragraphs that are set again: each bound, both sides."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import pytest

from jianbao_tex.content import Mark
from jianbao_tex.hooks import MasterSubject
from jianbao_tex.press import Press
from measured import (
    DATED,
    LONG,
    PARAGRAPHS,
    moved,
    relaid,
    said,
    texts,
    underlined,
    with_glyphs,
    with_page,
)
from workshop import Workshop


@pytest.fixture(scope="module")
def subject(workshop: Workshop) -> MasterSubject:
    return workshop.subject(PARAGRAPHS)


# --- The ends of lines ----------------------------------------------------------------------------

END = "末" * 30
BREAKS = {
    "中2|020年3月5日": "a word or a formula is broken",
    "中2020|年3月5日": "a number is broken, or separated from its unit",
    "2020年|3月5日开": "",
    "5日开inter|net会议": "a word or a formula is broken",
    "开internet|会议，他": "",
    "会议|，他说：": "the character after the break may not begin a line",
    "会议，|他说：“": "",
    "他说：“|好”。约": "the character before the break may not end a line",
    "他说：|“好”。": "",
    "kg—|—完末末": "a dash or an ellipsis is broken",
}


@pytest.mark.parametrize("place", BREAKS)
def test_a_line_breaks_by_the_table_of_marks(
    press: Press, subject: MasterSubject, place: str
) -> None:
    """The reason is said, with four characters of each side."""
    before, after = place.split("|")
    text = "".join((DATED + END).split())
    length = text.index(before + after) + len(before)
    changed = relaid(subject, 1, text, [length, len(text) - length])
    shown = f"{text[:length][-4:]}|{text[length:][:4]}"
    words = f"a line on page 1 breaks at a forbidden place, {shown}: {BREAKS[place]}"

    assert said(press, changed, "line-breaks") == [words] * bool(BREAKS[place])
    assert underlined(press, changed, "line-breaks") == [after[0]] * bool(BREAKS[place])


def test_every_line_of_a_paragraph_is_asked(press: Press, subject: MasterSubject) -> None:
    """A right one before a wrong one, and a wrong one before a wrong one."""
    text = "".join((DATED + END).split())
    comma, mark = text.index("，他"), text.index("。约")

    def heard(*ends: int) -> int:
        places = [0, *ends, len(text)]
        lengths = [b - a for a, b in itertools.pairwise(places)]
        return len(said(press, relaid(subject, 1, text, lengths), "line-breaks"))

    assert heard(comma + 1, mark) == 1
    assert heard(comma, mark) == 2
    assert heard(comma, mark + 1) == 1


def test_a_word_may_be_broken_in_a_title_and_a_number_in_a_cell(
    press: Press, subject: MasterSubject
) -> None:
    """There TeX may have nothing else left; a mark begins no line anywhere."""
    title = "标" * 15 + "internet" + "题" * 15
    page = next(n for n in (1, 2, 3) if title in texts(subject, n))
    cell = "表5日" * 20
    there = next(n for n in (1, 2, 3) if cell in texts(subject, n))

    assert said(press, relaid(subject, page, title, [18, 20]), "line-breaks") == []
    assert said(press, relaid(subject, there, cell, [29, 31]), "line-breaks") == []


@pytest.mark.parametrize(
    ("space", "lengths", "words"),
    [
        (0.0, [26, 5], []),
        (1.05, [22, 9], []),
        (1.07, [22, 9], ["a line of page 1 is stretched by 22.47 mm, although it may break after 国"]),
        (0.0, [28, 3], []),
        (0.0, [29, 2], []),
        (0.13, [29, 2], ["a line of page 1 is 8.40 mm too long, although it may break after 国国国国"]),
        (0.09, [29, 2], []),
        (0.0, [30, 1], ["a line of page 1 is 10.33 mm too long, although it may break after 国国国国"]),
    ],
)  # fmt: skip
def test_a_line_is_neither_far_too_wide_nor_too_long_where_it_may_break(
    press: Press,
    subject: MasterSubject,
    space: float,
    lengths: Sequence[int],
    words: Sequence[str],
) -> None:
    """Three columns more than the next piece needs, or half a column over the edge."""
    found = said(press, relaid(subject, 1, LONG, lengths, space), "unbroken-lines")

    assert found == list(words)


@pytest.mark.parametrize(
    ("first", "count", "change", "is_reported"),
    [
        (0, 31, {}, True),
        (0, 31, {"mark": Mark.HEADING}, True),
        (0, 31, {"mark": Mark.TITLE}, False),
        (0, 31, {"size_bp": 15.5}, False),
        (0, 1, {"mark": Mark.TITLE}, False),
        (1, 30, {"mark": Mark.TITLE}, True),
    ],
)
def test_only_lines_of_the_body_are_asked_about_their_width(
    press: Press,
    subject: MasterSubject,
    first: int,
    count: int,
    change: Mapping[str, object],
    is_reported: bool,
) -> None:
    """
    A title has its own rules, and TeX names what is too wide in a cell.

    The first character says what a paragraph is.
    """
    changed = relaid(subject, 1, LONG, [22, 9], 1.2)
    start = texts(changed, 1).index(LONG) + first
    glyphs = list(changed.measured.pages[0].glyphs)
    glyphs[start : start + count] = [
        g._replace(**change)  # type: ignore[arg-type]
        for g in glyphs[start : start + count]
    ]

    assert bool(said(press, with_page(changed, 1, with_glyphs(glyphs)), "unbroken-lines")) == (
        is_reported
    )


@pytest.mark.parametrize(("space", "is_reported"), [(0.95, False), (5.0, False), (5.3, True)])
def test_a_line_is_stretched_far_where_the_next_word_would_fit(
    press: Press, workshop: Workshop, space: float, is_reported: bool
) -> None:
    """More than three characters of air are no fault of a line that a long word follows."""
    text = "国" * 20 + "internet" + "国" * 20
    subject = workshop.subject(f"masthead: {{name: 报}}\narticles: {{body: {text}}}\n")
    changed = relaid(subject, 1, text, [20, 28], space)
    words = (
        f"a line of page 1 is stretched by {19 * space:.2f} mm, although it may break after rnet"
    )

    heard = said(press, changed, "unbroken-lines")

    assert [one for one in heard if "too long" not in one] == [words] * is_reported


def test_a_line_that_is_too_long_is_underlined_where_it_should_have_ended(
    press: Press, workshop: Workshop
) -> None:
    """The four characters before the break are said, the last one is underlined."""
    text = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"
    subject = workshop.subject(f"masthead: {{name: 报}}\narticles: {{body: {text}}}\n")
    changed = relaid(subject, 1, text, [30])
    changed = relaid(changed, 1, text, [29, 1], 0.2)
    (message,) = said(press, changed, "unbroken-lines")

    assert message.endswith("may break after 卯辰巳午")
    assert underlined(press, changed, "unbroken-lines") == ["午"]


def test_a_line_of_letters_is_not_stretched(press: Press, workshop: Workshop) -> None:
    """It is shorter than as many full-width characters, and its spaces have no glyphs."""
    words = "letters and words " * 3 + "of a long line"
    subject = workshop.subject(f"masthead: {{name: 报}}\narticles: {{body: {words}国国国国国国}}\n")

    assert said(press, subject, "unbroken-lines") == []


# --- Columns of text --------------------------------------------------------------------------

NEWSLETTER = f"""
layout: newsletter
masthead: {{name: 报}}
articles:
  - body: |
      {"国" * 60}。
      {"行。"}
"""


@pytest.fixture(scope="module")
def newsletter(workshop: Workshop) -> MasterSubject:
    return workshop.subject(NEWSLETTER)


@pytest.mark.parametrize(("column", "excess", "words"), [
    (0, -0.1, []), (0, 0.45, []), (0, 0.55, ["too long"]), (1, 0.45, []), (1, 0.55, ["too long"])
])  # fmt: skip
def test_a_line_ends_with_its_own_column(
    press: Press, newsletter: MasterSubject, column: int, excess: float, words: Sequence[str]
) -> None:
    """Half a character beyond its right edge, of whichever column it stands in."""
    grid = newsletter.layout.grid
    page = next(p for p in newsletter.measured.pages if "国国" in texts(newsletter, p.number))
    left, right = grid.text_edges(page.number)[column]
    glyphs = list(page.glyphs)
    start = texts(newsletter, page.number).index("国" * 60)
    columns = round((right - left) / grid.em) + 2
    for number in range(start, start + 61):
        row, place = divmod(number - start, columns)
        x = right + excess * grid.em - (columns - 1 - place) * grid.em
        glyph = glyphs[number]
        glyphs[number] = moved(glyph, x - glyph.x, grid.first + row * grid.pitch - glyph.baseline)
    heard = said(press, with_page(newsletter, page.number, with_glyphs(glyphs)), "unbroken-lines")

    assert [message.split(" mm ")[1].split(",")[0] for message in heard[:1]] == words
