"""What plugins return to read files of other formats, and to pass finished files on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jianbao_tex.findings import Finding


@dataclass(frozen=True)
class ForeignFile:
    """
    A file of another format.

    ``name`` is its name in findings, ``data`` are its bytes.  ``settings`` are the values of the
    settings of plugins by ``PLUGIN.NAME``, as the project chooses.
    """

    name: str
    data: bytes
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Imported:
    """
    What a reader makes of a file.

    Args:
        issue: the issue as its file would have it: keys in English or Chinese; the values are
            texts, numbers, booleans, dates without a time, lists and mappings.
        findings: the report: what was left out, guessed, or could not be read, at its place in the
            foreign file.
        files: the pictures that the issue names, by these names.
    """

    issue: Mapping[str, Any]
    findings: Iterable[Finding] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Reader:
    """
    Reads files of another format; ``jianbao import`` writes what it returns as an issue.

    Args:
        name: what ``--reader`` names.
        label: the Chinese name.
        suffixes: the ends of the names of such files: ``.csv``.
        read: a file in, the issue and a report out; raises `Refusal` if nothing can be read.
        since: the version of the plugin that brought it.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    read: Callable[[ForeignFile], Imported]
    since: str = ""


@dataclass(frozen=True)
class DeliverySubject:
    """
    The files of an issue, which are in their places.

    ``files`` are their bytes by path.  ``result`` describes the issue as ``--json`` does
    (``jianbao schema result``), with all findings that were reported before the deliveries.  ``settings`` are the values of the settings of plugins by
    ``PLUGIN.NAME``, as project, series and issue choose.
    """

    files: Mapping[Path, bytes]
    result: Mapping[str, Any]
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivery:
    """
    Passes the files of an issue on, once they are in place: an upload, a notice, an archive.

    Args:
        name: what findings call it.
        label: the Chinese name.
        deliver: yields findings; an error, or an exception, means that the files were not passed
            on: ``jianbao build`` ends with 8 then.  The files stay as they are.
        takes_kept: called also if the files come from the cache and it has passed them on before.
        seconds: how long it may take, at most 600.
        since: the version of the plugin that brought it.
    """

    name: str
    label: str
    deliver: Callable[[DeliverySubject], Iterable[Finding]]
    takes_kept: bool = False
    seconds: float = 60.0
    since: str = ""
