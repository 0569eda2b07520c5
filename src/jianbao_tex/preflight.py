"""Runs the checks of a registry on an issue -> findings, sorted."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from jianbao_tex.cancelling import Handle
from jianbao_tex.errors import JianbaoError, PluginBroken
from jianbao_tex.findings import Finding, Severity, Where, error, in_order, warning
from jianbao_tex.hooks import Check
from jianbao_tex.hooks.records import Subject
from jianbao_tex.language import say
from jianbao_tex.packing import pack_findings, unpack_findings
from jianbao_tex.registry import Plugin, Registry
from jianbao_tex.registry.frozen import WRITES_INTO_IT, FrozenIssue, IssueWritten
from jianbao_tex.registry.plugins import describe_exception
from jianbao_tex.registry.tasks import Task, TaskLost, Tasks

_BROKEN = error(
    "JB510",
    "the check {check} failed: {reason}",
    "report it with the issue; without this check no page can be accepted",
)
_NOT_CHECKED = warning(
    "JB511",
    "the check {check} of plugin {plugin} failed and checked nothing: {reason}",
    "report it to the plugin's authors; to run without it: jianbao plugins disable {name}",
)


def inspect(
    registry: Registry,
    kind: type[Check[Subject]],
    subject: Subject,
    handle: Handle | None = None,
    *,
    is_thorough: bool = False,
) -> tuple[Finding, ...]:
    """
    What the checks of a kind find in a subject of their stage.

    Those of plugins run in a fork.  If one fails, that is a finding, and the other checks run.
    ``is_thorough``: checks that take long run too.

    Raises:
        CancelledError: the job was cancelled.
        PluginBroken: a check of the package itself raised instead of reporting.
    """
    handle = handle or Handle()
    checks = [
        check
        for check in registry.checks.values()
        if isinstance(check, kind) and (is_thorough or not check.is_thorough)
    ]
    owner_of = {check.name: registry.owners["checks", check.name] for check in checks}
    foreign: dict[str, list[Check[Subject]]] = {}
    for check in checks:
        if not owner_of[check.name].is_built_in:
            foreign.setdefault(owner_of[check.name].name, []).append(check)
    findings: list[Finding] = []
    with handle.record.stage("check"), contextlib.ExitStack() as stack:
        # Each plugin has a fork of its own, and works meanwhile.
        forks = []
        for own in foreign.values():
            tasks = registry.calls.apart(_tasks(registry, own, subject), handle)
            forks.append(stack.enter_context(tasks))
        for check in checks:
            if owner_of[check.name].is_built_in:
                handle.check()
                findings += _run_check(registry, check, subject)
        for fork, own in zip(forks, foreign.values(), strict=True):
            for number, check in enumerate(own):
                handle.check()
                findings += _answer(fork, number, owner_of[check.name], check)
    return in_order(findings)


def _run_check(registry: Registry, check: Check[Subject], subject: Subject) -> tuple[Finding, ...]:
    """The findings of a check of the package's own."""
    owner = registry.owners["checks", check.name]
    try:
        findings = registry.calls(owner, check.name, _collect, check, subject)
    except JianbaoError as exc:
        # Either it runs a model of a plugin, whose fault it is, or it raised on purpose.
        if _names_of_culprits(exc) != {owner.name}:
            raise
        reason = describe_exception(exc.__cause__ or exc)
        fault = _BROKEN.at(Where(check.name), check=check.name, reason=reason)
        raise PluginBroken(fault) from exc
    assert isinstance(findings, tuple)
    return findings


# --- Checks of plugins ---------------------------------------------------------------------------


def _tasks(registry: Registry, checks: Sequence[Check[Subject]], subject: Subject) -> list[Task]:
    """The checks of one plugin."""
    owner = registry.owners["checks", checks[0].name]
    frozen = FrozenIssue(subject.issue)
    return [
        Task(owner, check.name, functools.partial(_work, registry, check, subject, frozen))
        for check in checks
    ]


def _work(
    registry: Registry, check: Check[Subject], subject: Subject, frozen: FrozenIssue
) -> bytes:
    """The sound findings of a check as plain data, and one for what is wrong with the check."""
    owner = registry.owners["checks", check.name]
    fault = _failed_check(owner, check, owner.place, WRITES_INTO_IT)
    try:
        with frozen.refusing(replace(fault, kind=replace(fault.kind, severity=Severity.ERROR))):
            findings = registry.calls(owner, check.name, _collect, check, subject)
    except IssueWritten:
        raise
    except JianbaoError as exc:
        if _names_of_culprits(exc) - {owner.name}:
            raise
        where = exc.findings[0].where if exc.findings else owner.place
        reason = describe_exception(exc.__cause__ or exc)
        return pack_findings([_failed_check(owner, check, where, reason)])
    sound, faults = registry.kinds.sound(findings, owner)
    broken = (_failed_check(owner, check, owner.place, reason) for reason in faults[:1])
    return pack_findings([*sound, *broken])


def _answer(tasks: Tasks, number: int, owner: Plugin, check: Check[Any]) -> tuple[Finding, ...]:
    """
    The findings of a check that runs apart.

    Raises:
        IssueWritten: it has written into the issue of this process.
    """
    try:
        data = tasks.answer(number)
    except TaskLost as lost:
        return (_failed_check(owner, check, owner.place, lost.reason),)
    except IssueWritten:
        raise
    except PluginBroken as exc:
        # Something that no `except Exception` holds, or the model of another plugin.
        if _names_of_culprits(exc) != {owner.name}:
            raise
        reason = dict(exc.findings[0].values).get("reason", exc.findings[0].message)
        return (_failed_check(owner, check, owner.place, reason),)
    try:
        return unpack_findings(data)
    except (LookupError, TypeError, ValueError):
        return (_failed_check(owner, check, owner.place, say("it sent no findings")),)


def _collect(check: Check[Subject], subject: Subject) -> tuple[Finding, ...]:
    return tuple(check.run(subject) or ())


def _names_of_culprits(exc: JianbaoError) -> set[object]:
    names: set[object] = {dict(finding.values).get("name") for finding in exc.findings}
    return names - {None}


def _failed_check(owner: Plugin, check: Check[Any], where: Where, reason: object) -> Finding:
    values = {"plugin": owner.titled, "name": owner.name, "reason": reason}
    return _NOT_CHECKED.at(where, check=check.name, **values)
