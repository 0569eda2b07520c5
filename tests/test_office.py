"""What an office hands round: the PDF for screens, page images, the text, the TeX."""

from __future__ import annotations

import io
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from jianbao_tex.measure import measure
from jianbao_tex.press import Press, Source
from pdf_pages import text_of
from workshop import EXAMPLES, Workshop

TWO = """
masthead: {name: 工作简报, issuer: 协调小组办公室}
number: 9
date: 2020-03-10
options: {distribution.page: four}
sections:
  - name: 上情下达
    articles:
      - {title: "第一篇\\n分两行", body: 正文一。}
      - {title: 第二篇, contents_title: 目录里的第二篇, body: "正文二。\\n第二篇"}
  - name: 简讯
    type: briefs
    briefs: [{title: 一条, body: 简讯正文。}]
distribution: {报: 省委}
"""


@pytest.fixture(scope="module")
def document(workshop: Workshop) -> Any:
    pressing = workshop.pressing(TWO)
    return pikepdf.open(io.BytesIO(pressing.artifacts[0].data))


def titles(items: Any) -> list[Any]:
    return [(item.title, titles(item.children)) for item in items]


def test_bookmarks_are_sections_and_articles(document: Any) -> None:
    with document.open_outline() as outline:
        assert titles(outline.root) == [
            ("上情下达", [("第一篇分两行", []), ("目录里的第二篇", [])]),
            ("简讯", [("一条", [])]),
        ]


def test_each_entry_of_the_contents_leads_to_its_title(document: Any, workshop: Workshop) -> None:
    """The link of an entry lies over its words; where it leads, the title stands."""
    pages = measure(workshop.pressing(TWO).artifacts[0].data).pages
    numbers = {page.obj.objgen: i for i, page in enumerate(document.pages)}
    page, found = pages[0], []
    for note in document.pages[0].Annots:
        x1, y1, x2, y2 = (float(v) * 25.4 / 72 for v in note.Rect)
        over = [
            g
            for g in page.glyphs
            if x1 < (g.left + g.right) / 2 < x2 and y1 < page.height - g.baseline < y2
        ]
        top = page.height - float(note.Dest[3]) * 25.4 / 72
        below = [g for g in pages[numbers[note.Dest[0].objgen]].glyphs if 0 < g.top - top < 12]
        found.append(("".join(g.text for g in over), "".join(g.text for g in below)[:3]))

    assert found == [
        ("第一篇分两行", "第一篇"),
        ("目录里的第二篇", "第二篇"),
        ("一条", "一条简"),
    ]


LIKE = """
masthead: {name: 工作简报}
sections:
  - name: 要闻
    articles:
      - {title: 甲会议召开, body: "一段正文ﬁ。\\n乙会议召开\\n第二篇的标题\\n二段正文。"}
      - {title: 第二篇的标题, contents_title: 乙会议召开, body: 三段正文。}
      - {title: 甲会议召开, body: 四段正文。}
"""


def test_a_paragraph_that_says_what_a_title_says_is_no_title(workshop: Workshop) -> None:
    """Entries lead to titles, also where a ligature was typed as one character."""
    pressing = workshop.pressing(LIKE)
    pages = measure(pressing.artifacts[0].data).pages
    found = []
    with pikepdf.open(io.BytesIO(pressing.artifacts[0].data)) as document:
        numbers = {page.obj.objgen: i for i, page in enumerate(document.pages)}
        for note in document.pages[0].Annots:
            page = pages[numbers[note.Dest[0].objgen]]
            top = page.height - float(note.Dest[3]) * 25.4 / 72
            titles_below = [g for g in page.marked("JbTitle") if 0 < g.top - top < 12]
            found.append("".join(g.text for g in titles_below))

    assert [finding.code for finding in pressing.findings] == ["JB160"]
    assert found == ["甲会议召开", "第二篇的标题", "甲会议召开"]


def test_blank_pages_are_for_paper_alone(workshop: Workshop) -> None:
    master = measure(workshop.pdf(TWO)).pages
    shown = measure(workshop.pressing(TWO).artifacts[0].data).pages

    assert [page.blank for page in master] == [False, False, True, False]
    assert [page.blank for page in shown] == [False, False, False]


def test_the_document_says_what_it_is(document: Any) -> None:
    info = {key: str(value) for key, value in document.docinfo.items()}

    assert info["/Title"] == "工作简报 第9期"
    assert info["/Author"] == "协调小组办公室"
    assert info["/CreationDate"] == "D:20200310000000Z"
    assert str(document.Root.Lang) == "zh-CN"
    assert str(document.Root.PageMode) == "/UseOutlines"


@pytest.mark.parametrize("name", ["363", "365"])
def test_the_printed_issues_have_all_links(workshop: Workshop, name: str) -> None:
    """Each of the titles is an entry, of one line or two."""
    pressing = workshop.example(name)
    with pikepdf.open(io.BytesIO(pressing.artifacts[0].data)) as document:
        targets = {(note.Dest[0].objgen, float(note.Dest[3])) for note in document.pages[0].Annots}
        with document.open_outline() as outline:
            articles = sum(len(item.children) for item in outline.root)

    assert len(targets) == articles >= 4


def test_each_page_is_an_image(press: Press) -> None:
    text = "masthead: {name: 工作简报}\narticles: {body: 正文。}\noptions: {png.dpi: 100}\n"
    (artifact,) = press.press(Workshop.source(text), ("png",)).artifacts
    with Image.open(io.BytesIO(artifact.data)) as image:
        assert (artifact.name, image.size) == ("issue-page-1.png", (827, 1170))
        red = image.getpixel((0, 0)), image.getcolors(100_000)
        assert any(r > 200 and b < 60 for _, (r, _, b) in red[1])


def test_the_bundle_is_set_by_plain_xelatex(workshop: Workshop, tmp_path: Path) -> None:
    pressing = workshop.press.press(Source.from_file(EXAMPLES / "365.yaml"), ("tex",))
    with zipfile.ZipFile(io.BytesIO(pressing.artifacts[0].data)) as archive:
        archive.extractall(tmp_path)
    subprocess.run(
        ["xelatex", "-interaction=nonstopmode", "issue.tex"],
        cwd=tmp_path / "365",
        stdout=subprocess.DEVNULL,
        check=True,
    )
    made = measure((tmp_path / "365" / "issue.pdf").read_bytes()).pages
    due = measure(workshop.master("365")).pages

    assert len(made) == len(due)
    for page, other in zip(made, due, strict=True):
        places = [[(round(g.x, 2), round(g.baseline, 2)) for g in p.glyphs] for p in (page, other)]
        assert places[0] == places[1]


def test_the_text_is_that_of_the_pages_in_their_order(workshop: Workshop) -> None:
    """What can be read aloud is what is printed: the same characters one after the other."""
    pressing = workshop.example("363")
    text = "".join(pressing.artifacts[1].data.decode().split())

    assert text == text_of(workshop.master("363"))
