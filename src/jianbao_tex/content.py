"""
The content of pages and forms: instructions, their operands, strings, marks.

All code that reads or writes content streams uses this module.  Each reader interprets the
instructions itself.  The modules that write a page (`finisher`, `painting`, `numbering`) and the
modules that verify it (`pdf_reader`, `witness`, `seeing`) have separate state machines: a fault in
one is found by the other (decision 0025).
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple


class Mark(StrEnum):
    """The marks of content that style files set, and what stands inside them."""

    ARTIFACT = "Artifact"
    """Printed, but not text of the bulletin: page numbers, repeated table heads."""
    NAME = "JbName"
    """The name in the masthead."""
    TITLE = "JbTitle"
    """The title of an article."""
    HEADING = "JbHeading"
    """A heading in a body, or the name of a section."""
    TABLE = "JbTable"
    """The rows of a table."""
    DISTRIBUTION = "JbDistribution"
    """The distribution block with the imprint."""
    INSERT = "JbInsert"
    """A form or the like: a page that is none of the bulletin."""
    COPY_NUMBER = "JbCopyNumber"
    """The number of a copy."""
    FIGURES = "JbFigures"
    """The ten digits, printed so that their glyphs are embedded; the finisher removes them."""


SHOW_TEXT = frozenset(("Tj", "TJ", "'", '"'))
"""Operators that show text (ISO 32000-1, 9.4.3)."""
FILL = frozenset(("f", "F", "f*"))
"""Operators that fill a path (8.5.3)."""
STROKE = frozenset(("S", "s"))
"""Operators that stroke a path."""
FILL_AND_STROKE = frozenset(("B", "B*", "b", "b*"))
"""Operators that do both."""
DEVICE_COLOURS = {"g": "DeviceGray", "rg": "DeviceRGB", "k": "DeviceCMYK"}
"""Operators that choose a colour of a device for filling; in capitals for strokes (8.6.8)."""
CHOOSE_SPACE = frozenset(("cs", "CS"))
"""Operators that choose a colour space."""
CHOOSE_IN_SPACE = frozenset(("sc", "scn", "SC", "SCN"))
"""Operators that choose a colour of a space of its own."""
COLOURING = frozenset(
    (*DEVICE_COLOURS, *map(str.upper, DEVICE_COLOURS), *CHOOSE_SPACE, *CHOOSE_IN_SPACE)
)
"""All that choose a colour."""

_BEGIN, _END = frozenset(("BMC", "BDC")), "EMC"
_BFCHAR = re.compile(r"beginbfchar(.*?)endbfchar", re.DOTALL)
_LIGATURE = re.compile("[\ufb00-\ufb06]")
LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]+")
"""Text that runs from right to left: pdfium puts it in another order than the page."""
_CIDCHAR = re.compile(r"^<([0-9A-F]{4})> (\d+)$", re.MULTILINE)
_PAIR = re.compile(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>")


class Instruction(NamedTuple):
    """
    An operator with the sequence of its operands, as pikepdf has them; ``pikepdf_object`` is
    pikepdf's own object.
    """

    operator: str
    operands: Any
    pikepdf_object: Any


# Of all contents together: some thirty pages.  What is made of them takes far more memory.
_MOST_KEPT_BYTES = 512 * 1024
_kept: OrderedDict[bytes, tuple[Instruction, ...]] = OrderedDict()
_keeping = threading.Lock()


def read(holder: Any) -> Sequence[Instruction]:
    """
    The instructions of a page or of a form.

    Several steps read the pages of an issue, which only a few of them change, so the last ones
    are kept by their bytes.
    """
    import pikepdf

    stream = holder.obj.get("/Contents") if isinstance(holder, pikepdf.Page) else holder
    data = stream.read_bytes() if isinstance(stream, pikepdf.Stream) else None
    if data is None or len(data) > _MOST_KEPT_BYTES // 2:
        return _parse(holder)
    with _keeping:
        if data in _kept:
            _kept.move_to_end(data)
            return _kept[data]
    instructions = _parse(holder)
    # A picture between operators depends on the resources of its page.
    if all(item.operator != "INLINE IMAGE" for item in instructions):
        with _keeping:
            _kept[data] = instructions
            while sum(map(len, _kept)) > _MOST_KEPT_BYTES:
                _kept.popitem(last=False)
    return instructions


def _parse(holder: Any) -> tuple[Instruction, ...]:
    import pikepdf

    items = pikepdf.parse_content_stream(holder)
    return tuple(Instruction(str(item.operator), item.operands, item) for item in items)


def bytes_of(instructions: Iterable[Instruction]) -> bytes:
    """The bytes of instructions."""
    import pikepdf

    return pikepdf.unparse_content_stream([item.pikepdf_object for item in instructions])


def instruction(word: str, *operands: Any) -> Instruction:
    """An instruction that was not read from a file."""
    import pikepdf

    item = pikepdf.ContentStreamInstruction(list(operands), pikepdf.Operator(word))
    return Instruction(word, operands, item)


def is_stroke(word: str) -> bool:
    """Whether a colour operator sets the stroke colour."""
    # Of each pair of operators the one in capitals sets the stroke colour (ISO 32000-1, 8.6.8).
    return word.isupper()


def pieces(instructions: Sequence[Instruction], mark: Mark) -> Iterator[slice]:
    """The slices of marked content with this mark, with its BDC and EMC operators."""
    start = depth = 0
    for index, item in enumerate(instructions):
        if depth:
            # Marked content may be nested (14.6.1): count to find the EMC of this mark.
            depth += (item.operator in _BEGIN) - (item.operator == _END)
            if not depth:
                yield slice(start, index + 1)
        elif item.operator in _BEGIN and item.operands and item.operands[0] == f"/{mark}":
            start, depth = index, 1


def codes_in(operand: Any) -> Iterator[int]:
    """The two-byte codes of a composite font in a string, or in the strings of an array."""
    import pikepdf

    # The array of TJ also has numbers, which move the text (9.4.3).
    for piece in operand if isinstance(operand, pikepdf.Array) else (operand,):
        if isinstance(piece, pikepdf.String):
            data = bytes(piece)
            # Identity-H: two bytes a code, the high one first (9.7.5.2).
            yield from (data[i] << 8 | data[i + 1] for i in range(0, len(data) - 1, 2))


def string_of(codes: Iterable[int]) -> Any:
    """The operand of TJ that shows the codes of a composite font."""
    import pikepdf

    return pikepdf.Array([pikepdf.String(b"".join(code.to_bytes(2, "big") for code in codes))])


def characters_of(font: Any) -> dict[int, str]:
    """
    The characters of a composite font by code, from the bfchar entries of its ToUnicode map.

    Ranges of codes are left out: our own maps have none.
    """
    # The map gives the text in UTF-16BE (9.10.3), also for characters beyond the first plane.
    text = font["/ToUnicode"].read_bytes().decode("latin-1")
    pairs = (pair for part in _BFCHAR.findall(text) for pair in _PAIR.findall(part))
    return {
        int(code, 16): bytes.fromhex(character).decode("utf-16-be") for code, character in pairs
    }


def unligated(text: str) -> str:
    """The text with all ligatures split into letters, as PDF readers give it."""
    return _LIGATURE.sub(lambda sign: unicodedata.normalize("NFKC", sign.group()), text)


# A block of a CMap has at most 100 entries (Adobe Technical Note 5014).
_MAX_ENTRIES = 100
ENCODING = "JianbaoEncoding"
"""The name of our encoding of a font in which some codes share a glyph."""


def to_unicode(texts: Mapping[int, str]) -> bytes:
    """The ToUnicode CMap (ISO 32000-1, 9.10.3) of codes and their characters."""
    entries = [
        f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>"
        for code, text in sorted(texts.items())
    ]
    info = "/Registry (Adobe) /Ordering (UCS) /Supplement 0"
    head = ("/CMapName /Adobe-Identity-UCS def", "/CMapType 2 def")
    return _cmap(info, head, _blocks("bfchar", entries))


def encoding(glyphs: Mapping[int, int], collection: Any) -> bytes:
    """
    The CMap (9.7.5.4) of an encoding in which a code is the CID of its glyph, but for some codes.

    ``glyphs`` maps these codes to CIDs; ``collection`` is the /CIDSystemInfo of the font.
    """
    entries = [f"<{code:04X}> {cid}" for code, cid in sorted(glyphs.items())]
    names = f"/Registry ({collection.Registry}) /Ordering ({collection.Ordering})"
    info = f"{names} /Supplement {int(collection.Supplement)}"
    head = (f"/CMapName /{ENCODING} def", "/CMapType 1 def", "/WMode 0 def")
    identity = ["1 begincidrange", f"<0000> <{min(glyphs) - 1:04X}> 0", "endcidrange"]
    return _cmap(info, head, [*identity, *_blocks("cidchar", entries)])


def glyphs_of(font: Any) -> dict[int, int] | None:
    """
    The CIDs of the codes of a composite font that are not the CIDs themselves.

    ``None``: its encoding is not Identity-H, and not byte by byte one that `encoding` writes.
    """
    import pikepdf

    cmap = font["/Encoding"]
    if cmap == "/Identity-H":
        return {}
    if not isinstance(cmap, pikepdf.Stream):
        return None
    data = cmap.read_bytes()
    glyphs = {int(code, 16): int(cid) for code, cid in _CIDCHAR.findall(data.decode("latin-1"))}
    collection = font["/DescendantFonts"][0]["/CIDSystemInfo"]
    return glyphs if glyphs and data == encoding(glyphs, collection) else None


def _blocks(name: str, entries: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(entries), _MAX_ENTRIES):
        block = entries[start : start + _MAX_ENTRIES]
        yield from (f"{len(block)} begin{name}", *block, f"end{name}")


def _cmap(info: str, head: Iterable[str], blocks: Iterable[str]) -> bytes:
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        f"/CIDSystemInfo << {info} >> def",
        *head,
        "1 begincodespacerange",
        "<0000> <FFFF>",
        "endcodespacerange",
        *blocks,
        *("endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end", ""),
    ]
    return "\n".join(lines).encode("ascii")
