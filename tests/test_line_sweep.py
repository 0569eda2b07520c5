"""
Every pair of marks at the end of a line, in each style of punctuation, read from the page.

What the table of marks forbids does not happen, and what it allows does.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator

import pytest

from jianbao_tex import breaks
from jianbao_tex.breaks import Breaks
from jianbao_tex.composer.characters import served_by_chain
from jianbao_tex.findings import errors_among
from jianbao_tex.hooks import MM_PER_BP, Glyph, Mark, Page
from jianbao_tex.master import TexTree
from jianbao_tex.measure import measure
from jianbao_tex.press import Press
from jianbao_tex.tex import escape
from short_issues import HEAD, issue
from workshop import Workshop

STYLES = ["jbhang", "plain", "quanjiao"]
FILLER = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙"
REST = "乾坤坎离震艮巽兑"
OFFSETS = range(22, 28)
"""How many characters stand before a pair in a first line of twenty-six."""

ITEMS = [
    *"“（《[(，。、）》”.,)]·～—…⋯／/-•々%℃％字A5年第三",
    "——", "……", "⋯⋯", "小时", "′", "㎡", "‰",
]  # fmt: skip
ALL = [
    *itertools.chain.from_iterable(
        row.characters if row.name not in {"unit", "numeral", "sign of a unit"} else row.characters[:3]
        for row in breaks.CHARACTER_CLASSES
    ),
    *"字A5", "——", "……", "⋯⋯", "小时",
]  # fmt: skip


@pytest.fixture
def items(request: pytest.FixtureRequest, press: Press) -> list[str]:
    """A few characters of each class; with --soak all of the table that the fonts have."""
    if not request.config.getoption("--soak"):
        return ITEMS
    faces = press.compose(Workshop.source(issue("正文。"))).faces
    lost = faces["fangsong"].lacks(c for item in ALL for c in item)
    return [item for item in ALL if not lost & {*item}]


@pytest.mark.parametrize("style", STYLES)
def test_no_line_breaks_where_none_may(press: Press, items: list[str], style: str) -> None:
    """Each pair at six places around the end of a line."""
    texts = [
        FILLER[:offset] + one + other + REST
        for one, other in itertools.product(items, repeat=2)
        for offset in OFFSETS
        # A straight quote opens and closes, which more than a pair decides.
        if not {one, other} & {'"', "'"}
    ]
    broken: dict[str, list[str]] = {}
    count = 0
    for text, lines in zip(texts, set_in_lines(press, texts, style), strict=True):
        found = Breaks(text)
        place = 0
        for line in lines[:-1]:
            place += len(line)
            count += 1
            if reason := found.reason_against(place):
                broken.setdefault(reason.name, []).append(f"{text[:place]}|{text[place:]}")

    assert count > len(texts) * 0.99
    assert broken == {}


PACKED = 12_000
"""How many texts go into one run of TeX."""


def set_in_lines(press: Press, texts: list[str], style: str) -> Iterator[list[list[Glyph]]]:
    """The lines of each text, set as a paragraph of its own."""
    every = "".join(sorted({c for c in "".join(texts) if c > "~"}))
    composed = press.compose(Workshop.source(issue(f"字{every}", f"punctuation.style: {style}")))
    foreign = served_by_chain(every, composed.faces.values())
    head = composed.tree.files["issue.tex"].decode().split("\\begin{document}")[0]
    for start in range(0, len(texts), PACKED):
        part = texts[start : start + PACKED]
        body = "\n\n".join(escape(text, foreign) for text in part)
        main = f"{head}\\begin{{document}}\n{body}\n\\end{{document}}\n".encode()
        tree = TexTree("issue.tex", {**composed.tree.files, "issue.tex": main})
        yield from taken_apart(part, measure(press.engine.typeset(tree).pdf).pages)


def taken_apart(texts: list[str], pages: Iterable[Page]) -> Iterator[list[list[Glyph]]]:
    """Which lines of the pages belong to which text."""
    lines = ([g for g in line if g.mark != Mark.ARTIFACT] for page in pages for line in page.lines)
    rest = filter(None, lines)
    for text in texts:
        taken: list[list[Glyph]] = []
        while sum(map(len, taken)) < len(text):
            taken.append(next(rest))
        assert sum(map(len, taken)) == len(text), text
        yield taken


MARKS = ["（）", "《》", "“”", "〔〕", "()", "【】", "「」"]
BETWEEN = ["、", "，", "；", "。", "：", "", " ", "、 ", ","]
INSIDE = ["5.2%", "甲", "甲乙", "甲乙丙法", "x", "2020", "学习强国平台", "12.5"]


def chains(count: int) -> Iterator[str]:
    """Chains of brackets as lists of names and figures have them."""
    chance = random.Random(0)
    for _ in range(count):
        between, pair = chance.choice(BETWEEN), chance.choice(MARKS)
        links = [pair[0] + chance.choice(INSIDE) + pair[1] for _ in range(chance.randint(4, 16))]
        yield (
            chance.choice(["", "甲", "甲乙丙"])
            + between.join(links)
            + chance.choice(["", "。", "等。"])
        )


@pytest.mark.parametrize("layout", ["classic", "newsletter"])
@pytest.mark.parametrize("style", STYLES)
def test_chains_of_brackets_are_set(press: Press, style: str, layout: str) -> None:
    """A line breaks between a closing mark and an opening one; nothing is refused."""
    lines = "".join(f"    - '{text}'\n" for text in chains(60))
    text = f"{HEAD}layout: {layout}\noptions: {{punctuation.style: {style}}}\narticles:\n  body:\n{lines}"
    proof = press.prove(press.compose(Workshop.source(text)))

    assert errors_among(proof.findings) == ()
    assert {finding.code for finding in proof.findings} <= {"JB305"}


def test_the_breaks_of_a_chain_stand_between_its_marks(workshop: Workshop) -> None:
    """The case for which pages were refused: no break at all was found."""
    (page,) = measure(
        workshop.pdf(
            issue("前十个月增幅分别为" + "、".join(f"（{n}.5%）" for n in range(1, 11)) + "。")
        )
    ).pages
    lines = [
        "".join(g.text for g in line)
        for line in page.body_lines(workshop.compose(issue("正文。")).subject.layout.grid)
    ]

    assert len(lines) == 2
    assert lines[0].endswith("、")
    assert lines[1].startswith("（")


@pytest.mark.parametrize("style", STYLES)
def test_what_hangs_by_rule_is_inside(press: Press, style: str) -> None:
    """A full-width mark before a half-width one or a space at the end of a line."""
    ends = [
        full + after
        for full in "，。、；：！？”’）》】"
        for after in ["!", ")", "?", ":", "]", ",", ".", "%", " DeepSeek", "“", "（"]
    ]
    body = "\n".join(FILLER[:offset] + end + REST for end in ends for offset in (24, 25, 26))
    proof = press.prove(press.compose(Workshop.source(issue(body, f"punctuation.style: {style}"))))

    assert [finding.code for finding in proof.findings if finding.code != "JB163"] == []


@pytest.mark.parametrize("offset", [19, 20, 21, 22])
@pytest.mark.parametrize("word", ["H₂O", "10⁻³", "PM₂.₅", "Xi’an", "nǐ", "1∶500", "≥80%"])
def test_a_word_is_one_piece_in_one_font(workshop: Workshop, word: str, offset: int) -> None:
    """Wherever it stands in its line; the letters touch each other as in one word."""
    text = issue(FILLER[:offset] + word + "的有关要求已经印发各地")
    (page,) = measure(workshop.pdf(text)).pages
    glyphs = [g for g in page.glyphs if g.mark == ""]
    start = next(i for i, g in enumerate(glyphs) if g.text == FILLER[offset - 1]) + 1
    piece = glyphs[start : start + len(word)]

    assert len({g.baseline for g in piece}) == 1
    assert len({g.font for g in piece}) == 1
    assert all(b.x - a.x < 1.01 * a.size_bp * MM_PER_BP for a, b in itertools.pairwise(piece))


@pytest.mark.parametrize("ending", ["。", "", "）。", "”", "！"])
def test_a_lone_character_takes_one_other_along(workshop: Workshop, ending: str) -> None:
    """The line above gives one character, not two."""
    text = issue("国" * 55 + ending)
    (page,) = measure(workshop.pdf(text)).pages
    grid = workshop.compose(text).subject.layout.grid
    lengths = [sum(g.text == "国" for g in line) for line in page.body_lines(grid)]

    assert lengths == [26, 27, 2]


@pytest.mark.parametrize("layout", ["classic", "newsletter"])
def test_rows_of_one_character_are_set(press: Press, layout: str) -> None:
    """Hostile text: whatever the character, a line ends somewhere."""
    rows = "".join(f"    - {c * 70!r}\n" for c in "）（)。一々—…１/第'年a")
    text = f"{HEAD}layout: {layout}\narticles:\n  body:\n{rows}"

    assert errors_among(press.prove(press.compose(Workshop.source(text))).findings) == ()
