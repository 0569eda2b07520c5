"""Checks of the printed text against pages whose lines are set again: each bound, both sides."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Mapping, Sequence

import pytest

from jianbao_tex.content import Mark
from jianbao_tex.hooks import LogMessage, MasterSubject
from jianbao_tex.press import Press
from measured import moved, relaid, said, underlined, with_glyphs, with_page, with_pages
from workshop import Workshop

LONG = "国" * 30 + "。"
DATED = "中2020年3月5日开internet会议，他说：“好”。约5 kg——完"
TAIL = "正" * 29 + "，" + "文" * 6 + "。"
ISSUE = f"""
masthead: {{name: 报}}
articles:
  - body: |
      {LONG}
      {DATED}{"末" * 30}
      一、{"题" * 30}
      {TAIL}
    signature: 办公室
  - title: {"标" * 15}internet{"题" * 15}
    body: 第二篇。
  - body:
      - table: {{rows: [[甲, {"表5日" * 20}], [乙, 丙]]}}
"""


@pytest.fixture(scope="module")
def subject(workshop: Workshop) -> MasterSubject:
    return workshop.subject(ISSUE)


def texts(subject: MasterSubject, page: int) -> str:
    return "".join(glyph.text for glyph in subject.measured.pages[page - 1].glyphs)


# --- The same text --------------------------------------------------------------------------


def test_the_pages_print_what_the_issue_says(press: Press, subject: MasterSubject) -> None:
    for check in ("text-complete", "text-mapped", "lone-characters", "kept-together"):
        assert said(press, subject, check) == []


def rewritten(subject: MasterSubject, old: str, new: str) -> MasterSubject:
    """The first page with other characters in some glyphs; a space is a glyph that is gone."""
    glyphs = list(subject.measured.pages[0].glyphs)
    start = texts(subject, 1).index(old)
    for number, text in enumerate(new, start):
        glyphs[number] = glyphs[number]._replace(text=text)
    return with_page(subject, 1, with_glyphs(g for g in glyphs if g.text != " "))


@pytest.mark.parametrize(
    ("old", "new", "found", "due", "index"),
    [
        ("会议", "令议", "“令议，他说：“好”。约5”", "“会议，他说：“好”。约5”", 52),
        ("会议", " 议", "“议，他说：“好”。约5k”", "“会议，他说：“好”。约5”", 52),
        ("报", "保", "“保国国国国国国国国国国国”", "“报国国国国国国国国国国国”", 1),
        ("中2", "中\ufffd", "“\ufffd020年3月5日开in”", "“2020年3月5日开in”", 34),
    ],
)
def test_the_first_character_that_differs_is_named(
    press: Press, subject: MasterSubject, old: str, new: str, found: str, due: str, index: int
) -> None:
    """What is printed and what is expected, twelve characters of each, and the position."""
    (message,) = said(press, rewritten(subject, old, new), "text-complete")

    assert message.startswith("the page prints another text than the issue: ")
    assert message.endswith(f" {found} instead of {due} (page 1, character {index})")
    assert underlined(press, rewritten(subject, old, new), "text-complete") == [due[1]]


def test_a_text_that_ends_too_early_is_named_where_it_ends(
    press: Press, subject: MasterSubject
) -> None:
    """The last characters are missing, or there are too many."""
    glyphs = [g for g in subject.measured.pages[-1].glyphs if g.mark != Mark.ARTIFACT]
    last = len(subject.measured.pages)
    less = with_page(subject, last, with_glyphs(glyphs[:-1]))
    more = with_page(subject, last, with_glyphs([*glyphs, glyphs[-1]._replace(text="又")]))

    (short,) = said(press, less, "text-complete")
    (long,) = said(press, more, "text-complete")
    assert f"nothing instead of “丙” (page {last}, character " in short
    assert f"“又” instead of nothing (page {last}, character " in long
    assert underlined(press, less, "text-complete") == ["丙"]
    assert underlined(press, more, "text-complete") == ["丙"]


def test_nothing_at_all_is_named_on_the_first_page(press: Press, subject: MasterSubject) -> None:
    (message,) = said(press, with_pages(subject, ()), "text-complete")

    assert "nothing instead of “报国国国国国国国国国国国” (page 1, character 1)" in message


def test_a_text_that_is_lost_is_not_reported_again_as_another_text(
    press: Press, subject: MasterSubject
) -> None:
    """A line that runs into its neighbours comes too early; it is named for that, no other is."""
    glyphs, whole = list(subject.measured.pages[0].glyphs), texts(subject, 1)
    start, end = whole.index(LONG), whole.index("一、题")
    middle = start + len(LONG)
    glyphs[start:end] = glyphs[middle:end] + glyphs[start:middle]
    changed = with_page(subject, 1, with_glyphs(glyphs))
    for shown, is_reported in ((DATED[:8], False), (TAIL[:8], True)):
        log = (LogMessage("overfull", "", excess_pt=30.0, shown=shown),)
        master = dataclasses.replace(changed.master, log=log)
        heard = said(press, dataclasses.replace(changed, master=master), "text-complete")

        assert bool(heard) == is_reported


def test_glyphs_without_a_code_point_are_counted_by_font(
    press: Press, subject: MasterSubject
) -> None:
    glyphs = list(subject.measured.pages[0].glyphs)
    for number, font in ((3, "One"), (5, "Two"), (6, "One")):
        glyphs[number] = glyphs[number]._replace(text="\ufffd", font=font)
    words = "characters of page 1 without a Unicode code point: {} (font {})"

    changed = with_page(subject, 1, with_glyphs(glyphs))

    assert said(press, changed, "text-mapped") == [words.format(2, "One"), words.format(1, "Two")]


# --- The ends of paragraphs and pages ---------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lengths", "lone"),
    [
        (LONG, [26, 5], ""),
        (LONG, [29, 2], "国。"),
        (LONG, [28, 3], ""),
        (LONG, [30, 1], ""),
        ("一、" + "题" * 30, [26, 6], ""),
        ("一、" + "题" * 30, [31, 1], "题"),
        (TAIL, [29, 1, 7], ""),
        (TAIL, [35, 2], "文。"),
    ],
)
def test_no_paragraph_ends_with_one_character_in_its_last_line(
    press: Press, subject: MasterSubject, text: str, lengths: Sequence[int], lone: str
) -> None:
    """With its marks or without; a mark alone is what line breaks are asked about."""
    words = f"the last line of a paragraph on page 1 has only one character: {lone}"

    changed = relaid(subject, 1, text, lengths)

    assert said(press, changed, "lone-characters") == [words] * bool(lone)
    assert underlined(press, changed, "lone-characters") == [lone] * bool(lone)


@pytest.mark.parametrize(("mark", "is_reported"), [("", True), (Mark.TABLE, False)])
def test_a_character_may_be_alone_in_a_cell(
    press: Press, subject: MasterSubject, mark: str, is_reported: bool
) -> None:
    changed = relaid(subject, 1, LONG, [29, 2])
    start = texts(changed, 1).index(LONG)
    glyphs = list(changed.measured.pages[0].glyphs)
    glyphs[start : start + 31] = [g._replace(mark=mark) for g in glyphs[start : start + 31]]
    changed = with_page(changed, 1, with_glyphs(glyphs))

    assert bool(said(press, changed, "lone-characters")) == is_reported


MANY = "masthead: {name: 报}\narticles:\n  - body: |\n" + f"      {'国' * 27}。\n" * 30


@pytest.mark.parametrize(
    ("check", "lengths"), [("lone-characters", [26, 2]), ("line-breaks", [27, 1])]
)
def test_of_one_fault_on_every_line_twenty_are_reported(
    press: Press, workshop: Workshop, check: str, lengths: Sequence[int]
) -> None:
    """A style that breaks all of them has one fault, not as many as the bulletin has lines."""
    subject = workshop.subject(MANY)
    pages = []
    for page in subject.measured.pages:
        glyphs = list(page.glyphs)
        for paragraph in re.finditer("国" * 27 + "。", "".join(g.text for g in glyphs)):
            for number in range(*paragraph.span()):
                row = number - paragraph.start() >= lengths[0]
                baseline = paragraph.start() + 9 * row
                glyphs[number] = moved(glyphs[number], 0, baseline - glyphs[number].baseline)
        pages.append(dataclasses.replace(page, glyphs=tuple(glyphs)))

    assert len(said(press, with_pages(subject, pages), check)) == 20


@pytest.mark.parametrize(("page", "is_told"), [(1, False), (2, True)])
def test_a_signature_begins_no_page_but_the_first(
    press: Press, subject: MasterSubject, page: int, is_told: bool
) -> None:
    """It is known by its first characters; on the first page nothing stands before it."""
    signature = [g for g in subject.measured.pages[0].glyphs if g.text in "（办公室）"][-5:]
    assert "".join(g.text for g in signature) == "（办公室）"
    top = subject.layout.grid.first
    glyphs = [moved(g, 0, top - g.baseline) for g in signature]
    alone = dataclasses.replace(subject.measured.pages[0], number=page, glyphs=tuple(glyphs))
    others = [g for g in subject.measured.pages[0].glyphs if g not in signature]
    before = with_glyphs(others)(subject.measured.pages[0])
    follows = with_glyphs([*alone.glyphs, *(moved(g, 0, 50) for g in others[-9:-3])])(alone)
    changed = with_pages(subject, [follows] if page == 1 else [before, follows])
    words = f"a signature is the first line of page {page}, separated from its text: （办公室）"

    assert said(press, changed, "kept-together") == [words] * is_told
    assert underlined(press, changed, "kept-together") == ["办公室"] * is_told


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


@pytest.mark.parametrize("layout", ["classic", "newsletter"])
def test_names_of_sections_are_compared_as_the_layout_prints_them(
    press: Press, workshop: Workshop, layout: str
) -> None:
    """With their brackets, or without them."""
    subject = workshop.subject(
        f"layout: {layout}\nmasthead: {{name: 报}}\n"
        "sections: [{name: 要闻, articles: [{title: 题, body: 文。}]}]\n"
    )

    assert said(press, subject, "text-complete") == []


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
