"""Our own reader of pages: characters, widths and boxes from the fonts in the file."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import pikepdf
import pytest

from jianbao_tex import content
from jianbao_tex.agreement import differences
from jianbao_tex.grid import MM_PER_BP
from jianbao_tex.measure import measure
from jianbao_tex.pdf_reader import Unknown
from jianbao_tex.pdf_reader.programs import boxes_of
from workshop import Workshop
from written_pages import ISSUE, TEXT, Change, Sample, own, witnessed


@pytest.fixture(scope="module")
def sample(workshop: Workshop) -> Sample:
    return Sample(workshop.pdf(ISSUE))


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

    assert [g.x / MM_PER_BP for g in own(pdf).glyphs] == pytest.approx([100, 107, 110, 115])
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


def with_soft_hyphens(document: pikepdf.Pdf, font: Any, _: Any) -> None:
    texts = dict.fromkeys(content.characters_of(font), "\xad")
    font.ToUnicode = document.make_stream(content.to_unicode(texts))


def with_a_map_to_glyphs(_: pikepdf.Pdf, __: Any, inner: Any) -> None:
    inner.CIDToGIDMap = pikepdf.Name.Identity


def with_leftward_text(document: pikepdf.Pdf, font: Any, _: Any) -> None:
    texts = dict.fromkeys(content.characters_of(font), "א")
    font.ToUnicode = document.make_stream(content.to_unicode(texts))


def with_nothing_for_text(document: pikepdf.Pdf, font: Any, _: Any) -> None:
    texts = dict.fromkeys(content.characters_of(font), "\0")
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
    with_soft_hyphens,
    with_a_map_to_glyphs,
    with_nothing_for_text,
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
    """Two pages could have two fonts, and nothing says which is which."""

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
