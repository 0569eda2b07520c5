"""Reads the series file of an issue and adds its values to the issue."""

from __future__ import annotations

from pathlib import PurePath

from jianbao_tex.errors import IssueInvalid
from jianbao_tex.findings import Finding, error
from jianbao_tex.issue_folder import OutsideFolder
from jianbao_tex.parts import OneOf, Part
from jianbao_tex.reader.keys import TWO_SPELLINGS, IssueFile, field_of
from jianbao_tex.reader.nodes import Node, parse
from jianbao_tex.reader.sources import Source

_OUTSIDE = error(
    "JB150",
    "the series file {name} is outside the issue's folder",
    "keep the series file beside the issues or in a folder below them",
)
_ITSELF = error(
    "JB152", "a series file cannot name a series: {name}", "delete the key series there"
)
_NO_MAPPING = error("JB153", "the series file is not a mapping of keys", "see examples/series.yaml")
_NO_TEXT = error("JB154", "series must be the name of a file", "for example: series: series.yaml")
_UNREADABLE = error("JB155", "the series file {name} cannot be used: {reason}", "{advice}")


def with_series(root: Node, faults: list[Finding], sources: list[Source]) -> Node:
    """
    The issue's mapping laid over that of the series which it names, if it names one.

    What was read for it is added to ``sources``.
    """
    named = [(k, v) for k, v in root.pairs if field_of(IssueFile, k.text) == "series"]
    if len(named) > 1:
        (first, _), (key, _) = named[:2]
        values = {"key": key.text, "first": first.text, "line": first.line}
        faults.append(TWO_SPELLINGS.at(key.where, **values))
    if not named:
        return root
    own = [pair for pair in root.pairs if field_of(IssueFile, pair[0].text) != "series"]
    root = Node(root.source, root.line, root.column, own, "mapping", root.keys)
    name = named[0][1]
    series = None if name.kind == "nothing" else _series_of(name, faults, sources)
    return _laid_over(root, series, IssueFile) if series else root


def _series_of(name: Node, faults: list[Finding], sources: list[Source]) -> Node | None:
    """The mapping of the series file that a value names, or ``None`` with its faults."""
    if name.kind != "text":
        faults.append(_NO_TEXT.at(name.where))
        return None
    source = _source_of(name, faults)
    if source is None:
        return None
    sources.append(source)
    before = len(faults)
    series = parse(source, faults)
    if series is None or series.kind != "mapping":
        if len(faults) == before:
            faults.append(_NO_MAPPING.at(source.where(1)))
        return None
    for inner, _ in series.pairs:
        if field_of(IssueFile, inner.text) == "series":
            faults.append(_ITSELF.at(inner.where, name=name.text))
            return None
    return series


def _source_of(node: Node, faults: list[Finding]) -> Source | None:
    name = node.text.strip()
    issue = node.source
    if PurePath(issue.name_beside(name)) == PurePath(issue.name) or _is_same_file(issue, name):
        faults.append(_ITSELF.at(node.where, name=name))
        return None
    try:
        return Source.read_beside(issue, name)
    except OutsideFolder:
        faults.append(_OUTSIDE.at(node.where, name=name))
    except IssueInvalid as wrong:
        # Report it at the issue's line: that is the file that the user works on.
        for finding in wrong.findings:
            if finding.where.line:
                faults.append(finding)
            else:
                values = {"reason": finding.message_phrase, "advice": finding.advice_phrase}
                faults.append(_UNREADABLE.at(node.where, name=name, **values))
    return None


def _is_same_file(issue: Source, name: str) -> bool:
    """Whether a name leads back to the issue's own file, over links too."""
    if issue.folder is None:
        return False
    try:
        own = (issue.folder / PurePath(issue.name).name).resolve()
        return issue.beside.path(name).resolve() == own
    except (OutsideFolder, OSError, ValueError, RuntimeError):
        return False


def _laid_over(upper: Node, lower: Node, model: type[Part] | None) -> Node:
    """
    Both mappings merged: the upper value wins, the order is that of the lower.

    ``model`` is the part that the mappings are; ``None`` where their keys are labels.
    """
    shapes = model.shapes() if model else {}

    def name(key: Node) -> str:
        return field_of(model, key.text) if model else key.text

    names = [name(key) for key, _ in upper.pairs]
    uppers = {name(key): (key, value) for key, value in upper.pairs}
    pairs: list[tuple[Node, Node]] = []
    for key, value in lower.pairs:
        over = uppers.pop(name(key), None)
        if over is None:
            pairs.append((key, value))
        elif over[1].kind == "mapping" and value.kind == "mapping":
            shape = shapes.get(name(key))
            part = shape.part if isinstance(shape, OneOf) else None
            pairs.append((over[0], _laid_over(over[1], value, part)))
        else:
            pairs.append(over)
    # Keep a key that occurs twice in two spellings, so that the builder can report it.
    kept = {id(key) for key, _ in pairs}
    lowers = {name(key) for key, _ in lower.pairs}
    pairs += [
        (key, value)
        for key, value in upper.pairs
        if id(key) not in kept and (name(key) not in lowers or names.count(name(key)) > 1)
    ]
    keys = {**lower.keys, **upper.keys}
    return Node(upper.source, upper.line, upper.column, pairs, "mapping", keys)
