"""Finds the previous issue: the file in the same folder with the next smaller number."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath

from jianbao_tex.reader.sources import Source
from jianbao_tex.store import stamp_of

_NUMBER = re.compile(r"\d+(?=\D*$)")
_MOST_DIGITS = 9


def previous_source(source: Source) -> Source | None:
    """
    The source in the file with the next smaller number.

    Raises:
        IssueInvalid: the file is there and cannot be read.
    """
    name = name_before(source)
    if not name:
        return None
    if source.beside.is_given(name) or source.folder is None:
        return Source.read_beside(source, name)
    # The folder lists it, so it belongs there, even if it is a link to an archive.
    return Source.from_file(source.folder / name, source.name_beside(name))


def file_before(source: Source) -> Path | None:
    """The file on the disk with the next smaller number; ``None`` where it is given as bytes."""
    name = name_before(source)
    if source.folder is None or not name or source.beside.is_given(name):
        return None
    return source.folder / name


def name_before(source: Source) -> str:
    """
    The name of the file with the next smaller number: 364.yaml, or 363.yaml, for 365.yaml;
    '' for none.
    """
    named = _parted(PurePath(source.name).name)
    if named is None:
        return ""
    form, number = named
    beside = [] if source.folder is None else list(_on_disk(source.folder).get(form, ()))
    # As on the disk: what lies below the folder is not beside the issue.
    beside += _by_form(name for name in source.files if "/" not in name).get(form, ())
    beside.sort()
    index = bisect.bisect_left(beside, (number, ""))
    return beside[index - 1][1] if index else ""


_Form = tuple[str, str, str]
_Forms = Mapping[_Form, Sequence[tuple[int, str]]]


def _parted(name: str) -> tuple[_Form, int] | None:
    """The parts of a file name before and after its last number, and the number."""
    path = PurePath(name)
    number = _NUMBER.search(path.stem)
    if number is None or len(number[0]) > _MOST_DIGITS:
        return None
    return (path.stem[: number.start()], path.stem[number.end() :], path.suffix), int(number[0])


def _on_disk(folder: Path) -> _Forms:
    # A folder of thousands of issues is listed once, not once for each of them.
    return _listed(folder, stamp_of(folder))


@functools.lru_cache(maxsize=8)
def _listed(folder: Path, stamp: str) -> _Forms:
    """The files of a folder as it was when it had this stamp."""
    del stamp
    return _by_form(path.name for path in folder.iterdir())


def _by_form(names: Iterable[str]) -> _Forms:
    """Names of files by their form, each with its number, sorted."""
    found: dict[_Form, list[tuple[int, str]]] = {}
    for name in names:
        if parted := _parted(name):
            form, number = parted
            found.setdefault(form, []).append((number, name))
    return {form: sorted(files) for form, files in found.items()}
