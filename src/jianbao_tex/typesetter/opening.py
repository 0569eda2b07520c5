r"""
The opening of a document: the lines before its text, which many issues share.

The first lines load the class and the styles; they are the same for every issue of a layout
and can be read once for all into a format.  The lines up to ``\begin{document}`` set figures
and fonts; they are the same for most issues of a series, and an engine can read them ahead.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

from jianbao_tex.master import TexTree
from jianbao_tex.store import key_of

_LOADS = re.compile(r"\\(?:documentclass|usepackage)\{[A-Za-z0-9_-]+\}\s*$")
_BEGIN = "\\begin{document}"
_CODE = (".cls", ".sty")
_FONTS = (".otf", ".ttf", ".ttc")


@dataclass(frozen=True)
class Opening:
    r"""
    The lines before the text, and the files that they read.

    ``loads`` are the lines that a format holds, ``settings`` those from there up to and with
    ``\begin{document}``, in their own lines: both have as many line ends as the document has.
    """

    loads: str
    settings: str
    code: Mapping[str, bytes]
    fonts: Mapping[str, bytes]

    @property
    def format_key(self) -> str:
        """The key of the format: everything that decides it, except TeX itself."""
        parts = [part for item in sorted(self.code.items()) for part in item]
        return key_of(self.loads.strip(), *parts)

    @property
    def key(self) -> str:
        """What decides all that is read before the text."""
        parts = [part for item in sorted(self.fonts.items()) for part in item]
        return key_of(self.format_key, self.settings.strip(), *parts)


def opening_of(tree: TexTree) -> Opening | None:
    """The opening of a tree's document; ``None`` where it has another shape."""
    lines = tree.lines(tree.main)
    if _BEGIN not in lines or not lines[0].startswith("\\documentclass"):
        return None
    begin = lines.index(_BEGIN)
    count = next((i for i, line in enumerate(lines) if not _LOADS.match(line)), 0)
    if not 0 < count <= begin:
        return None
    return Opening(
        "".join(f"{line}\n" for line in lines[:count]),
        "\n" * count + "".join(f"{line}\n" for line in lines[count : begin + 1]),
        {name: data for name, data in tree.files.items() if name.endswith(_CODE)},
        {name: data for name, data in tree.files.items() if name.lower().endswith(_FONTS)},
    )


def rest_of(tree: TexTree) -> bytes:
    """The document after its opening; each line keeps its number."""
    lines = tree.lines(tree.main)
    begin = lines.index(_BEGIN)
    blank = [today(tree.epoch), *[""] * begin]
    return "\n".join([*blank, *lines[begin + 1 :]]).encode("utf-8")


def whole_of(tree: TexTree) -> bytes:
    """The whole document, for an engine that has read nothing ahead."""
    lines = tree.lines(tree.main)
    # At the same place as for an engine that has read the opening.
    lines[lines.index(_BEGIN) if _BEGIN in lines else 0] += today(tree.epoch)
    return "\n".join(lines).encode("utf-8")


# A CMap as xdvipdfmx reads it (Adobe Technical Note 5014), for one code and no more.
_MAP = """\
%!PS-Adobe-3.0 Resource-CMap
/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo 3 dict dup begin
  /Registry (Adobe) def /Ordering (UCS) def /Supplement 0 def
end def
/CMapName /{name} def
/CMapVersion 1 def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
1 beginbfchar
<0001> <0020>
endbfchar
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def maps_of(tree: TexTree) -> dict[str, bytes]:
    """
    Empty glyph-to-character maps, for fonts that get their maps later.

    Where xdvipdfmx finds one by this name it does not make its own, for which it reads all
    the substitutions of a font: two thirds of its time.
    """
    names = (f"{name}-UCS2" for name in tree.mapped)
    return {name: _MAP.format(name=name).encode("ascii") for name in names}


def today(epoch: int) -> str:
    r"""
    The day of the issue, for ``\today``.

    The engine itself always runs on 1 January 1970, because it may start before its document
    is known.
    """
    day = datetime.datetime.fromtimestamp(epoch, datetime.UTC)
    return f"\\year={day.year}\\month={day.month}\\day={day.day}\\time=0\\relax"
