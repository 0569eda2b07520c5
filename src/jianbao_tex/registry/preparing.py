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
            before = repr(issue)
            changed = self.calls(plugin, HOOK, function, issue)
            try:
                _refuse_changed(issue, before)
                if changed is None or changed is issue:
                    continue
                checked = self._check_issue(_require_issue(changed))
            except _Broken as exc:
                where = Where(str(plugin.home or plugin.name))
                values = {"plugin": plugin.titled, "name": plugin.name, "hook": HOOK}
                path = ".".join(map(str, exc.path)) or "issue"
                fault = _INVALID.at(where, path=path, reason=exc.reason, **values)
                raise PluginBroken(fault) from exc
            # Use ``changed`` here: it contains kept parts as such, ``checked`` as copies.
            issue = checked.with_places(_follow_places(issue, changed), issue.bytes_read)
        return issue

    def _check_issue(self, issue: Issue) -> Issue:
        if issue.layout not in self.layouts:
            raise _Broken(("layout",), say("there is no layout {name}", name=issue.layout))
        checked = self._rebuild_part(issue, ())
        assert isinstance(checked, Issue)
        return checked

    def _rebuild_part(self, part: Any, path: DataPath) -> Any:
        """The part built again from its values, so that pydantic checks every rule."""
        models = self.known
        if isinstance(part, Section) and models.get(f"section:{part.type}") is not type(part):
            raise _Broken(path, say("there is no section type {name}", name=part.type))
        if isinstance(part, Block) and models.get(f"block:{type(part).name}") is not type(part):
            raise _Broken(path, say("there is no block {name}", name=type(part).name))
        fields = type(part).model_fields
        values = {}
        for name, value in vars(part).items():
            if name not in fields:
                raise _Broken((*path, name), say("there is no field {name}", name=name))
            values[name] = self._rebuild_value(value, (*path, name))
        try:
            return type(part).model_validate(values)
        except ValidationError as exc:
            first = exc.errors(include_url=False)[0]
            reason = first.get("ctx", {}).get("error")
            kind = say("it is not right ({type})", type=first["type"])
            message = reason.reason if isinstance(reason, InvalidValue) else kind
            raise _Broken((*path, *first["loc"]), message) from exc

    def _rebuild_value(self, value: Any, path: DataPath) -> Any:
        if isinstance(value, Part):
            return self._rebuild_part(value, path)
        if isinstance(value, tuple | list):
            return tuple(self._rebuild_value(item, (*path, i)) for i, item in enumerate(value))
        if isinstance(value, str) and (faults := refused_characters(value)):
            raise _Broken(path, faults[0][1])
        return value


class _Broken(Exception):
    """The result of a plugin is not a valid issue."""

    def __init__(self, path: DataPath, reason: Phrase) -> None:
        self.path = path
        self.reason = reason
        super().__init__(str(reason))


def _refuse_changed(issue: Issue, before: str) -> None:
    """Refuses an issue that a plugin changed in place: such changes are not validated."""
    try:
        is_same = repr(issue) == before
    except Exception:  # noqa: BLE001 -- a value of a wrong type may fail anywhere
        is_same = False
    if not is_same:
        raise _Broken((), say("it changes a frozen part; use model_copy instead"))


def _require_issue(changed: object) -> Issue:
    if not isinstance(changed, Issue):
        raise _Broken((), say("it is a {type}, no issue", type=type(changed).__name__))
    return changed


def _follow_places(before: Issue, after: Issue) -> dict[DataPath, Place]:
    """
    The places of the values of a changed issue.

    A moved part keeps its place.  A changed value gets the whole place of the old value; a new
    value gets the place of the part around it.
    """
    places: dict[DataPath, Place] = {}

    def follow(old: Any, old_path: DataPath, new: Any, path: DataPath) -> None:
        place = before.place(old_path)
        if isinstance(new, Part | tuple) or old == new:
            places[path] = place
        else:
            places[path] = replace(place, point=place.where, scalar=None)
        if isinstance(new, Part) and isinstance(old, Part):
            for name in type(new).model_fields:
                old_value = getattr(old, name, None)
                follow(old_value, (*old_path, name), getattr(new, name), (*path, name))
        elif isinstance(new, tuple) and isinstance(old, tuple):
            for i, n in enumerate(_match_items(old, new)):
                if n is not None:
                    follow(old[n], (*old_path, n), new[i], (*path, i))

    follow(before, (), after, ())
    return places


def _match_items(old: tuple[Any, ...], new: tuple[Any, ...]) -> list[int | None]:
    """For each new item the number of its old item: the same object, or the one in its place."""
    numbers = {id(item): n for n, item in enumerate(old)}
    matches: list[int | None] = []
    for i, item in enumerate(new):
        is_here = i < len(old) and (old[i] is item or len(old) == len(new))
        # Equal texts can be one object in Python; only a part is followed to another place.
        moved = numbers.get(id(item)) if isinstance(item, Part) else None
        matches.append(moved if moved is not None else i if is_here else None)
    return matches
