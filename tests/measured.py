"""Finished pages whose measures are changed on purpose, for the checks that look at them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence

from jianbao_tex.hooks import MasterSubject
from jianbao_tex.pages import Glyph, Page, Rule
from jianbao_tex.press import Press

BULLETIN = """
masthead: {name: 工作简报, slogan: 求真务实, issuer: 办公室}
number: 365
date: 2020-03-10
articles:
  - title: 第一篇文章
    body: |
      国国国国国国国国国国国国国国国国国国国国国国国国国国国国国国。
      一、小标题
      正文正文正文正文正文正文正文正文正文正文正文正文正文正文。
  - title: 第二篇文章
    body: 第二页正文。
distribution: {报: 市委, 送: 市直单位}
imprint: {issuer: 办公室, date: 2020-03-10, copies: 50}
"""
"""An issue of two pages with all that a bulletin has at its head and its foot."""

LONG = "国" * 30 + "。"
DATED = "中2020年3月5日开internet会议，他说：“好”。约5 kg——完"
TAIL = "正" * 29 + "，" + "文" * 6 + "。"
PARAGRAPHS = f"""
masthead: {{name: 报}}
articles:
  - body: |
      {LONG}
      {DATED}{"末" * 30}
      一、{"题" * 30}
      {TAIL}
    signature: 办公室
  - title: {"标" * 15}internet{"题" * 15}
    body: 第二篇。
  - body:
      - table: {{rows: [[甲, {"表5日" * 20}], [乙, 丙]]}}
"""

Change = Callable[[Page], Page]


def said(press: Press, subject: MasterSubject, check: str) -> list[str]:
    """What one check says of a subject."""
    return [finding.message for finding in press.registry.checks[check].run(subject)]


def underlined(press: Press, subject: MasterSubject, check: str) -> list[str]:
    """The text of the issue at which each finding of a check points, on the line where it begins."""
    places = [finding.where for finding in press.registry.checks[check].run(subject)]
    return [place.text[place.column - 1 : place.end_column - 1] for place in places]


def first_words(messages: Sequence[str]) -> list[str]:
    """What was measured; what the layout wants follows it."""
    return [message.split(";")[0] for message in messages]


def with_page(subject: MasterSubject, number: int, change: Change) -> MasterSubject:
    """The subject with one of its pages changed."""
    pages = list(subject.measured.pages)
    pages[number - 1] = change(pages[number - 1])
    return with_pages(subject, pages)


def with_pages(subject: MasterSubject, pages: Iterable[Page]) -> MasterSubject:
    measured = dataclasses.replace(subject.measured, pages=tuple(pages))
    return dataclasses.replace(subject, measured=measured)


def with_option(subject: MasterSubject, name: str, value: str) -> MasterSubject:
    return dataclasses.replace(subject, layout=subject.layout.with_option(name, value))


def with_glyphs(glyphs: Iterable[Glyph]) -> Change:
    """A page with other glyphs."""
    return lambda page: dataclasses.replace(page, glyphs=tuple(glyphs))


def moved(glyph: Glyph, across: float = 0, down: float = 0) -> Glyph:
    """A glyph with its box at another place, in millimetres."""
    return glyph._replace(
        x=glyph.x + across,
        left=glyph.left + across,
        right=glyph.right + across,
        baseline=glyph.baseline + down,
        top=glyph.top + down,
        bottom=glyph.bottom + down,
    )


def moving(chosen: Callable[[Glyph], object], across: float = 0, down: float = 0) -> Change:
    """A page on which some glyphs stand elsewhere."""
    return lambda page: dataclasses.replace(
        page, glyphs=tuple(moved(g, across, down) if chosen(g) else g for g in page.glyphs)
    )


def ruled(*rules: Rule) -> Change:
    """A page with these rules besides its own."""
    return lambda page: dataclasses.replace(
        page, rules=tuple(sorted((*page.rules, *rules), key=lambda rule: rule.top))
    )


def texts(subject: MasterSubject, page: int) -> str:
    return "".join(glyph.text for glyph in subject.measured.pages[page - 1].glyphs)


def line_of(subject: MasterSubject, page: int, text: str) -> float:
    """The baseline of the line that begins so."""
    lines = subject.measured.pages[page - 1].lines
    return next(
        line[0].baseline for line in lines if "".join(g.text for g in line).startswith(text)
    )


def relaid(
    subject: MasterSubject, page: int, text: str, lengths: Sequence[int], space: float = 0
) -> MasterSubject:
    """
    A text of one page set again from its first character on, each line of so many characters.

    They stand in the columns of the grid from its left edge, ``space`` millimetres apart.
    """
    glyphs = list(subject.measured.pages[page - 1].glyphs)
    whole = "".join(glyph.text for glyph in glyphs)
    start = whole.index(text)
    assert len(whole) == len(glyphs)
    assert sum(lengths) == len(text)
    grid, first = subject.layout.grid, glyphs[start].baseline
    number = start
    for row, length in enumerate(lengths):
        for column in range(length):
            x = grid.left_of(page) + column * (grid.em + space)
            glyph = glyphs[number]
            glyphs[number] = moved(glyph, x - glyph.x, first + row * grid.pitch - glyph.baseline)
            number += 1
    return with_page(subject, page, with_glyphs(glyphs))
