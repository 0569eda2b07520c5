"""Text that was pasted: look-alikes, lost and new characters, marks of the wrong keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from command import jianbao
from jianbao_tex import lookalikes as lookalikes_room
from jianbao_tex.errors import IssueInvalid, JianbaoError
from jianbao_tex.hooks import IssueCheck
from jianbao_tex.lookalikes import lookalikes
from jianbao_tex.pages import NO_TEXT
from jianbao_tex.preflight import inspect
from jianbao_tex.press import Press
from pdf_pages import pages_of
from workshop import Workshop

HEAD = "masthead: {name: 报}\narticles:\n  - body: |\n      "


def issue_findings(press: Press, text: str) -> list[tuple[str, str]]:
    """Code and text of each finding about the data, with the characters that it points at."""
    composed = press.compose(Workshop.source(text))
    found = inspect(press.registry, IssueCheck, composed.subject)
    return [
        (one.code, one.where.text[one.where.column - 1 : one.where.end_column - 1]) for one in found
    ]


# --- Look-alikes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pasted", "ordinary"),
    [
        ("\u2f63产", "生产"),
        ("\u2f08\u2ea0", "人民"),
        ("\u2ec5\u2ee2", "见马"),
        ("\uf9e4\U0002f83f", "\u7406\u5468"),
        ("O\ufb03ce", "Office"),
        ("caf\u0065\u0301", "café"),
        ("Zu\u0308rich", "Zürich"),
        ("\u304b\u3099", "が"),
        ("5\u223c10", "5～10"),
        ("\u22ef\u22ef", "……"),
        ("\u2015\u2015", "——"),
        ("甲\ufe50乙\uff61", "甲，乙。"),
        ("\u2329书\u232a", "〈书〉"),
        ("\u212b", "Å"),
    ],
)
def test_each_kind_of_lookalike_has_its_ordinary_character(pasted: str, ordinary: str) -> None:
    """On paper they are the same; a search for the ordinary one does not find them."""
    text = pasted
    for lookalike in reversed([*lookalikes(pasted)]):
        end = lookalike.start + len(lookalike.text)
        text = text[: lookalike.start] + lookalike.ordinary + text[end:]

    assert text == ordinary
    assert [*lookalikes(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "生产人民",
        "Office café",
        "～……——，。",
        "①㎡℃½",
        "１２３ＡＢ",
        "α̃",
        "\ufa0e\ufa0f\ufa11",
        "㇐㇑",
    ],
)
def test_ordinary_characters_are_no_lookalikes(text: str) -> None:
    """
    Full-width digits are another matter, signs such as ℃ are characters of their own, some
    "compatibility" ideographs are ordinary, and no single character stands for α̃.
    """
    assert [*lookalikes(text)] == []


def test_every_radical_has_an_ordinary_character() -> None:
    """Of the two blocks of radicals only three have none, and two code points are not assigned."""
    radicals = [chr(c) for c in (*range(0x2E80, 0x2EF4), *range(0x2F00, 0x2FD6))]
    without = [c for c in radicals if not [*lookalikes(c)]]

    assert [f"{ord(c):X}" for c in without] == ["2E80", "2E9A"]


def test_lookalikes_are_warnings_at_their_place(press: Press) -> None:
    """Neighbours of one form are one finding; names of files and layouts are not text."""
    text = HEAD + "甲\u2f08\u2ea0乙O\ufb03ce\n    signature: \u2f63产\n"

    assert issue_findings(press, text) == [
        ("JB160", "\u2f08\u2ea0"),
        ("JB160", "\ufb03"),
        ("JB160", "\u2f63"),
    ]


def test_the_fix_writes_the_ordinary_characters(tmp_path: Path) -> None:
    """Everything else in the file stays as it is, spaces and comments too."""
    file = tmp_path / "issue.yaml"
    body = HEAD + "甲\u2f08\u2ea0乙，O\ufb03ce\u22ef\u22ef  # x\n    signature: 'e\u0301'  # y\n"
    file.write_text(body, encoding="utf-8")
    done = jianbao("check", "--fix", "issue.yaml", folder=tmp_path)

    assert done.returncode == 0
    assert file.read_text(encoding="utf-8") == (
        HEAD + "甲人民乙，Office……  # x\n    signature: 'é'  # y\n"
    )


TWINS = "\u2f63产生产\u2f08人\u2ea0民\u223c~\u22ef\u22ef……甲\u223c乙~丙"


def test_the_text_of_the_pdf_is_that_of_the_issue(workshop: Workshop) -> None:
    """Each character comes back as it was written, also where a font draws two with one glyph."""
    text = HEAD + f"{TWINS}。\n      **{TWINS}**{TWINS}\n"
    master = workshop.press.prove(workshop.compose(text))
    printed = "".join(
        glyph.text
        for page in pages_of(master.pdf)
        for glyph in page.facts.glyphs
        if glyph.mark not in NO_TEXT
    )

    assert printed == f"报{TWINS}。{TWINS}{TWINS}"
    assert [finding.code for finding in master.findings if finding.code != "JB160"] == []


def test_files_for_press_and_archive_have_the_same_text(workshop: Workshop) -> None:
    """Their standards allow an encoding of one's own, if it is inside."""
    composed = workshop.compose(HEAD + f"{TWINS}。\n")
    proof = workshop.press.prove(composed, ("archive", "print", "pdf"))
    pdfs = [artifact for artifact in proof.artifacts if artifact.name.endswith(".pdf")]

    assert len(pdfs) == 4
    assert [one.code for one in proof.findings if one.code != "JB160"] == []
    for artifact in pdfs:
        text = "".join(g.text for page in pages_of(artifact.data) for g in page.facts.glyphs)
        assert TWINS in text, artifact.name


# --- Lost and new characters ----------------------------------------------------------------------


def test_a_lost_character_is_refused_at_its_place(press: Press) -> None:
    """Once, with how often it occurs; nobody should delete a part of a name."""
    with pytest.raises(IssueInvalid) as refused:
        press.compose(Workshop.source(HEAD + "张\ufffd\ufffd同志\n"))
    (finding,) = refused.value.findings

    assert (finding.code, finding.where.line, finding.where.column) == ("JB108", 4, 8)
    assert "2 times" in finding.message
    assert "delete" not in finding.advice


def test_characters_newer_than_the_tables_of_python_are_asked_of_the_fonts(press: Press) -> None:
    """They may be part of a name; a font that has them prints them, else it is said which lack them."""
    # The extensions I and J; newer fonts have the first.
    extensions = frozenset(map(chr, (*range(0x2EBF0, 0x2EE5E), *range(0x323B0, 0x3347A))))
    new = min(press.fonts.typeface("fangsong").lacks(extensions))
    with pytest.raises(JianbaoError) as refused:
        press.compose(Workshop.source(HEAD + f"户籍科张{new}同志\n"))
    (finding,) = refused.value.findings

    assert finding.code == "JB401"
    assert f"U+{ord(new):04X}" in finding.message
    assert "asked: Fandol" in finding.message
    assert (finding.where.line, finding.where.column) == (4, 11)


@pytest.mark.parametrize("character", ["\U0002ebe0", "\U0002f83f", "\U00030edd", "\U00031350"])
def test_a_rare_character_is_set_in_the_font_that_has_it(
    workshop: Workshop, character: str
) -> None:
    """Also of a block that is newer than the tables of xeCJK (U+31350 is of extension H)."""
    master = workshop.press.prove(workshop.compose(HEAD + f"张{character}同志。\n"))

    (font,) = {
        glyph.font
        for page in pages_of(master.pdf)
        for glyph in page.facts.glyphs
        if glyph.text == character
    }
    assert "Liberation" not in font
    assert [one.code for one in master.findings if one.code != "JB160"] == []


@pytest.mark.parametrize("code", [0xFDD0, 0xFFFE, 0x1FFFF, 0x10FFFE, 0xE0FFF, 0xFFF0])
def test_code_points_without_a_character_are_refused(press: Press, code: int) -> None:
    """No version of Unicode assigns them, or they never show."""
    with pytest.raises(IssueInvalid, match="JB106"):
        press.compose(Workshop.source(HEAD + f"甲{chr(code)}乙\n"))


# --- The wrong keyboard --------------------------------------------------------------------------

M, A = "masthead: {name: 报}\n", "articles: {body: 文。}\n"
WRONG = {
    f"{M}number：1\n{A}": (2, 7, "U+FF1A"),
    f"{M}number： 1\n{A}": (2, 7, "U+FF1A"),
    f"{M}期号：1\n{A}": (2, 3, "U+FF1A"),
    f"masthead：{{name: 报}}\n{A}": (1, 9, "U+FF1A"),
    f"masthead:\n  name：报\n{A}": (2, 7, "U+FF1A"),
    f"masthead: {{name：报}}\n{A}": (1, 16, "U+FF1A"),
    f"masthead: {{name: 报，issuer: 办}}\n{A}": (1, 19, "U+FF0C"),
    f"masthead: {{name: 报、issuer: 办}}\n{A}": (1, 19, "U+3001"),
    f"masthead: {{name: 报, issuer：办}}\n{A}": (1, 27, "U+FF1A"),
    f"masthead: ｛name: 报｝\n{A}": (1, 11, "U+FF5B"),
    f"{M}articles:\n－ title: 题\n  body: 文。\n": (3, 1, "U+FF0D"),
    f"{M}articles:\n- title：题\n  body: 文。\n": (3, 8, "U+FF1A"),
    f"{M}articles:\n- title:题\n  body: 文。\n": (3, 8, "space"),
    f"{M}articles:\n- title: 题\n  body: |\n    会议强调：好。\n  signature：办\n": (
        6,
        12,
        "U+FF1A",
    ),
    f"{M}number:1\n{A}": (2, 7, "space"),
    f"{M}imprint:\n  issuer：市委\n{A}": (3, 9, "U+FF1A"),
    f"masthead:\n\u00a0 name: 报\n  issuer: 办\n{A}": (2, 1, "U+00A0"),
    f"masthead:\n  name: 报\n\u00a0\u00a0issuer: 办\n{A}": (3, 1, "U+00A0"),
    f"masthead:\n\u3000name: 报\n{A}": (2, 1, "U+3000"),
    f"{M}articles:\n\u3000- title: 题\n": (3, 1, "U+3000"),
}


@pytest.mark.parametrize("text", WRONG)
def test_a_mark_of_the_wrong_keyboard_is_named_at_its_own_column(press: Press, text: str) -> None:
    """libyaml misses its mark elsewhere, often on the next line, or takes the line for text."""
    line, column, word = WRONG[text]
    with pytest.raises(IssueInvalid) as refused:
        press.compose(Workshop.source(text))
    found = [one for one in refused.value.findings if one.code in {"JB127", "JB128"}]

    assert [(one.where.line, one.where.column) for one in found] == [(line, column)]
    assert word in found[0].message


@pytest.mark.parametrize(
    "text",
    [
        f"{M}articles:\n- body: |\n    会议强调：要抓好。\n    他说：好。\n   signature: 办\n",
        f"{M}articles:\n- body: 会议强调：要抓好\n  signature: [\n",
        f"{M}articles:\n  body: 见 http://a.cn/b\n  x: @y\n",
        f"{M}number: 1: 2\n{A}",
    ],
)
def test_colons_in_text_are_not_taken_for_the_fault(press: Press, text: str) -> None:
    """The file is no YAML for another reason, which keeps its finding."""
    with pytest.raises(IssueInvalid) as refused:
        press.compose(Workshop.source(text))

    assert not {"JB127", "JB128"} & {one.code for one in refused.value.findings}


@pytest.mark.parametrize("text", ["会议强调：要抓好", "时间:下午三点", "name：报", "比分3:2"])
def test_text_with_a_colon_is_text(press: Press, text: str) -> None:
    """Only a key of the part that is expected there makes it a mistake."""
    assert issue_findings(press, f"{M}articles:\n- body:\n  - {text}\n") == []


# --- Wide spaces -------------------------------------------------------------------------------------


def test_the_indent_of_a_word_processor_is_dropped_with_a_note(press: Press) -> None:
    """One note for the issue; it stops nothing, not even under --strict."""
    text = HEAD + "\u3000\u3000第一段。\n      \u3000\u3000第二段。\n    signature: \u3000办\n"

    assert issue_findings(press, text) == [("JB161", "\u3000\u3000")]


def test_the_indent_of_a_cell_is_printed(workshop: Workshop) -> None:
    """It says that a row is part of the one above, so its column stands left."""
    text = f"{M}articles:\n- body:\n  - table: {{rows: [[生产总值, '1'], [\u3000农业, '2']]}}\n"
    glyphs = [g for page in pages_of(workshop.pdf(text)) for g in page.facts.glyphs]
    first, second = (next(g for g in glyphs if g.text == c) for c in "生农")

    assert second.x - first.x == pytest.approx(first.size_bp * 25.4 / 72, abs=0.1)
    assert issue_findings(workshop.press, text) == []


def test_a_text_is_searched_if_it_has_any_lookalike() -> None:
    """The quick look at the characters misses none that the search would find."""
    codes = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    texts = [text for code in codes for text in (chr(code), f"e{chr(code)}")]
    found = [text for text in texts if lookalikes_room._pattern().search(text)]

    assert len(found) > 1000
    assert [text for text in found if lookalikes_room._SUSPECTS.isdisjoint(text)] == []
