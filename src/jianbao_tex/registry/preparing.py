"""Lets plugins change an issue, one after the other; validates each result and reports it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from pydantic import ValidationError

from jianbao_tex.cancelling import Handle
from jianbao_tex.errors import PluginBroken
from jianbao_tex.figures import Figure
from jianbao_tex.findings import Finding, error, note, warning
from jianbao_tex.issue import Block, Issue, Section
from jianbao_tex.language import InvalidValue, Phrase, say, say_count
from jianbao_tex.parts import DataPath, Part
from jianbao_tex.places import Place
from jianbao_tex.plugin_use import Change
from jianbao_tex.registry.calls import Calls
from jianbao_tex.registry.changes import changes_between
from jianbao_tex.registry.frozen import WRITES_INTO_IT, FrozenIssue, IssueWritten
from jianbao_tex.registry.hook_caller import Prepare
from jianbao_tex.registry.issue_data import IssueData
from jianbao_tex.registry.plugins import Plugin, RecordKind
from jianbao_tex.registry.settings import values_for
from jianbao_tex.registry.tasks import Task, Tasks
from jianbao_tex.registry.using import IssueRecords
from jianbao_tex.tex import refused_characters

HOOK = "jianbao_prepare"

_INVALID = error(
    "JB506",
    "plugin {plugin} breaks the issue in {hook}: {path}: {reason}",
    "report it to the plugin's authors; to run without it: jianbao plugins disable {name}",
)
_CHANGED = note(
    "JB540",
    "plugin {plugin} has changed {values} of the issue; the first, {path}: {before} → {after}",
    "read the page as the plugin made it; --json and the certificate list all changes; "
    "to run without it: jianbao plugins disable {name}",
)
_LOST = warning(
    "JB541",
    "plugin {plugin} has removed {values} of the issue, or most of them; the first, {path}: "
    "{before} → {after}",
    "look whether that is right; a plugin whose purpose it is says so (JIANBAO_PREPARES); "
    "to run without it: jianbao plugins disable {name}",
)
NOTHING = say("(nothing)")


@dataclass(frozen=True)
class Prepared:
    """
    An issue as plugins changed it, its values with their places.

    ``changes`` are what each plugin changed, by its name.
    """

    issue: Issue
    findings: tuple[Finding, ...]
    changes: Mapping[str, tuple[Change, ...]]


@dataclass(frozen=True)
class Preparer:
    """
    Calls the stage hook of each plugin, in the given order, each in a fork.

    ``records`` are those that an issue may name, ``owners`` has the plugin of each record,
    ``settings`` the settings of plugins.
    """

    calls: Calls
    functions: Sequence[tuple[Plugin, Prepare]]
    records: IssueRecords
    owners: Mapping[tuple[RecordKind, str], Plugin]
    settings: Mapping[str, Figure]

    def __call__(self, issue: Issue, handle: Handle | None = None) -> Prepared:
        """
        The issue as changed by the plugins.

        A plugin that fails is reported, and the issue goes on without it, unless the issue needs
        the plugin: it has a section, a block or the layout of the plugin, or the plugin says that
        it serves all issues.

        Raises:
            PluginBroken: a plugin that the issue needs raised, or what it returned is no valid
                issue.
        """
        findings: list[Finding] = []
        changes: dict[str, tuple[Change, ...]] = {}
        for plugin, function in self.functions:
            task = Task(plugin, HOOK, partial(self._work, plugin, function, issue))
            with self.calls.apart([task], handle) as tasks:
                try:
                    changed = self._changed(plugin, issue, tasks)
                except IssueWritten:
                    raise
                except PluginBroken as exc:
                    if self._is_needed(plugin, issue):
                        raise
                    findings += [finding.as_warning for finding in exc.findings]
                    continue
            pairs = list(changes_between(issue, changed)) if changed is not issue else []
            findings += _report(plugin, issue, pairs)
            changes[plugin.name] = tuple(change for _, change in pairs)
            issue = changed
        return Prepared(issue, tuple(findings), changes)

    def _is_needed(self, plugin: Plugin, issue: Issue) -> bool:
        """Whether an issue may not go on without what a plugin does to it."""
        if plugin.preparation.serves_all:
            return True
        used = self.records.used(issue)
        return any(self.owners[key] is plugin for key in used & self.owners.keys())

    # --- In the fork ---------------------------------------------------------------------------

    def _work(self, plugin: Plugin, function: Prepare, issue: Issue) -> bytes:
        """The data of the issue as a plugin changed it; no data if it did not change it."""
        settings = values_for(self.settings, issue)
        with FrozenIssue(issue).refusing(self._invalid(plugin, (), WRITES_INTO_IT)):
            changed = self.calls(plugin, HOOK, function, issue, settings)
        with self._naming(plugin):
            if changed is None or changed is issue:
                return b""
            # Here too: values of fields that do not exist do not come back from the fork.
            new_issue = _require_issue(changed)
            self._check_issue(new_issue)
            try:
                return self._data(issue).pack(new_issue)
            except InvalidValue as exc:
                raise _Broken((), exc.reason) from exc

    # --- In this process -----------------------------------------------------------------------

    def _changed(self, plugin: Plugin, issue: Issue, tasks: Tasks) -> Issue:
        data = tasks.answer(0)
        if not data:
            return issue
        with self._naming(plugin):
            try:
                changed = self._data(issue).unpack(data)
            except (LookupError, TypeError, ValueError) as exc:
                raise _Broken((), say("it is no issue")) from exc
            checked = self._check_issue(changed)
        # Use ``changed`` here: it contains kept parts as such, ``checked`` as copies.
        return checked.with_places(_follow_places(issue, changed), issue.bytes_read)

    def _data(self, issue: Issue) -> IssueData:
        return IssueData(issue, self.records.models.values())

    @contextlib.contextmanager
    def _naming(self, plugin: Plugin) -> Iterator[None]:
        """Names the plugin that broke the issue."""
        try:
            yield
        except _Broken as exc:
            raise PluginBroken(self._invalid(plugin, exc.path, exc.reason)) from exc

    @staticmethod
    def _invalid(plugin: Plugin, path: DataPath, reason: Phrase) -> Finding:
        values = {"plugin": plugin.titled, "name": plugin.name, "hook": HOOK}
        dotted = ".".join(map(str, path)) or "issue"
        return _INVALID.at(plugin.place, path=dotted, reason=reason, **values)

    def _check_issue(self, issue: Issue) -> Issue:
        if issue.layout not in self.records.layouts:
            raise _Broken(("layout",), say("there is no layout {name}", name=issue.layout))
        checked = self._rebuild_part(issue, ())
        assert isinstance(checked, Issue)
        return checked

    def _rebuild_part(self, part: Any, path: DataPath) -> Any:
        """The part built again from its values, so that pydantic checks every rule."""
        models = self.records.models
        if isinstance(part, Section) and models.get(f"section:{part.type}") is not type(part):
            raise _Broken(path, say("there is no section type {name}", name=part.type))
        if isinstance(part, Block) and models.get(f"block:{type(part).name}") is not type(part):
            raise _Broken(path, say("there is no block {name}", name=type(part).name))
        fields = type(part).model_fields
        values = {}
        for name, value in vars(part).items():
            if isinstance(getattr(type(part), name, None), cached_property):
                continue
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


def _require_issue(changed: object) -> Issue:
    if not isinstance(changed, Issue):
        raise _Broken((), say("it is a {type}, no issue", type=type(changed).__name__))
    return changed


def _report(
    plugin: Plugin, issue: Issue, changes: Sequence[tuple[DataPath, Change]]
) -> Iterator[Finding]:
    """The findings about what a plugin changed, each at the place of the first value."""
    printed = {path for path, _ in issue.printed_values()}
    losses = [(path, change) for path, change in changes if change.is_loss and path in printed]
    if plugin.preparation.removes_texts:
        losses = []
    values = say_count("{number} value", "{number} values", len(changes))
    texts = say_count("{number} text", "{number} texts", len(losses))
    for kind, pairs, count in ((_CHANGED, changes, values), (_LOST, losses, texts)):
        if pairs:
            path, change = pairs[0]
            yield kind.at(
                issue.where(path),
                plugin=plugin.titled,
                name=plugin.name,
                values=count,
                path=change.path,
                before=change.before or NOTHING,
                after=change.after or NOTHING,
            )


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
        # Equal parts can be two; equal texts are one.
        is_same = i < len(old) and (old[i] is item if isinstance(item, Part) else old[i] == item)
        is_here = is_same or (i < len(old) and len(old) == len(new))
        moved = numbers.get(id(item)) if isinstance(item, Part) else None
        matches.append(moved if moved is not None else i if is_here else None)
    return matches
