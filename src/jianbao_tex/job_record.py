"""What is known of one job besides its text: for logs and for machines that watch over jobs."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class JobRecord:
    """
    The record of one job, filled in while it runs.

    Args:
        id: names the work, not the moment: the same for the same issue and outputs, on every
            machine; empty where the issue cannot be read.
        digest: the SHA-256 of the issue's file, in hexadecimal digits.
        outputs: what is made of it.
        seconds: how long each stage took, by its name; a stage that did not happen is not there.
        is_warm: whether an engine that waited did the job; ``None`` where TeX did not run.
        isolation: how TeX was isolated (a `Rung`); empty where it did not run.
    """

    id: str = ""
    digest: str = ""
    outputs: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    is_warm: bool | None = None
    isolation: str = ""

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Adds the time that a block takes to a stage, also if the block raises."""
        start = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - start
