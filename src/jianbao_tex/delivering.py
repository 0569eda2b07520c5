"""
The finished files of an issue -> what plugins do with them: an upload, a notice, an archive.

The files are in place before, and stay as they are: what a delivery changes is written again.
"""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jianbao_tex.children import Fork, ForkLost, may_fork
from jianbao_tex.errors import JianbaoError, PluginBroken, reason_of
from jianbao_tex.findings import Finding, Where, error, errors_among
from jianbao_tex.foreign_files import NO_LINK, read_file
from jianbao_tex.hooks import Delivery, DeliverySubject
from jianbao_tex.language import Phrase, say
from jianbao_tex.packing import (
    pack_findings,
    pack_record,
    unpack_findings,
    unpack_record,
)
from jianbao_tex.registry import Plugin, Registry
from jianbao_tex.registry.plugins import describe_exception, named
from jianbao_tex.registry.tasks import Task, TaskLost
from jianbao_tex.store import Store, key_of, stamp_of

_FAILED = error(
    "JB547",
    "plugin {plugin} has not passed the files on ({delivery}): {reason}",
    "the files are in place; correct the cause, then build again; to run without the plugin: "
    "jianbao plugins disable {name}",
)
_CHANGED = error(
    "JB548",
    "plugin {plugin} has changed or removed this file while it passed it on ({delivery})",
    "the file was written again as it was made; report it to the plugin's authors; to run without "
    "it: jianbao plugins disable {name}",
)
_OTHER = error(
    "JB550",
    "this file was changed or removed by a plugin, while it passed on the files of another issue",
    "build its issue again with --no-cache, without the plugins that pass files on",
)
_KIND = "deliveries"
_MARGIN_S = 30.0
"""How much longer the helper may take than the delivery."""


class Deliverer:
    """
    Calls the deliveries of plugins, each in a fork with limits.

    When the block is entered, this process has no other threads yet, so it forks a helper.  The
    helper forks once for each delivery.  Where no process can be forked, deliveries run in this
    process, without limits.

    Args:
        registry: has the deliveries.
        write: writes files by path, as they were written before.
        store: remembers what was passed on.
    """

    def __init__(
        self,
        registry: Registry,
        write: Callable[[Mapping[Path, bytes]], None],
        store: Store | None = None,
    ) -> None:
        self._registry = registry
        self._write = write
        self._store = store
        self._written: dict[Path, str] = {}
        self._fork: Fork | None = None

    def __enter__(self) -> Self:
        if self._registry.deliveries and may_fork():
            with contextlib.suppress(OSError):
                self._fork = Fork(lambda: contextlib.nullcontext(self._answer))
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        if self._fork:
            self._fork.end()

    def deliver(
        self,
        files: Mapping[Path, bytes],
        result: Mapping[str, Any],
        settings: Mapping[str, object],
        *,
        is_kept: bool,
    ) -> tuple[Finding, ...]:
        """
        What the deliveries find about the files of one issue, which were written before.

        Args:
            files: the bytes by path.
            result: the result as ``--json`` has it.
            settings: of plugins, as the issue chooses.
            is_kept: the files come from the cache.  Then they are passed on only if that was not
                done before, or if the delivery asks for them again.
        """
        findings: list[Finding] = []
        for name, delivery in self._registry.deliveries.items():
            owner = self._registry.owners["deliveries", name]
            key, modes = _key_of(owner, delivery, files), [*map(_mode_of, files)]
            if is_kept and not delivery.takes_kept and self._is_done(key):
                continue
            record = {
                "delivery": name,
                "paths": [str(path) for path in files],
                "result": dict(result),
                "settings": dict(settings),
            }
            answer = self._ask(pack_record(record, files.values()), owner, delivery)
            new = (*answer, *self._restored(files, modes, owner, delivery))
            if self._store and not errors_among(new):
                self._store.put(_KIND, key, b"")
            findings += new
        self._written |= {path: stamp_of(path) for path in files}
        return tuple(findings)

    def _is_done(self, key: str) -> bool:
        return self._store is not None and self._store.get(_KIND, key) is not None

    def _ask(self, request: bytes, owner: Plugin, delivery: Delivery) -> tuple[Finding, ...]:
        if self._fork is None:
            return unpack_findings(self._answer(request))
        try:
            self._fork.send(request)
            return unpack_findings(self._fork.receive(delivery.seconds + _MARGIN_S))
        except (ForkLost, LookupError, TypeError, ValueError) as exc:
            self._fork.end()
            self._fork = None
            reason = say("it ended its process ({how})", how=str(exc))
            return (_failed(owner, delivery, reason),)

    def changed_since(self) -> Iterator[Finding]:
        """The files of other issues that a delivery has changed, after their own deliveries."""
        for path, stamp in self._written.items():
            if stamp_of(path) != stamp:
                yield _OTHER.at(Where(str(path)))

    def _restored(
        self,
        files: Mapping[Path, bytes],
        modes: Sequence[int | None],
        owner: Plugin,
        delivery: Delivery,
    ) -> Iterator[Finding]:
        """Writes the files again that are no longer as they were written, and says so."""
        for (path, data), mode in zip(files.items(), modes, strict=True):
            if _mode_of(path) == mode and _is_as_written(path, data):
                continue
            try:
                self._write({path: data})
                if mode is not None:
                    path.chmod(mode)
            except OSError as exc:
                yield _failed(owner, delivery, reason_of(exc))
            except JianbaoError as exc:
                reason = say("it has changed {file}, which cannot be written again", file=path.name)
                yield _failed(owner, delivery, reason)
                yield from exc.findings
            else:
                yield _CHANGED.at(Where(str(path)), delivery=delivery.name, **named(owner))

    # --- In the fork ---------------------------------------------------------------------------

    def _answer(self, request: bytes) -> bytes:
        record, pieces = unpack_record(request)
        delivery = self._registry.deliveries[record["delivery"]]
        owner = self._registry.owners["deliveries", delivery.name]
        files = dict(zip(map(Path, record["paths"]), pieces, strict=True))
        subject = DeliverySubject(files, record["result"], record["settings"])
        work = partial(self._work, owner, delivery, subject)
        task = Task(owner, delivery.name, work, delivery.seconds)
        with self._registry.calls.apart([task]) as tasks:
            try:
                return tasks.answer(0)
            except TaskLost as lost:
                return pack_findings([_failed(owner, delivery, lost.reason)])
            except JianbaoError as exc:
                return pack_findings(exc.findings)

    def _work(self, owner: Plugin, delivery: Delivery, subject: DeliverySubject) -> bytes:
        try:
            yielded = self._registry.calls(owner, delivery.name, _collect, delivery, subject)
        except PluginBroken as exc:
            reason = describe_exception(exc.__cause__ or exc)
            return pack_findings([_failed(owner, delivery, reason)])
        findings, faults = self._registry.kinds.sound(yielded, owner)
        return pack_findings((*findings, *(_failed(owner, delivery, f) for f in faults)))


def _collect(delivery: Delivery, subject: DeliverySubject) -> tuple[object, ...]:
    findings: Iterable[object] = delivery.deliver(subject) or ()
    return tuple(findings)


def _failed(owner: Plugin, delivery: Delivery, reason: Phrase | str) -> Finding:
    return _FAILED.at(owner.place, reason=reason, delivery=delivery.name, **named(owner))


def _key_of(owner: Plugin, delivery: Delivery, files: Mapping[Path, bytes]) -> str:
    """What says that a delivery has passed on these files."""
    pairs = (part for path, data in files.items() for part in (str(path.absolute()), data))
    return key_of(owner.name, owner.version, delivery.name, *pairs)


def _mode_of(path: Path) -> int | None:
    """The permissions of a file; ``None`` for what is no file of its own."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return stat.S_IMODE(status.st_mode) if stat.S_ISREG(status.st_mode) else None


def _is_as_written(path: Path, data: bytes) -> bool:
    try:
        # Something else may be read through a link.
        return not path.is_symlink() and read_file(path, len(data), NO_LINK) == data
    except OSError:
        return False
