"""The kinds of findings of plugins: each prefix of codes has one owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from jianbao_tex.findings import Finding, Kind, error
from jianbao_tex.language import Phrase, say
from jianbao_tex.registry.hook_caller import unfit
from jianbao_tex.registry.plugins import Absence, Plugin
from jianbao_tex.soundness import malformed_kind, sound_findings

OURS = "JB"
"""The prefix of the package's own codes."""

_CLASH = error(
    "JB542",
    "the codes {prefix}… of findings come from two plugins, {first} and {second}",
    'choose in jianbao.toml: [plugins.prefer.codes] {prefix} = "{choice}"; or switch one of the '
    "two off: jianbao plugins disable {choice}",
)


@dataclass(frozen=True)
class PluginKinds:
    """
    The kinds of all plugins.

    ``owners`` has the plugin of each prefix, ``declared`` the kinds that each plugin declares.
    """

    owners: Mapping[str, Plugin] = field(default_factory=dict)
    declared: Mapping[str, tuple[Kind, ...]] = field(default_factory=dict)

    @property
    def by_code(self) -> Mapping[str, tuple[Plugin, Kind]]:
        """Each kind with its plugin, sorted by code."""
        plugins = {plugin.name: plugin for plugin in self.owners.values()}
        return {
            kind.code: (plugins[name], kind)
            for name, kinds in sorted(self.declared.items())
            if name in plugins
            for kind in sorted(kinds, key=lambda kind: kind.code)
            if self.owners.get(kind.prefix) is plugins[name]
        }

    def sound(
        self, results: Iterable[object], plugin: Plugin
    ) -> tuple[list[Finding], list[Phrase | str]]:
        """As `sound_findings`, for what a plugin yields."""
        return sound_findings(results, plugin.name, partial(self._refusal, plugin))

    def _refusal(self, plugin: Plugin, prefix: str) -> Phrase | str:
        owner = self.owners.get(prefix)
        if owner is plugin:
            return ""
        if prefix == OURS:
            return say("the codes {prefix}… are those of jianbao_tex", prefix=prefix)
        if owner:
            return say(
                "the codes {prefix}… are those of the plugin {plugin}",
                prefix=prefix,
                plugin=owner.name,
            )
        if any(kind.prefix == prefix for kind in self.declared.get(plugin.name, ())):
            return say("the codes {prefix}… are those of another plugin, too", prefix=prefix)
        if self.declared.get(plugin.name):
            return say("the codes {prefix}… are not declared (jianbao_kinds)", prefix=prefix)
        return ""


def owned_kinds(
    pairs: Sequence[tuple[Plugin, Kind]],
    preferred: Mapping[tuple[str, str], str],
    absences: list[Absence],
) -> PluginKinds:
    """
    The kinds of plugins, without those whose prefix two plugins have.

    Adds an absence for each prefix of two plugins, and for each kind that cannot be used.
    """
    declared: dict[str, tuple[Kind, ...]] = {}
    claims: dict[str, list[Plugin]] = {}
    for plugin, kind in pairs:
        if reason := next(_faults(kind), ""):
            fault = unfit(plugin, say("the hook"), "jianbao_kinds", reason)
            absences.append(Absence(fault, plugin.name, "checks"))
            continue
        declared[plugin.name] = (*declared.get(plugin.name, ()), kind)
        claimants = claims.setdefault(kind.prefix, [])
        if plugin not in claimants:
            claimants.append(plugin)
    owners: dict[str, Plugin] = {}
    for prefix, unsorted in claims.items():
        claimants = sorted(unsorted, key=lambda plugin: plugin.name)
        chosen = preferred.get(("codes", prefix))
        first, *others = claimants
        if owner := next((p for p in claimants if p.name == chosen or not others), None):
            owners[prefix] = owner
            continue
        values = {"first": first.titled, "second": others[-1].titled, "choice": others[-1].name}
        fault = _CLASH.at(others[-1].place, prefix=prefix, **values)
        absences.append(Absence(fault, others[-1].name, "checks"))
    return PluginKinds(owners, declared)


def _faults(kind: Kind) -> Iterator[Phrase | str]:
    if reason := malformed_kind(kind):
        yield reason
    elif kind.prefix == OURS:
        yield say("the codes {prefix}… are those of jianbao_tex", prefix=OURS)
