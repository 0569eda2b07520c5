"""Finds the plugins, chooses those that run, and loads them."""

from __future__ import annotations

import contextlib
import difflib
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from jianbao_tex.children import may_fork
from jianbao_tex.errors import JianbaoError, PluginBroken
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.hooks import API, PROJECT
from jianbao_tex.language import Phrase, say
from jianbao_tex.plugins.candidate import OLD_API, STATES, FoundPlugin, State, is_supported
from jianbao_tex.plugins.installed import installed_plugins
from jianbao_tex.plugins.local import UNUSABLE, project_plugins
from jianbao_tex.plugins.probe import probe
from jianbao_tex.plugins.project import Project
from jianbao_tex.plugins.requirements import unmet, with_required
from jianbao_tex.plugins.trust import Trust
from jianbao_tex.registry import Absence, Choices, Plugin, Registry, Trace
from jianbao_tex.registry.calls import aside, failure, line_of
from jianbao_tex.registry.plugins import KINDS, describe_exception
from jianbao_tex.registry.records import PLUGIN_NAME
from jianbao_tex.registry.tasks import TaskLost
from jianbao_tex.store import Store

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

_THREAD = error(
    "JB549",
    "plugin {plugin} starts a thread while it is imported, so no plugin can be held to its limits",
    "start threads in the functions that need them; to run without it: jianbao plugins disable "
    "{name}",
)


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
        switched_off: names that are switched off for this run.
        no_plugins: true if no plugin may run.
        allowed: the names that may run; ``None`` if the machine has no such list.
        trust: which files may run.
        trust_all: whether every file may.
        trace: where imports and calls are noted.
        folders_only: whether to load only plugins without Python, so that no code runs.
    """

    folder: Path | None = None
    switched_off: frozenset[str] = frozenset()
    no_plugins: bool = False
    allowed: frozenset[str] | None = None
    trust: Trust = field(default_factory=Trust)
    trust_all: bool = False
    trace: Trace | None = None
    folders_only: bool = False

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
        plugins = list(installed_plugins())
        names = {plugin.name for plugin in plugins}
        if self.project:
            own = project_plugins(self.project.plugins, self.trust, trust_all=self.trust_all)
            # A package that lies here and is installed is the installed one.
            plugins += [f for f in own if f.state is not State.NOT_INSTALLED or f.name not in names]
        checked = [self._judge(plugin) for plugin in plugins]
        sorted_plugins = sorted(_mark_duplicates(checked), key=lambda plugin: plugin.name)
        return tuple(with_required(sorted_plugins))

    def _judge(self, plugin: FoundPlugin) -> FoundPlugin:
        if self.no_plugins or plugin.name in self.switched_off:
            return replace(plugin, state=State.OFF, faults=())
        if self.project and plugin.name in self.project.disabled:
            return replace(plugin, state=State.DISABLED, faults=())
        if self.allowed is not None and plugin.name not in self.allowed:
            return replace(plugin, state=State.NOT_ALLOWED, faults=())
        if fault := name_fault(plugin):
            return replace(plugin, state=State.BROKEN, faults=(fault,))
        if plugin.state is State.ACTIVE and not is_supported(plugin.api, plugin.size):
            return replace(plugin, state=State.BROKEN, faults=(_old_api(plugin, plugin.api),))
        return plugin

    def _unknown_names(self, plugins: set[str], choices: Choices) -> Iterator[Absence]:
        """Absences for names in the project file or an option that no plugin has."""
        origins: dict[str, str | Phrase] = dict.fromkeys(self.switched_off, "-p")
        if self.project:
            chosen = (choice.plugin for choice in choices.settings)
            project_names = (
                *(*self.project.disabled, *choices.order, *choices.prefer.values(), *chosen),
            )
            origins |= dict.fromkeys(project_names, self.project.file.name)
        for name in sorted(origins.keys() - plugins - {PROJECT}):
            close = difflib.get_close_matches(name, plugins, n=1)
            guess = say(" (did you mean {name}?)", name=close[0]) if close else ""
            where = Where(str(self.project.file if self.project else PROJECT))
            fault = _UNKNOWN.at(where, plugin=name, origin=origins[name], guess=guess)
            yield Absence(fault, name, "plugins")

    def load(self, store: Store | None = None) -> Loaded:
        """
        The plugins that are wanted, loaded one by one; one that fails is an absence.

        ``store`` keeps what is known of their imports.

        Raises:
            PluginBroken: the project file cannot be used, or a plugin that it requires is
                not there.
        """
        if self.no_plugins and self.folder is None:
            return Loaded()
        plugins: list[Plugin] = []
        running: list[FoundPlugin] = []
        absences: list[Absence] = []
        candidates = self.find_plugins()
        for candidate in candidates:
            if self.folders_only and candidate.size != "folder":
                continue
            is_active, had_one_thread = candidate.state is State.ACTIVE, may_fork()
            result = _load(candidate, self.trace, store) if is_active else candidate.faults
            if isinstance(result, Plugin):
                plugins.append(result)
                running.append(candidate)
                if had_one_thread and not may_fork():
                    fault = _THREAD.at(result.place, plugin=result.titled, name=result.name)
                    absences.append(Absence(fault, result.name, "plugins"))
            else:
                absences += _absences(candidate, result)
        # One that others need may have failed.
        broken = [] if self.folders_only else [p for p in with_required(running) if p.faults]
        plugins = [p for p in plugins if p.name not in {other.name for other in broken}]
        absences += (a for plugin in broken for a in _absences(plugin, plugin.faults))
        choices = self.project.choices if self.project else Choices()
        absences += self._unknown_names({candidate.name for candidate in candidates}, choices)
        if not self.no_plugins and not self.folders_only:
            _require(choices.required, plugins, absences, self.project)
        return Loaded(tuple(plugins), tuple(absences), choices)


def name_fault(plugin: FoundPlugin) -> Finding | None:
    """The finding for a bad plugin name; ``None`` for a good name."""
    if PLUGIN_NAME.fullmatch(plugin.name):
        return None
    reason = say(
        "its name must be of lower case letters, digits and _, must not begin with jianbao "
        "and must not be a reserved word"
    )
    return UNUSABLE.at(Where(str(plugin.home or plugin.where)), plugin=plugin.name, reason=reason)


def as_gathered(plugin: FoundPlugin, registry: Registry) -> FoundPlugin:
    """
    A plugin without Python, with what the registry knows of its records.

    It is broken if none of them can be used; else the faults of some are among its faults.  One
    that needs a plugin which is not in the registry, because it has Python, is not judged.
    """
    if plugin.size != "folder" or plugin.state is not State.ACTIVE:
        return plugin
    versions = {other.name: other.version for other in registry.plugins}
    if any(unmet(requirement, versions) for requirement in plugin.requires):
        return plugin
    owned = {key for key, owner in registry.owners.items() if owner.name == plugin.name}
    faults = [
        absence.finding
        for absence in registry.absences
        if absence.plugin == plugin.name
        or ((absence.kind, absence.name) in {*plugin.records, *plugin.labels} - owned)
    ]
    state = State.BROKEN if plugin.records and not owned else State.ACTIVE
    return replace(plugin, state=state, faults=tuple(dict.fromkeys(faults)))


def load_one(plugin: FoundPlugin) -> Plugin:
    """
    Loads one plugin, without the settings of a project.

    Raises:
        PluginBroken: it cannot be used.
    """
    if faults := plugin.faults or tuple(filter(None, [name_fault(plugin)])):
        raise PluginBroken(faults)
    is_known = is_supported(plugin.api, plugin.size)
    result = _load(plugin) if is_known else (_old_api(plugin, plugin.api),)
    if isinstance(result, Plugin):
        return result
    raise PluginBroken(result)


def _mark_duplicates(candidates: Iterable[FoundPlugin]) -> Iterator[FoundPlugin]:
    """The plugins; two plugins with the same name are both broken."""
    by_name: dict[str, list[FoundPlugin]] = {}
    for candidate in candidates:
        by_name.setdefault(candidate.name, []).append(candidate)
    for name, namesakes in by_name.items():
        first, *others = namesakes
        if others and any(candidate.state is State.ACTIVE for candidate in namesakes):
            values = {"first": first.where, "second": others[-1].where}
            fault = _TWICE.at(Where(others[-1].where), plugin=name, **values)
            yield replace(first, state=State.BROKEN, faults=(fault,))
        else:
            yield first


def _load(
    candidate: FoundPlugin, trace: Trace | None = None, store: Store | None = None
) -> Plugin | tuple[Finding, ...]:
    """The loaded plugin, or the findings of why it cannot be loaded."""
    try:
        probed = probe(candidate, store)
        timing = trace.timing(candidate.name, "import") if trace else contextlib.nullcontext()
        with timing, aside:
            hooks = candidate.load()
        api = str(getattr(hooks, "JIANBAO_API", candidate.api))
        # pluggy would call the methods of a class without self.
        hooks = hooks() if inspect.isclass(hooks) else hooks
        version = candidate.version or str(getattr(hooks, "__version__", ""))
    except TaskLost as lost:
        values = {"plugin": candidate.titled, "name": candidate.name, "reason": lost.reason}
        return (_IMPORT.at(Where(str(candidate.home or candidate.where)), **values),)
    except JianbaoError as exc:
        return exc.findings
    except KeyboardInterrupt:
        raise
    except BaseException as exc:  # noqa: BLE001 -- whatever a plugin raises is its own
        return (_import_finding(candidate, exc),)
    if not is_supported(api, candidate.size):
        return (_old_api(candidate, api),)
    return Plugin(
        candidate.name,
        hooks,
        version,
        candidate.size,
        candidate.home,
        probed.files,
        is_lasting=not probed.asks_more,
        tex=candidate.tex,
    )


def _import_finding(candidate: FoundPlugin, exc: BaseException) -> Finding:
    where = Where(candidate.where)
    values = {"plugin": candidate.titled, "name": candidate.name}
    # A missing module of the plugin's own, or of ours, is no package to install.
    module = getattr(exc, "name", "") if isinstance(exc, ModuleNotFoundError) else ""
    package = module.split(".")[0] if isinstance(module, str) else ""
    is_own = package in {PROJECT, candidate.where.split(":")[0].split(".")[0]}
    if package and candidate.size == "file" and _lies_beside(candidate, package):
        beside = say(
            "it imports {name}, which lies beside it; a plugin of one file is alone, "
            "so make it a package",
            name=package,
        )
        return _IMPORT.at(
            failure(_nameless(candidate), "import", exc).where, reason=beside, **values
        )
    if package and not is_own:
        return _DEPENDENCY.at(where, package=package, **values)
    reason = describe_exception(exc)
    place = failure(_nameless(candidate), "import", exc).where
    # The traceback ends at the import; only the error knows the line that does not parse.
    if isinstance(exc, SyntaxError) and type(exc.lineno) is int:
        place = line_of((candidate.home and str(candidate.home)) or candidate.where, exc.lineno)
        reason = f"SyntaxError: {exc.msg}"
    return _IMPORT.at(place if candidate.home else where, reason=reason, **values)


def _nameless(candidate: FoundPlugin) -> Plugin:
    """The plugin as far as it is known without its hooks."""
    return Plugin(candidate.name, None, home=candidate.home)


def _lies_beside(candidate: FoundPlugin, module: str) -> bool:
    folder = candidate.home.parent if candidate.home else Path()
    return (folder / f"{module}.py").is_file() or (folder / module / "__init__.py").is_file()


def _old_api(plugin: FoundPlugin, api: str) -> Finding:
    values = {"plugin": plugin.titled, "name": plugin.name, "wanted": api, "ours": API}
    return OLD_API.at(Where(plugin.where), **values)


def _absences(plugin: FoundPlugin, faults: tuple[Finding, ...]) -> Iterator[Absence]:
    """The absences of a plugin that does not run: one for each known record, else one for any."""
    broken = bool(faults)
    if not faults:
        values = {"plugin": plugin.name, "state": STATES[plugin.state], "remedy": remedy_of(plugin)}
        faults = (_INACTIVE.at(Where(plugin.where), **values),)
    kinds = [kind for kind in KINDS if f"jianbao_{kind}" in plugin.hooks]
    missing = (
        (*plugin.records, *plugin.labels) or tuple((kind, "") for kind in kinds) or (("", ""),)
    )
    for fault in faults:
        for kind, name in missing:
            yield Absence(fault, plugin.name, kind, name, broken)


def remedy_of(plugin: FoundPlugin) -> Phrase | str:
    """The command or step that makes an inactive plugin run."""
    match plugin.state:
        case State.DISABLED:
            return f"jianbao plugins enable {plugin.name}"
        case State.OFF:
            return say("leave out -p no:{name} and --no-plugins", name=plugin.name)
        case State.NOT_ALLOWED:
            return say("add it to JIANBAO_PLUGINS")
        case State.NOT_INSTALLED:
            return f"pip install {plugin.home}"
        case State.NOT_TRUSTED | State.CHANGED:
            return f"jianbao plugins trust {plugin.where}"
        case _:
            return ""


def _require(
    required: Iterable[str],
    plugins: Iterable[Plugin],
    absences: Iterable[Absence],
    project: Project | None,
) -> None:
    running = {plugin.name for plugin in plugins}
    faults: list[Finding] = []
    for name in required:
        if name not in running:
            reasons = [a.finding for a in absences if a.plugin == name][:1]
            where = Where(str(project.file)) if project else Where("jianbao.toml")
            state = say("not running") if reasons else say("not there")
            faults += [_REQUIRED.at(where, plugin=name, state=state), *reasons]
    if faults:
        raise PluginBroken(faults)
