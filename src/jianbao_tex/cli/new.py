"""``jianbao new``: writes a sample issue with example sections."""

from __future__ import annotations

import time
from pathlib import Path

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.files import write_new
from jianbao_tex.cli.findings import show
from jianbao_tex.cli.reports import print_result
from jianbao_tex.cli.speech import _, current_language
from jianbao_tex.findings import visible
from jianbao_tex.plugins import Selection
from jianbao_tex.reader.samples import sample_of


@click.command(
    "new",
    help=_(
        "Write a sample issue to FILE, with one section of each requested type.\n\n"
        "Keys are in the language of --lang; jianbao schema prints a schema for text editors."
    ),
)
@click.argument("file", metavar=_("FILE"), type=click.Path(path_type=Path))
@click.option(
    "--section",
    "types",
    multiple=True,
    default=("articles",),
    show_default=True,
    metavar=_("TYPE"),
    help=_("A section of this type; may be given several times."),
)
@click.option("--layout", metavar=_("NAME"), default="", help=_("The layout that it names."))
@options.selecting
def command(file: Path, types: tuple[str, ...], layout: str, selection: Selection) -> None:
    registry = options.make_press(selection=selection).registry
    section_types = registry.section_types
    names = [registry.named("section_types", name) for name in types]
    for name in names:
        if name not in section_types:
            show([absence.finding for absence in registry.why_missing("section_types", name)])
            text = _("unknown section type {name}; known: {known}")
            raise click.UsageError(text.format(name=visible(name), known=", ".join(section_types)))
    if layout and layout not in registry.layouts:
        show([absence.finding for absence in registry.why_missing("layouts", layout)])
        text = _("there is no layout {name}; known: {known}")
        known_layouts = ", ".join(registry.layouts)
        raise click.UsageError(text.format(name=visible(layout), known=known_layouts))
    today = time.strftime("%Y-%m-%d")
    text = sample_of(registry, names, layout=layout, date=today, language=current_language())
    write_new({file: text.encode("utf-8")})
    print_result(file)
    show(registry.faults)
