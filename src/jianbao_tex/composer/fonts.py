"""The fonts of this machine and of its user, and those of plugins at the ends of their chains."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from jianbao_tex import assets
from jianbao_tex.findings import Finding
from jianbao_tex.font_roles import FontCollection, Locate, prove_font
from jianbao_tex.fonts import FontFile
from jianbao_tex.language import Phrase, say
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
        font = FontFile(record.file.stem, record.file, 0, True, store)
        if reason := _fault(font, record.roles, collection.roles):
            faults.append(unusable(plugin, record.file, reason).as_warning)
        else:
            collection.add_last(font, record.roles)
    return collection, tuple(faults)


def _fault(font: FontFile, roles: object, known: Collection[str]) -> Phrase | str:
    """Why a font of a plugin cannot be used; '' for a good one."""
    if not isinstance(roles, tuple) or not roles or not all(role in known for role in roles):
        return say("its roles must be some of {known}", known=tuple(known))
    return prove_font(font)
