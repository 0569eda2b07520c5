"""
Engines started ahead: class, figures and fonts read, waiting for a text.

Where it can, the pool keeps one server for each opening, which forks for each job; elsewhere it
keeps engines that do one job each.  Both wait for their owner's pipe or socket, so they also end
when the parent process ends, for any reason.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from pathlib import Path

from jianbao_tex.children import MOST_AT_A_TIME, Process, Rung, has_room
from jianbao_tex.store import Store
from jianbao_tex.typesetter.acceptance import rung_of
from jianbao_tex.typesetter.formats import WAITING, Format
from jianbao_tex.typesetter.opening import Opening
from jianbao_tex.typesetter.server import Reason, Server, ServerJob, shim
from jianbao_tex.typesetter.starter import Starter
from jianbao_tex.typesetter.workplace import JobFolder, Workplace

_ENGINE_FILES = Path(__file__).parent / "engine_tex"
JOB_BYTES = 300 * 1024**2
"""What a job takes: the engine that waited 226 MB, TeX at work with its writer 60."""
_MOST_SERVERS = 2
"""
So many servers may wait even if fewer engines are to be kept: a series with two layouts needs
two.  Each takes some 210 MB.
"""


@dataclass
class WaitingEngine:
    """An engine that has read an opening, in its workplace."""

    place: JobFolder
    process: Process | ServerJob
    fmt: Format
    rung: Rung

    def close(self) -> None:
        """Ends it and takes its folder away."""
        self.process.end()
        self.place.close()


@dataclass
class _ServerEngine(WaitingEngine):
    """The same in a fork of a server."""

    process: ServerJob

    def close(self) -> None:
        self.process.close()


class Pool:
    """
    Waiting engines and servers by the key of what they have read.

    Args:
        keep: how many engines to keep waiting, all keys together, at most `MOST_AT_A_TIME`, and
            none where memory is short; servers are used if there is more than none.
        store: where it is remembered whether servers work here; without one none is used.
        best: the best isolation to try; `Rung.BWRAP` for no server.
    """

    def __init__(
        self,
        starter: Starter,
        keep: int = 0,
        store: Store | None = None,
        best: Rung = Rung.PID,
    ) -> None:
        self._keep = 0
        self.keep = keep
        self.fault: Reason = ""
        self._starter = starter
        self._store = store
        self._best = best
        self._waiting: dict[str, list[WaitingEngine]] = {}
        self._servers: dict[str, Server] = {}
        self._unservable: set[str] = set()
        self._rung: Rung | None = None
        self._lock = threading.RLock()
        self._starting = 0
        self._is_closed = False

    @property
    def keep(self) -> int:
        """How many engines to keep waiting."""
        return self._keep

    @keep.setter
    def keep(self, count: int) -> None:
        self._keep = min(count, MOST_AT_A_TIME)

    @property
    def rung(self) -> Rung:
        """
        How a job is isolated here; known after a sample was set, once for each machine.

        Raises:
            ToolMissing: the sandbox is required and does not work.
        """
        with self._lock:
            if self._rung is None:
                if self._store is None:
                    return self._starter.rung
                self._rung, self.fault = rung_of(self._starter, self._store, self._best)
            return self._rung

    def start(self, opening: Opening, fmt: Format) -> WaitingEngine:
        """
        A new engine, which reads the settings of a document in the background.

        Raises:
            ToolMissing: it cannot be started.
            OSError: there is no room for it.
        """
        if not has_room(JOB_BYTES):
            self._end_others(opening.key)
        if self._serves(opening.key) and has_room(JOB_BYTES):
            self._start_server(opening, fmt)
            if engine := self.take(opening.key):
                return engine
        return self.start_engine(fmt, opening.settings, dict(opening.fonts))

    def start_engine(self, fmt: Format, settings: str, fonts: dict[str, bytes]) -> WaitingEngine:
        """A new engine for one job; raises as `start`."""
        place = Workplace()
        try:
            place.write(_files(settings, fonts))
            words = (*fmt.words, *WAITING)
            process = self._starter.start(words, place, inputs=fmt.inputs, listens=True)
            rung = self._starter.rung
        except BaseException:
            place.close()
            raise
        return WaitingEngine(place, process, fmt, rung)

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
                    return self._job(key)
                engine = waiting.pop(0)
            if engine.process.is_alive:
                return engine
            engine.close()

    def refill(self, opening: Opening, fmt: Format) -> None:
        """
        Starts a server, or engines until as many wait as are to be kept, all keys together.

        Engines for other keys are ended first, oldest first.  Where memory is short nothing is
        started.  Raises as `start`.
        """
        if not has_room(JOB_BYTES):
            self._end_others(opening.key)
            return
        if self._serves(opening.key):
            self._start_server(opening, fmt)
            return
        while has_room(JOB_BYTES) and self._make_room(opening.key):
            try:
                engine = self.start_engine(fmt, opening.settings, dict(opening.fonts))
                self.put(opening.key, engine)
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

    def _end_others(self, key: str) -> None:
        """Ends engines and servers for other openings, because memory is short."""
        self.drop_others(key)
        with self._lock:
            others = [self._servers.pop(other) for other in [*self._servers] if other != key]
        for server in others:
            server.retire()

    def stop_servers(self, reason: Reason) -> None:
        """Uses no server any more, because one has failed."""
        with self._lock:
            self._rung, self.fault = Rung.BWRAP, reason
            servers, self._servers = self._servers, {}
        for server in servers.values():
            server.retire()

    def serve_no_more(self, key: str) -> None:
        """Uses engines for an opening that no server can read."""
        with self._lock:
            self._unservable.add(key)
            server = self._servers.pop(key, None)
        if server:
            server.retire()

    def like_this(self) -> Pool:
        """A pool with the same settings, without its engines, that knows what this one knows."""
        pool = Pool(self._starter, 0, self._store, self._best)
        pool._rung, pool.fault = self._rung, self.fault
        return pool

    def close(self) -> None:
        """Ends all waiting engines; later ones are not kept.  A server ends with its last job."""
        with self._lock:
            self._is_closed = True
            servers, self._servers = self._servers, {}
        for server in servers.values():
            server.retire()
        self.drop_others("")

    def _serves(self, key: str) -> bool:
        """Whether a server is to read an opening."""
        return self.keep > 0 and key not in self._unservable and self.rung.forks

    def _job(self, key: str) -> WaitingEngine | None:
        """A job of the server for a key, if one is there and alive."""
        server = self._servers.get(key)
        if server is None:
            return None
        # It may have died while it waited, or its folder may have been cleaned away.
        with contextlib.suppress(OSError):
            if server.is_alive and server.fmt:
                job = server.job()
                return _ServerEngine(job.place, job, server.fmt, server.rung)
        del self._servers[key]
        server.retire()
        return None

    def _start_server(self, opening: Opening, fmt: Format) -> None:
        with self._lock:
            if self._is_closed or opening.key in self._servers or not self.rung.forks:
                return
            while len(self._servers) >= max(self.keep, _MOST_SERVERS):
                self._servers.pop(next(iter(self._servers))).retire()
            code = shim()
            assert code
            assert self._rung
            files = {**_files(opening.settings, dict(opening.fonts)), "ahead.tex": _AHEAD}
            self._servers[opening.key] = Server(self._starter, files, fmt, self._rung, code)

    def _make_room(self, key: str) -> bool:
        """Whether one more engine is to be started for a key; another one may end for it."""
        with self._lock:
            # Engines that other threads are starting now count, too.
            waiting_count = sum(map(len, self._waiting.values())) + self._starting
            own_count = len(self._waiting.get(key, ())) + self._starting
            if self._is_closed or own_count >= self.keep:
                return False
            others = [k for k, engines in self._waiting.items() if k != key and engines]
            is_full = waiting_count >= self.keep and others
            oldest = self._waiting[others[0]].pop(0) if is_full else None
            self._starting += 1
        if oldest:
            oldest.close()
        return True


def _files(settings: str, fonts: dict[str, bytes]) -> dict[str, bytes]:
    """What an engine reads before it waits."""
    wait = (_ENGINE_FILES / "wait.tex").read_bytes()
    return {**fonts, "settings.tex": settings.encode("utf-8"), "ahead.tex": b"", "wait.tex": wait}


_AHEAD = (_ENGINE_FILES / "ahead.tex").read_bytes()
