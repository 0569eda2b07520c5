"""Limits for the unpacked size of a foreign PDF."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from jianbao_tex.language import InvalidValue, say

if TYPE_CHECKING:
    import pikepdf

_MAX_STREAM = 32 * 1024 * 1024
_MAX_TOTAL = 256 * 1024 * 1024
_MAX_OTHER_FILTER = 256 * 1024
_PACKING = {"/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"}
_MAX_METADATA = 1024 * 1024
_MAX_WORDS = 400_000
_MAX_TOTAL_WORDS = 4_000_000
_MAX_PAGES = 200_000
_PIECE = 1024 * 1024
_MAX_ROW = 8 * 4 * 2 * 65_536
"""Bits in a row of pixels: of four colours with two bytes."""
_ROW = (("/Columns", 1), ("/Colors", 1), ("/BitsPerComponent", 8))
"""What a row of a predictor has, and the usual values (ISO 32000-1, table 8)."""
_DELIMITERS = (b"/", b"(", b"[", b"<")


def refuse_bombs(document: pikepdf.Pdf) -> None:
    """
    Refuses a document that cannot be read with a gigabyte of memory.

    Raises:
        InvalidValue: a stream, all of them, or what the pages draw is too much.
    """
    import pikepdf

    if len(document.pages) > _MAX_PAGES:
        raise InvalidValue(say("it is too large to be examined"))
    total = words = 0
    packet = document.Root.get("/Metadata")
    for item in document.objects:
        if not isinstance(item, pikepdf.Stream):
            continue
        _refuse_predictor(item)
        if item.get("/Subtype") == "/Image":
            continue
        is_packet = packet is not None and item.objgen == packet.objgen
        size, count = _measure(item, _MAX_METADATA if is_packet else _MAX_STREAM)
        total += size
        # Fonts, ICC profiles and functions have long streams, but draw nothing.
        draws = not any(key in item for key in ("/Length1", "/N", "/FunctionType"))
        words += count if draws and "/Type" not in item else 0
        if total > _MAX_TOTAL or words > _MAX_TOTAL_WORDS:
            raise InvalidValue(say("it is too large to be examined"))
        if count > _MAX_WORDS and draws and not is_packet:
            raise InvalidValue(say("a page or a form of it draws too much to be examined"))
    _refuse_repetition(document)


def _refuse_repetition(document: pikepdf.Pdf) -> None:
    """Refuses a long content stream that too many pages share."""
    import pikepdf

    sizes: dict[object, int] = {}
    total = 0
    for page in document.pages:
        contents = page.obj.get("/Contents")
        for part in contents if isinstance(contents, pikepdf.Array) else (contents,):
            if isinstance(part, pikepdf.Stream) and part.objgen not in sizes:
                sizes[part.objgen] = _measure(part, _MAX_STREAM)[1]
            total += sizes.get(part.objgen, 0) if part is not None else 0
        if total > _MAX_TOTAL_WORDS:
            raise InvalidValue(say("it is too large to be examined"))


def _refuse_predictor(item: Any) -> None:
    """Refuses a stream whose filter takes memory for a row that is longer than any picture's."""
    import pikepdf

    parameters = item.get("/DecodeParms", item.get("/DP"))
    for table in parameters if isinstance(parameters, pikepdf.Array) else (parameters,):
        if not isinstance(table, pikepdf.Dictionary):
            continue
        size = 1
        for key, usual in _ROW:
            number = table.get(key, usual)
            size *= number if isinstance(number, int) else _MAX_ROW + 1
        if not 0 <= size <= _MAX_ROW:
            raise InvalidValue(say("it is too large to be examined"))


def _measure(item: Any, max_size: int) -> tuple[int, int]:
    """The size of a stream after decompression, and its approximate number of tokens."""
    import pikepdf

    raw = item.read_raw_bytes()
    filters = item.get("/Filter", pikepdf.Array())
    filters = filters if isinstance(filters, pikepdf.Array) else [filters]
    names = [str(name) for name in filters]
    # A packed stream packed again can unfold without limit.
    if len(_PACKING.intersection(names)) > 1 or len(names) != len(set(names)):
        raise InvalidValue(say("it is too large to be examined"))
    if names != ["/FlateDecode"]:
        limit = max_size if not names else _MAX_OTHER_FILTER
        if len(raw) > limit and "/DCTDecode" not in names:
            raise InvalidValue(say("it is too large to be examined"))
        return len(raw), _tokens(raw)
    # Unpacked in pieces, so that no more than a piece is ever in memory.
    reader = zlib.decompressobj()
    size = count = 0
    piece = raw
    while piece and not reader.eof:
        try:
            data = reader.decompress(piece, _PIECE)
        except zlib.error:
            break
        size += len(data)
        count += _tokens(data)
        if size > max_size:
            raise InvalidValue(say("it is too large to be examined"))
        piece = reader.unconsumed_tail
    return size, count


def _tokens(data: bytes) -> int:
    """About how many tokens there are; a delimiter begins one without a space before it."""
    return len(data.split()) + sum(map(data.count, _DELIMITERS))
