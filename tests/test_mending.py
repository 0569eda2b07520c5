"""Characters of a file replaced: at their own place, and only where nothing else changes."""

from __future__ import annotations

import pytest

from jianbao_tex.findings import Fix, Where
from jianbao_tex.issue import Issue
from jianbao_tex.press import Press
from jianbao_tex.reader.mending import apply_fix, changed_only_where, overlap
from workshop import Workshop

LINES = ["masthead: {name: 甲乙丙}", "number: 12", "articles: {title: 丁戊, body: 甲乙丙}"]
TEXT = "\n".join(LINES) + "\n"


def place(line: int, start: int, end: int) -> Where:
    """From a column to the one before another."""
    return Where("issue.yaml", line, start, LINES[line - 1], line, end)


def fix_of(line: int, old: str, new: str) -> Fix:
    """The first place of a line that spells something, with what belongs there."""
    start = LINES[line - 1].index(old) + 1
    return Fix(place(line, start, start + len(old)), new)


@pytest.mark.parametrize(
    ("first", "second", "is_common"),
    [
        ((1, 5, 8), (1, 8, 9), False),
        ((1, 5, 8), (1, 7, 9), True),
        ((1, 5, 8), (1, 1, 5), False),
        ((1, 5, 8), (1, 1, 6), True),
        ((1, 5, 8), (1, 6, 7), True),
        ((1, 5, 8), (2, 5, 8), False),
    ],
)
def test_places_that_touch_have_no_character_in_common(
    first: tuple[int, int, int], second: tuple[int, int, int], is_common: bool
) -> None:
    """
    So both of two neighbours are fixed; the order in which they are asked is the same to them.
    """
    assert overlap(place(*first), place(*second)) == is_common
    assert overlap(place(*second), place(*first)) == is_common


@pytest.mark.parametrize("old", ["甲乙丙", "甲", "丙", "乙"])
def test_a_fix_may_reach_from_the_first_character_of_a_value_to_its_last(
    press: Press, old: str
) -> None:
    fix = fix_of(1, old, "新")
    after = apply_fix(TEXT.encode(), fix)

    assert after.decode() == TEXT.replace(old, "新", 1)
    assert is_good(press, after.decode(), fix)


@pytest.mark.parametrize(("marked", "changed"), [(0, 1), (1, 0)])
def test_a_fix_of_one_value_explains_no_change_of_its_neighbour(
    press: Press, marked: int, changed: int
) -> None:
    """Before it or after it in the same line, also where both say the same."""
    line = "articles: {title: 天地人, body: 天地人}"
    starts = [line.index("地") + 1, line.rindex("地") + 1]
    fix = Fix(Where("issue.yaml", 2, starts[marked], line, 2, starts[marked] + 1), "新")
    before = f"masthead: {{name: 报}}\n{line}\n"

    def after(number: int) -> str:
        start = starts[number] - 1
        return f"masthead: {{name: 报}}\n{line[:start]}新{line[start + 1 :]}\n"

    assert changed_only_where(issue(press, before), issue(press, after(marked)), [fix])
    assert not changed_only_where(issue(press, before), issue(press, after(changed)), [fix])


def test_a_value_that_nothing_marks_may_not_change(press: Press) -> None:
    """Neither another one, nor the same one elsewhere, nor by another text than was proposed."""
    fix = fix_of(1, "乙", "新")

    assert is_good(press, TEXT.replace("甲乙丙", "甲新丙", 1), fix)
    assert not is_good(press, TEXT.replace("甲乙丙", "甲新丙"), fix)
    assert not is_good(press, TEXT.replace("丁戊", "丁新"), fix)
    assert not is_good(press, TEXT.replace("甲乙丙", "甲旧丙", 1), fix)
    assert not is_good(press, TEXT.replace("甲乙丙", "新丙", 1), fix)
    assert not is_good(press, TEXT.replace("甲乙丙", "甲新", 1), fix)
    assert not is_good(press, TEXT.replace("number: 12\n", ""), fix)


def test_a_place_that_the_file_does_not_have_is_an_error() -> None:
    with pytest.raises(IndexError):
        apply_fix(b"a\n", Fix(Where("issue.yaml", 9, 1, "a", 9, 2), "b"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_columns_of_a_place_count_without_the_mark_of_byte_order(end: str, mark: str) -> None:
    text = mark + end.join(LINES) + end
    data = apply_fix(text.encode(), fix_of(3, "丁", "新"))

    assert data.decode() == text.replace("丁", "新")


def is_good(press: Press, after: str, *fixes: Fix) -> bool:
    return changed_only_where(issue(press, TEXT), issue(press, after), fixes)


def issue(press: Press, text: str) -> Issue:
    return press.read(Workshop.source(text))
