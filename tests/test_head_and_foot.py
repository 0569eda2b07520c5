"""Masthead and distribution block: where they stand, and what happens when much is in them."""

from __future__ import annotations

import re

import pypdfium2
import pytest

from jianbao_tex.findings import faults_among
from jianbao_tex.issue.distribution import IMPRINT_LINES
from jianbao_tex.issue.masthead import MASTHEAD_LINES, MASTHEAD_PLACES, MASTHEAD_TITLES
from pdf_pages import pages_of
from short_issues import EM, HEAD, body_lines, issue
from workshop import ROOT, Workshop

# --- Distribution block ----------------------------------------------------------------------

NUMBERED = re.compile(r"—\d+—")


@pytest.mark.parametrize(
    ("place", "lines", "pages", "blank", "numbered"),
    [
        ("last", 1, 1, [], [1]),
        ("last", 16, 2, [], [1, 2]),
        ("even", 1, 2, [], [1, 2]),
        ("even", 16, 2, [], [1, 2]),
        ("even", 20, 2, [], [1, 2]),
        ("even", 38, 4, [3], [1, 2]),
        ("four", 1, 4, [2, 3], [1]),
        ("four", 20, 4, [3], [1, 2]),
        ("four", 70, 4, [], [1, 2, 3, 4]),
    ],
)
def test_the_distribution_block_stands_on_the_page_asked_for(
    workshop: Workshop, place: str, lines: int, pages: int, blank: list[int], numbered: list[int]
) -> None:
    """Blank pages before it, and its own page after them, carry no number (7.5)."""
    text = issue("行。\n" * lines, f"distribution.page: {place}", "distribution: {报: 甲}\n")
    found = pages_of(workshop.pdf(text))

    assert faults_among(workshop.pressing(text).findings) == ()
    assert len(found) == pages
    assert "报：甲" in found[-1].text
    assert found[-1].rules()[-1][1] + 0.35 == pytest.approx(262, abs=0.05)
    assert [n for n, page in enumerate(found, 1) if page.facts.blank] == blank
    assert [n for n, page in enumerate(found, 1) if NUMBERED.fullmatch(page.foot)] == numbered


EVERY_LINE = (ROOT / "tests/cases/masthead_with_every_field/issue.yaml").read_text("utf-8")
PLACES = [place for group in MASTHEAD_PLACES for place in group if place]
MOVED = [name for *_, name in MASTHEAD_LINES if name not in MASTHEAD_TITLES]


@pytest.mark.parametrize("layout", ["classic", "newsletter"])
@pytest.mark.parametrize("turn", range(0, len(PLACES), 2))
def test_every_line_may_stand_at_every_place(workshop: Workshop, layout: str, turn: int) -> None:
    """The figures of a layout say where; the page is read in the order that they give."""
    options = [
        *(
            f"masthead-place.{str(name).replace('_', '-')}: {PLACES[(i + turn) % len(PLACES)]}"
            for i, name in enumerate(MOVED)
        ),
        *(
            f"imprint-place.{name}: {('left', 'right', 'below')[(i + turn) % 3]}"
            for i, (name,) in enumerate(IMPRINT_LINES)
        ),
    ]
    text = f"layout: {layout}\n{EVERY_LINE}options: {{{', '.join(options)}}}\n"

    assert [f.message for f in faults_among(workshop.pressing(text).findings)] == []


@pytest.mark.parametrize("layout", ["classic", "newsletter"])
def test_an_option_moves_a_line(workshop: Workshop, layout: str) -> None:
    """In the middle of a row of its own, at the left of one, and beside the security mark."""
    moved = {"date": "centre", "kind": "left", "issuer": "above-right"}
    options = ", ".join(f"masthead-place.{line}: {place}" for line, place in moved.items())
    text = f"layout: {layout}\n{EVERY_LINE}options: {{{options}}}\n"
    page = pages_of(workshop.pdf(text))[0]
    rows = {"".join(g.text for g in line): line for line in page.lines.values()}
    grid = workshop.compose(text).layout.grid
    date, kind = rows["2026年5月4日"], rows["增刊"]
    (first,) = (row for row in rows if row.startswith("秘密★1年"))

    assert date[0].left - grid.left == pytest.approx(
        grid.left + grid.width - date[-1].right, abs=0.3 * grid.em
    )
    assert kind[0].left - grid.left < 2 * grid.em
    assert first.endswith(("市委宣传部　市委党校", "市委宣传部市委党校"))


def test_copies_stand_at_the_right_below_issuer_and_date(workshop: Workshop) -> None:
    """办公室 left, date right; （共印120份） right on the line below, before the last rule."""
    imprint = "imprint: {issuer: 办公室, date: 2020-03-10, copies: 120}\n"
    (page,) = pages_of(workshop.pdf(issue("文。", more=imprint)))
    *_, line, copies = page.lines.values()
    right = 184 - 14 * 25.4 / 72

    assert "".join(g.text for g in line) == "办公室2020年3月10日印发"
    assert "".join(g.text for g in copies) == "（共印120份）"
    assert line[0].x == pytest.approx(28 + 14 * 25.4 / 72, abs=0.1)
    assert line[-1].x + 14 * 25.4 / 72 == pytest.approx(right, abs=0.3)
    assert copies[-1].x + 14 * 25.4 / 72 == pytest.approx(right, abs=0.3)


def first_ink(pdf: bytes) -> float:
    """Where the first mark of page 1 stands, from the top of the sheet, seen as a picture."""
    dpi = 600
    page = pypdfium2.PdfDocument(pdf)[0]
    picture = page.render(scale=dpi / 72, grayscale=True).to_pil()
    box = picture.point(lambda value: 255 * (value < 200)).getbbox()
    assert box is not None
    return box[1] / dpi * 25.4


# --- Masthead ----------------------------------------------------------------------------------


def test_name_and_rule_stand_by_their_edges(workshop: Workshop) -> None:
    """The ink of the name 14 mm below the type area, the rule 4 mm below the line above it."""
    text = "masthead: {name: 工作简报, issuer: 办公室}\ndate: 2020-03-10\narticles: {body: 文}\n"
    pdf = workshop.pdf(text)
    (page,) = pages_of(pdf)
    line = next(line for line in page.lines.values() if line[0].text == "办")
    box = line[0].baseline + 0.12 * EM

    assert first_ink(pdf) == pytest.approx(37 + 14, abs=0.06)
    assert page.rules()[0][1] == pytest.approx(box + 4, abs=0.05)
    assert "".join(g.text for g in line) == "办公室2020年3月10日"


@pytest.mark.parametrize(
    ("name", "lines", "least"),
    [
        ("简报", 1, 62),
        ("教育实践活动工作简报", 1, 44),
        ("群众路线教育实践活动工作简报", 2, 44),
        ("中共江苏省委党的群众路线教育实践活动领导小组办公室简报", 3, 44),
    ],
)
def test_a_long_name_shrinks_or_takes_lines(
    workshop: Workshop, name: str, lines: int, least: int
) -> None:
    """Never smaller than the layout's least size, never out of the type area."""
    text = f"masthead: {{name: {name}}}\narticles: {{body: 文}}\n"
    pressing = workshop.pressing(text)
    glyphs = pages_of(pressing.artifacts[0].data)[0].facts.marked("JbName")

    assert "".join(g.text for g in glyphs) == name
    assert len({round(g.baseline) for g in glyphs}) == lines
    assert min(g.size_bp for g in glyphs) >= least
    assert 27.9 < min(g.left for g in glyphs) < max(g.right for g in glyphs) < 184.1
    assert pressing.findings == ()


def test_many_issuers_stand_one_a_row_with_the_date_at_the_last(workshop: Workshop) -> None:
    names = [f"第{n}个编印单位" for n in range(1, 6)]
    text = f"masthead: {{name: 简报, issuer: [{', '.join(names)}]}}\ndate: 2020-03\n"
    (page,) = pages_of(workshop.pdf(text))

    assert body_lines(page)[-5:] == [*names[:4], names[4] + "2020年3月"]


def test_contents_that_fill_the_first_page_flow_on(workshop: Workshop) -> None:
    """Thirty entries: the rest stands on page 2, each on its row."""
    articles = "".join(f"  - {{title: 第{n}篇文章, body: 文。}}\n" for n in range(1, 31))
    pressing = workshop.pressing(f"{HEAD}articles:\n{articles}")
    pages = pages_of(pressing.artifacts[0].data)

    assert pressing.findings == ()
    assert body_lines(pages[1])[0] == "第17篇文章"
    assert "第30篇文章" in body_lines(pages[1])
