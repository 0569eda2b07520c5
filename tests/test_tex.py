"""Escaping: exact, closed against every way around it, and proved on the page."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianbao_tex.composer.templates import environment
from jianbao_tex.tex import OriginRecorder, escape, printed_in, refused_characters, template_mark
from pdf_pages import squeezed

SPECIALS = "\\{}$&#_%^~[]"


def unescape(tex: str) -> str:
    """The inverse of the twelve rules; independent of the code under test."""
    pairs = {
        r"\textbackslash{}": "\\",
        r"\textasciicircum{}": "^",
        r"\textasciitilde{}": "~",
        "{[}": "[",
        "{]}": "]",
        r"\jbBreakHere{}": "",
    } | {"\\" + c: c for c in "{}$&#_%"}
    pattern = "|".join(re.escape(key) for key in sorted(pairs, key=len, reverse=True))
    return re.sub(pattern, lambda match: pairs[match.group()], tex)


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=200))
def test_escaping_loses_nothing_and_stays_on_one_line(text: str) -> None:
    """Apart from white space every character is there again; no line end is made."""
    tex = escape(text)

    assert "\n" not in tex
    assert squeezed(unescape(tex)) == squeezed(text)


@pytest.mark.parametrize("character", SPECIALS)
def test_no_special_character_reaches_tex_as_itself(character: str) -> None:
    """Each of the twelve is mapped; in a row they are mapped each by itself."""
    assert escape(character) != character
    assert escape(character * 3) == escape(character) * 3


def test_a_run_of_letters_gets_a_break_at_least_every_25() -> None:
    """An unbroken word of 997 letters crashes XeTeX."""
    for run in ("y" * 3000, "。" * 3000, "1" * 997, "\u00a0y" * 800):
        pieces = re.split(r"\\jbBreakHere\{\}| ", escape(run))

        assert max(len(piece) for piece in pieces) <= 25


def test_a_run_is_whole_up_to_24_letters_and_in_a_cell_up_to_6() -> None:
    """A word is broken only where it must be: German and chemistry have words of 24 letters."""
    assert escape("y" * 24) == "y" * 24
    assert escape("y" * 25).split(r"\jbBreakHere{}") == ["y" * 12, "y" * 12, "y"]
    assert escape("y" * 6, tight=True) == "y" * 6
    assert escape("y" * 7, tight=True).split(r"\jbBreakWord{}") == ["yyy", "yyy", "y"]


@pytest.mark.parametrize("marks", [1, 2, 4, 8])
def test_all_combining_marks_stay_with_their_letter(marks: int) -> None:
    """However many a letter has; and no place to break follows the last one of a run."""
    for letters in range(8, 40):
        run = ("e" + "\u0301" * marks) * letters
        pieces = escape(run).split(r"\jbBreakHere{}")

        assert "".join(pieces) == run
        assert all(piece[0] == "e" for piece in pieces if len(pieces) > 1)


def test_a_run_that_ends_with_its_marks_has_no_break_after_them() -> None:
    """A line would end there in front of a closing mark."""
    run = "e" * 24 + "\u0301" * 3

    assert escape(run + "。") == r"\jbBreakHere{}".join((run[:12], run[12:])) + "。"


def test_a_combining_mark_stays_with_its_letter() -> None:
    pieces = escape("e\u0301" * 100).split(r"\jbBreakHere{}")

    assert len(pieces) > 5
    assert all(not unicodedata.combining(piece[0]) for piece in pieces)


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x1b", "\x7f", "\x9f", "\u202e", "\u2066", "\ufeff", "\u200b", "\u200d", "\ue000",
     "\U000e0041", "\ufdd0", "\U0001ffff", "\ud800", "\u00ad", "\ufe0f", "\u2028", "\u3164"],
)  # fmt: skip
def test_what_has_no_picture_of_its_own_is_refused(character: str) -> None:
    """Control, invisible, private characters, no characters, halves of pairs: named, not dropped."""
    assert [index for index, _ in refused_characters("字" + character + "字")] == [1]


def test_chinese_text_of_all_planes_is_not_refused() -> None:
    text = "工作简报\n\t，。“”——…·×㎡①★𬱖𠮷😀Ωя　é"

    assert refused_characters(text) == ()


def test_a_heap_of_combining_marks_is_refused() -> None:
    assert refused_characters("e" + "\u0301" * 8) == ()
    assert [index for index, _ in refused_characters("e" + "\u0301" * 9)] == [1]


IDIOMS = [
    "<%= x %>", "<%= [x] | first %>", "<% set y = x %><%= y %>", "<% set y %><%= x %><% endset %><%= y %>",
    "<% macro m(a) %><%= a %><% endmacro %><%= m(x) %>", "<%= (x, 1)[0] %>", "<%= x if true %>",
    "<%= x or 'none' %>", "<% for a in [x] %><%= a %><% endfor %>", "<% call m(x) %><% endcall %>",
    "<%= x ~ 'a' %>", "<%= [x, x] | join %>", "<%= '%s' | format(x) %>", "<%= '{}'.format(x) %>",
    "<%= x | safe %>", "<%= x | e %>", "<%= x | upper %>", "<%= x | tojson %>", "<%= x.plain %>",
    "<%= x._plain %>", "<%= x['_plain'] %>", "<%= x | attr('_plain') %>", "<%= x.__class__ %>",
    "<%= x.__repr__() %>", "<%= '%r' % x %>", "<%= x[0] %>", "<%= x + 'a' %>", "<%= {x: 1} %>",
    "<%= [x] %>", "<%= x.split %>", "<%= none %>", "<%= undefined_name %>",
]  # fmt: skip


@pytest.mark.parametrize("idiom", IDIOMS)
def test_no_template_idiom_hands_out_the_raw_string(idiom: str) -> None:
    """Whatever a template does with a text, it gets escaped TeX or an error."""
    raw = r"\input{/etc/passwd}&<%"
    recorder = OriginRecorder()
    jinja = environment(lambda _: ("", "", lambda: True))
    source = "<% macro m(a) %><%= a %><%= caller() if caller %><% endmacro %>" + idiom
    try:
        marked = jinja.from_string(source).render(x=recorder.text(raw, ("x",)))
        printed, _ = recorder.strip(marked)
    except Exception:  # noqa: BLE001 -- an error is as good as an escape
        return

    assert raw not in printed
    assert r"\input" not in printed


def test_origins_point_at_the_printed_stretch() -> None:
    """Line and columns of each text in the clean TeX, and the origin it was given."""
    recorder = OriginRecorder()
    marked = f"a\nb{recorder.text('x_y', 'first')}c{recorder.text('z', 'second')}\n"
    clean, stretches = recorder.strip(marked)
    _, _, first, _, second = stretches

    assert [stretch.origin for stretch in stretches] == [None, None, "first", None, "second"]
    assert clean == "a\nbx\\_ycz\n"
    assert (first.line, first.column, first.end_column, first.origin) == (2, 2, 6, "first")
    assert clean.split("\n")[1][second.column - 1 : second.end_column - 1] == "z"


def test_empty_lines_are_made_one_and_origins_stay_right() -> None:
    """Templates need not count their empty lines."""
    first, second, third = (template_mark(0, line) for line in (1, 2, 5))
    clean, stretches = OriginRecorder().strip(f"{first}a\n{second}\n\n\n{third}b\n")

    assert clean == "a\n\nb\n"
    assert [(s.line, s.template) for s in stretches] == [(1, (0, 1)), (3, (0, 5))]


@given(st.text(st.characters(blacklist_categories=["Cs", "Co"]), max_size=120))
def test_what_a_piece_of_tex_prints_is_counted(text: str) -> None:
    """Escapes count once, places to break and white space not at all."""
    assert printed_in(escape(text)) == len("".join(text.split()))
    assert printed_in(escape(text, tight=True)) == len("".join(text.split()))


def test_every_character_that_is_not_refused_has_a_category_with_a_picture() -> None:
    """
    Over all of Unicode: what passes is a letter, mark, number, punctuation, symbol or space.

    A character of a later version than Python's tables (Cn) passes too: the fonts decide.
    """
    passed = {
        unicodedata.category(chr(code))
        for code in range(sys.maxunicode + 1)
        if not refused_characters(chr(code)) and chr(code) not in "\n\t"
    }

    known = {f"{a}{b}" for a in "LMNPSZ" for b in "ulmotnecdfsikp"} - {"Zl", "Zp"}

    assert passed <= known | {"Cn"}


def test_an_address_breaks_after_its_slashes_and_dots() -> None:
    """Rather than in the middle of a word, where one is near."""
    pieces = escape("https://www.example.com/news/2026/index.html").split("\\jbBreakHere{}")

    assert len(pieces) >= 4
    assert all(piece[-1] in "/." for piece in pieces[:-1])
