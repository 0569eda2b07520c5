"""Numbered copies of a document: the same pages, another number on the first of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jianbao_tex.language import Unfit, say

if TYPE_CHECKING:
    import pikepdf

_MARK = "/JbCopyNumber"
_ENTRY = re.compile(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>")
_STARTS, _ENDS = {"BMC", "BDC"}, "EMC"


@dataclass(frozen=True)
class Numbered:
    """
    The first page of a document around its copy number.

    Args:
        before: the content in front of the number, as a stream.
        number: the instructions that show it.
        after: the content behind it, as a stream.
        codes: the code of each figure in the font of the number.
        shown: the number as it stands there.
    """

    before: Any
    number: Sequence[Any]
    after: Any
    codes: Mapping[str, int]
    shown: str

    @classmethod
    def of(cls, document: pikepdf.Pdf) -> Numbered:
        """
        The copy number of a document, by its mark.

        Raises:
            Unfit: there is none, or its font has not all figures.
        """
        import pikepdf

        page = document.pages[0]
        instructions = list(pikepdf.parse_content_stream(page))
        first, last = _extent(instructions)
        inner = instructions[first:last]
        fonts = [str(i.operands[0]) for i in inner if str(i.operator) == "Tf"]
        if len(set(fonts)) != 1:
            raise Unfit(say("it is not of one font"))
        codes = _codes(page.obj["/Resources"]["/Font"][fonts[0]])
        if len(codes) < 10:  # noqa: PLR2004 -- the figures
            raise Unfit(say("its font has not all figures"))

        def stream(part: Sequence[Any]) -> Any:
            return document.make_stream(pikepdf.unparse_content_stream(part))

        shown = "".join(text for i in inner for text in _read(i, codes))
        return cls(stream(instructions[:first]), inner, stream(instructions[last:]), codes, shown)

    def content(self, document: pikepdf.Pdf, number: str) -> Any:
        """The contents of the first page with another number of as many figures."""
        import pikepdf

        rest = iter(number)
        made = []
        for instruction in self.number:
            if str(instruction.operator) not in {"Tj", "TJ"}:
                made.append(instruction)
                continue
            count = len("".join(_read(instruction, self.codes)))
            data = b"".join(self.codes[next(rest)].to_bytes(2, "big") for _ in range(count))
            operand = pikepdf.Array([pikepdf.String(data)])
            made.append(pikepdf.ContentStreamInstruction([operand], pikepdf.Operator("TJ")))
        middle = document.make_stream(pikepdf.unparse_content_stream(made))
        return pikepdf.Array([self.before, middle, self.after])


def number_copies(document: pikepdf.Pdf, numbers: Sequence[str]) -> None:
    """
    Repeats the pages of a document once for each number, its first page bearing it.

    Raises:
        Unfit: the document has no copy number that can be changed.
    """
    import pikepdf

    found = Numbered.of(document)
    pages = [page.obj for page in document.pages]
    for index, number in enumerate(numbers):
        content = found.content(document, number)
        if index:
            first = document.make_indirect(pikepdf.Dictionary(dict(pages[0].items())))
            first["/Contents"] = content
            document.pages.append(pikepdf.Page(first))
            for page in pages[1:]:
                copy = document.make_indirect(pikepdf.Dictionary(dict(page.items())))
                document.pages.append(pikepdf.Page(copy))
        else:
            pages[0]["/Contents"] = content


def numbers_in(document: pikepdf.Pdf, count: int) -> list[str]:
    """The copy number of each copy of so many pages, read from the file."""
    import pikepdf

    found = []
    for index in range(0, len(document.pages), count):
        page = document.pages[index]
        instructions = list(pikepdf.parse_content_stream(page))
        first, last = _extent(instructions)
        inner = instructions[first:last]
        fonts = [str(i.operands[0]) for i in inner if str(i.operator) == "Tf"]
        codes = _codes(page.obj["/Resources"]["/Font"][fonts[0]])
        found.append("".join(text for i in inner for text in _read(i, codes)))
    return found


def _extent(instructions: Sequence[Any]) -> tuple[int, int]:
    """From which to before which instruction the number is shown."""
    first = depth = 0
    for index, instruction in enumerate(instructions):
        word = str(instruction.operator)
        if not first and word == "BMC" and instruction.operands[0] == _MARK:
            first, depth = index + 1, 1
        elif first:
            depth += 1 if word in _STARTS else -1 if word == _ENDS else 0
            if not depth:
                return first, index
    raise Unfit(say("it has none"))


def _codes(font: Any) -> dict[str, int]:
    """The code of each figure, by the font's own map to characters."""
    text = font["/ToUnicode"].read_bytes().decode("latin-1")
    pairs = ((bytes.fromhex(u).decode("utf-16-be"), int(c, 16)) for c, u in _ENTRY.findall(text))
    return {figure: code for figure, code in pairs if figure in "0123456789"}


def _read(instruction: Any, codes: Mapping[str, int]) -> list[str]:
    import pikepdf

    if str(instruction.operator) not in {"Tj", "TJ"}:
        return []
    figures = {code: figure for figure, code in codes.items()}
    operand = instruction.operands[0]
    pieces = operand if isinstance(operand, pikepdf.Array) else [operand]
    data = b"".join(bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String))
    return [figures.get(data[i] << 8 | data[i + 1], "?") for i in range(0, len(data) - 1, 2)]
