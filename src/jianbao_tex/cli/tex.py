"""``jianbao tex``: an issue -> a folder that plain xelatex compiles."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.files import write_whole
from jianbao_tex.cli.reports import Result, run
from jianbao_tex.press import Source


@click.command("tex")
@options.issue
@options.folder("tex")
@options.fonts
@options.strict
@options.as_json
def command(
    issue: Path, folder: Path, fonts: tuple[Path, ...], strict: bool, as_json: bool
) -> None:
    """Write the TeX of ISSUE, with all it needs; then: cd FOLDER && xelatex issue.tex"""
    press = options.make_press(fonts)

    def work(path: Path, result: Result) -> None:
        composed = press.compose(Source.from_file(path))
        result.findings = composed.findings
        for name, data in composed.tree.files.items():
            write_whole(folder / name, data)
            result.files.append(folder / name)
        if not as_json:
            click.echo(folder / composed.tree.main)

    sys.exit(run((issue,), work, strict=strict, as_json=as_json))
