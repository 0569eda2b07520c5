"""``jianbao build``: issues -> finished files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.files import write_whole
from jianbao_tex.cli.reports import Reporting, Result, run
from jianbao_tex.cli.speech import _
from jianbao_tex.errors import PluginBroken, PreflightFailed
from jianbao_tex.findings import visible

if TYPE_CHECKING:
    from jianbao_tex.press import Press
    from jianbao_tex.registry import Registry


@click.command("build", help=_("Build each ISSUE into a print-ready PDF."))
@options.issues
@options.folder(".")
@click.option(
    "--output",
    "outputs",
    multiple=True,
    default=("pdf",),
    show_default=True,
    metavar=_("NAME"),
    help=_("What to make; may be given several times."),
)
@options.typesetting
@options.reporting
def command(
    issues: tuple[Path, ...],
    folder: Path,
    outputs: tuple[str, ...],
    press: Press,
    reporting: Reporting,
) -> None:
    from jianbao_tex.press import Source

    _refuse_one_name(issues)

    def work(path: Path, result: Result) -> None:
        _refuse_unknown(outputs, press.registry)
        source = Source.from_file(path)
        pressing = press.press(source, outputs)
        result.findings, result.pages = pressing.findings, pressing.pages
        if reporting.strict and pressing.findings:
            raise PreflightFailed(pressing.findings)
        files = {folder / artifact.name: artifact.data for artifact in pressing.artifacts}
        write_whole(files, sources=(*issues, *map(Path, pressing.sources)))
        result.files += files
        if reporting.is_text:
            result.told += files

    sys.exit(run(issues, work, reporting, press))


def _refuse_one_name(issues: tuple[Path, ...]) -> None:
    """Two issues of one name would write over each other."""
    seen: dict[str, Path] = {}
    for path in issues:
        if path.stem in seen:
            text = _("{first} and {second} would both write {file}")
            first, second = visible(str(seen[path.stem])), visible(str(path))
            file = visible(f"{path.stem}.pdf")
            raise click.UsageError(text.format(first=first, second=second, file=file))
        seen[path.stem] = path


def _refuse_unknown(outputs: tuple[str, ...], registry: Registry) -> None:
    for name in outputs:
        if name not in registry.outputs:
            broken = [absence.finding for absence in registry.why_missing("outputs", name)]
            if broken:
                raise PluginBroken(broken)
            text = _("unknown output {name}; known: {known}")
            known = ", ".join(registry.outputs)
            raise click.UsageError(text.format(name=visible(name), known=known))
