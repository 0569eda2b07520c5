"""
Whether this machine can use the engine that forks: it sets a sample both ways and compares.

A pass is remembered with the stamps of the programs, the shim and the kernel; a failure is not
remembered.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from jianbao_tex.children import Rung
from jianbao_tex.errors import ToolMissing, reason_of
from jianbao_tex.foreign_files import real_path
from jianbao_tex.language import say
from jianbao_tex.store import Store, digest_of, key_of, stamp_of
from jianbao_tex.typesetter.formats import COMMAND
from jianbao_tex.typesetter.opening import today
from jianbao_tex.typesetter.server import Reason, Server, ServerLost, shim
from jianbao_tex.typesetter.starter import Starter
from jianbao_tex.typesetter.workplace import Workplace

KIND = "servers"
_FORKING = (Rung.PID, Rung.MOUNT)
_PATIENCE_S = 30.0
# Pages, a file that is written before and after the fork, and one that is read back.
_SETTINGS = rb"""\documentclass{article}
\newwrite\jbSample
\immediate\openout\jbSample=sample.txt
\immediate\write\jbSample{before}
\begin{document}
"""
_WAIT = rb"""\scrollmode\read-1 to \jbText
\nonstopmode\let\jbText\undefined
\input issue.tex
"""
_TEXT = rb"""\immediate\write\jbSample{after}
\immediate\closeout\jbSample
Sample \input sample.txt
\newpage second page $x^2$\label{second}
\end{document}
"""


def rung_of(starter: Starter, store: Store, best: Rung = Rung.PID) -> tuple[Rung, Reason]:
    """
    How jobs can be isolated here, and why not better, where something failed.

    Args:
        starter: how programs of TeX are started here.
        store: where it is remembered.
        best: the best rung to try.

    Raises:
        ToolMissing: the sandbox is required and does not work.
    """
    if not starter.is_sandboxed:
        return Rung.NONE, ""
    code = shim()
    if code is None or starter.tools.prlimit is None or not best.forks:
        return Rung.BWRAP, ""
    key = _key(starter, code, best)
    record = store.get_record(KIND, key)
    if record is None:
        with store.lock(KIND, key):
            # Another process may have tried meanwhile.
            record = store.get_record(KIND, key)
            if record is None:
                rung, reason = _try(starter, code, best)
                if not reason:
                    store.put_record(KIND, key, {"rung": rung.value})
                return rung, reason
    return Rung(record["rung"]), ""


def _key(starter: Starter, code: Path, best: Rung) -> str:
    tools = starter.tools
    programs = (real_path(tools.xelatex), tools.xelatex.parent / "xdvipdfmx", tools.bwrap)
    sample = digest_of(_SETTINGS + _WAIT + _TEXT)
    stamps = [stamp_of(path) for path in programs if path]
    return key_of(best.value, sample, digest_of(code.read_bytes()), os.uname().release, *stamps)


def _try(starter: Starter, code: Path, best: Rung) -> tuple[Rung, Reason]:
    """The best rung that works; an engine for each job where none does, and why."""
    reason: Reason = ""
    try:
        expected = _plain_sample(starter)
        for rung in _FORKING[_FORKING.index(best) :]:
            reason = _fault(starter, rung, code, expected)
            if not reason:
                return rung, ""
    except ToolMissing as error:
        reason = error.findings[0].message
    except OSError as error:
        reason = reason_of(error)
    return Rung.BWRAP, reason


def _plain_sample(starter: Starter) -> bytes:
    """The sample by a plain run; nothing where TeX cannot set it."""
    place = Workplace()
    try:
        place.write({"issue.tex": _SETTINGS.rstrip() + today(0).encode() + b"\n" + _TEXT})
        process = starter.start((*COMMAND, "issue.tex"), place)
        try:
            process.wait(_PATIENCE_S)
        finally:
            process.end()
        return place.read_bytes("issue.pdf") or b""
    finally:
        place.close()


def _fault(starter: Starter, rung: Rung, code: Path, expected: bytes) -> Reason:
    """Why a rung does not work here; '' if it does."""
    server = Server(starter, {"wait.tex": _SETTINGS + _WAIT}, None, rung, code)
    try:
        job = server.job()
        try:
            job.place.write({"issue.tex": today(0).encode() + b"\n" + _TEXT})
            job.send_go()
            status = job.wait(_PATIENCE_S)
            data = job.place.read_bytes("issue.pdf")
        except ServerLost as lost:
            return lost.reason or _last_line(server)
        finally:
            job.close()
    finally:
        server.end()
    if status is None:
        return say("it takes too long")
    if not data or data != expected:
        return say("it makes another PDF than xelatex alone")
    return ""


def _last_line(server: Server) -> Reason:
    with contextlib.suppress(OSError):
        lines = [line for line in server.terminal_output().splitlines() if line.strip()]
        if lines:
            return lines[-1][:200]
    return say("it ended before the first job")
