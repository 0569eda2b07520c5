"""What the product measures, held against poppler: another reader of PDF by other people."""

from __future__ import annotations

import html
import itertools
import re
import subprocess
from pathlib import Path

import pytest

from jianbao_tex.grid import Grid
from jianbao_tex.measure import measure
from jianbao_tex.pages import Glyph, Page
from pdf_pages import squeezed
from workshop import EXAMPLES, Workshop

MM = 25.4 / 72
WORD = re.compile(
    r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
)


@pytest.fixture(scope="module")
def pdf(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("measure") / "363.pdf"
    path.write_bytes(workshop.master("363"))
    return path


def poppler(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def test_poppler_reads_the_same_text(pdf: Path) -> None:
    """Character by character, in the order of the content, page by page."""
    *pages, after = poppler("pdftotext", "-raw", str(pdf), "-").split("\f")
    measured = measure(pdf.read_bytes()).pages

    assert after == ""
    for page, text in zip(measured, pages, strict=True):
        assert squeezed(text) == "".join(g.text for g in page.glyphs)


def test_poppler_finds_the_lines_at_the_same_places(pdf: Path) -> None:
    """The left edge of each line, to a twentieth of a millimetre, from top to bottom."""
    boxes = poppler("pdftotext", "-bbox", "-f", "2", "-l", "2", str(pdf), "-")
    words = [(html.unescape(m[5]), float(m[1]) * MM) for m in WORD.finditer(boxes)]
    page = measure(pdf.read_bytes()).pages[1]
    lines = [("".join(g.text for g in line), line[0].x) for line in page.lines]

    # What poppler takes for several words is one line of ours.
    assert "".join(text for text, _ in words) == "".join(text for text, _ in lines)
    starts = dict(zip(accumulated(words), (x for _, x in words), strict=True))
    for start, (text, x) in zip(accumulated(lines), lines, strict=True):
        assert x == pytest.approx(starts[start], abs=0.05), text


def accumulated(pieces: list[tuple[str, float]]) -> list[int]:
    """How many characters stand before each piece."""
    lengths = itertools.accumulate((len(text) for text, _ in pieces), initial=0)
    return list(lengths)[:-1]


def test_poppler_says_all_fonts_are_embedded_subsets_with_a_map(pdf: Path) -> None:
    """pdffonts: emb yes, sub yes, uni yes; as many fonts as we count."""
    rows = poppler("pdffonts", str(pdf)).splitlines()[2:]
    facts = measure(pdf.read_bytes()).fonts

    assert len(rows) == len(facts)
    assert all(row.split()[-5:-2] == ["yes", "yes", "yes"] for row in rows)
    assert all(font.embedded and font.subset and font.mapped for font in facts)


def test_what_is_no_pdf_is_said_so() -> None:
    with pytest.raises(ValueError, match="no PDF"):
        measure(b"%PDF-1.5 nothing")


def glyph(x: float, text: str = "国") -> Glyph:
    return Glyph(text, x, 50.0, x, x + 4, 46.0, 50.5, 12.047244, "F", "")


def page(*glyphs: Glyph) -> Page:
    return Page(1, 210, 297, glyphs, (), frozenset(), 0)


TWO = Grid(
    left=20, even_left=20, top=25, width=170, height=245, rows=34, columns=40,
    em=4.25, pitch=7.2955, first=28.74, ascent=0.88, text_columns=2, gutter=8.5,
)  # fmt: skip


def test_a_line_is_split_at_the_gutter_but_not_where_it_runs_across() -> None:
    """Two columns beside each other are two lines; a title over both is one."""
    apart = page(glyph(20), glyph(96.5), glyph(100.75, "，"), glyph(109.25), glyph(113.5))
    across = page(*(glyph(20 + i * 4.25) for i in range(30)))

    assert [len(line) for line in apart.body_lines(TWO)] == [3, 2]
    assert [len(line) for line in across.body_lines(TWO)] == [30]


def test_the_example_measures_as_the_readme_says(workshop: Workshop) -> None:
    """Baselines within 0.001 mm of their row on every page of both examples."""
    grid = workshop.press.registry.layouts["classic"].grid
    for name in ("363", "365"):
        assert (EXAMPLES / f"{name}.yaml").is_file()
        pages = measure(workshop.master(name)).pages
        off = [grid.off_row(line[0].baseline) for page in pages for line in page.body_lines(grid)]
        assert len(off) > 100
        assert max(off) < 0.001
