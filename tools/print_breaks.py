"""Prints the table of `jianbao_tex.breaks` as TeX reads it, and as people do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from jianbao_tex import breaks

_HEAD = """\
% jianbao-part-marks: which character is of which class, and which classes keep together.
% Printed from the table in breaks/marks.py by `make accept`.
\\ProvidesExplPackage {jianbao-part-marks} {2026-11-26} {0.1.0} {Classes of marks}
"""
_PAGE = """\
# Where a line may break

Printed from the table in `jianbao_tex.breaks` by `make accept`.
TeX's classes of characters and the checks `line-breaks` and `unbroken-lines` are made from this one table.

A line may break between any two characters that the table does not keep together: between Chinese characters, before and after a number or a Latin word, and between a closing mark and an opening one (`）、（`, `》《`), also with a space between.
A mark that may not begin a line may not do so after another mark either; across a space the rule is the same, except for joints, connectors and quotes.

| class | characters | begins a line | ends a line | source |
|---|---|---|---|---|
{classes}

The sources disagree on —— or …… at the start of a line: clreq forbids it in its stricter sets of rules, GB/T 15834 only forbids a break inside it.
Here it is allowed, and no check reports it.

Between these classes no line breaks, because a number is whole and keeps its unit (GB/T 15835): {together}.

Some rules need more than two characters; such text is marked in the TeX of an issue: `15\\jbTied{{小时}}` is not separated from the text before it, `\\jbWord{{H₂O}}` is one word in one font.
A run of more than 24 letters (an address) may break inside; in a cell one of more than 6.
In a cell that is too narrow for its words, a line breaks between a number and its unit before any text runs over a rule.

The last line of a paragraph has at least two characters, if the line above can give one.
"""
_MAX_SHOWN = 40
_TEX_CLASSES = {breaks.WESTERN: "Default"} | {row.name: row.tex for row in breaks.CHARACTER_CLASSES}


def style() -> str:
    """The style jianbao-part-marks.sty."""
    return "\n".join(
        (_HEAD, *map(_declare, breaks.CHARACTER_CLASSES), *_keep_together(), "", "\\endinput\n")
    )


def page() -> str:
    """The page docs/line-breaks.md."""
    together = "; ".join(" and ".join(pair) for pair in sorted(breaks.UNBREAKABLE_PAIRS))
    return _PAGE.format(classes="\n".join(map(_row, breaks.CHARACTER_CLASSES)), together=together)


def _row(row: breaks.CharacterClass) -> str:
    characters = " ".join(row.characters[:_MAX_SHOWN]) + (
        " …" if len(row.characters) > _MAX_SHOWN else ""
    )
    begins, ends = ("yes" if may else "**no**" for may in (row.begins, row.ends))
    return f"| {row.name} | {characters} | {begins} | {ends} | {row.source} |".replace(
        "|  |", "| | |"
    )


def _declare(row: breaks.CharacterClass) -> str:
    points = textwrap.indent(textwrap.fill(" , ".join(_ranges(row.characters)), 84), " " * 4)
    return f"% {row.name}: {row.source}\n\\jb_declare:nn {{ {row.tex} }}\n  {{\n{points}\n  }}\n"


def _keep_together() -> Iterator[str]:
    for pair in sorted(breaks.UNBREAKABLE_PAIRS):
        first, second = (_TEX_CLASSES[name] for name in pair)
        yield f"\\jb_together:nn {{ {first} }} {{ {second} }}"


def _ranges(characters: str) -> Iterator[str]:
    """The characters by code point as xeCJK lists them, neighbours as a range."""
    points = sorted(map(ord, characters))
    start = last = points[0]
    for point in [*points[1:], 0]:
        if point != last + 1:
            yield f'"{start:X}' if start == last else f'"{start:X} -> "{last:X}'
            start = point
        last = point
