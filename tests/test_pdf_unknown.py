"""What our own reader of pages does not know is left to pdfium."""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from typing import Any

import pikepdf
import pytest

from jianbao_tex.agreement import differences
from jianbao_tex.measure import measure
from jianbao_tex.pages import Hidden
from jianbao_tex.pdf_reader import Unknown
from jianbao_tex.pdf_reader.colours import CLEAR_CONTRAST, WHITE, ink_of
from workshop import Workshop
from written_pages import ISSUE, TEXT, Change, Sample, own, witnessed


@pytest.fixture(scope="module")
def sample(workshop: Workshop) -> Sample:
    return Sample(workshop.pdf(ISSUE))


def with_resources(**entries: Any) -> Change:
    def change(document: pikepdf.Pdf) -> None:
        for kind, items in entries.items():
            document.pages[0].Resources[f"/{kind}"] = pikepdf.Dictionary(items)

    return change


def with_form(document: pikepdf.Pdf) -> None:
    form = document.make_stream(b"0 0 10 10 re f")
    form.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Form})
    form.BBox = pikepdf.Array([0, 0, 10, 10])
    document.pages[0].Resources.XObject = pikepdf.Dictionary(F=form)


def with_page_key(key: str, value: Any) -> Change:
    def change(document: pikepdf.Pdf) -> None:
        document.pages[0].obj[key] = value

    return change


STATES = with_resources(
    ExtGState={
        "/Half": pikepdf.Dictionary(ca=0.5),
        "/Dark": pikepdf.Dictionary(BM=pikepdf.Name.Multiply),
        "/Mask": pikepdf.Dictionary(SMask=pikepdf.Dictionary(S=pikepdf.Name.Luminosity)),
        "/Font": pikepdf.Dictionary(Font=pikepdf.Array([])),
        "/Over": pikepdf.Dictionary(OP=True, op=True, OPM=1),
    }
)
OTHER = "BT /H 10 Tf 100 600 Td {丙丁} Tj ET"
UNKNOWN: dict[str, tuple[str, Change | None]] = {
    **{f"mode {mode}": (f"{mode} Tr {TEXT}", None) for mode in range(1, 8)},
    "white": (f"1 g {TEXT}", None),
    "nearly white": (f"0 0 0 .1 k {TEXT}", None),
    "light grey on white": (f".7 g {TEXT}", None),
    "no contrast to the ground": (f"90 490 100 50 re f {TEXT}", None),
    "mixed inks on mixed inks": (f"1 0 0 0 k 90 490 99 50 re f 0 1 1 0 k {TEXT}", None),
    "grey on mixed inks": (f"0 .8 .8 0 k 90 490 99 50 re f .1 g {TEXT}", None),
    "mixed inks on grey": (f"0 g 90 490 99 50 re f 0 .1 .1 0 k {TEXT}", None),
    "under a rectangle": (f"{TEXT} 1 g 90 490 100 50 re f", None),
    "under a triangle": (f"{TEXT} 90 490 m 200 490 l 90 600 l h f", None),
    "on a triangle": (f"90 490 m 300 490 l 90 700 l h f 1 g {TEXT}", None),
    "on a ground that is cut off": (f"q 0 0 9 9 re W n 90 490 99 50 re f Q 1 g {TEXT}", None),
    "under a bow": (f"{TEXT} 90 490 m 200 600 l 200 490 l 90 600 l h f", None),
    "under a thick line": (f"{TEXT} 30 w 90 505 m 200 505 l S", None),
    "under a corner": (f"{TEXT} 8 w 100 469 m 104 484 l 108 469 l S", None),
    "sharper corners": (f"30 M {TEXT}", None),
    "outside of a clip": (f"q 0 0 9 9 re W n {TEXT} Q", None),
    "outside of an inner clip": (f"q 0 0 600 800 re W n 0 0 9 9 re W n {TEXT} Q", None),
    "the second text under a rectangle": (f"{OTHER} {TEXT} 1 g 90 490 100 50 re f", None),
    "the second text outside of a clip": (f"{OTHER} q 0 0 9 9 re W n {TEXT} Q", None),
    "a clip of a triangle": (f"q 0 0 m 900 0 l 0 900 l h W n {TEXT} Q", None),
    "a clip without a path": (f"q W n {TEXT} Q", None),
    "a pattern": (f"/Pattern cs /P scn {TEXT}", None),
    "an ink of its own": (f"/Red cs 1 scn {TEXT}", None),
    "a shading": (f"/S sh {TEXT}", None),
    "half opaque": (f"/Half gs {TEXT}", STATES),
    "blended": (f"/Dark gs {TEXT}", STATES),
    "a soft mask": (f"/Mask gs {TEXT}", STATES),
    "a font in a state": (f"/Font gs {TEXT}", STATES),
    "a state that is not there": (f"/None gs {TEXT}", STATES),
    "a form": (f"/F Do {TEXT}", with_form),
    "an inline image": (f"BI /W 1 /H 1 /CS /G /BPC 8 ID A EI {TEXT}", None),
    "squeezed": ("BT /H 10 Tf 0.1 0 0 1 100 500 Tm {甲} Tj ET", None),
    "flat": ("BT /H 10 Tf 1 0 0 0 100 500 Tm {甲} Tj ET", None),
    "without size": ("BT /H 0 Tf 100 500 Td {甲} Tj ET", None),
    "upside down": ("BT /H -10 Tf 100 500 Td {甲} Tj ET", None),
    "without a font": ("BT 100 500 Td {甲} Tj ET", None),
    "a font that is not there": ("BT /None 10 Tf 100 500 Td {甲} Tj ET", None),
    "half a code": ("BT /H 10 Tf 100 500 Td (a) Tj ET", None),
    "printed twice": (f"{TEXT} BT /H 10 Tf 100.3 500 Td {{甲乙}} Tj ET", None),
    "printed again half a character aside": (
        f"{TEXT} BT /H 10 Tf 105 500 Td {{甲乙}} Tj ET",
        None,
    ),
    "a character printed twice": ("BT /H 10 Tf 100 500 Td [{甲乙}1000{乙}] TJ ET", None),
    "a character of two texts": (f"{TEXT} BT /H 10 Tf 110 500 Td {{乙}} Tj {{丙}} Tj ET", None),
    "a state inside of text": ("BT /H 10 Tf 100 500 Td q {甲} Tj Q {乙} Tj ET", None),
    "text in text": ("BT /H 10 Tf 100 500 Td BT {甲} Tj ET", None),
    "text outside of text": ("/H 10 Tf {甲} Tj", None),
    "a place outside of text": (f"100 500 Td {TEXT}", None),
    "a matrix outside of text": (f"1 0 0 1 5 5 Tm {TEXT}", None),
    "an empty string in an array": ("BT /H 10 Tf 100 500 Td [{甲}90<>] TJ {乙} Tj ET", None),
    "a text of its own": (f"/Span <</ActualText (x)>> BDC {TEXT} EMC", None),
    "properties in the resources": (f"/Span /P BDC {TEXT} EMC", None),
    "optional content": (f"/OC <<>> BDC {TEXT} EMC", None),
    "an end without a beginning": (f"EMC {TEXT}", None),
    "Q without q": (f"Q {TEXT}", None),
    "an operator that nobody knows": (f"xyz {TEXT}", None),
    "operands that are missing": (f"1 0 0 cm {TEXT}", None),
    "operands of another kind": (f"/A w {TEXT}", None),
    "the thinnest line": (f"0 w 100 300 m 200 300 l S {TEXT}", None),
    "a line that is scaled": (f"q 2 0 0 2 0 0 cm 50 50 m 150 50 l S Q {TEXT}", None),
    "a long line that is not level": (f"100 300 m 200 310 l S {TEXT}", None),
    "a long curve": (f"100 300 m 120 320 180 320 200 300 c S {TEXT}", None),
    "a side that closes a path": (f"100 300 m 200 300 l 200 310 l h S {TEXT}", None),
    "filled and stroked": (f"100 300 200 10 re B {TEXT}", None),
    "a turned sheet": (TEXT, with_page_key("/Rotate", 90)),
    "a sheet in other units": (TEXT, with_page_key("/UserUnit", 2)),
    "a transparent sheet": (
        TEXT,
        with_page_key("/Group", pikepdf.Dictionary(S=pikepdf.Name.Transparency)),
    ),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_is_left_to_pdfium(sample: Sample, name: str) -> None:
    """The page is then as pdfium reads it, to the last digit."""
    body, change = UNKNOWN[name]
    pdf = sample.pdf(body, change)

    with pytest.raises(Unknown):
        own(pdf)
    assert measure(pdf).pages == (witnessed(pdf),)


def test_what_pdfium_finds_hidden_our_reader_never_calls_shown(sample: Sample) -> None:
    """Of all that is not known, so much hides the text."""
    hidden: Sequence[str] = [
        name
        for name, (body, change) in UNKNOWN.items()
        if any(glyph.hidden for glyph in measure(sample.pdf(body, change)).pages[0].glyphs)
    ]

    assert {"mode 3", "white", "under a rectangle", "outside of a clip", "half opaque"} <= {*hidden}
    assert len(hidden) >= 15


@pytest.mark.parametrize(
    "colours",
    ["0 .8 .8 0 k {} 1 g", "0 .8 .8 0 k {} 0 0 0 0 k", "1 g {} 0 .8 .8 0 k", "0 0 0 1 k {} 1 g"],
)
def test_white_and_any_ink_can_be_compared(sample: Sample, colours: str) -> None:
    """The name on a red band."""
    pdf = sample.pdf(colours.format("90 490 99 50 re f") + " " + TEXT)

    assert [g.hidden for g in own(pdf).glyphs] == [Hidden.NO] * 2
    assert [*differences(own(pdf), witnessed(pdf))] == []


def test_what_differs_clearly_from_white_does_so_for_pdfium(sample: Sample) -> None:
    """All mixtures of four inks in steps of a quarter; pdfium converts them by a table."""
    shares = (0, 0.25, 0.5, 0.75, 1)
    mixtures = itertools.product(shares, repeat=4)
    inks = [ink_of("k", mixture) for mixture in mixtures]
    clear = [ink for ink in inks if 255 - min(ink.rgb or WHITE) >= CLEAR_CONTRAST]
    words = [f"{' '.join(ink.name[1:])} k 100 {n} Td {{甲}} Tj" for n, ink in enumerate(clear)]
    page = witnessed(sample.pdf("BT /H 1 Tf " + " ".join(words) + " ET"))

    assert len(page.glyphs) == len(clear) > 500
    assert {glyph.hidden for glyph in page.glyphs} == {Hidden.NO}


def test_a_state_without_opacity_is_known(sample: Sample) -> None:
    """Overprinting hides nothing."""
    pdf = sample.pdf(f"/Over gs {TEXT}", STATES)

    assert [g.hidden for g in own(pdf).glyphs] == [Hidden.NO] * 2
    assert [*differences(own(pdf), witnessed(pdf))] == []


def test_only_the_pages_that_are_not_known_are_left_to_pdfium(sample: Sample) -> None:
    """The other pages stay as our own reader has them."""
    with pikepdf.open(io.BytesIO(sample.pdf(TEXT))) as document:
        document.pages.append(document.pages[0])
        document.pages[1].Contents = document.make_stream(
            document.pages[0].Contents.read_bytes() + b" /S sh"
        )
        buffer = io.BytesIO()
        document.save(buffer)
    first, second = measure(buffer.getvalue()).pages

    assert (first.number, second.number) == (1, 2)
    assert first.glyphs == own(sample.pdf(TEXT)).glyphs
    assert second.glyphs == witnessed(sample.pdf(f"{TEXT} /S sh")).glyphs
