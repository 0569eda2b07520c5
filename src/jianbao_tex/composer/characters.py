"""Characters that no font of this machine can show, each with its place."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from jianbao_tex.composer.views import Printed
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.fonts import Typeface
from jianbao_tex.issue import Issue

_LOST = error(
    "JB401",
    "no font here has the character {character} ({code} {name}); it occurs {count} times",
    "replace the character, or add a font that has it with --fonts (jianbao doctor lists the fonts)",
)


def lost_characters(
    issue: Issue, printed: Iterable[Printed], faces: Iterable[Typeface]
) -> list[Finding]:
    """
    The characters among the printed texts that no face has, each once.

    A character that only some faces have passes here; TeX stops if it is set in a face
    that lacks it.
    """
    texts = list(dict.fromkeys(printed))
    lost = {c for text in texts for c in text.plain if not c.isspace()}
    for face in faces:
        if not lost:
            break
        lost = set(face.lacks(lost))
    findings = []
    for character in sorted(lost):
        places = [text for text in texts if character in text.plain]
        findings.append(
            _LOST.at(
                place_in(issue, places[0], places[0].plain.index(character)),
                character=character,
                code=f"U+{ord(character):04X}",
                name=unicodedata.name(character, "unnamed"),
                count=sum(text.plain.count(character) for text in places),
            )
        )
    return findings


def place_in(issue: Issue, text: Printed, index: int) -> Where:
    """The place of a character of a printed text: exact where the text is in one line."""
    where = issue.where(text.path)
    if text.plain and where.text[where.column - 1 :].startswith(text.plain):
        return Where(where.file, where.line, where.column + index, where.text)
    found = where.text.find(text.plain[index], max(where.column - 1, 0))
    if found >= 0 and "\n" not in text.plain:
        return Where(where.file, where.line, found + 1, where.text)
    return where
