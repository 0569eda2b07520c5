"""Every check of a finished PDF: silent on a good page, heard on a page spoilt on purpose."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable

import pikepdf
import pytest

from jianbao_tex.hooks import MasterCheck, Severity
from jianbao_tex.master import Master
from jianbao_tex.measure import measure
from jianbao_tex.preflight import inspect
from jianbao_tex.press import Press
from workshop import Workshop

GOOD = """
masthead: {name: 工作简报, slogan: 求真务实, issuer: 办公室}
number: 365
date: 2020-03-10
articles:
  - title: 第一篇文章
    body: |
      国国国国国国国国国国国国国国国国国国国国国国国国国国国国国国。
      2020年3月5日，会议召开。
      一、小标题
      正文正文正文正文正文正文正文正文正文正文正文正文正文正文。
    signature: 办公室
  - title: 第二篇文章
    body:
      - 正文。
      - page_break:
      - 第二页正文。
distribution: {报: 市委, 送: 市直单位}
imprint: {issuer: 办公室, date: 2020-03-10, copies: 50}
"""

Edit = tuple[str, str, str]
"""A file of the TeX, what is in it, and what to put in its place."""

MAIN, GRID, BODY = "issue.tex", "jianbao-part-grid.sty", "jianbao-part-body.sty"
BLOCK, BREAKS = "jianbao-part-distribution.sty", "jianbao-part-breaks.sty"
TABLES, ROWS = "jianbao-part-tables.sty", "jianbao-part-rows.sty"


def found(press: Press, text: str, *edits: Edit) -> list[tuple[str, str]]:
    """Code and message of each finding on an issue whose TeX was changed after composing."""
    composed = press.compose(Workshop.source(text))
    files = dict(composed.tree.files)
    for name, old, new in edits:
        before = files[name].decode()
        assert old in before, f"{name} has no {old}"
        files[name] = before.replace(old, new, 1).encode()
    tree = dataclasses.replace(composed.tree, files=files)
    subject = dataclasses.replace(composed.subject, tree=tree)
    proof = press.prove(dataclasses.replace(composed, subject=subject))
    return [(finding.code, finding.message) for finding in proof.findings]


def test_a_good_issue_has_no_findings(press: Press) -> None:
    """The page that all the bad ones below are made from is right."""
    assert found(press, GOOD) == []


SHORT = "masthead: {name: 报}\narticles: {body: 正文。}\ndistribution: {报: 市委}\n"
FULL = "masthead: {name: 报}\narticles:\n  body: |\n" + "    行。\n" * 15
TABLE = "masthead: {name: 报}\narticles:\n  body:\n  - table: {rows: [[一, 1], [二, 2], [三, 3], [四, 4]]}\n"
BAD: dict[str, tuple[str, list[Edit], str, str]] = {
    "a lost character": (GOOD, [(MAIN, "会议召开", "会召开")], "JB330", "议召开"),
    "a character too many": (GOOD, [(MAIN, "会议召开", "会议议召开")], "JB330", "议召开"),
    "two characters swapped": (GOOD, [(MAIN, "会议召开", "会召议开")], "JB330", "召议开"),
    "text of a template": (GOOD, [(MAIN, "\\jbMasthead\n", "\\jbMasthead\n广告\n")], "JB330", "广告"),
    "a lone character": (
        "masthead: {name: 报}\narticles: {body: " + "国" * 27 + "。}\n",
        [(BREAKS, "{ \\jb_tied: \\CJKglue }", "{ \\CJKglue }")], "JB332", "国。"),
    "a heading at the foot": (
        FULL + "    一、小标题\n    正文。\n",
        [(BODY, "\\__jb_heading:n {#2} \\par } \\jb_keep:", "\\__jb_heading:n {#2} \\par }")],
        "JB333", "小标题"),
    "a signature at the head": (
        FULL + "    行。\n  signature: 办公室\n",
        [(BODY, "\\jb_if_after_block:F { \\nobreak }", "")],
        "JB334", "（办公室）"),
    "a comma at the head of a line": (GOOD, [(MAIN, "3月5日，", "3月5日\\break{}，")], "JB335", "3月5日|，会议召"),
    "an opening mark at the foot of a line": (GOOD.replace("会议召开", "“会议”召开"), [(MAIN, "“会议", "“\\break{}会议")], "JB335", "may not end a line"),
    "half a dash": (GOOD.replace("会议召开", "会议——召开"), [(MAIN, "——", "—\\break{}—")], "JB335", "is broken"),
    "a number and its unit": (GOOD, [(MAIN, "2020年3月5日，", "2020\\break{}年3月5日，")], "JB336", "2020|年3月5"),
    "a word in two": (GOOD.replace("会议召开", "会议internet召开"), [(MAIN, "internet", "inter\\break{}net")], "JB336", "a word"),
    "breaks that are forbidden": (
        GOOD.replace("正文正文正文正文正文正文正文正文正文正文正文正文正文正文。", "正文。" + "正文" * 7 + "，" + "正文" * 20 + "。"),
        [(BREAKS, "{ \\CJKglue } { \\jb_tied:", "{ \\jb_tied: \\CJKglue } { \\jb_tied:")],
        "JB337", "although it may break"),
    "rows apart": (TABLE, [(ROWS, "\\nointerlineskip \\jb_table_rule:", "\\nointerlineskip \\jb_table_rule: \\kern 2mm \\jb_table_rule:")], "JB343", "2.00 mm apart"),
    "rows of two heights": (TABLE, [(TABLES, "{ \\seq_item:Nn \\l__jb_table_heights_seq {#1} } \\l_tmpa_tl", "{ \\dim_eval:n { \\seq_item:Nn \\l__jb_table_heights_seq {#1} + #1 pt } } \\l_tmpa_tl")], "JB344", "rows with as many lines"),
    "a page that ends early": (FULL + "    行。\n" * 30, [(MAIN, "行。", "\\penalty-10000 行。")], "JB345", "free rows"),
    "another paper": (GOOD, [(MAIN, "paper.width = 210mm", "paper.width = 211mm")], "JB340", "the width of page 1 is 211.00 mm"),
    "a line off the grid": (GOOD, [(MAIN, "2020年3月5日", "\\vskip 1mm 2020年3月5日")], "JB341", "off its row"),
    "a row too many": (
        "masthead: {name: 报}\narticles:\n  body: |\n" + "    行。\n" * 40,
        [(MAIN, "\\begin{document}", "\\begin{document}\\enlargethispage{2\\baselineskip}")],
        "JB341", "the number of rows of page 1"),
    "text in the margin": (GOOD, [(MAIN, "2020年3月5日", "\\hskip-20mm 2020年3月5日")], "JB340", "outside the type area"),
    "text below the type area": (
        "masthead: {name: 报}\narticles:\n  body: |\n" + "    行。\n" * 40,
        [(MAIN, "\\begin{document}", "\\begin{document}\\enlargethispage{2\\baselineskip}")],
        "JB340", "outside the type area"),
    "a page number too low": (GOOD, [(MAIN, "page-number.drop = 7mm", "page-number.drop = 9mm")], "JB340", "9.0"),
    "a page number at the wrong side": (GOOD, [(GRID, "{ outside }", "{ inside }"), (GRID, "{ centre }", "{ outside }")], "JB340", "outer edge"),
    "a wrong page number": (GOOD, [(MAIN, "\\begin{document}", "\\begin{document}\\setcounter{page}{3}")], "JB340", "—3—"),
    "no page number": (GOOD, [(MAIN, "\\begin{document}", "\\begin{document}\\pagestyle{empty}")], "JB340", "missing"),
    "a number beside blank pages": (
        SHORT + "options: {distribution.page: four}\n",
        [(BLOCK, "\\pagestyle { empty }", "")], "JB340", "where none is allowed"),
    "a blank page": (GOOD, [(MAIN, "\\jbPageBreak", "\\jbPageBreak\\pagestyle{empty}\\leavevmode\\null\\newpage\\pagestyle{jb}")], "JB342", "page 3 is blank"),
    "a name off the middle": (GOOD, [(MAIN, "\\jbMastheadTitle{name}{工作简报}", "\\jbMastheadTitle{name}{\\hskip 30mm 工作简报}")], "JB341", "off the middle"),
    "a name a little off the middle": (GOOD, [(MAIN, "\\jbMastheadTitle{name}{工作简报}", "\\jbMastheadTitle{name}{\\hskip 8mm 工作简报}")], "JB341", "the name is 3.9"),
    "a thick red rule": (GOOD, [(MAIN, "masthead.rule = 0.7mm", "masthead.rule = 1.7mm")], "JB341", "1.70 mm"),
    "no red rule": (GOOD, [("jianbao-part-masthead.sty", "{ \\__jb_masthead_rule: }", "{ }")], "JB341", "the red rule is missing"),
    "a thick rule at the foot": (GOOD, [(MAIN, "distribution.rule-thick = 0.35mm", "distribution.rule-thick = 0.6mm")], "JB341", "rule 1"),
    "a block above the foot": (GOOD, [(BLOCK, "\\vspace* { \\fill }", "")], "JB340", "the last rule"),
    "a block on an odd page": (
        SHORT + "options: {distribution.page: even}\n",
        [(MAIN, "distribution.page = even", "distribution.page = last")], "JB341", "page 1 of 1"),
    "a block in two": (GOOD, [(MAIN, "\\end{document}", "\\jbDistribution{\\jbReceivers{发：}{某}}\\end{document}")], "JB341", "split"),
    "text that is not black": (GOOD, [(MAIN, "colour.black = {0,0,0,1}", "colour.black = {0,0,0,0.9}")], "JB340", "k 0 0 0 0.9"),
    "red of the screen": (GOOD, [(MAIN, "2020年3月5日", "\\special{pdf:code 1 0 0 rg}2020年3月5日")], "JB340", "rg 1 0 0"),
    "a title that was shrunk": (
        GOOD.replace("title: 第一篇文章", 'title: "一二三四五六七八九十一二三四五六七八九十一\\n二"'),
        [], "JB304", "bp"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_spoilt_page_is_found_out(press: Press, name: str) -> None:
    """Each fault alone raises its own finding, with words that say where."""
    text, edits, code, words = BAD[name]
    findings = found(press, text, *edits)

    assert [message for number, message in findings if number == code and words in message], (
        findings
    )


def spoilt(press: Press, change: Callable[[pikepdf.Pdf], None]) -> set[str]:
    """The codes for a PDF changed after it was finished."""
    composed = press.compose(Workshop.source(GOOD))
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(press.prove(composed).pdf)) as document:
        change(document)
        document.save(made)
    data = made.getvalue()
    subject = composed.subject.with_master(Master(data, 2), measure(data))
    return {finding.code for finding in inspect(press.registry, MasterCheck, subject)}


def each(document: pikepdf.Pdf, kind: str) -> list[pikepdf.Object]:
    return [
        o for o in document.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == kind
    ]


def test_a_font_that_is_not_embedded_is_found_out(press: Press) -> None:
    def change(document: pikepdf.Pdf) -> None:
        for descriptor in each(document, "/FontDescriptor"):
            for key in ("/FontFile2", "/FontFile3"):
                if key in descriptor:
                    del descriptor[key]

    assert "JB350" in spoilt(press, change)


def test_a_font_that_is_no_subset_is_found_out(press: Press) -> None:
    def change(document: pikepdf.Pdf) -> None:
        for font in each(document, "/Font"):
            font.BaseFont = pikepdf.Name("/" + str(font.BaseFont)[8:])

    assert "JB351" in spoilt(press, change)


def test_a_glyph_that_leads_nowhere_is_found_out(press: Press) -> None:
    def change(document: pikepdf.Pdf) -> None:
        for font in each(document, "/Font"):
            if "/ToUnicode" in font and "Liberation" in str(font.BaseFont):
                cmap = font.ToUnicode.read_bytes()
                font.ToUnicode = document.make_stream(cmap.replace(b"<0030>", b"<FFFD>"))

    assert {"JB330", "JB331"} <= spoilt(press, change)


def test_the_severity_follows_the_strength_of_the_rule(press: Press) -> None:
    """规定 is an error, what is only advised a warning."""
    composed = press.compose(Workshop.source(GOOD))
    figures = composed.layout.figures

    assert figures["page-number.drop"].strength == "规定"
    assert figures["distribution.rule-thick"].strength == "推荐"
    for name, severity in (
        ("a page number too low", Severity.ERROR),
        ("a thick rule at the foot", Severity.WARNING),
    ):
        text, edits, code, _ = BAD[name]
        tree = dict(composed.tree.files)
        for file, old, new in edits:
            tree[file] = tree[file].decode().replace(old, new, 1).encode()
        spoilt_tree = dataclasses.replace(composed.tree, files=tree)
        subject = dataclasses.replace(composed.subject, tree=spoilt_tree)
        proof = press.prove(dataclasses.replace(composed, subject=subject))
        assert {f.severity for f in proof.findings if f.code == code} == {severity}, text
