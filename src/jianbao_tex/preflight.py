"""Runs the checks of a registry on an issue -> findings, sorted."""

from __future__ import annotations

from typing import Any

from jianbao_tex.cancelling import Handle
from jianbao_tex.errors import JianbaoError, PluginBroken
from jianbao_tex.findings import Finding, Where, error, in_order, warning
from jianbao_tex.hooks import Check, Subject
from jianbao_tex.registry import Plugin, Registry
from jianbao_tex.registry.calls import describe_exception
from jianbao_tex.soundness import malformed_reason

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

    If a department's check raises, that is reported as a finding and the other checks run.
    ``is_thorough``: checks that take long run too.

    Raises:
        CancelledError: the job was cancelled.
        PluginBroken: a check of the package itself raised instead of reporting.
    """
    findings: list[Finding] = []
    handle = handle or Handle()
    with handle.record.stage("check"):
        for check in registry.checks.values():
            if isinstance(check, kind) and (is_thorough or not check.is_thorough):
                handle.check()
                findings += _run_check(registry, check, subject)
    return in_order(findings)


def _run_check(registry: Registry, check: Check[Subject], subject: Subject) -> tuple[Finding, ...]:
    owner = registry.owners["checks", check.name]
    try:
        findings = registry.calls(owner, check.name, _collect, check, subject)
    except JianbaoError as exc:
        culprits = {dict(finding.values).get("name") for finding in exc.findings} - {None}
        is_built_in = owner.size == "built-in"
        # The fault is another plugin's, or a built-in check raised it on purpose.
        if culprits - {owner.name} or (is_built_in and not culprits):
            raise
        home = Where(str(owner.home or owner.name))
        where = exc.findings[0].where if exc.findings else home
        reason = describe_exception(exc.__cause__ or exc)
        if is_built_in:
            fault = _BROKEN.at(Where(check.name), check=check.name, reason=reason)
            raise PluginBroken(fault) from exc
        return (_failed_check(owner, check, where, reason),)
    assert isinstance(findings, tuple)
    if owner.size == "built-in":
        return findings
    faults = [reason for finding in findings if (reason := malformed_reason(finding))]
    sound = tuple(finding for finding in findings if not malformed_reason(finding))
    where = Where(str(owner.home or owner.name))
    # Report the sound findings, and one fault for those that are not sound.
    return (*sound, *(_failed_check(owner, check, where, reason) for reason in faults[:1]))


def _collect(check: Check[Subject], subject: Subject) -> tuple[Finding, ...]:
    return tuple(check.run(subject) or ())


def _failed_check(owner: Plugin, check: Check[Any], where: Where, reason: str) -> Finding:
    values = {"plugin": owner.titled, "name": owner.name, "reason": reason}
    return _NOT_CHECKED.at(where, check=check.name, **values)
