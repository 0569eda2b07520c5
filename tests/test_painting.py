"""Pages written in the inks of a mode, seen by the code that proves files, and by Ghostscript."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

import printers
from jianbao_tex.prepress.inks import Gray, Mode, Plate, Preprinted, Process, Screen, Spot, tone_of
from jianbao_tex.prepress.painting import Painter
from jianbao_tex.prepress.seeing import SeenPage, read_pages
from jianbao_tex.prepress.sheet import tint_of

RED = (0.0, 0.8, 0.8, 0.0)
SQUARE = b" 10 10 80 80 re f "
INK = "Red"


def page(content: bytes, **resources: pikepdf.Object) -> pikepdf.Pdf:
    """A page of 100 points that draws something."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(100, 100))
    document.pages[0].Resources = pikepdf.Dictionary(**resources)
    document.pages[0].Contents = document.make_stream(content)
    return document


def painted(document: pikepdf.Pdf, mode: Mode) -> pikepdf.Pdf:
    spaces = {}
    if isinstance(mode, Spot):
        names = [pikepdf.Name.Separation, pikepdf.Name(f"/{INK}"), pikepdf.Name.DeviceCMYK]
        spaces["JbSpot"] = pikepdf.Array([*names, tint_of(document, RED)])
    Painter(document, mode, RED, spaces).paint()
    return document


def look(document: pikepdf.Pdf) -> SeenPage:
    return read_pages(document)[0]


def separated(document: pikepdf.Pdf, folder: Path) -> dict[str, float]:
    """How much of the middle of the page each plate prints, from 0 to 1."""
    document.save(folder / "a.pdf")
    plates = printers.separations(folder / "a.pdf", 1, folder, dpi=72)
    return {ink: round(1 - plate.getpixel((50, 50)) / 255, 1) for ink, plate in plates.items()}


COLOURS = {
    "black": (b"0 0 0 1 k", {"Black": 1.0}),
    "device black": (b"0 g", {"Black": 1.0}),
    "screen black": (b"0 0 0 rg", {"Black": 1.0}),
    "half black": (b"0.5 g", {"Black": 0.5}),
    "red": (b"0 0.8 0.8 0 k", {INK: 1.0}),
    "half red": (b"0 0.4 0.4 0 k", {INK: 0.5}),
    "paper": (b"0 0 0 0 k", {}),
    "space": (b"/DeviceCMYK cs 0 0.8 0.8 0 sc", {INK: 1.0}),
    "begun": (b"/DeviceRGB cs", {"Black": 1.0}),
    "after the group": (b"0 0.8 0.8 0 k q 0 g Q", {INK: 1.0}),
    "in the group": (b"0 g q 0 0.8 0.8 0 k", {INK: 1.0}),
}


@pytest.mark.parametrize("name", COLOURS)
def test_each_colour_is_on_its_plate(name: str, tmp_path: Path) -> None:
    """Ghostscript finds the amount of ink on the plate where it is due, and nothing elsewhere."""
    operators, due = COLOURS[name]
    found = separated(painted(page(operators + SQUARE), Spot()), tmp_path)

    assert {ink: amount for ink, amount in found.items() if amount} == due


OVER_RED = b"0 0.8 0.8 0 k 0 0 100 100 re f "
UPON = {
    "black": (b"0 g", {"Black": 1.0, INK: 1.0}),
    "half black": (b"0.5 g", {"Black": 0.5}),
    "paper": (b"1 g", {}),
    "another colour": (b"0 0 1 rg", {"Black": 0.9}),
}


@pytest.mark.parametrize("name", UPON)
def test_what_lies_on_red_is_on_the_plates_as_on_the_master(name: str, tmp_path: Path) -> None:
    """Full black is printed over red, all else leaves it free; plates by themselves agree."""
    operators, due = UPON[name]
    content = OVER_RED + operators + SQUARE
    found = separated(painted(page(content), Spot()), tmp_path)
    apart = {
        ink: separated(painted(page(content), Plate(plate)), tmp_path)["Black"]
        for ink, plate in ((INK, "red"), ("Black", "black"))
    }

    assert {ink: amount for ink, amount in found.items() if amount} == due
    assert {ink: amount for ink, amount in apart.items() if amount} == due


def form(document: pikepdf.Pdf, content: bytes) -> pikepdf.Object:
    made = document.make_stream(content)
    made.Type, made.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    made.BBox = pikepdf.Array([0, 0, 100, 100])
    return made


def test_a_form_is_painted_in_the_colour_that_it_is_placed_with() -> None:
    """Once in red and once in black: neither is lost on its plate."""
    document = page(b"0 0.8 0.8 0 k /F Do 0 g 1 0 0 1 5 5 cm /F Do")
    document.pages[0].Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(F=form(document, SQUARE))
    )

    assert look(painted(document, Spot())).plates == {INK, "Black"}


def test_a_form_within_itself_ends() -> None:
    document = page(b"/F Do")
    inner = form(document, SQUARE + b"/F Do")
    inner.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner))
    document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner))

    assert look(painted(document, Spot())).plates == {"Black"}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (b"0 Tr 0 0.8 0.8 0 k", b""),
        (b"2 Tr 0 0.8 0.8 0 k 0 0.8 0.8 0 K", b""),
        (b"2 Tr 0 0.8 0.8 0 k 0 G", b"1 Tr\n(A) Tj\n2 Tr"),
        (b"2 Tr 0 g 0 0.8 0.8 0 K", b"0 Tr\n(A) Tj\n2 Tr"),
        (b"1 Tr 0 0.8 0.8 0 K", b""),
        (b"0 Tr 0 g", b"(A) Tj"),
    ],
)
def test_red_text_is_left_out_in_every_mode_of_text(text: bytes, left: bytes) -> None:
    """On paper that is red already nothing red is printed black."""
    document = painted(page(b"BT " + text + b" (A) Tj ET"), Preprinted())
    content = document.pages[0].Contents.read_bytes()

    assert (b"(A) Tj" in content) == bool(left)
    assert left in content


@pytest.mark.parametrize("word", [b"(A) '", b'1 2 (A) "'])
def test_a_line_that_is_left_out_is_still_a_line(word: bytes) -> None:
    document = painted(page(b"BT 0 0.8 0.8 0 k " + word + b" 0 g (B) Tj ET"), Preprinted())
    content = document.pages[0].Contents.read_bytes()

    assert b"T*" in content
    assert b"(A)" not in content


@pytest.mark.parametrize("mode", [Process(), Screen((0.8, 0.1, 0.1))])
def test_a_colour_space_of_its_own_stays_where_hues_stay(mode: Mode) -> None:
    gold = [pikepdf.Name.Separation, pikepdf.Name.Gold, pikepdf.Name.DeviceCMYK]
    document = page(b"/Own cs 0.5 scn" + SQUARE + b"0 g" + SQUARE)
    space = pikepdf.Array([*gold, tint_of(document, (0, 0.2, 0.8, 0))])
    document.pages[0].Resources = pikepdf.Dictionary(ColorSpace=pikepdf.Dictionary(Own=space))

    assert look(painted(document, mode)).plates == {"Gold", "Black"}


@pytest.mark.parametrize("content", [b"/Own cs 0.5 scn" + SQUARE, b"/Own sh"])
def test_what_two_inks_cannot_be_is_reported(content: bytes) -> None:
    document = page(content)

    assert [number for number, _ in Painter(document, Gray(), RED).paint()] == [1]


def test_black_that_leaves_red_free_is_seen() -> None:
    """The proof looks at the state in which black is painted, not whether one is there."""
    document = painted(page(OVER_RED + b"0 g" + SQUARE), Spot())
    assert look(document).overprints

    content = document.pages[0].Contents.read_bytes()
    last = content.rindex(b"/JbOver11 gs")
    document.pages[0].Contents = document.make_stream(
        content[:last] + content[last:].replace(b"/JbOver11 gs", b"/JbOver01 gs")
    )
    assert not look(document).overprints


SHARES = st.floats(0, 1).map(lambda share: round(share, 2))


@given(st.tuples(SHARES, SHARES, SHARES, SHARES), st.sampled_from([Spot(), Gray(), Preprinted()]))
def test_no_colour_of_the_layout_reaches_another_plate(
    values: tuple[float, ...], mode: Mode
) -> None:
    """Whatever is drawn: two inks at most, and none where the colour is paper."""
    operators = " ".join(f"{v:g}" for v in values).encode() + b" k"
    found = look(painted(page(operators + SQUARE), mode))

    assert found.plates <= {INK, "Black"}
    assert bool(found.plates) == (
        tone_of(values, RED).ink != "paper"
        and not (isinstance(mode, Preprinted) and tone_of(values, RED).ink == "red")
        and _is_seen(values)
    )


def _is_seen(values: tuple[float, ...]) -> bool:
    """What is lighter than a step of eight bits is no ink."""
    return max(values) > 0.01


def test_a_document_that_was_painted_is_sound(tmp_path: Path) -> None:
    document = painted(page(OVER_RED + b"0 g" + SQUARE), Spot())
    document.save(tmp_path / "a.pdf")

    assert printers.qpdf_faults(tmp_path / "a.pdf") == ""
    assert pikepdf.open(io.BytesIO((tmp_path / "a.pdf").read_bytes())).pages
