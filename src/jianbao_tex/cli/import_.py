"""``jianbao import``: a file of another format -> the YAML of an issue, with its pictures."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from jianbao_tex.cancelling import Handle
from jianbao_tex.cli import options
from jianbao_tex.cli.files import write_new
from jianbao_tex.cli.findings import show
from jianbao_tex.cli.reports import Reporting, Result, run
from jianbao_tex.cli.speech import _, current_language
from jianbao_tex.errors import IssueInvalid
from jianbao_tex.findings import errors_among, visible
from jianbao_tex.hooks import Reader
from jianbao_tex.importing import import_file, readers_for
from jianbao_tex.plugins import Selection
from jianbao_tex.registry import Registry

_HELP = _(
    "Make an issue of FILE, whose format a plugin reads, and report what was left out.\n\n"
    "The issue is written beside FILE, with the ending .yaml, or where -o says; its pictures are "
    "written beside the issue. An issue with faults is written too, so that they can be corrected."
)


@click.command("import", help=_HELP)
@click.argument("file", metavar=_("FILE"), type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar=_("FILE"),
    help=_("The issue to write; else FILE with the ending .yaml."),
)
@click.option(
    "--reader",
    "name",
    default="",
    metavar=_("NAME"),
    help=_("What reads the file, if several plugins can."),
)
@options.selecting
@options.reporting
def command(
    file: Path, target: Path | None, name: str, selection: Selection, reporting: Reporting
) -> None:
    press = options.make_press(selection=selection)
    registry = press.registry
    reader = _choose(registry, file, name)
    issue = target or file.parent / f"{file.stem}.yaml"

    def work(path: Path, result: Result) -> None:
        handle = Handle()
        handle.record = result.record
        with handle.record.stage("total"):
            imported = import_file(path, str(issue), reader, registry, current_language(), handle)
        result.findings = imported.findings
        files = {issue: imported.text.encode("utf-8")}
        files |= {issue.parent / picture: data for picture, data in imported.files.items()}
        write_new(files)
        result.files += files
        if reporting.is_text:
            result.lines += files
        if not imported.is_valid or errors_among(imported.findings):
            result.exit_code = IssueInvalid.exit_code

    sys.exit(run((file,), work, reporting, press))


def _choose(registry: Registry, file: Path, name: str) -> Reader:
    """The reader for a file; a usage error if there is none, or more than one."""
    known = ", ".join(
        f"{reader.name} ({', '.join(reader.suffixes)})" for reader in registry.readers.values()
    )
    if name and name in registry.readers:
        return registry.readers[name]
    readers = readers_for(registry, file.name)
    if name or not readers:
        show([absence.finding for absence in registry.why_missing("readers", name)])
        text = (
            _("there is no reader {name}; known: {known}")
            if name
            else _("no reader takes {file}; known: {known}")
        )
        values = {"name": visible(name), "file": visible(file.name), "known": known or "-"}
        raise click.UsageError(text.format(**values))
    if len(readers) > 1:
        text = _("several readers take {file}; choose one with --reader: {names}")
        names = ", ".join(reader.name for reader in readers)
        raise click.UsageError(text.format(file=visible(file.name), names=names))
    return readers[0]
