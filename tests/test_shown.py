"""Text that paper does not show: each way to hide it, and what only looks like one."""

from __future__ import annotations

import dataclasses

import pytest

from jianbao_tex.hooks import Hidden, MasterSubject
from jianbao_tex.master import Master
from jianbao_tex.measure import measure
from jianbao_tex.press import Press
from workshop import Workshop

# What stands before and after a text of six characters, and why the text is hidden.
# `content` moves the origin to the current point; `direct` does not.
Q, END = r"\special{pdf:literal direct q %s}", r"\special{pdf:literal direct Q}"
IN, OUT = r"\special{color push %s}", r"\special{color pop}"
BAR = IN + r"\vrule width 40mm height 6mm depth 2mm" + OUT
BEFORE = rf"\rlap{{\smash{{{BAR}}}}}"
HERE, AFTER = r"\rlap{", "}"
OVER = AFTER + r"\special{pdf:content %s}"
STATES = (
    r"\special{pdf:put @resources << /ExtGState << /JbNone << /ca 0 >> /JbHalf << /ca 0.4 >> "
    r"/JbDark << /BM /Darken >> >> >>}"
)
FORM = r"\special{pdf:bxobj @jb%s width 120bp height 15bp depth 5bp}"
PLACED = r"\special{pdf:exobj}\special{pdf:uxobj @jb%s}"
PICTURE = "q 120 0 0 30 0 -5 cm BI /W 1 /H 1 /CS /G /BPC 8 ID %s EI Q"
HIDING: dict[str, tuple[str, str, Hidden]] = {
    "mode 3": (Q % "3 Tr", END, Hidden.MODE),
    "mode 7": (Q % "7 Tr", END, Hidden.MODE),
    "clip": (Q % "0 0 1 1 re W n", END, Hidden.CLIPPED),
    "wide clip": (Q % "-99 -900 900 1000 re W n", END, Hidden.NO),
    "clip of a triangle": (Q % "0 0 m 9 0 l 0 9 l h W n", END, Hidden.CLIPPED),
    "no opacity": (STATES + Q % "/JbNone gs", END, Hidden.TRANSPARENT),
    "little opacity": (STATES + Q % "/JbHalf gs", END, Hidden.TRANSPARENT),
    "blended": (STATES + Q % "/JbDark gs", END, Hidden.TRANSPARENT),
    "white": (IN % "gray 1", OUT, Hidden.COLOUR),
    "nearly white": (IN % "cmyk 0 0 0 0.1", OUT, Hidden.COLOUR),
    "grey": (IN % "cmyk 0 0 0 0.3", OUT, Hidden.NO),
    "red": (IN % "rgb 1 0 0", OUT, Hidden.NO),
    "white on black": (BEFORE % "gray 0" + IN % "gray 1", OUT, Hidden.NO),
    "black on black": (BEFORE % "gray 0" + IN % "gray 0", OUT, Hidden.COLOUR),
    "one ink on three": (BEFORE % "rgb 0 0 0", "", Hidden.COLOUR),
    "black on red": (BEFORE % "rgb 1 0 0", "", Hidden.NO),
    "red on red": (BEFORE % "rgb 1 0 0" + IN % "rgb 1 0 0", OUT, Hidden.COLOUR),
    "under a black rule": (HERE, AFTER + BEFORE % "gray 0", Hidden.COVERED),
    "under a white rule": (HERE, AFTER + BEFORE % "gray 1", Hidden.COVERED),
    "struck out": (HERE, AFTER + r"\vrule width 40mm height 6bp depth -5bp", Hidden.NO),
    "underlined": (HERE, AFTER + r"\vrule width 40mm height -2bp depth 2.5bp", Hidden.NO),
    "under a picture": (HERE, OVER % (PICTURE % "A"), Hidden.COVERED),
    "on a picture": (OVER[1:] % (PICTURE % "~"), "", Hidden.NO),
    "under a triangle": (HERE, OVER % "q 0 g -99 -9 m 400 -9 l 0 22 l h f Q", Hidden.COVERED),
    "above a triangle": (HERE, OVER % "q 0 g -2 -20 m 400 -20 l 400 -15 l h f Q", Hidden.NO),
    "under a thick line": (HERE, OVER % "q 30 w 0 5 m 200 5 l S Q", Hidden.COVERED),
    "squeezed": (
        r"\special{x:gsave}\special{x:scale 0.05 1}",
        r"\special{x:grestore}",
        Hidden.SQUEEZED,
    ),
    "in a form": (FORM % "a", PLACED % "a", Hidden.NO),
    "hidden in a form": (FORM % "b" + Q % "3 Tr", END + PLACED % "b", Hidden.COVERED),
    "turned": (r"\special{x:gsave}\special{x:rotate 60}", r"\special{x:grestore}", Hidden.NO),
    "outlined": (Q % "1 Tr .4 w", END, Hidden.NO),
    "outlined in white": (Q % "1 Tr .4 w 0 0 0 0 K", END, Hidden.COLOUR),
}
NAMES = list(HIDING)
CHARACTERS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒日月"


def text_of(name: str) -> str:
    """Six characters for each way, the first of them its own."""
    return CHARACTERS[NAMES.index(name)] + "正文一二三"


@pytest.fixture(scope="module")
def subject(workshop: Workshop, press: Press) -> MasterSubject:
    """One issue with a paragraph for each way."""
    assert len(CHARACTERS) >= len(NAMES)
    body = "".join(f"      {text_of(name)}\n" for name in NAMES)
    composed = workshop.compose(f"masthead: {{name: 报}}\narticles:\n  - body: |\n{body}")
    main = composed.tree.files["issue.tex"].decode()
    for name, (before, after, _) in HIDING.items():
        text = text_of(name)
        assert main.count(text) == 1
        main = main.replace(text, f"\\mbox{{{before}{text}{after}}}")
    files = {**composed.tree.files, "issue.tex": main.encode()}
    tree = dataclasses.replace(composed.tree, files=files)
    changed = dataclasses.replace(composed.subject, tree=tree)
    proof = press.prove(dataclasses.replace(composed, subject=changed))
    measured = measure(proof.pdf)
    return changed.with_master(Master(proof.pdf, len(measured.pages)), measured)


def hidden_by_way(subject: MasterSubject) -> dict[str, set[Hidden]]:
    every = [glyph for page in subject.measured.pages for glyph in page.glyphs]
    whole = "".join(glyph.text for glyph in every)
    starts = {name: whole.index(text_of(name)) for name in NAMES}
    return {name: {g.hidden for g in every[start : start + 6]} for name, start in starts.items()}


def test_each_way_to_hide_text_is_known_by_its_reason(subject: MasterSubject) -> None:
    """And what only looks like one is none: print is white on red, too."""
    expected = {name: {hidden} for name, (_, _, hidden) in HIDING.items()}

    assert hidden_by_way(subject) == expected


def test_the_rendered_page_bears_witness(subject: MasterSubject) -> None:
    """Other code says the same: hidden text leaves no ink, all other text does."""
    # A tint is seen, though it is too light to read; so is what is squeezed or half transparent.
    seen = {"nearly white", "one ink on three", "little opacity", "blended", "squeezed"}
    missing = {id(glyph) for glyph in subject.without_ink}
    every = [glyph for page in subject.measured.pages for glyph in page.glyphs]
    whole = "".join(glyph.text for glyph in every)
    for name, (_, _, hidden) in HIDING.items():
        start = whole.index(text_of(name))
        count = sum(id(glyph) in missing for glyph in every[start : start + 6])

        assert count == (6 if hidden and name not in seen else 0), name


def test_hidden_text_is_named_at_its_place_with_the_reason(
    press: Press, subject: MasterSubject
) -> None:
    found = list(press.registry.checks["hidden-text"].run(subject))
    ways = [name for name in NAMES if HIDING[name][2]]

    assert len(found) == len(ways)
    for finding, name in zip(found, ways, strict=True):
        place = finding.where
        assert place.text[place.column - 1 : place.end_column - 1] == text_of(name)
        assert finding.message.endswith(f": {text_of(name)}")
    assert len({finding.message.split(",")[1].split(":")[0] for finding in found}) == 6


def test_turned_text_has_the_size_of_its_type(press: Press, subject: MasterSubject) -> None:
    """A label at the side of a chart is not too small because it stands on end."""
    every = [glyph for page in subject.measured.pages for glyph in page.glyphs]
    start = "".join(glyph.text for glyph in every).index(text_of("turned"))

    assert {round(g.size_bp, 1) for g in every[start : start + 6]} == {15.8}
    assert list(press.registry.checks["small-text"].run(subject)) == []


@pytest.mark.parametrize(("size", "is_reported"), [(8.5, False), (8.3, True), (0.01, True)])
def test_text_smaller_than_an_index_is_refused(
    press: Press, subject: MasterSubject, size: float, is_reported: bool
) -> None:
    """Seven tenths of the smallest type of the layout: nobody reads what is smaller."""
    small = [
        g._replace(size_bp=size) if g.text == CHARACTERS[0] else g
        for g in subject.measured.pages[0].glyphs
    ]
    page = dataclasses.replace(subject.measured.pages[0], glyphs=tuple(small))
    pages = (page, *subject.measured.pages[1:])
    changed = dataclasses.replace(
        subject, measured=dataclasses.replace(subject.measured, pages=pages)
    )

    assert bool(list(press.registry.checks["small-text"].run(changed))) == is_reported
