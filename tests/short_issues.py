"""Short issues for tests that look at one thing, and the figures of the classic page."""

from __future__ import annotations

from pdf_pages import Page

EM = 156 / 28
PITCH = (225 - EM) / 21
FIRST = 37 + 0.88 * EM
HEAD = "masthead: {name: 工作简报}\n"


def issue(body: str, options: str = "", more: str = "") -> str:
    """An issue of one article with these lines as its body."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{HEAD}options: {{{options}}}\n{more}articles:\n  body: |\n{lines}"


def body_lines(page: Page) -> list[str]:
    """The text of each line of a page, from top to bottom."""
    return ["".join(g.text for g in line) for line in page.lines.values()]
