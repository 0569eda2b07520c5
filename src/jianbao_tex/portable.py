"""
Names without the folders of this machine, for files that leave it.

A certificate that names ``/srv/li/365.yaml`` says who built it and where; the reader needs only
the name of the file.
"""

from __future__ import annotations

import re
from dataclasses import replace

from jianbao_tex.findings import Finding, Value
from jianbao_tex.language import Phrase

# How a path begins that leads from the root of a machine or from somebody's home, on any system:
# file://, ~/, ~li/, C:\, \\server\.
_HOME = r"file:/+|~(?:[A-Za-z][A-Za-z0-9._-]*)?[/\\]|[A-Za-z]:[/\\]|\\\\"
_ROOTED = re.compile(rf"(?:{_HOME}|/)")
_QUOTED = re.compile(rf"(?<=['\"“‘`])(?:{_HOME}|/)[^'\"”’`\n]+(?=['\"”’`])")
# A sentence may contain a slash that begins no path: km/h, 1/2, http://.  It begins one if a
# second slash follows, or an extension.
_IN_TEXT = re.compile(
    rf"(?<![\w/\\.~-])(?:{_HOME}|/(?=[^\s/]+/[^\s/])|/(?=[\w-]+\.\w))"
    r"[^\s'\"“”‘’`<>|*?，。；：、（）()]+"
)
_SENTENCE = re.compile(r"[\n，。；：！？]|[,;:!?] ")
_SEPARATORS = re.compile(r"[/\\]+")


def portable_name(name: str) -> str:
    """
    A file's name without the folders of a machine: ``b.icc`` for ``/srv/li/b.icc``.

    A name that is relative already is unchanged: ``pictures/b.png``.  The paths of every system
    count, on every system.
    """
    if not _ROOTED.match(name):
        return name
    return _SEPARATORS.split(name.rstrip("/\\"))[-1]


def portable_text(text: str) -> str:
    """A sentence in which every path from the root of a machine is only the file's name."""

    def shortened(match: re.Match[str]) -> str:
        path = match[0].rstrip(",.;:")
        return portable_name(path) + match[0][len(path) :]

    return _IN_TEXT.sub(shortened, _QUOTED.sub(shortened, text))


def portable_finding(finding: Finding) -> Finding:
    """A finding whose places, message and advice name no folder of a machine."""
    values = tuple((name, _portable(value)) for name, value in finding.values)
    where, *also = (replace(w, file=portable_name(w.file)) for w in (finding.where, *finding.also))
    return replace(finding, where=where, also=tuple(also), values=values)


def _portable(value: Value) -> Value:
    if isinstance(value, Phrase):
        values = tuple((name, _portable(inner)) for name, inner in value.values)  # type: ignore[arg-type]
        return replace(value, values=values)
    if isinstance(value, tuple):
        return tuple(map(_portable, value))
    # Not each value of a phrase is a text: numbers stay as they are.
    if not isinstance(value, str):
        return value
    # A path by itself may have spaces.
    return portable_text(value if _SENTENCE.search(value) else portable_name(value))
