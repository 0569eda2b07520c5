"""Pages with instructions that are written by hand, and both readings of them."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf

from jianbao_tex import content
from jianbao_tex.cancelling import never_cancelled
from jianbao_tex.pages import Page
from jianbao_tex.pdf_reader import Shelf, read_page
from jianbao_tex.witness import witnessed_pages

ISSUE = """
masthead: {name: 报}
articles: {body: '甲乙丙丁戊己庚辛𬱖fi12'}
"""
TEXT = "BT /H 10 Tf 100 500 Td {甲乙} Tj ET"
Change = Callable[[pikepdf.Pdf], None]


class Sample:
    """A page with the fonts of a real issue and instructions written by hand."""

    def __init__(self, pdf: bytes) -> None:
        self._pdf = pdf
        with pikepdf.open(io.BytesIO(pdf)) as document:
            fonts = document.pages[0].resources["/Font"]
            self.codes: dict[str, tuple[str, int]] = {}
            for name, font in fonts.items():
                for code, text in content.characters_of(font).items():
                    self.codes[text] = (str(name), code)

    @property
    def han(self) -> str:
        """The name of the font of 甲."""
        return self.codes["甲"][0]

    def hex(self, text: str) -> str:
        return "".join(f"{self.codes[character][1]:04x}" for character in text)

    def pdf(self, body: str, change: Change | None = None) -> bytes:
        """
        A PDF of one page; in the instructions, {甲乙} is a string of these characters and /H
        the name of their font.
        """
        for text in ("甲乙丙丁", "甲乙", "丙丁", "甲", "乙", "丙"):
            body = body.replace("{" + text + "}", f"<{self.hex(text)}>")
        body = body.replace("/H ", f"{self.han} ")
        with pikepdf.open(io.BytesIO(self._pdf)) as document:
            del document.pages[1:]
            document.pages[0].Contents = document.make_stream(body.encode())
            if change:
                change(document)
            buffer = io.BytesIO()
            document.save(buffer)
        return buffer.getvalue()


def own(pdf: bytes) -> Page:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return read_page(1, document.pages[0], 0, Shelf())


def witnessed(pdf: bytes) -> Page:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (page,) = witnessed_pages(pdf, {1: document.pages[0]}, never_cancelled)
    return page
