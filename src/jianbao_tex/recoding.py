"""
A code of its own for each character of the text, also where characters share a glyph.

A font may draw 人 (U+4EBA) and the radical ⼈ (U+2F08) with one glyph.  Its code stands for one of
them, so that the other one is read as this one where text is searched or copied.  The place in
the source says which one is meant: the other one gets a new code for the same glyph, and the
font an encoding that knows it (ISO 32000-1, 9.7.5.4).
"""

from __future__ import annotations

import io
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pikepdf

from jianbao_tex import content
from jianbao_tex.cancelling import CancelCheck
from jianbao_tex.master import Master
from jianbao_tex.measure import Measured, measure
from jianbao_tex.pages import Glyph
from jianbao_tex.printed import PrintedText
from jianbao_tex.subjects import MasterSubject

_LAST_CODE = 0xFFFF


_FontKey = tuple[int, int]


class _Use(NamedTuple):
    """A code that a page shows in a font: its page, its place in the content, its character."""

    page: int
    place: tuple[int, int, int]
    font: _FontKey
    code: int
    character: str


def with_own_codes(subject: MasterSubject, check_cancelled: CancelCheck) -> MasterSubject:
    """The subject with a master in which each character of the text has a code of its own."""
    master = _recoded(subject.master, subject.measured, subject.printed)
    return replace(subject, master=master, measured=measure(master.pdf, check_cancelled))


def _recoded(master: Master, measured: Measured, printed: PrintedText) -> Master:
    """
    The master with a code for each character that shares a glyph with another one.

    It has no ``twins`` then.  If the glyphs of a page do not follow its content, the master stays
    as it is.
    """
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(master.pdf)) as document:
        pages = [_PageCodes(document, page) for page in document.pages]
        uses: list[_Use] = []
        for number, (codes, page) in enumerate(zip(pages, measured.pages, strict=True)):
            if not codes.print_as(page.glyphs):
                return master
            uses += codes.uses(number, page.glyphs, printed)
        kept, new = _assign(uses)
        for number, codes in enumerate(pages):
            own = (use for use in uses if use.page == number and use[2:] in new)
            codes.rewrite({use.place: new[use[2:]] for use in own})
        fonts = {key: font for page in pages for key, font in page.fonts.items()}
        for key in sorted({font for font, _ in kept}):
            texts = {code: text for (font, code), text in kept.items() if font == key}
            more = {(code, text): own for (font, code, text), own in new.items() if font == key}
            _write_font(document, fonts[key], texts, more)
        document.save(buffer, deterministic_id=True)
    return replace(master, pdf=buffer.getvalue(), twins=frozenset())


def _assign(
    uses: Iterable[_Use],
) -> tuple[dict[tuple[_FontKey, int], str], dict[tuple[_FontKey, int, str], int]]:
    """The character that keeps each code, the most frequent one, and new codes of the others."""
    counts: dict[tuple[_FontKey, int], Counter[str]] = {}
    for use in uses:
        counts.setdefault((use.font, use.code), Counter())[use.character] += 1
    kept: dict[tuple[_FontKey, int], str] = {}
    new: dict[tuple[_FontKey, int, str], int] = {}
    free: dict[_FontKey, Iterator[int]] = {}
    for (font, code), characters in sorted(counts.items()):
        first, *others = sorted(characters, key=lambda c: (-characters[c], c))
        kept[font, code] = first
        for character in others:
            # The glyphs of a subset have low codes.
            new[font, code, character] = next(
                free.setdefault(font, itertools.count(_LAST_CODE, -1))
            )
    return kept, new


class _PageCodes:
    """The codes that a page shows, in the order of its content."""

    def __init__(self, document: Any, page: Any) -> None:
        self._document, self._page = document, page
        self._instructions = list(content.read(page))
        named = {str(name): font for name, font in page.resources.get("/Font", {}).items()}
        self.fonts: dict[_FontKey, Any] = {font.objgen: font for font in named.values()}
        texts = {
            font.objgen: content.characters_of(font)
            for font in named.values()
            if "/ToUnicode" in font
        }
        self._shown: list[tuple[tuple[int, int, int], _FontKey, int, str]] = []
        key = (0, 0)
        for number, (word, operands, _) in enumerate(self._instructions):
            if word == "Tf":
                key = named[str(operands[0])].objgen
            elif word in content.SHOW_TEXT:
                for piece, string in enumerate(_pieces(operands[0])):
                    for index, code in enumerate(content.codes_in(string)):
                        text = content.unligated(texts.get(key, {}).get(code, "\ufffd"))
                        place = (number, piece, index)
                        self._shown.append((place, key, code, "".join(text.split())))

    def print_as(self, glyphs: Sequence[Glyph]) -> bool:
        """Whether the codes, one after another, are these glyphs."""
        return "".join(text for *_, text in self._shown) == "".join(g.text for g in glyphs)

    def uses(self, number: int, glyphs: Sequence[Glyph], printed: PrintedText) -> Iterator[_Use]:
        """The codes with the characters that the source has there, where it has one."""
        start = 0
        for place, key, code, text in self._shown:
            glyph = glyphs[start] if len(text) == 1 else None
            start += len(text)
            character = printed.character_of(glyph) if glyph else ""
            if character:
                yield _Use(number, place, key, code, character)

    def rewrite(self, codes: Mapping[tuple[int, int, int], int]) -> None:
        """Writes other codes at some places: instruction, string of its operand, index."""
        if not codes:
            return
        for number in sorted({number for number, _, _ in codes}):
            word, operands, _ = self._instructions[number]
            pieces = [
                _changed(
                    piece, {i: code for (n, p, i), code in codes.items() if (n, p) == (number, at)}
                )
                for at, piece in enumerate(_pieces(operands[0]))
            ]
            operand = pikepdf.Array(pieces) if word == "TJ" else pieces[0]
            self._instructions[number] = content.instruction(word, operand)
        self._page.Contents = self._document.make_stream(content.bytes_of(self._instructions))


def _pieces(operand: Any) -> list[Any]:
    """The strings of an operator that shows text, and the numbers between them."""
    return list(operand) if isinstance(operand, pikepdf.Array) else [operand]


def _changed(piece: Any, codes: Mapping[int, int]) -> Any:
    if not codes:
        return piece
    changed = [codes.get(i, code) for i, code in enumerate(content.codes_in(piece))]
    return pikepdf.String(b"".join(code.to_bytes(2, "big") for code in changed))


def _write_font(
    document: Any, font: Any, kept: Mapping[int, str], new: Mapping[tuple[int, str], int]
) -> None:
    """Writes the map of a font to characters, and an encoding with its new codes."""
    texts = content.characters_of(font) if "/ToUnicode" in font else {}
    texts |= {**kept, **{code: text for (_, text), code in new.items()}}
    font.ToUnicode = document.make_stream(content.to_unicode(texts))
    if new:
        glyphs = {code: cid for (cid, _), code in new.items()}
        collection = font.DescendantFonts[0].CIDSystemInfo
        font.Encoding = document.make_stream(
            content.encoding(glyphs, collection),
            Type=pikepdf.Name.CMap,
            CMapName=pikepdf.Name("/" + content.ENCODING),
            CIDSystemInfo=collection,
        )
