"""Checks of sheets and page numbers against pages whose measures are a little off."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest

from jianbao_tex.content import Mark
from jianbao_tex.hooks import MasterSubject
from jianbao_tex.pages import Page
from jianbao_tex.press import Press
from measured import first_words, moving, said, with_glyphs, with_option, with_page, with_pages
from workshop import Workshop

ISSUE = """
masthead: {name: 报}
articles:
  - body: |
      第一页。
  - body:
      - page_break:
      - 第二页。
      - page_break:
      - 第三页。
"""


@pytest.fixture(scope="module")
def subject(workshop: Workshop) -> MasterSubject:
    made = workshop.subject(ISSUE)
    assert [page.number for page in made.measured.pages] == [1, 2, 3]
    return made


def is_number(glyph: object) -> bool:
    return glyph.mark == Mark.ARTIFACT  # type: ignore[attr-defined]


def emptied(page: Page, *, numbered: bool) -> Page:
    """A page without anything but perhaps its number."""
    foot = tuple(filter(is_number, page.glyphs)) if numbered else ()
    return dataclasses.replace(page, glyphs=foot, rules=(), pictures=0, shapes=())


@pytest.mark.parametrize(
    ("width", "height", "words"),
    [
        (210.09, 296.91, []),
        (210.11, 297.0, ["the width of page 2 is 210.11 mm"]),
        (209.89, 297.0, ["the width of page 2 is 209.89 mm"]),
        (210.0, 297.2, ["the height of page 2 is 297.20 mm"]),
        (210.0, 296.8, ["the height of page 2 is 296.80 mm"]),
        (297.0, 210.0, ["the width of page 2 is 297.00 mm", "the height of page 2 is 210.00 mm"]),
    ],
)
def test_every_page_is_a_sheet_of_the_layout(
    press: Press, subject: MasterSubject, width: float, height: float, words: Sequence[str]
) -> None:
    """To a tenth of a millimetre."""
    changed = with_page(
        subject, 2, lambda page: dataclasses.replace(page, width=width, height=height)
    )

    assert first_words(said(press, changed, "sheet")) == list(words)


@pytest.mark.parametrize(
    ("page", "across", "down", "words"),
    [
        (1, 0.0, 0.0, []),
        (1, 0.25, 0.25, []),
        (1, -0.25, -0.25, []),
        (1, 0.0, 0.35, ["the dash of the number of page 1 is 7.3"]),
        (1, 0.0, -0.35, ["the dash of the number of page 1 is 6.6"]),
        (1, 0.35, 0.0, ["the distance of the page number from the outer edge on page 1 is 4.5"]),
        (1, -0.35, 0.0, ["the distance of the page number from the outer edge on page 1 is 5.2"]),
        (2, 0.25, 0.25, []),
        (2, 0.35, 0.0, ["the distance of the page number from the outer edge on page 2 is 5.2"]),
        (2, -0.35, 0.0, ["the distance of the page number from the outer edge on page 2 is 4.5"]),
        (2, 20.0, 9.0, ["the dash of the number of page 2 is 16.0", "the distance of the page number from the outer edge on page 2 is 24.9"]),
    ],
)  # fmt: skip
def test_a_page_number_stands_below_the_type_area_and_away_from_its_outer_edge(
    press: Press,
    subject: MasterSubject,
    page: int,
    across: float,
    down: float,
    words: Sequence[str],
) -> None:
    """On odd pages from the right, on even ones from the left (GB/T 9704-2012, 7.5)."""
    changed = with_page(subject, page, moving(is_number, across, down))
    found = said(press, changed, "page-numbers")

    assert len(found) == len(words)
    assert all(text.startswith(word) for text, word in zip(found, words, strict=True))


def test_a_page_number_is_that_of_its_page(press: Press, subject: MasterSubject) -> None:
    def other(page: Page) -> Page:
        return dataclasses.replace(
            page,
            glyphs=tuple(
                g._replace(text="7") if is_number(g) and g.text == "2" else g for g in page.glyphs
            ),
        )

    bare = with_page(
        subject,
        2,
        lambda page: dataclasses.replace(
            page, glyphs=tuple(g for g in page.glyphs if not is_number(g))
        ),
    )
    found = said(press, with_page(subject, 2, other), "page-numbers")

    assert first_words(found) == ["the number at the foot of page 2 is —7—"]
    assert first_words(said(press, bare, "page-numbers")) == [
        "the number at the foot of page 2 is missing"
    ]


def test_where_no_number_is_wanted_none_stands(press: Press, subject: MasterSubject) -> None:
    found = said(press, with_option(subject, "page-number.place", "none"), "page-numbers")

    assert first_words(found) == [
        f"the page number on page {page}, where none is allowed, is printed" for page in (1, 2, 3)
    ]


def test_in_the_middle_a_number_is_no_way_from_the_edge(
    press: Press, subject: MasterSubject
) -> None:
    changed = with_page(
        with_option(subject, "page-number.place", "centre"), 1, moving(is_number, -70)
    )

    assert said(press, changed, "page-numbers") == []


@pytest.mark.parametrize(
    ("blank", "numbered", "last", "pages"),
    [
        ((), True, True, []),
        ((2,), False, False, []),
        ((2,), True, False, [2]),
        ((2,), False, True, [3]),
        ((2,), True, True, [2, 3]),
        ((1,), True, True, [1]),
        ((1,), False, True, []),
        ((3,), False, False, []),
    ],
)
def test_blank_pages_and_the_last_one_after_them_have_no_number(
    press: Press,
    subject: MasterSubject,
    blank: Sequence[int],
    numbered: bool,
    last: bool,
    pages: Sequence[int],
) -> None:
    """The number of the last page stands alone after them, and is left out too (7.5)."""
    every = [
        emptied(page, numbered=numbered) if page.number in blank else page
        for page in subject.measured.pages
    ]
    if not last and 3 not in blank:
        every[2] = dataclasses.replace(
            every[2], glyphs=tuple(g for g in every[2].glyphs if not is_number(g))
        )
    found = first_words(said(press, with_pages(subject, every), "page-numbers"))

    assert found == [
        f"the page number on page {page}, where none is allowed, is printed" for page in pages
    ]


@pytest.mark.parametrize(("pages", "blank", "numbered"), [(1, (), True), (2, (1,), False)])
def test_one_page_and_two_have_numbers_as_others(
    press: Press, subject: MasterSubject, pages: int, blank: Sequence[int], numbered: bool
) -> None:
    """A bulletin of one page follows no blank one; after a blank first page stands no number."""
    every = [
        emptied(page, numbered=False) if page.number in blank else page
        for page in subject.measured.pages[:pages]
    ]
    last = with_glyphs(g for g in every[-1].glyphs if numbered or not is_number(g))

    assert said(press, with_pages(subject, [*every[:-1], last(every[-1])]), "page-numbers") == []


@pytest.mark.parametrize(
    ("place", "blank", "reported"),
    [
        ("last", (), []),
        ("last", (2,), [2]),
        ("even", (2,), []),
        ("four", (2,), []),
        ("even", (1,), [1]),
        ("four", (1, 2), []),
        ("last", (1, 2), [1, 2]),
        ("last", (3,), [3]),
    ],
)
def test_pages_are_blank_only_before_the_last_and_where_its_place_asks_for_it(
    press: Press, subject: MasterSubject, place: str, blank: Sequence[int], reported: Sequence[int]
) -> None:
    """A sheet of four pages is filled up before the distribution block."""
    every = [
        emptied(page, numbered=True) if page.number in blank else page
        for page in subject.measured.pages
    ]
    changed = with_pages(with_option(subject, "distribution.page", place), every)

    assert said(press, changed, "blank-pages") == [f"page {page} is blank" for page in reported]
