"""The room of page content: its table of marks, pieces of marked content, strings of fonts."""

from __future__ import annotations

import re

import pikepdf
import pytest

from jianbao_tex import content
from jianbao_tex.content import Mark, bytes_of, codes_in, instruction, pieces, string_of
from workshop import ROOT

STYLES = [
    path
    for folder in ("templates", "plugins")
    for kind in ("*.sty", "*.cls")
    for path in (ROOT / folder).rglob(kind)
]


def _set_by_styles() -> set[str]:
    found: set[str] = set()
    for path in STYLES:
        code = re.sub(r"(?<!\\)%.*", "", path.read_text(encoding="utf-8"))
        found.update(re.findall(r"\\(?:jb_marked:nn|__jb_table_add:nn)\s*\{\s*(\w+)\s*\}", code))
    return found


def test_the_table_has_the_marks_that_style_files_set_and_no_other() -> None:
    assert len(STYLES) >= 8
    assert _set_by_styles() == {mark.value for mark in Mark}


def test_nobody_else_spells_a_mark() -> None:
    """A second list of them would one day say something else."""
    source = ROOT / "src" / "jianbao_tex"
    spelt = {
        path.name
        for path in source.rglob("*.py")
        for mark in Mark
        if mark is not Mark.ARTIFACT and f'"{mark}"' in path.read_text(encoding="utf-8")
    }

    assert spelt == {"content.py"}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("q BMC Tj EMC Q", ["BMC Tj EMC"]),
        ("BMC BDC Tj EMC Tj EMC Tj", ["BMC BDC Tj EMC Tj EMC"]),
        ("BMC EMC q Q BMC Tj EMC", ["BMC EMC", "BMC Tj EMC"]),
        ("EMC Tj", []),
        ("BMC Tj", []),
    ],
)
def test_pieces_of_marked_content_end_where_they_close(words: str, found: list[str]) -> None:
    """Pieces within pieces belong to the outer one; one that does not close is none."""
    made = [
        instruction(word, *([pikepdf.Name("/JbName")] if word == "BMC" else ()))
        for word in words.split()
    ]
    seen = [" ".join(one.operator for one in made[where]) for where in pieces(made, Mark.NAME)]

    assert seen == found
    assert list(pieces(made, Mark.TITLE)) == []


def test_strings_of_composite_fonts_go_there_and_back() -> None:
    codes = [0, 1, 255, 256, 65535]

    assert list(codes_in(string_of(codes))) == codes
    assert list(codes_in(pikepdf.String(b"\x00\x41\x01"))) == [0x41]
    assert list(codes_in(5)) == []
    assert b"TJ" in bytes_of([instruction("TJ", string_of(codes))])


def test_instructions_are_kept_by_the_bytes_of_their_stream() -> None:
    """A page that was changed is read again; pictures between operators are never kept."""
    with pikepdf.new() as document:
        page = document.add_blank_page()
        page.Contents = document.make_stream(b"q 1 0 0 1 2 3 cm Q")
        first = content.read(page)
        assert content.read(page) is first
        page.Contents = document.make_stream(b"q Q")
        assert [item.operator for item in content.read(page)] == ["q", "Q"]
        form = document.make_stream(b"q 1 0 0 1 2 3 cm Q")
        assert content.read(form) is first
        page.Contents = document.make_stream(b"BI /W 1 /H 1 /CS /G /BPC 8 ID \x00 EI")
        assert content.read(page) is not content.read(page)


def test_what_is_kept_is_bounded() -> None:
    with pikepdf.new() as document:
        page = document.add_blank_page()
        for number in range(40):
            page.Contents = document.make_stream(f"{number} w ".encode() * 6000)
            content.read(page)

    assert 0 < sum(map(len, content._kept)) <= content._MOST_KEPT_BYTES
