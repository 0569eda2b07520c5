import pytest


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("省委,市委都参加。", [("PR006", 1, 3, "，")]),
        ("省委参加;市委参加。", [("PR006", 1, 5, "；")]),
        ("会议强调:要学习。", [("PR006", 1, 5, "：")]),
        ("怎么办?要学习!", [("PR006", 1, 4, "？"), ("PR006", 1, 8, "！")]),
        ("会议今天闭幕.", [("PR006", 1, 7, "。")]),
        ("他说：“会议闭幕.”", [("PR006", 1, 9, "。")]),
        ("学习《讲话》,讨论。", [("PR006", 1, 7, "，")]),
        ("党委(党组)学习。", [("PR006", 1, 3, "（"), ("PR006", 1, 6, "）")]),
        ("平台(App)上线。", [("PR006", 1, 3, "（"), ("PR006", 1, 7, "）")]),
        ("党委（党组)学习。", [("PR006", 1, 6, "）")]),
        ("一段。\n**要点:**第二,段。", [("PR006", 2, 5, "："), ("PR006", 2, 10, "，")]),
    ],
)
def test_a_half_width_mark_behind_chinese_text_is_reported_at_its_place(proofread, body, found):
    assert proofread(body) == found


@pytest.mark.parametrize(
    "body",
    [
        "下午1:30开会，占3.5%，共1,000人。",
        "见https://a.cn/通知,附件?x=1 一文。",
        "见www.a.cn/会议,附件",
        "写信到 office@a.cn,谢谢",
        "比例为三:二。",
        "爱新觉罗.努尔哈赤",
        "APP,微信",
        "他说,ok".replace("说,", "说，"),
        "包括(1)学习和(2)讨论。",
        "等等...",
        "Hello, world! (yes)",
        "1)学习",
        "党委（党组）学习。",
    ],
)
def test_marks_of_numbers_latin_text_and_addresses_are_let_be(proofread, body):
    assert proofread(body) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('坚持"四个意识"。', [("PR007", 1, 3, "“"), ("PR007", 1, 8, "”")]),
        ("坚持'四个意识'。", [("PR007", 1, 3, "‘"), ("PR007", 1, 8, "’")]),
        (
            '"甲"和"乙"',
            [
                ("PR007", 1, 1, "“"),
                ("PR007", 1, 3, "”"),
                ("PR007", 1, 5, "“"),
                ("PR007", 1, 7, "”"),
            ],
        ),
        ('坚持"四个意识。', [("PR007", 1, 3, None)]),
        ('“他说"好"”', [("PR007", 1, 4, None), ("PR007", 1, 6, None)]),
        ('"甲“乙”丙"', [("PR007", 1, 1, None), ("PR007", 1, 7, None)]),
    ],
)
def test_straight_quotes_in_pairs_are_mended(proofread, body, found):
    assert proofread(body) == found


@pytest.mark.parametrize(
    "body", ["It's 好", '15"屏', 'the "end" of it', "“四个意识”", "O'Neil来访"]
)
def test_apostrophes_inches_and_latin_quotes_are_let_be(proofread, body):
    assert proofread(body) == []
