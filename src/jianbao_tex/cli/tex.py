"""``jianbao tex``: an issue -> a folder that plain xelatex compiles."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.files import OutputRefused, write_whole
from jianbao_tex.cli.reports import Result, run, tell
from jianbao_tex.errors import PreflightFailed
from jianbao_tex.findings import Where, error
from jianbao_tex.press import Source

_RETOUCHED = error(
    "JB422",
    "there is an export already, which may have been retouched by hand",
    "name another folder with -o, or give --force",
)


@click.command("tex")
@options.issue
@options.folder("tex")
@options.fonts
@click.option("--force", is_flag=True, help="Write over an earlier export.")
@options.strict
@options.as_json
def command(
    issue: Path, folder: Path, fonts: tuple[Path, ...], force: bool, strict: bool, as_json: bool
) -> None:
    """Write the TeX of ISSUE, with all it needs; then: cd FOLDER && xelatex issue.tex"""
    press = options.make_press(fonts)

    def work(path: Path, result: Result) -> None:
        composed = press.compose(Source.from_file(path))
        result.findings = composed.findings
        if strict and composed.findings:
            raise PreflightFailed(composed.findings)
        main = folder / composed.tree.main
        if main.exists() and not force:
            raise OutputRefused(_RETOUCHED.at(Where(str(main))))
        files = {folder / name: data for name, data in composed.tree.files.items()}
        write_whole(files, sources=(path,))
        result.files += files
        if not as_json:
            tell(main)

    sys.exit(run((issue,), work, strict=strict, as_json=as_json))
