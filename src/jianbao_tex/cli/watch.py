"""``jianbao watch``: builds an issue again whenever it is saved."""

from __future__ import annotations

import contextlib
import itertools
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jianbao_tex.cancelling import Handle
from jianbao_tex.cli import Terminated, options
from jianbao_tex.cli.build import write
from jianbao_tex.cli.files import real
from jianbao_tex.cli.findings import show
from jianbao_tex.cli.reports import (
    Reporting,
    Result,
    log_job,
    log_plugins,
    print_json_line,
    show_result,
)
from jianbao_tex.cli.speech import _, translated
from jianbao_tex.cli.terminal import note
from jianbao_tex.errors import JianbaoError
from jianbao_tex.language import say
from jianbao_tex.report.results import collecting_errors
from jianbao_tex.store import stamp_of

if TYPE_CHECKING:
    from jianbao_tex.findings import Finding
    from jianbao_tex.press import Press

_POLL_S = 0.004
_SETTLED_S = 0.01
_POLLS_PER_CODE_CHECK = 125
"""
``_POLL_S``: seconds between two polls of the issue.  ``_SETTLED_S``: a save is over if nothing
changes for so many seconds.  ``_POLLS_PER_CODE_CHECK``: after so many polls the code is checked
too.
"""


@click.command(
    "watch",
    help=_(
        "Build ISSUE, and build it again whenever it, its series, a picture or a plugin is "
        "saved.\n\n"
        "The last good PDF is kept until a new one is ready. Ctrl-C stops watching."
    ),
)
@options.issue
@options.folder(".")
@options.typesetting
@options.reporting
def command(issue: Path, folder: Path, press: Press, reporting: Reporting) -> None:
    with contextlib.suppress(JianbaoError):
        press.engine.keep = 1
    if reporting.form == "sarif":
        raise click.UsageError(_("watch prints --json, not --sarif"))
    try:
        _watch(press, issue, folder, reporting)
    except Terminated:
        raise
    except KeyboardInterrupt:
        # That is how a watch ends.
        sys.exit(0)


def _watch(press: Press, issue: Path, folder: Path, reporting: Reporting) -> None:
    code: dict[Path, str] | None = None
    shown_faults: tuple[Finding, ...] = ()
    is_announced = False
    while True:
        watched = _WatchedFiles(press, issue, code)
        started = time.perf_counter()
        try:
            result = _build(press, issue, folder, reporting, watched)
        except CancelledError:
            # It was saved again; the code is as it was.
            code = watched.code
            continue
        _print_result(result, time.perf_counter() - started, reporting)
        if press.plugin_faults != shown_faults:
            (log_plugins if reporting.logs else show)(press.plugin_faults)
            shown_faults = press.plugin_faults
        if not is_announced and reporting.is_text and not reporting.logs:
            note(translated(say("watching; Ctrl-C ends it")))
        is_announced = True
        if _wait(watched):
            # Stamped before the plugins are loaded, so that later changes are noticed.
            code = watched.settled_code()
            press = press.reload()
        else:
            code = watched.code


class _SaveHandle(Handle):
    """Cancels the build if the issue is saved again meanwhile."""

    def __init__(self, watched: _WatchedFiles) -> None:
        super().__init__()
        self._watched = watched

    def check(self) -> None:
        super().check()
        if self._watched.has_changed():
            raise CancelledError


def _build(
    press: Press, issue: Path, folder: Path, reporting: Reporting, watched: _WatchedFiles
) -> Result:
    """
    The result of a build; its files are written.

    Raises:
        CancelledError: the issue was saved again meanwhile.
    """
    from jianbao_tex.batch import Batch

    handle = _SaveHandle(watched)
    outcome = Batch(press).press_file(issue, handle)
    if outcome.exit_code:
        # Editors write in several steps: it may have been read in the middle of a save.
        watched.settle()
    handle.check()
    result = Result.of(outcome)
    with collecting_errors(result, strict=reporting.strict):
        write(outcome, result, folder, real([issue]), reporting)
    return result


def _print_result(result: Result, seconds: float, reporting: Reporting) -> None:
    if reporting.logs:
        log_job(result)
    if not reporting.is_text:
        print_json_line(result.for_machines(reporting))
    elif not reporting.logs:
        show_result(result, reporting)
        if not result.exit_code:
            file = str(result.files[0])
            note(translated(say("{file}: {seconds} s", file=file, seconds=f"{seconds:.2f}")))


class _WatchedFiles:
    """
    The files that a build depends on, with their stamps at the start of the build.

    A stamp is the size and the times of a file.
    """

    def __init__(self, press: Press, issue: Path, code: dict[Path, str] | None = None) -> None:
        self._press = press
        self._issue_stamps = _stamps(_issue_files(press, issue))
        # To list all of the code takes longer than to read the issue.
        self.code = _stamps(press.code_files) if code is None else code

    def has_changed(self) -> bool:
        """Whether a file of the issue has changed."""
        return _stamps(self._issue_stamps) != self._issue_stamps

    def code_has_changed(self) -> bool:
        """Whether a file of the plugins or templates is another, has come or has gone."""
        return _stamps(self._press.code_files) != self.code

    def settle(self) -> None:
        """Waits until a save is over: until nothing has changed between two looks."""
        _wait_until_settled(lambda: _stamps(self._issue_stamps), _SETTLED_S)

    def settled_code(self) -> dict[Path, str]:
        """The code, once nothing of it comes or changes any more: folders are copied slowly."""
        return _wait_until_settled(lambda: _stamps(self._press.code_files), _SETTLED_S * 10)


def _wait_until_settled(
    read_stamps: Callable[[], dict[Path, str]], seconds: float
) -> dict[Path, str]:
    before = read_stamps()
    time.sleep(seconds)
    while (now := read_stamps()) != before:
        time.sleep(seconds)
        before = now
    return now


def _issue_files(press: Press, issue: Path) -> list[Path]:
    """The files of the issue, as far as it can be read, also those that are not there."""
    from jianbao_tex.press import Source

    try:
        return [issue, *map(Path, press.input_files(Source.from_file(issue)))]
    except JianbaoError as error:
        files = [path for finding in error.findings for path in _files_named_in(finding, issue)]
        return [issue, *files]


def _files_named_in(finding: Finding, issue: Path) -> list[Path]:
    """The files that a finding is about, and those that it may miss."""
    words = [str(value) for _, value in finding.values]
    return [
        Path(finding.where.file),
        *(issue.parent / word for word in words if word.isprintable()),
    ]


def _stamps(paths: Iterable[Path]) -> dict[Path, str]:
    return {path: stamp_of(path) for path in paths}


def _wait(watched: _WatchedFiles) -> bool:
    """Waits until a file has changed since the build began; returns whether it was code."""
    for poll in itertools.count():
        if watched.has_changed():
            return False
        if poll % _POLLS_PER_CODE_CHECK == 0 and watched.code_has_changed():
            return True
        time.sleep(_POLL_S)
    # Never reached: the count has no end.
    raise AssertionError
