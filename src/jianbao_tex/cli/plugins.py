"""``jianbao plugins``: what there is, what runs, and how to write, check and trust one."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.files import write_new, write_whole
from jianbao_tex.cli.findings import show as show_findings
from jianbao_tex.cli.findings import tally
from jianbao_tex.cli.reports import print_json, print_result
from jianbao_tex.cli.speech import _, current_language, translated
from jianbao_tex.cli.terminal import aligned, note
from jianbao_tex.errors import PluginBroken
from jianbao_tex.findings import errors_among, faults_among, visible
from jianbao_tex.foreign_files import read_file, real_path
from jianbao_tex.language import Phrase, say
from jianbao_tex.plugins import FoundPlugin, Project, Selection, State, Trust
from jianbao_tex.plugins.candidate import STATES
from jianbao_tex.plugins.scaffold import SIZES, scaffold
from jianbao_tex.plugins.selection import as_gathered
from jianbao_tex.registry import RecordKind, Registry
from jianbao_tex.registry.hook_caller import HOOK_NAMES
from jianbao_tex.registry.plugins import KINDS
from jianbao_tex.registry.records import PLUGIN_NAME
from jianbao_tex.report.findings import finding_as_json
from jianbao_tex.version import __version__

_KIND_WORDS: Mapping[RecordKind, Phrase] = {
    "section_types": say("section types"),
    "blocks": say("blocks"),
    "layouts": say("layouts"),
    "checks": say("checks"),
    "outputs": say("outputs"),
    "readers": say("readers"),
    "deliveries": say("deliveries"),
}
_SIZE_WORDS = {"folder": say("folder"), "file": say("file"), "package": say("package")}


@click.group(
    "plugins",
    help=_(
        "List, write, check and choose plugins.\n\n"
        "A folder of templates and a plugin.toml runs no Python; a single file runs once it is "
        "trusted; a package runs once it is installed."
    ),
)
def command() -> None:
    pass


# --- What there is --------------------------------------------------------------------------


@command.command("list", help=_("List the plugins that are there, and whether they run."))
@options.as_json
@options.selecting
def list_(as_json: bool, selection: Selection) -> None:
    plugins = _as_gathered(selection)
    if as_json:
        print_json([_as_json(plugin) for plugin in plugins])
        return
    rows = [
        (
            plugin.name,
            plugin.version or "-",
            translated(_SIZE_WORDS[plugin.size]),
            translated(STATES[plugin.state]),
            _additions(plugin),
            str(plugin.home or plugin.where),
        )
        for plugin in plugins
    ]
    for line in aligned(rows):
        print_result(line)
    if not plugins:
        note(_("no plugins; docs/plugins.md says how to write one"))
    show_findings([fault for plugin in plugins for fault in plugin.faults])


@command.command("show", help=_("Show details of the plugin NAME; the plugin is loaded."))
@click.argument("name", metavar=_("NAME"))
@options.selecting
def show(name: str, selection: Selection) -> None:
    candidate = _find_plugin(selection, name)
    plugin = next(other for other in _as_gathered(selection) if other.name == name)
    registry = options.make_press(selection=selection).registry
    rows = [
        (_("plugin"), plugin.name),
        (_("version"), plugin.version or "-"),
        (_("label"), plugin.label or "-"),
        (_("size"), translated(_SIZE_WORDS[plugin.size])),
        (_("state"), translated(STATES[plugin.state])),
        (_("from"), str(plugin.home or plugin.where)),
        (_("hooks API"), plugin.api or "-"),
    ]
    for line in aligned(rows):
        print_result(line)
    for line in (*_records(registry, name), *_settings(registry, name)):
        print_result(line)
    faults = [absence.finding for absence in registry.absences if absence.plugin == name]
    faults += plugin.faults
    show_findings(list(dict.fromkeys(faults)))
    if errors_among(faults) and candidate.state is State.ACTIVE:
        sys.exit(PluginBroken.exit_code)


@command.command("order", help=_("Print the plugins that implement HOOK, in call order."))
@click.argument("hook", metavar=_("HOOK"))
@options.selecting
def order(hook: str, selection: Selection) -> None:
    hook = hook if hook.startswith("jianbao_") else f"jianbao_{hook}"
    if hook not in HOOK_NAMES:
        text = _("there is no hook {name}; known: {known}")
        raise click.UsageError(text.format(name=visible(hook), known=", ".join(HOOK_NAMES)))
    registry = options.make_press(selection=selection).registry
    for plugin in registry.called(hook):
        print_result(plugin.titled)
    show_findings(registry.faults)


# --- What runs --------------------------------------------------------------------------------


@command.command("disable", help=_("Switch the plugin NAME off in this project."))
@click.argument("name", metavar=_("NAME"))
@options.selecting
def disable(name: str, selection: Selection) -> None:
    _find_plugin(selection, name)
    _choose(selection, name, off=True)


@command.command("enable", help=_("Switch the plugin NAME on again in this project."))
@click.argument("name", metavar=_("NAME"))
@options.selecting
def enable(name: str, selection: Selection) -> None:
    assert selection.project is not None
    if name not in selection.project.disabled:
        _find_plugin(selection, name)
    _choose(selection, name, off=False)


@command.command(
    "trust",
    help=_(
        "Let the plugin in the file PATH run, as it is now.\n\n"
        "Read it first: a Python plugin can do everything that you can do. If the file "
        "changes, it is no longer trusted."
    ),
)
@click.argument(
    "path", metavar=_("PATH"), type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--revoke", is_flag=True, help=_("Take the trust back."))
def trust(path: Path, revoke: bool) -> None:
    record = Trust(options.trust_file())
    if revoke:
        if not record.remove(path):
            raise click.UsageError(_("{path} was not trusted").format(path=visible(str(path))))
        return
    if path.suffix != ".py":
        raise click.UsageError(_("only a plugin of one file, ….py, needs to be trusted"))
    print_result(f"{record.add(path)}  {visible(str(path))}")


# --- Writing one ------------------------------------------------------------------------------


@command.command("new", help=_("Write a sample plugin into plugins/ of this project."))
@click.argument("name", metavar=_("NAME"))
@click.option(
    "--size",
    type=click.Choice(SIZES),
    default="folder",
    show_default=True,
    help=_("A folder without Python, a file of Python, or a package."),
)
@options.selecting
def new(name: str, size: str, selection: Selection) -> None:
    if not PLUGIN_NAME.fullmatch(name):
        text = _("{name} cannot be a plugin's name: use only lower case letters, digits and _")
        raise click.UsageError(text.format(name=visible(name)))
    assert selection.project is not None
    folder = selection.project.plugins
    files = {folder / file: data for file, data in scaffold(size, name, __version__).items()}
    write_new(files)
    if size == "file":
        Trust(options.trust_file()).add(folder / f"{name}.py")
    for path in files:
        print_result(path)
    target = folder / f"{name}.py" if size == "file" else folder / name
    note(_("next: jianbao plugins check {path}").format(path=visible(str(target))))


@command.command(
    "check",
    help=_(
        "Check whether the plugin at PATH follows the rules; the plugin is run.\n\n"
        "Names, records, templates, examples of every type, the issues under its tests/, the "
        "same result twice and in parallel."
    ),
)
@click.argument("path", metavar=_("PATH"), type=click.Path(path_type=Path, exists=True))
@click.option("--accept", is_flag=True, help=_("Write the expected TeX of tests/*.yaml again."))
@click.option("-v", "--verbose", is_flag=True, help=_("Show what differs, and what TeX said."))
@click.option("--strict", is_flag=True, help=_("Take warnings for errors."))
def check(path: Path, accept: bool, verbose: bool, strict: bool) -> None:
    from jianbao_tex.testing import conformance

    allowed = options.make_selection().allowed
    if allowed is not None and real_path(path).stem not in allowed:
        text = _("{name} is not on the list in JIANBAO_PLUGINS")
        raise click.UsageError(text.format(name=visible(real_path(path).stem)))
    with tempfile.TemporaryDirectory(prefix="jianbao-") as folder:
        findings = conformance(path, Path(folder), accept=accept)
    show_findings(findings, raw=verbose)
    if findings:
        note(translated(tally(findings)))
    else:
        note(_("{path}: no findings").format(path=visible(str(path))))
    if errors_among(findings) or (strict and faults_among(findings)):
        sys.exit(PluginBroken.exit_code)


# --- In words ---------------------------------------------------------------------------------


def _find_plugin(selection: Selection, name: str) -> FoundPlugin:
    plugins = {plugin.name: plugin for plugin in selection.find_plugins()}
    if name not in plugins:
        text = _("there is no plugin {name}; known: {known}")
        names = ", ".join(plugins) or "-"
        raise click.UsageError(text.format(name=visible(name), known=names))
    return plugins[name]


def _as_gathered(selection: Selection) -> list[FoundPlugin]:
    """The plugins; of those without Python it is known whether they can be used."""
    plugins = selection.find_plugins()
    if not any(plugin.size == "folder" and plugin.state is State.ACTIVE for plugin in plugins):
        return [*plugins]
    folders = options.make_press(selection=replace(selection, folders_only=True))
    return [as_gathered(plugin, folders.registry) for plugin in plugins]


def _choose(selection: Selection, name: str, *, off: bool) -> None:
    """Writes the choice into the project file; the rest of the file is unchanged."""
    import tomlkit

    project = selection.project
    assert isinstance(project, Project)
    is_off = name in project.disabled
    if is_off == off:
        words = _("{name} is disabled already") if off else _("{name} is not disabled")
        note(words.format(name=visible(name)))
        return
    text = read_file(project.file).decode("utf-8") if project.file.is_file() else ""
    # Editors on Windows write a byte order mark and CRLF; both are kept.
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    ends = "\r\n" if "\r\n" in text else "\n"
    data = tomlkit.parse(text.removeprefix(mark).replace("\r\n", "\n"))
    plugins = data.setdefault("plugins", tomlkit.table())
    names = [other for other in plugins.get("disable", []) if other != name]
    if off or names:
        plugins["disable"] = sorted([*names, name]) if off else names
    else:
        plugins.remove("disable")
    new_text = mark + tomlkit.dumps(data).replace("\n", ends)
    write_whole({project.file: new_text.encode("utf-8")}, sources=())
    print_result(project.file)


def _as_json(plugin: FoundPlugin) -> dict[str, object]:
    return {
        "name": plugin.name,
        "version": plugin.version,
        "label": plugin.label,
        "size": plugin.size,
        "state": plugin.state.value,
        "from": str(plugin.home or plugin.where),
        "api": plugin.api or None,
        "hooks": list(plugin.hooks),
        "records": [{"kind": kind, "name": name} for kind, name in plugin.records],
        "faults": [finding_as_json(fault, current_language()) for fault in plugin.faults],
    }


def _additions(plugin: FoundPlugin) -> str:
    """The records or hooks that a plugin adds, read without running it."""
    if plugin.records:
        kinds: dict[RecordKind, list[str]] = {}
        for kind, name in plugin.records:
            kinds.setdefault(kind, []).append(name)
        return "; ".join(_add_heading(kind, ", ".join(names)) for kind, names in kinds.items())
    words = {f"jianbao_{kind}": translated(word) for kind, word in _KIND_WORDS.items()}
    words |= {"jianbao_settings": _("settings"), "jianbao_fonts": _("fonts")}
    return ", ".join(words.get(hook, hook) for hook in plugin.hooks) or "-"


def _records(registry: Registry, plugin: str) -> Iterator[str]:
    for kind in KINDS:
        for (kind_of_record, name), owner in sorted(
            registry.owners.items(), key=lambda item: item[0]
        ):
            if kind_of_record == kind and owner.name == plugin:
                record = getattr(registry, kind)[name]
                since = f"  ({record.since})" if record.since else ""
                yield _add_heading(kind, f"{name}  {record.label}{since}")


def _settings(registry: Registry, plugin: str) -> Iterator[str]:
    for name, figure in registry.plugin_settings.items():
        if name.startswith(f"{plugin}."):
            heading = _("setting {name} = {value}")
            text = heading.format(name=name, value=figure.shown)
            yield f"{text}  {translated(figure.about)}"


def _add_heading(kind: RecordKind, text: str) -> str:
    return _("{head}: {text}").format(head=translated(_KIND_WORDS[kind]), text=text)
