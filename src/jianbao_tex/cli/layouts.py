"""``jianbao layouts``: the layouts, and the figures of one of them."""

from __future__ import annotations

import click

from jianbao_tex.cli import options
from jianbao_tex.layout import Layout


@click.group("layouts", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List the layouts that an issue may name."""
    if ctx.invoked_subcommand is None:
        for layout in options.make_press().registry.layouts.values():
            click.echo(f"{layout.name}\t{layout.label}\t{len(layout.figures)} figures")


@command.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Print every figure of the layout NAME with its strength and its source."""
    layouts = options.make_press().registry.layouts
    if name not in layouts:
        raise click.UsageError(f"there is no layout {name}; known: {', '.join(layouts)}")
    for line in _lines(layouts[name]):
        click.echo(line)


def _lines(layout: Layout) -> list[str]:
    """One line a figure: name, value with unit, strength, source; parted by tabs."""
    return [
        "\t".join((figure.name, _value(figure.tex, figure.unit), figure.strength, figure.source))
        for figure in layout.figures.values()
    ]


def _value(tex: str, unit: str) -> str:
    return f"{tex} {unit}" if unit in {"rows", "columns"} else tex.strip("{}")
