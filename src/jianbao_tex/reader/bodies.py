"""The text of a body -> paragraphs and headings, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jianbao_tex.chinese import heading_level
from jianbao_tex.findings import Finding, error
from jianbao_tex.issue import Block, Heading, Paragraph, Run
from jianbao_tex.parts import MAX_PARAGRAPH, DataPath
from jianbao_tex.places import Place
from jianbao_tex.reader.nodes import Node

Places = dict[DataPath, Place]

_UNCLOSED = error(
    "JB130",
    "** opens an emphasis that does not close in the same paragraph",
    "close it with **; to print two stars, use an explicit paragraph with runs",
)
_EMPTY_EMPHASIS = error("JB131", "an emphasis without text (****)", "delete the four stars")
_LONG = error(
    "JB132",
    "a paragraph of {length} characters, more than {limit}",
    "split it into several paragraphs",
)

_STARS = re.compile(r"\*\*")


def blocks_of(
    node: Node, path: DataPath, first: int, places: Places, faults: list[Finding]
) -> Iterator[Block]:
    """
    The blocks of a text: each non-blank line is a paragraph, or a heading.

    ``first`` is the number of the first block in its body; places are recorded under
    ``path`` and the block's number.
    """
    number = first
    for start, line in _lines(node.text):
        block_path = (*path, number)
        places[block_path] = node.place(start, start + len(line))
        # A heading has a face of its own: a line with an emphasis is a paragraph.
        level = None if "**" in line else heading_level(line)
        if level:
            places[(*block_path, "text")] = places[block_path]
            yield Heading(text=line, level=level)
        elif runs := runs_of(node, start, line, block_path, places, faults):
            yield Paragraph(runs=runs)
        number += 1


def runs_of(
    node: Node, start: int, line: str, path: DataPath, places: Places, faults: list[Finding]
) -> tuple[Run, ...]:
    """The runs of the paragraph at ``start`` in the node's text; () if it has a fault."""
    if len(line) > MAX_PARAGRAPH:
        where = node.place(start, start + 1).where
        faults.append(_LONG.at(where, length=len(line), limit=MAX_PARAGRAPH))
        return ()
    runs: list[Run] = []
    position, emphasis = 0, False
    for stars in [*_STARS.finditer(line), None]:
        end = stars.start() if stars else len(line)
        if end > position:
            place = node.place(start + position, start + end)
            places[(*path, "runs", len(runs), "text")] = place
            runs.append(Run(text=line[position:end], emphasis=emphasis))
        elif emphasis and stars:
            where = node.place(start + position - 2, start + position + 2).where
            faults.append(_EMPTY_EMPHASIS.at(where))
            return ()
        if stars:
            opening, position, emphasis = end, stars.end(), not emphasis
    if emphasis:
        where = node.place(start + opening, start + opening + 2).where
        faults.append(_UNCLOSED.at(where))
        return ()
    return tuple(runs)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each non-blank line without the white space around it, and where it starts."""
    offset = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            yield offset + line.index(stripped), stripped
        offset += len(line) + 1
