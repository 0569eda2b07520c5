"""``jianbao check``: issues -> findings; with ``--pdf`` what the finished page measures."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.files import NOT_WRITTEN, OutputRefused, write_whole
from jianbao_tex.cli.measured import lines_of, lines_of_claims
from jianbao_tex.cli.outputs import refusal
from jianbao_tex.cli.reports import Reporting, Result, run
from jianbao_tex.cli.speech import _
from jianbao_tex.errors import SOME_FAILED, PreflightFailed, reason_of
from jianbao_tex.findings import Finding, Where, errors_among, visible
from jianbao_tex.foreign_files import real_path
from jianbao_tex.language import say, say_count
from jianbao_tex.press import Composed, Handle, Press, Source
from jianbao_tex.report.finished import claims, claims_of_file

_PDF = ".pdf"
_HELP = _(
    "Read and compose each ISSUE and report what is wrong; TeX does not run.\n\n"
    "With --pdf the finished PDF is measured: grid, edges, places of name, rules and page "
    "numbers, fonts, colours, and the text of every page against that of the issue; with "
    "--output the files of these outputs too. A finished PDF in place of an issue is checked "
    "against the standard that it claims."
)


@click.command("check", help=_HELP)
@options.issues
@click.option("--pdf", is_flag=True, help=_("Typeset too, and measure the PDF; none is written."))
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar=_("NAME"),
    help=_("With --pdf: an output to make and to check; may be given several times."),
)
@click.option(
    "--fix",
    is_flag=True,
    help=_("Fix the faults that have exactly one fix; nothing else in the file changes."),
)
@options.typesetting
@options.reporting
def command(
    issues: tuple[Path, ...],
    pdf: bool,
    outputs: tuple[str, ...],
    fix: bool,
    press: Press,
    reporting: Reporting,
) -> None:
    if outputs and not pdf:
        raise click.UsageError(_("--output needs --pdf"))
    output_error = refusal(outputs, press) if outputs else None

    def work(path: Path, result: Result) -> None:
        if output_error:
            raise output_error
        if path.suffix.lower() == _PDF:
            lines = _examine(path, result)
        else:
            if fix:
                _fix(press, path, result)
            lines = _check(press, Source.from_file(path), result, outputs if pdf else None)
        if reporting.is_text:
            result.lines += lines
        if result.refused:
            result.exit_code = SOME_FAILED
        elif errors_among(result.findings):
            raise PreflightFailed(result.findings)
        if reporting.is_text and not result.findings and not result.note:
            result.note = say("{issue}: no findings", issue=visible(str(path)))

    sys.exit(run(issues, work, reporting, press))


_MAX_ROUNDS = 100


def _fix(press: Press, path: Path, result: Result) -> None:
    """Writes the fixes into the issue's file; the note counts them."""
    before = Source.from_file(path)
    if not path.stat().st_mode & 0o222:
        # A read-only file must not be replaced by a new one.
        raise OutputRefused(NOT_WRITTEN.at(Where(str(path)), reason=reason_of(errno.EACCES)))
    data = original = before.bytes_read
    count = 0
    faults = _fixable(press, before)
    for _round in range(_MAX_ROUNDS):
        source = Source.from_bytes(data, before.name, before.folder)
        fixed, applied = press.apply_fixes(data, source, faults)
        remaining = _fixable(press, Source.from_bytes(fixed, before.name, before.folder))
        if not applied or not _is_better(faults, remaining, shorter=len(fixed) < len(data)):
            break
        data, faults, count = fixed, remaining, count + len(applied)
    if data != original:
        # A symbolic link stays one: the file that it points to is replaced.
        write_whole({real_path(path): data}, sources=())
        result.note = say_count("1 place fixed", "{number} places fixed", count)


def _is_better(before: tuple[Finding, ...], after: tuple[Finding, ...], *, shorter: bool) -> bool:
    """
    Whether a round of fixes made progress.

    One fix may reveal another fault.  A round that leaves as many faults at the same places,
    in a text that is not shorter, makes no progress and would repeat forever.
    """
    if len(after) < len(before):
        return True
    places = {finding.where for finding in before} & {finding.where for finding in after}
    return len(after) == len(before) and (shorter or not places)


def _fixable(press: Press, source: Source) -> tuple[Finding, ...]:
    """The findings of an issue that have a fix."""
    try:
        findings = press.compose(source).findings
    except PreflightFailed as error:
        findings = error.findings
    return tuple(finding for finding in findings if finding.fix)


def _examine(path: Path, result: Result) -> list[str]:
    """Checks a finished PDF against the standard that it claims."""
    claim, result.findings = claims_of_file(path)
    result.checked, result.pages = [claim], claim["pages"]
    return list(lines_of_claims(result.checked))


def _check(
    press: Press, source: Source, result: Result, outputs: tuple[str, ...] | None
) -> list[str]:
    """Checks an issue, and its finished pages unless ``outputs`` is ``None``; what they measure."""
    handle = result.begin(source, outputs or ())
    with handle.record.stage("total"):
        composed = press.compose(source, handle)
        result.findings = composed.findings
        return [] if outputs is None else _prove(press, composed, result, outputs, handle)


def _prove(
    press: Press, composed: Composed, result: Result, outputs: tuple[str, ...], handle: Handle
) -> list[str]:
    """The master of an issue, measured, and the PDFs that are made of it."""
    proof = press.prove(composed, outputs, handle)
    result.checked = [
        claims(artifact.name, artifact.data)[0]
        for artifact in proof.artifacts
        if artifact.media_type == "application/pdf"
    ]
    result.findings, result.pages = proof.findings, len(proof.report.pages)
    result.refused = proof.refused
    result.measured = proof.report.as_json()
    lines = list(lines_of(visible(composed.source.name), proof.report))
    return [*lines, "", *lines_of_claims(result.checked)] if result.checked else lines
