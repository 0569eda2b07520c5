"""A plugin for tests: each folder in ``layouts`` of the working folder is a layout."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jianbao_tex.hooks import Layout, hookimpl


@hookimpl
def jianbao_layouts() -> Iterable[Layout]:
    return [Layout.from_folder(folder) for folder in sorted(Path("layouts").iterdir())]
