"""Plugins without Python: what plugin.toml declares, the page has; what it may not, it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from folder_plugins import project
from jianbao_tex.testing import Project

ALL_TYPES = """\
[parts.person]
short = "name"

[parts.person.fields]
name = { type = "line", label = "姓名", required = true }
post = { type = "line", label = "职务", before = "（", after = "）" }

[blocks.stamp]
label = "印章"
short = "words"

[blocks.stamp.fields]
words = { type = "line", label = "印文", required = true }

[section_types.all]
label = "各类"
contents = "people.name"

[section_types.all.fields]
heading = { type = "title", label = "总题" }
text = { type = "body", label = "文" }
long = { type = "long", label = "长文" }
phrases = { type = "texts", label = "各句" }
rows = { type = "rows", label = "各行" }
count = { type = "count", label = "件数", after = "件", least = 2, most = 9 }
share = { type = "number", label = "比率", after = "%" }
day = { type = "date", label = "日子" }
wide = { type = "yes_no", label = "宽", default = false }
colour = { type = "choice", label = "颜色", choices = ["红", "黑"], default = "黑", printed = false }
chief = { type = "part", part = "person", label = "组长" }
people = { type = "parts", part = "person", label = "成员", required = true }
"""
TEMPLATE = """\
<% if section.heading %>

<% for line in section.heading | balanced(28) %><%= line %><% endfor %>
<% endif %>
<% for block in section.text %>
<% include block.template %>
<% endfor %>
<% if section.long %>

<%= section.long %>
<% endif %>
<% for text in section.phrases %>

<%= text %>
<% endfor %>
<% for row in section.rows %>

<% for cell in row %><%= cell %><% endfor %>
<% endfor %>

<% if section.count_line %><%= section.count_line %><% endif %><% if section.share_line %><%= section.share_line %><% endif %><% if section.day_line %><%= section.day_line %><% endif %>

<% if section.chief %>
<%= section.chief.name %><% if section.chief.post_line %><%= section.chief.post_line %><% endif %>
<% endif %>
<% for person in section.people %>

<%= person.name %><% if person.post_line %><%= person.post_line %><% endif %><% if section.wide %>\\quad <% endif %>
<% endfor %>
"""
ISSUE = """\
masthead: {name: 简报}
sections:
  - 类型: 各类
    总题: 题
    文:
      - 一段。
      - 印章: 印文
    长文: 长 & 文
    各句: [甲, 乙]
    各行: [[丙, 丁], [戊, 己]]
    件数: 7
    比率: "12.5"
    日子: 2026-11
    宽: true
    颜色: 红
    组长: 张三
    成员: [李四, {姓名: 王五, 职务: 主任}]
"""


@pytest.fixture
def everything(tmp_path: Path) -> Project:
    return project(tmp_path, ALL_TYPES, all=TEMPLATE, stamp="\n<%= block.words %>\n\n")


def test_every_type_of_field_is_read_printed_and_proved(everything: Project) -> None:
    """In the order in which the fields are declared; the product's own check compares the text."""
    built = everything.build(ISSUE)

    assert built.codes == []
    assert built.page_texts[0].startswith(
        "简报目录李四王五题一段。印文长&文甲乙丙丁戊己7件12.5%2026年11月张三李四王五（主任）"
    ) or "题一段。印文长&文甲乙丙丁戊己7件12.5%2026年11月张三李四王五（主任）" in "".join(
        built.page_texts
    )


def test_the_contents_have_what_is_declared(everything: Project) -> None:
    built = everything.check(ISSUE)

    assert built.issue is not None
    assert [text for _, text in built.issue.contents[0].entries] == ["李四", "王五"]


def test_a_value_leads_back_to_its_own_line(everything: Project) -> None:
    built = everything.check(ISSUE)

    assert built.origin_of("王五")[2:] == ("issue.yaml", 17)
    assert built.origin_of("（主任）")[2:] == ("issue.yaml", 17)


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ("件数: 7", "件数: 10", "issue.yaml:11:9", "at most 9"),
        ("件数: 7", "件数: 1", "issue.yaml:11:9", "at least 2"),
        ('比率: "12.5"', "比率: 1e5", "issue.yaml:12:9", "a number such as 12 or 3.5"),
        ("颜色: 红", "颜色: 绿", "issue.yaml:15:9", "choose one of: 红, 黑"),
        ("日子: 2026-11", "日子: 2026-13", "issue.yaml:13:9", "a date such as"),
        ("宽: true", "宽: yes", "issue.yaml:14:8", "true or false"),
        ("组长: 张三", "组常: 张三", "issue.yaml:16:5", "did you mean 组长?"),
        ("姓名: 王五, ", "", "issue.yaml:17:14", "add the key name (姓名)"),
        ("    成员: [李四, {姓名: 王五, 职务: 主任}]\n", "", "issue.yaml:3:5", "add the key people (成员)"),
        ("- 印章: 印文", "- 印张: 印文", "issue.yaml:7:9", "unknown block"),
    ],
)  # fmt: skip
def test_a_fault_is_named_at_its_place_in_the_words_of_the_plugin(
    old: str, new: str, where: str, words: str, everything: Project
) -> None:
    assert old in ISSUE
    (finding,) = everything.check(ISSUE.replace(old, new)).findings

    assert str(finding.where) == where
    assert words in f"{finding.message} {finding.advice}"


def test_an_old_issue_goes_on_when_fields_are_added(tmp_path: Path) -> None:
    """All fields but those that are required may be left out."""
    built = project(tmp_path, ALL_TYPES, all=TEMPLATE, stamp="").build(
        "masthead: {name: 简报}\nsections: [{type: all, people: [李四]}]\n"
    )

    assert built.codes == []
