"""
Copied layouts, and the changes of their originals.

The folder ``origin/`` of a copy contains the original files at the time of copying.  So the
changes of the original can be shown separately from those of the copy.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from jianbao_tex.foreign_files import read_file
from jianbao_tex.layout import Layout

ORIGIN = "origin"


def files_of(layout: Layout) -> dict[str, bytes]:
    """The files of a layout's own folder, by name."""
    paths = sorted(layout.folder.iterdir())
    return {path.name: read_file(path) for path in paths if path.is_file() and _is_own(path)}


def copy_of(layout: Layout, name: str, parts: Mapping[str, Path]) -> dict[str, bytes]:
    """
    The files of a copy that is called ``name``, by their path in its folder.

    Args:
        layout: the original.
        name: what the copy is called.
        parts: shared templates that the copy takes along to change them, by bare name.
    """
    import tomlkit

    files = files_of(layout)
    files |= {f"{part}.tex.jinja": read_file(path) for part, path in parts.items()}
    settings = tomlkit.parse(files["layout.toml"].decode("utf-8"))
    settings["name"] = name
    settings["copied"] = layout.name
    own_files = {**files, "layout.toml": tomlkit.dumps(settings).encode("utf-8")}
    return {**own_files, **{f"{ORIGIN}/{file}": data for file, data in files.items()}}


def changed_since_copied(layout: Layout) -> Iterator[str]:
    """The files of the original that are no longer what the copy was made from."""
    before, now = _origin_files(layout), _current_files(layout)
    for name in sorted({*before, *now}):
        # Only shared templates that were copied count.
        if before.get(name) != now.get(name):
            yield name


def difference(layout: Layout) -> Iterator[str]:
    """How the original changed since the copy was made, as a unified diff."""
    before, now = _origin_files(layout), _current_files(layout)
    for name in changed_since_copied(layout):
        old, new = (_lines(files.get(name, b"")) for files in (before, now))
        yield from difflib.unified_diff(old, new, f"{ORIGIN}/{name}", name, lineterm="")


def renewed(layout: Layout) -> dict[str, bytes]:
    """The files of ``origin/`` as they would be if the copy were made now."""
    return {f"{ORIGIN}/{name}": data for name, data in _current_files(layout).items()}


def _origin_files(layout: Layout) -> dict[str, bytes]:
    folder = layout.folder / ORIGIN
    if not folder.is_dir():
        return {}
    return {path.name: read_file(path) for path in sorted(folder.iterdir()) if path.is_file()}


def _current_files(layout: Layout) -> dict[str, bytes]:
    """The original's files, and the shared templates that were taken along."""
    if layout.original is None:
        return _origin_files(layout)
    files = files_of(layout.original)
    shared = layout.original.shared
    for name in _origin_files(layout):
        path = shared / name if shared else None
        if name not in files and path and path.is_file():
            files[name] = read_file(path)
    return files


def _is_own(path: Path) -> bool:
    return path.suffix in {".toml", ".sty"} or path.name.endswith(".tex.jinja")


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").split("\n")
