"""``jianbao check``: issues -> findings, without a PDF."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.reports import Result, run
from jianbao_tex.findings import visible
from jianbao_tex.press import Source


@click.command("check")
@options.issues
@options.fonts
@options.strict
@options.as_json
def command(issues: tuple[Path, ...], fonts: tuple[Path, ...], strict: bool, as_json: bool) -> None:
    """Read and compose each ISSUE and report what is wrong; TeX does not run."""
    press = options.make_press(fonts)

    def work(path: Path, result: Result) -> None:
        result.findings = press.compose(Source.from_file(path)).findings
        if not as_json and not result.findings:
            click.echo(f"{visible(str(path))}: no findings", err=True)

    sys.exit(run(issues, work, strict=strict, as_json=as_json))
