"""Lines of narrow columns, and numbered sentences that open a paragraph."""

from __future__ import annotations

import itertools

import pytest

from jianbao_tex.press import Press
from pdf_pages import pages_of
from workshop import Workshop

WORD = "InternationalBusinessMac"


@pytest.mark.parametrize("indent", range(4, 17))
def test_a_line_before_a_long_word_is_ragged_in_a_narrow_column(press: Press, indent: int) -> None:
    """Its letters are not spaced, in paragraphs and lists; other paragraphs stay flush."""
    body = f"{'正' * indent}{WORD}等{'文' * 30}。"
    text = (
        "layout: newsletter\nmasthead: {name: 报}\narticles:\n- body:\n"
        f"  - {body}\n  - list: [{body}]\n  - {'国' * 60}。\n"
    )
    proof = press.prove(press.compose(Workshop.source(text)))
    lines = [line for page in proof.measured.pages for line in page.lines]
    column = [[g for g in line if g.text in "正文"] for line in lines]
    size = 12 * 25.4 / 72
    gaps = [b.x - a.x - size for row in column for a, b in itertools.pairwise(row) if b.x - a.x < 9]

    assert [one.code for one in proof.findings] == []
    assert max(gaps) < 0.2 * size


def test_the_wide_page_keeps_its_flush_edge(workshop: Workshop) -> None:
    text = f"masthead: {{name: 报}}\narticles: {{body: {'正' * 20}{WORD}{'文' * 30}。}}\n"

    assert "jbRagged" not in workshop.body(text)
    assert "jbRagged" in workshop.body(text + "options: {ragged.columns: 40}\n")
    wide = "options: {ragged.columns: 40, ragged.slack: 10}\n"
    assert "jbRagged" not in workshop.body(text + wide)


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("（一）加强领导。要加强领导。", "（一）加强领导。"),
        ("一、加强领导。要加强领导。", "一、加强领导。"),
        ("1.加强领导。要加强领导。", "1.加强领导。"),
        ("一是加强领导。要加强领导。", "一是加强领导。"),
        ("（一）加强领导。", ""),
        ("（一）加强领导；落实责任。要加强领导。", ""),
        ("会议强调。要加强领导。", ""),
        ("1.5万人参加。要加强领导。", ""),
        ("（一）**加强**领导。要加强领导。", ""),
        ("（一）加强领导。要**加强**领导。", ""),
    ],
)
def test_a_numbered_sentence_is_a_lead_where_the_layout_says_so(
    workshop: Workshop, text: str, lead: str
) -> None:
    """Without asterisks; a paragraph in which the author marked something stays as it is."""
    issue = f"masthead: {{name: 报}}\noptions: {{lead.run-in: true}}\narticles: {{body: {text}}}\n"
    plain = workshop.body(issue.replace("options: {lead.run-in: true}\n", ""))

    assert (f"\\jbLead{{{lead}}}" in workshop.body(issue)) == bool(lead)
    assert f"\\jbLead{{{lead}}}" not in plain
    assert workshop.pressing(issue).findings == ()


def test_the_lead_of_a_numbered_sentence_has_its_own_typeface(workshop: Workshop) -> None:
    text = (
        "masthead: {name: 报}\noptions: {lead.run-in: true}\n"
        "articles: {body: （一）加强领导。要落实责任。}\n"
    )
    glyphs = [g for page in pages_of(workshop.pdf(text)) for g in page.facts.glyphs]
    fonts = {g.text: g.font for g in glyphs}

    assert fonts["强"] != fonts["责"]
