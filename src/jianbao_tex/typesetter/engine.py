"""
TexTree -> Draft: one job of xelatex, in a private folder, within limits, the same each time.

If the cache has a format for the opening, a waiting engine that has read the opening does
the job; else xelatex reads the whole document.  Both make the same pages, byte for byte.
"""

from __future__ import annotations

import contextlib
import errno
import re
import signal
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from jianbao_tex.cancelling import Handle
from jianbao_tex.children import Process, Rung, Sandbox, Turns
from jianbao_tex.errors import IssueInvalid, LimitReached, ToolMissing, TypesettingFailed, reason_of
from jianbao_tex.findings import Finding, error
from jianbao_tex.language import say
from jianbao_tex.leases import sweep
from jianbao_tex.master import Draft, LogMessage, TexTree
from jianbao_tex.store import Store, key_of
from jianbao_tex.typesetter.diagnosis import LIMITS, TEXT_FAULTS, findings_of
from jianbao_tex.typesetter.formats import COMMAND, Formats, Undumpable
from jianbao_tex.typesetter.log import messages, pages
from jianbao_tex.typesetter.opening import Opening, maps_of, opening_of, rest_of, whole_of
from jianbao_tex.typesetter.pool import JOB_BYTES, Pool, WaitingEngine
from jianbao_tex.typesetter.server import Reason, ServerJob, ServerLost
from jianbao_tex.typesetter.starter import Limits, Starter
from jianbao_tex.typesetter.tools import Tools
from jianbao_tex.typesetter.workplace import JobFolder, Workplace

_TOO_LONG = error("JB320", "typesetting took more than {limit} seconds", "split the issue")
_TOO_MUCH = error("JB321", "typesetting needed more {what} than it may", "split the issue")
_SILENT = error(
    "JB322", "xelatex ended with status {status} without a message: {last}", "run jianbao doctor"
)

_NO_FOLDER = error(
    "JB326",
    "TeX cannot use the temporary folder: {reason}",
    "free disk space in the temporary folder, or set TMPDIR to another one",
)

_JOB = "issue"
_PLAIN = (*COMMAND, f"{_JOB}.tex")
# For an error before the text or after its end, a plain run gives a better message: the
# waiting engine adds files of its own.
_OUTSIDE_THE_TEXT = re.compile(
    rf"\A(?!.*\(\./{_JOB}\.tex)|^\./(?:wait|settings)\.tex:", re.MULTILINE | re.DOTALL
)
_OWN_LIMITS = {signal.SIGXCPU, signal.SIGXFSZ, signal.SIGPIPE}
"""How a run ends that has used up what it may use."""
_VERSION = re.compile(r"This is (XeTeX, Version .+?\))")
_GUESSES = "likely"
_TURNS = Turns()
"""Of all engines of this process."""


class Engine:
    """
    Sets TeX with the tools of the machine.

    Args:
        store: where formats are kept; without one every run reads the class again.
        keep: how many engines to keep waiting for the next job like the last one.  With one or
            more, an engine that forks is used where it works.
        best: the best isolation of a job to try; `Rung.BWRAP` for no engine that forks.
    """

    def __init__(
        self,
        tools: Tools,
        sandbox: Sandbox = Sandbox.AUTO,
        limits: Limits | None = None,
        store: Store | None = None,
        keep: int = 0,
        best: Rung = Rung.PID,
    ) -> None:
        self.tools = tools
        self.sandbox = sandbox
        self.limits = limits or Limits()
        self._starter = Starter(tools, sandbox, self.limits, store)
        self._store = store
        self._formats = Formats(store, self._starter) if store else None
        self._pool = Pool(self._starter, keep, store, best)
        self._running: set[Process | ServerJob] = set()
        self._has_said_fault = False
        self._is_closed = False
        sweep()

    @property
    def is_sandboxed(self) -> bool:
        """Whether TeX runs in the sandbox; false too if a required sandbox does not work."""
        try:
            return self._starter.is_sandboxed
        except ToolMissing:
            return False

    @property
    def rung(self) -> Rung:
        """
        How a job can be isolated here where engines are kept; a sample is set the first time.

        Raises:
            ToolMissing: the sandbox is required and does not work.
        """
        return self._pool.rung

    def like_this(self, *, says_fault: bool) -> Engine:
        """
        An engine with the same settings, for a fork of this process.

        What is known of servers here is known there; one of the forks says what is wrong with them.
        """
        engine = Engine(self.tools, self.sandbox, self.limits, self._store)
        engine._pool = self._pool.like_this()
        engine._has_said_fault = not says_fault
        return engine

    @property
    def server_fault(self) -> Reason:
        """Why no engine that forks is used, where one has failed; known after `rung`."""
        return self._pool.fault

    @property
    def keep(self) -> int:
        """How many engines to keep waiting."""
        return self._pool.keep

    @keep.setter
    def keep(self, count: int) -> None:
        self._pool.keep = count

    def expect(self, issue: str) -> None:
        """
        Starts an engine ahead with the opening of this issue's last build, or of any issue's.

        This is a guess; a wrong guess only wastes the engine.
        """
        if self._store is None or self._formats is None:
            return
        if self.sandbox is Sandbox.AUTO and not self.is_sandboxed:
            return  # The opening may have TeX of a plugin.
        for name in (_name_of(issue), _GUESSES):
            record = self._store.get_record(_GUESSES, name)
            fmt = self._formats.cached(record["format"]) if record else None
            if record and fmt:
                # The job itself will report the problem.
                with contextlib.suppress(OSError, ToolMissing):
                    engine = self._pool.start_engine(fmt, record["settings"], {})
                    self._pool.put(record["key"], engine)
                return

    def typeset(
        self,
        tree: TexTree,
        meanwhile: Callable[[], None] = lambda: None,
        handle: Handle | None = None,
    ) -> Draft:
        """
        The PDF of a tree, as TeX leaves it.

        Args:
            tree: all that TeX may read.
            meanwhile: done while TeX works.
            handle: by which the job can be cancelled; others of this engine go on.

        Raises:
            CancelledError: the job was cancelled, or the engine closed; its processes are ended.
            IssueInvalid: a character without a glyph, or a piece higher than a page.
            TypesettingFailed: TeX found an error.
            LimitReached: time, memory or disk ran out, or there is no temporary folder; every
                process is ended.
            ToolMissing: the sandbox is required and does not work.
        """
        handle = handle or Handle()
        try:
            with contextlib.ExitStack() as stack:
                with handle.record.stage("wait"):
                    stack.enter_context(_TURNS.taken(JOB_BYTES, handle.check))
                draft = self._typeset_ahead(tree, meanwhile, handle)
                draft = draft or self._typeset_plain(tree, handle)
            return replace(draft, tex_files=self._tex_files(tree))
        except OSError as exc:
            raise LimitReached(_NO_FOLDER.at(tree.issue, reason=reason_of(exc))) from exc

    def close(self) -> None:
        """Ends all waiting and running engines; running jobs raise `CancelledError`."""
        self._is_closed = True
        self._pool.close()
        if self._formats:
            self._formats.close()
        for process in tuple(self._running):
            process.kill()

    def _tex_files(self, tree: TexTree) -> dict[str, str]:
        """The stamps of the files of TeX that the opening of a tree needs, as far as known."""
        opening = opening_of(tree) if self._formats else None
        return self._formats.tex_files(opening.format_key) if opening and self._formats else {}

    def _typeset_ahead(
        self, tree: TexTree, meanwhile: Callable[[], None], handle: Handle
    ) -> Draft | None:
        """The PDF from a waiting engine; ``None`` if no such engine is possible."""
        opening = opening_of(tree) if self._formats else None
        if opening is None or self._formats is None:
            return None
        engine = self._pool.take(opening.key)
        handle.record.is_warm = engine is not None
        if not self._pool.keep:
            # End engines that were started on a wrong guess.
            self._pool.drop_others(opening.key)
        if engine is None:
            fmt = self._formats.of(opening, handle)
            if isinstance(fmt, Undumpable):
                return self._typeset_plain(tree, handle, fmt.reason)
            if fmt is None:
                return None
            engine = self._pool.start(opening, fmt)
        handle.record.isolation = engine.rung.value
        try:
            draft = self._run_waiting(engine, opening.key, tree, meanwhile, handle)
        finally:
            engine.close()
        if draft:
            self._remember(tree, opening)
            # Not before: it would take the time of this job.  One that cannot be started now
            # is no fault of this issue.
            with contextlib.suppress(OSError, ToolMissing):
                self._pool.refill(opening, engine.fmt)
        return draft

    def _run_waiting(
        self,
        engine: WaitingEngine,
        key: str,
        tree: TexTree,
        meanwhile: Callable[[], None],
        handle: Handle,
    ) -> Draft | None:
        """The draft of a tree from a waiting engine; ``None`` if the engine did not read it."""
        place = engine.place
        try:
            place.write({**tree.files, **maps_of(tree), tree.main: rest_of(tree)})
        except OSError:
            # Its folder was deleted while it waited, or the disk is full.
            return None
        deadline = time.monotonic() + self.limits.wall_s
        if not engine.process.send_go():
            # It died while it waited.
            return None
        meanwhile()
        try:
            status = self._wait_for(engine.process, tree, deadline, handle)
        except ServerLost as lost:
            # A plain run will say what is wrong with the opening.
            if lost.is_opening:
                self._pool.serve_no_more(key)
            elif lost.reason:
                self._pool.stop_servers(lost.reason)
            return None
        log = place.read(f"{_JOB}.log")
        if status:
            # An error with a damaged format is not a fault of the issue: run again without it.
            signal_number = _signal_of(status)
            is_outside = bool(_OUTSIDE_THE_TEXT.search(log)) and signal_number not in _OWN_LIMITS
            # In a fork, something outside of it may have been the reason, as when memory is short.
            is_crashed = engine.rung.forks and 0 < signal_number not in _OWN_LIMITS
            is_damaged = self._formats is None or not self._formats.is_whole(engine.fmt)
            if is_damaged or is_outside or is_crashed:
                return None
            self._fail(tree, status, log, place.terminal_output())
        log_messages = tuple(messages(log))
        if any(message.kind == "rerun" for message in log_messages):
            return None
        return self._draft(tree, place, log, log_messages, engine.rung)

    def _remember(self, tree: TexTree, opening: Opening) -> None:
        """Notes what this issue needed, for the next time; own fonts are not kept."""
        if self._store is None or opening.fonts:
            return
        record = {"key": opening.key, "format": opening.format_key, "settings": opening.settings}
        for name in (_name_of(tree.issue.file), _GUESSES):
            if self._store.get_record(_GUESSES, name) != record:
                self._store.put_record(_GUESSES, name, record)

    def _typeset_plain(self, tree: TexTree, handle: Handle, reason: str = "") -> Draft:
        """The PDF, set by an engine that reads the whole document."""
        deadline = time.monotonic() + self.limits.wall_s
        rung = self._starter.rung  # It may be another one when the run is over.
        handle.record.is_warm, handle.record.isolation = False, rung.value
        place = Workplace()
        try:
            place.write({**tree.files, **maps_of(tree), tree.main: whole_of(tree)})
            for _ in range(self.limits.runs):
                process = self._starter.start(_PLAIN, place)
                status = self._wait_for(process, tree, deadline, handle)
                log = place.read(f"{_JOB}.log")
                if status:
                    self._fail(tree, status, log, place.terminal_output())
                log_messages = tuple(messages(log))
                if not any(message.kind == "rerun" for message in log_messages):
                    break
            if reason:
                log_messages += (LogMessage("plain", reason),)
            return self._draft(tree, place, log, log_messages, rung)
        finally:
            place.close()

    def _wait_for(
        self, process: Process | ServerJob, tree: TexTree, deadline: float, handle: Handle
    ) -> int:
        """The exit status of a run that ended in time; raises `ServerLost` as `ServerJob.wait`."""
        self._running.add(process)
        try:
            if self._is_closed:
                raise CancelledError
            with handle.stopping_on_cancel(process.kill):
                status = process.wait(max(0.1, deadline - time.monotonic()))
        finally:
            process.end()
            self._running.discard(process)
        if self._is_closed:
            raise CancelledError
        if status is None:
            raise LimitReached(_TOO_LONG.at(tree.issue, limit=f"{self.limits.wall_s:g}"))
        return status

    def _fail(self, tree: TexTree, status: int, log: str, terminal: str) -> NoReturn:
        where = tree.issue
        signal_number = _signal_of(status)
        resources = {
            signal.SIGXCPU: say("processor time"),
            signal.SIGXFSZ: say("disk space"),
            # The PDF writer, to which XeTeX talks through a pipe, came to the end of it.
            signal.SIGPIPE: say("disk space"),
            signal.SIGKILL: say("memory"),
        }
        if signal_number in resources:
            raise LimitReached(_TOO_MUCH.at(where, what=resources[signal.Signals(signal_number)]))
        if "memory exhausted" in terminal:
            raise LimitReached(_TOO_MUCH.at(where, what=say("memory")))
        _refuse(findings_of(messages(log), tree))
        last = next((line for line in reversed(terminal.splitlines()) if line.strip()), "")
        message = last[:200] or say("nothing")
        raise TypesettingFailed(_SILENT.at(where, status=status, last=message))

    def _draft(
        self,
        tree: TexTree,
        place: JobFolder,
        log: str,
        log_messages: tuple[LogMessage, ...],
        rung: Rung,
    ) -> Draft:
        if self.sandbox is Sandbox.AUTO and rung is Rung.NONE:
            log_messages += (LogMessage("unfenced", "TeX ran without a sandbox"),)
        if self._pool.fault and not self._has_said_fault:
            self._has_said_fault = True
            fault = self._pool.fault
            log_messages += (LogMessage("no-server", str(fault), reason=fault),)
        _refuse(findings_of(log_messages, tree))
        pdf, count = place.read_bytes(f"{_JOB}.pdf"), pages(log)
        if not count or pdf is None:
            if place.is_full:
                raise LimitReached(_NO_FOLDER.at(tree.issue, reason=reason_of(errno.ENOSPC)))
            last = say("no pages of output")
            raise TypesettingFailed(_SILENT.at(tree.issue, status=0, last=last))
        if count > self.limits.pages:
            raise LimitReached(_TOO_MUCH.at(tree.issue, what=say("pages")))
        version = _VERSION.search(log)
        tools = {"xelatex": version[1] if version else "?", "isolation": rung.value}
        return Draft(pdf, count, log_messages, tools)


def _refuse(findings: list[Finding]) -> None:
    """Raises the findings of a log, if any, as the issue's fault or as TeX's."""
    if findings and all(finding.kind in TEXT_FAULTS for finding in findings):
        raise IssueInvalid(findings)
    if any(finding.kind in LIMITS for finding in findings):
        raise LimitReached(findings)
    if findings:
        raise TypesettingFailed(findings)


def _signal_of(status: int) -> int:
    """The number of the signal that ended a program; bubblewrap adds 128 to it."""
    return -status if status < 0 else status - 128


def _name_of(issue: str) -> str:
    """The cache key for the opening of an issue."""
    return key_of(str(Path(issue).absolute()))
