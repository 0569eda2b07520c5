"""Two states of an issue -> what is different between them, value by value."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest

from jianbao_tex.issue import Issue
from jianbao_tex.parts import DataPath, Part
from jianbao_tex.plugin_use import Change

_Values = list[tuple[DataPath, str]]


def changes_between(before: Issue, after: Issue) -> Iterator[tuple[DataPath, Change]]:
    """
    The changed values, each with its path in the issue as it was before.

    A value that only stands elsewhere is the same before and after.  A new value has the path of
    the value that it follows.
    """
    old, new = _values(before), _values(after)
    matcher = difflib.SequenceMatcher(
        None, [text for _, text in old], [text for _, text in new], autojunk=False
    )
    stretches = [
        (i, old[i:i_end], new[j:j_end])
        for what, i, i_end, j, j_end in matcher.get_opcodes()
        if what != "equal"
    ]
    gone = Counter(text for _, values, _ in stretches for _, text in values)
    come = Counter(text for _, _, values in stretches for _, text in values)
    # What has gone here and come there has moved.
    left, arrived = gone & come, gone & come
    for i, old_values, new_values in stretches:
        removed = [value for value in old_values if not _takes(left, value[1])]
        added = []
        for path, text in new_values:
            if _takes(arrived, text):
                yield path, Change(_dotted(path), text, text)
            else:
                added.append((path, text))
        for old_value, new_value in zip_longest(removed, added):
            place = (old_value or old[max(i - 1, 0)])[0]
            path = (new_value or old_value or old[0])[0]
            texts = [value[1] if value else "" for value in (old_value, new_value)]
            yield place, Change(_dotted(path), *texts)


def _takes(texts: Counter[str], text: str) -> bool:
    """Whether a text is among the texts; then it is taken out."""
    if not texts[text]:
        return False
    texts[text] -= 1
    return True


def _dotted(path: DataPath) -> str:
    return ".".join(map(str, path))


def _values(issue: Issue) -> _Values:
    return [
        (path, str(value))
        for path, value in issue.walk()
        if not isinstance(value, Part | tuple) and value is not None and value != ""
    ]
