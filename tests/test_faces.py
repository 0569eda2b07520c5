"""Which face and size sets what, where it stands, and what may end a page: read from the PDF."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest

from fence import FENCE
from jianbao_tex.hooks import Layout, hookimpl
from jianbao_tex.press import Press
from pdf_pages import Glyph, pages_of
from workshop import ROOT, Workshop

EM = 156 / 28
ISSUE = """\
masthead: {name: 甲子, slogan: 乙丑, issuer: 丙寅, security: 丁卯, signed_by: 戊辰}
number: 7
date: 2026-01-02
sections:
  - name: 己巳
    articles:
      - title: 庚午
        subtitle: 辛未
        body:
          - note: {label: 壬申, body: 癸酉}
          - heading: {level: 1, text: 一、东}
          - heading: {level: 2, text: （一）西}
          - heading: {level: 3, text: 1. 南}
          - heading: {level: 4, text: （1）北}
          - "**春夏**秋冬"
          - quote: 梅兰竹菊
          - list: [琴棋书画]
          - table: {caption: 表题, head: [头头, 尾尾], align: [left, right], rows: [[格格, 角角]]}
        signature: 金木
        credits: 水火
  - name: 土星
    type: briefs
    briefs: [{title: 风雷, body: 云雨}]
  - articles:
      - title: 雪霜
        body:
          - attachment: {label: 附件, body: 江河}
distribution: {报: 湖海}
imprint: {issuer: 山川, date: 2026-01-03}
"""
FANG, KAI, HEI, TITLE = "FandolFang", "FandolKai", "NotoSans", "NotoSerif"
BODY = 15.79


@pytest.fixture(scope="module")
def glyphs(workshop: Workshop) -> list[Glyph]:
    return [glyph for page in pages_of(workshop.pdf(ISSUE)) for glyph in page.body]


def last(glyphs: list[Glyph], character: str) -> Glyph:
    """The last glyph of a character: the one in the text, not that of the contents."""
    return [glyph for glyph in glyphs if glyph.text == character][-1]


@pytest.mark.parametrize(
    ("character", "font", "size"),
    [
        ("子", TITLE, 62), ("丑", TITLE, 22), ("寅", FANG, BODY), ("卯", HEI, BODY), ("辰", KAI, BODY),
        ("期", FANG, BODY), ("己", HEI, BODY), ("庚", TITLE, 22), ("辛", KAI, BODY), ("壬", HEI, BODY),
        ("癸", KAI, BODY), ("东", HEI, BODY), ("西", KAI, BODY), ("南", FANG, BODY), ("北", FANG, BODY),
        ("春", KAI, BODY), ("秋", FANG, BODY), ("梅", KAI, BODY), ("琴", FANG, BODY), ("格", FANG, 12),
        ("头", HEI, 12), ("金", KAI, BODY), ("水", FANG, BODY), ("风", HEI, BODY), ("云", FANG, BODY),
        ("附", HEI, BODY), ("江", FANG, BODY), ("湖", FANG, 14), ("山", FANG, 14),
    ],
)  # fmt: skip
def test_each_element_has_its_face_and_size(
    glyphs: list[Glyph], character: str, font: str, size: float
) -> None:
    """The faces and sizes that layout.toml gives the elements of the page."""
    glyph = last(glyphs, character)

    assert font in glyph.font
    assert glyph.size_bp == pytest.approx(size, abs=0.05)


def test_contents_are_hei_and_kai(glyphs: list[Glyph]) -> None:
    first = {character: next(g for g in glyphs if g.text == character) for character in "己庚"}

    assert HEI in first["己"].font
    assert KAI in first["庚"].font
    assert first["庚"].x == pytest.approx(28 + 2 * EM, abs=0.1)


@pytest.mark.parametrize(
    ("character", "columns"),
    [("琴", 3), ("梅", 4), ("东", 4), ("水", 2), ("附", 0), ("丙", 1), ("戊", None)],
)
def test_each_element_has_its_indent(
    glyphs: list[Glyph], character: str, columns: int | None
) -> None:
    """In columns from the left edge; issuer one in, headings two, items of a list three."""
    glyph = last(glyphs, character)

    if columns is None:
        assert glyph.x > 150
    else:
        assert glyph.x == pytest.approx(28 + columns * EM, abs=0.15)


def test_cells_are_set_left_and_right(glyphs: list[Glyph]) -> None:
    """格 at the left edge of the table, 角 at its right one."""
    assert next(g for g in glyphs if g.text == "格").x == pytest.approx(28 + 1.7, abs=0.3)
    assert last(glyphs, "角").right == pytest.approx(184 - 1.7, abs=0.4)


def test_date_of_the_masthead_and_of_the_imprint_are_right(glyphs: list[Glyph]) -> None:
    """One character from the right edge."""
    days = [g for g in glyphs if g.text == "日"]

    assert days[0].x + EM == pytest.approx(184 - EM, abs=0.15)
    assert last(glyphs, "发").x + 14 * 25.4 / 72 == pytest.approx(184 - 14 * 25.4 / 72, abs=0.15)


def test_the_distribution_block_stays_on_the_page_of_the_last_attachment(
    workshop: Workshop,
) -> None:
    pages = pages_of(workshop.pdf(ISSUE))

    assert "江河" in pages[-1].text
    assert "湖海" in pages[-1].text


KEPT = {
    "heading": "- heading: 一、小标题",
    "second_level": "- heading: {level: 2, text: （一）小标题}",
    "caption": "- table: {caption: 表题, head: [一, 二], rows: [[三, 四]]}",
}


@pytest.mark.parametrize("name", KEPT)
@pytest.mark.parametrize("lines", range(14, 24))
def test_nothing_that_announces_ends_a_page(workshop: Workshop, name: str, lines: int) -> None:
    """However many lines go before, a heading or caption has what it announces below it."""
    before = "\n".join("      - 行" for _ in range(lines))
    text = (
        "masthead: {name: 简报}\nsections:\n  - type: text\n    body:\n"
        f"{before}\n      {KEPT[name]}\n      - 后文\n"
    )
    for page in pages_of(workshop.pdf(text))[:-1]:
        *_, line = page.lines.values()
        assert "Sans" not in line[0].font
        assert "Kai" not in line[0].font


@pytest.mark.parametrize("lines", range(14, 24))
def test_a_signature_stays_with_its_text(workshop: Workshop, lines: int) -> None:
    before = "\n".join("          行" for _ in range(lines))
    text = (
        "masthead: {name: 简报}\nsections:\n  - articles:\n      - body: |\n"
        f"{before}\n        signature: 某单位\n"
    )
    for page in pages_of(workshop.pdf(text)):
        assert not page.text.startswith("（某单位）")


def test_latin_words_get_no_hyphen_that_nobody_wrote(workshop: Workshop) -> None:
    words = "university administration international communication " * 12
    text = f"masthead: {{name: 简报}}\nsections:\n  - type: text\n    body: {words}\n"

    assert "-" not in "".join(page.text for page in pages_of(workshop.pdf(text)))


@pytest.mark.parametrize(
    ("figure", "left_of_page_2"),
    [("margin.mirrored", 26.0 + 2 * EM), ("contents.own-page", 28.0 + 2 * EM)],
)
def test_figures_that_say_yes(tmp_path: Path, figure: str, left_of_page_2: float) -> None:
    """Mirrored margins move even pages; contents of their own end page 1."""
    folder = shutil.copytree(
        ROOT / "templates" / "latex" / "layouts" / "classic", tmp_path / "other"
    )
    key = figure.split(".")[1]
    toml = (folder / "layout.toml").read_text(encoding="utf-8")
    changed = toml.replace('name = "classic"', 'name = "other"').replace(
        f"{key} = {{ value = false", f"{key} = {{ value = true"
    )
    (folder / "layout.toml").write_text(changed, encoding="utf-8")

    def layouts() -> Iterable[Layout]:
        return [Layout.from_folder(Path(folder))]

    hookimpl(layouts)
    plugin = SimpleNamespace(jianbao_layouts=layouts)
    text = (
        "masthead: {name: 简报}\nlayout: other\nsections:\n  - articles:\n"
        "      - {title: 甲, body: 正文}\n      - {title: 乙, body: [正文, {page_break: }, 另页]}\n"
    )
    pages = pages_of(
        Press(plugins={"p": plugin}, sandbox=FENCE).press(Workshop.source(text)).artifacts[0].data
    )

    assert changed != toml
    assert min(glyph.x for glyph in pages[1].body) == pytest.approx(left_of_page_2, abs=0.1)
    assert ("正文" in pages[0].text) == (figure == "margin.mirrored")
