"""What a plugin needs: other plugins, in certain versions (``statistics>=1.0``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from jianbao_tex.errors import PluginBroken
from jianbao_tex.findings import Where, error
from jianbao_tex.language import InvalidValue, Phrase, say
from jianbao_tex.plugins.candidate import MANIFEST, FoundPlugin, State
from jianbao_tex.plugins.installed import installed_plugins
from jianbao_tex.plugins.local import folder_plugin
from jianbao_tex.registry.records import PLUGIN_NAME

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

_NEEDS = error(
    "JB546",
    "plugin {plugin} cannot be used: {reason}",
    "install or enable what it needs: jianbao plugins list; to run without it: "
    "jianbao plugins disable {name}",
)
_TEX_FILE = re.compile(r"[A-Za-z0-9_-]{1,60}\.(sty|cls|tex|def)")
_DEBIAN = re.compile(r"[a-z0-9][a-z0-9+.-]{1,60}")
NO_PACKAGE = say(
    "it must be a file of TeX and its package: {wanted}",
    wanted='"siunitx.sty" = "texlive-science"',
)
"""Why a declaration of a file of TeX is refused."""
_FORM = say('a plugin and its versions, such as "statistics>=1.0"')


def requirement_of(text: str) -> tuple[str, SpecifierSet]:
    """
    The plugin that a requirement names, and the versions that fit.

    Raises:
        InvalidValue: it has another form.
    """
    # Most plugins need no other one, and the import takes some milliseconds.
    from packaging.requirements import InvalidRequirement, Requirement

    wrong = InvalidValue(say("{name} is not {wanted}", name=text, wanted=_FORM))
    try:
        parsed = Requirement(text)
    except InvalidRequirement as exc:
        raise wrong from exc
    if not PLUGIN_NAME.fullmatch(parsed.name) or parsed.extras or parsed.url or parsed.marker:
        raise wrong
    return parsed.name, parsed.specifier


def is_tex_package(file: str, package: str) -> bool:
    """Whether these are names of a file of TeX and of a Debian package."""
    return bool(_TEX_FILE.fullmatch(file) and _DEBIAN.fullmatch(package))


def unmet(requirement: str, versions: Mapping[str, str]) -> Phrase | None:
    """
    Why a requirement is not met by the plugins that run, by name with their versions; ``None`` if
    it is.
    """
    from packaging.version import InvalidVersion

    try:
        name, specifier = requirement_of(requirement)
    except InvalidValue as exc:
        return exc.reason
    if name not in versions:
        return say("it needs {name}, which does not run", name=name)
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
    """
    The plugins.  One that needs a plugin which does not run, or another version of it, is marked
    as broken.
    """
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
    reasons = [*filter(None, (unmet(requirement, running) for requirement in plugin.requires))]
    reasons += [
        say("{key}: {reason}", key=file, reason=NO_PACKAGE)
        for file, package in plugin.tex.items()
        if not is_tex_package(file, package)
    ]
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
        # None where the folder cannot be read.
        folders = sorted(path.parent for path in plugin.home.parent.glob(f"*/{MANIFEST}"))
        others |= {path.name: folder_plugin(path) for path in folders}
    versions = {other.name: other.version for other in others.values()}
    asking, names = [plugin], {plugin.name}
    while asking:
        judged = _require_others(asking[-1], versions)
        if judged.faults:
            raise PluginBroken(judged.faults)
        wanted = {requirement_of(text)[0] for text in asking.pop().requires} - names
        needed = [others[name] for name in sorted(wanted)]
        names |= wanted
        asking += needed
        yield from needed
