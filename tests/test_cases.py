"""Cases: an issue each, the TeX it becomes, and its whole text read back from the PDF."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from jianbao_tex.testing.golden import compare
from pdf_pages import pages_of, squeezed, text_of
from workshop import Workshop

CASES = sorted(p.parent for p in (Path(__file__).parent / "cases").glob("*/issue.yaml"))


def test_there_are_cases() -> None:
    assert len(CASES) >= 14


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_tex_is_as_expected(workshop: Workshop, case: Path, request: pytest.FixtureRequest) -> None:
    """The body of the generated TeX is the expected one, and no HTML escape is in it."""
    text = (case / "issue.yaml").read_text(encoding="utf-8")
    body = workshop.body(text, case)
    accept = request.config.getoption("--accept")

    compare(case / "expected.tex", body, accept=accept)
    assert html.unescape(body) == body or "&amp;" in text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_page_holds_the_whole_text_and_nothing_else(workshop: Workshop, case: Path) -> None:
    """What the issue prints, in its order, is what the PDF says."""
    text = (case / "issue.yaml").read_text(encoding="utf-8")
    issue = workshop.compose(text, case).issue
    pdf = workshop.pdf(text, case)

    assert text_of(pdf) == squeezed("".join(issue.texts()))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_leaves_the_paper_or_the_grid(workshop: Workshop, case: Path) -> None:
    """No glyph stands outside the type area, but for marks that hang at its right edge."""
    text = (case / "issue.yaml").read_text(encoding="utf-8")
    glyphs = [glyph for page in pages_of(workshop.pdf(text, case)) for glyph in page.body]

    assert glyphs
    assert min(glyph.left for glyph in glyphs) > 27.9
    assert max(glyph.x for glyph in glyphs) < 184.1
    assert min(glyph.top for glyph in glyphs) > 36.0
