"""One run of xelatex: private folder, constant command line, limits, reproducible bytes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from jianbao_tex.errors import IssueInvalid, LimitReached, ToolMissing, TypesettingFailed, reason_of
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.language import say
from jianbao_tex.master import Draft, LogMessage, TexTree
from jianbao_tex.typesetter.diagnosis import LIMITS, TEXT_FAULTS, findings_of
from jianbao_tex.typesetter.log import messages, pages
from jianbao_tex.typesetter.sandbox import Sandbox, fenced
from jianbao_tex.typesetter.tools import NO_ANSWER, Tools

_TIME = error("JB320", "typesetting took more than {limit} seconds", "split the issue")
_LIMIT = error("JB321", "typesetting needed more {what} than it may", "split the issue")
_SILENT = error(
    "JB322", "xelatex ended with status {status} and named no reason: {last}", "run jianbao doctor"
)

_NO_ROOM = error(
    "JB326",
    "TeX has no place to work in: {reason}",
    "make room in the temporary folder, or name another one in TMPDIR",
)

# Constant: nothing of the data ever stands in a command line, since XeTeX starts its
# PDF writer through a shell.
_COMMAND = (
    "-no-shell-escape",
    "-no-parse-first-line",
    "-interaction=nonstopmode",
    "-halt-on-error",
    "-file-line-error",
)
_JOB = "issue"


@dataclass(frozen=True)
class Limits:
    """What one issue may use: seconds for all runs together, bytes, number of runs."""

    wall_s: float = 60.0
    cpu_s: int = 40
    memory: int = 2 * 1024**3
    file: int = 50 * 1024**2
    files: int = 256
    runs: int = 3


@dataclass(frozen=True)
class Engine:
    """Sets TeX with the tools of the machine."""

    tools: Tools
    sandbox: Sandbox = Sandbox.AUTO
    limits: Limits = field(default_factory=Limits)

    def typeset(self, tree: TexTree) -> Draft:
        """
        The PDF of a tree, as TeX leaves it.

        Raises:
            IssueInvalid: a character without a glyph, or a piece higher than a page.
            TypesettingFailed: TeX found an error.
            LimitReached: time, memory or disk ran out, or there is no temporary folder; every
                process is ended.
            ToolMissing: the sandbox is required and does not work.
        """
        deadline = time.monotonic() + self.limits.wall_s
        with self._workplace(tree) as folder:
            for _ in range(self.limits.runs):
                log = self._run(tree, folder, deadline)
                found = tuple(messages(log))
                if not any(message.kind == "rerun" for message in found):
                    break
            return self._draft(tree, folder, log, found)

    @contextlib.contextmanager
    def _workplace(self, tree: TexTree) -> Iterator[Path]:
        """A folder with the files of a tree; taken away afterwards."""
        with contextlib.ExitStack() as stack:
            try:
                made = tempfile.TemporaryDirectory(prefix="jianbao-")
                folder = Path(stack.enter_context(made)) / "job"
                folder.mkdir(mode=0o700)
                for file, data in tree.files.items():
                    (folder / file).write_bytes(data)
            except OSError as wrong:
                raise LimitReached(_NO_ROOM.at(tree.issue, reason=reason_of(wrong))) from wrong
            yield folder

    def _run(self, tree: TexTree, folder: Path, deadline: float) -> str:
        """One run; its log, if it ended well."""
        environment = self.tools.environment(tree.epoch)
        command = [
            *fenced(self.tools, self.sandbox, folder, environment),
            *self._limited(),
            *(str(self.tools.xelatex), *_COMMAND, f"{_JOB}.tex"),
        ]
        terminal = folder.parent / "terminal"
        with terminal.open("wb") as output:
            try:
                process = subprocess.Popen(
                    command,
                    cwd=folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as wrong:
                where = Where(Path(command[0]).name)
                raise ToolMissing(NO_ANSWER.at(where, reason=reason_of(wrong))) from wrong
            try:
                status = process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired as late:
                limit = f"{self.limits.wall_s:g}"
                raise LimitReached(_TIME.at(tree.issue, limit=limit)) from late
            finally:
                _end(process)
        log = _text(folder / f"{_JOB}.log")
        if status:
            self._fail(tree, status, log, _text(terminal))
        return log

    def _limited(self) -> list[str]:
        if self.tools.prlimit is None:
            return []
        limits = self.limits
        return [
            str(self.tools.prlimit),
            f"--cpu={limits.cpu_s}",
            f"--as={limits.memory}",
            f"--fsize={limits.file}",
            f"--nofile={limits.files}",
            "--core=0",
        ]

    def _fail(self, tree: TexTree, status: int, log: str, terminal: str) -> NoReturn:
        where = tree.issue
        ended_by = -status if status < 0 else status - 128
        limits = {
            signal.SIGXCPU: say("processor time"),
            signal.SIGXFSZ: say("disk space"),
            signal.SIGKILL: say("memory"),
        }
        if ended_by in limits:
            raise LimitReached(_LIMIT.at(where, what=limits[signal.Signals(ended_by)]))
        if "memory exhausted" in terminal:
            raise LimitReached(_LIMIT.at(where, what=say("memory")))
        _refuse(findings_of(messages(log), tree))
        last = next((line for line in reversed(terminal.splitlines()) if line.strip()), "")
        said = last[:200] or say("nothing")
        raise TypesettingFailed(_SILENT.at(where, status=status, last=said))

    def _draft(self, tree: TexTree, folder: Path, log: str, found: tuple[LogMessage, ...]) -> Draft:
        if self.sandbox is Sandbox.AUTO and not fenced(self.tools, self.sandbox, folder, {}):
            found += (LogMessage("unfenced", "TeX ran without a sandbox"),)
        pdf = folder / f"{_JOB}.pdf"
        _refuse(findings_of(found, tree))
        if not pages(log) or not pdf.is_file():
            last = say("no pages of output")
            raise TypesettingFailed(_SILENT.at(tree.issue, status=0, last=last))
        return Draft(pdf.read_bytes(), pages(log), found, {"xelatex": self.tools.version})


def _refuse(found: list[Finding]) -> None:
    """Raises the findings of a log, if any, as the issue's fault or as TeX's."""
    if found and all(finding.kind in TEXT_FAULTS for finding in found):
        raise IssueInvalid(found)
    if any(finding.kind in LIMITS for finding in found):
        raise LimitReached(found)
    if found:
        raise TypesettingFailed(found)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the whole process group, also after success: a child may outlive its parent."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
