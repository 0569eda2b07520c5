"""``jianbao explain``: what a code means, an example, and how to fix it."""

from __future__ import annotations

import contextlib
import difflib
import functools
import importlib
import pkgutil
from collections.abc import Iterator, Mapping

import click

import jianbao_tex
from jianbao_tex.catalogue import Entry, entries
from jianbao_tex.cli import options
from jianbao_tex.cli.reports import print_result
from jianbao_tex.cli.speech import _, translated
from jianbao_tex.cli.terminal import width, wrapped
from jianbao_tex.errors import PluginBroken
from jianbao_tex.findings import Kind, Severity, visible
from jianbao_tex.language import say
from jianbao_tex.plugins import Selection
from jianbao_tex.registry import Plugin

_WEIGHTS = {
    Severity.ERROR: say("an error: no file is written"),
    Severity.WARNING: say("a warning: an error under --strict"),
    Severity.NOTE: say("a note: nothing is wrong"),
}
_WITHOUT_KINDS = {"jianbao_tex.__main__", "jianbao_tex.testing.fixtures"}
"""
Modules without findings: the first runs the command, the second needs pytest, which users may not
have.
"""
_PLACEHOLDERS = str.maketrans("{}", "‹›")


@click.command(
    "explain", help=_("Explain the finding CODE: what it means, an example, how to fix it.")
)
@click.argument("code", required=False, metavar=f"[{_('CODE')}]")
@click.option("--all", "list_all", is_flag=True, help=_("List all codes, one a line."))
@options.selecting
def command(code: str | None, list_all: bool, selection: Selection) -> None:
    if list_all == bool(code):
        raise click.UsageError(_("name a code such as JB121, or give --all"))
    if code is None:
        for name, kind in kinds().items():
            print_result(f"{name}\t{_sentence(kind)}")
        # Our own codes are explained also in a project that cannot be used.
        with contextlib.suppress(PluginBroken):
            for name, (_plugin, kind) in _plugin_kinds(selection).items():
                print_result(f"{name}\t{_sentence(kind)}")
        return
    name = code.upper()
    foreign = {} if name in kinds() else _plugin_kinds(selection)
    if name in foreign:
        for line in _plugin_page(*foreign[name]):
            print_result(line)
        return
    if name not in kinds():
        close = difflib.get_close_matches(name, [*kinds(), *foreign], n=1)
        text = _("there is no code {code}; did you mean {close}?") if close else ""
        text = text or _("there is no code {code}; --all lists them")
        raise click.UsageError(text.format(code=visible(code), close="".join(close)))
    for line in _page(kinds()[name], entries()[name]):
        print_result(line)


def _page(kind: Kind, entry: Entry) -> Iterator[str]:
    yield from wrapped(f"{kind.code}  {_sentence(kind)}", width())
    yield ""
    yield from wrapped(_(entry.meaning), width())
    yield ""
    yield from wrapped(translated(_WEIGHTS[kind.severity]), width())
    yield ""
    yield _("For example:")
    yield ""
    if entry.example:
        yield from (f"    {line}".rstrip() for line in entry.example.splitlines())
    else:
        yield from (f"    {line}" for line in wrapped(_(entry.when), width() - 4))
    yield ""
    yield _("How to fix it:")
    yield ""
    yield from (f"    {line}" for line in wrapped(_(entry.remedy), width() - 4))


def _plugin_kinds(selection: Selection) -> Mapping[str, tuple[Plugin, Kind]]:
    """The kinds of the plugins of this project, by code."""
    return options.make_press(selection=selection).registry.kinds.by_code


def _plugin_page(plugin: Plugin, kind: Kind) -> Iterator[str]:
    yield from wrapped(f"{kind.code}  {_sentence(kind)}", width())
    yield ""
    yield from wrapped(translated(_WEIGHTS[kind.severity]), width())
    yield ""
    text = _("It comes from the plugin {plugin}: {place}")
    yield from wrapped(text.format(plugin=plugin.titled, place=plugin.place), width())
    yield ""
    yield _("How to fix it:")
    yield ""
    yield from (f"    {line}" for line in wrapped(_readable(kind.advice), width() - 4))


def _sentence(kind: Kind) -> str:
    return _readable(kind.message)


def _readable(template: str) -> str:
    """A message or advice in the language chosen, its values as names in angle quotes."""
    return _(template).replace("{{", "{").replace("}}", "}").translate(_PLACEHOLDERS)


@functools.cache
def kinds() -> Mapping[str, Kind]:
    """Every kind of finding that the package declares, sorted; all its modules are loaded."""
    by_code: dict[str, Kind] = {}
    for module in pkgutil.walk_packages(jianbao_tex.__path__, "jianbao_tex."):
        if module.name in _WITHOUT_KINDS:
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Kind):
                by_code[value.code] = value
    return dict(sorted(by_code.items()))
