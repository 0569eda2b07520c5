"""
Precompiled formats: class and styles read once, kept in the cache, loaded in an instant.

A format contains no font, no figure and no colour: these come after it, with the settings of a
document, so that a page is the same with and without it.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

from jianbao_tex.cancelling import Handle, locked
from jianbao_tex.children import Process
from jianbao_tex.store import Store, digest_of, key_of, stamp_of
from jianbao_tex.typesetter.log import messages
from jianbao_tex.typesetter.opening import Opening
from jianbao_tex.typesetter.starter import Starter
from jianbao_tex.typesetter.workplace import Workplace

KIND = "formats"
COMMAND = (
    "-no-shell-escape",
    # Else TeX takes options from a first line that begins with %&.
    "-no-parse-first-line",
    "-interaction=nonstopmode",
    "-halt-on-error",
    "-file-line-error",
)
"""The arguments of every run.  They must be constants: XeTeX starts its PDF writer with a shell."""

WAITING = (*COMMAND, "-jobname=issue", "wait.tex")
"""The arguments of an engine that waits."""

_ENGINE_FILES = Path(__file__).parent / "engine_tex"
# Only with -ini may TeX dump; &xelatex loads LaTeX before.
_DUMP = ("-ini", *COMMAND, "-recorder", "-jobname=jianbao", "&xelatex", "dump.tex")
_MAX_BYTES = 256 * 1024**2
_MIN_WAIT_S = 30.0


@dataclass(frozen=True)
class Format:
    """A format in the cache."""

    key: str
    path: Path

    @property
    def words(self) -> tuple[str, ...]:
        """The arguments by which an engine takes it from beside its folder, where TeX cannot write."""
        return ("-fmt=../jianbao",)

    @property
    def inputs(self) -> dict[str, Path]:
        """The files that it needs there."""
        return {"jianbao.fmt": self.path}


@dataclass(frozen=True)
class Undumpable:
    """The reason why an opening has no format; with ``is_temporary`` a later try may succeed."""

    reason: str
    is_temporary: bool = False


class _TemporaryFault(Exception):
    """A format was not made: disk full, killed or out of time.  The message may be empty."""


class Formats:
    """The formats of a cache folder, made where they are missing."""

    def __init__(self, store: Store, starter: Starter) -> None:
        self._store = store
        self._starter = starter
        self._results: dict[str, Format | Undumpable] = {}
        self._lock = threading.RLock()
        self._is_useless = False
        self._process: Process | None = None

    def cached(self, key: str) -> Format | None:
        """A format that is there, by `Opening.format_key`; nothing is made."""
        with self._lock:
            fmt = self._results.get(key) or self._load(self._named(key))
            if isinstance(fmt, Format):
                self._results[key] = fmt
                return fmt
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
            result = self._results.get(key)
            if result is None and not self._is_useless:
                result = self._load_or_make(opening, self._named(key), handle)
            # A temporary fault is not remembered, so that the next issue tries again.
            is_temporary = isinstance(result, Undumpable) and result.is_temporary
            if result is not None and not is_temporary:
                self._results[key] = result
            return result

    def tex_files(self, key: str) -> dict[str, str]:
        """
        The stamps of the files of TeX that an opening read when its format was made, by path.

        Args:
            key: its `Opening.format_key`.
        """
        record = self._store.get_record(KIND, f"{self._named(key)}.json")
        return dict(record["read"]) if record else {}

    def close(self) -> None:
        """Ends the making of a format; the job that waits for it goes on without."""
        if process := self._process:
            process.kill()

    def is_whole(self, fmt: Format) -> bool:
        """Whether a format still has its digest; a damaged one is deleted."""
        record = self._store.get_record(KIND, f"{fmt.key}.json") or {}
        try:
            is_same = digest_of(fmt.path.read_bytes()) == record.get("digest")
        except OSError:
            is_same = False
        if not is_same:
            with self._lock:
                self._drop(fmt.key)
        return is_same

    def _named(self, key: str) -> str:
        """The name of an entry: that of the opening, for these programs."""
        return key_of(key, stamp_of(self._starter.tools.xelatex), *map(_text_of, _OUR_FILES))

    def _load_or_make(
        self, opening: Opening, name: str, handle: Handle
    ) -> Format | Undumpable | None:
        result = self._load(name)
        if result:
            return result
        with self._store.lock(KIND, name, check_cancelled=handle.check):
            # Another process may have made it meanwhile.
            return self._load(name) or self._make(opening, name, handle)

    def _load(self, name: str) -> Format | Undumpable | None:
        record = self._store.get_record(KIND, f"{name}.json")
        if record is None:
            return None
        if any(stamp_of(Path(path)) != stamp for path, stamp in record["read"].items()):
            self._drop(name)
            return None
        if record["fault"]:
            return Undumpable(record["fault"])
        with contextlib.suppress(OSError):
            path = self._store.file(KIND, f"{name}.fmt")
            if path.stat().st_size == record["size"]:
                # Not where this user may only read.
                with contextlib.suppress(PermissionError):
                    os.utime(path)
                return Format(name, path)
        self._drop(name)
        return None

    def _drop(self, name: str) -> None:
        for suffix in ("json", "fmt"):
            self._store.drop(KIND, f"{name}.{suffix}")
        self._results = {
            key: result for key, result in self._results.items() if not _has_name(result, name)
        }

    def _make(self, opening: Opening, name: str, handle: Handle) -> Format | Undumpable | None:
        try:
            data, inputs, fault = self._dump(opening, handle)
        except _TemporaryFault as error:
            # Another try may go well.
            return Undumpable(str(error), is_temporary=True) if str(error) else None
        record = {"size": len(data), "digest": digest_of(data), "fault": fault, "read": inputs}
        is_stored = fault or self._store.put_raw(KIND, f"{name}.fmt", data)
        if not is_stored or not self._store.put_record(KIND, f"{name}.json", record):
            # The cache cannot store formats: making one for each issue is slower than a plain run.
            self._is_useless = True
            return Undumpable(fault) if fault else None
        self._store.trim(KIND)
        return Undumpable(fault) if fault else self._load(name)

    def _dump(self, opening: Opening, handle: Handle) -> tuple[bytes, dict[str, str], str]:
        """
        The bytes of a format, the files of TeX that it read, and why it cannot be made.

        Raises:
            _TemporaryFault: it was not made for a reason that lies elsewhere.
        """
        place = Workplace()
        try:
            class_line, _, style_lines = opening.loads.partition("\n")
            # The watch begins after the class, which may choose a font.
            loads = f"{class_line}\n\\jbDumpWatch\n{style_lines}"
            place.write({**opening.code, "loads.tex": loads.encode("utf-8")})
            place.write({"dump.tex": (_ENGINE_FILES / "dump.tex").read_bytes()})
            start = time.monotonic()
            status = self._run(place, handle)
            inputs = _files_read(place.read("jianbao.fls"))
            packed = place.read_bytes("jianbao.fmt")
            if status == 0 and packed is not None:
                data = _unpack(packed)
                if data:
                    return data, inputs, ""
            if place.is_full:
                raise _TemporaryFault
            if status is None:
                raise _TemporaryFault(f"{time.monotonic() - start:.0f} s")
            errors = [m.text for m in messages(place.read("jianbao.log")) if m.kind == "error"]
            if not errors:
                raise _TemporaryFault(f"status {status}")
            return b"", inputs, errors[0]
        finally:
            place.close()

    def _run(self, place: Workplace, handle: Handle) -> int | None:
        """The exit status of the run that dumps a format; ``None`` if it took too long."""
        process = self._process = self._starter.start(_DUMP, place)
        try:
            with handle.stopping_on_cancel(process.kill):
                return process.wait(max(self._starter.limits.wall_s, _MIN_WAIT_S))
        finally:
            process.end()


def _has_name(result: Format | Undumpable, name: str) -> bool:
    return isinstance(result, Format) and result.key == name


def _unpack(packed: bytes) -> bytes:
    """The bytes without gzip, which XeTeX reads too, twice as fast; none if damaged."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        # At most so much: a damaged file of some kilobytes could fill the memory.
        data = unpacker.decompress(packed, _MAX_BYTES)
    except zlib.error:
        return b""
    return data if unpacker.eof else b""


def _files_read(recorder_log: str) -> dict[str, str]:
    """The files of the machine that a run read, each with its stamp."""
    lines = recorder_log.splitlines()
    names = {line.removeprefix("INPUT ") for line in lines if line.startswith("INPUT /")}
    return {name: stamp_of(Path(name)) for name in sorted(names) if Path(name).is_file()}


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


_OUR_FILES = (_ENGINE_FILES / "dump.tex", _ENGINE_FILES / "wait.tex")
