"""How commands talk: findings on standard error, results on standard output."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from jianbao_tex.errors import JianbaoError, PreflightFailed
from jianbao_tex.findings import Finding, Severity, excerpt, in_order, visible

SOME_FAILED = 8
"""The exit code when some of several issues failed."""


@dataclass
class Result:
    """
    What became of one issue.

    Once the work is done ``told`` goes to standard output, ``note`` to standard error.
    """

    source: str
    exit_code: int = 0
    pages: int | None = None
    files: list[Path] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()
    measured: dict[str, object] | None = None
    told: list[str | Path] = field(default_factory=list)
    note: str = ""

    def as_json(self) -> dict[str, object]:
        data: dict[str, object] = {
            "issue": self.source,
            "ok": self.exit_code == 0,
            "exit_code": self.exit_code,
            "pages": self.pages,
            "files": [str(path) for path in self.files],
            "findings": [finding.as_json() for finding in self.findings],
        }
        return data if self.measured is None else {**data, "measured": self.measured}


def run(
    sources: Sequence[Path], work: Callable[[Path, Result], None], *, strict: bool, as_json: bool
) -> int:
    """
    Does the work for each source, reports, and returns the exit code.

    An error of one issue does not keep the others from being done.
    """
    # A polite end: the running TeX is ended and its folder taken away on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    results = [_one(source, work, strict=strict) for source in sources]
    failed = [result.exit_code for result in results if result.exit_code]
    code = 0 if not failed else failed[0] if len(results) == 1 else SOME_FAILED
    if as_json:
        data = {"exit_code": code, "issues": [result.as_json() for result in results]}
        tell(as_text(data))
        return code
    for result in results:
        for finding in result.findings:
            show(finding)
    if len(results) > 1:
        click.echo(f"{len(results) - len(failed)} of {len(results)} issues done", err=True)
    return code


def as_text(data: object) -> str:
    """The data as JSON; in plain ASCII where a file name is no proper text."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(data, indent=2)
    return text


def tell(result: str | Path) -> None:
    """Prints a result on standard output: a path byte by byte as the system knows it."""
    click.echo(os.fsencode(result))


def _one(source: Path, work: Callable[[Path, Result], None], *, strict: bool) -> Result:
    result = Result(str(source))
    try:
        with _progress(result.source):
            work(source, result)
        if strict and result.findings:
            raise PreflightFailed(result.findings)
    except JianbaoError as wrong:
        result.exit_code = wrong.exit_code
        result.findings = in_order((*result.findings, *wrong.findings))
    for line in result.told:
        tell(line)
    if result.note:
        click.echo(result.note, err=True)
    return result


@contextlib.contextmanager
def _progress(name: str) -> Iterator[None]:
    """A moving line on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text(f"{visible(name)} …")):
        yield


def show(finding: Finding) -> None:
    """Prints one finding on standard error: place, weight, sentence, excerpt, advice."""
    colour = "red" if finding.severity is Severity.ERROR else "yellow"
    weight = paint(finding.severity.value, fg=colour, bold=True)
    place = paint(str(finding.where), bold=True)
    click.echo(f"{place}: {weight} {finding.code}: {finding.message}", err=True)
    for line in excerpt(finding.where).splitlines():
        click.echo(f"    {line}", err=True)
    click.echo(f"    → {finding.advice}", err=True)


def paint(text: str, *, bold: bool = False, fg: str | None = None) -> str:
    """The text in a colour, which click takes away where it goes to no terminal."""
    return text if os.environ.get("NO_COLOR") else click.style(text, fg=fg, bold=bold)
