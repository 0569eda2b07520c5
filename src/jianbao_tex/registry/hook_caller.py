"""Typed functions that call the hooks of all plugins, in the right order."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import pluggy

from jianbao_tex.errors import JianbaoError
from jianbao_tex.findings import Finding, error
from jianbao_tex.hooks import (
    PROJECT,
    BlockType,
    Check,
    Delivery,
    FallbackFont,
    Hooks,
    Issue,
    Kind,
    Layout,
    Output,
    Preparation,
    Reader,
    SectionType,
    Setting,
)
from jianbao_tex.language import Phrase, say
from jianbao_tex.registry.calls import Calls, failure
from jianbao_tex.registry.plugins import STATEMENT, Absence, Plugin, RecordKind, named

_MISSPELT = error(
    "JB503", "plugin {plugin} implements {hook}, but there is no such hook{guess}", "hooks: {hooks}"
)
_RECORD = error(
    "JB504",
    "plugin {plugin} returns {got} from {hook}, but must return {wanted}",
    "see docs/hooks.md for the records; to run without it: jianbao plugins disable {name}",
)
_UNFIT = error(
    "JB512",
    "{what} {record} of plugin {plugin} cannot be used: {reason}",
    "report it to the plugin's authors; to run without it: jianbao plugins disable {name}",
)

HOOK_NAMES = tuple(sorted(name for name in vars(Hooks) if name.startswith("jianbao_")))
"""All hooks."""

RECORD_HOOKS = tuple(name for name in HOOK_NAMES if name != "jianbao_prepare")
"""The hooks that are called once, when the plugins are loaded."""

AnyRecord = TypeVar(
    "AnyRecord", SectionType, BlockType, Layout, Check[Any], Output, Reader, Delivery
)
Returned = TypeVar(
    "Returned",
    SectionType,
    BlockType,
    Layout,
    Check[Any],
    Output,
    Reader,
    Delivery,
    Kind,
    Setting,
    FallbackFont,
)
_Statement = Literal["kinds", "settings", "fonts"]
"""The hooks that return no records."""
Prepare = Callable[[Issue, Mapping[str, object]], object]
"""A `jianbao_prepare`: takes an issue and the values of settings."""


class HookCaller:
    """
    Calls the hooks of the given plugins one by one.

    A fault of one plugin is added to ``absences``; the others are still called.
    """

    def __init__(
        self,
        plugins: Sequence[Plugin],
        order: Sequence[str],
        calls: Calls,
        absences: list[Absence],
    ) -> None:
        self._order = order
        self._calls = calls
        self._absences = absences
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(Hooks)
        # pluggy calls the last one first.
        last_first = sorted(plugins, key=lambda plugin: plugin.name, reverse=True)
        self._plugins = {plugin.name: plugin for plugin in last_first if self._register(plugin)}

    def section_types(self) -> list[tuple[Plugin, SectionType]]:
        """Every section type, with its plugin."""
        return self._records("section_types", SectionType)

    def blocks(self) -> list[tuple[Plugin, BlockType]]:
        """Every kind of block, with its plugin."""
        return self._records("blocks", BlockType)

    def layouts(self) -> list[tuple[Plugin, Layout]]:
        """Every layout, with its plugin."""
        return self._records("layouts", Layout)

    def checks(self) -> list[tuple[Plugin, Check[Any]]]:
        """Every check, with its plugin."""
        return self._records("checks", Check)

    def outputs(self) -> list[tuple[Plugin, Output]]:
        """Every output, with its plugin."""
        return self._records("outputs", Output)

    def kinds(self) -> list[tuple[Plugin, Kind]]:
        """
        Every kind of findings with its plugin: those of the hook, and those at the top of its
        module.
        """
        pairs = self._records("kinds", Kind)
        for plugin in self._plugins.values():
            if not plugin.is_built_in:
                values = vars(plugin.hooks).values() if hasattr(plugin.hooks, "__dict__") else ()
                own = (value for value in values if isinstance(value, Kind))
                pairs += [(plugin, kind) for kind in own if (plugin, kind) not in pairs]
        return pairs

    def readers(self) -> list[tuple[Plugin, Reader]]:
        """Every reader, with its plugin."""
        return self._records("readers", Reader)

    def deliveries(self) -> list[tuple[Plugin, Delivery]]:
        """Every delivery, with its plugin."""
        return self._records("deliveries", Delivery)

    def fonts(self) -> list[tuple[Plugin, FallbackFont]]:
        """Every font, with its plugin."""
        return self._records("fonts", FallbackFont)

    def settings(self) -> list[tuple[Plugin, Setting]]:
        """Every setting, with its plugin."""
        return self._records("settings", Setting)

    def prepare(self) -> list[tuple[Plugin, Prepare]]:
        """The plugins that change an issue, in the order of the calls; results are unchecked."""
        pairs = self._implementations("jianbao_prepare")
        for plugin, _ in pairs:
            stated = getattr(plugin.hooks, STATEMENT, None)
            if stated is not None and not isinstance(stated, Preparation):
                values = {"got": type(stated).__name__, "wanted": Preparation.__name__}
                fault = _RECORD.at(plugin.place, hook=STATEMENT, **values, **named(plugin))
                self._report(plugin, "", fault)
        return [
            (plugin, lambda issue, settings, f=call: f(issue=issue, settings=settings))  # type: ignore[misc]
            for plugin, call in pairs
        ]

    def called(self, hook: str) -> tuple[Plugin, ...]:
        """Who implements a hook, in the order of the calls."""
        return tuple(plugin for plugin, _ in self._implementations(hook))

    # --- Calls -------------------------------------------------------------------------

    def _implementations(self, hook: str) -> list[tuple[Plugin, Callable[..., Any]]]:
        """
        The plugins that the project names come first, in its order; then, as pluggy has it,
        tryfirst, the others by name, trylast.
        """
        caller = getattr(self._manager.hook, hook)
        # get_hookimpls has the order of registration; pluggy calls from the end.
        pairs = [
            (self._plugins[implementation.plugin_name], _with_declared_arguments(implementation))
            for implementation in reversed(caller.get_hookimpls())
            if implementation.plugin_name in self._plugins
        ]
        rank = {name: number for number, name in enumerate(self._order)}
        return sorted(pairs, key=lambda pair: rank.get(pair[0].name, len(rank)))

    def _records(
        self, kind: RecordKind | _Statement, wanted: type[Returned]
    ) -> list[tuple[Plugin, Returned]]:
        hook = f"jianbao_{kind}"
        pairs: list[tuple[Plugin, Returned]] = []
        for plugin, function in self._implementations(hook):
            records: list[Any] = []
            try:
                self._calls(plugin, hook, _collect, function, records)
            except JianbaoError as exc:
                self._report(plugin, kind, *exc.findings)
            # Keep the records that came before the fault.
            for record in records:
                if isinstance(record, wanted):
                    pairs.append((plugin, record))
                else:
                    got = type(record).__name__
                    values = {"hook": hook, "got": got, "wanted": wanted.__name__}
                    fault = _RECORD.at(plugin.place, **values, **named(plugin))
                    self._report(plugin, kind, fault)
        return pairs

    def _report(
        self, plugin: Plugin, kind: RecordKind | _Statement | Literal[""], *faults: Finding
    ) -> None:
        missing: RecordKind | Literal[""]
        match kind:
            case "kinds":
                missing = "checks"
            case "settings" | "fonts":
                missing = ""
            case _:
                missing = kind
        self._absences += [Absence(fault, plugin.name, missing) for fault in faults]

    # --- Registering -------------------------------------------------------------------

    def _register(self, plugin: Plugin) -> bool:
        """Registers a plugin with pluggy; an unknown hook is a fault."""
        try:
            for name in self._hook_names(plugin):
                if name not in HOOK_NAMES:
                    self._report_misspelt(plugin, name)
            self._refuse_wrappers(plugin)
            self._manager.register(plugin.hooks, name=plugin.name)
        except pluggy.PluginValidationError as exc:
            # pluggy reports it in several lines; the last one has the reason.
            reason = say("{said}", said=str(exc).strip().splitlines()[-1])
            self._report(plugin, "", unfit(plugin, say("the hook"), "jianbao_…", reason))
            # Older versions of pluggy enter a plugin before they verify its hooks.
            if self._manager.has_plugin(plugin.name):
                self._manager.unregister(name=plugin.name)
            return False
        except KeyboardInterrupt:
            raise
        except BaseException as exc:  # noqa: BLE001 -- whatever a plugin raises is its own
            self._report(plugin, "", failure(plugin, "import", exc))
            return False
        return True

    def _refuse_wrappers(self, plugin: Plugin) -> None:
        """Refuses hook wrappers: here each plugin is called alone."""
        for hook in HOOK_NAMES:
            options: Any = self._manager.parse_hookimpl_opts(plugin.hooks, hook) or {}
            if options.get("wrapper") or options.get("hookwrapper"):
                raise pluggy.PluginValidationError(plugin.hooks, f"{hook} cannot be a wrapper")

    def _hook_names(self, plugin: Plugin) -> list[str]:
        names = (name for name in dir(plugin.hooks) if name.startswith("jianbao_"))
        return [
            name
            for name in names
            if self._manager.parse_hookimpl_opts(plugin.hooks, name) is not None
        ]

    def _report_misspelt(self, plugin: Plugin, hook: str) -> None:
        close = difflib.get_close_matches(hook, HOOK_NAMES, n=1)
        guess = say(" (did you mean {hook}?)", hook=close[0]) if close else ""
        values = {"hook": hook, "guess": guess, "hooks": HOOK_NAMES}
        self._report(plugin, "", _MISSPELT.at(plugin.place, plugin=plugin.titled, **values))


def unfit(plugin: Plugin, what: Phrase, record: str, reason: Phrase | str) -> Finding:
    """The finding that a record, or a hook, of a plugin cannot be used."""
    return _UNFIT.at(plugin.place, what=what, record=record, reason=reason, **named(plugin))


def _collect(function: Callable[[], Any], records: list[Any]) -> None:
    """Gathers what a function returns, one by one: what a generator raises comes on the way."""
    records.extend(function() or ())


def _with_declared_arguments(implementation: Any) -> Callable[..., Any]:
    """The function, called with its declared arguments only: a new one breaks no old plugin."""

    def call(**arguments: object) -> Any:
        return implementation.function(*(arguments[name] for name in implementation.argnames))

    return call
