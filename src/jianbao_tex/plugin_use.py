"""What plugins did to an issue: which of them took part, and what they changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Change:
    """
    A value of the issue that a plugin changed.

    ``path`` leads to it, ``sections.0.name``: in the issue as it became, or as it was if the value
    is removed.  ``before`` or ``after`` is empty where there was or is no value; both are the same
    if the value only stands elsewhere.
    """

    path: str
    before: str
    after: str

    @property
    def is_loss(self) -> bool:
        """Whether a text has disappeared: it is removed, or most of it."""
        return len(self.after) * 2 < len(self.before)


@dataclass(frozen=True)
class PluginUse:
    """
    A plugin that took part in the making of an issue.

    ``digest`` is the SHA-256 of its file, or of the names and digests of all files in its folder.
    """

    name: str
    version: str
    digest: str
    changes: tuple[Change, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As results and certificates have it."""
        return {
            "name": self.name,
            "version": self.version or None,
            "sha256": self.digest or None,
            "changes": [vars(change) for change in self.changes],
        }


def uses_from_json(uses: Iterable[Mapping[str, Any]]) -> tuple[PluginUse, ...]:
    """
    The plugins again.

    Raises:
        KeyError, TypeError: the data was not made by `PluginUse.as_json`.
    """
    return tuple(
        PluginUse(
            use["name"],
            use["version"] or "",
            use["sha256"] or "",
            tuple(Change(**change) for change in use["changes"]),
        )
        for use in uses
    )
