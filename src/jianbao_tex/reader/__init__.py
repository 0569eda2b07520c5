"""YAML text -> Issue: strict, with the place of every value; all faults are reported together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jianbao_tex.cancelling import CancelCheck, never_cancelled
from jianbao_tex.errors import IssueInvalid, JianbaoError, PluginBroken
from jianbao_tex.findings import Finding, Fix, error, errors_among
from jianbao_tex.issue import Issue
from jianbao_tex.issue_folder import OutsideFolder
from jianbao_tex.reader.builder import KIND_WORDS, Builder
from jianbao_tex.reader.mending import apply_fix, changed_only_where, has_same_text, overlap
from jianbao_tex.reader.neighbours import file_before, previous_source
from jianbao_tex.reader.nodes import parse
from jianbao_tex.reader.series import with_series
from jianbao_tex.reader.shorthand import with_sections
from jianbao_tex.reader.sources import Source
from jianbao_tex.reader.validation import MISSING
from jianbao_tex.reader.writing import write_issue
from jianbao_tex.registry import Registry

__all__ = ["Source", "file_before", "fixed_bytes", "previous", "read", "write_issue"]

_NO_MAPPING = error(
    "JB117", "the file is not a mapping of keys but {got}", "see examples/ for a complete issue"
)
_NOTHING = error("JB118", "the file contains only comments", "see examples/ for an issue")


def read(
    source: Source, registry: Registry, check_cancelled: CancelCheck = never_cancelled
) -> Issue:
    """
    The issue in a source, with what its series file adds; ``check_cancelled`` is called on the way.

    Raises:
        IssueInvalid: all faults of both files, each at its own line and column.
        PluginBroken: the same, if an unknown name may belong to a broken plugin.
    """
    faults: list[Finding] = []
    root = parse(source, faults, check_cancelled)
    if root is None or root.kind == "nothing":
        raise IssueInvalid(faults or [_NOTHING.at(source.where(1))])
    if root.kind != "mapping":
        got = KIND_WORDS[root.kind]
        raise IssueInvalid([*faults, _NO_MAPPING.at(root.where, got=got)])
    check_cancelled()
    before = len(faults)
    sources = [source]
    node = with_sections(with_series(root, faults, sources), faults)
    builder = Builder(registry, check_cancelled)
    issue = builder.part(Issue, node, ())
    # Do not report keys as missing if the broken series file may contain them.
    without_series = len(faults) > before
    faults += [f for f in builder.faults if not (without_series and f.kind is MISSING)]
    if issue is None or errors_among(faults):
        faults += [absence.finding for absence in builder.absences]
        is_broken = any(absence.broken for absence in builder.absences)
        raise (PluginBroken if is_broken else IssueInvalid)(faults)
    return issue.with_places(builder.places, {src.name: src.bytes_read for src in sources})


def previous(source: Source, issue: Issue, registry: Registry) -> Issue | None:
    """
    The previous issue, if its file is in the same folder and can be read.

    It belongs to the same bulletin: the masthead has the same name.
    """
    try:
        earlier = previous_source(source)
        candidate = read(earlier, registry) if earlier else None
    except (JianbaoError, OSError, OutsideFolder):
        return None
    return candidate if candidate and candidate.masthead.name == issue.masthead.name else None


def fixed_bytes(
    data: bytes, source: Source, findings: Iterable[Finding], registry: Registry
) -> tuple[bytes, tuple[Finding, ...]]:
    """
    The bytes of a source with the fixes of its findings, and the findings that were fixed.

    Nothing but the marked characters changes: comments, indentation and line ends stay.  A
    proposal after which the file would say something else elsewhere is left alone.
    """
    before = read(source, registry)
    applied: list[Finding] = []

    def apply(group: list[Finding], data: bytes) -> bytes:
        """The data with the fixes of a group; if they change too much, each half is tried alone."""
        patched = data
        for finding in group:
            assert finding.fix is not None
            patched = apply_fix(patched, finding.fix)
        after = _try_read(patched, source, registry)
        fixes = [f.fix for f in (*group, *applied) if f.fix]
        if after and _is_proved(before, after, fixes):
            applied.extend(group)
            return patched
        if len(group) > 1:
            half = len(group) // 2
            return apply(group[half:], apply(group[:half], data))
        return data

    disjoint = _disjoint_fixes(findings, source)
    data = apply(disjoint, data) if disjoint else data
    return data, tuple(reversed(applied))


def _is_proved(before: Issue, after: Issue, fixes: Sequence[Fix]) -> bool:
    """Whether the fixes change what they should, and nothing else."""
    if any(fix.joins_lines for fix in fixes):
        return has_same_text(before, after)
    return changed_only_where(before, after, fixes)


def _disjoint_fixes(findings: Iterable[Finding], source: Source) -> list[Finding]:
    """
    The findings with a fix that meets no later fix, the last one first.

    Lines are joined when nothing else is to be fixed: other fixes are proved value by value.
    """
    # From the end to the start, so that the places of earlier fixes stay correct.
    fixable = sorted(
        (f for f in findings if f.fix and _is_unchanged(f.fix, source)),
        key=lambda f: f.where,
        reverse=True,
    )
    others = [finding for finding in fixable if finding.fix and not finding.fix.joins_lines]
    fixable = others or fixable
    neighbours = zip(fixable, (None, *fixable), strict=False)
    return [finding for finding, after in neighbours if not _overlaps(finding, after)]


def _try_read(data: bytes, source: Source, registry: Registry) -> Issue | None:
    """The issue in changed bytes of a source; ``None`` if they have faults."""
    try:
        return read(Source.from_bytes(data, source.name, source.folder, source.files), registry)
    except JianbaoError:
        return None


def _is_unchanged(fix: Fix, source: Source) -> bool:
    """Whether the line of a fix is still unchanged in the file."""
    where, lines = fix.where, source.lines
    is_line = where.file == source.name and 0 < where.line <= len(lines)
    return is_line and lines[where.line - 1] == where.text


def _overlaps(finding: Finding, other: Finding | None) -> bool:
    return other is not None and overlap(finding.where, other.where)
