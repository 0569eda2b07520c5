"""Half-width marks and straight quotes in Chinese text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jianbao_proofreading.prose import HAN, NUMERALS, Prose, check_of_prose, is_han
from jianbao_tex.hooks import Finding, warning

_HALF = warning(
    "PR006",
    "a half-width {found} stands in Chinese text",
    "write the full-width {expected} (GB/T 15834)",
)
_STRAIGHT = warning(
    "PR007",
    "a straight quote {found} stands in Chinese text",
    "write curly quotes “” or ‘’ (GB/T 15834)",
)

_FULL = dict(zip(",;:?!.()", "，；：？！。（）", strict=True))
_CLOSERS = "》〉”’）】〕」』"
_MARK = re.compile(rf"(?<=[{HAN}{_CLOSERS}])[,;:?!]")
_FULL_STOP = re.compile(rf"(?<=[{HAN}{_CLOSERS}])\.(?=[”’）」』]*\s*$)")
_ADDRESS = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]{1,20}://|www\.|[A-Za-z0-9._-]{1,64}@)\S+")
_LATIN = re.compile(r"[A-Za-z]")
_ASCII = re.compile(r"[!-~]")


def _half_width(prose: Prose) -> Iterator[Finding]:
    """
    A mark after Chinese text is a full-width one.

    Marks after digits and Latin letters and those in addresses are not reported.
    """
    if not _ASCII.search(prose.text):
        return
    text = _ADDRESS.sub(lambda address: " " * len(address[0]), prose.text)
    indices = [m.start() for m in _MARK.finditer(text) if not _is_ratio(text, m.start())]
    indices += [m.start() for m in _FULL_STOP.finditer(text) if not _is_label(text, m.start())]
    for index in indices:
        yield _half(prose, index)
    for pair in _brackets(text):
        # One full-width and one half-width bracket would be worse than two of a kind.
        can_mend = all(map(prose.is_spelt, pair))
        yield from (_half(prose, index, can_mend=can_mend) for index in pair)


def _half(prose: Prose, index: int, *, can_mend: bool = True) -> Finding:
    mark, expected = prose.text[index], _FULL[prose.text[index]]
    fix = expected if can_mend else None
    return prose.finding(_HALF, index, 1, fix, found=mark, expected=expected)


def _is_ratio(text: str, index: int) -> bool:
    """Whether it is 三:二."""
    around = text[index - 1 : index + 2]
    return around[1] == ":" and around[0] in NUMERALS and around[-1] in NUMERALS


def _is_label(text: str, index: int) -> bool:
    """Whether it numbers something: 一. or 甲."""
    return text[:index].strip() in set(NUMERALS + "甲乙丙丁戊己庚辛壬癸")


def _brackets(text: str) -> Iterator[list[int]]:
    """
    Where the half-width brackets of each pair stand that belongs to Chinese text.

    It has Chinese in it or right before it, or one of the two is full-width already.
    """
    open_brackets: list[tuple[int, int]] = []
    count = 0
    for index, character in enumerate(text):
        count += is_han(character)
        if character in "（(":
            open_brackets.append((index, count))
        elif character in "）)" and open_brackets:
            start, before = open_brackets.pop()
            half_width = [i for i in (start, index) if text[i] in "()"]
            if half_width and (
                count > before or len(half_width) == 1 or _is_name(text, start, index)
            ):
                yield half_width


def _is_name(text: str, start: int, end: int) -> bool:
    """Whether a Latin name, not a mere number, stands in brackets after a Chinese word."""
    return start > 0 and is_han(text[start - 1]) and bool(_LATIN.search(text, start, end))


# --- Quotes ---------------------------------------------------------------------------------

_APOSTROPHE = re.compile(r"(?<=[A-Za-z0-9])'")
_CURLY = {'"': ("“", "”"), "'": ("‘", "’")}


def _straight_quotes(prose: Prose) -> Iterator[Finding]:
    """
    Quotes in Chinese text are curly ones.

    They are fixed in pairs; an inch mark or an apostrophe is not a quotation mark.
    """
    for quote in _CURLY:
        if quote in prose.text:
            yield from _quotes(prose, quote)


def _quotes(prose: Prose, quote: str) -> Iterator[Finding]:
    text = prose.text
    skipped = {m.start() for m in _APOSTROPHE.finditer(text)} if quote == "'" else set[int]()
    indices = [i for i, c in enumerate(text) if c == quote and i not in skipped]
    partners = _partners(text, quote, indices)
    for index in indices:
        before, after = text[max(0, index - 1) : index], text[index + 1 : index + 2]
        if index in partners:
            partner = partners[index]
            fix = _CURLY[quote][partner < index] if prose.is_spelt(partner) else None
            yield prose.finding(_STRAIGHT, index, 1, fix, found=quote)
        elif not before.isdigit() and (is_han(before) or is_han(after)):
            yield prose.finding(_STRAIGHT, index, 1, found=quote)


def _partners(text: str, quote: str, indices: list[int]) -> dict[int, int]:
    """The other quote of each that is sure to be one of a pair around Chinese words."""
    partners: dict[int, int] = {}
    if len(indices) % 2:
        return partners
    for start, end in zip(indices[::2], indices[1::2], strict=True):
        inner = text[start + 1 : end]
        is_open = inner == inner.strip() != "" and not text[max(0, start - 1) : start].isdigit()
        if not is_open or any(curly in inner for curly in _CURLY[quote]):
            return {}
        if any(map(is_han, inner)):
            partners[start], partners[end] = end, start
    return partners if _are_outermost(text, quote, partners) else {}


def _are_outermost(text: str, quote: str, pairs: dict[int, int]) -> bool:
    """Whether none of the pairs stands between curly quotes of the same kind."""
    opening, closing = _CURLY[quote]
    depth = 0
    for index, character in enumerate(text):
        depth += (character == opening) - (character == closing)
        if depth and index in pairs:
            return False
    return True


CHECKS = (
    check_of_prose("half-width-marks", "半角标点", _half_width),
    check_of_prose("straight-quotes", "直引号", _straight_quotes),
)
