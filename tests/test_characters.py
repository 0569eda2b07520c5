"""Rare characters: every one prints in every role and is read back, or is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from jianbao_tex.errors import IssueInvalid
from jianbao_tex.press import Press
from pdf_pages import pages_of, squeezed, text_of
from workshop import ROOT, Workshop

NAMES = "䶮㛃𬱖𬍛喆堃玥祎犇翀頔甪垚㙦𬭎啰瞭"
SYMBOLS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳★℃→㎡½‰§¥€"
ROLES = {
    "body": "fangsong",
    "quote": "kai",
    "note": "hei",
    "lead": "title",
    "heading-3": "song",
}


def standard_table() -> str:
    """The 8105 characters of 通用规范汉字表."""
    text = (ROOT / "fonts" / "tongyong-guifan-hanzi.txt").read_text(encoding="utf-8")
    return squeezed("".join(line for line in text.splitlines() if not line.startswith("#")))


def in_every_role(text: str) -> str:
    """An issue that prints a text in the five font roles."""
    faces = ", ".join(f"face.{element}: {role}" for element, role in ROLES.items())
    pieces = [text[i : i + 1500] for i in range(0, len(text), 1500)]
    headings = "".join(f"    - heading: {{level: 3, text: {piece}}}\n" for piece in pieces)
    return (
        f"masthead: {{name: 工作简报}}\noptions: {{{faces}}}\narticles:\n  body:\n"
        f"    - {text}\n    - quote: {text}\n    - note: {{label: '', body: {text}}}\n"
        f'    - "**{text}**"\n{headings}'
    )


def test_the_table_is_whole() -> None:
    """8105 different characters: 3500, 3000 and 1605 of the three levels."""
    table = standard_table()

    assert len(table) == len(set(table)) == 3500 + 3000 + 1605
    assert table.startswith("一乙二十丁")


def test_all_8105_characters_print_in_every_role_and_are_read_back(workshop: Workshop) -> None:
    """Not one is lost, swapped or replaced by a twin."""
    text = standard_table() + NAMES + SYMBOLS
    pdf = workshop.pdf(in_every_role(text))
    printed = text_of(pdf)

    assert len(printed) == len("工作简报") + 5 * len(text)
    assert printed == "工作简报" + 5 * text


@pytest.mark.parametrize("role", ["fangsong", "kai", "hei", "song", "title"])
def test_every_role_has_the_whole_table(press: Press, role: str) -> None:
    """What `jianbao doctor` counts, for each role."""
    assert not press.fonts.typeface(role).lacks(standard_table() + NAMES + SYMBOLS)


def test_the_font_that_helped_out_is_known(workshop: Workshop) -> None:
    """Which characters a fallback served is measured in the PDF."""
    pdf = workshop.pdf("masthead: {name: 工作简报}\narticles: {body: 国国喆堃犇}\n")
    fonts = {g.text: g.font for page in pages_of(pdf) for g in page.body}

    assert "Fandol" in fonts["国"]
    assert {"LXGWWenKai-Light"} == {fonts[c] for c in "喆堃犇"}


def test_twins_of_one_glyph_come_back_as_they_were_written(workshop: Workshop) -> None:
    """Code points that share a glyph are distinguished by the characters of the issue."""
    text = "甲…乙-丙·丁①戊—己“庚”；辛瑨"
    pdf = workshop.pdf(in_every_role(text))

    assert text_of(pdf) == "工作简报" + 5 * squeezed(text)


def test_a_character_that_no_font_has_is_refused_by_name(press: Press) -> None:
    with pytest.raises(IssueInvalid, match=r"U\+12000 CUNEIFORM SIGN A"):
        press.compose(Workshop.source("masthead: {name: 报}\narticles: {body: 楔𒀀}\n"))


def test_quotation_marks_and_dashes_are_full_width_in_a_font_whose_own_are_not(
    press: Press, tmp_path: Path
) -> None:
    """“ ” ‘ ’ — … each fill a column of the grid, opening quotes at its right."""
    own = Press(plugins={}, fonts=[_narrow_quotes(tmp_path)], sandbox=press.engine.sandbox)
    text = "国“国”国‘国’国——国……国" * 2
    pressing = own.press(
        Workshop.source(f"masthead: {{name: 报}}\nsections: [{{type: text, body: {text}}}]\n")
    )
    (line,) = (
        line for line in pages_of(pressing.artifacts[0].data)[0].facts.lines if len(line) > 20
    )
    em = 156 / 28
    plain = [glyph for glyph in line if glyph.text in "国—…”’"]
    columns = [(glyph.x - 28) / em - 2 for glyph in plain]
    steps = [i for i, glyph in enumerate(line) if glyph.text in "国—…”’"]

    assert "LXGW" in line[0].font
    assert columns == pytest.approx(steps, abs=0.02)


def _narrow_quotes(folder: Path) -> Path:
    """A folder with a font under the name of 仿宋 whose quotation marks are narrow."""
    shelf = Press(plugins={}).fonts
    font = shelf.font("LXGWWenKaiLight")
    assert font is not None
    (folder / "simfang.ttf").symlink_to(font.path)
    return folder
