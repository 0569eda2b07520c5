"""Where a line may break: the table of marks, and what stays whole."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from jianbao_tex import breaks
from jianbao_tex.breaks import Breaks, Reason, longest_piece, marked_in, reason_between, stretches
from jianbao_tex.testing.golden import compare
from workshop import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import print_breaks

STYLE = ROOT / "templates" / "latex" / "jianbao-part-marks.sty"


def allowed(text: str) -> str:
    """The text with a stroke at each place where a line may break."""
    found = Breaks(text)
    return "".join(
        ("" if i == 0 or found.reason_against(i) else "|") + c for i, c in enumerate(text)
    )


def marked(text: str, foreign: str = "") -> str:
    """The text as TeX gets it, each stretch with its command."""
    return "".join(
        f"<{stretch.command}:{text[stretch.start : stretch.end]}>"
        if stretch.command
        else text[stretch.start : stretch.end]
        for stretch in stretches(text, marked_in(text, foreign))
    )


# --- The table --------------------------------------------------------------------------


def test_each_character_is_of_one_class() -> None:
    counted = Counter(character for row in breaks.CHARACTER_CLASSES for character in row.characters)

    assert [character for character, count in counted.items() if count > 1] == []
    assert len(counted) > 300


def test_each_class_names_its_source() -> None:
    assert all(row.source for row in breaks.CHARACTER_CLASSES)


def test_the_classes_of_tex_are_printed_from_the_table(request: pytest.FixtureRequest) -> None:
    """jianbao-part-marks.sty is fresh; `make accept` rewrites it."""
    style = print_breaks.style()

    assert style.count("\\jb_declare:nn") == len(breaks.CHARACTER_CLASSES)
    compare(STYLE, style, accept=request.config.getoption("--accept"))


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        ("字，", Reason.NEVER_FIRST), ("”。", Reason.NEVER_FIRST), ("—」", Reason.NEVER_FIRST), ("）.", Reason.NEVER_FIRST),
        ("字々", Reason.NEVER_FIRST), ("字／", Reason.NEVER_FIRST), ("）‰", Reason.NEVER_FIRST), ("5℃", Reason.NEVER_FIRST),
        ("“—", Reason.NEVER_LAST), ("（字", Reason.NEVER_LAST), ("(“", Reason.NEVER_LAST), ("／字", Reason.NEVER_LAST),
        ("——", Reason.SEPARATED), ("……", Reason.SEPARATED), ("5年", Reason.NUMBER), ("第5", Reason.NUMBER),
        ("〇年", Reason.NUMBER), ("十五", Reason.NUMBER), ("ab", Reason.WORD), ("e\u0301", Reason.WORD),
        ("字字", None), ("，字", None), ("）（", None), ("、“", None), ("字“", None), ("字—", None),
        ("字…", None), ("——"[0] + "字", None), ("5字", None), ("字5", None), ("年年", None),
    ],
)  # fmt: skip
def test_neighbours_part_by_their_classes(pair: str, reason: Reason | None) -> None:
    """A —— or a …… may stand at the head of a line, where the sources disagree."""
    assert reason_between(*pair) is reason


# --- Pieces -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("约15小时", "约|15小时"),
        ("达15.5万平方公里的", "达|15.5万平方公里|的"),
        ("二〇二〇年", "二〇二〇年"),
        ("十五小时", "十五小时"),
        ("涨15美元以", "涨|15美元|以"),
        ("国发〔2026〕3号", "国|发|〔2026〕3号"),
        ("“5·12”后", "“5·12”|后"),
        ("用H₂O和", "用|H₂O|和"),
        ("按1∶500的", "按|1∶500|的"),
        ("达≥80%时", "达|≥80%|时"),
        ("在Xi’an市", "在|Xi’an|市"),
        ("15 小时", "15 小时"),
        ("5 ℃", "5 ℃"),
        ("第 12 期", "第 12 期"),
        ("Monte Carlo", "Monte |Carlo"),
        ('说"好"', '说"好"'),
    ],
)
def test_what_belongs_together_is_not_separated(text: str, expected: str) -> None:
    """Numbers with their units and signs, words, formulas; also across a space."""
    assert allowed(text).replace("| ", " ") == expected


def test_a_row_of_numerals_is_no_number() -> None:
    """Ten of them in a row; a number has fewer."""
    assert Breaks("一百二十三万四千").reason_against(4) is Reason.NUMBER
    assert Breaks("一二三四五六七八九十").reason_against(4) is None


def test_a_run_of_letters_too_long_to_stay_whole_may_break() -> None:
    """A word of more than 24 letters; in a cell one of more than 6."""
    assert Breaks("a" * 25).reason_against(12) is None
    assert Breaks("https://www.example.gov.cn/notice").reason_against(9) is Reason.WORD
    assert Breaks("https://www.example.gov.cn/notice").reason_against(12) is None
    assert Breaks("a" * 24).reason_against(12) is Reason.WORD
    assert Breaks("internet").reason_against(4) is Reason.WORD
    assert Breaks("internet", tight=True).reason_against(4) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("约15小时", "约15<jbTied:小时>"),
        ("共3月5日", "共3月5日"),
        ("Xi’an", "<jbWord:Xi’an>"),
        ("Xian", "Xian"),
        ("PM₂.₅浓度", "<jbWord:PM₂.₅>浓度"),
        ("H₂O，", "<jbWord:H₂O>，"),
        ("10⁶个", "<jbWord:10⁶><jbTied:个>"),
        ("5·12", "5<jbTied:·12>"),
        ("15 km长", "15<~: >km长"),
        ("A ，", "A<~: >，"),
        ("甲 乙", "甲 乙"),
        ("， A", "， A"),
    ],
)
def test_a_text_is_marked_only_where_the_classes_of_tex_do_not_know(
    text: str, expected: str
) -> None:
    assert marked(text, "₂₅⁶") == expected


def test_the_longest_piece_of_a_cell() -> None:
    """Numbers are whole, unless there is no other way; long words never are."""
    assert longest_piece("第12期报告") == "第12期"
    assert longest_piece("第12期报告", as_last_resort=True) == "12"
    assert longest_piece("亲，？大亲") == "亲，？"
    assert longest_piece("internet") == "internet"
    assert longest_piece("internet", as_last_resort=True) == "int"
    assert longest_piece("internationalization") == "int"
