"""The files for the archive, by a validator that is not ours, and what they carry."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

import printers
from jianbao_tex.press import Press, PressResult, Source
from workshop import EXAMPLES, Workshop

RARE = """
masthead: {name: 工作简报, issuer: 协调小组办公室}
date: 2020-03
articles:
  - title: 𬱖𬍛①
    body: 喆堃玥，★℃→ AVA fi 12。
  - title: 第二篇
    body: 正文。
distribution: {报: 省委}
"""


@pytest.fixture(scope="module")
def pressing(workshop: Workshop) -> PressResult:
    return workshop.press.press(Source.from_file(EXAMPLES / "363.yaml"), ("archive",))


def test_preflight_takes_the_archive_for_pdf_a_1b(pressing: PressResult, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pressing.artifacts[0].data)

    assert printers.preflight(path) == ""
    assert printers.qpdf_faults(path) == ""


def test_preflight_takes_rare_characters_and_a_month(press: Press, tmp_path: Path) -> None:
    """Fonts of every kind that a chain may come to, links, and a date without a day."""
    made = press.press(Workshop.source(RARE), ("archive",))
    path = tmp_path / "a.pdf"
    path.write_bytes(made.artifacts[0].data)

    assert printers.preflight(path) == ""


def test_preflight_refuses_what_is_no_archive(workshop: Workshop, tmp_path: Path) -> None:
    """The validator that accepts ours does not accept everything."""
    path = tmp_path / "a.pdf"
    path.write_bytes(workshop.example("363").artifacts[0].data)

    assert "error" in printers.preflight(path)


def test_the_text_of_the_issue_is_inside(pressing: PressResult, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pressing.artifacts[1].data)
    with pikepdf.open(path) as document:
        carried = {
            name: item.get_file().read_bytes() for name, item in document.attachments.items()
        }
        relations = {str(item.obj.AFRelationship) for item in document.attachments.values()}

    assert carried == {name: (EXAMPLES / name).read_bytes() for name in ("363.yaml", "series.yaml")}
    assert relations == {"/Source"}
    assert printers.qpdf_faults(path) == ""


def test_one_of_both_can_be_chosen(press: Press) -> None:
    text = (
        "masthead: {name: 工作简报}\narticles: {body: 正文。}\noptions: {archive.standard: a-3b}\n"
    )
    made = press.press(Workshop.source(text), ("archive",))

    assert [artifact.name for artifact in made.artifacts] == ["issue-archive-a3b.pdf"]
