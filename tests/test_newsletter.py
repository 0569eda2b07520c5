"""The newsletter: two columns on one grid, cut into whole rows; what takes the whole width."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from jianbao_tex.findings import faults_among
from jianbao_tex.grid import Grid
from jianbao_tex.press import Press
from pdf_pages import Page, pages_of
from short_issues import HEAD
from workshop import ROOT, Workshop

CASES = sorted(p.parent for p in (Path(__file__).parent / "cases").glob("*/issue.yaml"))
NEWS = "layout: newsletter\n" + HEAD


@pytest.fixture(scope="module")
def grid(press: Press) -> Grid:
    return press.registry.layouts["newsletter"].grid


def plain(lines: int, more: str = "") -> str:
    """An issue of so many lines of body text."""
    return f"{NEWS}{more}articles:\n  title: 题目\n  body: |\n" + "    一行的正文。\n" * lines


def rows_of(page: Page, grid: Grid, column: int) -> list[int]:
    """The rows on which a column of a page has text."""
    left, right = grid.text_edges(1)[column]
    return [
        grid.row_of(line[0].baseline)
        for line in page.facts.body_lines(grid)
        if left - 1 < line[0].x < right
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_can_be_set_as_a_newsletter(press: Press, case: Path) -> None:
    """Two columns on one grid; what the checks find wrong with a page is nothing."""
    text = (case / "issue.yaml").read_text(encoding="utf-8")
    text = re.sub(r"^(layout|版式):.*\n", "", text, flags=re.MULTILINE) + "\nlayout: newsletter\n"
    proof = press.prove(press.compose(Workshop.source(text, case)))

    assert [f for f in proof.findings if f.code not in {"JB161", "JB163", "JB302", "JB304"}] == []
    assert proof.report.layout == "newsletter"


def test_the_page_has_two_columns_and_red_bars(workshop: Workshop, grid: Grid) -> None:
    """Nineteen characters each; the name of a section is white on red, without 【】."""
    text = f"{NEWS}sections:\n  - name: 要闻\n    articles:\n"
    text += "      - title: 题\n        body: " + "国" * 900 + "。\n"
    (page,) = pages_of(workshop.pdf(text))
    lefts = {round(line[0].x) for line in page.facts.body_lines(grid)}

    assert "【" not in page.text
    assert {20, 109} <= lefts
    assert ("k", "0", "0.8", "0.8", "0") in page.facts.colours
    assert ("k", "0", "0", "0", "0") in page.facts.colours
    assert max(g.x for g in page.body) < 190.1


@pytest.mark.parametrize("lines", [5, 40, 54, 55, 56, 57, 58, 123, 124, 125])
def test_columns_fill_the_page_to_its_last_row(workshop: Workshop, grid: Grid, lines: int) -> None:
    """A page that is just full, just not, or just over: whole rows, nothing below the foot."""
    pressing = workshop.pressing(plain(lines, "distribution: {报: 甲}\n"))
    pages = pages_of(pressing.artifacts[0].data)

    assert faults_among(pressing.findings) == ()
    printed = "".join(glyph.text for page in pages for glyph in page.facts.text(grid))
    assert printed.count("一行的正文。") == lines
    for page in pages:
        assert max(rows_of(page, grid, 0), default=0) <= 33
        assert max(rows_of(page, grid, 1), default=0) <= 33


def test_the_last_columns_are_balanced(workshop: Workshop, grid: Grid) -> None:
    """As high as each other, but for the odd line."""
    (page,) = pages_of(workshop.pdf(plain(21)))

    assert abs(max(rows_of(page, grid, 0)) - max(rows_of(page, grid, 1))) <= 1


@pytest.mark.parametrize("lines", [0, 20, 42, 45, 51])
def test_a_table_takes_the_whole_width_wherever_it_comes(workshop: Workshop, lines: int) -> None:
    """Columns end above it and begin again below it, on the next page if too little is left."""
    text = f"{NEWS}articles:\n  title: 题目\n  body:\n    - |\n" + "      一行的正文。\n" * (
        lines + 1
    )
    text += "    - table: {caption: 表, rows: [[甲, 乙], [丙, 丁], [戊, 己]]}\n    - 后文。\n"
    pressing = workshop.pressing(text)
    pages = pages_of(pressing.artifacts[0].data)
    widths = {round(rule[2]) for page in pages for rule in page.rules() if rule[3] < 0.5}

    assert pressing.findings == ()
    assert widths == {170}


def test_a_long_section_name_wraps_in_its_bar(workshop: Workshop, grid: Grid) -> None:
    """No white letter stands beside the bar, where nobody could read it."""
    name = "深入学习贯彻党的二十届四中全会精神专题报道与经验交流"
    text = f"{NEWS}sections: [{{name: {name}, articles: [{{title: 题, body: 文}}]}}]\n"
    (page,) = pages_of(workshop.pdf(text))
    letters = [g for g in page.body if g.mark == "JbTitle" and g.text in name and g.size_bp < 13]

    assert "".join(g.text for g in letters).startswith(name)
    assert max(g.right for g in letters) < grid.text_edges(1)[0][1]


def test_a_section_after_an_attachment_begins_a_page(workshop: Workshop) -> None:
    attachment = "{attachment: {label: 附件, title: 表, body: 附件正文}}"
    text = f"{NEWS}sections:\n  - articles: [{{title: 题, body: [文, {attachment}]}}]\n"
    text += "  - {name: 乙, type: text, body: 后文}\n"
    pages = pages_of(workshop.pdf(text))

    assert [page.text for page in pages[1:]] == ["附件表附件正文", "乙后文"]


def test_the_brackets_of_section_names_are_an_option(workshop: Workshop) -> None:
    """In both layouts, and the text that is checked follows."""
    section = "sections: [{name: 要闻, articles: [{title: 题, body: 文}]}]\n"
    bare = workshop.pdf(f"{HEAD}options: {{section.brackets: false}}\n{section}")
    bracketed = workshop.pdf(f"{NEWS}options: {{section.brackets: true}}\n{section}")

    assert "".join(page.text for page in pages_of(bare)) == "工作简报要闻题文"
    assert "".join(page.text for page in pages_of(bracketed)) == "工作简报【要闻】题文"


@pytest.mark.parametrize(
    "options", ["grid.half-leads: inside", "grid.rows: 40", "columns.count: 3"]
)
def test_other_grids_are_true_too(workshop: Workshop, options: str) -> None:
    """The band, the columns and the rows follow the figures."""
    text = plain(150, f"options: {{{options}}}\nnumber: 12\n").replace(
        "{name: 工作简报}", "{name: 工作简报, slogan: 求真务实}"
    )
    assert workshop.pressing(text).findings == ()


def test_a_long_table_in_a_note_is_cut_with_its_columns(workshop: Workshop) -> None:
    rows = ", ".join(f"[{n}, 文]" for n in range(60))
    text = f"{NEWS}articles: {{body: [{{note: {{body: [{{table: {{rows: [{rows}]}}}}]}}}}]}}\n"

    assert workshop.pressing(text).findings == ()


@pytest.mark.parametrize("lines", [48, 52, 53, 54, 60])
def test_a_heading_goes_with_the_table_below_it(workshop: Workshop, lines: int) -> None:
    """The table leaves the columns; its heading is not left at their foot, nor are they uneven."""
    body = "    - 行。\n" * lines
    table = "    - heading: 一、小标题\n    - table: {rows: [[甲, 乙], [丙, 丁], [戊, 己]]}\n"
    pressing = workshop.pressing(f"layout: newsletter\n{HEAD}articles:\n  body:\n{body}{table}")
    page = next(p for p in pages_of(pressing.artifacts[0].data) if "小标题" in p.text)
    left = [g for g in page.body if g.text == "行" and g.x < 100]
    right = [g for g in page.body if g.text == "行" and g.x > 100]

    assert pressing.findings == ()
    assert "甲" in page.text
    assert 0 <= len(left) - len(right) <= 1


def test_blocks_beside_each_other_have_no_findings(workshop: Workshop) -> None:
    """Every block beside every other one, in columns: nothing touches, nothing is torn."""
    case = ROOT / "tests" / "cases" / "blocks_beside_each_other"
    text = "layout: newsletter\n" + (case / "issue.yaml").read_text("utf-8")

    assert workshop.pressing(text, case).findings == ()


def test_a_heading_above_a_picture_is_not_the_last_of_its_page(
    workshop: Workshop, tmp_path: Path
) -> None:
    """Wherever it stands: a picture is what follows, too."""
    Image.new("L", (600, 200), 200).save(tmp_path / "p.png")
    for lines in range(8, 20, 3):
        body = "    - 行。\n" * lines
        block = "    - heading: 一、小标题\n    - image: {file: p.png, width: 0.3}\n    - 行。\n"
        text = f"{HEAD}articles:\n  body:\n{body}{block}"
        assert workshop.pressing(text, tmp_path).findings == ()
