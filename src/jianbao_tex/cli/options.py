"""The options that several commands share, spelt once, and the press they make."""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from jianbao_tex.cli.reports import Reporting
from jianbao_tex.cli.speech import _
from jianbao_tex.press import Press
from jianbao_tex.typesetter import Limits, Sandbox

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

MOST_FINDINGS = 50
"""How many findings are shown where nobody asks for more."""

as_json: Decorator = click.option(
    "--json", "as_json", is_flag=True, help=_("Print the result as JSON on standard output.")
)
_REPORTING: tuple[Decorator, ...] = (
    click.option("--strict", is_flag=True, help=_("Take warnings for errors.")),
    as_json,
    click.option(
        "--sarif",
        is_flag=True,
        help=_("Print the findings as SARIF, for code hosts, on standard output."),
    ),
    click.option(
        "--max-findings",
        type=click.IntRange(min=0),
        metavar=_("COUNT"),
        default=MOST_FINDINGS,
        show_default=True,
        help=_("How many findings of an issue to show, errors first; 0 for all."),
    ),
    click.option("-v", "--verbose", is_flag=True, help=_("Show what TeX itself said, too.")),
)
fonts: Decorator = click.option(
    "--fonts",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help=_("A folder with font files of your own; searched first. [JIANBAO_FONTS]"),
)
_TYPESETTING: tuple[Decorator, ...] = (
    fonts,
    click.option(
        "--sandbox",
        type=click.Choice([mode.value for mode in Sandbox]),
        default=Sandbox.AUTO.value,
        show_default=True,
        envvar="JIANBAO_SANDBOX",
        help=_("Whether TeX must be shut in by bubblewrap. [JIANBAO_SANDBOX]"),
    ),
    click.option(
        "--time-limit",
        type=click.FloatRange(min=0.1, max=3600),
        metavar=_("SECONDS"),
        default=Limits().wall_s,
        show_default=True,
        help=_("How many seconds TeX may take for one issue."),
    ),
)
issue: Decorator = click.argument("issue", type=click.Path(path_type=Path, readable=False))
issues: Decorator = click.argument(
    "issues",
    nargs=-1,
    required=True,
    metavar="ISSUE...",
    type=click.Path(path_type=Path, readable=False),
)


def folder(default: str) -> Decorator:
    """The folder to write to."""
    return click.option(
        "-o",
        "--output-dir",
        "folder",
        type=click.Path(path_type=Path),
        default=default,
        show_default=True,
        help=_("The folder to write to; made if it is not there."),
    )


def reporting(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options about findings; the command gets them as one ``reporting``."""

    @functools.wraps(command)
    def with_reporting(
        *, strict: bool, as_json: bool, sarif: bool, max_findings: int, verbose: bool, **others: Any
    ) -> Any:
        if as_json and sarif:
            raise click.UsageError(_("--json and --sarif do not go together"))
        form = "json" if as_json else "sarif" if sarif else "text"
        return command(reporting=Reporting(strict, form, max_findings, verbose), **others)

    return _with(_REPORTING, with_reporting)


def typesetting(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of those who run TeX; the command gets a ``press``."""

    @functools.wraps(command)
    def with_press(
        *, fonts: tuple[Path, ...], sandbox: str, time_limit: float, **others: Any
    ) -> Any:
        if math.isnan(time_limit):
            raise click.UsageError(_("--time-limit must be a number"))
        return command(press=make_press(fonts, sandbox, time_limit), **others)

    return _with(_TYPESETTING, with_press)


def _with(decorators: tuple[Decorator, ...], command: Callable[..., Any]) -> Callable[..., Any]:
    for decorate in reversed(decorators):
        command = decorate(command)
    return command


def make_press(
    fonts: tuple[Path, ...] = (),
    sandbox: str = Sandbox.AUTO.value,
    time_limit: float = Limits().wall_s,
) -> Press:
    """The press for the options of a command and the environment."""
    listed = os.environ.get("JIANBAO_FONTS", "").split(os.pathsep)
    own = (*fonts, *(Path(folder) for folder in listed if folder))
    return Press(fonts=own, sandbox=Sandbox(sandbox), limits=Limits(wall_s=time_limit))
