import pytest


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("学习的的成果。", [("PR014", 1, 3, "的")]),
        ("取得了了成绩。", [("PR014", 1, 3, "了")]),
        ("我们把把工作做好。", [("PR014", 1, 3, "把")]),
        ("工作被被列入。", [("PR014", 1, 3, "被")]),
        ("这是是大事。", [("PR014", 1, 2, None)]),
        ("会议在在南京召开。", [("PR014", 1, 3, None)]),
        ("学习和和讨论。", [("PR014", 1, 3, None)]),
        ("学习与与讨论。", [("PR014", 1, 3, None)]),
        (
            "学习、、讨论，，总结；；结束：：完。。",
            [
                ("PR014", 1, 3, "、"),
                ("PR014", 1, 7, "，"),
                ("PR014", 1, 11, "；"),
                ("PR014", 1, 15, "："),
                ("PR014", 1, 18, "。"),
            ],
        ),
    ],
)
def test_what_was_typed_twice_is_reported(proofread, body, found):
    assert proofread(body) == found


@pytest.mark.parametrize(
    "body",
    [
        "不甚了了，小时了了，心中了了，是是非非，和和气气，的的确确",
        "为了了解情况，除了了结此事",
        "以学习为目的的活动，标的的价格，众矢之的的他",
        "关键是是否学习，国是是大事",
        "现在在学习，存在在基层，实实在在在干",
        "战争和和平，总和和差额，共和和民主",
        "参与与会议，学习与与会者",
        "一把把尺子，把把脉",
        "棉被被雨淋湿",
        "等等。。。",
        "的，的",
    ],
)
def test_characters_of_two_words_are_let_be(proofread, body):
    assert proofread(body) == []
