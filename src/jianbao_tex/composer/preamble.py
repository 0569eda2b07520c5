"""The lines of the preamble that name fonts and the characters they serve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jianbao_tex.composer.views import Name
from jianbao_tex.fonts import FontFile, Typeface


@dataclass(frozen=True)
class FontEntry:
    """A font as the preamble names it."""

    file: Name
    options: Name


@dataclass(frozen=True)
class FaceLine:
    """A role, its first font, its fallback fonts and its Latin font."""

    role: Name
    first: FontEntry
    rest: list[FontEntry]
    latin: FontEntry


def face_lines(faces: Iterable[Typeface]) -> list[FaceLine]:
    """The typefaces as the preamble names them, in the given order."""
    return [
        FaceLine(
            Name(face.role),
            _entry(face.chain[0]),
            [_entry(font) for font in face.chain[1:]],
            _entry(face.latin),
        )
        for face in faces
    ]


def _entry(font: FontFile) -> FontEntry:
    # File names, not family names: they are found without asking fontconfig.
    options = f"FontIndex={font.index}" if font.index else ""
    return FontEntry(Name(font.file), Name(options))


def code_points(characters: Iterable[str]) -> Name:
    """The characters as xeCJK lists them: "20AC, "1F600; empty for none."""
    return Name(", ".join(f'"{ord(c):X}' for c in sorted(characters)))
