"""
Figures: what a layout may say of a value, what an option may put in its place, how it is shown.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from jianbao_tex.figures import Figure
from jianbao_tex.language import InvalidValue

PLAIN = {"strength": "规定", "source": "clause 5"}
OURS = {"strength": "实务", "source": "our own"}


def figure(name: str = "a.b", base: dict[str, str] = PLAIN, **entry: Any) -> Figure:
    return Figure.from_toml(name, {**base, **entry})


def refusal(name: str = "a.b", **entry: Any) -> str:
    """Why an entry is no figure; '' where it is one."""
    try:
        figure(name, **entry)
    except InvalidValue as wrong:
        return str(wrong)
    return ""


def changed(whole: Figure, text: str) -> Any:
    """The value that an option puts in place, or why it may not."""
    try:
        return whole.with_value(text).value
    except InvalidValue as wrong:
        return str(wrong)


@pytest.mark.parametrize(
    ("entry", "tex", "shown"),
    [
        ({"value": 156, "unit": "mm"}, "156mm", "156 mm"),
        ({"value": 0.25, "unit": "mm"}, "0.25mm", "0.25 mm"),
        ({"value": 22, "unit": "rows"}, "22", "22 rows"),
        ({"value": 28, "unit": "columns"}, "28", "28 columns"),
        ({"value": 2, "unit": "em"}, "2em", "2 em"),
        ({"value": 3}, "3", "3"),
        ({"value": True}, "true", "true"),
        ({"value": False}, "false", "false"),
        ({"value": "fangsong"}, "fangsong", "fangsong"),
        ({"value": [0, 0.8, 0.8, 0]}, "{0,0.8,0.8,0}", "0,0.8,0.8,0"),
        ({"tex": r"\jbDash\,\thepage"}, r"{\jbDash\,\thepage}", r"\jbDash\,\thepage"),
        ({"text": "任何一行"}, "任何一行", "任何一行"),
    ],
)
def test_a_figure_is_written_for_tex_and_for_people(
    entry: dict[str, Any], tex: str, shown: str
) -> None:
    """TeX takes a length with its unit, a count without; several numbers and TeX in braces."""
    made = figure(**entry)

    assert (made.tex, made.shown) == (tex, shown)
    assert (made.is_tex, made.is_text) == ("tex" in entry, "text" in entry)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"strength": "必须", "value": 1}, "strength is one of"),
        ({"value": 1, "unit": "inch"}, "unknown unit inch"),
        ({"value": True, "unit": "mm"}, "a number with the unit mm"),
        ({"value": "wide", "unit": "mm"}, "a number with the unit mm"),
        ({"value": "Two words"}, "it must be a word of lower case letters"),
        ({"value": None}, "NoneType is not a valid value for a figure"),
        ({"value": "c", "choices": ["a", "b"]}, "one of a, b"),
        ({"value": "b", "choices": ["a", "b"]}, ""),
        ({"value": -0.1, "unit": "mm"}, "from 0 to 420 mm"),
        ({"value": 0, "unit": "mm"}, ""),
        ({"value": 420, "unit": "mm"}, ""),
        ({"value": 420.1, "unit": "mm"}, "from 0 to 420 mm"),
        ({"value": 200, "unit": "bp"}, ""),
        ({"value": 201, "unit": "bp"}, "from 0 to 200 bp"),
        ({"value": 201, "unit": "pt"}, "from 0 to 200 pt"),
        ({"value": 20, "unit": "em"}, ""),
        ({"value": 21, "unit": "em"}, "from 0 to 20 em"),
        ({"value": 60, "unit": "rows"}, ""),
        ({"value": 61, "unit": "rows"}, "from 0 to 60 rows"),
        ({"value": 100, "unit": "columns"}, ""),
        ({"value": 101, "unit": "columns"}, "from 0 to 100 columns"),
        ({"value": 9999, "unit": "copies"}, ""),
        ({"value": 10000, "unit": "copies"}, "from 0 to 9999 copies"),
        ({"value": 1200, "unit": "dpi"}, ""),
        ({"value": 1201, "unit": "dpi"}, "from 0 to 1200 dpi"),
        ({"value": 10000}, ""),
        ({"value": 10001}, "from 0 to 10000"),
        ({"value": 4, "unit": "mm", "least": 5, "most": 8}, "from 5 to 8 mm"),
        ({"value": 9, "unit": "mm", "least": 5, "most": 8}, "from 5 to 8 mm"),
        ({"value": 1.5, "unit": "rows"}, "a whole number"),
        ({"value": 1.5, "unit": "columns"}, "a whole number"),
        ({"value": 1.5, "unit": "copies"}, "a whole number"),
        ({"value": 1.5, "unit": "dpi"}, "a whole number"),
        ({"value": 1.5, "unit": "em"}, ""),
        ({"value": [0, 1]}, ""),
        ({"value": [0, 1.1]}, "2 numbers from 0 to 1"),
        ({"value": [-0.1, 1, 1]}, "3 numbers from 0 to 1"),
        ({"text": "x" * 120}, ""),
        ({"text": "x" * 121}, "at most 120 printable"),
        ({"text": "two\nlines"}, "at most 120 printable"),
        ({"tex": r"\quad\enspace\thinspace\,\space\thepage\jbDash x{y}"}, ""),
        ({"tex": r"ab\input{x}"}, r"\input is not allowed in a figure (column 3)"),
        ({"tex": r"{\bfseries x}"}, r"\bfseries is not allowed in a figure (column 2)"),
        ({"tex": r"a{b$x$}"}, "only text, groups and macros are allowed (column 4)"),
        ({"tex": "{"}, "TeX that does not parse"),
    ],
)
def test_an_entry_without_sense_is_refused_in_words(entry: dict[str, Any], reason: str) -> None:
    """Each bound is the last value that is allowed."""
    found = refusal(**entry)

    assert found.startswith(reason)
    assert bool(found) == bool(reason)


@pytest.mark.parametrize(
    ("name", "is_good"),
    [("a.b", True), ("a-1.b-2.c", True), ("a", False), ("A.b", False), ("a.", False), ("1.b", False)],
)  # fmt: skip
def test_a_name_has_a_group_and_small_letters(name: str, is_good: bool) -> None:
    assert (refusal(name, value=1) == "") == is_good


@pytest.mark.parametrize("missing", ["value", "strength", "source"])
def test_an_entry_that_lacks_a_key_names_it(missing: str) -> None:
    entry = {"value": 1, **PLAIN}
    del entry[missing]

    with pytest.raises(KeyError, match=missing):
        Figure.from_toml("a.b", entry)


WIDTH = figure(value=20, unit="mm", least=10, most=30, standard=18, tolerance=1)


@pytest.mark.parametrize(
    ("whole", "text", "value"),
    [
        (WIDTH, "25", 25.0),
        (WIDTH, " 25 mm ", 25.0),
        (WIDTH, "2.5cm", 25.0),
        (WIDTH, "72bp", 25.4),
        (WIDTH, "72.27pt", 25.4),
        (WIDTH, "10mm", 10.0),
        (WIDTH, "30mm", 30.0),
        (WIDTH, "31mm", "from 10 to 30 mm"),
        (WIDTH, "9mm", "from 10 to 30 mm"),
        (WIDTH, "4cm", "from 10 to 30 mm"),
        (WIDTH, "25rows", "a number with the unit mm"),
        (WIDTH, "wide", "a number with the unit mm"),
        (WIDTH, "1234567", "a number with the unit mm"),
        (figure(value=10, unit="bp"), "25.4mm", 72.0),
        (figure(value=22, unit="rows"), "20", 20.0),
        (figure(value=22, unit="rows"), "20rows", 20.0),
        (figure(value=22, unit="rows"), "20mm", "a number with the unit rows"),
        (figure(value=22, unit="rows"), "20.5", "a whole number"),
        (figure(value=3), "x", "a number"),
        (figure(value=3), "4mm", "a number"),
        (figure(value=3), "4", 4.0),
        (figure(value=True), "false", False),
        (figure(value=False), "true", True),
        (figure(value=True), "no", "true or false"),
        (figure(value="a", choices=["a", "b"]), "b", "b"),
        (figure(value="a", choices=["a", "b"]), "c", "one of a, b"),
        (figure(value="kai"), "song", "song"),
        (figure(value="kai"), "Song", "a word of small letters"),
        (figure(value=[0, 1]), "0.5, 1", (0.5, 1.0)),
        (figure(value=[0, 1]), "0.5 1", (0.5, 1.0)),
        (figure(value=[0, 1]), "0.5", "2 numbers from 0 to 1"),
        (figure(value=[0, 1]), "0 0 1", "2 numbers from 0 to 1"),
        (figure(value=[0, 1]), "0 x", "2 numbers from 0 to 1"),
        (figure(value=[0, 1]), "0 1.5", "2 numbers from 0 to 1"),
        (figure(text="x"), "  any line  ", "any line"),
        (figure(text="x"), "a\tb", "at most 120 printable characters"),
        (figure(tex="x"), "y", "only a layout can set it, because it is TeX"),
    ],
)
def test_an_option_keeps_to_the_kind_the_unit_and_the_bounds_of_its_figure(
    whole: Figure, text: str, value: object
) -> None:
    """A length may be written in another unit of length; nothing else is converted."""
    found = changed(whole, text)

    assert found == (pytest.approx(value) if isinstance(value, float) else value)
    assert isinstance(found, bool) == isinstance(value, bool)


def test_nothing_but_the_value_changes_by_an_option() -> None:
    assert dataclasses.replace(WIDTH.with_value("25"), value=WIDTH.value) == WIDTH
    assert {WIDTH: 1}[figure(value=20, unit="mm", least=10, most=30, standard=18, tolerance=1)]


@pytest.mark.parametrize(
    ("whole", "deviates", "standard"),
    [
        (dataclasses.replace(WIDTH, value=17.0), False, "18 mm"),
        (dataclasses.replace(WIDTH, value=19.0), False, "18 mm"),
        (dataclasses.replace(WIDTH, value=16.9), True, "18 mm"),
        (dataclasses.replace(WIDTH, value=19.1), True, "18 mm"),
        (figure(value=20, unit="mm"), False, "20 mm"),
        (figure(value=20, unit="mm").with_value("20.1"), True, "20 mm"),
        (figure(value=0.3, tolerance=0.1, standard=0.2), False, "0.2"),
        (figure(value="kai", standard="song"), True, "song"),
        (figure(value="kai"), False, "kai"),
        (figure(value=True, standard=False), True, "false"),
        (figure(value=False, standard=False), False, "false"),
        (figure(base=OURS, value=20, unit="mm"), False, ""),
        (figure(base=OURS, value=20, unit="mm").with_value("30"), False, ""),
        (figure(base=OURS, value=20, unit="mm", standard=10), False, ""),
    ],
)
def test_a_figure_deviates_when_it_leaves_what_the_standard_says(
    whole: Figure, deviates: bool, standard: str
) -> None:
    """Within its tolerance it does not; mere practice has no standard."""
    assert (whole.deviates, whole.standard_shown) == (deviates, standard)


def test_a_layout_that_extends_another_changes_what_it_names() -> None:
    """Unit, bounds, standard and source are those of the other; TeX is written again."""
    over = WIDTH.with_entry({"value": 25})
    free = figure(base=OURS, value=3).with_entry({"value": 4})

    assert over == dataclasses.replace(WIDTH, value=25)
    assert over.deviates
    assert (free.value, free.standard, free.deviates) == (4, None, False)
    assert WIDTH.with_entry({"value": 31, "most": 40, "source": "ours"}).source == "ours"
    with pytest.raises(InvalidValue, match="from 10 to 30 mm"):
        WIDTH.with_entry({"value": 31})
    assert figure(tex="x").with_entry({"tex": "y"}) == figure(tex="y")
    assert figure(tex="x").with_entry({"value": 3}) == figure(value=3)
    assert WIDTH.with_entry({"tex": "y"}) == figure(tex="y")
    assert figure(value="a", choices=["a", "b"]).with_entry({"value": "b"}).choices == ("a", "b")


@pytest.mark.parametrize(
    ("unit", "value", "mm"), [("mm", 3, 3.0), ("bp", 72, 25.4), ("pt", 72.27, 25.4)]
)
def test_a_length_is_known_in_millimetres(unit: str, value: float, mm: float) -> None:
    assert figure(value=value, unit=unit).mm == pytest.approx(mm)
    assert figure(value=value, unit=unit).number == value
