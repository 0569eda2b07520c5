"""The calls of plugins, noted with their times."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Call:
    """A call of a plugin and the seconds that it took."""

    plugin: str
    what: str
    seconds: float


@dataclass
class Trace:
    """The calls of plugins, in their order."""

    calls: list[Call] = field(default_factory=list)

    @contextlib.contextmanager
    def timing(self, plugin: str, hook: str) -> Iterator[None]:
        """Notes how long something of a plugin takes."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.calls.append(Call(plugin, hook, time.perf_counter() - start))
