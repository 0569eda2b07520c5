"""
Imports a plugin in a fork first: what never ends or ends its process does that there.

A plugin that could be imported once is not probed again until one of its files changes.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

from jianbao_tex.cancelling import Handle
from jianbao_tex.children import may_fork
from jianbao_tex.hooks import API
from jianbao_tex.plugins.candidate import FoundPlugin
from jianbao_tex.registry import Plugin
from jianbao_tex.registry.tasks import TOO_MUCH_MEMORY, Task, TaskLost, Tasks
from jianbao_tex.store import Store, files_below, key_of, stamp_of

_KIND = "probes"


def probe(plugin: FoundPlugin, store: Store | None) -> tuple[str, ...]:
    """
    The files that a plugin reads while it is imported, apart from Python code; its code runs.

    Raises:
        TaskLost: the import takes too much, or ends its process.  What it raises says nothing
            here: it is raised again where the plugin is loaded.
    """
    if plugin.size == "folder" or not may_fork():
        return ()
    key = _key(plugin)
    if store and key and (kept := store.get(_KIND, key)):
        with contextlib.suppress(ValueError):
            return tuple(map(str, json.loads(kept)))
    handle = Handle()
    subject = Plugin(plugin.name, None, plugin.version, plugin.size, plugin.home)
    task = Task(subject, "import", lambda: _import(plugin.load))
    with Tasks([task], handle) as tasks:
        if tasks.answer(0):
            raise TaskLost(task, TOO_MUCH_MEMORY)
    files = tuple(
        file for file in handle.opened.present if Path(file).suffix not in {".py", ".pyc", ".so"}
    )
    if store and key:
        store.put(_KIND, key, json.dumps(files).encode("ascii"))
    return files


def _import(load: Callable[[], object]) -> bytes:
    """Bytes if it takes too much memory, for which there is no limit where it is loaded."""
    try:
        load()
    except MemoryError:
        return b"memory"
    except BaseException:  # noqa: BLE001 -- it is raised again where the plugin is loaded
        return b""
    return b""


def _key(plugin: FoundPlugin) -> str:
    """What decides how the import ends, as far as it is known; '' for too little."""
    if plugin.home is None or not plugin.home.exists():
        return ""
    stamps = (f"{path} {stamp_of(path)}" for path in files_below([plugin.home]))
    return key_of(plugin.name, plugin.where, API, sys.version, sys.prefix, *stamps)
