"""Numbered copies: the text set once, a number on each."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import pikepdf
import pytest

from jianbao_tex.errors import JianbaoError
from jianbao_tex.measure import measure
from jianbao_tex.press import Press, PressResult
from workshop import Workshop

ISSUE = """
masthead: {name: 工作简报, security: 机密, security_period: 1年}
copy_number: %s
articles: {title: 题目, body: 正文。}
imprint: {issuer: 办公室, copies: 12}
%s"""


def pressed(press: Press, number: str = "000095", more: str = "") -> PressResult:
    return press.press(Workshop.source(ISSUE % (number, more)), ("copies",))


def numbers(pdf: bytes) -> list[str]:
    """The numbers as a reader that is not ours finds them, page by page."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.findall(r"\b\d{4,8}\b", done.stdout.decode())


def test_there_are_as_many_copies_as_the_imprint_says(press: Press) -> None:
    (artifact,) = pressed(press).artifacts

    assert artifact.name == "issue-copies.pdf"
    assert numbers(artifact.data) == [f"{n:06}" for n in range(95, 107)]


def test_only_the_number_differs(press: Press) -> None:
    """Each copy is the master, glyph by glyph, but for the figures of its number."""
    (artifact,) = pressed(press).artifacts
    first, *others = measure(artifact.data).pages
    for page in others:
        assert [(g.x, g.baseline) for g in page.glyphs] == [(g.x, g.baseline) for g in first.glyphs]
        changed = {
            g.mark for g, h in zip(page.glyphs, first.glyphs, strict=True) if g.text != h.text
        }
        assert changed == {"JbCopyNumber"}


def test_the_text_is_in_the_file_once(press: Press) -> None:
    """All copies share what stands before and after the number."""
    (artifact,) = pressed(press).artifacts
    with pikepdf.open(io.BytesIO(artifact.data)) as document:
        parts = [[part.objgen for part in page.Contents] for page in document.pages]

    assert len({(before, after) for before, _, after in parts}) == 1
    assert len({number for _, number, _ in parts}) == 12


def test_each_copy_may_be_a_file(press: Press) -> None:
    pressing = pressed(press, "0007", "options: {copies.each: true, copies.count: 3}\n")

    assert [a.name for a in pressing.artifacts] == [f"issue-copy-{n:04}.pdf" for n in range(7, 10)]
    assert [numbers(a.data) for a in pressing.artifacts] == [["0007"], ["0008"], ["0009"]]
    assert [finding.code for finding in pressing.findings] == ["JB367"]


@pytest.mark.parametrize(
    ("number", "more", "code"),
    [
        ("甲1", "", "JB365"),
        ("99", "", "JB368"),
        ("1", "options: {copies.each: true, copies.count: 1000}\n", "JB368"),
    ],
)
def test_what_cannot_be_numbered_is_said(press: Press, number: str, more: str, code: str) -> None:
    with pytest.raises(JianbaoError, match=code):
        pressed(press, number, more)


def test_the_glyphs_of_all_figures_leave_no_trace(press: Press, tmp_path: Path) -> None:
    """They are in the file of every issue with a copy number, and on no page."""
    path = tmp_path / "a.pdf"
    path.write_bytes(
        press.press(Workshop.source(ISSUE % ("000001", "")), ("pdf",)).artifacts[0].data
    )
    done = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)

    assert "0123456789" not in done.stdout
    assert "000001" in done.stdout
