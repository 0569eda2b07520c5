"""The command ``jianbao``: one file per command, each loaded when it is called."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Sequence

_SELDOM = 50_000
"""New objects between two looks for garbage: a command makes many, and hardly any in circles."""


class Terminated(KeyboardInterrupt):
    """Somebody ends the process politely; to whoever works that is as Ctrl-C."""


def _terminate(*_: object) -> None:
    raise Terminated


def entry() -> None:
    """
    The command as a program of its own.

    It ends without taking Python apart, which for the libraries that read a PDF takes longer
    than reading it; whatever was started is ended by then, and what was said is out.
    """
    gc.set_threshold(_SELDOM)
    # A polite end: what runs is ended, and its folders taken away, on the way out.
    signal.signal(signal.SIGTERM, _terminate)
    code: object = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    except Terminated:
        code = 128 + signal.SIGTERM
    except KeyboardInterrupt:
        code = 128 + signal.SIGINT
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)
    # What a stream that is closed or full makes of this is Python's to say.
    sys.exit(code if isinstance(code, int) else 1)


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
