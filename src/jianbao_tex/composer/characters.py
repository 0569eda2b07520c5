"""Which font serves which character, and which no font of this machine can show."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator

from jianbao_tex.breaks import FULL_WIDTH
from jianbao_tex.findings import Finding, code_point, error
from jianbao_tex.fonts import Typeface
from jianbao_tex.issue import Issue
from jianbao_tex.language import say, say_count

_LOST = error(
    "JB401",
    "no font here has the character {character} ({code} {name}); it occurs {times}; asked: {fonts}",
    "replace the character, or add a font that has it with --fonts (jianbao doctor lists "
    "the fonts)",
)

# Scripts that xeCJK sets in the Chinese font by itself, and the marks that it treats as
# Chinese punctuation.  Of the planes 2 and 3 it knows the blocks up to extension G: a newer
# character must be declared, or it is set in the Latin font.
_CHINESE = (
    range(0x2014, 0x2017),
    range(0x2018, 0x2020),
    range(0x2025, 0x2028),
    range(0x2E80, 0xA000),
    range(0xF900, 0xFB00),
    range(0xFE30, 0xFE50),
    range(0xFF00, 0xFFF0),
    range(0x20000, 0x2EBF0),
    range(0x2F800, 0x2FA20),
    range(0x30000, 0x31350),
)


def characters_of(issue: Issue) -> frozenset[str]:
    """The characters that the issue prints, white space left out."""
    return frozenset(c for text in issue.texts() for c in text if not c.isspace())


def served_by_chain(characters: Collection[str], faces: Collection[Typeface]) -> frozenset[str]:
    """
    The characters that TeX would give to the Latin font, and that some Latin font lacks.

    They must be declared as Chinese, so that the fallback chain sets them.
    """
    others = [
        c
        for c in characters
        if c > "~" and c not in FULL_WIDTH and not any(ord(c) in r for r in _CHINESE)
    ]
    return frozenset(c for face in faces for c in face.latin_lacks(others))


def lost_characters(
    issue: Issue, characters: Collection[str], faces: Collection[Typeface]
) -> Iterator[Finding]:
    """
    The characters that no face has, each once, at the first place where it stands.

    A character that only some faces have passes here; TeX stops if it is set in a face
    that lacks it.
    """
    lost = frozenset(characters)
    for face in faces:
        if not lost:
            return
        lost = face.lacks(lost)
    texts = [(path, value) for path, value in issue.walk() if isinstance(value, str)]
    for character in sorted(lost):
        places = [(path, text) for path, text in texts if character in text]
        path, text = places[0] if places else ((), character)
        yield _LOST.at(
            issue.place(path).within(text, text.index(character)),
            character=character,
            code=code_point(character),
            name=unicodedata.name(character, say("unnamed")),
            fonts=tuple(dict.fromkeys(f.name for face in faces for f in (*face.chain, face.latin))),
            times=say_count(
                "once", "{number} times", sum(text.count(character) for _, text in places)
            ),
        )
