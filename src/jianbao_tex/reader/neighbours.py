"""The issue before an issue: the file beside it whose name has the next smaller number."""

from __future__ import annotations

import re
from pathlib import Path, PurePath

from jianbao_tex.reader.sources import Source

_NUMBER = re.compile(r"\d+(?=\D*$)")


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
    name = PurePath(source.name)
    number = _NUMBER.search(name.stem)
    if source.folder is None or number is None:
        return None
    head, tail = name.stem[: number.start()], name.stem[number.end() :]
    form = re.compile(rf"{re.escape(head)}(\d{{1,9}}){re.escape(tail)}{re.escape(name.suffix)}")
    found: list[tuple[int, Path]] = []
    for path in source.folder.iterdir():
        match = form.fullmatch(path.name)
        if match and int(match[1]) < int(number[0]):
            found.append((int(match[1]), path))
    return max(found)[1] if found else None
