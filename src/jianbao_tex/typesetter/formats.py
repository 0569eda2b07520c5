"""
Precompiled formats: class and styles read once, kept in the cache, loaded in an instant.

A format contains no font, no figure and no colour: these come after it, with the settings of a
document, so that a page is the same with and without it.
"""

from __future__ import annotations

import os
import threading
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

from jianbao_tex.cancelling import Handle, locked
from jianbao_tex.store import Store, digest_of, key_of, stamp_of
from jianbao_tex.typesetter.log import messages
from jianbao_tex.typesetter.opening import Opening
from jianbao_tex.typesetter.process import Process, Starter
from jianbao_tex.typesetter.workplace import Workplace

KIND = "formats"
COMMAND = (
    "-no-shell-escape",
    "-no-parse-first-line",
    "-interaction=nonstopmode",
    "-halt-on-error",
    "-file-line-error",
)
"""The arguments of every run.  They must be constants: XeTeX starts its PDF writer with a shell."""

_TEX = Path(__file__).parent / "engine_tex"
_DUMP = ("-ini", *COMMAND, "-recorder", "-jobname=jianbao", "&xelatex", "dump.tex")
_LARGEST = 256 * 1024**2
_SHORTEST_WAIT = 30.0


@dataclass(frozen=True)
class Format:
    """A format in the cache."""

    key: str
    path: Path


@dataclass(frozen=True)
class Undumpable:
    """The reason why an opening has no format; if ``passes``, a later try may succeed."""

    reason: str
    is_temporary: bool = False


class _Passing(Exception):
    """A format was not made: disk full, killed or out of time.  The message may be empty."""


class Formats:
    """The formats of a cache folder, made where they are missing."""

    def __init__(self, store: Store, starter: Starter) -> None:
        self._store = store
        self._starter = starter
        self._known: dict[str, Format | Undumpable] = {}
        self._lock = threading.RLock()
        self._is_useless = False
        self._making: Process | None = None

    def cached(self, key: str) -> Format | None:
        """A format that is there, by `Opening.format_key`; nothing is made."""
        with self._lock:
            found = self._known.get(key) or self._stored(self._named(key))
            if isinstance(found, Format):
                self._known[key] = found
                return found
            return None

    def of(self, opening: Opening, handle: Handle) -> Format | Undumpable | None:
        """
        The format of an opening, made if need be; ``None`` where the cache keeps nothing.

        Raises:
            CancelledError: the job was cancelled while it waited for the format, or made it.
            ToolMissing: TeX cannot be started.
            OSError: there is no room to make it.
        """
        key = opening.format_key
        with locked(self._lock, handle.check):
            found = self._known.get(key)
            if found is None and not self._is_useless:
                found = self._made(opening, self._named(key), handle)
            if found is not None and not getattr(found, "passes", False):
                self._known[key] = found
            return found

    def close(self) -> None:
        """Ends the making of a format; the job that waits for it goes on without."""
        if making := self._making:
            making.kill()

    def is_whole(self, made: Format) -> bool:
        """Whether a format still has its digest; a damaged one is deleted."""
        record = self._store.get_record(KIND, f"{made.key}.json") or {}
        try:
            whole = digest_of(made.path.read_bytes()) == record.get("digest")
        except OSError:
            whole = False
        if not whole:
            with self._lock:
                self._drop(made.key)
        return whole

    def _named(self, key: str) -> str:
        """The name of an entry: that of the opening, for these programs."""
        return key_of(key, stamp_of(self._starter.tools.xelatex), *map(_text_of, _OURS))

    def _made(self, opening: Opening, name: str, handle: Handle) -> Format | Undumpable | None:
        found = self._stored(name)
        if found:
            return found
        with self._store.lock(KIND, name, check_cancelled=handle.check):
            # Another process may have made it meanwhile.
            return self._stored(name) or self._dumped(opening, name, handle)

    def _stored(self, name: str) -> Format | Undumpable | None:
        record = self._store.get_record(KIND, f"{name}.json")
        if record is None:
            return None
        if any(stamp_of(Path(path)) != stamp for path, stamp in record["read"].items()):
            self._drop(name)
            return None
        if record["fault"]:
            return Undumpable(record["fault"])
        path = self._store.path(KIND, f"{name}.fmt")
        try:
            if path.stat().st_size == record["size"]:
                os.utime(path)
                return Format(name, path)
        except PermissionError:
            return Format(name, path)
        except OSError:
            pass
        self._drop(name)
        return None

    def _drop(self, name: str) -> None:
        for suffix in ("json", "fmt"):
            self._store.drop(KIND, f"{name}.{suffix}")
        self._known = {key: made for key, made in self._known.items() if not _is(made, name)}

    def _dumped(self, opening: Opening, name: str, handle: Handle) -> Format | Undumpable | None:
        try:
            data, read, fault = self._dump(opening, handle)
        except _Passing as wrong:
            # Another try may go well.
            return Undumpable(str(wrong), is_temporary=True) if str(wrong) else None
        record = {"size": len(data), "digest": digest_of(data), "fault": fault, "read": read}
        kept = fault or self._store.put_raw(KIND, f"{name}.fmt", data)
        if not kept or not self._store.put_record(KIND, f"{name}.json", record):
            # The cache cannot store formats: making one for each issue is slower than a plain run.
            self._is_useless = True
            return Undumpable(fault) if fault else None
        self._store.trim(KIND)
        return Undumpable(fault) if fault else Format(name, self._store.path(KIND, f"{name}.fmt"))

    def _dump(self, opening: Opening, handle: Handle) -> tuple[bytes, dict[str, str], str]:
        """
        The bytes of a format, the files of TeX that it read, and why it cannot be made.

        Raises:
            _Passing: it was not made for a reason that lies elsewhere.
        """
        place = Workplace()
        try:
            first, _, styles = opening.loads.partition("\n")
            loads = f"{first}\n\\jbDumpWatch\n{styles}"
            place.write({**opening.code, "loads.tex": loads.encode("utf-8")})
            place.write({"dump.tex": (_TEX / "dump.tex").read_bytes()})
            process = self._making = self._starter.start(_DUMP, place)
            deadline = max(self._starter.limits.wall_s, _SHORTEST_WAIT)
            started = time.monotonic()
            try:
                with handle.stopping_on_cancel(process.kill):
                    status = process.wait(deadline)
            finally:
                process.end()
            read = _read_by(place.read("jianbao.fls"))
            made = place.folder / "jianbao.fmt"
            if status == 0 and made.is_file():
                data = _plain(made.read_bytes())
                if data:
                    return data, read, ""
            if place.is_full:
                raise _Passing
            if status is None:
                raise _Passing(f"{time.monotonic() - started:.0f} s")
            found = [m.text for m in messages(place.read("jianbao.log")) if m.kind == "error"]
            if not found:
                raise _Passing(f"status {status}")
            return b"", read, found[0]
        finally:
            place.close()


def _is(made: Format | Undumpable, name: str) -> bool:
    return isinstance(made, Format) and made.key == name


def _plain(packed: bytes) -> bytes:
    """The bytes without gzip, which XeTeX reads too, twice as fast; none if damaged."""
    unpacking = zlib.decompressobj(wbits=31)
    try:
        data = unpacking.decompress(packed, _LARGEST)
    except zlib.error:
        return b""
    return data if unpacking.eof else b""


def _read_by(recorded: str) -> dict[str, str]:
    """The files of the machine that a run read, each with its stamp."""
    lines = recorded.splitlines()
    names = {line.removeprefix("INPUT ") for line in lines if line.startswith("INPUT /")}
    return {name: stamp_of(Path(name)) for name in sorted(names) if Path(name).is_file()}


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


_OURS = (_TEX / "dump.tex", _TEX / "wait.tex")
