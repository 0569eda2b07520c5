"""Lines for people: coloured on a terminal, plain elsewhere, never wider than it."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from jianbao_tex.findings import cells

if TYPE_CHECKING:
    from rich.console import Console

PLAIN_WIDTH = 80

_NEVER_FIRST = frozenset("，。、；：！？”’）》】」』〕…—·,.;:!?)]}%")
_NEVER_LAST = frozenset("“‘（《【「『〔([{")


def width() -> int:
    """How many cells a line for people may take."""
    if sys.stderr.isatty() or "COLUMNS" in os.environ:
        return shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns
    return PLAIN_WIDTH


def wrapped(text: str, room: int, first: int | None = None) -> Iterator[str]:
    """
    The lines of a text, none wider than so many cells, the first than ``first``.

    A line ends at a space or between Chinese characters, never before a closing mark or
    behind an opening one; a word that is wider than the room stays whole.  No line at the end
    holds a single Chinese character.
    """
    lines: list[list[str]] = [[]]
    for piece in _pieces(text):
        limit = room if len(lines) > 1 or first is None else first
        if lines[-1] and cells("".join(lines[-1]) + piece.rstrip()) > limit:
            lines.append([])
        if piece.strip() or lines[-1]:
            lines[-1].append(piece if lines[-1] else piece.lstrip())
    if len(lines) > 1 and len(lines[-2]) > 1 and _is_lone("".join(lines[-1])):
        lines[-1].insert(0, lines[-2].pop())
    yield from ("".join(line).strip() for line in lines)


def _is_lone(line: str) -> bool:
    characters = [c for c in line.strip() if c not in _NEVER_FIRST]
    return len(characters) == 1 and cells(characters[0]) > 1


def _pieces(text: str) -> Iterator[str]:
    """The pieces of a text between which a line may end."""
    piece = ""
    for character in text:
        if piece and _parts(piece[-1], character):
            yield piece
            piece = ""
        piece += character
    yield piece


def _parts(before: str, after: str) -> bool:
    if after in _NEVER_FIRST or before in _NEVER_LAST or after == " ":
        return False
    return before == " " or cells(before) > 1 or cells(after) > 1


def note(line: str) -> None:
    """Prints a line on standard error; where nobody can be told, the work goes on untold."""
    with contextlib.suppress(OSError):
        click.echo(line, err=True)


def paint(text: str, style: str) -> str:
    """The text in a style of rich, such as "bold red"; plain where nobody sees colours."""
    if not sys.stderr.isatty() or os.environ.get("NO_COLOR"):
        return text
    from rich.text import Text

    console = _console()
    with console.capture() as caught:
        console.print(Text(text, style), end="", soft_wrap=True)
    return caught.get()


@functools.cache
def _console() -> Console:
    # Rich costs 40 ms, and most runs have nothing to colour.
    from rich.console import Console

    return Console(stderr=True, highlight=False)
