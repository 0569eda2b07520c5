"""The plugin statistics: sums and changes are exact, the chart says what the table says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from jianbao_tex.testing import Project, conformance, plugin_at

PLUGIN = Path(__file__).resolve().parent.parent
ISSUE = """\
masthead: {{name: 工作简报}}
sections:
  - type: statistics
    unit: 万吨
    months: [9月, 10月, 11月]
    items:
      - {{name: 稻谷, values: {rice}}}
      - {{name: 玉米 & 豆, values: ["40", "38.25", "45"]}}
    chart: {chart}
"""
RICE = '["96", "108.5", "1,200"]'


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    return Project(tmp_path_factory.mktemp("statistics"), [PLUGIN])


def issue(rice: str = RICE, chart: str = "bar") -> str:
    return ISSUE.format(rice=rice, chart=chart)


def numbers():
    plugin_at(PLUGIN)
    from jianbao_statistics import numbers

    return numbers


@pytest.mark.parametrize(
    ("texts", "total"),
    [
        (["0.1", "0.2"], "0.3"),
        (["1,234", "6.5"], "1,240.5"),
        (["-3", "−2.25", "5"], "-0.25"),
        (["1", "—"], "—"),
        (["999999999999", "1"], "1000000000000"),
    ],
)
def test_sums_are_exact(texts: list[str], total: str) -> None:
    assert numbers().total_of(texts) == total


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        ("100", "103.5", "+3.5%"),
        ("3", "2", "−33.3%"),
        ("8", "8.0", "持平"),
        ("1000", "1000.4", "持平"),
        ("0", "5", "—"),
        ("—", "5", "—"),
        ("-2", "-1", "+50.0%"),
        ("200", "200.1", "+0.1%"),
    ],
)
def test_changes_are_against_the_month_before(before: str, now: str, change: str) -> None:
    assert numbers().change_of(before, now) == change


@pytest.mark.parametrize("values", [["0"], ["1", "9"], ["-3.5", "2"], ["0.001", "0.002"], ["1e0"]])
def test_the_axis_holds_every_value(values: list[str]) -> None:
    drawn = [Decimal(value) for value in values]
    ticks = numbers().ticks_of(drawn)

    assert ticks[0] <= min([*drawn, Decimal(0)])
    assert ticks[-1] >= max([*drawn, Decimal(0)])
    assert len(ticks) in range(2, 8)


@pytest.mark.parametrize("chart", ["bar", "line", "none"])
def test_the_page_has_the_table_and_no_word_twice(kit: Project, chart: str) -> None:
    """The chart is an artifact: the product's own comparison of the text passes."""
    built = kit.build(issue(chart=chart))

    assert built.codes == []
    assert "项目9月10月11月比上月稻谷96108.51,200+1006.0%" in built.page_texts[0]
    assert "合计136146.751,245+748.4%" in built.page_texts[0]
    assert ("statisticsChart" in built.tex) == (chart != "none")


def test_numbers_stand_under_each_other(kit: Project) -> None:
    """What a number lacks after its point is kept free."""
    body = kit.check(issue()).body

    assert r"\jbCell{right}{108.5\statisticsLack{0}}" in body
    assert r"\jbCell{right}{38.25}" in body


def test_a_number_leads_back_to_its_line(kit: Project) -> None:
    assert kit.check(issue()).origin_of("108.5") == (
        "statistics.tex.jinja", 2, "issue.yaml", 7,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (issue('["1", "2"]'), "issue.yaml:3:5", "稻谷 has 2 values for 3 months"),
        (issue('["1", "many", "3"]'), "issue.yaml:7:35", "a number such as 1234.5"),
        (issue(chart="pie"), "issue.yaml:9:12", "choose one of: bar, line, none"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(
    kit: Project, text: str, place: str, words: str
) -> None:
    (finding,) = kit.check(text).findings

    assert str(finding.where) == place
    assert words in f"{finding.message} {finding.advice}"


def test_chinese_keys_are_as_good(kit: Project) -> None:
    chinese = (
        issue()
        .replace("type: statistics", "类型: 数据统计")
        .replace("months", "月份")
        .replace("items", "各项")
        .replace("values", "数值")
        .replace("unit", "单位")
    )

    assert kit.check(chinese).body == kit.check(issue()).body


def test_a_chart_of_many_items_shows_their_total(kit: Project) -> None:
    """Black alone distinguishes six things."""
    items = "".join(f'      - {{name: 第{n}项, values: ["1", "2", "3"]}}\n' for n in range(1, 9))
    text = issue().split("    items:")[0] + "    items:\n" + items
    built = kit.build(text)

    assert built.codes == []
    assert r"\statisticsKeyBar{1}{合计}" in built.tex
    assert r"\statisticsKeyBar{2}" not in built.tex


def test_the_plugin_keeps_the_rules(tmp_path: Path) -> None:
    assert conformance(PLUGIN, tmp_path) == ()
