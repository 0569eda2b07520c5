"""Numbered copies of a document: the same pages, with another number on each first page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jianbao_tex import content
from jianbao_tex.content import Instruction, Mark
from jianbao_tex.language import InvalidValue, say

if TYPE_CHECKING:
    import pikepdf

_FIGURES = tuple("0123456789")
_SHOW = frozenset(("Tj", "TJ"))


@dataclass(frozen=True)
class NumberedPage:
    """
    The instructions of a page around its copy number.

    Args:
        before: the instructions before the number.
        shown: the instructions that show the number.
        after: the instructions after the number.
        codes: the font's code of each digit.
    """

    before: Sequence[Instruction]
    shown: Sequence[Instruction]
    after: Sequence[Instruction]
    codes: Mapping[str, int]

    @classmethod
    def of(cls, page: pikepdf.Page) -> NumberedPage:
        """
        The copy number of a page, by its mark.

        Raises:
            InvalidValue: the page has no copy number, or its font lacks a digit.
        """
        instructions = list(content.read(page))
        piece = next(content.pieces(instructions, Mark.COPY_NUMBER), None)
        if piece is None:
            raise InvalidValue(say("it has none"))
        # Keep the operators that begin and end the marked content.
        first, last = piece.start + 1, piece.stop - 1
        shown = instructions[first:last]
        fonts = {str(i.operands[0]) for i in shown if i.operator == "Tf"}
        if len(fonts) != 1:
            raise InvalidValue(say("it uses more than one font"))
        codes = _digit_codes(page.obj["/Resources"]["/Font"][fonts.pop()])
        if set(codes) != set(_FIGURES):
            raise InvalidValue(say("its font does not have all digits"))
        return cls(instructions[:first], shown, instructions[last:], codes)

    @property
    def number(self) -> str:
        """The number that the page shows."""
        return "".join(text for i in self.shown for text in _digits_in(i, self.codes))

    def showing(self, number: str) -> bytes:
        """The instructions that show another number with the same number of digits."""
        digits = iter(number)
        instructions = []
        for instruction in self.shown:
            if instruction.operator in _SHOW:
                count = len(_digits_in(instruction, self.codes))
                codes = [self.codes[next(digits)] for _ in range(count)]
                instructions.append(content.instruction("TJ", content.string_of(codes)))
            else:
                instructions.append(instruction)
        return content.bytes_of(instructions)


def number_copies(document: pikepdf.Pdf, numbers: Sequence[str]) -> None:
    """
    Copies the pages of a document once for each number and prints it on the first page.

    Raises:
        InvalidValue: the document has no copy number that can be changed.
    """
    import pikepdf

    first = NumberedPage.of(document.pages[0])
    # All copies share these two streams: a copy costs only the stream of its number.
    around = [document.make_stream(content.bytes_of(part)) for part in (first.before, first.after)]
    pages = [page.obj for page in document.pages]
    for index, number in enumerate(numbers):
        middle = document.make_stream(first.showing(number))
        contents = pikepdf.Array([around[0], middle, around[1]])
        if not index:
            pages[0]["/Contents"] = contents
            continue
        for page in pages:
            copy = document.make_indirect(pikepdf.Dictionary(dict(page.items())))
            if page is pages[0]:
                copy["/Contents"] = contents
            document.pages.append(pikepdf.Page(copy))


def numbers_in(document: pikepdf.Pdf, count: int) -> list[str]:
    """The copy number of each copy; a copy has ``count`` pages."""
    firsts = list(document.pages)[::count]
    return [NumberedPage.of(page).number for page in firsts]


def are_alike(document: pikepdf.Pdf, count: int) -> bool:
    """Whether all copies equal the first copy, except for their numbers."""
    pages = list(document.pages)
    first = pages[:count]
    for start in range(0, len(pages), count):
        copy = pages[start : start + count]
        if len(copy) != count:
            return False
        # The same object number means the same object, so nothing is decoded.
        for page, other in zip(copy, first, strict=True):
            if page.obj["/Resources"].objgen != other.obj["/Resources"].objgen:
                return False
            if _outer_streams(page) != _outer_streams(other):
                return False
    return True


def _outer_streams(page: pikepdf.Page) -> list[tuple[int, int]]:
    """The first and the last content stream of a page, without the number between them."""
    import pikepdf

    contents = page.obj["/Contents"]
    if not isinstance(contents, pikepdf.Array):
        return [contents.objgen]
    return [contents[0].objgen, contents[-1].objgen]


def _digit_codes(font: Any) -> dict[str, int]:
    """The code of each figure, by the font's own map to characters."""
    characters = content.characters_of(font)
    return {figure: code for code, figure in characters.items() if figure in _FIGURES}


def _digits_in(instruction: Instruction, codes: Mapping[str, int]) -> list[str]:
    if instruction.operator not in _SHOW:
        return []
    figures = {code: figure for figure, code in codes.items()}
    return [figures.get(code, "?") for code in content.codes_in(instruction.operands[0])]
