"""The lines of titles: between phrases, in a shape, at the pauses of their author."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from jianbao_tex.composer.titles import balanced, fitted, width
from jianbao_tex.tex import OriginRecorder, Text


def plain(cut: Sequence[Text], recorder: OriginRecorder) -> list[str]:
    lines = [recorder.strip(str(part))[0] for part in cut]
    return [line.replace(r"\jbBreakHere{}", "").replace("\\%", "%") for line in lines]


def lines_of(title: str, columns: float, shape: str = "any", most: float = 0) -> list[str]:
    recorder = OriginRecorder()
    return plain(balanced(recorder.text(title, 0), columns, shape, most), recorder)


def entry_of(title: str, columns: float) -> list[str]:
    """The lines of a title as an entry of the contents."""
    recorder = OriginRecorder()
    return plain(fitted(recorder.text(title, 0), columns), recorder)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("国，①", 3),
        ("国 ，", 2.6),
        ("ab1", 1.8),
        ("Az", 1.35),
        ("AZ", 1.5),
        ("@", 1),
        ("[", 0.6),
        ("?", 0.6),
        ("MWmw@%", 6),
        ("（国）", 3),
    ],
)
def test_letters_of_heavy_type_are_wider(text: str, columns: float) -> None:
    """Small ones three fifths of a character, capitals three quarters, the widest a whole one."""
    assert width(text) == pytest.approx(columns)


# Titles without a pause, each looked at: whole words, even lines, the wanted shape.
SHAPED = [
    ("统筹推进疫情防控和经济社会发展工作座谈会在南京召开", 12, "any",
     "统筹推进疫情防控和|经济社会发展工作座谈会|在南京召开"),
    ("关于进一步加强和改进党委理论学习中心组学习的若干意见", 12, "trapezoid",
     "关于进一步加强和|改进党委理论学习中心组|学习的若干意见"),
    ("关于进一步加强和改进党委理论学习中心组学习的若干意见", 12, "diamond",
     "关于进一步加强和改进|党委理论学习中心组学习的|若干意见"),
    ("关于进一步加强和改进党委理论学习中心组学习的若干意见", 15, "diamond",
     "关于进一步加强和|改进党委理论学习中心组学习的|若干意见"),
    ("全省学习型党组织建设工作协调小组第十一次会议暨学习贯彻重要讲话精神座谈会召开", 11, "diamond",
     "全省学习型党组织|建设工作协调小组|第十一次会议|暨学习贯彻重要讲话精神|座谈会召开"),
    ("全省学习型党组织建设工作协调小组第十一次会议暨学习贯彻重要讲话精神座谈会召开", 15, "any",
     "全省学习型党组织建设工作|协调小组第十一次会议|暨学习贯彻重要讲话精神|座谈会召开"),
    ("中共某市委关于认真学习宣传贯彻党的二十大精神全面推进乡村振兴加快建设农业强市的实施意见和若干措施", 15, "any",
     "中共某市委关于认真学习宣传贯彻|党的二十大精神全面推进乡村振兴|加快建设农业强市的|实施意见和若干措施"),
    ("中共某市委关于认真学习宣传贯彻党的二十大精神全面推进乡村振兴加快建设农业强市的实施意见和若干措施", 12, "any",
     "中共某市委|关于认真学习宣传|贯彻党的二十大精神|全面推进乡村振兴|加快建设农业强市的|实施意见和若干措施"),
    ("市政府办公室关于印发某市加快推进（试行）办法的通知", 12, "diamond",
     "市政府办公室|关于印发某市加快|推进（试行）办法的通知"),
    ("省委书记调研“最多跑一次”改革和“互联网＋政务服务”工作情况", 15, "trapezoid",
     "省委书记调研“最多跑一次”改革|和“互联网＋政务服务”工作情况"),
    ("第十届中国国际进口博览会（简称“进博会”）在上海国家会展中心隆重开幕", 19, "any",
     "第十届中国|国际进口博览会（简称“进博会”）|在上海国家会展中心隆重开幕"),
    ("关于印发《某市优化营商环境行动方案（2025—2027年）》的通知", 15, "any",
     "关于印发《某市优化营商环境|行动方案（2025—2027年）》的|通知"),
    ("GDP增长5%与CPI上涨3%背景下宏观经济形势分析会", 8, "any",
     "GDP增长5%|与CPI上涨3%|背景下宏观经济|形势分析会"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "columns", "shape", "lines"), SHAPED)
def test_a_title_is_broken_between_phrases_into_even_lines_of_a_shape(
    title: str, columns: float, shape: str, lines: str
) -> None:
    """As few lines as good breaks allow; none wider than its place (GB/T 9704-2012, 7.3.1)."""
    found = lines_of(title, columns, shape)

    assert "|".join(found) == lines
    assert max(map(width, found)) <= columns


PAUSES = [
    ("乡村振兴看变化：产业兴旺带动群众持续增收", 12, "乡村振兴看变化：|产业兴旺带动群众持续增收"),
    ("张家港：构建“抗疫+冬训”理论学习“供应链”", 12, "张家港：|构建“抗疫+冬训”|理论学习“供应链”"),
    ("坚持党建引领；强化基层治理服务群众提质增效", 14, "坚持党建引领；|强化基层治理服务群众提质增效"),
    ("抓学习强本领，全市机关作风再上新台阶", 12, "抓学习强本领，|全市机关作风再上新台阶"),
    ("坚持稳中求进，推动高质量发展，全面完成年度各项目标任务", 12,
     "坚持稳中求进，|推动高质量发展，|全面完成年度各项目标任务"),
    ("乡村振兴、产业发展、基层治理与文化建设同步推进会召开", 12,
     "乡村振兴、产业发展、|基层治理与文化建设|同步推进会召开"),
    ("以高质量党建引领高质量发展 奋力谱写新时代新篇章", 13, "以高质量党建引领高质量发展|奋力谱写新时代新篇章"),
    ("Learning Together 全市机关干部 深入学习 DeepSeek 应用培训班 开班", 19,
     "Learning Together 全市机关干部|深入学习 DeepSeek 应用培训班|开班"),
    ("省市联动 （一期）工程建设现场推进会议顺利召开", 15, "省市联动 （一期）工程建设|现场推进会议顺利召开"),
    ("省市联动 （一期）工程建设现场推进会议顺利召开", 19, "省市联动|（一期）工程建设现场推进会议顺利召开"),
    ("甲乙丙丁 戊己庚辛 壬癸子丑 寅卯辰巳", 8, "甲乙丙丁|戊己庚辛|壬癸子丑|寅卯辰巳"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "columns", "lines"), PAUSES)
def test_a_title_breaks_at_the_pauses_of_its_author_rather_than_evenly(
    title: str, columns: float, lines: str
) -> None:
    """After a colon most of all, then after a semicolon, a comma, a dun comma; at a wide space."""
    assert "|".join(lines_of(title, columns)) == lines


def test_a_pause_before_a_closing_mark_is_no_place_to_break() -> None:
    """The author's space does not make a comma begin a line."""
    lines = lines_of("全市干部教育培训工作会议 ，在市委党校召开", 14)

    assert [line[0] for line in lines] == ["全", "在"]


@pytest.mark.parametrize("columns", range(6, 26))
def test_a_title_fits_whatever_its_place_is(columns: int) -> None:
    """Also where a space and letters make a line exactly as wide as its place."""
    for title in (
        "以高质量党建引领高质量发展 奋力谱写新时代新篇章",
        "WTO与APEC框架下WIPO规则研讨 MPEG标准化进展情况",
        *(title for title, *_ in SHAPED),
    ):
        lines = lines_of(title, columns)

        assert "".join("".join(lines).split()) == "".join(title.split())
        assert max(map(width, lines)) <= columns
        assert all(line == line.strip() for line in lines)


def test_a_title_that_just_fits_has_one_line() -> None:
    title = "十二个汉字的标题正好放下"

    assert lines_of(title, 12) == [title]
    assert len(lines_of(title, 11.9)) == 2


@pytest.mark.parametrize(
    ("columns", "pieces"),
    [(8, [8, 8, 8, 8, 8]), (10, [10, 10, 10, 10]), (20, [20, 20])],
)
def test_a_word_wider_than_its_place_is_cut_into_even_pieces(
    columns: float, pieces: Sequence[int]
) -> None:
    found = lines_of("W" * 40, columns)

    assert [len(line) for line in found] == list(pieces)


HAND = "上一行\n下一行很长很长很长很长很长"


def test_marks_that_cling_are_cut_only_where_the_line_is_full() -> None:
    """No place is allowed, so each line takes as many as it holds."""
    assert lines_of("国，，，，，，", 3) == ["国，，", "，，，", "，"]


@pytest.mark.parametrize(
    ("most", "lines"),
    [
        (0, "上一行|下一行很长很长很长很长很长"),
        (13, "上一行|下一行很长很长很长很长很长"),
        (12.9, "上一行|下一行很长很长|很长很长很长"),
        (2, "上一行|下一行很长很长|很长很长很长"),
    ],
)
def test_hand_made_lines_stay_unless_they_cannot_be_set_small_enough(
    most: float, lines: str
) -> None:
    assert "|".join(lines_of(HAND, 8, "any", most)) == lines


@pytest.mark.parametrize(
    ("title", "columns", "lines"),
    [
        ("上一行\n下一行", 6, ["上一行下一行"]),
        ("上一行\n下一行", 5.9, ["上一行", "下一行"]),
        ("Learning\nTogether", 9, ["Learning Together"]),
        ("Learning\n学习", 9, ["Learning学习"]),
        ("学习\nLearning\nTogether\n在一起", 15, ["学习Learning Together在一起"]),
    ],
)
def test_an_entry_of_the_contents_is_one_line_where_it_fits(
    title: str, columns: float, lines: Sequence[str]
) -> None:
    """Two Latin words stay two; Chinese lines join without a space."""
    assert entry_of(title, columns) == list(lines)


ENTRIES = [
    ("国家卫生健康委专家组对我市创建国家卫生城市工作进行技术评估", "国家卫生健康委专家组对我市创建国家卫生城市工作|进行技术评估"),
    ("全市法院系统审结涉企案件1.8万件为企业挽回损失4.6亿元", "全市法院系统审结涉企案件1.8万件|为企业挽回损失4.6亿元"),
    ("吴泽桐主持召开市政府党组会议 部署人工智能高质量发展工作", "吴泽桐主持召开市政府党组会议|部署人工智能高质量发展工作"),
    ("第十一次会议\n关于调整市推进政府职能转变和“放管服”改革协调小组组成人员的通知",
     "第十一次会议|关于调整市推进政府职能转变和“放管服”改革协调小组|组成人员的通知"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "lines"), ENTRIES)
def test_an_entry_that_is_too_wide_breaks_between_phrases_and_fills_its_lines(
    title: str, lines: str
) -> None:
    """As a title does, but from the left; its hand-made lines stay where they fit."""
    entry = entry_of(title, 25)

    assert "|".join(entry) == lines
    assert max(map(width, entry)) <= 25


@pytest.mark.parametrize(
    ("title", "columns", "kept"),
    [
        ("全市干部教育培训班(第二期)在市委党校举行开班仪式", 14, "培训班(第二期)"),
        ("全市干部教育培训班（第二期）在市委党校举行开班仪式", 14, "培训班（第二期）"),
        ("认真学习贯彻“不忘初心”主题教育的重要论述", 11, "“不忘初心”主题"),
        ("关于做好《某某办法》宣传贯彻落实工作的紧急通知", 12, "《某某办法》"),
    ],
)
def test_brackets_stay_with_what_they_explain_and_short_quotations_whole(
    title: str, columns: float, kept: str
) -> None:
    assert any(kept in line for line in lines_of(title, columns))
