from pathlib import Path

import pytest

PLUGIN = Path(__file__).resolve().parent.parent


ISSUE = """\
masthead: {{name: 工作简报}}
sections:
  - name: 栏目
    articles:
      - title: {title}
        contents_title: {contents}
        body: 正文。
"""


@pytest.mark.parametrize(
    ("title", "contents", "column", "other"),
    [
        ("省委常委会学习贯彻重要讲话精神", "省常委会学习贯彻重要讲话精神", 26, 17),
        ("张家港：构建完善理论学习供应链", "张家港：构建理论学习供应链", 31, 22),
        ("省委常委会学习贯彻重要讲话精神", "省委常委会学习贯彻重要谈话精神", 36, 27),
    ],
)
def test_a_small_difference_is_reported_at_both_places(project, title, contents, column, other):
    built = project(PLUGIN).check(ISSUE.format(title=title, contents=contents))

    assert built.codes == ["PR001"]
    assert str(built.findings[0].where) == f"issue.yaml:6:{column}"
    assert [str(where) for where in built.findings[0].also] == [f"issue.yaml:5:{other}"]
    assert built.findings[0].fix is None


@pytest.mark.parametrize(
    ("title", "contents"),
    [
        ("省委常委会学习贯彻重要讲话精神", "省委常委会学习贯彻重要讲话精神"),
        ("省委常委会学习贯彻重要讲话精神", "省委常委会学习讲话"),
        ("淮安：三个强化提升中心组学习质效", "三个强化提升中心组学习质效"),
        ("创新冬训模式，为防控助力", "创新冬训模式 为防控助力"),
        ("简讯三则", "简讯"),
        ("'省委常委会\n\n          学习贯彻重要讲话精神'", "省委常委会学习贯彻重要讲话精神"),
        ("完全不同的一个题目", "另外写出来的九个字"),
    ],
)
def test_equal_and_clearly_shorter_titles_are_let_be(project, title, contents):
    assert project(PLUGIN).check(ISSUE.format(title=title, contents=contents)).codes == []
