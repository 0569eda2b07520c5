"""Plugins -> the registry: each hook called, each record looked at, each fault kept to its owner."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal

import pluggy

from jianbao_tex.errors import JianbaoError, LayoutBroken
from jianbao_tex.findings import Where, error
from jianbao_tex.hooks import PROJECT, Hooks, Layout
from jianbao_tex.language import Phrase, say
from jianbao_tex.registry.calls import Calls, Trace, failure
from jianbao_tex.registry.plugins import (
    CALLED,
    KINDS,
    Absence,
    Choices,
    Plugin,
    RecordKind,
)
from jianbao_tex.registry.preparing import HOOK, Preparer
from jianbao_tex.registry.records import faults_of
from jianbao_tex.registry.registry import Registry

_CLASH = error(
    "JB502",
    "{what} {name} comes from two plugins, {first} and {second}",
    'choose in jianbao.toml: [plugins.prefer.{kind}] {name} = "{choice}"; or switch one off: '
    "jianbao plugins disable {choice}",
)
_MISSPELT = error(
    "JB503", "plugin {plugin} implements {hook}, which is no hook{guess}", "hooks: {hooks}"
)
_RECORD = error(
    "JB504",
    "plugin {plugin} returns {got} from {hook}, where {wanted} is due",
    "see docs/hooks.md for the records; to do without it: jianbao plugins disable {name}",
)
_UNFIT = error(
    "JB512",
    "{what} {record} of plugin {plugin} cannot be used: {reason}",
    "tell the plugin's authors; to do without it: jianbao plugins disable {name}",
)
_EXTENDS = error(
    "JB216",
    "the layout cannot extend {base}",
    "name another layout, and let no two extend each other; known: {known}",
)

HOOK_NAMES = tuple(sorted(name for name in vars(Hooks) if name.startswith("jianbao_")))
"""All hooks."""


def gather(
    plugins: Sequence[Plugin],
    *,
    absences: Iterable[Absence] = (),
    choices: Choices | None = None,
    trace: Trace | None = None,
) -> Registry:
    """
    The registry of the given plugins; what is broken among them is an absence in it.

    Args:
        plugins: the built-in one among them.
        absences: what is known to be missing before any hook is called.
        choices: what the project prefers.
        trace: where calls are noted.
    """
    gathering = _Gathering(plugins, absences, choices or Choices(), trace)
    return gathering.registry()


class _Gathering:
    """Gathers the records of plugins, once."""

    def __init__(
        self,
        plugins: Sequence[Plugin],
        absences: Iterable[Absence],
        choices: Choices,
        trace: Trace | None,
    ) -> None:
        self._choices = choices
        self._absences = list(absences)
        self._owners: dict[tuple[RecordKind, str], Plugin] = {}
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(Hooks)
        self._plugins = tuple(sorted(plugins, key=lambda plugin: plugin.name))
        self._calls = Calls(self._plugins, trace)
        # pluggy calls the last one first.
        last_first = reversed(self._plugins)
        self._known = {plugin.name: plugin for plugin in last_first if self._register(plugin)}

    def registry(self) -> Registry:
        """The registry."""
        sections = self._records("section_types")
        blocks = self._records("blocks")
        known = {
            **{f"section:{name}": record.model for name, record in sections.items()},
            **{f"block:{name}": record.model for name, record in blocks.items()},
        }
        functions = self.implementations(HOOK)
        records = {
            "section_types": sections,
            "blocks": blocks,
            "layouts": self._extended(self._records("layouts")),
            "checks": self._records("checks"),
            "outputs": self._records("outputs"),
        }
        return Registry(
            plugins=self._plugins,
            **{kind: MappingProxyType(dict(sorted(r.items()))) for kind, r in records.items()},
            owners=MappingProxyType(self._owners),
            absences=tuple(self._absences),
            calls=self._calls,
            prepare=Preparer(self._calls, functions, known),
            called=lambda hook: tuple(plugin for plugin, _ in self.implementations(hook)),
        )

    # --- Implementations ---------------------------------------------------------------

    def implementations(self, hook: str) -> list[tuple[Plugin, Callable[..., Any]]]:
        """
        Who implements a hook, in the order of the calls.

        Those that the project names come first, in its order; then, as pluggy has it,
        tryfirst, the others by name, trylast.
        """
        caller = getattr(self._manager.hook, hook)
        found = [
            (self._known[implementation.plugin_name], _by_name(implementation))
            for implementation in reversed(caller.get_hookimpls())
            if implementation.plugin_name in self._known
        ]
        order = self._choices.order
        rank = {name: number for number, name in enumerate(order)}
        return sorted(found, key=lambda pair: rank.get(pair[0].name, len(order)))

    def _register(self, plugin: Plugin) -> bool:
        """Makes a plugin known to pluggy; what it says of hooks that are none is a fault."""
        try:
            for name in self._marked(plugin):
                if name not in HOOK_NAMES:
                    self._misspelt(plugin, name)
            self._manager.register(plugin.hooks, name=plugin.name)
        except pluggy.PluginValidationError as wrong:
            # Told by pluggy in several lines; the last says what is wrong.
            reason = str(wrong).strip().splitlines()[-1]
            self._refuse(plugin, HOOK_NAMES[0], say("{said}", said=reason), "", "")
            self._manager.unregister(name=plugin.name)
            return False
        except Exception as wrong:  # noqa: BLE001 -- whatever a plugin raises is its own
            self._absences.append(Absence(failure(plugin, "import", wrong), plugin.name))
            return False
        return True

    def _marked(self, plugin: Plugin) -> list[str]:
        names = (name for name in dir(plugin.hooks) if name.startswith("jianbao_"))
        return [
            name
            for name in names
            if self._manager.parse_hookimpl_opts(plugin.hooks, name) is not None
        ]

    def _misspelt(self, plugin: Plugin, hook: str) -> None:
        close = difflib.get_close_matches(hook, HOOK_NAMES, n=1)
        guess = say(" (did you mean {hook}?)", hook=close[0]) if close else ""
        values = {"plugin": plugin.titled, "hook": hook, "guess": guess, "hooks": HOOK_NAMES}
        where = Where(str(plugin.home or plugin.name))
        self._absences.append(Absence(_MISSPELT.at(where, **values), plugin.name))

    # --- Records ------------------------------------------------------------------------

    def _records(self, kind: RecordKind) -> dict[str, Any]:
        """The records of a kind by name; each plugin that fails is left out alone."""
        hook = f"jianbao_{kind}"
        candidates: dict[str, list[tuple[Plugin, Any]]] = {}
        for plugin, function in sorted(self.implementations(hook), key=_built_in_first):
            returned = self._returned(plugin, kind, function)
            for record in (r for r in returned if self._is_fit(plugin, kind, r)):
                named = candidates.setdefault(record.name, [])
                if any(owner is plugin for owner, _ in named):
                    self._refuse(plugin, hook, say("it stands there twice"), kind, record.name)
                else:
                    named.append((plugin, record))
        found: dict[str, Any] = {}
        for name, owners in candidates.items():
            if chosen := self._chosen(kind, name, owners):
                self._owners[kind, name], found[name] = chosen
        return found

    def _returned(
        self, plugin: Plugin, kind: RecordKind, function: Callable[..., Any]
    ) -> tuple[Any, ...]:
        try:
            # What a generator raises comes when it is walked through.
            made = self._calls(plugin, f"jianbao_{kind}", lambda: tuple(function() or ()))
        except JianbaoError as wrong:
            self._absences += [Absence(finding, plugin.name, kind) for finding in wrong.findings]
            return ()
        assert isinstance(made, tuple)
        return made

    def _chosen(
        self, kind: RecordKind, name: str, owners: Sequence[tuple[Plugin, Any]]
    ) -> tuple[Plugin, Any] | None:
        """
        The record of a name, and its owner.

        Nobody has a name that two plugins claim until the project chooses; but what the
        package itself brings no plugin takes away unasked.
        """
        preferred = self._choices.prefer.get((kind, name))
        for plugin, record in owners:
            if plugin.name == preferred or len(owners) == 1:
                return plugin, record
        (first, record), (second, _) = owners[0], owners[-1]
        where = Where(str(second.home or second.name))
        values = {"first": first.titled, "second": second.titled, "choice": second.name}
        fault = _CLASH.at(where, what=CALLED[kind], name=name, kind=kind, **values)
        self._absences.append(Absence(fault, second.name, kind, name))
        return (first, record) if first.size == "built-in" else None

    def _is_fit(self, plugin: Plugin, kind: RecordKind, record: Any) -> bool:
        wanted, hook = KINDS[kind], f"jianbao_{kind}"
        if not isinstance(record, wanted):
            got = type(record).__name__
            where = Where(str(plugin.home or plugin.name))
            values = {"plugin": plugin.titled, "name": plugin.name, "hook": hook, "got": got}
            fault = _RECORD.at(where, wanted=wanted.__name__, **values)
            self._absences.append(Absence(fault, plugin.name, kind))
            return False
        try:
            faults = list(faults_of(record, plugin))
            name = str(record.name)
        except Exception as wrong:  # noqa: BLE001 -- whatever a plugin raises is its own
            self._absences.append(Absence(failure(plugin, hook, wrong), plugin.name, kind))
            return False
        for reason in faults:
            self._refuse(plugin, hook, reason, kind, name)
        return not faults

    def _refuse(
        self, plugin: Plugin, hook: str, reason: Phrase, kind: RecordKind | Literal[""], name: str
    ) -> None:
        where = Where(str(plugin.home or plugin.name))
        what = CALLED[kind] if kind else say("the hook")
        values = {"plugin": plugin.titled, "name": plugin.name, "what": what}
        fault = _UNFIT.at(where, record=name or hook, reason=reason, **values)
        self._absences.append(Absence(fault, plugin.name, kind, name))

    # --- Layouts ------------------------------------------------------------------------

    def _extended(self, layouts: dict[str, Layout]) -> dict[str, Layout]:
        """The layouts, each laid over that which it extends; a broken one is left out."""
        whole: dict[str, Layout] = {}

        def complete(name: str, above: tuple[str, ...]) -> Layout:
            layout = layouts[name]
            if name not in whole:
                if layout.extends in above or layout.extends not in {"", *layouts}:
                    where = Where(str(layout.folder / "layout.toml"))
                    known = tuple(layouts)
                    raise LayoutBroken(_EXTENDS.at(where, base=layout.extends, known=known))
                base = complete(layout.extends, (*above, name)) if layout.extends else None
                whole[name] = layout.over(base) if base else layout
            return whole[name]

        for name in layouts:
            try:
                complete(name, (name,))
            except LayoutBroken as wrong:
                plugin = self._owners.pop(("layouts", name))
                self._absences += [
                    Absence(finding, plugin.name, "layouts", name) for finding in wrong.findings
                ]
        return {
            name: replace(layout, original=whole.get(layout.copied))
            for name, layout in whole.items()
        }


def _built_in_first(pair: tuple[Plugin, object]) -> bool:
    return pair[0].size != "built-in"


def _by_name(implementation: Any) -> Callable[..., Any]:
    """The function, given those arguments alone that it names: a new one breaks no old plugin."""

    def call(**given: object) -> Any:
        return implementation.function(
            *(given[name] for name in implementation.argnames),
        )

    return call
