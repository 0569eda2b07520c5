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
_FIGURES = tuple("0123456789")
_STARTS, _ENDS = {"BMC", "BDC"}, "EMC"


@dataclass(frozen=True)
class Numbered:
    """
    The instructions of a page around its copy number.

    Args:
        before: those in front of the number.
        shown: those that show it.
        after: those behind it.
        codes: the code of each figure in its font.
    """

    before: Sequence[Any]
    shown: Sequence[Any]
    after: Sequence[Any]
    codes: Mapping[str, int]

    @classmethod
    def of(cls, page: pikepdf.Page) -> Numbered:
        """
        The copy number of a page, by its mark.

        Raises:
            Unfit: there is none, or its font has not all figures.
        """
        import pikepdf

        instructions = list(pikepdf.parse_content_stream(page))
        first, last = _extent(instructions)
        shown = instructions[first:last]
        fonts = {str(i.operands[0]) for i in shown if str(i.operator) == "Tf"}
        if len(fonts) != 1:
            raise Unfit(say("it is not of one font"))
        codes = _codes(page.obj["/Resources"]["/Font"][fonts.pop()])
        if set(codes) != set(_FIGURES):
            raise Unfit(say("its font has not all figures"))
        return cls(instructions[:first], shown, instructions[last:], codes)

    @property
    def number(self) -> str:
        """The number as it stands there."""
        return "".join(text for i in self.shown for text in _read(i, self.codes))

    def showing(self, number: str) -> bytes:
        """The instructions that show another number of as many figures."""
        import pikepdf

        rest = iter(number)
        made = []
        for instruction in self.shown:
            if str(instruction.operator) not in {"Tj", "TJ"}:
                made.append(instruction)
                continue
            count = len(_read(instruction, self.codes))
            data = b"".join(self.codes[next(rest)].to_bytes(2, "big") for _ in range(count))
            operand = pikepdf.Array([pikepdf.String(data)])
            made.append(pikepdf.ContentStreamInstruction([operand], pikepdf.Operator("TJ")))
        return pikepdf.unparse_content_stream(made)


def number_copies(document: pikepdf.Pdf, numbers: Sequence[str]) -> None:
    """
    Repeats the pages of a document once for each number, its first page bearing it.

    Raises:
        Unfit: the document has no copy number that can be changed.
    """
    import pikepdf

    found = Numbered.of(document.pages[0])
    around = [
        document.make_stream(pikepdf.unparse_content_stream(part))
        for part in (found.before, found.after)
    ]
    pages = [page.obj for page in document.pages]
    for index, number in enumerate(numbers):
        middle = document.make_stream(found.showing(number))
        content = pikepdf.Array([around[0], middle, around[1]])
        if not index:
            pages[0]["/Contents"] = content
            continue
        for page in pages:
            copy = document.make_indirect(pikepdf.Dictionary(dict(page.items())))
            if page is pages[0]:
                copy["/Contents"] = content
            document.pages.append(pikepdf.Page(copy))


def numbers_in(document: pikepdf.Pdf, count: int) -> list[str]:
    """The copy number of each copy of so many pages, read from the file."""
    firsts = list(document.pages)[::count]
    return [Numbered.of(page).number for page in firsts]


def are_alike(document: pikepdf.Pdf, count: int) -> bool:
    """Whether all copies of so many pages are the first one but for their numbers."""
    pages = list(document.pages)
    first = pages[:count]
    for start in range(0, len(pages), count):
        copy = pages[start : start + count]
        if len(copy) != count:
            return False
        for page, other in zip(copy, first, strict=True):
            if page.obj["/Resources"].objgen != other.obj["/Resources"].objgen:
                return False
            if _outside(page) != _outside(other):
                return False
    return True


def _outside(page: pikepdf.Page) -> list[tuple[int, int]]:
    """The contents of a page, all but those between the first and the last of three."""
    import pikepdf

    contents = page.obj["/Contents"]
    if not isinstance(contents, pikepdf.Array):
        return [contents.objgen]
    return [contents[0].objgen, contents[-1].objgen]


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
    return {figure: code for figure, code in pairs if figure and figure in _FIGURES}


def _read(instruction: Any, codes: Mapping[str, int]) -> list[str]:
    import pikepdf

    if str(instruction.operator) not in {"Tj", "TJ"}:
        return []
    figures = {code: figure for figure, code in codes.items()}
    operand = instruction.operands[0]
    pieces = operand if isinstance(operand, pikepdf.Array) else [operand]
    data = b"".join(bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String))
    return [figures.get(data[i] << 8 | data[i + 1], "?") for i in range(0, len(data) - 1, 2)]
