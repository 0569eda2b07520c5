"""Checks of the printed text against pages whose lines are set again: each bound, both sides."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

import pytest

from jianbao_tex.content import Mark
from jianbao_tex.hooks import LogMessage, MasterSubject
from jianbao_tex.press import Press
from measured import (
    DATED,
    LONG,
    PARAGRAPHS,
    TAIL,
    moved,
    relaid,
    said,
    texts,
    underlined,
    with_glyphs,
    with_page,
    with_pages,
)
from workshop import Workshop


@pytest.fixture(scope="module")
def subject(workshop: Workshop) -> MasterSubject:
    return workshop.subject(PARAGRAPHS)


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


@pytest.mark.parametrize(("page", "is_reported"), [(1, False), (2, True)])
def test_a_signature_begins_no_page_but_the_first(
    press: Press, subject: MasterSubject, page: int, is_reported: bool
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

    assert said(press, changed, "kept-together") == [words] * is_reported
    assert underlined(press, changed, "kept-together") == ["办公室"] * is_reported
