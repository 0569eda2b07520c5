"""``jianbao layouts``: the layouts, and the figures of one of them."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.reports import Reporting, Result, run, tell
from jianbao_tex.cli.speech import _, told
from jianbao_tex.cli.terminal import note
from jianbao_tex.figures import Figure
from jianbao_tex.findings import visible
from jianbao_tex.language import say_count
from jianbao_tex.layout import Layout
from jianbao_tex.press import Source


@click.group(
    "layouts", invoke_without_command=True, help=_("List the layouts that an issue may name.")
)
@click.pass_context
def command(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        for layout in options.make_press().registry.layouts.values():
            figures = say_count("1 figure", "{number} figures", len(layout.figures))
            tell(f"{layout.name}\t{layout.label}\t{told(figures)}")


@command.command(
    "show",
    help=_(
        "Print every figure of the layout NAME, or of an issue's: name, value, strength, source.\n\n"
        "With --deviations only those that leave GB/T 9704-2012, with what it says instead."
    ),
)
@click.argument("name", required=False)
@click.option(
    "--issue",
    type=click.Path(path_type=Path, readable=False),
    help=_("Show the layout of this issue, with the options that it sets."),
)
@click.option("--deviations", is_flag=True, help=_("Only what leaves the standard."))
def show(name: str | None, issue: Path | None, deviations: bool) -> None:
    press = options.make_press()

    def work(path: Path, _: Result) -> None:
        _print(press.compose(Source.from_file(path)).layout, deviations=deviations)

    if issue and not name:
        sys.exit(run((issue,), work, Reporting()))
    if issue or not name:
        raise click.UsageError(_("name a layout, or an issue with --issue"))
    layouts = press.registry.layouts
    if name not in layouts:
        text = _("there is no layout {name}; known: {known}")
        raise click.UsageError(text.format(name=visible(name), known=", ".join(layouts)))
    _print(layouts[name], deviations=deviations)


def _print(layout: Layout, *, deviations: bool) -> None:
    """One line a figure, its parts parted by tabs."""
    for line in _deviations(layout) if deviations else _figures(layout.figures.values()):
        tell(line)
    if deviations and not layout.deviations:
        text = _("{layout} keeps to GB/T 9704-2012 wherever that says something")
        note(text.format(layout=layout.name))


def _figures(figures: Iterable[Figure]) -> list[str]:
    return ["\t".join((f.name, f.shown, f.strength, f.source)) for f in figures]


def _deviations(layout: Layout) -> list[str]:
    return [
        "\t".join((f.name, f.shown, f.standard_shown, f.strength, f.source))
        for f in layout.deviations
    ]
