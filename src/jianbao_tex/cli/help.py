"""Help texts in the width of the terminal, where a Chinese character takes two cells."""

from __future__ import annotations

from collections.abc import Iterable

import click

from jianbao_tex.cli.speech import _
from jianbao_tex.cli.terminal import cells, wrapped

_MIN_WIDTH = 20


class Formatter(click.HelpFormatter):
    """Wraps and aligns by cells, as click's own does by characters."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        head = _("Usage:") if prefix is None else prefix
        # A full-width colon brings its own space.
        super().write_usage(prog, args, head if head.endswith("：") else f"{head.rstrip()} ")

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{heading}{_(':')}\n")

    def write_text(self, text: str) -> None:
        width = max(self.width - self.current_indent, _MIN_WIDTH)
        paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
        for number, paragraph in enumerate(paragraphs):
            if number:
                self.write("\n")
            for line in wrapped(paragraph, width):
                self.write(f"{'':>{self.current_indent}}{line}\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        rows = list(rows)
        widest = max((cells(first) for first, _ in rows), default=0)
        column = min(widest, col_max) + col_spacing
        width = max(self.width - self.current_indent - column, _MIN_WIDTH)
        indent = " " * self.current_indent
        for first, second in rows:
            lines = list(wrapped(" ".join(second.split()), width))
            if cells(first) > column - col_spacing:
                self.write(f"{indent}{first}\n")
            else:
                head = lines.pop(0) if lines else ""
                self.write(f"{indent}{first}{' ' * (column - cells(first))}{head}".rstrip() + "\n")
            for line in lines:
                self.write(f"{indent}{' ' * column}{line}\n")


class Context(click.Context):
    """The context of every command, with our formatter."""

    formatter_class = Formatter
