"""
Engines started ahead: class, figures and fonts read, waiting for a text.

Each engine does one job and ends.  It waits for a line from a pipe, so it also ends when the
parent process ends, for any reason.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jianbao_tex.typesetter.formats import COMMAND, Format
from jianbao_tex.typesetter.process import Process, Starter
from jianbao_tex.typesetter.workplace import Workplace

_WAIT = Path(__file__).parent / "engine_tex" / "wait.tex"
# The format is beside the working folder, where TeX cannot write.
_COMMAND = ("-fmt=../jianbao", *COMMAND, "-jobname=issue", "wait.tex")


@dataclass
class WaitingEngine:
    """An engine that has read an opening, in its workplace."""

    place: Workplace
    process: Process
    fmt: Format

    def close(self) -> None:
        """Ends it and takes its folder away."""
        self.process.end()
        self.place.close()


class Pool:
    """
    Waiting engines by the key of what they have read.

    Args:
        keep: how many to keep waiting, all keys together.
    """

    def __init__(self, starter: Starter, keep: int = 0) -> None:
        self.keep = keep
        self._starter = starter
        self._waiting: dict[str, list[WaitingEngine]] = {}
        self._lock = threading.Lock()
        self._starting = 0
        self._is_closed = False

    def start(self, fmt: Format, settings: str, fonts: dict[str, bytes]) -> WaitingEngine:
        """
        A new engine, which reads the settings of a document in the background.

        Raises:
            ToolMissing: it cannot be started.
            OSError: there is no room for it.
        """
        place = Workplace()
        try:
            place.write({**fonts, "settings.tex": settings.encode("utf-8")})
            place.write({"wait.tex": _WAIT.read_bytes()})
            inputs = {"jianbao.fmt": fmt.path}
            process = self._starter.start(_COMMAND, place, inputs=inputs, listens=True)
        except BaseException:
            place.close()
            raise
        return WaitingEngine(place, process, fmt)

    def put(self, key: str, engine: WaitingEngine) -> None:
        """Keeps an engine for later."""
        with self._lock:
            if not self._is_closed:
                self._waiting.setdefault(key, []).append(engine)
                return
        engine.close()

    def take(self, key: str) -> WaitingEngine | None:
        """An engine that has read this, if one is there and alive."""
        while True:
            with self._lock:
                waiting = self._waiting.get(key)
                if not waiting:
                    return None
                engine = waiting.pop(0)
            if engine.process.is_alive:
                return engine
            engine.close()

    def refill(self, key: str, start: Callable[[], WaitingEngine]) -> None:
        """
        Starts engines until as many wait as are to be kept, all keys together.

        Engines for other keys are ended first, oldest first.
        """
        while True:
            with self._lock:
                # Engines that other threads are starting now count, too.
                waiting_count = sum(map(len, self._waiting.values())) + self._starting
                own_count = len(self._waiting.get(key, ())) + self._starting
                if self._is_closed or own_count >= self.keep:
                    return
                others = [k for k, engines in self._waiting.items() if k != key and engines]
                oldest = (
                    self._waiting[others[0]].pop(0)
                    if waiting_count >= self.keep and others
                    else None
                )
                self._starting += 1
            try:
                if oldest:
                    oldest.close()
                self.put(key, start())
            finally:
                with self._lock:
                    self._starting -= 1

    def drop_others(self, key: str) -> None:
        """Ends the engines that wait for something else."""
        with self._lock:
            others = [e for k, engines in self._waiting.items() if k != key for e in engines]
            self._waiting = {k: engines for k, engines in self._waiting.items() if k == key}
        for engine in others:
            engine.close()

    def close(self) -> None:
        """Ends all waiting engines; later ones are not kept."""
        with self._lock:
            self._is_closed = True
        self.drop_others("")
