"""``jianbao check``: issues -> findings; with ``--pdf`` what the finished page measures."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.files import write_whole
from jianbao_tex.cli.measured import lines_of
from jianbao_tex.cli.reports import Reporting, Result, run
from jianbao_tex.cli.speech import _
from jianbao_tex.errors import PreflightFailed
from jianbao_tex.findings import errors_among, visible
from jianbao_tex.language import say, say_count
from jianbao_tex.press import Press, Report, Source

_HELP = _(
    "Read and compose each ISSUE and report what is wrong; TeX does not run.\n\n"
    "With --pdf the finished PDF is measured: grid, edges, places of name, rules and page "
    "numbers, fonts, colours, and the text of every page against that of the issue."
)


@click.command("check", help=_HELP)
@options.issues
@click.option("--pdf", is_flag=True, help=_("Typeset too, and measure the PDF; none is written."))
@click.option(
    "--fix",
    is_flag=True,
    help=_("Mend in the file what can be mended without a doubt; nothing else of it changes."),
)
@options.typesetting
@options.reporting
def command(
    issues: tuple[Path, ...], pdf: bool, fix: bool, press: Press, reporting: Reporting
) -> None:
    def work(path: Path, result: Result) -> None:
        if fix:
            _mend(press, path, result)
        source = Source.from_file(path)
        if pdf:
            report = _prove(press, source, result)
            if reporting.is_text:
                result.told += lines_of(visible(str(path)), report)
        else:
            result.findings = press.compose(source).findings
        if errors_among(result.findings):
            raise PreflightFailed(result.findings)
        if reporting.is_text and not result.findings and not result.note:
            result.note = say("{issue}: no findings", issue=visible(str(path)))

    sys.exit(run(issues, work, reporting, press))


def _mend(press: Press, path: Path, result: Result) -> None:
    """Writes what can be mended into the issue's own file, and says how much it was."""
    count, most = 0, 10
    for _round in range(most):
        # One mend may uncover another; each round ends with fewer.
        source = Source.from_file(path)
        try:
            found = press.compose(source).findings
        except PreflightFailed as wrong:
            found = wrong.findings
        data, done = press.mended(path.read_bytes(), source, found)
        if not done:
            break
        write_whole({path.resolve(): data}, sources=())
        count += len(done)
    if count:
        result.note = say_count("1 place mended", "{number} places mended", count)


def _prove(press: Press, source: Source, result: Result) -> Report:
    proof = press.prove(press.compose(source))
    result.findings, result.pages = proof.findings, len(proof.report.pages)
    result.measured = proof.report.as_json()
    return proof.report
