"""The pictures and fonts in the folder ``assets`` of a plugin: which of them can be used."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jianbao_tex.errors import reason_of
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.language import Phrase, say
from jianbao_tex.registry.plugins import Plugin, named
from jianbao_tex.registry.records import is_outside, is_own_name

ASSETS = "assets"
PICTURE_SUFFIXES = frozenset((".png", ".jpg", ".jpeg"))
FONT_SUFFIXES = frozenset((".ttf", ".otf"))
MOST_FILES = 50
MOST_PICTURE_BYTES = 8 * 1024**2
MOST_ASSET_FONT_BYTES = 64 * 1024**2
# The pictures of an issue have names such as picture-1.
_STEM = re.compile(r"(?!picture-\d+$)[A-Za-z0-9_-]{1,100}")

UNUSABLE = error(
    "JB545",
    "the file {file} of plugin {plugin} cannot be used: {reason}",
    "correct it; to run without the plugin: jianbao plugins disable {name}",
)


@dataclass(frozen=True)
class PluginAssets:
    """The files that templates, styles and layouts of a plugin may name, sorted."""

    pictures: tuple[Path, ...] = ()
    fonts: tuple[Path, ...] = ()


def assets_of(plugin: Plugin) -> tuple[PluginAssets, tuple[Finding, ...]]:
    """The assets of a plugin, and the findings about files that cannot be used."""
    folder = plugin.home / ASSETS if plugin.home else None
    if folder is None or not folder.is_dir():
        return PluginAssets(), ()
    try:
        paths = [*itertools.islice(folder.iterdir(), MOST_FILES + 1)]
        if len(paths) > MOST_FILES:
            reason = say("it has more than {most} files", most=MOST_FILES)
            return PluginAssets(), (unusable(plugin, folder, reason),)
        paths = sorted(path for path in paths if not path.name.startswith("."))
        faults = [unusable(plugin, path, r) for path in paths for r in _faults_of(path, plugin)]
    except OSError as exc:
        return PluginAssets(), (unusable(plugin, folder, reason_of(exc)),)
    bad = {finding.where.file for finding in faults}
    fit = [path for path in paths if str(path) not in bad]
    return (
        PluginAssets(
            tuple(path for path in fit if path.suffix in PICTURE_SUFFIXES),
            tuple(path for path in fit if path.suffix in FONT_SUFFIXES),
        ),
        tuple(faults),
    )


def unusable(plugin: Plugin, path: Path, reason: Phrase | str) -> Finding:
    """The finding that a file of a plugin cannot be used."""
    return UNUSABLE.at(Where(str(path)), reason=reason, file=path.name, **named(plugin))


def _faults_of(path: Path, plugin: Plugin) -> Iterator[Phrase]:
    if path.suffix not in PICTURE_SUFFIXES | FONT_SUFFIXES:
        known = tuple(sorted(PICTURE_SUFFIXES | FONT_SUFFIXES))
        yield say("its name must end with one of {known}", known=known)
    elif not _STEM.fullmatch(path.stem):
        yield say("its name must have only letters, digits, - and _")
    elif not is_own_name(path.stem, plugin.name):
        # TeX sees the files of all plugins in one folder.
        yield say("its name must begin with {plugin}", plugin=f"{plugin.name}-")
    elif is_outside(path, plugin):
        yield say("it is outside the plugin's folder")
    elif not path.is_file():
        yield say("it is not a file")
    else:
        most = MOST_ASSET_FONT_BYTES if path.suffix in FONT_SUFFIXES else MOST_PICTURE_BYTES
        if path.stat().st_size > most:
            yield say("it has more than {most} bytes", most=most)
