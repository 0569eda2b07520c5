"""The issue before an issue: the file beside it whose name has the next smaller number."""

from __future__ import annotations

import bisect
import functools
import re
from pathlib import Path, PurePath

from jianbao_tex.reader.sources import Source
from jianbao_tex.store import stamp_of

_NUMBER = re.compile(r"\d+(?=\D*$)")
_MOST_DIGITS = 9


def source_before(source: Source) -> Source | None:
    """
    The source that a source's name points back to.

    Raises:
        IssueInvalid: the file is there and cannot be read.
    """
    path = file_before(source)
    if path is None:
        return None
    return Source.from_file(path, str(PurePath(source.name).parent / path.name))


def file_before(source: Source) -> Path | None:
    """The file that a source's name points back to: 364.yaml, or 363.yaml, for 365.yaml."""
    named = _parted(PurePath(source.name).name)
    if source.folder is None or named is None:
        return None
    form, number = named
    # A folder of thousands of issues is listed once, not once for each of them.
    beside = _numbered(source.folder, stamp_of(source.folder)).get(form, [])
    index = bisect.bisect_left(beside, (number, ""))
    return source.folder / beside[index - 1][1] if index else None


_Form = tuple[str, str, str]


def _parted(name: str) -> tuple[_Form, int] | None:
    """What stands around the last number of a file's name, and the number."""
    path = PurePath(name)
    number = _NUMBER.search(path.stem)
    if number is None or len(number[0]) > _MOST_DIGITS:
        return None
    return (path.stem[: number.start()], path.stem[number.end() :], path.suffix), int(number[0])


@functools.lru_cache(maxsize=8)
def _numbered(folder: Path, stamp: str) -> dict[_Form, list[tuple[int, str]]]:
    """The files of a folder as it is now by the form of their names, each with its number."""
    assert stamp
    found: dict[_Form, list[tuple[int, str]]] = {}
    for path in folder.iterdir():
        if parted := _parted(path.name):
            form, number = parted
            found.setdefault(form, []).append((number, path.name))
    return {form: sorted(files) for form, files in found.items()}
