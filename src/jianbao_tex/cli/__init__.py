"""The command ``jianbao``: one file per command, each loaded when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """
    Runs the command and ends the process with its exit code.

    The language is chosen first: the texts of the commands are said in it as they load.
    """
    from jianbao_tex.cli.speech import choose

    words = list(sys.argv[1:] if arguments is None else arguments)
    _open_streams()
    choose(words, os.environ)
    from jianbao_tex.cli.commands import run

    sys.exit(run(words))


def _open_streams() -> None:
    """Streams that are closed lead nowhere; what a terminal cannot show it gets as escapes."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        getattr(sys, name).reconfigure(errors="backslashreplace")
