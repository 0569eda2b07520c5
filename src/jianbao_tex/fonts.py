"""Fonts by role: the manifest, the files on this machine, and what they cover."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jianbao_tex.errors import ToolMissing
from jianbao_tex.findings import Where, error

_NO_FONT = error(
    "JB411",
    "no font on this machine can serve the role {role} ({official})",
    "install one of {packages}, or put {files} into a folder and name it with --fonts",
)
_DAMAGED = error(
    "JB415", "this is not a usable font ({reason})", "replace the file, or take it away"
)
_FOLDER = error("JB416", "the font folder cannot be read: {reason}", "check its permissions")
_MANIFEST = error("JB412", "fonts.toml cannot be used: {reason}", "mend the manifest")


@dataclass(frozen=True)
class FontFile:
    """A font that is there.  ``own`` marks a user's file, which travels with the TeX."""

    name: str
    path: Path
    index: int
    own: bool

    @property
    def file(self) -> str:
        """The name by which TeX finds it."""
        return self.path.name

    @property
    def characters(self) -> CharacterMap:
        """
        What the file has.

        Raises:
            ToolMissing: the file is no font.
        """
        return _characters(self.path, self.index)


@dataclass(frozen=True)
class Typeface:
    """What serves a role on this machine: the Chinese chain and the Latin font."""

    role: str
    label: str
    official: str
    chain: tuple[FontFile, ...]
    latin: FontFile

    def lacks(self, characters: Iterable[str]) -> frozenset[str]:
        """The characters that no font of the typeface has."""
        return self.latin_lacks(self.chain_lacks(characters))

    def latin_lacks(self, characters: Iterable[str]) -> frozenset[str]:
        """The characters that the Latin font has not."""
        return _beyond(self.latin, frozenset(characters))

    def chain_lacks(self, characters: Iterable[str]) -> frozenset[str]:
        """The characters that no font of the Chinese chain has."""
        left = frozenset(characters)
        for font in self.chain:
            left = _beyond(font, left)
        return left


def _beyond(font: FontFile, characters: frozenset[str]) -> frozenset[str]:
    if not characters:
        return characters
    covered = font.characters.names
    return frozenset(c for c in characters if ord(c) not in covered)


@dataclass(frozen=True)
class CharacterMap:
    """
    The characters of a font file.

    ``names`` maps code points to names of glyphs: their numbers in decimal digits.
    ``postscript`` is the name by which a PDF knows the font; ``charset`` names the
    character (cid00042) of each glyph, by which some fonts are written to a PDF.
    """

    postscript: str
    names: Mapping[int, str]
    charset: Sequence[str] = ()

    def cid(self, code: int) -> int | None:
        """What a PDF writes for a code point; ``None`` without a glyph."""
        name = self.names.get(code)
        if name is None:
            return None
        if not self.charset:
            return int(name)
        character = self.charset[int(name)]
        return 0 if character == ".notdef" else int(character.removeprefix("cid"))


@functools.lru_cache(maxsize=32)
def _characters(path: Path, index: int) -> CharacterMap:
    from fontTools.ttLib import TTFont

    try:
        with TTFont(path, fontNumber=index, lazy=True) as font:
            postscript, charset = str(font["name"].getDebugName(6)), ()
            if "CFF " in font:
                # The faces of a collection share their outlines, and the name of these.
                outlines = font["CFF "].cff
                postscript = str(outlines.fontNames[0])
                if hasattr(outlines[0], "ROS"):
                    charset = outlines[0].charset
            # Any names will do; the real ones cost a pass over all outlines.
            font.setGlyphOrder([str(glyph) for glyph in range(font["maxp"].numGlyphs)])
            return CharacterMap(postscript, font["cmap"].getBestCmap(), charset)
    except Exception as wrong:  # a damaged font makes fontTools raise anything
        raise ToolMissing(_DAMAGED.at(Where(str(path)), reason=type(wrong).__name__)) from wrong


Locate = Callable[[Sequence[str]], Mapping[str, Path]]
"""Finds files among TeX's and the system's fonts: name -> path, absent ones left out."""


class FontShelf:
    """
    The roles of a manifest, matched with the fonts of this machine.

    Args:
        manifest: the text of ``fonts.toml``.
        folders: a user's own fonts, searched before the system's.
        locate: finds files by name where TeX would find them.
    """

    def __init__(self, manifest: str, folders: Sequence[Path], locate: Locate) -> None:
        where = Where("fonts.toml")
        try:
            data = tomllib.loads(manifest)
            self.roles: dict[str, dict[str, Any]] = dict(data["roles"])
            self.fonts: dict[str, dict[str, Any]] = dict(data["fonts"])
            _check(self.roles, self.fonts)
            wanted = [file for font in self.fonts.values() for file in font["files"]]
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as wrong:
            raise ToolMissing(_MANIFEST.at(where, reason=wrong)) from wrong
        self._own = {path.name: path for folder in reversed(folders) for path in _fonts_in(folder)}
        self._system = locate([file for file in wanted if file not in self._own])

    def font(self, name: str) -> FontFile | None:
        """The font of the manifest, if one of its files is there."""
        entry = self.fonts[name]
        index = int(entry.get("index", 0))
        for file in entry["files"]:
            if file in self._own:
                # A user's file is looked into at once: a damaged one is named, not met by TeX.
                own = FontFile(name, self._own[file], index, own=True)
                return own if own.characters else None
            if file in self._system:
                return FontFile(name, self._system[file], index, own=False)
        return None

    def typeface(self, role: str) -> Typeface:
        """
        What serves a role.

        Raises:
            ToolMissing: no font of the chain, or no Latin font, is on this machine.
        """
        if role not in self.roles:
            raise ToolMissing(_MANIFEST.at(Where("fonts.toml"), reason=f"no role {role!r}"))
        entry = self.roles[role]
        chain = tuple(filter(None, map(self.font, entry["chain"])))
        latin = next(filter(None, map(self.font, entry["latin"])), None)
        if not chain or latin is None:
            raise ToolMissing(
                _NO_FONT.at(
                    Where("fonts.toml"),
                    role=role,
                    official=entry["official"],
                    packages=", ".join(self.packages(role)),
                    files=self.fonts[entry["chain"][0]]["files"][0],
                )
            )
        return Typeface(role, entry["label"], entry["official"], chain, latin)

    def packages(self, role: str) -> tuple[str, ...]:
        """The Debian packages of the fonts of a role, sorted."""
        names = [*self.roles[role]["chain"], *self.roles[role]["latin"]]
        found = {self.fonts[name].get("debian", "") for name in names}
        return tuple(sorted(found - {""}))


def _check(roles: Mapping[str, Mapping[str, Any]], fonts: Mapping[str, Mapping[str, Any]]) -> None:
    """
    Refuses roles without their keys and chains that name no font of the manifest.

    Raises:
        KeyError: what is missing.
    """
    for role, entry in roles.items():
        for key in ("label", "official", "chain", "latin"):
            if key not in entry:
                raise KeyError(f"{role}.{key}")
        for name in (*entry["chain"], *entry["latin"]):
            if name not in fonts:
                raise KeyError(f"fonts.{name}")


def _fonts_in(folder: Path) -> list[Path]:
    """The font files of a folder; none where there is no such folder."""
    try:
        found = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as wrong:
        raise ToolMissing(_FOLDER.at(Where(str(folder)), reason=wrong.strerror)) from wrong
    return [p for p in found if p.suffix.lower() in {".ttf", ".otf", ".ttc"} and p.is_file()]
