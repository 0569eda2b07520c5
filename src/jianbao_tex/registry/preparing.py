"""Lets plugins change an issue, one after the other, and validates each result again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from jianbao_tex.errors import PluginBroken
from jianbao_tex.findings import Where, error
from jianbao_tex.issue import Block, Issue, Section
from jianbao_tex.language import InvalidValue, Phrase, say
from jianbao_tex.parts import DataPath, Part
from jianbao_tex.places import Place
from jianbao_tex.registry.calls import Calls
from jianbao_tex.registry.plugins import Plugin
from jianbao_tex.tex import refused_characters

HOOK = "jianbao_prepare"

_INVALID = error(
    "JB506",
    "plugin {plugin} breaks the issue in {hook}: {path}: {reason}",
    "report it to the plugin's authors; to run without it: jianbao plugins disable {name}",
)


@dataclass(frozen=True)
class Preparer:
    """
    Calls the stage hook of each plugin, in the given order.

    ``known`` has the model of each section type (``section:NAME``) and block (``block:NAME``),
    ``layouts`` the names of the layouts.
    """

    calls: Calls
    functions: Sequence[tuple[Plugin, Callable[[Issue], object]]]
    known: Mapping[str, type[Part]]
    layouts: Collection[str]

    def __call__(self, issue: Issue) -> Issue:
        """
        The issue as changed by the plugins; its values keep their places.

        Raises:
            PluginBroken: a plugin raised, or what it returned is no valid issue.
        """
        for plugin, function in self.functions:
            said = repr(issue)
            changed = self.calls(plugin, HOOK, function, issue)
            try:
                _refuse_changed(issue, said)
                if changed is None or changed is issue:
                    continue
                checked = self._whole(_issue(changed))
            except _Broken as wrong:
                where = Where(str(plugin.home or plugin.name))
                values = {"plugin": plugin.titled, "name": plugin.name, "hook": HOOK}
                path = ".".join(map(str, wrong.path)) or "issue"
                fault = _INVALID.at(where, path=path, reason=wrong.reason, **values)
                raise PluginBroken(fault) from wrong
            # Use ``changed`` here: it contains kept parts as such, ``checked`` as copies.
            issue = checked.with_places(_places(issue, changed), issue.bytes_read)
        return issue

    def _whole(self, issue: Issue) -> Issue:
        if issue.layout not in self.layouts:
            raise _Broken(("layout",), say("there is no layout {name}", name=issue.layout))
        checked = self._checked(issue, ())
        assert isinstance(checked, Issue)
        return checked

    def _checked(self, part: Any, path: DataPath) -> Any:
        """The part built again from its values, so that pydantic checks every rule."""
        known = self.known
        if isinstance(part, Section) and known.get(f"section:{part.type}") is not type(part):
            raise _Broken(path, say("there is no section type {name}", name=part.type))
        if isinstance(part, Block) and known.get(f"block:{type(part).name}") is not type(part):
            raise _Broken(path, say("there is no block {name}", name=type(part).name))
        fields = type(part).model_fields
        values = {}
        for name, value in vars(part).items():
            if name not in fields:
                raise _Broken((*path, name), say("there is no field {name}", name=name))
            values[name] = self._value(value, (*path, name))
        try:
            return type(part).model_validate(values)
        except ValidationError as wrong:
            first = wrong.errors(include_url=False)[0]
            reason = first.get("ctx", {}).get("error")
            kind = say("it is not right ({type})", type=first["type"])
            said = reason.reason if isinstance(reason, InvalidValue) else kind
            raise _Broken((*path, *first["loc"]), said) from wrong

    def _value(self, value: Any, path: DataPath) -> Any:
        if isinstance(value, Part):
            return self._checked(value, path)
        if isinstance(value, tuple | list):
            return tuple(self._value(item, (*path, i)) for i, item in enumerate(value))
        if isinstance(value, str) and (faults := refused_characters(value)):
            raise _Broken(path, faults[0][1])
        return value


class _Broken(Exception):
    """The result of a plugin is not a valid issue."""

    def __init__(self, path: DataPath, reason: Phrase) -> None:
        self.path = path
        self.reason = reason
        super().__init__(str(reason))


def _refuse_changed(issue: Issue, said: str) -> None:
    """Refuses an issue that a plugin changed in place: such changes are not validated."""
    try:
        is_same = repr(issue) == said
    except Exception:  # noqa: BLE001 -- a value of a wrong type may fail anywhere
        is_same = False
    if not is_same:
        raise _Broken((), say("it changes a frozen part; use model_copy instead"))


def _issue(changed: object) -> Issue:
    if not isinstance(changed, Issue):
        raise _Broken((), say("it is a {type}, no issue", type=type(changed).__name__))
    return changed


def _places(before: Issue, after: Issue) -> dict[DataPath, Place]:
    """
    The places of the values of a changed issue.

    A moved part keeps its place.  A changed value gets the whole place of the old value; a new
    value gets the place of the part around it.
    """
    places: dict[DataPath, Place] = {}

    def follow(old: Any, way: DataPath, new: Any, path: DataPath) -> None:
        place = before.place(way)
        if isinstance(new, Part | tuple) or old == new:
            places[path] = place
        else:
            places[path] = replace(place, point=place.where, scalar=None)
        if isinstance(new, Part) and isinstance(old, Part):
            for name in type(new).model_fields:
                old_value = getattr(old, name, None)
                follow(old_value, (*way, name), getattr(new, name), (*path, name))
        elif isinstance(new, tuple) and isinstance(old, tuple):
            for i, n in enumerate(_same(old, new)):
                if n is not None:
                    follow(old[n], (*way, n), new[i], (*path, i))

    follow(before, (), after, ())
    return places


def _same(old: tuple[Any, ...], new: tuple[Any, ...]) -> list[int | None]:
    """For each new item the number of the old one that it was: the same object, or its equal there."""
    numbers = {id(item): n for n, item in enumerate(old)}
    found: list[int | None] = []
    for i, item in enumerate(new):
        here = i < len(old) and (old[i] is item or len(old) == len(new))
        moved = numbers.get(id(item)) if isinstance(item, Part) else None
        found.append(moved if moved is not None else i if here else None)
    return found
