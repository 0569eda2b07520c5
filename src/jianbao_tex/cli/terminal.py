"""Lines for people: coloured on a terminal, plain elsewhere, never wider than it."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

import click

from jianbao_tex.findings import Where, visible

if TYPE_CHECKING:
    from rich.console import Console

PLAIN_WIDTH = 80
_MIN_WIDTH = 20

_NEVER_FIRST = frozenset("，。、；：！？”’）》】」』〕…—·,.;:!?)]}%")
_NEVER_LAST = frozenset("“‘（《【「『〔([{")


def excerpt(where: Where, width: int = 72) -> str:
    """
    The line of the place and, below it, carets under what it names.

    Long lines are cut around the caret.  Chinese characters take two cells of the
    terminal.  Empty where the place names no line.
    """
    if not where.text or not where.column:
        return ""
    line = where.text.replace("\t", " ")
    start = first = min(where.column - 1, len(line))
    last = where.end_column - 1 if where.end_line == where.line else first + 1
    last = len(line) if where.end_line > where.line else max(last, first + 1)
    while start and cells(visible(line[start - 1 : first])) <= width // 3:
        start -= 1
    before = ("…" if start else "") + visible(line[start:first])
    after, carets = "", 0
    for index, character in enumerate(line[first:], first):
        if cells(before + after + visible(character)) >= width:
            after += "…"
            break
        after += visible(character)
        carets += cells(visible(character)) if index < last else 0
    return f"{before}{after}\n{' ' * cells(before)}{'^' * max(carets, 1)}"


def cells(text: str) -> int:
    """How many cells of a terminal the text takes: Chinese characters take two."""
    # Mn and Me are accents, drawn over the character before them; W and F are wide and
    # full-width (UAX #11).
    return sum(
        0
        if unicodedata.category(c) in {"Mn", "Me"}
        else 2
        if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )


def width() -> int:
    """How many cells a line for people may take."""
    if sys.stderr.isatty() or "COLUMNS" in os.environ:
        return shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns
    return PLAIN_WIDTH


def wrapped(text: str, line_width: int, first_width: int | None = None) -> Iterator[str]:
    """
    Wraps a text into lines of at most ``line_width`` cells, the first of ``first_width``.

    A line ends at a space or between Chinese characters, never before a closing mark or
    after an opening one.  A word that is wider than a line stays whole.  The last line never has
    only one Chinese character.
    """
    lines: list[list[str]] = [[]]
    for piece in _pieces(text):
        limit = line_width if len(lines) > 1 or first_width is None else first_width
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
        if piece and _may_break(piece[-1], character):
            yield piece
            piece = ""
        piece += character
    yield piece


def _may_break(before: str, after: str) -> bool:
    if after in _NEVER_FIRST or before in _NEVER_LAST or after == " ":
        return False
    return before == " " or cells(before) > 1 or cells(after) > 1


def aligned(rows: Iterable[tuple[str, ...]], line_width: int = 0) -> Iterator[str]:
    """
    Rows in columns that are as wide as need be, two cells apart.

    With ``line_width`` no line is wider than so many cells: the last column is wrapped.
    """
    rows = list(rows)
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    indent = sum(width + 2 for width in widths[:-1])
    for *firsts, last in rows:
        head = "".join(
            cell + " " * (width + 2 - cells(cell))
            for cell, width in zip(firsts, widths, strict=False)
        )
        fits = line_width - indent >= _MIN_WIDTH
        first, *others = wrapped(last, line_width - indent) if fits else (last,)
        yield (head + first).rstrip()
        yield from (" " * indent + line for line in others)


def redirect_to_null(stream: TextIO) -> None:
    """
    Redirects a broken stream to the null device; else Python would fail again when it flushes at
    exit.
    """
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def note(line: str) -> None:
    """Prints a line on standard error; does nothing if standard error cannot be written."""
    try:
        click.echo(line, err=True)
    except OSError:
        redirect_to_null(sys.stderr)


def paint(text: str, style: str) -> str:
    """The text in a style of rich, such as "bold red"; plain if the output has no colours."""
    if not sys.stderr.isatty() or os.environ.get("NO_COLOR"):
        return text
    from rich.text import Text

    console = _console()
    with console.capture() as capture:
        console.print(Text(text, style), end="", soft_wrap=True)
    return capture.get()


@functools.cache
def _console() -> Console:
    # Rich costs 40 ms, and most runs have nothing to colour.
    from rich.console import Console

    return Console(stderr=True, highlight=False)
