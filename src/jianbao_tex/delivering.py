"""
The finished files of an issue -> what plugins do with them: an upload, a notice, an archive.

The files are in place before, and stay as they are: what a delivery changes is written again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jianbao_tex.children import Fork, ForkLost, may_fork
from jianbao_tex.errors import JianbaoError, PluginBroken
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.foreign_files import read_file
from jianbao_tex.hooks import Delivery, DeliverySubject
from jianbao_tex.language import Phrase
from jianbao_tex.packing import (
    pack_findings,
    pack_record,
    unpack_findings,
    unpack_record,
)
from jianbao_tex.registry import Plugin, Registry
from jianbao_tex.registry.plugins import describe_exception
from jianbao_tex.registry.tasks import Task, TaskLost

_FAILED = error(
    "JB547",
    "plugin {plugin} has not passed the files on ({delivery}): {reason}",
    "the files are in place; correct the cause, then build again with --no-cache; to run without "
    "the plugin: jianbao plugins disable {name}",
)
_CHANGED = error(
    "JB548",
    "plugin {plugin} has changed or removed this file while it passed it on ({delivery})",
    "the file was written again as it was made; report it to the plugin's authors; to run without "
    "it: jianbao plugins disable {name}",
)


class Deliverer:
    """
    Calls the deliveries of plugins, each in a fork with limits.

    It forks a process without threads when the block is entered, because later this process may
    have some; that one forks for each delivery.  Where even that cannot be, deliveries run here.

    Args:
        registry: has the deliveries.
        write: writes files by path, as they were written before.
    """

    def __init__(self, registry: Registry, write: Callable[[Mapping[Path, bytes]], None]) -> None:
        self._registry = registry
        self._write = write
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
            is_kept: the files come from the cache.
        """
        findings: list[Finding] = []
        for name, delivery in self._registry.deliveries.items():
            if is_kept and not delivery.takes_kept:
                continue
            owner = self._registry.owners["deliveries", name]
            record = {
                "delivery": name,
                "paths": [str(path) for path in files],
                "result": dict(result),
                "settings": dict(settings),
            }
            answer = self._ask(pack_record(record, files.values()), owner, delivery)
            findings += (*answer, *self._restored(files, owner, delivery))
        return tuple(findings)

    def _ask(self, request: bytes, owner: Plugin, delivery: Delivery) -> tuple[Finding, ...]:
        if self._fork is None:
            return unpack_findings(self._answer(request))
        try:
            self._fork.send(request)
            return unpack_findings(self._fork.receive())
        except (ForkLost, LookupError, TypeError, ValueError) as exc:
            self._fork.end()
            self._fork = None
            return (_failed(owner, delivery, str(exc)),)

    def _restored(
        self, files: Mapping[Path, bytes], owner: Plugin, delivery: Delivery
    ) -> Iterator[Finding]:
        """Writes the files again that are no longer as they were written, and says so."""
        values = {"plugin": owner.titled, "name": owner.name, "delivery": delivery.name}
        for path, data in files.items():
            if not _is_as_written(path, data):
                yield _CHANGED.at(Where(str(path)), **values)
                try:
                    self._write({path: data})
                except JianbaoError as exc:
                    yield from exc.findings

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
    values = {"plugin": owner.titled, "name": owner.name, "delivery": delivery.name}
    return _FAILED.at(owner.place, reason=reason, **values)


def _is_as_written(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and read_file(path, len(data)) == data
    except OSError:
        return False
