"""Texts and their origins in the TeX; what is refused, and in which words."""

from __future__ import annotations

import pytest

from jianbao_tex.tex import (
    OriginRecorder,
    TexSpan,
    escape,
    first_mark,
    refused_characters,
    template_mark,
)

INVISIBLE = [
    *((0x00AD, 0x00AD), (0x061C, 0x061C), (0x115F, 0x1160), (0x180E, 0x180E), (0x3164, 0x3164)),
    *((0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)),
    *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFFC), (0xE0000, 0xE0FFF)),
]


def reason(code: int) -> str:
    """Why a character is refused; '' for one that is printed."""
    return str(next((why for _, why in refused_characters(f"字{chr(code)}字")), ""))


@pytest.mark.parametrize(("first", "last"), INVISIBLE)
def test_invisible_characters_are_refused_as_such(first: int, last: int) -> None:
    """They hide, join or reorder text; their neighbours do not."""
    assert {reason(code) for code in range(first, last + 1)} == {"invisible character"}
    assert "invisible character" not in {reason(first - 1), reason(last + 1)}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0xD800, "half of a surrogate pair"),
        (0xE000, "private-use character"),
        (0xFDD0, "no character has this code point"),
        (0x1FFFE, "no character has this code point"),
        (0xFFFD, "it stands for a character that was lost"),
        (0x31350, ""),
        (0x07, "control character"),
        (0x7F, "control character"),
        (0x0600, "control character"),
        (ord(" "), ""),
        (ord("~"), ""),
        (ord("一"), ""),
        (0x9FA5, ""),
        (0x9FA6, ""),
    ],
)
def test_what_is_refused_is_told_in_words(code: int, words: str) -> None:
    assert reason(code) == words


def test_a_heap_of_marks_is_told_with_its_bound() -> None:
    ((index, why),) = refused_characters("e" + "\u0301" * 9)

    assert (index, str(why)) == (1, "more than 8 combining marks on one letter")


@pytest.mark.parametrize("marks", [1, 2, 3, 4, 8])
def test_a_piece_is_longer_than_twelve_only_by_the_marks_of_its_last_letter(marks: int) -> None:
    pieces = escape(("e" + "\u0301" * marks) * 30).split(r"\jbBreakHere{}")

    assert all(len(piece) <= 12 + marks for piece in pieces)


# --- Origins ------------------------------------------------------------------------------------

MARKS = "\ue000\ue001\ue002\ue003\ue004"


@pytest.mark.parametrize("mark", MARKS)
def test_every_private_mark_is_found(mark: str) -> None:
    assert first_mark(f"a{mark}b") == 1
    assert first_mark(mark) == 0
    assert first_mark("a\ue005\udfffb") == -1


def stretches_of(
    recorder: OriginRecorder, marked: str
) -> list[tuple[str, int, int, object, object, int]]:
    """
    The TeX of each stretch, its line and column, origin, line of the template, and ``before``.
    """
    clean, stretches = recorder.strip(marked)
    lines = clean.split("\n")
    return [
        (
            lines[s.line - 1][s.column - 1 : s.end_column - 1],
            *(s.line, s.column, s.origin, s.template, s.before),
        )
        for s in stretches
    ]


def test_stretches_follow_each_other_by_line_and_column() -> None:
    """Nothing of a template is left out; what stands before the first mark is of no line."""
    recorder = OriginRecorder()
    one, two = template_mark(3, 7), template_mark(3, 8)
    marked = f"a{one}b{recorder.text('x', 'X')}c\n{two}d{recorder.text('y_', 'Y')}"

    assert stretches_of(recorder, marked) == [
        ("a", 1, 1, None, (0, 0), 0),
        ("b", 1, 2, None, (3, 7), 0),
        ("x", 1, 3, "X", (3, 7), 0),
        ("c", 1, 4, None, (3, 7), 0),
        ("d", 2, 1, None, (3, 8), 0),
        (r"y\_", 2, 2, "Y", (3, 8), 0),
    ]


def test_tex_of_one_line_of_a_template_is_one_stretch() -> None:
    """However often the template says where it is; a text of the issue is one by itself."""
    recorder = OriginRecorder()
    here = template_mark(1, 2)
    marked = (
        f"{here}a{here}b{here}c{recorder.text('x', 'X')}{recorder.text('x', 'X')}d{here}e\n{here}f"
    )

    assert stretches_of(recorder, marked) == [
        ("abc", 1, 1, None, (1, 2), 0),
        ("x", 1, 4, "X", (1, 2), 0),
        ("x", 1, 5, "X", (1, 2), 0),
        ("de", 1, 6, None, (1, 2), 0),
        ("f", 2, 1, None, (1, 2), 0),
    ]


def test_a_mark_within_another_belongs_to_the_inner_origin() -> None:
    recorder = OriginRecorder()
    inner = recorder.mark("in", "I", 4)
    marked = recorder.mark(f"a{inner}b", "O")

    assert stretches_of(recorder, marked) == [
        ("a", 1, 1, "O", (0, 0), 0),
        ("in", 1, 2, "I", (0, 0), 4),
        ("b", 1, 4, "O", (0, 0), 0),
    ]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("text", ["{}", "a{}", "a\n{}b"])
def test_a_template_cannot_make_marks_of_its_own(mark: str, text: str) -> None:
    """It could say that a text came from elsewhere."""
    with pytest.raises((ValueError, IndexError)):
        OriginRecorder().strip(text.format(mark))


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: t + "\ue002", lambda t: t[0:3] + "a"]
)
def test_a_mark_that_is_not_closed_or_closed_twice_is_an_error(spoil: object) -> None:
    recorder = OriginRecorder()
    marked = str(recorder.text("x", "X"))

    with pytest.raises((ValueError, IndexError)):
        recorder.strip(spoil(marked))  # type: ignore[operator]


def test_the_parts_of_a_text_know_what_stands_before_them() -> None:
    """White space may differ between them, nothing else; and counts for nothing."""
    recorder = OriginRecorder()
    parts = recorder.text("甲乙 丙 丁戊", "X").split(lambda _: ["甲乙", "丙丁", "戊"])

    assert stretches_of(recorder, "|".join(map(str, parts)))[::2] == [
        ("甲乙", 1, 1, "X", (0, 0), 0),
        ("丙丁", 1, 4, "X", (0, 0), 2),
        ("戊", 1, 7, "X", (0, 0), 4),
    ]
    for wrong in (["甲乙", "丙丁"], ["甲乙", "丙", "丁", "戊", "己"], ["乙甲", "丙丁戊"]):
        with pytest.raises(ValueError, match="do not add up"):
            recorder.text("甲乙丙丁戊", "X").split(lambda _, parts=wrong: parts)


def test_a_part_of_a_part_goes_on_counting() -> None:
    recorder = OriginRecorder()
    _, second = recorder.text("甲乙丙丁", "X").split(lambda _: ["甲乙", "丙丁"])
    third, fourth = second.split(list)

    assert [s[-1] for s in stretches_of(recorder, f"{third}{fourth.tight()}")] == [2, 3]


def test_only_a_tight_text_breaks_every_third_letter() -> None:
    recorder = OriginRecorder()
    text = recorder.text("internet", "X")

    assert recorder.strip(str(text))[0] == "internet"
    assert recorder.strip(str(text.tight()))[0].count(r"\jbBreakWord{}") == 2
    assert recorder.strip(str(text.split(lambda plain: [plain])[0]))[0] == "internet"


def test_a_text_is_true_where_it_has_characters() -> None:
    assert OriginRecorder().text("x", "X")
    assert not OriginRecorder().text("", "X")


def test_stretches_may_be_kept_in_sets() -> None:
    assert len({TexSpan(1, 1, 2, None, (0, 0)), TexSpan(1, 1, 2, None, (0, 0))}) == 1
