"""``jianbao watch``: an issue built anew whenever it is saved."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.build import write
from jianbao_tex.cli.reports import Reporting, Result, judged, show_result, tell_line
from jianbao_tex.cli.speech import _, told
from jianbao_tex.cli.terminal import note
from jianbao_tex.errors import JianbaoError
from jianbao_tex.language import say
from jianbao_tex.store import stamp_of

if TYPE_CHECKING:
    from jianbao_tex.press import Press

_LOOK_S = 0.02
"""How often the files are looked at: a save is seen by their times, on any file system."""


@click.command(
    "watch",
    help=_(
        "Build ISSUE, and build it again whenever it, its series, a picture or a plugin is saved.\n\n"
        "The last good PDF stays until there is a better one. Ctrl-C ends it."
    ),
)
@options.issue
@options.folder(".")
@options.typesetting
@options.reporting
def command(issue: Path, folder: Path, press: Press, reporting: Reporting) -> None:
    with contextlib.suppress(JianbaoError):
        press.engine.keep = 1
    with contextlib.suppress(KeyboardInterrupt):
        for number, changed in enumerate(_rounds(press, issue)):
            if changed:
                press = press.renewed()
            started = time.perf_counter()
            result = _build(press, issue, folder, reporting)
            _say(result, time.perf_counter() - started, reporting)
            if not number and reporting.is_text:
                note(told(say("watching; Ctrl-C ends it")))
    sys.exit(0)


def _build(press: Press, issue: Path, folder: Path, reporting: Reporting) -> Result:
    from jianbao_tex.batch import Batch

    outcome = Batch(press).one(issue)
    result = Result.of(outcome)
    with judged(result, strict=reporting.strict):
        write(outcome, result, folder, (issue,), reporting)
    return result


def _say(result: Result, seconds: float, reporting: Reporting) -> None:
    if not reporting.is_text:
        tell_line(result.as_json(reporting))
        return
    show_result(result, reporting)
    if not result.exit_code:
        file = str(result.files[0])
        note(told(say("{file}: {seconds} s", file=file, seconds=f"{seconds:.2f}")))


def _rounds(press: Press, issue: Path) -> Iterator[bool]:
    """
    Now, and whenever a file has changed that the issue is made from.

    Tells whether it was one of the plugins or templates.  A save is over when nothing has
    changed between two looks: editors write in several steps, or put another file in place.
    """
    yield False
    while True:
        own, code = _own(press, issue), press.code
        before = (_stamps(own), _stamps(code))
        while (now := (_stamps(own), _stamps(code))) == before:
            time.sleep(_LOOK_S)
        while (later := (_stamps(own), _stamps(code))) != now:
            time.sleep(_LOOK_S)
            now = later
        yield now[1] != before[1]


def _own(press: Press, issue: Path) -> list[Path]:
    """The files of the issue, as far as it can be read."""
    from jianbao_tex.press import Source

    try:
        return [issue, *map(Path, press.needed(Source.from_file(issue)))]
    except JianbaoError as wrong:
        return [issue, *{Path(finding.where.file) for finding in wrong.findings}]


def _stamps(paths: list[Path]) -> list[str]:
    return [stamp_of(path) for path in paths]
