"""The command ``jianbao``: one file per command, each loaded when it is called."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Sequence

_GC_THRESHOLD = 50_000
"""
The garbage collector runs after this many new objects: a command makes many objects and few cycles.
"""


class Terminated(KeyboardInterrupt):
    """The process got SIGTERM; running work handles it like Ctrl-C."""


_SIGNALS: list[int] = []
"""The signals that came: code that is interrupted may turn the exception into another one."""


def _stop(number: int, _: object) -> None:
    _SIGNALS.append(number)
    raise Terminated if number == signal.SIGTERM else KeyboardInterrupt


def entry() -> None:
    """
    The command as a program of its own.

    It exits with `os._exit`, without the cleanup of the interpreter, which takes longer than
    reading a PDF.  All child processes have ended and all output is flushed by then.
    """
    gc.set_threshold(_GC_THRESHOLD)
    # On SIGTERM, running processes are stopped and their folders removed.
    signal.signal(signal.SIGTERM, _stop)
    # A shell may have started us so that Ctrl-C is ignored.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop)
    code: object = 0
    try:
        main()
    except SystemExit as request:
        code = request.code
    except BaseException:
        # Python 3.11 makes a RuntimeError of what is raised while a class is made.
        if not _SIGNALS:
            raise
        # POSIX shells report a process that a signal ended as 128 plus the signal.
        code = 128 + _SIGNALS[-1]
    from jianbao_tex.leases import close_all

    if "jianbao_tex.children.apart" in sys.modules:
        from jianbao_tex.children import end_apart

        end_apart()
    close_all()
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)
    # If flushing failed, Python reports the error at exit.
    sys.exit(code if isinstance(code, int) else 1)


def main(arguments: Sequence[str] | None = None) -> None:
    """
    Runs the command and ends the process with its exit code.

    The language is chosen first, because the commands translate their texts while they load.
    """
    from jianbao_tex.cli.speech import choose

    words = list(sys.argv[1:] if arguments is None else arguments)
    _open_streams()
    choose(words, os.environ)
    from jianbao_tex.cli.commands import run

    sys.exit(run(words))


def _open_streams() -> None:
    """
    Replaces closed streams by the null device; characters that a terminal cannot show become
    escapes.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        getattr(sys, name).reconfigure(errors="backslashreplace")
