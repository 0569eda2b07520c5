"""Prints the table of `jianbao_tex.breaks` as TeX reads it, and as people do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from jianbao_tex import breaks

_HEAD = """\
% jianbao-part-marks: which character is of which class, and which classes keep together.
% Printed from the table in breaks.py by `make accept`.
\\ProvidesExplPackage {jianbao-part-marks} {2026-11-26} {0.1.0} {Classes of marks}
"""
_TEX_CLASSES = {breaks.WESTERN: "Default"} | {row.name: row.tex for row in breaks.TABLE}


def style() -> str:
    """The style jianbao-part-marks.sty."""
    return "\n".join((_HEAD, *map(_declared, breaks.TABLE), *_together(), "", "\\endinput\n"))


def _declared(row: breaks.MarkClass) -> str:
    points = textwrap.indent(textwrap.fill(" , ".join(_ranges(row.characters)), 84), " " * 4)
    return f"% {row.name}: {row.source}\n\\__jb_declare:nn {{ {row.tex} }}\n  {{\n{points}\n  }}\n"


def _together() -> Iterator[str]:
    for pair in sorted(breaks.TOGETHER):
        first, second = (_TEX_CLASSES[name] for name in pair)
        yield f"\\__jb_together:nn {{ {first} }} {{ {second} }}"


def _ranges(characters: str) -> Iterator[str]:
    """The characters by code point as xeCJK lists them, neighbours as a range."""
    points = sorted(map(ord, characters))
    start = last = points[0]
    for point in [*points[1:], 0]:
        if point != last + 1:
            yield f'"{start:X}' if start == last else f'"{start:X} -> "{last:X}'
            start = point
        last = point
