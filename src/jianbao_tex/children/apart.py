"""
Runs a function in a separate process: on a hostile file it may take endless memory and time, or crash.

The process is a fork where this one may fork, else a Python program.  It is kept for the next
function.  On a system without forks, such as Windows, the function runs here, without limits.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from jianbao_tex.children.forks import LATE, Fork, ForkLost, how_ended, may_fork
from jianbao_tex.children.frames import receive_frame, send_frame
from jianbao_tex.children.limits import limited
from jianbao_tex.children.process import Process
from jianbao_tex.children.turns import Turns
from jianbao_tex.language import InvalidValue, Phrase, pack_value, say, unpack_value

MEMORY_BYTES = 300 * 1024**2
"""How much more memory a function may use than its process used before."""
SECONDS = 5.0
"""How much processor time a function may use."""

TOO_MUCH_MEMORY = say("to read it takes too much memory")

_PATIENCE = 6
"""How many times longer it may take by the clock: others use the processors, too."""
_DONE, _REFUSED, _FAILED = b"\0", b"\1", b"\2"
_GRACE_S = 1.0
_MOST_IDLE = 4
"""So many processes wait for the next function; each takes some 60 MB."""
_HOME = str(Path(__file__).parents[2])


class WorkFailed(InvalidValue):
    """The function used too much, or crashed; the reason says what, about the file that it read."""


class _Child(Protocol):
    """A fork or a program."""

    def send(self, request: bytes) -> None: ...
    def receive(self, seconds: float | None = None) -> bytes: ...
    def end(self) -> None: ...
    def abandon(self) -> None: ...


@dataclass
class _Shelf:
    """The children that wait for a request, and the process that started them."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    idle: list[_Child] = field(default_factory=list)
    process: int = 0


_SHELF = _Shelf()
_TURNS = Turns()


def work_apart(
    work: Callable[[bytes], bytes],
    request: bytes,
    memory_bytes: int = MEMORY_BYTES,
    seconds: float = SECONDS,
) -> bytes:
    """
    The answer of a function that runs in a separate process.

    Args:
        work: a function at the top of a module.
        request: its argument.
        memory_bytes: how much more memory it may use than the process uses before.
        seconds: how much processor time it may use.

    Raises:
        InvalidValue: the function raised it.
        WorkFailed: it used more, crashed, or raised anything else; or no process can be started.
    """
    if not hasattr(os, "fork"):
        return work(request)
    head = {
        "module": work.__module__,
        "name": work.__qualname__,
        "memory": memory_bytes,
        "seconds": seconds,
    }
    with _TURNS.taken(memory_bytes):
        return _ask(json.dumps(head).encode("ascii") + b"\n" + request, seconds)


def _ask(request: bytes, seconds: float) -> bytes:
    """The answer of a process that waits, or of a new one; raises as `work_apart`."""
    try:
        child = _take()
    except OSError as error:
        reason = error.strerror or str(error)
        none = say("no process could be started to read it: {reason}", reason=reason)
        raise WorkFailed(none) from error
    try:
        child.send(request)
        answer = child.receive(seconds * _PATIENCE)
    except ForkLost as lost:
        child.end()
        raise WorkFailed(_reason(str(lost), seconds)) from lost
    except BaseException:
        # Its answer would be taken for that to the next request.
        child.end()
        raise
    with _SHELF.lock:
        is_kept = len(_SHELF.idle) < _MOST_IDLE
        if is_kept:
            _SHELF.idle.append(child)
    if not is_kept:
        child.end()
    if answer[:1] == _DONE:
        return answer[1:]
    if answer[:1] == _REFUSED:
        raise InvalidValue(unpack_value(json.loads(answer[1:])))
    raise WorkFailed(_reason(answer[1:].decode("ascii", "replace"), seconds))


def end_apart() -> None:
    """Ends the processes that wait for a request."""
    with _SHELF.lock:
        idle, _SHELF.idle = _SHELF.idle, []
        is_ours = os.getpid() == _SHELF.process
    for child in idle:
        if is_ours:
            child.end()
        else:
            child.abandon()


def _take() -> _Child:
    if os.getpid() != _SHELF.process:
        # A fork of the process that made them.
        end_apart()
        _SHELF.process = os.getpid()
    with _SHELF.lock:
        if _SHELF.idle:
            return _SHELF.idle.pop()
    return Fork(lambda: contextlib.nullcontext(_serve)) if may_fork() else _Program()


def _reason(how: str, seconds: float) -> Phrase:
    """What happened, from a signal, an exit status or the name of an exception."""
    if how in {"SIGXCPU", LATE}:
        return say("to read it takes more than {seconds} seconds", seconds=f"{seconds:g}")
    if how == "MemoryError":
        return TOO_MUCH_MEMORY
    return say("it is damaged ({name})", name=how)


class _Program:
    """A Python program that answers requests; for a process with threads, which may not fork."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        # With -I it imports nothing from the working folder, and ignores PYTHONPATH.
        paths = [_HOME, *(path for path in sys.path if Path(path).is_absolute())]
        code = f"import sys; sys.path[:0] = {paths!r}; import {__name__} as apart; "
        code += f"apart.be_program({theirs.fileno()})"
        with theirs:
            # Its end of the socket ends it: a signal would come when the thread that starts it ends.
            self._process = Process(
                subprocess.Popen(
                    [sys.executable, "-I", "-c", code],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                    pass_fds=[theirs.fileno()],
                )
            )

    def send(self, request: bytes) -> None:
        try:
            send_frame(self._socket, request)
        except OSError:
            raise ForkLost(self._how_ended()) from None

    def receive(self, seconds: float | None = None) -> bytes:
        self._socket.settimeout(seconds)
        frame = None
        try:
            frame = receive_frame(self._socket)
        except TimeoutError:
            raise ForkLost(LATE) from None
        except OSError:
            pass
        if frame is None:
            raise ForkLost(self._how_ended())
        return frame

    def end(self) -> None:
        self._socket.close()
        self._process.end()

    def abandon(self) -> None:
        self._socket.detach()

    def _how_ended(self) -> str:
        code = self._process.wait(_GRACE_S)
        self._process.end()
        return signal.SIGKILL.name if code is None else how_ended(code)


# --- In the separate process -----------------------------------------------------------------------


def _serve(request: bytes) -> bytes:
    """The answer to a request, or the name of what it raised."""
    head, _, body = request.partition(b"\n")
    order = json.loads(head)
    work = getattr(importlib.import_module(order["module"]), order["name"])
    try:
        with limited(order["memory"], order["seconds"]):
            answer: bytes = _DONE + work(body)
            return answer
    except InvalidValue as error:
        return _REFUSED + json.dumps(pack_value(error.reason)).encode("ascii")
    except Exception as error:  # noqa: BLE001 -- a hostile file makes anything raise anything
        return _FAILED + type(error).__name__.encode("ascii", "replace")


def be_program(number: int) -> None:
    """Answers requests until the other process has closed its end."""
    warnings.simplefilter("ignore")
    with socket.socket(fileno=number) as requests:
        while (request := receive_frame(requests)) is not None:
            send_frame(requests, _serve(request))
