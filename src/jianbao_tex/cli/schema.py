"""``jianbao schema``: JSON Schema of what the command reads and of what it prints."""

from __future__ import annotations

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.findings import show
from jianbao_tex.cli.reports import print_json
from jianbao_tex.cli.speech import _, current_language
from jianbao_tex.press import Press
from jianbao_tex.reader.schema import issue_schema, series_schema
from jianbao_tex.report.shapes import origins_schema, result_schema

_HELP = _(
    "Print the JSON Schema of issues, for editors; with the section types, blocks and layouts of "
    "the plugins that are installed.\n\n"
    "WHAT may also be series (a series file), result (what --json prints) or origins (what jianbao "
    "tex writes beside the TeX)."
)


@click.command("schema", help=_HELP)
@click.argument(
    "subject",
    type=click.Choice(["issue", "series", "result", "origins"]),
    metavar=f"[{_('WHAT')}]",
    default="issue",
)
@options.pressing
def command(subject: str, press: Press) -> None:
    if subject in {"issue", "series"}:
        write = issue_schema if subject == "issue" else series_schema
        print_json(write(press.registry, current_language()))
        show(press.plugin_faults)
    else:
        print_json(
            result_schema(current_language())
            if subject == "result"
            else origins_schema(current_language())
        )
