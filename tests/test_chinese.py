"""Chinese dates, numbers and headings."""

from __future__ import annotations

import pytest

from jianbao_tex.chinese import heading_level, issue_number, lists_numbers, parse_date, width


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("2020-03-10", "2020年3月10日"),
        ("2020-3", "2020年3月"),
        ("2020年3月10日", "2020年3月10日"),
        ("2020 年 3 月", "2020年3月"),
    ],
)
def test_dates_print_without_leading_zeros(written: str, printed: str) -> None:
    """GB/T 9704-2012, 7.3.5.4: arabic digits, full year, no leading zeros."""
    assert str(parse_date(written)) == printed


@pytest.mark.parametrize("wrong", ["2020-02-30", "20-3-1", "2020", "2020/3/1", "2020-13", ""])
def test_a_day_that_does_not_exist_is_no_date(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"not a date|must be in|out of range"):
        parse_date(wrong)


def test_epoch_is_the_first_moment_of_the_day() -> None:
    assert parse_date("2020-03-10").epoch == 1583798400
    assert parse_date("1949-10-01").epoch == 0


def test_the_epoch_of_a_month_is_that_of_its_first_day() -> None:
    assert parse_date("2020-03").epoch == parse_date("2020-03-01").epoch == 1583020800


def test_days_are_in_the_order_of_the_calendar_and_cannot_be_changed() -> None:
    """Plugins sort issues by them, and keep what they know of a day under it."""
    days = [parse_date(text) for text in ("2020-03-10", "2019-12-31", "2020-03-09", "2020-02-29")]
    known = {day: str(day) for day in days}

    assert [str(day) for day in sorted(days)] == [
        *("2019年12月31日", "2020年2月29日", "2020年3月9日", "2020年3月10日"),
    ]
    assert known[parse_date("2020年3月9日")] == "2020年3月9日"


@pytest.mark.parametrize(
    ("text", "half", "columns"),
    [("", 0.5, 0), ("国，①", 0.5, 3), ("ab1", 0.5, 1.5), ("国a", 0.6, 1.6), ("Ａ。", 0.6, 2)],
)
def test_a_width_counts_full_characters(text: str, half: float, columns: float) -> None:
    """Half-width letters count half, or what the type of the place says."""
    assert width(text, half) == pytest.approx(columns)
    assert half != 0.5 or width(text) == pytest.approx(columns)


def test_issue_numbers() -> None:
    assert issue_number(3) == "第3期"
    assert issue_number(3, year=2026, total=128) == "2026年第3期（总第128期）"


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("一、加强领导", 1),
        ("十二、强化保障", 1),
        ("（三）抓落实", 2),
        ("(三)抓落实", 2),
        ("1. 学习", 3),
        ("2．宣传", 3),
        ("（1）调研", 4),
        ("1.5万人参加", None),
        ("一、加强领导。", None),
        ("一是加强领导", None),
        ("一、", None),
        ("（一）", None),
        ("（1）", None),
        ("1.", None),
        ("一、" + "长" * 38, 1),
        ("一、" + "长" * 39, None),
        ("一百二十三、", None),
        ("一百二十三、加强领导", 1),
        ("（九百九十九）抓落实", 2),
        ("一二三四五六、加强领导", None),
        ("99.学习", 3),
        ("（100）调研", None),
        ("普通的一段", None),
    ],
)
def test_a_short_opening_without_closing_mark_is_a_heading(line: str, level: int | None) -> None:
    """A number below a thousand, then text, in 40 characters at most; a number alone is none."""
    assert heading_level(line) == level


LISTS = [
    "一、二季度全市工业增速加快",
    "一、二等奖获奖名单",
    "一、二、三产业融合发展",
    "一、二、三都对",
    "二、三线城市房价平稳",
    "三、四级地震应急响应",
    "一、二和三产业协调发展",
    "三、四季度",
    "一、二期工程同步推进",
    "五、六年级学生体质监测",
    "十一、十二月份销售额增长",
    "一、二审案件办理情况",
]
HEADINGS = [
    "一、第二季度工作",
    "一、二手房交易",
    "一、三季度工作回顾",
    "二、二季度工作打算",
    "二、一季度工作回顾",
    "二、三农工作",
    "三、四好农村路建设",
    "三、四个意识",
    "一、二十大精神学习情况",
    "一、二是关键",
    "十二、十三届全会精神",
    "二、三年行动计划",
    "一、 二季度工作",
]


@pytest.mark.parametrize("line", LISTS)
def test_a_list_of_numbers_is_no_heading(line: str) -> None:
    """The next number follows the mark, and with it another number or a word for an order."""
    assert lists_numbers(line)
    assert heading_level(line) is None


@pytest.mark.parametrize("line", HEADINGS)
def test_a_number_with_a_word_of_its_own_is_in_a_heading(line: str) -> None:
    """二手房, 三农 are words; a number that is not the next one lists nothing; so says a space."""
    assert not lists_numbers(line)
    assert heading_level(line) == 1


def test_only_numbers_before_a_dun_comma_are_a_list() -> None:
    """The other levels have brackets or dots, which no list has."""
    lines = ("（一）二季度工作", "1. 2季度工作", "（1）2季度")

    assert [heading_level(line) for line in lines] == [2, 3, 4]
    assert not lists_numbers("我市一、二季度工业增速加快")
