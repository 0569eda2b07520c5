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
_MAX_DIGITS = 9


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
    parts = _split_name(PurePath(source.name).name)
    if parts is None:
        return ""
    form, number = parts
    siblings = [] if source.folder is None else list(_files_on_disk(source.folder).get(form, ()))
    # As on the disk: what lies below the folder is not beside the issue.
    siblings += _group_by_form(name for name in source.files if "/" not in name).get(form, ())
    siblings.sort()
    index = bisect.bisect_left(siblings, (number, ""))
    return siblings[index - 1][1] if index else ""


_Form = tuple[str, str, str]
_Forms = Mapping[_Form, Sequence[tuple[int, str]]]


def _split_name(name: str) -> tuple[_Form, int] | None:
    """The parts of a file name before and after its last number, and the number."""
    path = PurePath(name)
    number = _NUMBER.search(path.stem)
    if number is None or len(number[0]) > _MAX_DIGITS:
        return None
    return (path.stem[: number.start()], path.stem[number.end() :], path.suffix), int(number[0])


def _files_on_disk(folder: Path) -> _Forms:
    # A folder of thousands of issues is listed once, not once for each of them.
    return _list_folder(folder, stamp_of(folder))


@functools.lru_cache(maxsize=8)
def _list_folder(folder: Path, stamp: str) -> _Forms:
    """The files of a folder as it was when it had this stamp."""
    del stamp
    return _group_by_form(path.name for path in folder.iterdir())


def _group_by_form(names: Iterable[str]) -> _Forms:
    """Names of files by their form, each with its number, sorted."""
    groups: dict[_Form, list[tuple[int, str]]] = {}
    for name in names:
        if parts := _split_name(name):
            form, number = parts
            groups.setdefault(form, []).append((number, name))
    return {form: sorted(files) for form, files in groups.items()}
