import pytest


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("一、甲\n1.乙\n正文。", [("PR010", 2, 1, None)]),
        ("（一）甲\n（1）乙", [("PR010", 2, 1, None)]),
        ("一、甲\n正文。\n三、乙\n四、丙", [("PR011", 3, 1, None)]),
        ("一、甲\n（一）乙\n（三）丙", [("PR011", 3, 1, None)]),
        ("一、甲\n（二）乙", [("PR011", 2, 1, None)]),
        ("一、甲\n（一）乙\n1.丙\n3.丁", [("PR011", 4, 1, None)]),
        ("一、甲\n一、乙", [("PR011", 2, 1, None)]),
        ("九、甲\n十、乙\n十二、丙", [("PR011", 3, 1, None)]),
    ],
)
def test_levels_and_numbers_that_jump_are_reported_at_the_number(proofread, body, found):
    assert proofread(body) == found


@pytest.mark.parametrize(
    "body",
    [
        "一、甲\n（一）乙\n（二）丙\n二、丁\n（一）戊\n1.己\n（1）庚\n2.辛\n三、壬",
        "一、甲\n二、乙要学习。\n三、丙",
        "三、甲\n四、乙",
        "1.甲\n2.乙\n正文：\n1.丙\n2.丁",
        "十九、甲\n二十、乙\n二十一、丙",
        "（一）甲\n（二）乙",
        "一、甲\n（一）乙要学习。\n1.丙\n（二）丁要学习。\n1.戊",
        "一是学习。",
        "一、甲\n二、三线城市房价平稳\n二、乙\n三、丙",
    ],
)
def test_levels_and_numbers_in_order_are_let_be(proofread, body):
    assert proofread(body) == []
