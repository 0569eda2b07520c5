"""
Finds comments that are probably text: YAML would drop them silently.

In YAML a # after white space begins a comment.  A hashtag or a number sign would be missing
from the page.  An author who means a comment writes a space after the #.
"""

from __future__ import annotations

import re

import yaml

from jianbao_tex.findings import Finding, error
from jianbao_tex.reader.sources import Source

_COMMENT = error(
    "JB109",
    "what follows {key} is a comment for YAML and would not be printed",
    "put the whole value in quotes; if a comment is meant, write a space after the #",
)

# Only the first # of a line counts; a second one makes a rule, not a word.
_FIRST = re.compile(r"(?:^|(?<=\s))#(?P<word>[^\s#])?")
_HEADER = re.compile(r"[|>][-+0-9]*\s+#(?P<word>[^\s#])")
_BLOCKS = frozenset("|>")
_MAX_QUOTED = 12


class Comments:
    """Checks the text between the YAML events of a file."""

    def __init__(self, source: Source, faults: list[Finding]) -> None:
        self._source = source
        self._faults = faults
        self._index = 0
        self._line = 0
        # The column of the key of the text just read; 0 after anything else.
        self._key = 0

    def look(self, event: yaml.Event, key: int, *, in_flow: bool) -> None:
        """
        Takes the next event; ``key`` is the column of the key to which it is a value, or 0.

        A #word is refused after other text in its line.  A line with a #word is refused before or
        after a text, if it is indented deeper than the key of the text: it looks like text.
        """
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:
            return
        is_text = isinstance(event, yaml.ScalarEvent) and bool(event.value.strip())
        is_block = isinstance(event, yaml.ScalarEvent) and event.style in _BLOCKS
        before = key if is_text and not is_block else 0
        gap = self._source.text[self._index : start.index]
        for offset, piece in enumerate(gap.split("\n") if "#" in gap else ()):
            match = _FIRST.search(piece)
            if match and match["word"]:
                # The first piece begins where the last event ended, not with its line.
                column = match.start() if offset else self._column_of(match.start())
                stands_alone = not self._source.lines[self._line + offset][:column].strip()
                keys = [k for k in (self._key, before) if k]
                deeper = any(column + 1 > k for k in keys)
                if not stands_alone or (deeper and not in_flow):
                    self._refuse(self._line + offset + 1, column + 1)
        if is_block and (match := _HEADER.match(self._source.lines[start.line], start.column)):
            self._refuse(start.line + 1, match.start("word"))
        if end.index >= self._index:
            self._index, self._line = end.index, end.line
        self._key = key if is_text else 0

    def _column_of(self, offset: int) -> int:
        """The column, from 0, of an offset after the last event."""
        return self._index + offset - (self._source.text.rfind("\n", 0, self._index) + 1)

    def _refuse(self, line: int, column: int) -> None:
        where = self._source.where(line, column)
        text = where.text[column - 1 :]
        excerpt = text if len(text) <= _MAX_QUOTED else text[:_MAX_QUOTED] + "…"
        self._faults.append(_COMMENT.at(where, key=excerpt))
