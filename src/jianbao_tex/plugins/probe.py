"""
Imports a plugin and asks for its records in a fork first: what never ends does that there.

A plugin whose probe came to an end is not probed again until one of its files changes, or a file
that it has opened.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jianbao_tex.cancelling import Handle
from jianbao_tex.children import may_fork
from jianbao_tex.hooks import API
from jianbao_tex.plugins.candidate import FoundPlugin
from jianbao_tex.registry import Plugin
from jianbao_tex.registry.hook_caller import RECORD_HOOKS
from jianbao_tex.registry.tasks import TOO_MUCH_MEMORY, Task, TaskLost, Tasks
from jianbao_tex.store import Store, files_below, key_of, stamp_of

_KIND = "probes"


@dataclass(frozen=True)
class Probed:
    """
    What the import of a plugin and its hooks for records depend on.

    ``files`` are those that they open, also those that are not there; ``asks_more`` as in `Opened`.
    """

    files: tuple[str, ...] = ()
    asks_more: bool = False


def probe(plugin: FoundPlugin, store: Store | None) -> Probed:
    """
    What a plugin opens while it is imported and asked for its records; its code runs, in a fork.

    Raises:
        TaskLost: that takes too much, or ends its process.  What it raises says nothing here: it is
            raised again where the plugin is loaded.
    """
    if plugin.size == "folder" or not may_fork():
        return Probed()
    key = _key(plugin)
    if store and key and (kept := _kept(store.get(_KIND, key))):
        return kept
    handle = Handle()
    subject = Plugin(plugin.name, None, plugin.version, plugin.size, plugin.home)
    task = Task(subject, "import", lambda: _import(plugin.load))
    with Tasks([task], handle) as tasks:
        if tasks.answer(0):
            raise TaskLost(task, TOO_MUCH_MEMORY)
    probed = Probed(tuple(sorted(filter(_is_input, handle.opened.files))), handle.opened.asks_more)
    if store and key:
        record = [probed.asks_more, {file: stamp_of(Path(file)) for file in probed.files}]
        store.put(_KIND, key, json.dumps(record).encode("ascii"))
    return probed


def _kept(data: bytes | None) -> Probed | None:
    """What was kept of a probe; ``None`` if a file has changed since."""
    try:
        asks_more, stamps = json.loads(data or b"")
        if asks_more or any(stamp_of(Path(file)) != stamp for file, stamp in stamps.items()):
            return None
        return Probed(tuple(stamps))
    except (AttributeError, TypeError, ValueError):
        return None


def _is_input(file: str) -> bool:
    """Whether a file is more than code of an installed package, which its version stands for."""
    return Path(file).suffix != ".pyc" and "-packages" not in file


def _import(load: Callable[[], object]) -> bytes:
    """Bytes if it takes too much memory, for which there is no limit where it is loaded."""
    try:
        hooks: Any = load()
        hooks = hooks() if inspect.isclass(hooks) else hooks
        for name in RECORD_HOOKS:
            for _record in getattr(hooks, name, tuple)() or ():
                pass
    except MemoryError:
        return b"memory"
    except BaseException:  # noqa: BLE001 -- it is raised again where the plugin is loaded
        return b""
    return b""


def _key(plugin: FoundPlugin) -> str:
    """What decides how the import ends, besides the files that it opens; '' for too little."""
    if plugin.home is None or not plugin.home.exists():
        return ""
    stamps = (f"{path} {stamp_of(path)}" for path in files_below([plugin.home]))
    return key_of(plugin.name, plugin.where, API, sys.version, sys.prefix, *stamps)
