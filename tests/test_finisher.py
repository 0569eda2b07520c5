"""The finisher: every glyph of the PDF leads back to its character, by the same bytes."""

from __future__ import annotations

import io

import pikepdf
import pytest

from jianbao_tex.errors import TypesettingFailed
from jianbao_tex.finisher import finish
from jianbao_tex.fonts import FontFile
from jianbao_tex.master import Draft
from jianbao_tex.press import Composed, Press
from pdf_pages import text_of
from workshop import Workshop

ISSUE = "masthead: {name: 工作简报}\narticles:\n  body: 国家；…-·①, 100% AVA fi ffl.\n"


@pytest.fixture(scope="module")
def composed(workshop: Workshop) -> Composed:
    return workshop.compose(ISSUE)


@pytest.fixture(scope="module")
def draft(press: Press, composed: Composed) -> Draft:
    return press.engine.typeset(composed.tree)


def fonts_of(composed: Composed) -> list[FontFile]:
    fonts = {f for face in composed.faces.values() for f in (*face.chain, face.latin)}
    return sorted(fonts, key=lambda font: font.name)


def unmapped(pdf: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [
            str(o.BaseFont)
            for o in document.objects
            if isinstance(o, pikepdf.Dictionary)
            and o.get("/Subtype") == "/Type0"
            and "/ToUnicode" not in o
        ]


def test_fonts_that_tex_left_without_a_map_get_one(composed: Composed, draft: Draft) -> None:
    """xdvipdfmx writes none for Fandol; after finishing every font has one."""
    master = finish(draft, composed.tree, fonts_of(composed))

    assert any("Fandol" in name for name in unmapped(draft.pdf))
    assert unmapped(master.pdf) == []
    assert text_of(master.pdf) == "工作简报国家；…-·①,100%AVAfiffl."


def test_finishing_twice_gives_the_same_bytes(composed: Composed, draft: Draft) -> None:
    first, second = (finish(draft, composed.tree, fonts_of(composed)) for _ in range(2))

    assert first.pdf == second.pdf


def test_the_page_is_not_touched(composed: Composed, draft: Draft) -> None:
    """Only maps are written: the content of the pages is that of TeX."""
    master = finish(draft, composed.tree, fonts_of(composed))
    with (
        pikepdf.open(io.BytesIO(draft.pdf)) as before,
        pikepdf.open(io.BytesIO(master.pdf)) as after,
    ):
        contents = [
            [
                pikepdf.unparse_content_stream(pikepdf.parse_content_stream(page))
                for page in pdf.pages
            ]
            for pdf in (before, after)
        ]

    assert contents[0] == contents[1]


def test_a_draft_that_is_no_pdf_is_named(composed: Composed) -> None:
    with pytest.raises(TypesettingFailed, match="JB323"):
        finish(Draft(b"%PDF-1.5 nothing", 1), composed.tree, fonts_of(composed))


@pytest.mark.parametrize(
    ("body", "printed"),
    [("乙乙⼄", "乙乙乙"), ("⼄⼄乙", "⼄⼄⼄"), ("乙⼄", "⼄⼄"), ("⼄乙", "⼄⼄")],
)
def test_of_characters_that_share_a_glyph_the_more_frequent_one_is_found(
    workshop: Workshop, body: str, printed: str
) -> None:
    """
    A reader who searches finds what the issue says most; of two that are as frequent always
    the same one.  No PDF can distinguish them.
    """
    composed = workshop.compose(f"masthead: {{name: 报}}\narticles: {{body: 国{body}}}\n")
    master = finish(workshop.press.engine.typeset(composed.tree), composed.tree, fonts_of(composed))

    assert text_of(master.pdf) == f"报国{printed}"
    assert {frozenset(pair) for pair in master.twins} == {frozenset("乙⼄")}
