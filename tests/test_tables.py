"""Tables and pictures: columns, heads, rules, and the grid around them."""

from __future__ import annotations

import io
import itertools
import re
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from jianbao_tex.composer.columns import shared
from jianbao_tex.content import Mark
from pdf_pages import Page, pages_of, text_of
from short_issues import FIRST, HEAD, PITCH
from workshop import Workshop


def table(rows: str, more: str = "") -> str:
    return (
        f"{HEAD}articles:\n  body:\n    - 前。\n    - table: {{{more}rows: [{rows}]}}\n    - 后。\n"
    )


def test_the_head_of_a_table_stands_on_every_page(workshop: Workshop) -> None:
    """Repeated as an artifact: the text of the bulletin has it once."""
    rows = ", ".join(f"[第{n}行, {n}]" for n in range(1, 60))
    pressing = workshop.pressing(table(rows, "caption: 表1, head: [名称, 数量], "))
    pages = pages_of(pressing.artifacts[0].data)
    repeated = ["".join(g.text for g in p.facts.marked("Artifact")) for p in pages]

    assert pressing.findings == ()
    assert len(pages) == 3
    assert repeated[1].startswith("名称数量")
    assert repeated[2].startswith("名称数量")
    assert text_of(pressing.artifacts[0].data).count("名称") == 1


def test_numbers_in_a_column_stand_by_their_points(workshop: Workshop) -> None:
    """A column of numbers is found by itself; the digits before the point end at one place."""
    (page,) = pages_of(workshop.pdf(table('[甲, "12.5"], [乙, "8"], [丙, "120.75"], [丁, "-3.1"]')))
    units = {}
    for line in page.lines.values():
        text = "".join(g.text for g in line)
        if match := re.fullmatch(r"[甲乙丙丁](-?\d+)(\.\d+)?", text):
            units[text[0]] = line[len(match[1])].x

    assert len(units) == 4
    assert max(units.values()) - min(units.values()) < 0.05


def test_text_after_tables_pictures_and_notes_is_on_the_grid(
    workshop: Workshop, tmp_path: Path
) -> None:
    Image.new("RGB", (600, 400), "white").save(tmp_path / "p.png")
    text = (
        f"{HEAD}articles:\n  title: 题\n  body:\n    - note: 按语。\n    - 一。\n"
        f"    - table: {{caption: 表, rows: [[甲, {'长' * 90}]]}}\n    - 二。\n"
        "    - image: {file: p.png, caption: 图, width: 0.4}\n    - 三。\n    - quote: 引文。\n    - 四。\n"
    )
    pressing = workshop.pressing(text, tmp_path)
    off = [
        abs((g.baseline - FIRST) / PITCH - round((g.baseline - FIRST) / PITCH)) * PITCH
        for page in pages_of(pressing.artifacts[0].data)
        for g in page.body
        if g.text in "一二三四"
    ]

    assert pressing.findings == ()
    assert len(off) == 4
    assert max(off) < 0.05


def test_widths_of_columns_are_shared_by_need() -> None:
    """Short columns get what they need, long ones the rest; together they fill the width."""
    fitting, wrapping = shared([2, 4], 30), shared([2, 4, 100, 14], 36)

    assert sum(fitting) == pytest.approx(1)
    assert sum(wrapping) == pytest.approx(1)
    assert fitting[1] > fitting[0]
    assert wrapping[0] * 36 == pytest.approx(2.9)
    assert wrapping[1] * 36 == pytest.approx(4.9)
    assert wrapping[2] * 36 > 1.5 * wrapping[3] * 36 > 1.5 * 7


def test_a_column_that_needs_clearly_less_than_a_fair_part_has_what_it_needs() -> None:
    """Three quarters of it at most: of 36 in three columns 9, with the air of 0.9."""
    for need, is_small in ((8.0, True), (8.1, True), (8.2, False), (9.0, False)):
        first = shared([need, 60, 60], 36)[0] * 36

        assert (first == pytest.approx(need + 0.9)) == is_small


def test_a_column_is_as_wide_as_what_no_line_parts() -> None:
    """Numbers are whole where there is room for all; where there is none, they are broken."""
    widths, pieces = [40, 2, 60], [(2, 2), (2, 1), (9, 3)]
    roomy = [share * 24 for share in shared(widths, 24, pieces)]
    narrow = [share * 12 for share in shared(widths, 12, pieces)]

    assert sum(roomy) == pytest.approx(24)
    assert roomy[2] >= 9.9 - 0.001
    assert sum(narrow) == pytest.approx(12)
    assert narrow[2] >= 3.9 - 0.001
    assert narrow[0] >= 2.9 - 0.001


def test_numbers_stand_in_the_middle_of_their_column(workshop: Workshop) -> None:
    """Below their head, not at the rule; the widest one is centred."""
    (page,) = pages_of(workshop.pdf(table('[甲, "12.5"], [乙, "8"]', "head: [名, 数], ")))
    head = next(g for g in page.body if g.text == "数")
    line = next(line for line in page.lines.values() if line[0].text == "甲")
    middle = (line[1].left + line[-1].right) / 2

    assert middle == pytest.approx((head.left + head.right) / 2, abs=0.3)


def test_no_mark_hangs_over_the_rule_of_a_cell(workshop: Workshop) -> None:
    cell = "会议强调，要统筹发展和安全，抓好落实。" * 6
    (page,) = pages_of(workshop.pdf(table(f"[甲, {cell}], [乙, 丙]")))

    assert max(g.right for g in page.body if g.mark == "JbTable") < 184 - 0.5


def test_a_short_table_stays_on_one_page(workshop: Workshop) -> None:
    """With its caption and head; of a long one at least two rows stand below the head."""
    for lines in range(10, 16):
        body = "".join("    - 行。\n" for _ in range(lines))
        short = f"{HEAD}articles:\n  body:\n{body}    - table: {{caption: 表1, head: [甲, 乙], "
        short += "rows: [[一, 二], [三, 四], [五, 六]]}\n"
        pages = pages_of(workshop.pdf(short))
        assert [page.number for page in (p.facts for p in pages) if page.marked("JbTable")] == [
            1 if len(pages) == 1 else 2
        ]


@pytest.mark.parametrize("caption", ["", ", caption: 图"])
def test_pictures_in_a_row_take_as_many_pages_as_they_need(
    workshop: Workshop, tmp_path: Path, caption: str
) -> None:
    """A picture stays with its own caption, not with what comes after."""
    Image.new("L", (700, 500), 200).save(tmp_path / "p.png")
    block = f"    - image: {{file: p.png, width: 0.5{caption}}}\n"
    pdf = workshop.pdf(f"{HEAD}articles:\n  body:\n{block * 9}", tmp_path)
    pages = pages_of(pdf)

    assert len(pages) == 4
    assert sum(page.facts.pictures for page in pages) == 9
    assert [page.text.count("图") for page in pages] == [
        page.facts.pictures if caption else 0 for page in pages
    ]


@pytest.mark.parametrize(
    ("mode", "suffix", "space"),
    [("CMYK", "jpg", "/DeviceCMYK"), ("L", "jpg", "/DeviceGray"), ("L", "png", "/DeviceGray")],
)
def test_pictures_in_cmyk_and_grey_stay_so(
    workshop: Workshop, tmp_path: Path, mode: str, suffix: str, space: str
) -> None:
    """What is made for the printing plates is not turned into colours of the screen."""
    Image.new(mode, (80, 60)).save(tmp_path / f"p.{suffix}")
    text = f"{HEAD}articles: {{body: [{{image: {{file: p.{suffix}}}}}]}}\n"
    with pikepdf.open(io.BytesIO(workshop.pdf(text, tmp_path))) as document:
        (image,) = [o for o in document.objects if _is_image(o)]

        assert image.ColorSpace == space


def _is_image(item: pikepdf.Object) -> bool:
    return isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"


def test_an_empty_cell_keeps_its_column(workshop: Workshop) -> None:
    """In whatever column and of whatever type: the cells of a column stand below each other."""
    rows = '[一, "", 三], ["", 二, 三], ["", "", 三]'
    (page,) = pages_of(workshop.pdf(table(rows, "head: [甲, 乙, 丙], ")))
    places = {text: [g.x for g in page.body if g.text == text] for text in "甲乙丙一二三"}

    assert len(places["三"]) == 3
    for head, cell in zip("甲乙丙", "一二三", strict=True):
        assert max(abs(x - places[head][0]) for x in places[cell]) < 0.1


def test_a_table_over_pages_fills_them(workshop: Workshop) -> None:
    """The first rule of a page stands at its head; no other row would fit before its foot."""
    rows = ", ".join(f"[第{n}行, 文]" for n in range(90))
    for page in pages_of(workshop.pdf(table(rows, "head: [名称, 内容], ")))[1:-1]:
        rules = page.rules()
        height = rules[2][1] - rules[1][1]

        assert rules[0][1] == pytest.approx(37, abs=0.1)
        assert 262 - height < rules[-1][1] + rules[-1][3] < 262.1


ROW = 12 * 7 / 5 + 2 * 4  # bp: a line and its air


def heights(page: Page) -> list[float]:
    """From rule to rule, in bp."""
    tops = [rule[1] for rule in page.rules() if rule[2] > 150]
    return [(b - a) * 72 / 25.4 for a, b in itertools.pairwise(tops)]


def test_rows_of_as_many_lines_are_as_high_as_each_other(workshop: Workshop) -> None:
    """A line and its air; each further line adds one leading, whatever the grid."""
    rows = f"[甲, 乙], [丙, 丁], [戊, {'己' * 50}], [庚, 辛]"
    (page,) = pages_of(workshop.pdf(table(rows, "head: [名称, 内容], ")))
    found = [height for height in heights(page) if height < 60]

    assert found == pytest.approx([ROW + 0.5] * 3 + [ROW + 12 * 7 / 5 + 0.5, ROW + 0.5], abs=0.1)


@pytest.mark.parametrize("lines", range(1, 14))
def test_two_rows_stay_on_both_sides_of_a_break(workshop: Workshop, lines: int) -> None:
    """Below the head, which is printed again; and no page but the last ends short."""
    body = "    - 行。\n" * lines
    rows = ", ".join(f"[第{n}行, 文]" for n in range(24))
    text = f"{HEAD}articles:\n  body:\n{body}    - table: {{head: [名, 文], rows: [{rows}]}}\n"
    pressing = workshop.pressing(text)
    pages = [page for page in pages_of(pressing.artifacts[0].data) if page.rules()]
    counts = [
        len({g.baseline for g in page.facts.marked(Mark.TABLE) if g.text == "第"}) for page in pages
    ]

    assert pressing.findings == ()
    assert sum(counts) == 24
    assert all(count == 0 or count >= 2 for count in counts)


@pytest.mark.parametrize("layout", ["classic", "newsletter"])
def test_a_table_has_air_on_both_sides(workshop: Workshop, layout: str) -> None:
    """Half a row at least between its rules and the characters above and below."""
    text = f"layout: {layout}\n" + table("[甲, 乙], [丙, 丁]")
    grid = workshop.compose(text).subject.layout.grid
    (page,) = pages_of(workshop.pdf(text))
    rules = [rule for rule in page.rules() if rule[2] > 150 and rule[3] < 0.3]
    above, below = (
        next(g for g in page.facts.glyphs if g.text == character) for character in "前后"
    )

    assert rules[0][1] - (above.baseline + 0.12 * grid.em) > grid.pitch / 2 - 0.1
    assert below.baseline - 0.88 * grid.em - rules[-1][1] > grid.pitch / 2 - 0.1


def test_text_stands_in_the_middle_of_its_row_by_its_ink(workshop: Workshop) -> None:
    """A Chinese character as far from the rule above as from that below."""
    (page,) = pages_of(workshop.pdf(table("[国, 园], [围, 圆]")))
    tops = [rule[1] for rule in page.rules() if rule[2] > 150][-3:]
    for (top, foot), characters in zip(itertools.pairwise(tops), ("国园", "围圆"), strict=True):
        for glyph in (g for g in page.body if g.text in characters):
            assert glyph.top - top == pytest.approx(foot - glyph.bottom, abs=0.4)


def test_a_long_word_in_a_narrow_cell_breaks(workshop: Workshop) -> None:
    """Rather than run into the next cell; a short one does not."""
    long = "internationalization"
    rows = f"[{', '.join([long] * 8)}], [{', '.join(['GDP'] * 8)}]"
    pressing = workshop.pressing(table(rows))

    assert pressing.findings == ()
    assert text_of(pressing.artifacts[0].data).count("GDP") == 8
