"""The built-in plugin.  It uses the same hooks as every other plugin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from jianbao_tex.builtin.blocks import block_types
from jianbao_tex.builtin.checks import CHECKS
from jianbao_tex.builtin.outputs import outputs
from jianbao_tex.builtin.sections import section_types
from jianbao_tex.hooks import BlockType, Check, Layout, Output, SectionType, hookimpl


class Builtin:
    """The built-in plugin over a folder of templates."""

    def __init__(self, templates: Path) -> None:
        self._templates = templates

    @hookimpl
    def jianbao_section_types(self) -> Iterable[SectionType]:
        return section_types(self._templates / "sections")

    @hookimpl
    def jianbao_blocks(self) -> Iterable[BlockType]:
        return block_types(self._templates / "blocks")

    @hookimpl
    def jianbao_layouts(self) -> Iterable[Layout]:
        shared = self._templates / "parts"
        folders = sorted((self._templates / "layouts").iterdir())
        layouts = (Layout.from_folder(folder) for folder in folders if folder.is_dir())
        return [replace(layout, shared=shared) for layout in layouts]

    @hookimpl
    def jianbao_checks(self) -> Iterable[Check[Any]]:
        return CHECKS

    @hookimpl
    def jianbao_outputs(self) -> Iterable[Output]:
        return outputs()
