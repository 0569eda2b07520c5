"""Plugins of a project: files and folders under its ``plugins/``."""

from __future__ import annotations

import sys
import tomllib
import types
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from jianbao_tex.errors import JianbaoError, PluginBroken, reason_of
from jianbao_tex.findings import Where, error
from jianbao_tex.foreign_files import read_file, real_path
from jianbao_tex.hooks import PROJECT
from jianbao_tex.language import Phrase, say
from jianbao_tex.plugins.candidate import MANIFEST, FoundPlugin, State
from jianbao_tex.plugins.statement import MAX_SOURCE, statement_of
from jianbao_tex.plugins.trust import Trust

_NOT_TRUSTED = error(
    "JB514",
    "the plugin {plugin} is {state}, and was not run",
    "read the file; if you trust it: jianbao plugins trust {path}",
)
UNUSABLE = error(
    "JB520",
    "the plugin {plugin} cannot be used: {reason}",
    "fix it; to run without it: jianbao plugins disable {plugin}",
)
_STATES = {
    State.NOT_TRUSTED: say("not trusted"),
    State.CHANGED: say("changed since it was trusted"),
}


def project_plugins(
    folder: Path, trust: Trust, *, trust_all: bool = False
) -> Iterator[FoundPlugin]:
    """The plugins in a folder, in the order of their names; none of their code runs."""
    try:
        entries = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError:
        entries = []
    for path in entries:
        if plugin := find_plugin(path, trust, trust_all=trust_all):
            yield plugin


def find_plugin(path: Path, trust: Trust, *, trust_all: bool = False) -> FoundPlugin | None:
    """The plugin at a path; ``None`` if there is no plugin."""
    if path.name.startswith((".", "_")):
        return None
    if path.is_dir() and (path / MANIFEST).is_file():
        return folder_plugin(path)
    if path.is_dir() and (path / "pyproject.toml").is_file():
        return _package_plugin(path)
    if path.suffix == ".py" and path.is_file():
        return file_plugin(path, trust, trust_all=trust_all)
    return None


def find_runnable_plugin(
    path: Path, trust: Trust, *, trust_all: bool = False
) -> FoundPlugin | None:
    """As `find_plugin`, but a package that is not installed runs from its own folder."""
    plugin = find_plugin(path if path.name else real_path(path), trust, trust_all=trust_all)
    if plugin and plugin.state is State.NOT_INSTALLED and trust_all:
        return replace(
            plugin, load=lambda: _import_from(real_path(path), plugin.where), state=State.ACTIVE
        )
    return plugin


def _import_from(path: Path, value: str) -> object:
    """What an entry point names, imported from a package's own folder."""
    from importlib.metadata import EntryPoint

    source = path / "src" if (path / "src").is_dir() else path
    if str(source) not in sys.path:
        sys.path.insert(0, str(source))
    return EntryPoint(path.name, value, PROJECT).load()


def folder_plugin(path: Path) -> FoundPlugin:
    """The plugin of a folder with a ``plugin.toml``; its records are known at once."""
    # The import takes six milliseconds; a project without plugin folders skips it.
    from jianbao_tex.plugins.manifest import Manifest

    plugin = FoundPlugin(path.name, "folder", str(path), lambda: None, home=path)
    try:
        manifest = Manifest.of(path)
    except JianbaoError as exc:
        return replace(plugin, state=State.BROKEN, faults=exc.findings)
    return replace(
        plugin,
        load=manifest.plugin,
        version=manifest.version,
        label=manifest.label,
        api=manifest.api,
        records=manifest.records,
        labels=manifest.labels,
        requires=manifest.requires,
        tex=manifest.tex,
    )


def file_plugin(path: Path, trust: Trust, *, trust_all: bool = False) -> FoundPlugin:
    """The plugin of one Python file; it runs only if its present content is trusted."""
    try:
        data = read_file(path, MAX_SOURCE)
    except OSError as exc:
        return _unusable_file(path, reason_of(exc))
    info = statement_of(data)
    plugin = FoundPlugin(
        path.stem,
        "file",
        str(path),
        # Run the bytes that were checked, even if the file changes later.
        lambda: _run_source(path, data),
        home=path,
        version=info.version,
        label=info.label,
        api=info.api,
        hooks=info.hooks,
        requires=info.requires,
        tex=info.tex,
    )
    if trust_all or trust.trusts(path, data):
        return plugin
    state = State.CHANGED if trust.knows(path) else State.NOT_TRUSTED
    fault = _NOT_TRUSTED.at(
        Where(str(path)), plugin=plugin.name, state=_STATES[state], path=str(path)
    )
    return replace(plugin, state=state, faults=(fault,))


def _unusable_file(path: Path, reason: Phrase | str) -> FoundPlugin:
    fault = UNUSABLE.at(Where(str(path)), plugin=path.stem, reason=reason)
    plugin = FoundPlugin(path.stem, "file", str(path), lambda: None, home=path)
    return replace(plugin, state=State.BROKEN, faults=(fault,))


def _run_source(path: Path, data: bytes) -> object:
    """The module of a plugin's source."""
    module = types.ModuleType(f"jianbao_plugin_{path.stem}")
    module.__file__ = str(path)
    # Dataclasses and models look up their own module by its name.
    sys.modules[module.__name__] = module
    try:
        exec(compile(data, str(path), "exec"), module.__dict__)  # noqa: S102 -- the user's trust
    except BaseException:
        sys.modules.pop(module.__name__, None)
        raise
    return module


def _package_plugin(path: Path) -> FoundPlugin | None:
    """A plugin package in the project's folder; it runs only after it is installed."""
    try:
        data = tomllib.loads(read_file(path / "pyproject.toml", MAX_SOURCE).decode("utf-8"))
        project = data["project"]
        (name, value), *_ = project["entry-points"][PROJECT].items()
    except (OSError, ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return None

    def load() -> object:
        reason = say("it is a package that is not installed: pip install {path}", path=str(path))
        raise PluginBroken(UNUSABLE.at(Where(str(path)), plugin=name, reason=reason))

    version = str(project.get("version", ""))
    label = str(project.get("description", ""))
    state = State.NOT_INSTALLED
    # Tracebacks of imported code show absolute paths.
    return FoundPlugin(
        name, "package", str(value), load, real_path(path), version, label, state=state
    )
