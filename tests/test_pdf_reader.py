"""Our own reader of pages: its state machine follows the instructions as the standard says."""

from __future__ import annotations

import pikepdf
import pytest

from jianbao_tex.agreement import differences
from jianbao_tex.grid import MM_PER_BP
from jianbao_tex.measure import measure
from jianbao_tex.pages import Page
from workshop import Workshop
from written_pages import ISSUE, TEXT, Sample, own, witnessed


@pytest.fixture(scope="module")
def sample(workshop: Workshop) -> Sample:
    return Sample(workshop.pdf(ISSUE))


def origins(page: Page) -> list[tuple[str, float, float]]:
    """Each character with its origin in bp from the lower left corner."""
    return [
        (g.text, round(g.x / MM_PER_BP, 3), round((page.height - g.baseline) / MM_PER_BP, 3))
        for g in page.glyphs
    ]


# --- The state machine ------------------------------------------------------------------------

PLACES: dict[str, tuple[str, list[tuple[str, float, float]]]] = {
    "one string": (TEXT, [("甲", 100, 500), ("乙", 110, 500)]),
    "numbers of TJ move to the left": (
        "BT /H 10 Tf 100 500 Td [{甲}-500{乙}250{丙}] TJ ET",
        [("甲", 100, 500), ("乙", 115, 500), ("丙", 122.5, 500)],
    ),
    "nested states": (
        f"q 1 0 0 1 0 30 cm q 2 0 0 2 0 0 cm {TEXT} Q {TEXT} Q {TEXT}",
        [
            *(("甲", 200, 1030), ("乙", 220, 1030), ("甲", 100, 530), ("乙", 110, 530)),
            *(("甲", 100, 500), ("乙", 110, 500)),
        ],
    ),
    "matrices in their order": (
        f"q 1 0 0 1 50 0 cm 2 0 0 1 0 0 cm {TEXT} Q",
        [("甲", 250, 500), ("乙", 270, 500)],
    ),
    "space after each character": (
        "BT /H 10 Tf 2 Tc 100 500 Td {甲乙} Tj {丙} Tj ET",
        [("甲", 100, 500), ("乙", 112, 500), ("丙", 124, 500)],
    ),
    "no space between words of two-byte codes": (
        "BT /H 10 Tf 7 Tw 100 500 Td {甲乙} Tj ET",
        [("甲", 100, 500), ("乙", 110, 500)],
    ),
    "condensed": (
        "BT /H 10 Tf 50 Tz 2 Tc 100 500 Td [{甲}-1000{乙}] TJ ET",
        [("甲", 100, 500), ("乙", 111, 500)],
    ),
    "raised": (
        "BT /H 10 Tf 100 500 Td {甲} Tj 3 Ts {乙} Tj 0 Ts {丙} Tj ET",
        [("甲", 100, 500), ("乙", 110, 503), ("丙", 120, 500)],
    ),
    "lines": (
        "BT /H 10 Tf 14 TL 100 500 Td {甲} Tj T* {乙} Tj 5 -20 TD {丙} Tj {甲} ' ET",
        [("甲", 100, 500), ("乙", 100, 486), ("丙", 105, 466), ("甲", 105, 446)],
    ),
    "a matrix of text": (
        "BT /H 1 Tf 10 0 0 12 100 500 Tm {甲} Tj 1 1 Td {乙} Tj ET",
        [("甲", 100, 500), ("乙", 110, 512)],
    ),
    "turned": (
        "BT /H 10 Tf 0 1 -1 0 100 500 Tm {甲乙} Tj ET",
        [("甲", 100, 500), ("乙", 100, 510)],
    ),
    "each text object begins at the origin": (
        f"{TEXT} BT 1 1 Td {{丙}} Tj ET",
        [("甲", 100, 500), ("乙", 110, 500), ("丙", 1, 1)],
    ),
    "the state of text outlives its object": (
        "q BT /H 10 Tf 2 Tc 100 500 Td {甲} Tj ET BT 100 400 Td {甲乙} Tj ET Q",
        [("甲", 100, 500), ("甲", 100, 400), ("乙", 112, 400)],
    ),
    "in the order of the content": (
        "BT /H 10 Tf 300 500 Td {甲} Tj -100 0 Td {乙} Tj ET",
        [("甲", 300, 500), ("乙", 200, 500)],
    ),
    "nothing": ("BT /H 10 Tf [] TJ <> Tj 100 500 Td [-500] TJ {甲} Tj ET", [("甲", 105, 500)]),
    "in front of a light ground": (
        f"0.9 g 90 490 100 50 re f 0 g {TEXT}",
        [("甲", 100, 500), ("乙", 110, 500)],
    ),
    "in a clip": (f"q 0 0 600 800 re W n {TEXT} Q", [("甲", 100, 500), ("乙", 110, 500)]),
    "struck out": (f"{TEXT} 90 504 m 300 504 l S", [("甲", 100, 500), ("乙", 110, 500)]),
}


@pytest.mark.parametrize("name", PLACES)
def test_each_character_has_its_origin(sample: Sample, name: str) -> None:
    """As ISO 32000-1, 9.4 says; pdfium says the same of all that follows from it."""
    body, expected = PLACES[name]
    pdf = sample.pdf(body)
    page = own(pdf)

    assert origins(page) == expected
    assert [*differences(page, witnessed(pdf))] == []


def test_a_character_has_the_size_of_its_upright_axis(sample: Sample) -> None:
    body = "q 2 0 0 2 0 0 cm BT /H 10 Tf 0 1.5 -1.5 0 100 300 Tm {甲} Tj ET Q"

    assert [g.size_bp for g in own(sample.pdf(body)).glyphs] == pytest.approx([30])


def test_marks_are_those_of_the_innermost_content(sample: Sample) -> None:
    """Nested, with and without properties, across text objects."""
    body = (
        "/A BMC BT /H 10 Tf 100 500 Td {甲} Tj /B <</X 1>> BDC {乙} Tj EMC {丙} Tj ET EMC "
        "BT 100 400 Td {甲} Tj ET"
    )
    pdf = sample.pdf(body)

    assert [g.mark for g in own(pdf).glyphs] == ["A", "B", "A", ""]
    assert [*differences(own(pdf), witnessed(pdf))] == []


BP = MM_PER_BP
PATHS: dict[str, tuple[str, list[tuple[float, float, float, float]]]] = {
    "a stroked line": ("3 w 100 500 m 300 500 l S", [(100, 501.5, 200, 3)]),
    "a filled rectangle": ("100 500 200 4 re f", [(100, 504, 200, 4)]),
    "a rectangle of lines": (
        "100 500 m 300 500 l 300 504 l 100 504 l h f",
        [(100, 504, 200, 4)],
    ),
    "a rectangle to the left and down": ("300 504 -200 -4 re f", [(100, 504, 200, 4)]),
    "moved": ("q 1 0 0 1 10 20 cm 100 500 200 4 re f Q", [(110, 524, 200, 4)]),
    "the width comes back": (
        "q 3 w Q 100 500 m 300 500 l S",
        [(100, 500.5, 200, 1)],
    ),
    "from top to bottom": (
        "100 400 200 4 re f 100 500 200 4 re f",
        [(100, 504, 200, 4), (100, 404, 200, 4)],
    ),
    "a short line is none": ("100 500 m 120 500 l S", []),
    "an upright line is none": ("100 500 m 100 700 l S", []),
    "a large area is none": ("100 500 200 100 re f", []),
    "a path that is not painted": ("100 500 200 4 re n", []),
    "a beginning that nothing follows": (
        "5 5 m 100 500 m 300 500 l 900 900 m S",
        [(100, 500.5, 200, 1)],
    ),
    "dashed": ("[3 2] 0 d 1 J 100 500 m 300 500 l S", [(100, 500.5, 200, 1)]),
    "two lines in one path": (
        "100 500 m 300 500 l 100 510 m 300 510 l S",
        [(100, 505.5, 200, 1)],
    ),
}


@pytest.mark.parametrize("name", PATHS)
def test_each_rule_has_its_place(sample: Sample, name: str) -> None:
    """Its left edge, its top, its width and its thickness."""
    body, expected = PATHS[name]
    pdf = sample.pdf(body)
    page = own(pdf)
    rules = [
        (r.left / BP, (page.height - r.top) / BP, r.width / BP, r.thickness / BP)
        for r in page.rules
    ]

    assert [n for rule in rules for n in rule] == pytest.approx([n for r in expected for n in r])
    assert [*differences(page, witnessed(pdf))] == []


def test_a_picture_has_the_box_of_its_square(sample: Sample) -> None:
    """Also where it is turned."""

    def with_picture(document: pikepdf.Pdf) -> None:
        picture = document.make_stream(b"\x80", Type=pikepdf.Name.XObject)
        picture.update({"/Subtype": pikepdf.Name.Image, "/Width": 1, "/Height": 1})
        picture.update({"/ColorSpace": pikepdf.Name.DeviceGray, "/BitsPerComponent": 8})
        document.pages[0].Resources.XObject = pikepdf.Dictionary(P=picture)

    pdf = sample.pdf(
        "q 100 0 0 50 200 300 cm /P Do Q q 0 100 -50 0 200 300 cm /P Do Q", with_picture
    )
    page = own(pdf)
    boxes = [
        (s.left / BP, (page.height - s.bottom) / BP, s.right / BP, (page.height - s.top) / BP)
        for s in page.shapes
    ]

    assert [n for box in boxes for n in box] == pytest.approx(
        [200, 300, 300, 350, 150, 300, 200, 400]
    )
    assert measure(pdf).pages[0].pictures == 1
    assert [*differences(measure(pdf).pages[0], witnessed(pdf))] == []


def test_colours_are_those_in_force_where_something_is_painted(sample: Sample) -> None:
    """Of text and areas the one colour, of lines the other; a colour alone paints nothing."""
    body = (
        f"1 0 0 rg 0 1 0 RG {TEXT} q 0 0 1 .5 K 10 10 m 20 10 l S Q 10 10 m 20 10 l S "
        "0.25 g 0.75 G q .9 g Q 10 10 5 5 re f"
    )
    pdf = sample.pdf(body)

    assert own(pdf).colours == {
        ("rg", "1", "0", "0"),
        ("k", "0", "0", "1", "0.5"),
        ("rg", "0", "1", "0"),
        ("g", "0.25"),
    }
    assert [*differences(own(pdf), witnessed(pdf))] == []
