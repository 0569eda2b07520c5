"""Whether a plugin has written into the parts of an issue, which are frozen."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from jianbao_tex.errors import PluginBroken
from jianbao_tex.findings import Finding
from jianbao_tex.issue import Issue
from jianbao_tex.language import say
from jianbao_tex.parts import Part

WRITES_INTO_IT = say("it writes into the issue, which is frozen; see model_copy")


class IssueWritten(PluginBroken):
    """
    A plugin has written into the issue of this process: nobody knows what it says now.

    From a fork it comes back as a `PluginBroken`: there it has written into a copy.
    """


class FrozenIssue:
    """
    Compares the values of an issue before and after work of a plugin, by identity.

    The first time takes 1 ms for eight pages, each further one 0.1 ms.
    """

    def __init__(self, issue: Issue) -> None:
        self._issue = issue
        self._objects: list[Any] = []
        # It keeps the values, so that no other one gets the identity of one of them.
        self._before: list[Any] = []

    @contextlib.contextmanager
    def refusing(self, fault: Finding) -> Iterator[None]:
        """
        Raises with a finding if the issue is written in the block, also where the block raises.

        Raises:
            IssueWritten: it was written.
        """
        if not self._objects:
            self._objects = [value for _, value in self._issue.walk() if hasattr(value, "__dict__")]
            self._before = list(self._values())
        try:
            yield
        finally:
            now = list(self._values())
            is_same = len(now) == len(self._before) and all(
                value is before for value, before in zip(now, self._before, strict=True)
            )
            if not is_same:
                # The next work begins with what there is now.
                self._objects = []
                raise IssueWritten(fault)

    def _values(self) -> Iterator[Any]:
        for item in self._objects:
            values = vars(item)
            # Beside its fields a part has the properties that it has cached.
            names = type(item).model_fields if isinstance(item, Part) else values
            yield from (values.get(name) for name in names)
