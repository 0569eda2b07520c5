"""The registry: what all plugins together offer, gathered once and frozen."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

import pluggy

from jianbao_tex.errors import JianbaoError, LayoutBroken, PluginBroken
from jianbao_tex.findings import Where, error
from jianbao_tex.hooks import PROJECT, BlockType, Check, Hooks, Layout, Output, SectionType
from jianbao_tex.issue import Issue
from jianbao_tex.language import Phrase, say

_RAISED = error(
    "JB501",
    "plugin {plugin} failed in {hook}: {reason}",
    "report it to the plugin's authors; without the plugin: pip uninstall {plugin}",
)
_CLASH = error(
    "JB502",
    "{what} {name} comes from two plugins, {first} and {second}",
    "remove the plugin, or ask its authors to choose another name",
)
_MISSPELT = error("JB503", "plugin {plugin} implements {hook}, which is no hook", "hooks: {hooks}")
_RECORD = error(
    "JB504",
    "plugin {plugin} returns {got} from {hook}, where {wanted} is due",
    "see jianbao_tex.hooks for the records",
)
_IMPORT = error(
    "JB505",
    "plugin {plugin} cannot be imported: {reason}",
    "mend or remove its installation: pip uninstall {plugin}",
)
_EXTENDS = error(
    "JB216",
    "the layout cannot extend {base}",
    "name another layout, and let no two extend each other; known: {known}",
)

_RECORDS: Mapping[type, Phrase] = {
    SectionType: say("the section type"),
    BlockType: say("the block"),
    Layout: say("the layout"),
    Check: say("the check"),
    Output: say("the output"),
}

Record = TypeVar("Record", SectionType, BlockType, Layout, Check, Output)


@dataclass(frozen=True)
class Registry:
    """All that may stand in an issue or be asked of it, each record by its name."""

    section_types: Mapping[str, SectionType]
    blocks: Mapping[str, BlockType]
    layouts: Mapping[str, Layout]
    checks: Mapping[str, Check]
    outputs: Mapping[str, Output]
    prepare: Callable[[Issue], Issue]


def gather(plugins: Mapping[str, object]) -> Registry:
    """
    The registry of the given plugins, by name.

    Raises:
        PluginBroken: a plugin fails in a hook, returns something else than records,
            misspells a hook, or two plugins own one name.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    for name in sorted(plugins):
        manager.register(plugins[name], name=name)
    _refuse_misspelt(manager)
    return Registry(
        section_types=_records(manager, "jianbao_section_types", SectionType),
        blocks=_records(manager, "jianbao_blocks", BlockType),
        layouts=_extended(_records(manager, "jianbao_layouts", Layout)),
        checks=_records(manager, "jianbao_checks", Check),
        outputs=_records(manager, "jianbao_outputs", Output),
        prepare=lambda issue: _prepare(manager, issue),
    )


def installed() -> dict[str, object]:
    """
    The plugins that are installed as packages, by the name of their entry point.

    Raises:
        PluginBroken: one of them cannot be imported; it is named.
    """
    found: dict[str, object] = {}
    for entry in importlib.metadata.entry_points(group=PROJECT):
        try:
            found[entry.name] = entry.load()
        except Exception as wrong:
            where = Where(entry.value)
            raise PluginBroken(_IMPORT.at(where, plugin=entry.name, reason=wrong)) from wrong
    return found


def _refuse_misspelt(manager: pluggy.PluginManager) -> None:
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as wrong:
        plugin = manager.get_name(wrong.plugin) or "?"
        known = {name for name in vars(Hooks) if name.startswith("jianbao_")}
        unknown = sorted(
            name for name in dir(wrong.plugin) if name.startswith("jianbao_") and name not in known
        )
        raise PluginBroken(
            _MISSPELT.at(
                Where(plugin),
                plugin=plugin,
                hook=", ".join(unknown) or str(wrong),
                hooks=tuple(sorted(known)),
            )
        ) from wrong


def _records(
    manager: pluggy.PluginManager, hook: str, wanted: type[Record]
) -> Mapping[str, Record]:
    records: dict[str, Record] = {}
    owners: dict[str, str] = {}
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        plugin = implementation.plugin_name
        for record in _call(plugin, hook, implementation.function):
            if not isinstance(record, wanted):
                raise PluginBroken(
                    _RECORD.at(
                        Where(plugin),
                        plugin=plugin,
                        hook=hook,
                        got=type(record).__name__,
                        wanted=wanted.__name__,
                    )
                )
            if record.name in records:
                names = {"first": owners[record.name], "second": plugin}
                raise PluginBroken(
                    _CLASH.at(Where(plugin), what=_RECORDS[wanted], name=record.name, **names)
                )
            records[record.name] = record
            owners[record.name] = plugin
    return MappingProxyType(dict(sorted(records.items())))


def _extended(layouts: Mapping[str, Layout]) -> Mapping[str, Layout]:
    """The layouts, each laid over that which it extends."""
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

    return MappingProxyType({name: complete(name, (name,)) for name in layouts})


def _call(plugin: str, hook: str, function: Callable[..., Any], *args: Any) -> Iterable[Any]:
    try:
        return tuple(function(*args) or ())
    except JianbaoError:
        raise
    except Exception as wrong:
        raise PluginBroken(_failure(plugin, hook, wrong)) from wrong


def _failure(plugin: str, hook: str, wrong: Exception) -> Any:
    trace = wrong.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = Where(plugin)
    if trace:
        where = Where(trace.tb_frame.f_code.co_filename, trace.tb_lineno)
    return _RAISED.at(where, plugin=plugin, hook=hook, reason=f"{type(wrong).__name__}: {wrong}")


def _prepare(manager: pluggy.PluginManager, issue: Issue) -> Issue:
    for implementation in manager.hook.jianbao_prepare.get_hookimpls():
        plugin = implementation.plugin_name
        try:
            changed = implementation.function(issue)
        except Exception as wrong:
            raise PluginBroken(_failure(plugin, "jianbao_prepare", wrong)) from wrong
        if changed is None:
            continue
        if not isinstance(changed, Issue):
            got = type(changed).__name__
            raise PluginBroken(
                _RECORD.at(
                    Where(plugin), plugin=plugin, hook="jianbao_prepare", got=got, wanted="Issue"
                )
            )
        issue = changed
    return issue
