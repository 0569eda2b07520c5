"""Runs the checks of a registry on an issue -> findings, sorted."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import replace
from typing import Any

from jianbao_tex.cancelling import Handle
from jianbao_tex.errors import JianbaoError, PluginBroken
from jianbao_tex.findings import Finding, Severity, Where, error, in_order, warning
from jianbao_tex.hooks import Check, Subject
from jianbao_tex.language import say
from jianbao_tex.packing import pack_findings, unpack_findings
from jianbao_tex.registry import Plugin, Registry
from jianbao_tex.registry.plugins import describe_exception
from jianbao_tex.registry.preparing import WRITES_INTO_IT, IssueWritten, fingerprint_of
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
            tasks = [_task(registry, owner_of[check.name], check, subject) for check in own]
            forks.append(stack.enter_context(registry.calls.apart(tasks, handle)))
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


def _task(registry: Registry, owner: Plugin, check: Check[Subject], subject: Subject) -> Task:
    return Task(owner, check.name, functools.partial(_work, registry, owner, check, subject))


def _work(registry: Registry, owner: Plugin, check: Check[Subject], subject: Subject) -> bytes:
    """The sound findings of a check as plain data, and one for what is wrong with the check."""
    before = fingerprint_of(subject.issue)
    try:
        findings = registry.calls(owner, check.name, _collect, check, subject)
    except JianbaoError as exc:
        if _names_of_culprits(exc) - {owner.name}:
            raise
        where = exc.findings[0].where if exc.findings else owner.place
        findings = [_failed_check(owner, check, where, describe_exception(exc.__cause__ or exc))]
    else:
        sound, faults = registry.kinds.sound(findings, owner)
        findings = [*sound, *(_failed_check(owner, check, owner.place, f) for f in faults[:1])]
    if fingerprint_of(subject.issue) != before:
        fault = _failed_check(owner, check, owner.place, WRITES_INTO_IT)
        raise IssueWritten(replace(fault, kind=replace(fault.kind, severity=Severity.ERROR)))
    return pack_findings(findings)


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
        reason = dict(exc.findings[0].values)["reason"]
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
