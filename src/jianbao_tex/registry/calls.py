"""Calls the code of plugins: reports what they raise, and can trace each call."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from types import TracebackType
from typing import Any

from jianbao_tex.cancelling import Handle
from jianbao_tex.children import may_fork
from jianbao_tex.errors import JianbaoError, PluginBroken
from jianbao_tex.findings import Finding, Where
from jianbao_tex.foreign_files import read_file
from jianbao_tex.places import whole_line
from jianbao_tex.registry.plugins import Plugin, describe_exception
from jianbao_tex.registry.tasks import Task, Tasks
from jianbao_tex.registry.trace import Trace


class _Aside:
    """
    Standard output as plugins see it: what one prints goes to standard error.

    Several plugins may run at once, each in its thread, while other threads print results.  So
    only the output of the plugin's own thread goes to standard error.  As long as there is one
    thread alone, so does what it writes to the descriptor.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._here = threading.local()
        self._depth = 0
        self._real: Any = None
        self._descriptor: int | None = None

    def __enter__(self) -> None:
        with self._lock:
            if not self._depth:
                self._lead_away()
                self._real, sys.stdout = sys.stdout, self
            self._depth += 1
        self._here.depth = getattr(self._here, "depth", 0) + 1

    def __exit__(self, *_: object) -> None:
        self._here.depth -= 1
        with self._lock:
            self._depth -= 1
            # Something else may have been put there meanwhile.
            if not self._depth and sys.stdout is self:
                sys.stdout = self._real
            if not self._depth:
                self._lead_back()

    def _lead_away(self) -> None:
        """Lets descriptor 1 be standard error, unless another thread may write to it."""
        if may_fork():
            with contextlib.suppress(OSError, ValueError, AttributeError):
                sys.stdout.flush()
                self._descriptor = os.dup(1)
                os.dup2(2, 1)

    def _lead_back(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.dup2(descriptor, 1)
            os.close(descriptor)

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stderr if getattr(self._here, "depth", 0) else self._real, name)


aside = _Aside()
"""Used around every call of a plugin: keeps its output out of the results."""


class Calls:
    """Calls plugins, and names the one that fails."""

    def __init__(self, plugins: Sequence[Plugin], trace: Trace | None = None) -> None:
        self._plugins = plugins
        self._trace = trace

    def __call__(
        self, plugin: Plugin, hook: str, function: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        """
        What a function of a plugin returns.

        Raises:
            PluginBroken: it raised; the finding has the plugin, ``hook``, the file and the line.
        """
        timing = self._trace.timing(plugin.name, hook) if self._trace else contextlib.nullcontext()
        try:
            with timing, aside:
                return function(*args, **kwargs)
        except (JianbaoError, KeyboardInterrupt, CancelledError):
            raise
        except BaseException as exc:
            # SystemExit is the plugin's fault, not the user's.  A built-in check may run its model.
            culprit = self._culprit(exc)
            if culprit and culprit[0] is not plugin:
                plugin, hook = culprit
            raise PluginBroken(failure(plugin, hook, exc)) from exc

    def apart(self, tasks: Sequence[Task], handle: Handle | None = None) -> Tasks:
        """Tasks of plugins, to be done in a block."""
        return Tasks(tasks, handle, self._trace)

    @contextlib.contextmanager
    def naming_plugin(self) -> Iterator[None]:
        """
        Names the plugin whose code raises inside, as a model's validator or property may.

        Raises:
            PluginBroken: an exception came through a plugin's own file.  Others pass.
        """
        try:
            yield
        except JianbaoError:
            raise
        except Exception as exc:
            if culprit := self._culprit(exc):
                raise PluginBroken(failure(*culprit, exc)) from exc
            raise

    def _culprit(self, exc: BaseException) -> tuple[Plugin, str] | None:
        """The department's plugin whose code an exception came through, and its function."""
        for frame in _frames(exc.__traceback__):
            code = frame.tb_frame.f_code
            owner = self.owner_of(code.co_filename)
            if owner and owner.size != "built-in":
                return owner, code.co_qualname
        return None

    def owner_of(self, file: str) -> Plugin | None:
        """The plugin that a file belongs to; of nested ones the innermost."""
        owners = [plugin for plugin in self._plugins if plugin.owns(file)]
        return max(owners, key=lambda plugin: len(str(plugin.home)), default=None)


def failure(plugin: Plugin, hook: str, exc: BaseException) -> Finding:
    """The finding of an exception, at the deepest line of the plugin's own files."""
    where = plugin.place
    for frame in _frames(exc.__traceback__):
        file = frame.tb_frame.f_code.co_filename
        if plugin.owns(file) or plugin.home is None:
            where = line_of(file, frame.tb_lineno)
            break
    return plugin.failed(hook, describe_exception(exc), where)


def line_of(file: str, line: int) -> Where:
    """A line of a file, with its text where it can be read."""
    try:
        text = read_file(Path(file)).decode("utf-8", "replace")
    except (OSError, ValueError):
        text = ""
    return whole_line(file, text, line)


def _frames(trace: TracebackType | None) -> list[TracebackType]:
    """The frames of a traceback, the deepest first."""
    frames = []
    while trace:
        frames.append(trace)
        trace = trace.tb_next
    return frames[::-1]
