"""Our own reader of pages: its state machine, its fonts, and what it leaves to pdfium."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pikepdf
import pytest

from jianbao_tex import content
from jianbao_tex.agreement import differences
from jianbao_tex.cancelling import never_cancelled
from jianbao_tex.grid import MM_PER_BP
from jianbao_tex.measure import measure
from jianbao_tex.pages import Hidden, Page
from jianbao_tex.pdf_reader import Shelf, Unknown, read_page
from jianbao_tex.pdf_reader.programs import boxes_of
from jianbao_tex.witness import witnessed_pages
from workshop import Workshop

ISSUE = """
masthead: {name: 报}
articles: {body: '甲乙丙丁戊己庚辛𬱖fi12'}
"""
HEIGHT_BP = 841.89
Change = Callable[[pikepdf.Pdf], None]


class Sample:
    """A page with the fonts of a real issue and instructions written by hand."""

    def __init__(self, pdf: bytes) -> None:
        self._pdf = pdf
        with pikepdf.open(io.BytesIO(pdf)) as document:
            fonts = document.pages[0].resources["/Font"]
            self.codes: dict[str, tuple[str, int]] = {}
            for name, font in fonts.items():
                for code, text in content.characters_of(font).items():
                    self.codes[text] = (str(name), code)

    @property
    def han(self) -> str:
        """The name of the font of 甲."""
        return self.codes["甲"][0]

    def hex(self, text: str) -> str:
        return "".join(f"{self.codes[character][1]:04x}" for character in text)

    def pdf(self, body: str, change: Change | None = None) -> bytes:
        """
        A PDF of one page; in the instructions, {甲乙} is a string of these characters and /H
        the name of their font.
        """
        for text in ("甲乙丙丁", "甲乙", "丙丁", "甲", "乙", "丙"):
            body = body.replace("{" + text + "}", f"<{self.hex(text)}>")
        body = body.replace("/H ", f"{self.han} ")
        with pikepdf.open(io.BytesIO(self._pdf)) as document:
            del document.pages[1:]
            document.pages[0].Contents = document.make_stream(body.encode())
            if change:
                change(document)
            buffer = io.BytesIO()
            document.save(buffer)
        return buffer.getvalue()


@pytest.fixture(scope="module")
def sample(workshop: Workshop) -> Sample:
    return Sample(workshop.pdf(ISSUE))


def own(pdf: bytes) -> Page:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return read_page(1, document.pages[0], 0, Shelf())


def witnessed(pdf: bytes) -> Page:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (page,) = witnessed_pages(pdf, {1: document.pages[0]}, never_cancelled)
    return page


def origins(page: Page) -> list[tuple[str, float, float]]:
    """Each character with its origin in bp from the lower left corner."""
    return [
        (g.text, round(g.x / MM_PER_BP, 3), round((page.height - g.baseline) / MM_PER_BP, 3))
        for g in page.glyphs
    ]


# --- The state machine ------------------------------------------------------------------------

TEXT = "BT /H 10 Tf 100 500 Td {甲乙} Tj ET"
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


# --- Fonts ------------------------------------------------------------------------------------


def test_a_rare_character_is_one(sample: Sample) -> None:
    """Two surrogates of UTF-16 in the map of the font, one character on the page."""
    name, code = sample.codes["𬱖"]
    pdf = sample.pdf(f"BT {name} 10 Tf 100 500 Td <{code:04x}> Tj ET")

    assert [g.text for g in own(pdf).glyphs] == ["𬱖"]
    assert [*differences(own(pdf), witnessed(pdf))] == []


def font_of(document: pikepdf.Pdf, name: str) -> Any:
    return document.pages[0].Resources.Font[name]


def with_texts(sample: Sample, texts: Mapping[str, str]) -> Change:
    """The map of the font of 甲, with other characters for some codes."""

    def change(document: pikepdf.Pdf) -> None:
        font = font_of(document, sample.han)
        codes = {sample.codes[old][1]: new for old, new in texts.items()}
        font.ToUnicode = document.make_stream(
            content.to_unicode({**content.characters_of(font), **codes})
        )

    return change


@pytest.mark.parametrize(
    ("text", "expected"), [("天地", "天地"), ("ﬁ", "fi"), (" ", ""), ("天 地", "天地")]
)
def test_a_code_may_stand_for_several_characters_or_none(
    sample: Sample, text: str, expected: str
) -> None:
    """Each has the origin and the box of the glyph; spaces are left out."""
    pdf = sample.pdf(TEXT, with_texts(sample, {"甲": text}))
    page = own(pdf)

    assert [g.text for g in page.glyphs] == [*expected, "乙"]
    assert len({g[1:7] for g in page.glyphs[:-1]}) <= 1
    assert [*differences(page, witnessed(pdf))] == []


def test_widths_are_those_of_the_font(sample: Sample) -> None:
    """Both forms of the list of widths, and the default."""

    def change(document: pikepdf.Pdf) -> None:
        first, second = (sample.codes[c][1] for c in "甲乙")
        inner = font_of(document, sample.han).DescendantFonts[0]
        inner.W = pikepdf.Array([first, pikepdf.Array([700]), second, second, 300])
        inner.DW = 500

    pdf = sample.pdf("BT /H 10 Tf 100 500 Td {甲乙丙丁} Tj ET", change)

    assert [x for _, x, _ in origins(own(pdf))] == [100, 107, 110, 115]
    assert [*differences(own(pdf), witnessed(pdf))] == []


def test_our_own_encoding_is_known(sample: Sample) -> None:
    """Two characters that share a glyph: a code of its own leads to the glyph of the other."""

    def change(document: pikepdf.Pdf) -> None:
        font = font_of(document, sample.han)
        glyph = sample.codes["甲"][1]
        texts = content.characters_of(font) | {0xFFFF: "天"}
        font.ToUnicode = document.make_stream(content.to_unicode(texts))
        font.Encoding = document.make_stream(
            content.encoding({0xFFFF: glyph}, font.DescendantFonts[0].CIDSystemInfo)
        )
        font.Encoding.update({"/Type": pikepdf.Name.CMap})
        font.Encoding.CMapName = pikepdf.Name("/" + content.ENCODING)
        font.Encoding.CIDSystemInfo = font.DescendantFonts[0].CIDSystemInfo

    pdf = sample.pdf("BT /H 10 Tf 100 500 Td {甲} Tj <ffff> Tj ET", change)
    first, second = own(pdf).glyphs

    assert (first.text, second.text) == ("甲", "天")
    assert second.right - second.left == pytest.approx(first.right - first.left)
    assert [*differences(own(pdf), witnessed(pdf))] == []


def test_a_truetype_font_may_have_its_own_list_of_glyphs(sample: Sample) -> None:
    """Boxes are those of the glyph, rounded as pdfium rounds them."""
    name, one = sample.codes["1"]
    two = sample.codes["2"][1]

    def change(document: pikepdf.Pdf) -> None:
        glyphs = {one: two, two: one}
        table = b"".join(
            glyphs.get(cid, cid).to_bytes(2, "big") for cid in range(max(one, two) + 1)
        )
        font_of(document, name).DescendantFonts[0].CIDToGIDMap = document.make_stream(table)

    body = f"BT {name} 62 Tf 100 500 Td <{one:04x}{two:04x}> Tj ET"
    plain, swapped = sample.pdf(body), sample.pdf(body, change)
    widths = [[g.right - g.left for g in own(pdf).glyphs] for pdf in (plain, swapped)]

    assert widths[0] == pytest.approx(widths[1][::-1])
    assert widths[0] != pytest.approx(widths[1])
    assert [*differences(own(plain), witnessed(plain))] == []
    assert [*differences(own(swapped), witnessed(swapped))] == []


def changed_font(sample: Sample, change: Callable[[pikepdf.Pdf, Any, Any], None]) -> Change:
    def whole(document: pikepdf.Pdf) -> None:
        font = font_of(document, sample.han)
        change(document, font, font.DescendantFonts[0])

    return whole


def without_map(_: pikepdf.Pdf, font: Any, __: Any) -> None:
    del font["/ToUnicode"]


def with_ranges(document: pikepdf.Pdf, font: Any, _: Any) -> None:
    data = font.ToUnicode.read_bytes()
    more = b"1 beginbfrange\n<0001> <0002> <4E00>\nendbfrange\nendcmap"
    font.ToUnicode = document.make_stream(data.replace(b"endcmap", more))


def with_upright_text(_: pikepdf.Pdf, font: Any, __: Any) -> None:
    font.Encoding = pikepdf.Name("/Identity-V")


def with_other_encoding(document: pikepdf.Pdf, font: Any, inner: Any) -> None:
    data = content.encoding({0xFFFF: 1}, inner.CIDSystemInfo)
    font.Encoding = document.make_stream(data.replace(b"<0000> <FFFE> 0", b"<0000> <FFFE> 1"))


def without_program(_: pikepdf.Pdf, __: Any, inner: Any) -> None:
    del inner.FontDescriptor["/FontFile3"]


def with_broken_program(_: pikepdf.Pdf, __: Any, inner: Any) -> None:
    program = inner.FontDescriptor.FontFile3
    program.write(program.read_bytes()[:50])


def with_other_name(_: pikepdf.Pdf, __: Any, inner: Any) -> None:
    inner.BaseFont = pikepdf.Name("/Other")


def with_leftward_text(document: pikepdf.Pdf, font: Any, _: Any) -> None:
    texts = dict.fromkeys(content.characters_of(font), "א")
    font.ToUnicode = document.make_stream(content.to_unicode(texts))


def without_texts(document: pikepdf.Pdf, font: Any, _: Any) -> None:
    font.ToUnicode = document.make_stream(content.to_unicode({}))


FONTS = (
    without_map,
    with_ranges,
    with_upright_text,
    with_other_encoding,
    without_program,
    with_broken_program,
    with_other_name,
    with_leftward_text,
    without_texts,
)


@pytest.mark.parametrize("change", FONTS, ids=lambda change: change.__name__)
def test_a_font_that_is_not_known_is_left_to_pdfium(
    sample: Sample, change: Callable[[pikepdf.Pdf, Any, Any], None]
) -> None:
    pdf = sample.pdf(TEXT, changed_font(sample, change))

    with pytest.raises(Unknown):
        own(pdf)
    assert measure(pdf).pages == (witnessed(pdf),)


def test_a_font_that_is_no_object_is_left_to_pdfium(sample: Sample) -> None:
    """Two pages could have two fonts that cannot be told apart."""

    def change(document: pikepdf.Pdf) -> None:
        fonts = document.pages[0].Resources.Font
        fonts[sample.han] = pikepdf.Dictionary(dict(fonts[sample.han].items()))

    with pytest.raises(Unknown, match="font"):
        own(sample.pdf(TEXT, change))


@pytest.mark.parametrize("cid", [0xFFFF, 2])
def test_a_glyph_that_the_font_lacks_is_not_guessed(sample: Sample, cid: int) -> None:
    """The font is a subset: it has the glyphs of its page alone."""
    with pikepdf.open(io.BytesIO(sample.pdf(TEXT))) as document:
        boxes = boxes_of(font_of(document, sample.han).DescendantFonts[0])

        with pytest.raises(Unknown, match="glyph"):
            boxes(cid)


# --- What is not known ------------------------------------------------------------------------


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
UNKNOWN: dict[str, tuple[str, Change | None]] = {
    **{f"mode {mode}": (f"{mode} Tr {TEXT}", None) for mode in range(1, 8)},
    "white": (f"1 g {TEXT}", None),
    "nearly white": (f"0 0 0 .1 k {TEXT}", None),
    "yellow on white is not clear in grey": (f".7 g {TEXT}", None),
    "no contrast to the ground": (f"90 490 100 50 re f {TEXT}", None),
    "under a rectangle": (f"{TEXT} 1 g 90 490 100 50 re f", None),
    "under a triangle": (f"{TEXT} 90 490 m 200 490 l 90 600 l h f", None),
    "under a bow": (f"{TEXT} 90 490 m 200 600 l 200 490 l 90 600 l h f", None),
    "under a thick line": (f"{TEXT} 30 w 90 505 m 200 505 l S", None),
    "under a corner": (f"{TEXT} 12 w 90 470 m 105 474 l 90 478 l S", None),
    "sharper corners": (f"30 M {TEXT}", None),
    "outside of a clip": (f"q 0 0 9 9 re W n {TEXT} Q", None),
    "outside of an inner clip": (f"q 0 0 600 800 re W n 0 0 9 9 re W n {TEXT} Q", None),
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
