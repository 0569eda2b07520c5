"""The craft of the page: options of the grid, titles, paragraphs, tables, the newsletter."""

from __future__ import annotations

import itertools

import pytest

from jianbao_tex.chinese import width
from jianbao_tex.composer.titles import balanced
from jianbao_tex.tex import OriginRecorder
from pdf_pages import pages_of, text_of
from short_issues import EM, HEAD, body_lines, issue
from workshop import Workshop

# --- Options of the grid -----------------------------------------------------------------

MARKS = "国" * 26 + "，" + "国" * 27 + "。国“国”，“国”国（国）、《国》" + "国" * 40


@pytest.mark.parametrize("style", ["jbhang", "plain", "quanjiao"])
def test_closing_marks_hang_only_where_they_may(workshop: Workshop, style: str) -> None:
    """jbhang lets a mark stand in the margin; plain and quanjiao keep it inside."""
    (page,) = pages_of(workshop.pdf(issue(MARKS, f"punctuation.style: {style}")))
    right = max(glyph.right for glyph in page.body)
    beyond = {glyph.text for glyph in page.body if glyph.right > 184.1}

    assert (right > 184.5) == (style == "jbhang")
    assert beyond <= set("，。")


def test_adjacent_marks_close_up_in_quanjiao_alone(workshop: Workshop) -> None:
    """。“ takes two columns as it stands and one and a half in quanjiao."""

    def advance(style: str) -> float:
        (page,) = pages_of(workshop.pdf(issue("国国，“国国", f"punctuation.style: {style}")))
        line = [g for g in page.body if g.baseline > 70]
        comma = next(i for i, g in enumerate(line) if g.text == "，")
        return (line[comma + 2].x - line[comma].x) / EM

    assert advance("jbhang") == pytest.approx(2, abs=0.01)
    assert advance("plain") == pytest.approx(2, abs=0.01)
    assert advance("quanjiao") == pytest.approx(1.5, abs=0.05)


def test_half_leads_inside_give_the_pitch_of_word_processors(workshop: Workshop) -> None:
    """225/22 mm from row to row, half a lead above the first and below the last one."""
    text = issue("行。\n" * 60, "grid.half-leads: inside", "distribution: {报: 甲}\n")
    pages = pages_of(workshop.pdf(text))
    baselines = list(pages[1].lines)
    pitch = 225 / 22

    assert len(baselines) == 22
    assert baselines[0] == pytest.approx(37 + (pitch - EM) / 2 + 0.88 * EM, abs=0.05)
    steps = [b - a for a, b in itertools.pairwise(baselines)]
    assert steps == pytest.approx([pitch] * 21, abs=0.01)
    assert pages[-1].rules()[-1][1] + 0.35 == pytest.approx(262, abs=0.05)


def test_pairs_of_digits_keep_the_columns(workshop: Workshop) -> None:
    """A figure is half a column wide; nothing is put between it and its neighbours."""
    (page,) = pages_of(workshop.pdf(issue("国2020国10国国24国" + "国" * 40)))
    line = next(line for line in page.lines.values() if line[0].text == "国")
    columns = [(g.x - 28) / EM for g in line if g.text == "国"]

    assert columns[:7] == pytest.approx([2, 5, 7, 8, 10, 11, 12], abs=0.01)


def test_even_pages_are_mirrored_on_demand(workshop: Workshop) -> None:
    pages = pages_of(workshop.pdf(issue("国。\n" * 30, "margin.mirrored: true")))
    lefts = [min(g.x for g in page.body if g.baseline > 70) for page in pages]

    assert lefts[1] - lefts[0] == pytest.approx(26 - 28, abs=0.05)


@pytest.mark.parametrize(("place", "x"), [("centre", 106.0), ("none", None)])
def test_page_numbers_in_the_middle_or_none(
    workshop: Workshop, place: str, x: float | None
) -> None:
    (page,) = pages_of(workshop.pdf(issue("文。", f"page-number.place: {place}")))
    foot = [g for g in page.glyphs if g.baseline > 262]

    if x is None:
        assert not foot
    else:
        assert (foot[0].x + foot[-1].x + 14 * 25.4 / 72) / 2 == pytest.approx(x, abs=0.2)


# --- Titles ---------------------------------------------------------------------------------------


def lines_of(title: str, columns: float = 19, shape: str = "any") -> list[str]:
    recorder = OriginRecorder()
    return [
        str(part) for part in _plain(balanced(recorder.text(title, 0), columns, shape), recorder)
    ]


def _plain(parts: list[object], recorder: OriginRecorder) -> list[str]:
    return [recorder.strip(str(part))[0] for part in parts]


TITLES = [
    "统筹推进疫情防控和经济社会发展工作座谈会在南京召开",
    "关于进一步加强和改进党委理论学习中心组学习的若干意见",
    "全省学习型党组织建设工作协调小组第十一次会议暨学习贯彻重要讲话精神座谈会召开",
    "学习贯彻习近平总书记关于统筹推进新冠肺炎疫情防控和经济社会发展的系列重要讲话精神",
]
WORDS = ["疫情", "防控", "理论", "学习", "经济社会", "协调小组", "党组织", "总书记", "讲话", "精神"]


@pytest.mark.parametrize("title", TITLES)
def test_titles_break_between_words_into_lines_of_a_shape(title: str) -> None:
    """Whole words, no character alone, each line at most one shorter than that above it."""
    lines = lines_of(title)
    widths = [width(line) for line in lines]

    assert "".join(lines) == title
    assert len(lines) >= 2
    assert min(widths) > 4
    assert sum(title.count(word) for word in WORDS) == sum(
        line.count(word) for line in lines for word in WORDS
    )
    if len(lines) == 2:
        assert widths[0] <= widths[1] + 3


def test_a_space_is_a_place_to_break() -> None:
    """Latin words and parts that a space sets apart stay whole, and no line begins with it."""
    lines = lines_of("Learning Together 全市机关干部 深入学习 DeepSeek 应用培训班 开班")

    assert [line.strip() for line in lines] == lines
    assert (
        "".join(lines).replace(" ", "")
        == "LearningTogether全市机关干部深入学习DeepSeek应用培训班开班"
    )
    assert any("DeepSeek" in line for line in lines)


def test_hand_made_breaks_win() -> None:
    assert lines_of("上一行\n下一行很长很长很长很长很长很长很长很长很长很长") == [
        "上一行",
        "下一行很长很长很长很长很长很长很长很长很长很长",
    ]


# --- Paragraphs
# ------------------------------------------------------------------------------------


def test_no_paragraph_ends_with_a_single_character(workshop: Workshop) -> None:
    """The line before is spread a little, by less than a tenth of a column a gap."""
    text = "\n".join("国" * n + "。" for n in range(24, 32))
    pressing = workshop.pressing(issue(text))
    (page,) = pages_of(pressing.artifacts[0].data)
    lines = [line for line in page.lines.values() if line[0].text == "国"]
    lone = [line for line in lines if len(line) <= 2 and line[0].x < 28.5]
    gaps = [b.x - a.x for line in lines for a, b in itertools.pairwise(line)]

    assert pressing.findings == ()
    assert not lone
    assert max(gaps) < 1.1 * EM


def test_numbers_stay_with_their_units(workshop: Workshop) -> None:
    """No line begins with the unit of a number, none ends with the 第 of one."""
    text = "\n".join("国" * n + "2020年第12期共15-16名" + "国" * 30 for n in range(14, 28))
    (*pages,) = pages_of(workshop.pdf(issue(text)))
    lines = [line for page in pages for line in body_lines(page)]
    pairs = list(itertools.pairwise(lines))

    assert len(lines) > 28
    for before, after in pairs:
        assert not (before[-1].isdigit() and after[0] in "年期名-0123456789"), (before, after)
        assert before[-1] not in "第-"


LAST_ROW = "文⑴（二）③" + "国" * 10


@pytest.mark.parametrize(
    "text", ["ﬁ ﬂ ﬀ ﬃ office", "· ・ • ‧ ∙ ⋅ 甲·乙 甲•乙", "é e\u0301 ñ Ελληνικά Русский"]
)
def test_text_of_any_kind_is_read_back_as_it_is(workshop: Workshop, text: str) -> None:
    """Ligatures, dots that share glyphs, combining marks, letters that run leftwards."""
    findings = workshop.pressing(issue(text + "。")).findings

    assert [finding.code for finding in findings if finding.code != "JB160"] == []


def test_signs_higher_than_their_box_may_stand_in_the_last_row(workshop: Workshop) -> None:
    """It is the character box that keeps to the type area."""
    assert workshop.pressing(issue(f"{LAST_ROW}\n" * 24)).findings == ()


@pytest.mark.parametrize("columns", [13.3, 19])
@pytest.mark.parametrize(
    "title",
    [
        "开展《中华人民共和国道路交通安全法实施条例》《中华人民共和国行政处罚法》宣传",
        "乌鲁木齐·克孜勒苏·买买提江·阿卜杜拉·努尔麦麦提同志",
        "——http://www.example.com/path/to/some/very/long/resource.html 开通",
        "关于印发《2026年全市“三农”工作要点》的通知（试行）及其有关事项的说明",
    ],
)
def test_lines_of_titles_keep_the_rules_of_line_breaking(title: str, columns: float) -> None:
    """None begins with a closing mark or a dot, ends with an opening one, or holds one sign."""
    for line in lines_of(title, columns):
        assert line[0] not in "》”）·、，。"
        assert line[-1] not in "《“（"
        assert sum(c.isalnum() for c in line) > 1


def test_signature_and_credits_close_the_article_before_its_attachments(
    workshop: Workshop,
) -> None:
    text = f"{HEAD}articles:\n  body: [甲。, {{attachment: {{title: 名单, body: 正文。}}}}]\n"
    text += "  signature: 督查室\n  credits: 编辑：李某\n"
    pages = pages_of(workshop.pdf(text))

    assert [page.text for page in pages] == ["工作简报甲。（督查室）编辑：李某", "附件名单正文。"]


def test_a_label_that_is_written_in_the_note_stands_once(workshop: Workshop) -> None:
    text = f"{HEAD}articles: {{body: [{{note: 编者按：本期介绍。}}]}}\n"

    assert text_of(workshop.pdf(text)) == "工作简报编者按：本期介绍。"


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        (
            "党建引领聚合力 网格治理解民忧 幸福社区暖人心",
            ["党建引领聚合力", "网格治理解民忧", "幸福社区暖人心"],
        ),
        ("“AI＋政务”让群众办事“不用跑”：我市DeepSeek大模型上线运行", None),
    ],
)
def test_titles_break_at_the_pauses_of_their_author(title: str, lines: list[str] | None) -> None:
    """At spaces between Chinese characters, and rather after a colon than elsewhere."""
    found = lines_of(title)

    assert found == lines if lines else found[0].endswith("：")


def test_signatures_and_credits_of_every_length_are_set(workshop: Workshop) -> None:
    """None leaves the type area, none ends with a lone character."""
    text = "中共江苏省委宣传部理论学习中心组办公室综合处与南京市委组织部干部教育处联合供稿并由省委党校教务处审核"
    articles = "".join(
        f"  - {{title: 题, body: 正文。, signature: {text[:n]}, credits: 责任编辑：{text[:n]}}}\n"
        for n in range(3, len(text) + 1)
    )
    pressing = workshop.pressing(f"{HEAD}articles:\n{articles}")

    assert pressing.findings == ()
    assert pressing.pages > 10
