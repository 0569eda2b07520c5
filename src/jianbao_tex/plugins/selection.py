"""Finds the plugins, chooses those that run, and loads them."""

from __future__ import annotations

import contextlib
import difflib
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from jianbao_tex.errors import JianbaoError, PluginBroken
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.hooks import API, PROJECT
from jianbao_tex.language import Phrase, say
from jianbao_tex.plugins.candidate import OLD_API, FoundPlugin, State, is_supported
from jianbao_tex.plugins.installed import installed_plugins
from jianbao_tex.plugins.local import UNUSABLE, project_plugins
from jianbao_tex.plugins.project import Project
from jianbao_tex.plugins.trust import Trust
from jianbao_tex.registry import Absence, Choices, Plugin, Trace
from jianbao_tex.registry.calls import aside, describe_exception, failure, line_of
from jianbao_tex.registry.plugins import KINDS
from jianbao_tex.registry.records import PLUGIN_NAME

_IMPORT = error(
    "JB505",
    "plugin {plugin} cannot be imported: {reason}",
    "fix it or its installation; to run without it: jianbao plugins disable {name}",
)
_DEPENDENCY = error(
    "JB509",
    "plugin {plugin} needs the Python package {package}, which is not installed",
    "install it: pip install {package}; to do without the plugin: jianbao plugins disable {name}",
)
_REQUIRED = error(
    "JB516",
    "the project requires the plugin {plugin}, which is {state}",
    "see: jianbao plugins list; or take it out of required in jianbao.toml",
)
_INACTIVE = error(
    "JB518",
    "the plugin {plugin} may provide it, but is {state}",
    "to use it: {remedy}",
)
_TWICE = error(
    "JB522",
    "two plugins are called {plugin}: {first} and {second}",
    "rename or remove one of them",
)

_UNKNOWN = error(
    "JB523",
    "there is no plugin {plugin}; it is named in {origin}{guess}",
    "check its name: jianbao plugins list",
)

STATES = {
    State.ACTIVE: say("active"),
    State.DISABLED: say("disabled in jianbao.toml"),
    State.OFF: say("switched off for this run"),
    State.NOT_ALLOWED: say("not on the list in JIANBAO_PLUGINS"),
    State.NOT_TRUSTED: say("not trusted"),
    State.CHANGED: say("changed since it was trusted"),
    State.BROKEN: say("broken"),
    State.NOT_INSTALLED: say("not installed"),
}
"""The states in words."""


@dataclass(frozen=True)
class Loaded:
    """The plugins that run, the absences, and the choices of the project."""

    plugins: tuple[Plugin, ...] = ()
    absences: tuple[Absence, ...] = ()
    choices: Choices = field(default_factory=Choices)


@dataclass(frozen=True)
class Selection:
    """
    Which plugins to look for.

    Args:
        folder: the project's folder; ``None`` for installed plugins alone.
        off: names that are switched off for this run.
        none: true if no plugin may run.
        allowed: the names that may run; ``None`` if the machine has no such list.
        trust: which files may run.
        trust_all: whether every file may.
        trace: where imports and calls are noted.
    """

    folder: Path | None = None
    switched_off: frozenset[str] = frozenset()
    no_plugins: bool = False
    allowed: frozenset[str] | None = None
    trust: Trust = field(default_factory=Trust)
    trust_all: bool = False
    trace: Trace | None = None

    @cached_property
    def project(self) -> Project | None:
        """
        The project.

        Raises:
            PluginBroken: its project file cannot be used.
        """
        return Project.of(self.folder) if self.folder else None

    def find_plugins(self) -> tuple[FoundPlugin, ...]:
        """
        Every plugin that is there, by name, with its state; none of them is run.

        Raises:
            PluginBroken: the project file cannot be used.
        """
        every = list(installed_plugins())
        names = {found.name for found in every}
        if self.project:
            own = project_plugins(self.project.plugins, self.trust, trust_all=self.trust_all)
            # A package that lies here and is installed is the installed one.
            every += [f for f in own if f.state is not State.NOT_INSTALLED or f.name not in names]
        judged = [self._judged(found) for found in every]
        return tuple(sorted(_once(judged), key=lambda found: found.name))

    def _judged(self, found: FoundPlugin) -> FoundPlugin:
        if self.no_plugins or found.name in self.switched_off:
            return replace(found, state=State.OFF, faults=())
        if self.project and found.name in self.project.disabled:
            return replace(found, state=State.DISABLED, faults=())
        if self.allowed is not None and found.name not in self.allowed:
            return replace(found, state=State.NOT_ALLOWED, faults=())
        if fault := name_fault(found):
            return replace(found, state=State.BROKEN, faults=(fault,))
        if found.state is State.ACTIVE and not is_supported(found.api):
            return replace(found, state=State.BROKEN, faults=(_old(found, found.api),))
        return found

    def _unknown(self, known: set[str], choices: Choices) -> Iterator[Absence]:
        """Absences for names in the project file or an option that no plugin has."""
        named: dict[str, str | Phrase] = dict.fromkeys(self.switched_off, "-p")
        if self.project:
            chosen = (*self.project.disabled, *choices.order, *choices.prefer.values())
            named |= dict.fromkeys(chosen, self.project.file.name)
        for name in sorted(named.keys() - known - {PROJECT}):
            close = difflib.get_close_matches(name, known, n=1)
            guess = say(" (did you mean {name}?)", name=close[0]) if close else ""
            where = Where(str(self.project.file if self.project else PROJECT))
            fault = _UNKNOWN.at(where, plugin=name, origin=named[name], guess=guess)
            yield Absence(fault, name, "plugins")

    def load(self) -> Loaded:
        """
        The plugins that are wanted, loaded one by one; one that fails is an absence.

        Raises:
            PluginBroken: the project file cannot be used, or a plugin that it requires is
                not there.
        """
        if self.no_plugins and self.folder is None:
            return Loaded()
        plugins: list[Plugin] = []
        absences: list[Absence] = []
        every = self.find_plugins()
        for found in every:
            loaded = _load(found, self.trace) if found.state is State.ACTIVE else found.faults
            if isinstance(loaded, Plugin):
                plugins.append(loaded)
            else:
                absences += _absences(found, loaded)
        choices = self.project.choices if self.project else Choices()
        absences += self._unknown({found.name for found in every}, choices)
        if not self.no_plugins:
            _demand(choices.required, plugins, absences, self.project)
        return Loaded(tuple(plugins), tuple(absences), choices)


def name_fault(found: FoundPlugin) -> Finding | None:
    """The finding for a bad plugin name; ``None`` for a good name."""
    if PLUGIN_NAME.fullmatch(found.name):
        return None
    reason = say(
        "its name must be of lower case letters, digits and _, must not begin with jianbao "
        "and must not be a reserved word"
    )
    return UNUSABLE.at(Where(str(found.home or found.where)), plugin=found.name, reason=reason)


def load_one(found: FoundPlugin) -> Plugin:
    """
    Loads one plugin, without the settings of a project.

    Raises:
        PluginBroken: it cannot be used.
    """
    if faults := found.faults or tuple(filter(None, [name_fault(found)])):
        raise PluginBroken(faults)
    loaded = _load(found, None) if is_supported(found.api) else (_old(found, found.api),)
    if isinstance(loaded, Plugin):
        return loaded
    raise PluginBroken(loaded)


def _once(found: Iterable[FoundPlugin]) -> Iterator[FoundPlugin]:
    """The plugins; two plugins with the same name are both broken."""
    by_name: dict[str, list[FoundPlugin]] = {}
    for one in found:
        by_name.setdefault(one.name, []).append(one)
    for name, same in by_name.items():
        first, *others = same
        if others and any(one.state is State.ACTIVE for one in same):
            values = {"first": first.where, "second": others[-1].where}
            fault = _TWICE.at(Where(others[-1].where), plugin=name, **values)
            yield replace(first, state=State.BROKEN, faults=(fault,))
        else:
            yield first


def _load(found: FoundPlugin, trace: Trace | None) -> Plugin | tuple[Finding, ...]:
    """The loaded plugin, or the findings of why it cannot be loaded."""
    try:
        timing = trace.timing(found.name, "import") if trace else contextlib.nullcontext()
        with timing, aside:
            hooks = found.load()
        api = str(getattr(hooks, "JIANBAO_API", found.api))
        hooks = hooks() if inspect.isclass(hooks) else hooks
        version = found.version or str(getattr(hooks, "__version__", ""))
    except JianbaoError as wrong:
        return wrong.findings
    except KeyboardInterrupt:
        raise
    except BaseException as wrong:  # noqa: BLE001 -- whatever a plugin raises is its own
        return (_not_imported(found, wrong),)
    if not is_supported(api):
        return (_old(found, api),)
    return Plugin(found.name, hooks, version, found.size, found.home)


def _not_imported(found: FoundPlugin, wrong: BaseException) -> Finding:
    where = Where(found.where)
    values = {"plugin": found.titled, "name": found.name}
    missing = getattr(wrong, "name", "") if isinstance(wrong, ModuleNotFoundError) else ""
    package = missing.split(".")[0] if isinstance(missing, str) else ""
    if package and package != PROJECT and package != found.where.split(":")[0].split(".")[0]:
        return _DEPENDENCY.at(where, package=package, **values)
    reason = describe_exception(wrong)
    plugin = Plugin(found.name, None, home=found.home)
    deepest = failure(plugin, "import", wrong).where
    if isinstance(wrong, SyntaxError) and type(wrong.lineno) is int:
        deepest = line_of((found.home and str(found.home)) or found.where, wrong.lineno)
        reason = f"SyntaxError: {wrong.msg}"
    return _IMPORT.at(deepest if found.home else where, reason=reason, **values)


def _old(found: FoundPlugin, api: str) -> Finding:
    values = {"plugin": found.titled, "name": found.name, "wanted": api, "ours": API}
    return OLD_API.at(Where(found.where), **values)


def _absences(found: FoundPlugin, faults: tuple[Finding, ...]) -> Iterator[Absence]:
    """The absences of a plugin that does not run: one for each known record, else one for any."""
    broken = bool(faults)
    if not faults:
        values = {"plugin": found.name, "state": STATES[found.state], "remedy": remedy_of(found)}
        faults = (_INACTIVE.at(Where(found.where), **values),)
    kinds = [kind for kind in KINDS if f"jianbao_{kind}" in found.hooks]
    missing = (*found.records, *found.labels) or tuple((kind, "") for kind in kinds) or (("", ""),)
    for fault in faults:
        for kind, name in missing:
            yield Absence(fault, found.name, kind, name, broken)


def remedy_of(found: FoundPlugin) -> Phrase | str:
    """The command or step that makes an inactive plugin run."""
    match found.state:
        case State.DISABLED:
            return f"jianbao plugins enable {found.name}"
        case State.OFF:
            return say("leave out -p no:{name} and --no-plugins", name=found.name)
        case State.NOT_ALLOWED:
            return say("add it to JIANBAO_PLUGINS")
        case State.NOT_INSTALLED:
            return f"pip install {found.home}"
        case State.NOT_TRUSTED | State.CHANGED:
            return f"jianbao plugins trust {found.where}"
        case _:
            return ""


def _demand(
    required: Iterable[str],
    plugins: Iterable[Plugin],
    absences: Iterable[Absence],
    project: Project | None,
) -> None:
    running = {plugin.name for plugin in plugins}
    faults: list[Finding] = []
    for name in required:
        if name not in running:
            why = [a.finding for a in absences if a.plugin == name][:1]
            where = Where(str(project.file)) if project else Where("jianbao.toml")
            state = say("not running") if why else say("not there")
            faults += [_REQUIRED.at(where, plugin=name, state=state), *why]
    if faults:
        raise PluginBroken(faults)
