import pytest


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("3月5日（星期五）开会。", [("PR004", 1, 8, "四")]),
        ("3月5日(周五)开会。".replace("(", "（").replace(")", "）"), [("PR004", 1, 7, "四")]),
        ("2020年3月5日星期五开会。", [("PR004", 1, 12, "四")]),
        ("3月8日（星期一）", [("PR004", 1, 8, "日")]),
        ("2019年3月5日（星期四）", [("PR004", 1, 13, "二")]),
        ("3月5日周五上午开会。", [("PR004", 1, 6, "四")]),
        ("3 月 5 日（星期五）", [("PR004", 1, 11, "四")]),
        ("12月30日（星期二）", [("PR004", 1, 10, "一")]),
        ("2月30日召开。", [("PR005", 1, 1, None)]),
        ("13月1日召开。", [("PR005", 1, 1, None)]),
        ("2019年2月29日召开。", [("PR005", 1, 1, None)]),
        ("会议于0月1日召开。", [("PR005", 1, 4, None)]),
    ],
)
def test_a_weekday_and_a_day_agree_with_the_calendar(proofread, body, found):
    assert proofread(body) == found


@pytest.mark.parametrize(
    "body",
    [
        "3月5日（星期四）开会。",
        "3月8日（星期天）和3月8日（星期日）",
        "2020年3月5日星期四",
        "3月5日（周四下午）",
        "3月5日周五鸣主持。",
        "12月30日（星期一）",
        "10月20日（星期一）",
        "2019年3月1日以来，3月5日（星期二）",
        "去年3月5日（星期二）",
        "2月29日和2020年2月29日",
        "5月31号、2月30号文件",
        "12.13月1日",
        "3月5日召开",
        "每周五学习",
    ],
)
def test_days_that_are_right_or_of_an_unknown_year_are_let_be(proofread, body):
    assert proofread(body) == []


def test_without_a_date_of_the_issue_no_year_is_guessed(project):
    made = project(__file__.rsplit("/", 2)[0])
    text = "masthead: {name: 简报}\nsections: [{type: text, body: 3月5日（星期五）}]\n"

    assert made.check(text).codes == []
