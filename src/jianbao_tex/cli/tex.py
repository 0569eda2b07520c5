"""``jianbao tex``: an issue -> a folder that plain xelatex compiles."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from jianbao_tex import assets
from jianbao_tex.cli import options
from jianbao_tex.cli.files import OutputRefused, real, write_whole
from jianbao_tex.cli.reports import Reporting, Result, as_text, run
from jianbao_tex.cli.speech import _
from jianbao_tex.errors import PreflightFailed
from jianbao_tex.findings import Where, error
from jianbao_tex.press import Press, Source
from jianbao_tex.report.origins import origins_as_json

_OTHER = error(
    "JB422",
    "there is another file of this name, perhaps an export retouched by hand",
    "name another folder with -o, or give --force",
)

ORIGINS = "origins.json"
"""Where each stretch of the TeX came from, beside it."""

_HELP = _("Write the TeX of ISSUE, with all it needs; then: cd FOLDER && xelatex issue.tex")


@click.command("tex", help=_HELP)
@options.issue
@options.folder("tex")
@options.pressing
@click.option("--force", is_flag=True, help=_("Write over an earlier export."))
@options.reporting
def command(issue: Path, folder: Path, press: Press, force: bool, reporting: Reporting) -> None:
    def work(path: Path, result: Result) -> None:
        composed = press.compose(Source.from_file(path))
        result.findings = composed.findings
        if reporting.strict and composed.findings:
            raise PreflightFailed(composed.findings)
        files = {folder / name: data for name, data in composed.tree.files.items()}
        files[folder / ORIGINS] = as_text(
            origins_as_json(composed.tree, assets.templates())
        ).encode()
        changed = [target for target, data in files.items() if _differs(target, data)]
        if changed and not force:
            raise OutputRefused(_OTHER.at(Where(str(changed[0]))))
        write_whole(files, sources=real((path, *map(Path, composed.issue.files))))
        result.files += files
        if reporting.is_text:
            result.lines.append(folder / composed.tree.main)

    sys.exit(run((issue,), work, reporting, press))


def _differs(target: Path, data: bytes) -> bool:
    """Whether a file stands there that writing would change."""
    try:
        return target.is_file() and target.read_bytes() != data
    except OSError:
        # What cannot be looked at cannot be written either, and is refused then.
        return False
