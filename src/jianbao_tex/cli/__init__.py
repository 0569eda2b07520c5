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
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese gets escapes, not a traceback.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    choose(words, os.environ)
    from jianbao_tex.cli.commands import group

    group(words, prog_name="jianbao")
