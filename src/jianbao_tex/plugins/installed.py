"""Plugins that are installed as packages: found by their metadata, imported only when loaded."""

from __future__ import annotations

import importlib.machinery
import importlib.metadata
import importlib.util
from collections.abc import Iterator
from pathlib import Path

from jianbao_tex.foreign_files import read_file
from jianbao_tex.hooks import PROJECT
from jianbao_tex.plugins.candidate import FoundPlugin
from jianbao_tex.plugins.statement import MAX_SOURCE, ModuleInfo, statement_of


def installed_plugins() -> Iterator[FoundPlugin]:
    """The plugins of the entry-point group ``jianbao_tex``, each with the name of its entry."""
    for entry in importlib.metadata.entry_points(group=PROJECT):
        file = _file_of(entry)
        info = statement_of(_read_source(file)) if file else ModuleInfo()
        version = entry.dist.version if entry.dist else info.version
        home = file.parent if file and file.name == "__init__.py" else file
        yield FoundPlugin(
            name=entry.name,
            size="package",
            where=entry.value,
            load=entry.load,
            home=home,
            version=version,
            label=info.label,
            api=info.api,
            hooks=info.hooks,
            requires=info.requires,
            tex=info.tex,
        )


def _file_of(entry: importlib.metadata.EntryPoint) -> Path | None:
    """The file of an entry's module; its parent packages are not imported."""
    try:
        top, *inner = entry.module.split(".")
        # find_spec imports the parents of a dotted name; so walk down by hand.
        spec = importlib.util.find_spec(top)
        for depth in range(len(inner)):
            if spec is None or spec.submodule_search_locations is None:
                return None
            name = ".".join((top, *inner[: depth + 1]))
            folders = list(spec.submodule_search_locations)
            spec = importlib.machinery.PathFinder.find_spec(name, folders)
    except Exception:  # noqa: BLE001 -- the entry may name anything; finders run foreign code
        return None
    return Path(spec.origin) if spec and spec.origin and Path(spec.origin).is_file() else None


def _read_source(file: Path) -> bytes:
    try:
        return read_file(file, MAX_SOURCE) if file.suffix == ".py" else b""
    except OSError:
        return b""
