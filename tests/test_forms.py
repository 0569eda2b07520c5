"""What people type otherwise than the form that is meant: headings, wrapped lines, labels, years."""

from __future__ import annotations

from pathlib import Path

import pytest

from command import jianbao
from jianbao_tex.errors import IssueInvalid
from jianbao_tex.hooks import IssueCheck
from jianbao_tex.preflight import inspect
from jianbao_tex.press import Press
from workshop import Workshop

HEAD = "masthead: {name: 报}\narticles:\n- title: 题\n  body: |\n"


def body(*lines: str) -> str:
    return HEAD + "".join(f"    {line}\n" for line in lines)


def found(press: Press, text: str) -> list[tuple[str, int]]:
    """The code and the line of each finding about the data."""
    composed = press.compose(Workshop.source(text))
    findings = inspect(press.registry, IssueCheck, composed.subject)
    return [(one.code, one.where.line - 4) for one in findings]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("(一)加强领导", "（一）加强领导"),
        ("（一)加强领导", "（一）加强领导"),
        ("(十二）加强领导", "（十二）加强领导"),
        ("一．加强领导", "一、加强领导"),
        ("一.加强领导", "一、加强领导"),
        ("一，加强领导", "一、加强领导"),
        ("1、加强领导", "1.加强领导"),
        ("12、加强领导", "12.加强领导"),
        ("(3)加强领导", "（3）加强领导"),
    ],
)
def test_a_heading_in_another_form_is_pointed_out_and_written_right(
    press: Press, tmp_path: Path, typed: str, meant: str
) -> None:
    """GB/T 9704-2012, 7.3.3 has 一、 （一） 1. （1）; nothing else in the file changes."""
    text = body(typed, "会议强调，要加强领导。")
    (tmp_path / "issue.yaml").write_text(text, encoding="utf-8")
    done = jianbao("check", "--fix", "issue.yaml", folder=tmp_path)

    assert found(press, text) == [("JB162", 1)]
    assert done.returncode == 0
    assert (tmp_path / "issue.yaml").read_text(encoding="utf-8") == text.replace(typed, meant)


@pytest.mark.parametrize(
    "line",
    [
        "（一）加强领导", "一、加强领导", "1.加强领导", "（1）加强领导", "1．加强领导",
        "第一，加强领导", "①加强领导", "1、2、3号楼的住户已经全部搬迁完毕。",
        "一，要加强领导；二，要落实责任。", "(一)要加强领导。会议强调的是这一点。", "1.5万人参加",
        "一.", "(一)",
    ],
)  # fmt: skip
def test_other_lines_are_no_headings_in_another_form(press: Press, line: str) -> None:
    """What would be no heading in the right form either is left alone."""
    assert found(press, body(line, "会议强调，要加强领导。")) == []


WRAPPED = (
    "各县区、各部门要切实提高政治站位，充分认识做好当前",
    "工作的重要性和紧迫性，严格落实责任，",
    "确保落到实处。",
)


def test_lines_that_a_program_broke_are_joined(press: Press, tmp_path: Path) -> None:
    """One finding for the paragraph; comments and the other lines stay."""
    text = body(*WRAPPED, "第二段是完整的一段。") + "  signature: 办  # x\n"
    (tmp_path / "issue.yaml").write_text(text, encoding="utf-8")
    done = jianbao("check", "--fix", "issue.yaml", folder=tmp_path)
    joined = body("".join(WRAPPED), "第二段是完整的一段。") + "  signature: 办  # x\n"

    assert found(press, text) == [("JB163", 1)]
    assert done.returncode == 0
    assert (tmp_path / "issue.yaml").read_text(encoding="utf-8") == joined


def test_joined_words_of_letters_keep_a_space(tmp_path: Path) -> None:
    text = body("各县区、各部门要认真学习推广使用大模型工具DeepSeek", "Chat的经验做法。")
    (tmp_path / "issue.yaml").write_text(text, encoding="utf-8")
    jianbao("check", "--fix", "issue.yaml", folder=tmp_path)

    assert "DeepSeek Chat的" in (tmp_path / "issue.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "lines",
    [
        ("会议指出，要加强领导。", "会议强调，要落实责任。"),
        ("出席：张某某　李某", "　　　王某某"),
        ("加强组织领导和统筹协调", "会议强调，要加强领导。"),
        ("一、切实提高政治站位充分认识做好当前工作的重要性", "会议强调，要加强领导。"),
        ("https://www.example.gov.cn/a/long/address/of/a/page", "一段正文一段正文一段正文。"),
        ("会议强调了三点：", "要加强领导。"),
        ("**各县区、各部门要切实提高政治站位，充分认识做好当前**", "会议强调，要加强领导。"),
    ],
)
def test_lines_that_stand_for_themselves_are_left_alone(
    press: Press, lines: tuple[str, ...]
) -> None:
    """Sentences, names, headings without a number, addresses, what ends with a colon."""
    assert [code for code, _ in found(press, body(*lines)) if code == "JB163"] == []


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("一段按语。", "编者按："),
        ("编者按：一段按语。", ""),
        ("【编者按】一段按语。", ""),
        ("（编者按：一段按语。）", ""),
        ("编者的话：一段按语。", ""),
        ("本刊按：一段按语。", ""),
        ("编者注：一段按语。", ""),
        ("按规定：一段按语。", "编者按："),
        ("会议的话题：一段按语。", "编者按："),
        ("《导读》一书出版。", "编者按："),
    ],
)
def test_a_label_that_the_author_wrote_is_printed_once(
    workshop: Workshop, written: str, label: str
) -> None:
    issue = workshop.compose(
        f"masthead: {{name: 报}}\narticles:\n- body:\n  - note: {written}\n"
    ).issue

    assert "".join(issue.texts()) == f"报{label}{written}"


@pytest.mark.parametrize(("year", "is_right"), [("2026", True), ("1900", True), ("26", False),
                                                ("0026", False), ("1899", False), ("20266", False)])  # fmt: skip
def test_a_year_is_written_in_full(press: Press, year: str, is_right: bool) -> None:
    """26年第3期 is no number of an issue."""
    text = f"masthead: {{name: 报}}\nnumber: 3\nyear: {year}\narticles: {{body: 文。}}\n"
    if is_right:
        press.compose(Workshop.source(text))
        return
    with pytest.raises(IssueInvalid, match=r"issue\.yaml:3:7: JB14[56]"):
        press.compose(Workshop.source(text))


SECTIONS = """masthead: {name: 报}
sections:
- {name: 卷首语, type: text, body: 一段卷首语。}
- {name: 要闻, articles: [{title: 甲篇, body: 文。}, {title: 乙篇, body: 文。}]}
- {name: 简讯, type: briefs, briefs: [一则简讯。]}
- {name: 动态, type: briefs, briefs: [{title: 丙会召开。, body: 文。}]}
- {name: 空栏, type: text}
"""


def test_sections_of_text_stand_in_the_contents_by_their_names(workshop: Workshop) -> None:
    """So do short items without titles; a section that prints nothing does not."""
    contents = workshop.compose(SECTIONS).issue.contents

    assert [(group.bare, [text for _, text in group.entries]) for group in contents] == [
        ("卷首语", []),
        ("要闻", ["甲篇", "乙篇"]),
        ("简讯", []),
        ("动态", ["丙会召开"]),
    ]


def test_the_text_output_has_brackets_only_where_the_page_has_them(workshop: Workshop) -> None:
    for layout, line in (("classic", "【要闻】"), ("newsletter", "要闻")):
        source = Workshop.source(f"layout: {layout}\n{SECTIONS}")
        (artifact,) = workshop.press.press(source, ("txt",)).artifacts

        assert line in artifact.data.decode().split("\n")
        assert ("【" in artifact.data.decode()) == (layout == "classic")
