"""``jianbao build``: issues -> finished files."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.files import write_whole
from jianbao_tex.cli.reports import Result, run
from jianbao_tex.errors import PreflightFailed
from jianbao_tex.press import Source


@click.command("build")
@options.issues
@options.folder(".")
@click.option(
    "--output",
    "outputs",
    multiple=True,
    default=("pdf",),
    show_default=True,
    help="What to make; may be given several times.",
)
@options.fonts
@options.sandbox
@options.strict
@options.as_json
def command(
    issues: tuple[Path, ...],
    folder: Path,
    outputs: tuple[str, ...],
    fonts: tuple[Path, ...],
    sandbox: str,
    strict: bool,
    as_json: bool,
) -> None:
    """Build each ISSUE into a print-ready PDF."""
    _refuse_one_name(issues)
    press = options.make_press(fonts, sandbox)

    def work(path: Path, result: Result) -> None:
        _refuse_unknown(outputs, press.registry.outputs)
        source = Source.from_file(path)
        pressing = press.press(source, outputs)
        result.findings, result.pages = pressing.findings, pressing.pages
        if strict and pressing.findings:
            raise PreflightFailed(pressing.findings)
        files = {folder / artifact.name: artifact.data for artifact in pressing.artifacts}
        write_whole(files, sources=(*issues, *map(Path, pressing.sources)))
        result.files += files
        if not as_json:
            result.told += files

    sys.exit(run(issues, work, strict=strict, as_json=as_json))


def _refuse_one_name(issues: tuple[Path, ...]) -> None:
    """Two issues of one name would write over each other."""
    seen: dict[str, Path] = {}
    for path in issues:
        if path.stem in seen:
            raise click.UsageError(f"{seen[path.stem]} and {path} would both write {path.stem}.pdf")
        seen[path.stem] = path


def _refuse_unknown(outputs: tuple[str, ...], known: Collection[str]) -> None:
    for name in outputs:
        if name not in known:
            raise click.UsageError(f"unknown output {name}; known: {', '.join(known)}")
