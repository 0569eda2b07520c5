"""The settings of plugins: declared by them, chosen by projects, series and issues."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from jianbao_tex.figures import PRACTICE, Figure
from jianbao_tex.findings import error
from jianbao_tex.hooks import Setting
from jianbao_tex.issue import Issue
from jianbao_tex.language import InvalidValue, Phrase, say, term
from jianbao_tex.registry.hook_caller import unfit
from jianbao_tex.registry.plugins import Absence, Choice, Plugin

_NO_SETTING = error(
    "JB543",
    "plugin {plugin} has no setting {name}{guess}",
    "correct the name in jianbao.toml: jianbao plugins show {plugin} lists the settings",
)
_NO_VALUE = error(
    "JB544",
    "the setting {name} of plugin {plugin} cannot be {value}; it must be {wanted}",
    "correct the value in jianbao.toml",
)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def settings_of(
    pairs: Sequence[tuple[Plugin, Setting]],
    chosen: Sequence[Choice],
    taken: Collection[str],
    absences: list[Absence],
) -> Mapping[str, Figure]:
    """
    The settings of all plugins by ``PLUGIN.NAME``, with the values that the project chooses.

    Args:
        pairs: what the plugins declare.
        chosen: what the project chooses; what does not fit becomes an absence.
        taken: the names of figures of layouts and outputs.
        absences: where faults are added.
    """
    figures: dict[str, Figure] = {}
    for plugin, setting in pairs:
        name = f"{plugin.name}.{setting.name}"
        reasons = list(_faults(setting))
        if name in taken or name in figures:
            reasons.append(say("another figure is called {name}", name=name))
        if reasons:
            fault = unfit(plugin, say("the setting"), str(setting.name), reasons[0])
            absences.append(Absence(fault, plugin.name))
        else:
            figures[name] = _figure(name, setting)
    plugins = {plugin.name for plugin, _ in pairs}
    for choice in chosen:
        name = f"{choice.plugin}.{choice.name}"
        values = {"plugin": choice.plugin, "name": choice.name}
        if name in figures:
            try:
                figures[name] = figures[name].with_value(choice.value)
            except InvalidValue as exc:
                fault = _NO_VALUE.at(choice.where, value=choice.value, wanted=exc, **values)
                absences.append(Absence(fault, choice.plugin))
        elif choice.plugin in plugins:
            names = [
                other.split(".")[1] for other in figures if other.startswith(f"{choice.plugin}.")
            ]
            close = difflib.get_close_matches(choice.name, names, n=1)
            guess = say(" (did you mean {name}?)", name=close[0]) if close else ""
            fault = _NO_SETTING.at(choice.where, guess=guess, **values)
            absences.append(Absence(fault, choice.plugin))
    return figures


def values_for(settings: Mapping[str, Figure], issue: Issue) -> dict[str, object]:
    """The values of settings as an issue chooses; what does not fit is reported elsewhere."""
    values: dict[str, object] = {name: figure.plain_value for name, figure in settings.items()}
    for option in issue.options:
        if option.name in settings:
            try:
                figure = settings[option.name].with_value(option.value)
            except InvalidValue:
                continue
            values[option.name] = figure.plain_value
    return values


def _figure(name: str, setting: Setting) -> Figure:
    is_number = isinstance(setting.value, int | float) and not isinstance(setting.value, bool)
    return Figure(
        name,
        float(setting.value) if is_number else setting.value,
        "",
        PRACTICE,
        "",
        choices=setting.choices,
        least=setting.least,
        most=setting.most,
        is_text=isinstance(setting.value, str) and not setting.choices,
        is_whole=is_number and isinstance(setting.value, int),
        about=_described(setting),
    )


def _described(setting: Setting) -> Phrase:
    """What it is called in each language, and what it is for."""
    pairs = ((setting.title or setting.name, ": "), (setting.label, "："))
    english, zh = (
        f"{name}{mark}{setting.about}" if setting.about else name for name, mark in pairs
    )
    return term(english, zh=zh)


def _faults(setting: Setting) -> Iterator[Phrase]:
    if not isinstance(setting.name, str) or not _NAME.fullmatch(setting.name):
        yield say("its name is not of lower case letters, digits and _, a letter first")
    elif not isinstance(setting.label, str) or not setting.label.strip():
        yield say("it has no label")
    elif not isinstance(setting.value, str | bool | int | float):
        yield say("its value is neither a text nor a number nor true or false")
    else:
        try:
            figure = _figure("a.a", setting)
            value = setting.value
            figure.with_value(
                ("true" if value else "false") if isinstance(value, bool) else f"{value}"
            )
        except (InvalidValue, TypeError, ValueError) as exc:
            reason = exc.reason if isinstance(exc, InvalidValue) else str(exc)
            yield say("its own value must be {wanted}", wanted=reason)
