"""Two states of an issue -> what is different between them, value by value."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from jianbao_tex.issue import Issue
from jianbao_tex.parts import DataPath, Part
from jianbao_tex.plugin_use import Change

_MOST_ALIGNED = 2000
"""Longer lists are compared number by number: to align them would take seconds."""

_Value = tuple[DataPath, str]
_Difference = tuple[_Value | None, _Value | None]


def changes_between(before: Issue, after: Issue) -> Iterator[tuple[DataPath, Change]]:
    """
    The changed values, each with its path in the issue as it was before.

    A printed value that is printed elsewhere now is the same before and after.  A new value has
    the path that it has in the issue as it is.
    """
    differences = list(_differences(before, after, (), ()))
    was_printed = {path for path, _ in before.printed_values()}
    is_printed = {path for path, _ in after.printed_values()}
    removed: dict[str, list[DataPath]] = defaultdict(list)
    for old, new in differences:
        if old and not new and old[0] in was_printed:
            removed[old[1]].append(old[0])
    moved: set[DataPath] = set()
    for old, new in differences:
        if new and not old and new[0] in is_printed and removed[new[1]]:
            path = removed[new[1]].pop(0)
            moved.add(path)
            yield path, Change(_dotted(new[0]), new[1], new[1])
        elif new and not old:
            yield new[0], Change(_dotted(new[0]), "", new[1])
        elif old and new:
            yield old[0], Change(_dotted(new[0]), old[1], new[1])
    for old, new in differences:
        if old and not new and old[0] not in moved:
            yield old[0], Change(_dotted(old[0]), old[1], "")


def _differences(old: Any, new: Any, old_path: DataPath, path: DataPath) -> Iterator[_Difference]:
    """What is different in two values: a plain value before and after, or only one of them."""
    if old is new:
        return
    if isinstance(old, Part) and type(old) is type(new):
        for name in type(old).model_fields:
            yield from _differences(
                getattr(old, name), getattr(new, name), (*old_path, name), (*path, name)
            )
    elif isinstance(old, tuple) and isinstance(new, tuple):
        for i, j in _pairs(old, new):
            yield from _differences(
                None if i is None else old[i],
                None if j is None else new[j],
                (*old_path, i or 0),
                (*path, j or 0),
            )
    elif isinstance(old, Part | tuple) or isinstance(new, Part | tuple):
        yield from ((value, None) for value in _plain(old, old_path))
        yield from ((None, value) for value in _plain(new, path))
    elif old != new:
        was, now = (value is not None and value != "" for value in (old, new))
        yield (old_path, str(old)) if was else None, (path, str(new)) if now else None


def _plain(value: Any, path: DataPath) -> Iterator[_Value]:
    """The plain values in a value."""
    if isinstance(value, Part):
        for name in type(value).model_fields:
            yield from _plain(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from _plain(item, (*path, i))
    elif value is not None and value != "":
        yield path, str(value)


def _pairs(old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[int | None, int | None]]:
    """The numbers of items that belong together; of those that are equal none."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    olds, news = range(start, len(old) - end), range(start, len(new) - end)
    if max(len(olds), len(news)) > _MOST_ALIGNED:
        yield from zip_longest(olds, news)
        return
    keys = [repr(old[i]) for i in olds], [repr(new[j]) for j in news]
    for what, i, i_end, j, j_end in difflib.SequenceMatcher(None, *keys).get_opcodes():
        if what != "equal":
            yield from zip_longest(olds[i:i_end], news[j:j_end])


def _dotted(path: DataPath) -> str:
    return ".".join(map(str, path))
