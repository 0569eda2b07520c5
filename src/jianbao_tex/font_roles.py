"""The roles of the fonts, matched with the fonts of this machine and those of the user."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from jianbao_tex.children import MEMORY_BYTES, work_apart
from jianbao_tex.errors import ToolMissing, reason_of
from jianbao_tex.findings import Where, error
from jianbao_tex.fonts import DAMAGED, FontFile, Typeface, read_font_apart
from jianbao_tex.language import InvalidValue, Phrase, say
from jianbao_tex.store import Store, key_of, stamp_of

_NO_FONT = error(
    "JB411",
    "no font on this machine can serve the role {role} ({official})",
    "install one of {packages}, or put {files} into a folder and name it with --fonts",
)
_FOLDER = error("JB416", "the font folder cannot be read: {reason}", "check its permissions")
_MANIFEST = error(
    "JB412",
    "the fonts cannot be used: {reason}",
    "name a role of fonts.toml in layout.toml; reinstall jianbao_tex if fonts.toml is damaged",
)


_PROVED: set[str] = set()
"""Fonts, in a certain state, that were read before."""


def prove_font(font: FontFile) -> Phrase | str:
    """
    Reads a font that is not the system's in a separate process, before it is read here; once for
    each state of it.  Returns why it cannot be used: it is no font, or it takes too much to read
    it; '' for a good one.
    """
    key = key_of("proved with its tables", str(font.path), stamp_of(font.path), str(font.index))
    if key in _PROVED or (font.store and font.store.get("fonts", key) is not None):
        return ""
    try:
        request = f"{font.index} {font.path.absolute()}".encode("utf-8", "surrogateescape")
        work_apart(read_font_apart, request, MEMORY_BYTES + 2 * font.path.stat().st_size)
    except OSError as exc:
        return reason_of(exc)
    except InvalidValue as exc:
        return exc.reason
    _PROVED.add(key)
    if font.store:
        font.store.put("fonts", key, b"")
    return ""


Locate = Callable[[Sequence[str]], Mapping[str, Path]]
"""Finds files among TeX's and the system's fonts: name -> path, absent ones left out."""


class FontCollection:
    """
    The roles of a manifest, matched with the fonts of this machine.

    Args:
        manifest: the text of ``fonts.toml``.
        folders: a user's own fonts, searched before the system's.
        locate: finds files by name where TeX would find them.
        store: where to keep what takes long to read from a font.
    """

    def __init__(
        self,
        manifest: str,
        folders: Sequence[Path],
        locate: Locate,
        store: Store | None = None,
    ) -> None:
        self._store = store
        self._last: list[tuple[FontFile, Collection[str]]] = []
        where = Where("fonts.toml")
        try:
            data = tomllib.loads(manifest)
            self.roles: dict[str, dict[str, Any]] = dict(data["roles"])
            self.fonts: dict[str, dict[str, Any]] = dict(data["fonts"])
            _check(self.roles, self.fonts)
            files = [file for font in self.fonts.values() for file in font["files"]]
        except (tomllib.TOMLDecodeError, InvalidValue, KeyError, TypeError) as exc:
            raise ToolMissing(_MANIFEST.at(where, reason=exc)) from exc
        self._own = {path.name: path for folder in reversed(folders) for path in fonts_in(folder)}
        self._system = locate([file for file in files if file not in self._own])

    def font(self, name: str) -> FontFile | None:
        """The font of the manifest, if one of its files is there."""
        entry = self.fonts[name]
        index = int(entry.get("index", 0))
        for file in entry["files"]:
            if file in self._own:
                # A user's file is opened at once, so that a damaged one is reported before TeX
                # runs.
                font = FontFile(name, self._own[file], index, True, self._store)
                if reason := prove_font(font):
                    raise ToolMissing(DAMAGED.at(Where(str(font.path)), reason=reason))
                return font
            if file in self._system:
                return FontFile(name, self._system[file], index, False, self._store)
        return None

    def add_last(self, font: FontFile, roles: Collection[str]) -> None:
        """
        Makes a font the last one in the chains of roles: for characters that all others lack.

        Raises:
            InvalidValue: there is no such role.
        """
        if not all(role in self.roles for role in roles):
            raise InvalidValue(say("its roles must be some of {known}", known=tuple(self.roles)))
        self._last.append((font, roles))

    def typeface(self, role: str) -> Typeface:
        """
        What serves a role.

        Raises:
            ToolMissing: no font of the chain, or no Latin font, is on this machine.
        """
        if role not in self.roles:
            raise ToolMissing(
                _MANIFEST.at(Where("fonts.toml"), reason=say("there is no role {role}", role=role))
            )
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
        last = (font for font, roles in self._last if role in roles)
        return Typeface(role, entry["label"], entry["official"], (*chain, *last), latin)

    @property
    def stamp(self) -> str:
        """
        A key that changes when a font of the manifest is added, removed or changed.

        Files of plugins, fonts too, are stamped with their plugins.
        """
        fonts = [font for name in self.fonts if (font := self.font(name))]
        return key_of(*(f"{font.path} {stamp_of(font.path)}" for font in fonts))

    def packages(self, role: str) -> tuple[str, ...]:
        """The Debian packages of the fonts of a role, sorted."""
        names = [*self.roles[role]["chain"], *self.roles[role]["latin"]]
        packages = {self.fonts[name].get("debian", "") for name in names}
        return tuple(sorted(packages - {""}))


def _check(roles: Mapping[str, Mapping[str, Any]], fonts: Mapping[str, Mapping[str, Any]]) -> None:
    """
    Refuses roles without their keys and chains that name no font of the manifest.

    Raises:
        InvalidValue: what is missing.
    """
    for role, entry in roles.items():
        for key in ("label", "official", "chain", "latin"):
            if key not in entry:
                raise InvalidValue(say("{key} is missing", key=f"{role}.{key}"))
        for name in (*entry["chain"], *entry["latin"]):
            if name not in fonts:
                raise InvalidValue(say("{key} is missing", key=f"fonts.{name}"))


def fonts_in(folder: Path) -> list[Path]:
    """
    The font files of a folder.

    Raises:
        ToolMissing: there is no such folder, or it cannot be read.
    """
    try:
        paths = sorted(folder.iterdir())
    except OSError as exc:
        raise ToolMissing(_FOLDER.at(Where(str(folder)), reason=reason_of(exc))) from exc
    return [p for p in paths if p.suffix.lower() in {".ttf", ".otf", ".ttc"} and p.is_file()]
