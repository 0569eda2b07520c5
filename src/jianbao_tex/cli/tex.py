"""``jianbao tex``: an issue -> a folder that plain xelatex compiles."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.files import OutputRefused, real, write_whole
from jianbao_tex.cli.reports import Reporting, Result, as_text, run
from jianbao_tex.cli.speech import _
from jianbao_tex.errors import PreflightFailed
from jianbao_tex.findings import Where, error, faults_among
from jianbao_tex.foreign_files import read_file
from jianbao_tex.press import Press, Source
from jianbao_tex.report.origins import origins_as_json

_DIFFERENT = error(
    "JB422",
    "a different file with this name exists; perhaps it was edited by hand",
    "name another folder with -o, or give --force",
)

ORIGINS = "origins.json"
"""The file with the origin of each range of the TeX; written next to the TeX."""

_HELP = _("Write the TeX of ISSUE, with all it needs; then: cd FOLDER && xelatex issue.tex")


@click.command("tex", help=_HELP)
@options.issue
@options.folder("tex")
@options.pressing
@click.option("--force", is_flag=True, help=_("Write over an earlier export."))
@options.reporting
def command(issue: Path, folder: Path, press: Press, force: bool, reporting: Reporting) -> None:
    def work(path: Path, result: Result) -> None:
        source = Source.from_file(path)
        handle = result.begin(source)
        with handle.record.stage("total"):
            composed = press.compose(source, handle)
        result.findings = composed.findings
        if reporting.strict and faults_among(composed.findings):
            raise PreflightFailed(composed.findings)
        files = {folder / name: data for name, data in composed.tree.files.items()}
        files[folder / ORIGINS] = as_text(origins_as_json(composed)).encode()
        changed = [target for target, data in files.items() if _differs(target, data)]
        if changed and not force:
            raise OutputRefused(_DIFFERENT.at(Where(str(changed[0]))))
        write_whole(files, sources=real((path, *map(Path, composed.issue.files))))
        result.files += files
        if reporting.is_text:
            result.lines.append(folder / composed.tree.main)

    sys.exit(run((issue,), work, reporting, press))


def _differs(target: Path, data: bytes) -> bool:
    """Whether the file exists with other content."""
    try:
        return target.is_file() and read_file(target) != data
    except OSError:
        # A file that cannot be read cannot be written either; `write_whole` reports it.
        return False
