"""What a plugin needs: other plugins, in certain versions (``statistics>=1.0``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from jianbao_tex.errors import PluginBroken
from jianbao_tex.findings import Where, error
from jianbao_tex.language import InvalidValue, Phrase, say
from jianbao_tex.plugins.candidate import MANIFEST, FoundPlugin, State
from jianbao_tex.plugins.installed import installed_plugins
from jianbao_tex.plugins.local import folder_plugin
from jianbao_tex.registry.records import PLUGIN_NAME

_NEEDS = error(
    "JB546",
    "plugin {plugin} cannot be used: {reason}",
    "install or enable what it needs: jianbao plugins list; to run without it: "
    "jianbao plugins disable {name}",
)
_FORM = say('a plugin and its versions, such as "statistics>=1.0"')


def name_of(requirement: str) -> str:
    """
    The plugin that a requirement names.

    Raises:
        InvalidValue: it has another form.
    """
    # Most plugins need no other one, and the import takes some milliseconds.
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        parsed = Requirement(requirement)
    except InvalidRequirement as exc:
        raise InvalidValue(_FORM) from exc
    if not PLUGIN_NAME.fullmatch(parsed.name) or parsed.extras or parsed.url or parsed.marker:
        raise InvalidValue(_FORM)
    return parsed.name


def unmet(requirement: str, versions: Mapping[str, str]) -> Phrase | None:
    """
    Why a requirement is not met by the plugins that run, by name with their versions; ``None`` if
    it is.
    """
    from packaging.requirements import Requirement
    from packaging.version import InvalidVersion

    try:
        name = name_of(requirement)
    except InvalidValue as exc:
        return say("{name} is not {wanted}", name=requirement, wanted=exc)
    if name not in versions:
        return say("it needs {name}, which does not run", name=name)
    specifier = Requirement(requirement).specifier
    try:
        is_met = specifier.contains(versions[name], prereleases=True)
    except InvalidVersion:
        is_met = not specifier
    if is_met:
        return None
    return say(
        "it needs {wanted}, and version {version} is here",
        wanted=requirement,
        version=versions[name] or "?",
    )


def with_required(plugins: list[FoundPlugin]) -> list[FoundPlugin]:
    """The plugins; broken are those that need one which does not run, or in another version."""
    while True:
        running = {p.name: p.version for p in plugins if p.state is State.ACTIVE}
        judged = [_require_others(plugin, running) for plugin in plugins]
        if judged == plugins:
            return plugins
        # Others may need one that is broken now.
        plugins = judged


def _require_others(plugin: FoundPlugin, running: Mapping[str, str]) -> FoundPlugin:
    if plugin.state is not State.ACTIVE:
        return plugin
    reasons = filter(None, (unmet(requirement, running) for requirement in plugin.requires))
    where = Where(str(plugin.home or plugin.where))
    values = {"plugin": plugin.titled, "name": plugin.name}
    faults = tuple(_NEEDS.at(where, reason=reason, **values) for reason in reasons)
    return replace(plugin, state=State.BROKEN, faults=faults) if faults else plugin


def required_by(plugin: FoundPlugin) -> Iterator[FoundPlugin]:
    """
    The plugins that one needs, and those that they need: installed, or folders beside it.

    Raises:
        PluginBroken: one of them is not there, or has another version.
    """
    others = {other.name: other for other in installed_plugins()}
    if plugin.home:
        folders = sorted(
            path for path in plugin.home.parent.iterdir() if (path / MANIFEST).is_file()
        )
        others |= {path.name: folder_plugin(path) for path in folders}
    versions = {other.name: other.version for other in others.values()}
    asking, names = [plugin], {plugin.name}
    while asking:
        judged = _require_others(asking[-1], versions)
        if judged.faults:
            raise PluginBroken(judged.faults)
        wanted = {name_of(requirement) for requirement in asking.pop().requires} - names
        needed = [others[name] for name in sorted(wanted)]
        names |= wanted
        asking += needed
        yield from needed
