"""Half-width marks and straight quotes in Chinese text."""

from __future__ import annotations

import itertools
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
_ASCII = re.compile(r"[!-~]")


def _half_width(prose: Prose) -> Iterator[Finding]:
    """
    A mark behind Chinese text is a full-width one.

    Marks behind digits and Latin letters and those in addresses are let be.
    """
    text = prose.text
    if not _ASCII.search(text):
        return
    addresses = [match.span() for match in _ADDRESS.finditer(text)]
    indices = [m.start() for m in _MARK.finditer(text) if not _is_ratio(text, m.start())]
    indices += [m.start() for m in _FULL_STOP.finditer(text) if not _is_label(text, m.start())]
    indices = [i for i in indices if not any(start <= i < end for start, end in addresses)]
    for index in itertools.chain(indices, _brackets(prose)):
        expected = _FULL[text[index]]
        yield prose.found(_HALF, index, 1, expected, found=text[index], expected=expected)


def _is_ratio(text: str, index: int) -> bool:
    """Whether it is 三:二."""
    around = text[index - 1 : index + 2]
    return around[1] == ":" and around[0] in NUMERALS and around[-1] in NUMERALS


def _is_label(text: str, index: int) -> bool:
    """Whether it numbers something: 一. or 甲."""
    return text[:index].strip() in set(NUMERALS + "甲乙丙丁戊己庚辛壬癸")


def _brackets(prose: Prose) -> Iterator[int]:
    """
    Where half-width brackets stand that belong to Chinese text.

    A pair has Chinese in it or right before it, or one of it is full-width already.
    """
    text, opened = prose.text, list[int]()
    han = [0]
    for character in text:
        han.append(han[-1] + is_han(character))
    for index, character in enumerate(text):
        if character in "（(":
            opened.append(index)
        elif character in "）)" and opened:
            start = opened.pop()
            pair = [i for i in (start, index) if text[i] in "()"]
            has_word = han[index] > han[start] or (
                start > 0 and is_han(text[start - 1]) and not text[start + 1 : index].isdigit()
            )
            # One full-width and one half-width bracket would be worse than two of a kind.
            if pair and (has_word or len(pair) == 1) and all(map(prose.is_spelt, pair)):
                yield from pair


# --- Quotes ---------------------------------------------------------------------------------

_APOSTROPHE = re.compile(r"(?<=[A-Za-z0-9])'")
_CURLY = {'"': ("“", "”"), "'": ("‘", "’")}


def _straight_quotes(prose: Prose) -> Iterator[Finding]:
    """
    Quotes in Chinese text are curly ones.

    They are mended where they stand in pairs; a sign of inches or an apostrophe is none.
    """
    for quote in _CURLY:
        if quote in prose.text:
            yield from _quotes(prose, quote)


def _quotes(prose: Prose, quote: str) -> Iterator[Finding]:
    text = prose.text
    skipped = {m.start() for m in _APOSTROPHE.finditer(text)} if quote == "'" else set[int]()
    indices = [i for i, c in enumerate(text) if c == quote and i not in skipped]
    fixes = _fixes(prose, quote, indices)
    for index in indices:
        around = text[max(0, index - 1) : index + 2]
        if index in fixes or any(map(is_han, around)):
            yield prose.found(_STRAIGHT, index, 1, fixes.get(index), found=quote)


def _fixes(prose: Prose, quote: str, indices: list[int]) -> dict[int, str]:
    """What each quote becomes; nothing where it cannot be told which ones open."""
    text, fixes = prose.text, dict[int, str]()
    if len(indices) % 2:
        return fixes
    for start, end in zip(indices[::2], indices[1::2], strict=True):
        inner = text[start + 1 : end]
        around = text[max(0, start - 1) : start]
        if not inner.strip() or inner != inner.strip() or around.isdigit():
            return {}
        if any(curly in inner for curly in _CURLY[quote]):
            return {}
        if any(map(is_han, inner)):
            if not (prose.is_spelt(start) and prose.is_spelt(end)):
                return {}
            fixes[start], fixes[end] = _CURLY[quote]
    return fixes if _are_outermost(text, quote, fixes) else {}


def _are_outermost(text: str, quote: str, fixes: dict[int, str]) -> bool:
    """Whether none of the pairs stands between curly quotes of the same kind."""
    opening, closing = _CURLY[quote]
    depth = 0
    for index, character in enumerate(text):
        depth += (character == opening) - (character == closing)
        if depth and index in fixes:
            return False
    return True


CHECKS = (
    check_of_prose("half-width-marks", "半角标点", _half_width),
    check_of_prose("straight-quotes", "直引号", _straight_quotes),
)
