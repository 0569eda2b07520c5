"""``jianbao layouts``: the layouts, the figures of one, and copies to edit."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from jianbao_tex import assets
from jianbao_tex.cli import options
from jianbao_tex.cli.files import write_new, write_whole
from jianbao_tex.cli.findings import show as show_findings
from jianbao_tex.cli.reports import Reporting, Result, print_result, run, tell_rows
from jianbao_tex.cli.speech import _, current_language, translated
from jianbao_tex.cli.terminal import note
from jianbao_tex.figures import Figure
from jianbao_tex.findings import visible
from jianbao_tex.hooks import API
from jianbao_tex.language import say_count
from jianbao_tex.layout import Layout
from jianbao_tex.layout_copies import ORIGIN, changed_since_copied, copy_of, difference, renewed
from jianbao_tex.plugins import Selection
from jianbao_tex.press import Press, Source
from jianbao_tex.registry.records import PLUGIN_NAME


@click.group(
    "layouts", invoke_without_command=True, help=_("List the layouts that an issue may name.")
)
@options.selecting
@click.pass_context
def command(ctx: click.Context, selection: Selection) -> None:
    if ctx.invoked_subcommand is None:
        registry = options.make_press(selection=selection).registry
        tell_rows(
            (
                layout.name,
                layout.label,
                translated(say_count("1 figure", "{number} figures", len(layout.figures))),
            )
            for layout in registry.layouts.values()
        )
        show_findings(registry.faults)


@command.command(
    "show",
    help=_(
        "Print every figure of the layout NAME, or of an issue's: name, value, strength, "
        "source.\n\n"
        "With --deviations only the figures that deviate from GB/T 9704-2012, with the "
        "value of the standard."
    ),
)
@click.argument("name", required=False, metavar=f"[{_('NAME')}]")
@click.option(
    "--issue",
    type=click.Path(path_type=Path, readable=False),
    help=_("Show the layout of this issue, with the options that it sets."),
)
@click.option(
    "--deviations", is_flag=True, help=_("Only the figures that deviate from the standard.")
)
@options.pressing
def show(name: str | None, issue: Path | None, deviations: bool, press: Press) -> None:
    def work(path: Path, _: Result) -> None:
        _print_figures(press.compose(Source.from_file(path)).layout, deviations=deviations)

    if issue and not name:
        sys.exit(run((issue,), work, Reporting(), press))
    if issue or not name:
        raise click.UsageError(_("name a layout, or an issue with --issue"))
    _print_figures(_find_layout(press, name), deviations=deviations)


@command.command(
    "eject",
    help=_(
        "Copy the layout NAME into the project's plugins, to be edited there.\n\n"
        "The original is recorded; if it changes, check and build report it."
    ),
)
@click.argument("name", metavar=_("NAME"))
@click.option("--as", "copy_name", metavar=_("NAME"), help=_("What the copy is called."))
@click.option(
    "--part",
    "parts",
    multiple=True,
    metavar=_("NAME"),
    help=_("Copy this shared template too (masthead, contents, ...); may be given several times."),
)
@options.selecting
def eject(name: str, copy_name: str | None, parts: tuple[str, ...], selection: Selection) -> None:
    press = options.make_press(selection=selection)
    layout = _find_layout(press, name)
    copy_name = copy_name or f"own_{name}"
    if not PLUGIN_NAME.fullmatch(copy_name) or copy_name in press.registry.layouts:
        text = _(
            "{name} cannot be the name of the copy: the name exists, or has characters "
            "other than a-z, 0-9 and _"
        )
        raise click.UsageError(text.format(name=visible(copy_name)))
    shared = {path.name.split(".")[0]: path for path in _shared_templates()}
    unknown = [part for part in parts if part not in shared]
    if unknown:
        text = _("there is no shared template {name}; known: {known}")
        names = ", ".join(shared)
        raise click.UsageError(text.format(name=visible(unknown[0]), known=names))
    assert selection.project is not None
    folder = selection.project.plugins / copy_name
    copied_files = copy_of(layout, copy_name, {part: shared[part] for part in parts})
    files = {folder / "layouts" / copy_name / file: data for file, data in copied_files.items()}
    manifest = f'label = "{layout.label}"\nversion = "1.0"\napi = "{API}"\n'
    write_new({folder / "plugin.toml": manifest.encode(), **files})
    print_result(folder)


@command.command(
    "diff",
    help=_("Print how the original of the copied layout NAME changed since it was copied."),
)
@click.argument("name", metavar=_("NAME"))
@click.option("--seen", is_flag=True, help=_("Mark the changes of the original as seen."))
@options.pressing
def diff(name: str, seen: bool, press: Press) -> None:
    layout = _find_layout(press, name)
    if layout.original is None:
        text = _("the layout {name} is not a copy, or its original is missing")
        raise click.UsageError(text.format(name=visible(name)))
    if seen:
        files = {layout.folder / file: data for file, data in renewed(layout).items()}
        write_whole(files, sources=())
        for path in (layout.folder / ORIGIN).iterdir():
            if path not in files:
                path.unlink()
        return
    for line in difference(layout):
        print_result(line)
    if not any(changed_since_copied(layout)):
        text = _("{original} has not changed since {layout} was copied from it")
        note(text.format(original=layout.original.name, layout=layout.name))


def _shared_templates() -> list[Path]:
    return sorted((assets.templates() / "parts").glob("*.tex.jinja"))


def _find_layout(press: Press, name: str) -> Layout:
    layouts = press.registry.layouts
    if name not in layouts:
        show_findings([absence.finding for absence in press.registry.why_missing("layouts", name)])
        text = _("there is no layout {name}; known: {known}")
        raise click.UsageError(text.format(name=visible(name), known=", ".join(layouts)))
    return layouts[name]


def _print_figures(layout: Layout, *, deviations: bool) -> None:
    """One row a figure."""
    figures = layout.deviations if deviations else layout.figures.values()
    tell_rows(_row(figure, deviations=deviations) for figure in figures)
    if deviations and not layout.deviations:
        text = _("{layout} follows GB/T 9704-2012 for every figure that the standard defines")
        note(text.format(layout=layout.name))


def _row(figure: Figure, *, deviations: bool) -> tuple[str, ...]:
    standard = (translated(figure.standard_phrase),) if deviations else ()
    source = current_language().text(figure.source)
    return (figure.name, translated(figure.value_phrase), *standard, figure.strength, source)
