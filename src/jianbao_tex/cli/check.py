"""``jianbao check``: issues -> findings; with ``--pdf`` what the finished page measures."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.measured import lines_of
from jianbao_tex.cli.reports import Result, run
from jianbao_tex.errors import PreflightFailed
from jianbao_tex.findings import errors_among, visible
from jianbao_tex.press import Press, Report, Source


@click.command("check")
@options.issues
@click.option("--pdf", is_flag=True, help="Typeset too, and measure the PDF; none is written.")
@options.fonts
@options.sandbox
@options.strict
@options.as_json
def command(
    issues: tuple[Path, ...],
    pdf: bool,
    fonts: tuple[Path, ...],
    sandbox: str,
    strict: bool,
    as_json: bool,
) -> None:
    """
    Read and compose each ISSUE and report what is wrong; TeX does not run.

    With --pdf the finished PDF is measured: grid, edges, places of name, rules and page
    numbers, fonts, colours, and the text of every page against that of the issue.
    """
    press = options.make_press(fonts, sandbox)

    def work(path: Path, result: Result) -> None:
        source = Source.from_file(path)
        if pdf:
            report = _prove(press, source, result)
            if not as_json:
                result.told += lines_of(visible(str(path)), report)
        else:
            result.findings = press.compose(source).findings
        if errors_among(result.findings):
            raise PreflightFailed(result.findings)
        if not as_json and not result.findings:
            result.note = f"{visible(str(path))}: no findings"

    sys.exit(run(issues, work, strict=strict, as_json=as_json))


def _prove(press: Press, source: Source, result: Result) -> Report:
    proof = press.prove(press.compose(source))
    result.findings, result.pages = proof.findings, len(proof.report.pages)
    result.measured = proof.report.as_json()
    return proof.report
