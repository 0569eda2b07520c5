"""``jianbao check``: issues -> findings; with ``--pdf`` what the finished page measures."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.measured import lines_of
from jianbao_tex.cli.reports import Reporting, Result, run
from jianbao_tex.cli.speech import _
from jianbao_tex.errors import PreflightFailed
from jianbao_tex.findings import errors_among, visible
from jianbao_tex.language import say
from jianbao_tex.press import Press, Report, Source

_HELP = _(
    "Read and compose each ISSUE and report what is wrong; TeX does not run.\n\n"
    "With --pdf the finished PDF is measured: grid, edges, places of name, rules and page "
    "numbers, fonts, colours, and the text of every page against that of the issue."
)


@click.command("check", help=_HELP)
@options.issues
@click.option("--pdf", is_flag=True, help=_("Typeset too, and measure the PDF; none is written."))
@options.typesetting
@options.reporting
def command(issues: tuple[Path, ...], pdf: bool, press: Press, reporting: Reporting) -> None:
    def work(path: Path, result: Result) -> None:
        source = Source.from_file(path)
        if pdf:
            report = _prove(press, source, result)
            if reporting.is_text:
                result.told += lines_of(visible(str(path)), report)
        else:
            result.findings = press.compose(source).findings
        if errors_among(result.findings):
            raise PreflightFailed(result.findings)
        if reporting.is_text and not result.findings:
            result.note = say("{issue}: no findings", issue=visible(str(path)))

    sys.exit(run(issues, work, reporting))


def _prove(press: Press, source: Source, result: Result) -> Report:
    proof = press.prove(press.compose(source))
    result.findings, result.pages = proof.findings, len(proof.report.pages)
    result.measured = proof.report.as_json()
    return proof.report
