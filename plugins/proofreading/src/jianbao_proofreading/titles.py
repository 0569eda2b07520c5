"""The title of an article against its title in the contents."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from jianbao_tex.hooks import (
    Article,
    DataPath,
    Finding,
    Issue,
    IssueCheck,
    IssueSubject,
    Place,
    Where,
    warning,
)

_DIFFERS = warning(
    "PR001",
    "the contents say “{contents}” where the title of the article says “{title}”",
    "write both alike, or shorten the title in the contents by more than a word",
)

# A slip loses, adds or swaps a character or a word, and words of titles have up to four
# characters (省常委会 for 省委常委会, 构建 for 构建完善).  An editor who shortens a title
# drops a clause, which is more; and in a title of a few characters even one word is much, so
# that at least three quarters must be alike.
_MAX_CHARACTERS = 4
_MAX_SHARE = 0.25
_CONTEXT = 2


def _contents_titles(subject: IssueSubject) -> Iterator[Finding]:
    """A title in the contents is that of its article, or clearly a shorter one."""
    for path, value in subject.issue.walk():
        if isinstance(value, Article) and value.title and value.contents_title:
            yield from _compare(subject.issue, path, value.title, value.contents_title)


def _compare(issue: Issue, path: DataPath, title: str, contents: str) -> Iterator[Finding]:
    # Marks are often left out or put in where a title is broken into lines.
    title_places, contents_places = _letters(title), _letters(contents)
    title_letters, contents_letters = (
        "".join(character for _, character in side) for side in (title_places, contents_places)
    )
    if abs(len(title_letters) - len(contents_letters)) > _MAX_CHARACTERS or not contents_letters:
        return
    codes = difflib.SequenceMatcher(
        None, title_letters, contents_letters, autojunk=False
    ).get_opcodes()
    changes = [code for code in codes if code[0] != "equal"]
    count = sum(max(i2 - i1, j2 - j1) for _, i1, i2, j1, j2 in changes)
    if not 0 < count <= min(_MAX_CHARACTERS, len(title_letters) * _MAX_SHARE):
        return
    if _is_clause(title, title_places, changes):
        return
    (_, i1, _, j1, _), (_, _, i2, _, j2) = changes[0], changes[-1]
    finding = _DIFFERS.at(
        _where(issue.place((*path, "contents_title")), contents, j1, j2),
        contents=contents_letters[max(0, j1 - _CONTEXT) : j2 + _CONTEXT],
        title=title_letters[max(0, i1 - _CONTEXT) : i2 + _CONTEXT],
    )
    where = _where(issue.place((*path, "title")), title, i1, i2)
    yield replace(finding, also=(where,))


def _letters(text: str) -> list[tuple[int, str]]:
    """The characters that are no marks, each with its index."""
    return [(i, character) for i, character in enumerate(text) if character.isalnum()]


def _is_clause(
    title: str, letters: list[tuple[int, str]], changes: Sequence[tuple[str, int, int, int, int]]
) -> bool:
    """Whether the contents leave out the place before the colon, or a last clause."""
    (tag, first, last, _, _), *others = changes
    if tag != "delete" or others:
        return False
    start = letters[first][0]
    end = letters[last][0] if last < len(letters) else len(title)
    if first == 0:
        return not title[end - 1].isalnum()
    return last == len(letters) and not title[start - 1].isalnum()


def _where(place: Place, text: str, first: int, end: int) -> Where:
    """The place of the letters of a title; of the next letter where there are none."""
    letters = _letters(text)
    first = min(first, len(letters) - 1)
    last = max(first, end - 1)
    start = letters[first][0]
    return place.within(text, start, letters[last][0] + 1 - start)


CHECKS = (IssueCheck("contents-titles", "目录与文题", _contents_titles, since="1.0"),)
