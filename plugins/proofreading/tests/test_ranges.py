import pytest


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("共15-16 名党员", [("PR015", 1, 4, "～")]),
        ("共10~15人", [("PR015", 1, 4, "～")]),
        ("3-5月开展", [("PR015", 1, 2, "—")]),
        ("2019-2020年", [("PR015", 1, 5, "—")]),
        ("3月5日-8日", [("PR015", 1, 5, "—")]),
        ("增长10%~15%", [("PR015", 1, 6, "～")]),
        ("花1,000--2,000万元", [("PR015", 1, 7, "～")]),
        ("2名干部+15-16名党员", [("PR015", 1, 8, "～")]),
        ("增长3～5%", [("PR016", 1, 3, "3%～5%")]),
        ("增长3-5%", [("PR016", 1, 3, "3%～5%")]),
        ("增长2.5—5%", [("PR016", 1, 3, "2.5%～5%")]),
    ],
)
def test_a_range_with_a_wrong_sign_is_mended(proofread, body, found):
    assert proofread(body) == found


@pytest.mark.parametrize(
    "body",
    [
        "电话0591-87654321",
        "电话0591-87654321转3人",
        "2020-03-10日",
        "C919-100架",
        "以3-2获胜，3-5分",
        "版本1.2-3.4",
        "3-5号楼，3-5栋",
        "GB/T 15835-2011",
        "10%～15%，3～5名，2019—2020年",
        "5-3名",
        "1/2-3个",
        "12-2月",
        "3%～5%",
        "北京-2022年",
        "10.5.3-20个",
        "+86-10-1234个",
    ],
)
def test_numbers_that_are_no_range_are_let_be(proofread, body):
    assert proofread(body) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("二○二○年", [("PR017", 1, 1, "二〇二〇")]),
        ("于二零二零年三月", [("PR017", 1, 2, "二〇二〇")]),
        ("二0一九年", [("PR017", 1, 1, "二〇一九")]),
        ("约三、四个单位", [("PR018", 1, 2, "三四")]),
        ("有七、八十人", [("PR018", 1, 2, "七八")]),
        ("每两、三天", [("PR018", 1, 2, "两三")]),
    ],
)
def test_years_and_approximate_numbers_are_mended(proofread, body, found):
    assert proofread(body) == found


@pytest.mark.parametrize(
    "body",
    [
        "二〇二〇年",
        "一九四九年",
        "二十年代，20年代",
        "一千零一年",
        "一零一室",
        "第三、四期",
        "二、三产业，一、二等奖",
        "二、三个强化有特色。",
        "三四个，七八十个",
        "五、六、七个",
        "一、三个",
        "有3、4个",
    ],
)
def test_other_numerals_are_let_be(proofread, body):
    assert proofread(body) == []
