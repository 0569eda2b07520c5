"""Where addresses of web and mail, and other long runs of letters, break."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_HOST = r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
ADDRESS = re.compile(
    rf"(?:[A-Za-z][A-Za-z0-9+-]{{1,15}}://|(?<![A-Za-z0-9.])www\.)[!-~]{{6,}}"
    rf"|[A-Za-z0-9._%+-]+@{_HOST}"
    rf"|(?<![A-Za-z0-9.@-]){_HOST}(?:/[!-~]*)+"
)
"""An address as people write it: with a scheme, of mail, or a host with a path."""

# A line may end after these; a host and a path have most of them.
_JOINTS = frozenset("/.?&=-_@,;")
# So many letters stand at least before the first break and after the last one.
_LEAST = 3


def breaks_in(run: str, longest: int) -> Iterator[int]:
    """
    Where a run of letters may break: before which of its characters.

    After a joint that a letter or a digit follows; in parts of more than twice ``longest``
    letters without a joint also after every ``longest`` letters.  A combining mark stays with its letter.
    """
    joints = [
        i
        for i in range(_LEAST, len(run) - _LEAST + 1)
        if run[i - 1] in _JOINTS and run[i].isalnum()
    ]
    start = 0
    for end in [*joints, len(run)]:
        if end - start > 2 * longest:
            yield from _cuts(run, start, end, longest)
        if end < len(run):
            yield end
        start = end


def _cuts(run: str, start: int, end: int, longest: int) -> Iterator[int]:
    """The places after every ``longest`` letters of a part that has no joints."""
    while end - start > longest:
        start += longest
        while start < end and unicodedata.combining(run[start]):
            start += 1
        if start < end:
            yield start
