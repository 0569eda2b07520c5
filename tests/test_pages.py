"""The page of the classic layout, measured in the PDF: every figure in millimetres."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest

from pdf_pages import Glyph, Page, pages_of
from workshop import Workshop

EM = 156 / 28
PITCH = (225 - EM) / 21
FIRST = 37 + 0.88 * EM
BODY_BP = EM * 72 / 25.4
ISSUES = ("363", "365")


@pytest.fixture(scope="module", params=ISSUES)
def pdf(request: pytest.FixtureRequest, workshop: Workshop) -> bytes:
    return workshop.master(request.param)


@pytest.fixture(scope="module")
def pages(pdf: bytes) -> list[Page]:
    return pages_of(pdf)


def body_lines(page: Page) -> dict[float, list[Glyph]]:
    return {y: row for y, row in page.lines.items() if abs(row[0].size_bp - BODY_BP) < 0.05}


def test_every_body_line_stands_on_a_row(pages: list[Page]) -> None:
    """Baselines are within 0.05 mm of their row of the grid, after titles and headings too."""
    off = [
        abs((y - FIRST) / PITCH - round((y - FIRST) / PITCH)) * PITCH
        for page in pages
        for y in body_lines(page)
    ]

    assert len(off) > 100
    assert max(off) < 0.05


def test_a_full_page_has_22_rows(pages: list[Page]) -> None:
    """First row 37 mm from the top, row 22 with its box ending at 262 mm; no page has more."""
    counts = [len(body_lines(page)) for page in pages]
    full = [list(body_lines(page)) for page in pages if len(body_lines(page)) == 22]

    assert full
    assert max(counts) == 22
    for baselines in full:
        assert baselines[0] == pytest.approx(FIRST, abs=0.05)
        assert baselines[-1] + 0.12 * EM == pytest.approx(262.0, abs=0.05)


def test_a_full_line_has_28_columns(pages: list[Page]) -> None:
    """A line of 28 Chinese characters fills 156 mm, each character on its column."""
    lines = [
        row
        for page in pages
        for row in body_lines(page).values()
        if all(g.text in "“”" or g.text >= "\u2e80" for g in row)
        and all("Fang" in g.font for g in row)
        # A closing mark may hang after the twenty-eighth column.
        and len(row) == (29 if row[-1].x > 183.9 else 28)
    ]

    assert len(lines) > 40
    for row in lines:
        for i, glyph in enumerate(row):
            assert glyph.x == pytest.approx(28 + i * EM, abs=0.05)


def test_only_marks_hang_in_the_margin(pages: list[Page]) -> None:
    """What stands beyond 184 mm is a closing mark, by at most one character."""
    beyond = [g for page in pages for g in page.body if g.right > 184.05]

    assert beyond
    assert {g.text for g in beyond} <= set("，。、；：！？”’）》】")
    assert max(g.x for g in beyond) <= 184.05
    assert min(g.left for page in pages for g in page.body) >= 27.95


def test_masthead_stands_in_order_and_red_rule_is_as_wide_as_the_type_area(
    pages: list[Page],
) -> None:
    """Slogan over name over number over issuer and date; the name is the largest thing."""
    first = pages[0]
    sizes = [round(glyph.size_bp) for glyph in first.body]
    name = [glyph for glyph in first.body if round(glyph.size_bp) == 62]
    slogan = [glyph for glyph in first.body if round(glyph.size_bp) == 22]
    left, _, width, thickness = first.rules()[0]

    assert "".join(glyph.text for glyph in name) == "工作简报"
    assert max(sizes) == 62
    assert max(g.bottom for g in slogan) + 3 < min(g.top for g in name)
    assert (name[0].left - 28) == pytest.approx(184 - name[-1].right, abs=1.5)
    assert (left, width, thickness) == (
        pytest.approx(28, abs=0.05),
        pytest.approx(156, abs=0.1),
        pytest.approx(0.7, abs=0.02),
    )


def test_page_numbers_stand_outside_below_the_type_area(pages: list[Page]) -> None:
    """— N — in 4号: odd pages right, even left, one character in; the dash 7 mm below."""
    for number, page in enumerate(pages, start=1):
        foot = [g for g in page.glyphs if g.baseline > 262]
        dash = foot[0]
        middle = (dash.top + dash.bottom) / 2

        assert page.foot == f"—{number}—"
        assert {round(g.size_bp, 1) for g in foot} == {14.0}
        assert middle - 262 == pytest.approx(7, abs=0.15)
        if number % 2:
            assert foot[-1].x + 14 * 25.4 / 72 == pytest.approx(184 - 14 * 25.4 / 72, abs=0.1)
        else:
            assert foot[0].x == pytest.approx(28 + 14 * 25.4 / 72, abs=0.1)


def test_distribution_block_ends_the_type_area_of_the_last_page(pages: list[Page]) -> None:
    """Rules of 0.35, 0.25 ... 0.35 mm; the last one ends at 262 mm; text in 4号."""
    rules = pages[-1].rules()
    block = [g for g in pages[-1].body if g.baseline > rules[0][1]]

    assert [round(rule[3], 2) for rule in rules] == [0.35, 0.25, 0.25, 0.25, 0.35]
    assert rules[-1][1] + rules[-1][3] == pytest.approx(262.0, abs=0.05)
    assert all(rule[2] == pytest.approx(156, abs=0.1) for rule in rules)
    assert {round(g.size_bp, 1) for g in block} == {14.0}
    assert not any(page.rules() for page in pages[1:-1])


def test_labels_of_the_distribution_block_are_aligned(pages: list[Page]) -> None:
    """报： 送： 发： begin one character in, the names after them below each other."""
    block = [row for y, row in pages[-1].lines.items() if y > pages[-1].rules()[0][1]]
    labelled = [row for row in block if row[1].text == "："]

    assert [row[0].text for row in labelled] == ["报", "送", "发"]
    assert {round(row[0].x, 1) for row in labelled} == {round(28 + 14 * 25.4 / 72, 1)}
    assert len({round(row[2].x, 2) for row in labelled}) == 1


def test_signature_ends_at_the_right_edge_without_hanging(pages: list[Page]) -> None:
    """（…） is flush right; its bracket stays inside the type area."""
    lines = [row for page in pages for row in page.lines.values() if row[0].text == "（"]
    signatures = [row for row in lines if row[-1].text == "）" and "Kai" in row[1].font]

    assert len(signatures) >= 3
    for row in signatures:
        assert row[-1].x + EM == pytest.approx(184, abs=0.1)


def test_no_heading_and_no_section_name_ends_a_page(pages: list[Page]) -> None:
    """一、 headings, section names and titles keep text below them."""
    for page in pages[:-1]:
        *_, last = page.lines.values()

        assert "Sans" not in last[0].font
        assert round(last[0].size_bp) != 22


def test_colours_are_cmyk_red_and_pure_black(pdf: bytes) -> None:
    """Page 1 sets Y80 M80 red and K100 black; later pages black alone; no RGB, no grey text."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        used = [colours_shown(page) for page in document.pages]

    assert used[0] == {("k", 0, 0.8, 0.8, 0), ("k", 0, 0, 0, 1)}
    assert used[1:] == [{("k", 0, 0, 0, 1)}] * (len(used) - 1)


def colours_shown(page: pikepdf.Page) -> set[tuple[object, ...]]:
    """The colours in force where the page shows text or paints a path."""
    fill: tuple[object, ...] = ("g", 0)
    stroke: tuple[object, ...] = ("g", 0)
    shown = set()
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in {"g", "rg", "k", "sc", "scn"}:
            fill = (name, *map(float, operands))
        elif name in {"G", "RG", "K", "SC", "SCN"}:
            stroke = (name.lower(), *map(float, operands))
        elif name in {"Tj", "TJ", "f", "f*"}:
            shown.add(fill)
        elif name in {"S", "s", "B"}:
            shown.add(stroke)
    return shown


def test_all_fonts_are_embedded_subsets(pdf: bytes) -> None:
    """Nothing depends on the printer's fonts."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = [o for o in document.objects if _is(o, "/FontDescriptor")]
        names = [str(font.FontName) for font in fonts]

        assert len(fonts) >= 5
        assert all(any(f"/FontFile{n}" in font for n in ("", 2, 3)) for font in fonts)
        assert all(re.match(r"/[A-Z]{6}\+", name) for name in names)


def _is(item: pikepdf.Object, kind: str) -> bool:
    return isinstance(item, pikepdf.Dictionary) and item.get("/Type") == kind
