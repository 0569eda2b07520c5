"""``jianbao layouts``: the layouts, and the figures of one of them."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.reports import Result, run
from jianbao_tex.figures import Figure
from jianbao_tex.layout import Layout
from jianbao_tex.press import Source


@click.group("layouts", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List the layouts that an issue may name."""
    if ctx.invoked_subcommand is None:
        for layout in options.make_press().registry.layouts.values():
            click.echo(f"{layout.name}\t{layout.label}\t{len(layout.figures)} figures")


@command.command("show")
@click.argument("name", required=False)
@click.option(
    "--issue",
    type=click.Path(path_type=Path, readable=False),
    help="Show the layout of this issue, with the options that it sets.",
)
@click.option("--deviations", is_flag=True, help="Only what leaves the standard.")
def show(name: str | None, issue: Path | None, deviations: bool) -> None:
    """
    Print every figure of the layout NAME, or of an issue's: name, value, strength, source.

    With --deviations only those that leave GB/T 9704-2012, with what it says instead.
    """
    press = options.make_press()

    def work(path: Path, _: Result) -> None:
        _print(press.compose(Source.from_file(path)).layout, deviations=deviations)

    if issue and not name:
        sys.exit(run((issue,), work, strict=False, as_json=False))
    if issue or not name:
        raise click.UsageError("name a layout, or an issue with --issue")
    layouts = press.registry.layouts
    if name not in layouts:
        raise click.UsageError(f"there is no layout {name}; known: {', '.join(layouts)}")
    _print(layouts[name], deviations=deviations)


def _print(layout: Layout, *, deviations: bool) -> None:
    """One line a figure, its parts parted by tabs."""
    for line in _deviations(layout) if deviations else _figures(layout.figures.values()):
        click.echo(line)
    if deviations and not layout.deviations:
        click.echo(f"{layout.name} keeps to GB/T 9704-2012 wherever that says something", err=True)


def _figures(figures: Iterable[Figure]) -> list[str]:
    return ["\t".join((f.name, f.shown, f.strength, f.source)) for f in figures]


def _deviations(layout: Layout) -> list[str]:
    return [
        "\t".join((f.name, f.shown, f.standard_shown, f.strength, f.source))
        for f in layout.deviations
    ]
