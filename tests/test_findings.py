"""Findings: order, excerpt, and text that cannot harm a terminal."""

from __future__ import annotations

from jianbao_tex.cli.terminal import excerpt
from jianbao_tex.findings import Where, error, errors_among, in_order, visible, warning

BAD = error("XX001", "{what} is bad", "fix {what}")
ODD = warning("XX002", "odd", "look at it")


def test_a_finding_names_what_was_found_in_message_and_advice() -> None:
    finding = BAD.at(Where("a.yaml", 3, 5), what="title")

    assert (finding.message, finding.advice) == ("title is bad", "fix title")
    assert str(finding.where) == "a.yaml:3:5"


def test_findings_are_sorted_by_place_and_each_stands_once() -> None:
    """File, line, column, code decide; a repeated finding is one finding."""
    late, early = BAD.at(Where("a", 9, 1), what="x"), ODD.at(Where("a", 2, 7))

    assert in_order([late, early, late]) == (early, late)
    assert errors_among([late, early]) == (late,)


def test_caret_stands_under_the_character_after_wide_ones() -> None:
    """A Chinese character is two cells wide on a terminal."""
    shown = excerpt(Where("a", 1, 5, "标题：工作"))

    assert shown == "标题：工作\n        ^^"


def test_excerpt_of_a_long_line_is_cut_around_the_caret() -> None:
    first, second = excerpt(Where("a", 1, 500, "字" * 1000)).split("\n")

    assert first.startswith("…")
    assert first.endswith("…")
    assert len(first) < 60
    assert second.endswith("^")


def test_control_characters_of_input_are_shown_not_sent() -> None:
    """Escape sequences and bidi marks of a hostile file do not reach the terminal."""
    assert visible("a\x1b[31m\u202eb") == "a<U+001B>[31m<U+202E>b"
    assert "\x1b" not in BAD.at(Where("\x1b.yaml"), what="\x1b[0m").message


def test_a_fix_adds_no_line() -> None:
    """Such a fix was never written: what the file says elsewhere would change."""
    where = Where("a.yaml", 1, 1, "甲乙", 1, 2)
    finding = ODD.at(where)

    assert finding.with_fix("甲", "丙").fix
    assert finding.with_fix("甲", "甲\n丙").fix is None
