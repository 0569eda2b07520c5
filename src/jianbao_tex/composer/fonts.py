"""The fonts of this machine and of its user, and the fonts of plugins, which come last in each chain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jianbao_tex import assets
from jianbao_tex.findings import Finding
from jianbao_tex.font_roles import FontCollection, Locate, prove_font
from jianbao_tex.fonts import FontFile
from jianbao_tex.language import InvalidValue, Phrase, say
from jianbao_tex.registry import Registry
from jianbao_tex.registry.plugin_assets import unusable
from jianbao_tex.store import Store


def font_collection(
    registry: Registry, folders: Sequence[Path], locate: Locate, store: Store | None
) -> tuple[FontCollection, tuple[Finding, ...]]:
    """
    The fonts by role, and a warning for each font of a plugin that cannot be used.

    Args:
        registry: has the fonts of plugins.
        folders: a user's own fonts, searched before the package's and the system's.
        locate: finds files by name where TeX would find them.
        store: where to keep what takes long to read from a font.

    Raises:
        ToolMissing: the manifest or a folder cannot be read.
    """
    manifest = (assets.fonts() / "fonts.toml").read_text(encoding="utf-8")
    collection = FontCollection(manifest, (*folders, assets.fonts()), locate, store)
    faults: list[Finding] = []
    for plugin, record in registry.fonts:
        try:
            collection.add_last(plugin_font(record.file, store), record.roles)
        except InvalidValue as exc:
            faults.append(unusable(plugin, record.file, exc.reason).as_warning)
    return collection, tuple(faults)


def plugin_font(path: Path, store: Store | None) -> FontFile:
    """
    A font of a plugin, which was read in a separate process before.

    Raises:
        InvalidValue: it cannot be used.
    """
    font = FontFile(path.stem, path, 0, True, store)
    if reason := prove_font(font):
        raise InvalidValue(reason if isinstance(reason, Phrase) else say("{reason}", reason=reason))
    return font
