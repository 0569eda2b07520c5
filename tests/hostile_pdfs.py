"""PDFs made to take the memory or the time of those who read them, and PDFs with random damage."""

from __future__ import annotations

import functools
import random
import zlib
from collections.abc import Iterator

_MEBI = 1024**2


def pdf_of(objects: dict[int, bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF of numbered objects, with its table."""
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, count = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % count
    for number in range(1, count):
        state = b"n" if number in places else b"f"
        out += b"%010d 00000 %s \n" % (places.get(number, 0), state)
    return bytes(
        out + b"trailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (count, trailer, start)
    )


def stream_of(data: bytes, entries: bytes = b"") -> bytes:
    """A stream with the compression of Flate."""
    return _stream_of_packed(zlib.compress(data, 6), entries)


def zeros(size: int) -> bytes:
    """So many zeros, packed; never in memory as a whole."""
    packer = zlib.compressobj(6)
    pieces = [packer.compress(bytes(_MEBI)) for _ in range(size // _MEBI)]
    return b"".join(pieces) + packer.flush()


def _stream_of_packed(packed: bytes, entries: bytes = b"") -> bytes:
    head = b"<</Filter/FlateDecode/Length %d%s>>" % (len(packed), entries)
    return head + b"\nstream\n" + packed + b"\nendstream"


def page_with(contents: bytes, **others: bytes) -> bytes:
    """A PDF of one page with these contents."""
    return pdf_of(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>",
            4: contents,
            **{int(name.removeprefix("o")): body for name, body in others.items()},
        }
    )


@functools.cache
def hostile_pdfs() -> dict[str, bytes]:
    """One of each kind, by its name."""
    nest = b"[" * 200_000 + b"]" * 200_000
    predictor = b"/DecodeParms<</Predictor 12/Columns 2147483647/Colors 1/BitsPerComponent 8>>"
    return {
        "predictor": page_with(stream_of(b"\x02" + bytes(100), predictor)),
        "tokens": page_with(stream_of(b"/a" * (14 * _MEBI))),
        "strings": page_with(stream_of(b"()" * (14 * _MEBI) + b"Tj")),
        "nested": page_with(stream_of(nest + b" TJ")),
        "nested-object": page_with(stream_of(b"0 g"), o5=nest),
        "object-stream": _packed(b"[" + b"1 " * (200 * _MEBI) + b"]"),
        "many-objects": _packed(b"[" + b"[]" * (40 * _MEBI) + b"]"),
        "table-stream": _table_stream(1200 * _MEBI),
        "zeros": page_with(_stream_of_packed(zeros(900 * _MEBI))),
        "twice": page_with(_twice(1000 * _MEBI)),
        "tree": pdf_of(_tree(24)),
        "loop": pdf_of({1: b"<</Type/Catalog/Pages 2 0 R>>",
                        2: b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"}),
        "length": page_with(b"<</Length 99999999999999>>\nstream\n0 g\nendstream"),
    }  # fmt: skip


def _twice(size: int) -> bytes:
    packed = zlib.compress(zeros(size), 6)
    head = b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>" % len(packed)
    return head + b"\nstream\n" + packed + b"\nendstream"


def _tree(depth: int) -> dict[int, bytes]:
    """Each node has the next one twice: 16 million pages."""
    nodes = {
        number: b"<</Type/Pages/Kids[%d 0 R %d 0 R]/Count 2>>" % (number + 1, number + 1)
        for number in range(2, depth + 2)
    }
    page = b"<</Type/Page/MediaBox[0 0 9 9]>>"
    return {1: b"<</Type/Catalog/Pages 2 0 R>>", **nodes, depth + 2: page}


def _packed(body: bytes) -> bytes:
    """A PDF whose object 5 lies in an object stream, which `pikepdf.open` unpacks."""
    inner = b"5 0 " + body
    parts = {
        1: b"<</Type/Catalog/Pages 2 0 R/X 5 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        4: stream_of(inner, b"/Type/ObjStm/N 1/First 4"),
    }
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, part in parts.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(out)
    rows = bytearray(b"\0" + bytes(4) + b"\xff\xff")
    for number in range(1, 5):
        rows += b"\1" + places[number].to_bytes(4, "big") + b"\0\0"
    rows += b"\2" + (4).to_bytes(4, "big") + b"\0\0"
    rows += b"\1" + start.to_bytes(4, "big") + b"\0\0"
    table = stream_of(bytes(rows), b"/Type/XRef/W[1 4 2]/Size 7/Root 1 0 R")
    return bytes(out + b"6 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, start))


def _table_stream(size: int) -> bytes:
    """A table of objects that unpacks without end."""
    table = _stream_of_packed(zeros(size), b"/Type/XRef/W[1 4 2]/Size %d/Root 1 0 R" % (size // 7))
    return b"%%PDF-1.7\n6 0 obj\n%s\nendobj\nstartxref\n9\n%%%%EOF\n" % table


def damaged(pdf: bytes, count: int, seed: int = 1) -> Iterator[bytes]:
    """So many copies with random damage: bytes changed, cut out, doubled, numbers made large."""
    draw = random.Random(seed)
    for _ in range(count):
        data = bytearray(pdf)
        for _ in range(draw.choice((1, 1, 3, 10, 100))):
            at = draw.randrange(len(data))
            size = draw.choice((1, 4, 40, 4000))
            match draw.randrange(5):
                case 0:
                    data[at : at + size] = draw.randbytes(min(size, 40))
                case 1:
                    del data[at : at + size]
                case 2:
                    data[at:at] = data[at : at + size]
                case 3:
                    data[at:at] = draw.choice((b"<<", b"[", b"(", b"/Length 2147483647", b" 0 R"))
                case _:
                    start = data.find(b"/", at)
                    data[start : start + 2] = b"/" + draw.randbytes(1)
        yield bytes(data)
