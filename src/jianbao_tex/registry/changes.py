"""Two states of an issue -> what is different between them, value by value."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from jianbao_tex.issue import Issue
from jianbao_tex.parts import DataPath, Part
from jianbao_tex.plugin_use import Change

_Values = list[tuple[DataPath, str]]


def changes_between(before: Issue, after: Issue) -> Iterator[tuple[DataPath, Change]]:
    """
    The changed values, each with its path in the issue as it was before.

    A value that has moved unchanged among the others of its kind is no change.  A new value has
    the path of the value that it follows.
    """
    old, new = _values(before), _values(after)
    matcher = difflib.SequenceMatcher(
        None, [text for _, text in old], [text for _, text in new], autojunk=False
    )
    for what, i, i_end, j, j_end in matcher.get_opcodes():
        if what == "equal":
            continue
        for step in range(max(i_end - i, j_end - j)):
            gone = old[i + step] if i + step < i_end else None
            come = new[j + step] if j + step < j_end else None
            place = gone or old[max(min(i + step, i_end) - 1, 0)]
            path = ".".join(map(str, (come or place)[0]))
            yield place[0], Change(path, gone[1] if gone else "", come[1] if come else "")


def _values(issue: Issue) -> _Values:
    return [
        (path, str(value))
        for path, value in issue.walk()
        if not isinstance(value, Part | tuple) and value is not None and value != ""
    ]
