"""Figures of a layout: each is asked for somewhere, and moves what it says."""

from __future__ import annotations

import functools
import hashlib
import re
from pathlib import Path

import pypdfium2
import pytest

from jianbao_tex.issue.distribution import IMPRINT_LINES
from jianbao_tex.issue.masthead import MASTHEAD_LINES
from jianbao_tex.press import Press
from workshop import Workshop

ROOT = Path(__file__).resolve().parent.parent

# Something of everything: two lines of a name, a slogan with a space, a long issuer, blocks
# beside each other.
ISSUE = """\
layout: %s
options: {%s}
masthead:
  slogan: 学习 工作
  name: 群众路线教育实践活动工作简报
  issuer: 某某市委教育实践活动领导小组
kind: 增刊
number: 7
date: 2020-03-10
sections:
  - name: 要闻
    articles:
      - title: 第一篇文章
        body:
          - note: 供各地参考。
          - 正文。
          - list: [第一条, 第二条]
          - quote: 一段引文。
          - 正文。
          - attachment: {label: 附件, title: 任务分解表, body: 附件的正文。}
      - {title: 第二篇文章, body: 文。}
distribution: {报: 市委领导}
imprint: {issuer: 某某市委教育实践活动领导小组办公室, date: 2020-03-10}
"""


@functools.cache
def pictures(press: Press, layout: str, options: str) -> list[str]:
    """The pages of an issue as they are seen, a digest each."""
    pages = pypdfium2.PdfDocument(Workshop(press).pdf(ISSUE % (layout, options)))
    seen = (page.render(scale=150 / 72, grayscale=True).to_pil() for page in pages)
    return [hashlib.sha256(picture.tobytes()).hexdigest() for picture in seen]


CLASSIC = {
    "masthead.indent": 2,
    "masthead.number-air": 0.5,
    "masthead.foot-indent": 2,
    "masthead.text-gap": 10,
    "masthead.date-gap": 10,
    "masthead.line-gap": 0.5,
    "masthead.space": 5,
    "contents.air-below": 2,
    "contents.indent": 3,
    "contents.mark": 0.3,
    "contents.mark-top": 0.5,
    "contents.mark-foot": 0.2,
    "contents.mark-width": 1.5,
    "list.indent": 3,
    "quote.indent": 3,
    "quote.air-at-list": 2,
    "note.air-below": 2,
    "attachment.air-above": 2,
    "attachment.air-below": 2,
    "distribution.indent": 2,
    "distribution.date-gap": 10,
    "distribution.ascent": 0.8,
    "grid.ascent": 0.86,
}
NEWSLETTER = {
    "masthead.text-gap": 10,
    "masthead.item-gap": 2,
    "masthead.air-below": 2,
    "section.indent": 1,
    "section.bar-below": 0.6,
    "columns.least-rows": 30,
}


# The date leaves the issuer's row only if they do not share it and both gaps are wide.
AROUND = {
    "masthead.indent": "masthead-place.number: left, ",
    "masthead.text-gap": "masthead.date-gap: 10, ",
    "masthead.date-gap": "masthead.text-gap: 10, ",
}


@pytest.mark.parametrize(
    ("layout", "name", "value"),
    [
        *(("classic", name, value) for name, value in CLASSIC.items()),
        *(("newsletter", name, value) for name, value in NEWSLETTER.items()),
    ],
)
def test_an_option_moves_what_its_figure_says(
    press: Press, layout: str, name: str, value: float
) -> None:
    around = AROUND.get(name, "")

    assert pictures(press, layout, around) != pictures(press, layout, f"{around}{name}: {value}")


@pytest.mark.parametrize("layout", ["classic", "newsletter"])
def test_every_figure_is_asked_for(press: Press, layout: str) -> None:
    """A figure that nothing reads would be a setting without an effect."""
    files = [
        path
        for folder in ("src", "templates")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".sty", ".cls", ".jinja"}
    ]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    for name in (str(name).replace("_", "-") for *_, name in (*MASTHEAD_LINES, *IMPRINT_LINES)):
        # The same code sets all titles, and all lines.
        code += f"masthead.{name}-width masthead.{name}-least-size "
        code += f"masthead-place.{name} masthead-face.{name} imprint-place.{name} "
    asked = set(re.findall(r"\b[a-z]+(?:-[a-z]+)*\.[a-z-]+\b", code))
    figures = {name for name in press.registry.layouts[layout].figures if name[:5] != "face."}

    assert len(figures) > 70
    assert figures - asked == set()
