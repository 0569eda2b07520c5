"""Fonts by role: the manifest, the files on this machine, and what they cover."""

from __future__ import annotations

import functools
import io
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jianbao_tex.errors import ToolMissing
from jianbao_tex.findings import Where, error
from jianbao_tex.foreign_files import read_file
from jianbao_tex.language import InvalidValue, say
from jianbao_tex.outlines import OutlinePen
from jianbao_tex.store import Store, digest_of, key_of, stamp_of

DAMAGED = error("JB415", "this is not a usable font ({reason})", "replace or delete the file")


@dataclass(frozen=True)
class FontFile:
    """An installed font.  ``own``: a file of the user, which is copied next to the TeX."""

    name: str
    path: Path
    index: int
    own: bool
    store: Store | None = field(default=None, compare=False, repr=False)

    @property
    def file(self) -> str:
        """The name by which TeX finds it."""
        return self.path.name

    def has(self, character: str) -> bool:
        """
        Whether the font has a glyph for a character.

        Raises:
            ToolMissing: the file is no font.
        """
        return _face(self.path, self.index).get_nominal_glyph(ord(character)) is not None

    @property
    def postscript(self) -> str:
        """The font's own name."""
        return str(_face(self.path, self.index).face.get_name(_POSTSCRIPT_NAME) or "")

    @property
    def pdf_name(self) -> str:
        """The name by which a PDF knows the font: for a collection, that of its outlines."""
        return _pdf_font(self).name

    @property
    def digest(self) -> str:
        """The SHA-256 of the file."""
        return _digest(self.path, stamp_of(self.path), self.store)

    @property
    def is_slow_to_map(self) -> bool:
        """Whether a PDF writer must search all glyph alternates of the font for its ToUnicode map."""
        return _pdf_font(self).has_outlines_of_postscript

    def cid(self, character: str) -> int | None:
        """The number that a PDF writes for a character; ``None`` without a glyph."""
        glyph = _face(self.path, self.index).get_nominal_glyph(ord(character))
        if glyph is None:
            return None
        cids = _pdf_font(self).cids
        return cids[glyph] if cids else int(glyph)

    def cids(self, characters: Iterable[str]) -> Iterator[tuple[str, int | None]]:
        """The characters, each with its `cid`; quick where they were asked for before."""
        known = _CIDS.setdefault((self.path, self.index), {})
        for character in characters:
            if character not in known:
                known[character] = self.cid(character)
            yield character, known[character]

    def advance(self, character: str) -> float:
        """The width of a character as a share of the type size."""
        font = _face(self.path, self.index)
        glyph = font.get_nominal_glyph(ord(character)) or 0
        width: int = font.get_glyph_h_advance(glyph)
        return width / float(font.face.upem)

    def outline(self, character: str) -> list[tuple[str, tuple[float, ...]]]:
        """
        The outline of a character as path operators of PDF (m, l, c, h) with their points.

        Points are shares of the type size from its origin on the baseline.
        """
        font = _face(self.path, self.index)
        pen = OutlinePen(font.face.upem)
        font.draw_glyph_with_pen(font.get_nominal_glyph(ord(character)) or 0, pen)
        return pen.steps

    def form_of(self, cid: int, characters: Iterable[str]) -> str | None:
        """
        The character of which a glyph is an alternate form; ``None`` if there is none.

        Alternates come from the OpenType GSUB table: fraction digits, localized punctuation.
        """
        font = _face(self.path, self.index)
        cids = _pdf_font(self).cids
        for character in characters:
            glyph = font.get_nominal_glyph(ord(character))
            if glyph is None:
                continue
            for lookup in range(_MAX_LOOKUPS):
                forms = font.face.get_lookup_glyph_alternates(lookup, glyph) or ()
                if any((cids[form] if cids else form) == cid for form in forms):
                    return character
        return None

    @property
    def all_characters(self) -> Iterator[str]:
        """Every character of the font, by code point."""
        return map(chr, _face(self.path, self.index).face.unicodes)


@dataclass(frozen=True)
class Typeface:
    """The fonts of a role on this machine: the Chinese fallback chain and the Latin font."""

    role: str
    label: str
    official: str
    chain: tuple[FontFile, ...]
    latin: FontFile

    def lacks(self, characters: Iterable[str]) -> frozenset[str]:
        """The characters that no font of the typeface has."""
        return self.latin_lacks(self.chain_lacks(characters))

    def latin_lacks(self, characters: Iterable[str]) -> frozenset[str]:
        """The characters that the Latin font has not."""
        return _find_missing(self.latin, frozenset(characters))

    def chain_lacks(self, characters: Iterable[str]) -> frozenset[str]:
        """The characters that no font of the Chinese chain has."""
        missing = frozenset(characters)
        for font in self.chain:
            missing = _find_missing(font, missing)
        return missing


def _find_missing(font: FontFile, characters: frozenset[str]) -> frozenset[str]:
    return frozenset(c for c in characters if not font.has(c))


@functools.lru_cache(maxsize=64)
def _face(path: Path, index: int) -> Any:
    """The font as HarfBuzz reads it: mapped, not loaded, so a tenth of a millisecond."""
    import uharfbuzz

    try:
        face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)), index)
    except Exception as exc:  # a file that cannot be mapped raises anything
        raise ToolMissing(DAMAGED.at(Where(str(path)), reason=type(exc).__name__)) from exc
    if not face.glyph_count or not face.unicodes:
        raise ToolMissing(DAMAGED.at(Where(str(path)), reason=say("no characters in it")))
    return uharfbuzz.Font(face)


@functools.lru_cache(maxsize=64)
def _digest(path: Path, stamp: str, store: Store | None) -> str:
    """The digest of a file; a collection has twenty megabytes, so it is kept."""
    key = key_of("digest", str(path), stamp)
    cached = store.get("fonts", key) if store else None
    if cached is not None:
        return cached.decode("ascii")
    digest = digest_of(read_file(path, MOST_FONT_BYTES))
    if store:
        store.put("fonts", key, digest.encode("ascii"))
    return digest


MOST_FONT_BYTES = 256 * 1024 * 1024
"""Of a font file: a collection of all scripts and weights has half of that."""

_MAX_CID = 65_535
_POSTSCRIPT_NAME = 6
_MAX_LOOKUPS = 256


@dataclass(frozen=True)
class _PdfFont:
    """The font data for a PDF: the name, and the CID of each glyph (empty if CIDs equal glyph ids)."""

    name: str
    cids: Sequence[int]
    has_outlines_of_postscript: bool

    def packed(self) -> bytes:
        """The same as bytes."""
        head = f"{self.name}\n{int(self.has_outlines_of_postscript)}\n"
        return head.encode() + array("H", self.cids).tobytes()

    @classmethod
    def unpacked(cls, data: bytes) -> _PdfFont:
        name, kind, numbers = data.split(b"\n", 2)
        cids = array("H")
        cids.frombytes(numbers)
        return cls(name.decode(), cids, kind == b"1")


def _pdf_font(font: FontFile) -> _PdfFont:
    key = (font.path, font.index)
    if key not in _PDF_FONTS:
        _PDF_FONTS[key] = _load_pdf_font(font)
    return _PDF_FONTS[key]


_PDF_FONTS: dict[tuple[Path, int], _PdfFont] = {}
_CIDS: dict[tuple[Path, int], dict[str, int | None]] = {}


def _load_pdf_font(font: FontFile) -> _PdfFont:
    """What is read from a font's outlines, which takes long, or what the store has of it."""
    if font.store is None:
        return _read_outlines(font.path, font.index)
    key = key_of(str(font.path), stamp_of(font.path), str(font.index))
    data = font.store.get("fonts", key)
    if data is not None:
        return _PdfFont.unpacked(data)
    pdf_font = _read_outlines(font.path, font.index)
    font.store.put("fonts", key, pdf_font.packed())
    return pdf_font


def _read_outlines(path: Path, index: int) -> _PdfFont:
    face = _face(path, index).face
    if "CFF " not in face.table_tags:
        return _PdfFont(str(face.get_name(_POSTSCRIPT_NAME) or ""), (), False)
    # The faces of a collection share their outlines, and the name of these.
    from fontTools.ttLib import TTFont

    try:
        data = io.BytesIO(read_file(path, MOST_FONT_BYTES))
        with TTFont(data, fontNumber=index, lazy=True) as font:
            outlines = font["CFF "].cff
            name, top = str(outlines.fontNames[0]), outlines[0]
            # A font with a glyph for every CID has them in their own order.
            if not hasattr(top, "ROS") or face.glyph_count >= _MAX_CID:
                return _PdfFont(name, (), True)
            # fontTools names these glyphs by CID, as cid00012; the first one is .notdef, CID 0.
            return _PdfFont(name, [0, *(int(n.removeprefix("cid")) for n in top.charset[1:])], True)
    except Exception as exc:  # a damaged font makes fontTools raise anything
        raise ToolMissing(DAMAGED.at(Where(str(path)), reason=type(exc).__name__)) from exc


_TABLES = frozenset(("cmap", "head", "hhea", "hmtx", "maxp", "name", "post"))
"""What TeX asks a font for, besides its outlines (OpenType 1.9, required tables)."""


def _require_tables(path: Path, index: int) -> None:
    """Raises `InvalidValue` for a font without a table that TeX needs."""
    from fontTools.ttLib import TTFont

    with TTFont(io.BytesIO(read_file(path, MOST_FONT_BYTES)), fontNumber=index, lazy=True) as font:
        tables = {*font.reader.keys()}
    missing = sorted(_TABLES - tables)
    if not tables & {"glyf", "CFF ", "CFF2"}:
        missing.append("glyf")
    if missing:
        raise InvalidValue(say("it lacks the tables {names}", names=tuple(missing)))


def read_font_apart(request: bytes) -> bytes:
    """In the separate process: reads of a font what is read here later."""
    # The file may be another one than that which was read before.
    _face.cache_clear()
    index, path = request.decode("utf-8", "surrogateescape").split(" ", 1)
    try:
        name = _read_outlines(Path(path), int(index)).name
        _require_tables(Path(path), int(index))
        return name.encode("utf-8", "replace")
    except ToolMissing as exc:
        reason = dict(exc.findings[0].values)["reason"]
        raise InvalidValue(say("{reason}", reason=reason)) from exc
