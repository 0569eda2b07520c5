"""The options that several commands share, spelt once, and the press they make."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from jianbao_tex.press import Press
from jianbao_tex.typesetter import Sandbox

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

as_json: Decorator = click.option(
    "--json", "as_json", is_flag=True, help="Print the result as JSON on standard output."
)
strict: Decorator = click.option("--strict", is_flag=True, help="Take warnings for errors.")
fonts: Decorator = click.option(
    "--fonts",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder with font files of your own; searched first. [JIANBAO_FONTS]",
)
sandbox: Decorator = click.option(
    "--sandbox",
    type=click.Choice([mode.value for mode in Sandbox]),
    default=Sandbox.AUTO.value,
    show_default=True,
    envvar="JIANBAO_SANDBOX",
    help="Whether TeX must be shut in by bubblewrap. [JIANBAO_SANDBOX]",
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
        help="The folder to write to; made if it is not there.",
    )


def make_press(fonts: tuple[Path, ...] = (), sandbox: str = Sandbox.AUTO.value) -> Press:
    """The press for the options of a command and the environment."""
    listed = os.environ.get("JIANBAO_FONTS", "").split(os.pathsep)
    own = (*fonts, *(Path(folder) for folder in listed if folder))
    return Press(fonts=own, sandbox=Sandbox(sandbox))
