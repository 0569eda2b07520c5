"""Where each character of a value stands: in every style of YAML, through folding and escapes."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from jianbao_tex.places import Place
from jianbao_tex.press import Press
from jianbao_tex.reader.nodes import Node, parse
from workshop import Workshop

STYLES = {
    "backslashes in quotes": 't: "a\\\\\\\\b"\n',
    "quotes doubled twice": "t: 'a''''b'\n",
    "plain": "t: 中文 text\n",
    "plain of two lines": "t: 第一行\n   第二行 x\n\n   第三行\n",
    "single quotes": "t: 'it''s 第一\n  行，  二\n\n  三'\n",
    "double quotes": 't: "a\\"b\\u4e2d\\x41c\\\n    d  e\n\n  f\\tg\\\\h\\U0001F600i"\n',
    "literal": "t: |\n    第一行\n      indented\n\n    third\n",
    "literal with a header": "t: |2-   # note\n      three\n    two\n\nu: x\n",
    "literal after empty lines": "t: |\n\n\n  x\n  y\n",
    "folded": "t: >\n  第一\n  行 two\n\n  new\n    more\n    indented\n\n  end\n",
    "folded with a header": "t: >-\n\n   a\n   b\n",
    "in a flow list": "t: [甲, '乙', \"丙丁\"]\n",
    "key": "'a''b': x\n",
}


def scalars(node: Node) -> list[Node]:
    """The texts of a tree, keys too."""
    if isinstance(node.value, str):
        return [node]
    children = [*node.items, *(part for pair in node.pairs for part in pair)]
    return [found for child in children for found in scalars(child)]


ESCAPE = re.compile(r"\\(?:x(..)|u(....)|U(........)|(.))|('')")


def spelt_at(line: str, column: int, style: str) -> str:
    """The character that a line spells at a column, from 1: an escape, a doubled quote, itself."""
    match = ESCAPE.match(line, column - 1)
    if match and style == '"' and not match[5]:
        digits = match[1] or match[2] or match[3]
        return chr(int(digits, 16)) if digits else match[4]
    if match and style == "'" and match[5]:
        return "'"
    return line[column - 1 : column]


def spelt_and_held(text: str) -> tuple[list[str], list[str]]:
    """What is spelt at the place of each visible character of each value; those characters."""
    root = parse(Workshop.source(text), [])
    assert root is not None
    lines = text.split("\n")
    spelt: list[str] = []
    held: list[str] = []
    for node in scalars(root):
        scalar = node.place().scalar
        assert scalar is not None
        for index, character in enumerate(node.text):
            if character.isspace():
                continue
            where = Place.of(scalar, index, index + 1).where
            spelt.append(spelt_at(lines[where.line - 1], where.column, node.style))
            held.append(character)
    return spelt, held


@pytest.mark.parametrize("name", STYLES)
def test_every_character_is_found_where_it_is_written(name: str) -> None:
    spelt, held = spelt_and_held(STYLES[name])

    assert spelt == held
    assert len(held) >= 3


TEXTS = st.text(st.sampled_from("甲乙 ab\n'\"\\:#-，。\t😀"), min_size=1, max_size=60)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from([None, "'", '"', "|", ">"]), st.integers(20, 90), st.booleans())
def test_any_text_in_any_style_is_found(
    text: str, style: str | None, width: int, wide: bool
) -> None:
    """However YAML folds, quotes or escapes a text, its characters are found again."""
    written = yaml.safe_dump({"k": [text]}, default_style=style, width=width, allow_unicode=wide)  # type: ignore[call-overload]
    # A text of spaces alone, or one that looks like a comment, is no text to us.
    if yaml.safe_load(written) == {"k": [text]} and parse(Workshop.source(written), []):
        spelt, held = spelt_and_held(written)
        CHECKED.append(len(held))

        assert spelt == held


CHECKED: list[int] = []


def test_most_texts_in_any_style_were_looked_at() -> None:
    """What is drawn must not all fall through."""
    test_any_text_in_any_style_is_found()

    assert len([count for count in CHECKED if count]) >= 150


def test_a_place_reaches_from_the_first_to_the_last_character(press: Press) -> None:
    """Also over lines, without quotes and the white space around."""
    issue = press.read(
        Workshop.source("masthead:\n  name: 'AB CD'\n  slogan: |\n    一\n    二三\n")
    )
    name, slogan = (issue.where(("masthead", key)) for key in ("name", "slogan"))

    assert (name.line, name.column, name.end_line, name.end_column) == (2, 10, 2, 15)
    assert (slogan.line, slogan.column, slogan.end_line, slogan.end_column) == (4, 5, 5, 7)


@pytest.mark.parametrize(
    ("text", "index", "line", "column"),
    [
        ("一二三", 2, 4, 6),
        ("一 二三", 2, 4, 5),
        ("（一二三）", 0, 3, 5),
        ("（一二三）", 3, 4, 6),
        ("（一二三）", 4, 4, 6),
        ("二三", 1, 4, 6),
        ("别的", 0, 3, 5),
    ],
)
def test_a_text_made_from_a_value_leads_back_to_it(
    press: Press, text: str, index: int, line: int, column: int
) -> None:
    """With other white space, in brackets, a part of it; else the whole value."""
    issue = press.read(Workshop.source("masthead:\n  name: |\n    一\n    二三\n"))
    where = issue.place(("masthead", "name")).within(text, index)

    assert (where.line, where.column) == (line, column)
