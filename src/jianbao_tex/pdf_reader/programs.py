"""The boxes of glyphs, from the font programs that are embedded in a PDF."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pikepdf

from jianbao_tex.pdf_reader.unknown import Unknown

UNITS = 1000
"""Units of glyph space in an em (ISO 32000-1, 9.2.4)."""
# pdfium adds this share to the height of a glyph above the baseline, and our boxes are its boxes.
_AIR = 64
_HEAD_MAGIC = 0x5F0F3CF5
_CFF_FAILURES = (IndexError, KeyError, ValueError, struct.error)


class GlyphBox(NamedTuple):
    """The box of a glyph in thousandths of an em, from its origin."""

    left: int
    bottom: int
    right: int
    top: int


Boxes = Callable[[int], GlyphBox]
"""Returns the box of the glyph of a CID; raises `Unknown` where the font has no such glyph."""


def boxes_of(descendant: Any) -> Boxes:
    """
    The boxes of the glyphs of a CIDFont, each measured when it is asked for.

    Raises:
        Unknown: the font is not embedded, or in another form than xdvipdfmx writes.
    """
    descriptor = descendant.get("/FontDescriptor", {})
    if "/FontFile3" in descriptor and descendant.get("/Subtype") == "/CIDFontType0":
        program = descriptor["/FontFile3"]
        if program.get("/Subtype") == "/CIDFontType0C" and "/CIDToGIDMap" not in descendant:
            return _boxes_of_cff(program.read_bytes())
    elif "/FontFile2" in descriptor and descendant.get("/Subtype") == "/CIDFontType2":
        return _boxes_of_truetype(
            descriptor["/FontFile2"].read_bytes(), descendant.get("/CIDToGIDMap", "/Identity")
        )
    raise Unknown("font program")


def _boxes_of_cff(data: bytes) -> Boxes:
    try:
        glyphs = _CompactFont(data).glyphs
    except _CFF_FAILURES as error:
        raise Unknown("CFF") from error
    return _boxes(_wrapped(data, len(glyphs)), {cid: gid for gid, cid in enumerate(glyphs)})


def _boxes_of_truetype(data: bytes, glyph_map: Any) -> Boxes:
    if glyph_map == "/Identity":
        return _boxes(data, None)
    if not isinstance(glyph_map, pikepdf.Stream):
        raise Unknown("CIDToGIDMap")
    table = glyph_map.read_bytes()
    gids = struct.unpack(f">{len(table) // 2}H", table[: len(table) // 2 * 2])
    return _boxes(data, dict(enumerate(gids)))


def _boxes(sfnt: bytes, gids: Mapping[int, int] | None) -> Boxes:
    import uharfbuzz

    font = uharfbuzz.Font(uharfbuzz.Face(sfnt))
    count, upem = font.face.glyph_count, font.face.upem
    half = upem // 2

    def box(cid: int) -> GlyphBox:
        gid = cid if gids is None else gids.get(cid, count)
        extents = font.get_glyph_extents(gid) if gid < count else None
        if extents is None:
            raise Unknown("glyph")
        left, top = extents.x_bearing, extents.y_bearing
        right, bottom = left + extents.width, top + extents.height
        # As pdfium rounds: what lies below the baseline comes out one unit too high.
        high = int((top * UNITS + half) / upem)
        return GlyphBox(
            int((left * UNITS + half) / upem),
            int((bottom * UNITS + half) / upem),
            int((right * UNITS + half) / upem),
            high + int(high / _AIR),
        )

    return box


def _wrapped(cff: bytes, count: int) -> bytes:
    """A font file with the tables that HarfBuzz needs for boxes, round a bare CFF program."""
    head = struct.pack(
        ">4I2H2q9h", 0x10000, 0, 0, _HEAD_MAGIC, 0, UNITS, 0, 0, *(0, 0, 0, 0, 0, 0, 0, 0, 0)
    )
    tables = {
        b"CFF ": cff,
        b"head": head,
        b"hhea": struct.pack(">I16H", 0x10000, *([0] * 15), 1),
        b"hmtx": bytes(4 + 2 * (count - 1)),
        b"maxp": struct.pack(">IH", 0x5000, count),
    }
    offset = 12 + 16 * len(tables)
    directory = [struct.pack(">4s4H", b"OTTO", len(tables), 0, 0, 0)]
    bodies = []
    for tag, data in tables.items():
        directory.append(struct.pack(">4s3I", tag, 0, offset, len(data)))
        bodies.append(data + bytes(-len(data) % 4))
        offset += len(bodies[-1])
    return b"".join((*directory, *bodies))


# --- The Compact Font Format (Adobe Technical Note 5176) ----------------------------------------

_CHARSET, _CHAR_STRINGS = 15, 17
_FONT_MATRIX, _ROS, _FD_ARRAY = (12, 7), (12, 30), (12, 36)
_PREDEFINED_CHARSETS = 2
_THOUSANDTH = (0.001, 0.0, 0.0, 0.001, 0.0, 0.0)
_IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_NIBBLES = "0123456789.EE -"
_Dictionary = dict[int | tuple[int, int], tuple[float, ...]]


class _CompactFont:
    """A CFF program: ``glyphs`` has the CID of each glyph, by its number in the font."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        _, at = self._index(data[2])
        tops, _ = self._index(at)
        self._top = _dictionary(tops[0])
        self._check_matrices()
        at = int(self._top[_CHAR_STRINGS][0])
        count = int.from_bytes(data[at : at + 2], "big")
        if _ROS not in self._top:
            raise ValueError("no CIDs")
        self.glyphs = [0, *self._charset(count)]

    def _index(self, at: int) -> tuple[list[bytes], int]:
        """The items of an INDEX, and where it ends."""
        data = self._data
        count = int.from_bytes(data[at : at + 2], "big")
        if not count:
            return [], at + 2
        size = data[at + 2]
        start = at + 3
        first = start + (count + 1) * size - 1
        ends = [
            first + int.from_bytes(data[start + i * size : start + (i + 1) * size], "big")
            for i in range(count + 1)
        ]
        if ends[-1] > len(data):
            raise ValueError("INDEX beyond the end")
        return [data[a:b] for a, b in itertools.pairwise(ends)], ends[-1]

    def _check_matrices(self) -> None:
        """Another scale than a thousandth of an em is seldom, and readers differ about it."""
        top = self._top.get(_FONT_MATRIX)
        fonts = self._index(int(self._top[_FD_ARRAY][0]))[0] if _FD_ARRAY in self._top else []
        inner = {_dictionary(font).get(_FONT_MATRIX) for font in fonts} or {None}
        wanted = {None, _IDENTITY if top else _THOUSANDTH}
        if top not in {None, _THOUSANDTH} or not inner <= wanted:
            raise ValueError("FontMatrix")

    def _charset(self, count: int) -> list[int]:
        """The CIDs of all glyphs but the first."""
        data, at = self._data, int(self._top.get(_CHARSET, (0,))[0])
        if at <= _PREDEFINED_CHARSETS:
            raise ValueError("predefined charset")
        form, at = data[at], at + 1
        if form == 0:
            return list(struct.unpack_from(f">{count - 1}H", data, at))
        step = {1: ">HB", 2: ">HH"}[form]
        cids: list[int] = []
        while len(cids) < count - 1:
            first, more = struct.unpack_from(step, data, at)
            cids.extend(range(first, first + more + 1))
            at += struct.calcsize(step)
        return cids[: count - 1]


def _dictionary(data: bytes) -> _Dictionary:
    entries: _Dictionary = {}
    operands: list[float] = []
    at = 0
    while at < len(data):
        byte = data[at]
        if byte <= 21:  # noqa: PLR2004 -- operators have the codes up to 21
            key: int | tuple[int, int] = byte
            if byte == 12:  # noqa: PLR2004 -- an operator of two bytes
                at += 1
                key = (byte, data[at])
            entries[key] = tuple(operands)
            operands = []
            at += 1
        else:
            value, at = _operand(data, at)
            operands.append(value)
    return entries


def _operand(data: bytes, at: int) -> tuple[float, int]:
    """A number of a dictionary (Table 3), and where it ends."""
    byte = data[at]
    match byte:
        case 28:
            return int.from_bytes(data[at + 1 : at + 3], "big", signed=True), at + 3
        case 29:
            return int.from_bytes(data[at + 1 : at + 5], "big", signed=True), at + 5
        case 30:
            return _real(data, at + 1)
    if byte in range(32, 247):
        return byte - 139, at + 1
    if byte in range(247, 251):
        return (byte - 247) * 256 + data[at + 1] + 108, at + 2
    if byte in range(251, 255):
        return -(byte - 251) * 256 - data[at + 1] - 108, at + 2
    raise ValueError("reserved code")


def _nibbles(data: bytes, at: int) -> Iterator[int]:
    while True:
        yield data[at] >> 4
        yield data[at] & 15
        at += 1


def _real(data: bytes, at: int) -> tuple[float, int]:
    text, count = "", 0
    for nibble in _nibbles(data, at):
        count += 1
        if nibble == 15:  # noqa: PLR2004 -- the end of the number (Table 5)
            break
        text += _NIBBLES[nibble] + ("-" if nibble == 12 else "")  # noqa: PLR2004 -- E-
    return float(text), at + (count + 1) // 2
