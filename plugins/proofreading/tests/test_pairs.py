from pathlib import Path

import pytest

PLUGIN = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("学习《讲话精神。", [("PR009", 1, 3, None)]),
        ("学习讲话》精神。", [("PR008", 1, 5, None)]),
        ("坚持“四个意识。", [("PR009", 1, 3, None)]),
        ("坚持四个意识”。", [("PR008", 1, 7, None)]),
        ("党委（党组学习。", [("PR009", 1, 3, None)]),
        ("苏发〔2020号。", [("PR009", 1, 3, None)]),
        ("“《讲话”》", [("PR009", 1, 2, None)]),
        ("【栏目", [("PR009", 1, 1, None)]),
        ("「甲", [("PR009", 1, 1, None)]),
        ("‘甲", [("PR009", 1, 1, None)]),
        ("**一是“学习。**第二", [("PR009", 1, 5, None)]),
        ("“甲。\n乙。", [("PR009", 1, 1, None)]),
        ("“甲。\n“乙。", [("PR009", 2, 1, None)]),
    ],
)
def test_a_mark_without_its_partner_is_reported_at_the_mark(proofread, body, found):
    assert proofread(body) == found


@pytest.mark.parametrize(
    "body",
    [
        "“甲《乙〈丙〉》‘丁’”（戊【己】）〔2020〕1号",
        "“甲。\n“乙。\n“丙。”",
        "“甲。\n乙。”",
        "“甲。\n**“乙**。”",
        "**一是“学**习”。",
        "1）学习；2）讨论",
        "包括：一）学习，二）讨论",
        "It’s 好",
        "党委（甲）（乙）",
    ],
)
def test_marks_in_pairs_also_over_runs_and_paragraphs_are_let_be(proofread, body):
    assert proofread(body) == []


def test_a_quote_is_not_closed_in_another_body(project):
    """Only the next paragraph of the same body goes on with a quotation."""
    text = """\
masthead: {name: 简报}
sections:
  - name: 栏目
    articles:
      - title: 题
        body: “甲。
        signature: 乙”
      - title: 题
        body: 丙”
"""
    built = project(PLUGIN).check(text)

    assert [(f.code, str(f.where)) for f in built.findings] == [
        ("PR009", "issue.yaml:6:15"),
        ("PR008", "issue.yaml:7:21"),
        ("PR008", "issue.yaml:9:16"),
    ]
