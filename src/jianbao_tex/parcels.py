"""Issues as parcels for other machines: an issue with all the files that it needs."""

from __future__ import annotations

import atexit
import contextlib
import functools
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from jianbao_tex.batch import LOST, Batch, Outcome, failed
from jianbao_tex.children import Sandbox
from jianbao_tex.composer.pictures import MAX_BYTES
from jianbao_tex.errors import IssueInvalid, JianbaoError, LimitReached, reason_of
from jianbao_tex.findings import Where, error
from jianbao_tex.font_roles import fonts_in
from jianbao_tex.fonts import MOST_FONT_BYTES
from jianbao_tex.foreign_files import TooLarge, read_file
from jianbao_tex.issue_folder import OutsideFolder, normalized_name
from jianbao_tex.leases import Lease
from jianbao_tex.plugins import Selection, State
from jianbao_tex.press import Handle, Press, Source
from jianbao_tex.reader import file_before
from jianbao_tex.reader.sources import NO_ACCESS
from jianbao_tex.store import Store, key_of
from jianbao_tex.typesetter import Limits

_TOO_LARGE = error(
    "JB441",
    "the files of this issue are too large to be sent: {size} MiB, at most {most} MiB",
    "build it on this machine, without --cluster",
)

_MAX_PRESSES = 4
_MOST_BYTES = 512 * 1024**2
"""The bytes that the finished files of an issue may have, so that they are sent back."""


@dataclass(frozen=True)
class WorkerSetup:
    """The arguments of a worker's `Press`, without the files."""

    outputs: tuple[str, ...] = ("pdf",)
    sandbox: str = Sandbox.AUTO.value
    limits: Limits = field(default_factory=Limits)
    plugins: Selection = field(default_factory=Selection)
    is_thorough: bool = False

    @classmethod
    def of(cls, press: Press, outputs: Sequence[str]) -> WorkerSetup:
        """
        The arguments of this press that another machine can use.

        The project folder and the trust file are left out; only the plugins that run here are
        listed.
        """
        selection = (
            press.plugins if isinstance(press.plugins, Selection) else Selection(no_plugins=True)
        )
        portable = Selection(
            switched_off=selection.switched_off,
            no_plugins=selection.no_plugins,
            allowed=selection.allowed,
        )
        return cls(tuple(outputs), press.sandbox.value, press.limits, portable, press.is_thorough)


@dataclass(frozen=True)
class Parcel:
    """
    An issue with all the files that it needs, for a worker that has none of them.

    ``files`` contains the files of the issue's folder and its subfolders; ``file`` is the name of
    the issue among them.  ``project`` contains the project file and the plugins, ``fonts`` the
    user's own fonts.  All keys are relative names.
    """

    source: str
    file: str
    files: Mapping[str, bytes]
    project: Mapping[str, bytes]
    fonts: Mapping[str, bytes]
    setup: WorkerSetup


class Packer:
    """Packs issues for workers elsewhere, as a press here would press them."""

    def __init__(self, press: Press, outputs: Sequence[str] = ("pdf",)) -> None:
        self._press = press
        self._setup = WorkerSetup.of(press, outputs)

    @functools.cached_property
    def _fonts(self) -> dict[str, bytes]:
        """The user's own font files."""
        return {
            path.name: read_file(path, MOST_FONT_BYTES)
            for folder in reversed(self._press.own_fonts)
            for path in fonts_in(folder)
        }

    @functools.cached_property
    def _project(self) -> dict[str, bytes]:
        """The project file and those plugins of the project that run here."""
        selection = self._press.plugins
        if not isinstance(selection, Selection) or selection.folder is None:
            return {}
        folder = selection.folder
        files = [folder / "jianbao.toml"]
        for plugin in selection.find_plugins():
            if plugin.state is State.ACTIVE and plugin.home and plugin.home.is_relative_to(folder):
                files += [plugin.home] if plugin.home.is_file() else sorted(plugin.home.rglob("*"))
        paths = [path for path in files if path.is_file() and "__pycache__" not in path.parts]
        return {path.relative_to(folder).as_posix(): read_file(path) for path in paths}

    def pack(self, path: Path) -> Parcel | Outcome:
        """The parcel of an issue; the failed outcome if the issue cannot be read."""
        try:
            return self._pack(path, Source.from_file(path))
        except JianbaoError as exc:
            return failed(str(path), exc)
        except OSError as exc:
            return failed(
                str(path),
                IssueInvalid(NO_ACCESS.at(Where(str(exc.filename or path)), reason=reason_of(exc))),
            )

    def _pack(self, path: Path, source: Source) -> Parcel:
        files = {path.name: source.bytes_read}
        folder = path.parent
        for name in self._press.input_files(source):
            name_inside = Path(name).relative_to(folder).as_posix()
            # An unreadable file is left out; the worker reports it as missing at its place.
            with contextlib.suppress(OutsideFolder, OSError, ValueError):
                try:
                    files.setdefault(
                        normalized_name(name_inside), source.beside.read(name_inside, MAX_BYTES)
                    )
                except TooLarge:
                    # Refused here, where its size is known.
                    self._press.compose(source)
        if before := file_before(source):
            with contextlib.suppress(OSError):
                files[before.name] = read_file(before, MAX_BYTES)
        return Parcel(str(path), path.name, files, self._project, self._fonts, self._setup)


def press_parcel(parcel: Parcel) -> Outcome:
    """The outcome of a parcel.  Workers call it and keep their presses for the next parcel."""
    handle = Handle()
    try:
        data = parcel.files[parcel.file]
        source = Source.from_bytes(data, parcel.source, files=parcel.files)
        with _press_for(parcel) as press:
            return _bounded(Batch(press, parcel.setup.outputs).press_source(source, handle=handle))
    except JianbaoError as exc:
        return failed(parcel.source, exc, handle.record)
    except (OSError, KeyError, ValueError) as exc:
        # The disk is full, or the parcel was not made by `Packer`.
        failure = LimitReached(LOST.at(Where(parcel.source), reason=type(exc).__name__))
        return failed(parcel.source, failure)


def _bounded(outcome: Outcome) -> Outcome:
    """An outcome that a worker may send; else why not."""
    size = sum(len(artifact.data) for artifact in outcome.artifacts)
    if size <= _MOST_BYTES:
        return outcome
    values = {"size": size // 1024**2, "most": _MOST_BYTES // 1024**2}
    reason = LimitReached(_TOO_LARGE.at(Where(outcome.source), **values))
    return failed(outcome.source, reason, outcome.record)


@dataclass
class _WorkerPress:
    """A press of a worker, with the folder of its project, and how many jobs use it now."""

    press: Press
    lease: Lease
    users: int = 0

    def close(self) -> None:
        self.press.engine.close()
        self.lease.close()


_PRESSES: dict[str, _WorkerPress] = {}
_LOCK = threading.Lock()


@atexit.register
def _close_all() -> None:
    """Closes the kept presses when the worker exits normally."""
    while _PRESSES:
        _PRESSES.popitem()[1].close()


@contextlib.contextmanager
def _press_for(parcel: Parcel) -> Iterator[Press]:
    """A press with the project and the fonts of a parcel; one for all parcels alike."""
    parts = [part for item in (*parcel.project.items(), *parcel.fonts.items()) for part in item]
    key = key_of(repr(parcel.setup), *parts)
    with _LOCK:
        if key not in _PRESSES:
            _close_idle()
            _PRESSES[key] = _start_press(parcel)
        worker_press = _PRESSES[key]
        worker_press.users += 1
    try:
        yield worker_press.press
    finally:
        with _LOCK:
            worker_press.users -= 1


def _close_idle() -> None:
    """Closes the presses that nobody uses, the oldest first, until one more may be kept."""
    for key, worker_press in [*_PRESSES.items()]:
        if len(_PRESSES) < _MAX_PRESSES:
            return
        if not worker_press.users:
            _PRESSES.pop(key).close()


def _start_press(parcel: Parcel) -> _WorkerPress:
    lease = Lease()
    try:
        project, fonts = lease.home / "project", lease.home / "fonts"
        for folder, files in ((project, parcel.project), (fonts, parcel.fonts)):
            folder.mkdir()
            _unpack(files, folder)
    except BaseException:
        lease.close()
        raise
    press = Press(
        # The sender packed only plugins that it trusts itself.
        plugins=replace(parcel.setup.plugins, folder=project, trust_all=True),
        fonts=(fonts,),
        sandbox=Sandbox(parcel.setup.sandbox),
        limits=parcel.setup.limits,
        store=Store(lease.home / "cache"),
        is_thorough=parcel.setup.is_thorough,
    )
    return _WorkerPress(press, lease)


def _unpack(files: Mapping[str, bytes], folder: Path) -> None:
    """
    Writes files below a folder.

    Raises:
        IssueInvalid: a name leads out of it.
    """
    for name, data in files.items():
        path = folder / name
        if ".." in PurePath(name).parts or PurePath(name).is_absolute():
            raise IssueInvalid(LOST.at(Where(name), reason="name"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
