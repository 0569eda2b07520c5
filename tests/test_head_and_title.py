"""Names and slogans of few characters, two lines below a title, addresses that break well."""

from __future__ import annotations

import itertools
import re

import pytest

from jianbao_tex.breaks import breaks_in, runs_in
from jianbao_tex.content import Mark
from jianbao_tex.press import Press
from pdf_pages import pages_of
from workshop import Workshop


@pytest.mark.parametrize(
    ("name", "option", "most"),
    [
        *((name, "", 1.5) for name in ("简报", "报", "工作简报", "政务信息", "精神文明建设简报")),
        ("简报", "options: {masthead.most-air: 0.5}\n", 0.5),
    ],
)
def test_a_name_is_not_spread_beyond_one_and_a_half_characters(
    workshop: Workshop, name: str, option: str, most: float
) -> None:
    """Two characters 68 mm apart are no name; a name of eight is no reason for a warning."""
    pressing = workshop.pressing(
        f"masthead: {{name: {name}, slogan: 求真务实}}\n{option}articles: {{body: 文。}}\n"
    )
    glyphs = pages_of(pressing.artifacts[0].data)[0].facts.glyphs
    titles = [
        [g for g in glyphs if g.mark == Mark.NAME],
        [g for g in glyphs if g.text in "求真务实"],
    ]

    assert pressing.findings == ()
    for title in titles:
        size = title[0].size_bp * 25.4 / 72
        gaps = [b.x - a.x - size for a, b in itertools.pairwise(title)]
        assert max(gaps, default=0) <= most * size + 0.1


LONG = "全市上下要认真学习贯彻会议精神，" * 8


@pytest.mark.parametrize("lines", range(1, 12))
def test_a_title_has_two_lines_below_it_or_none(press: Press, lines: int) -> None:
    """However full the page is above it."""
    text = "masthead: {name: 报}\narticles:\n- body: |\n" + "    行。\n" * lines
    text += f"- title: 一个标题\n  body: {LONG}\n"
    proof = press.prove(press.compose(Workshop.source(text)))
    for page in proof.measured.pages:
        marks = [
            "".join({g.mark for g in line}) for line in page.lines if line[0].mark != "Artifact"
        ]
        if Mark.TITLE in marks and page is not proof.measured.pages[-1]:
            assert len(marks) - 1 - marks.index(Mark.TITLE) >= 2
    assert proof.findings == ()


ADDRESSES = [
    "https://www.example.gov.cn/zwfw/publicservice/2026/notice/detail?id=A1B2C3&x=1",
    "https://github.com/some-org/rvw-benchmark",
    "somebody_bangongshi@department.someministry.gov.cn",
    "www.gov.cn/zhengce/content_1234567890.htm",
    "http://a.b.c.d.example.com/x/y/z",
    "https://groups.google.com/a/groups.alpha.org/d/msg/isa-dev/aaNx93Dm9WI/7zE7e1YUAwAJ",
    "example.com/a-long-path/with_many-parts",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_breaks_after_its_joints(address: str) -> None:
    """After / . ? & = - _ and @; never a joint first, never fewer than three letters alone."""
    assert [*runs_in(f"见{address}，请")] == [(1, 1 + len(address))]
    places = [*breaks_in(address, 12)]

    assert places
    for place in places:
        assert address[place - 1] in "/.?&=-_@;," or not re.search(
            r"[/.?&=_@-]", address[place - 13 : place]
        )
        assert address[place].isalnum()
        assert 3 <= place <= len(address) - 3


@pytest.mark.parametrize(
    "text", ["A/B测试", "1.5和2.5", "It's", "U.S.", "3-5年", "user@host", "a.b"]
)
def test_what_is_no_address_stays_whole(text: str) -> None:
    assert [*runs_in(text)] == []


@pytest.mark.parametrize("layout", ["classic", "newsletter"])
def test_lines_with_addresses_end_and_begin_well(press: Press, layout: str) -> None:
    """In paragraphs and lists, at whatever place of the line the address begins."""
    blocks = "".join(
        f"  - {'正' * indent}{address}，{'文' * 20}。\n  - list: [{'项' * indent}{address}，完]\n"
        for indent, address in enumerate(ADDRESSES * 2, start=1)
    )
    text = f"layout: {layout}\nmasthead: {{name: 报}}\narticles:\n- body:\n{blocks}"
    proof = press.prove(press.compose(Workshop.source(text)))

    assert [
        one for one in proof.findings if one.code in {"JB301", "JB303", "JB335", "JB336", "JB340"}
    ] == []
    for page in proof.measured.pages:
        for line in page.lines:
            whole = "".join(glyph.text for glyph in line)
            assert not re.match(r"[./?&=_@-]", whole), whole
