"""Reads the series file of an issue and adds its values to the issue."""

from __future__ import annotations

from pathlib import PurePath

from jianbao_tex.errors import IssueInvalid
from jianbao_tex.findings import Finding, error
from jianbao_tex.foreign_files import real_path
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
    references = [(k, v) for k, v in root.pairs if field_of(IssueFile, k.text) == "series"]
    if len(references) > 1:
        (first, _), (key, _) = references[:2]
        values = {"key": key.text, "first": first.text, "line": first.line}
        faults.append(TWO_SPELLINGS.at(key.where, **values))
    if not references:
        return root
    pairs = [pair for pair in root.pairs if field_of(IssueFile, pair[0].text) != "series"]
    root = Node(root.source, root.line, root.column, pairs, "mapping", root.keys)
    name = references[0][1]
    series = None if name.kind == "nothing" else _read_series(name, faults, sources)
    return _merge(root, series, IssueFile) if series else root


def _read_series(name: Node, faults: list[Finding], sources: list[Source]) -> Node | None:
    """The mapping of the series file that a value names, or ``None`` with its faults."""
    if name.kind != "text":
        faults.append(_NO_TEXT.at(name.where))
        return None
    source = _find_source(name, faults)
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


def _find_source(node: Node, faults: list[Finding]) -> Source | None:
    name = node.text.strip()
    issue = node.source
    if PurePath(issue.name_beside(name)) == PurePath(issue.name) or _is_same_file(issue, name):
        faults.append(_ITSELF.at(node.where, name=name))
        return None
    try:
        return Source.read_beside(issue, name)
    except OutsideFolder:
        faults.append(_OUTSIDE.at(node.where, name=name))
    except IssueInvalid as exc:
        # Report it at the issue's line: that is the file that the user works on.
        for finding in exc.findings:
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
        own = real_path(issue.folder / PurePath(issue.name).name)
        return real_path(issue.beside.path(name)) == own
    except (OutsideFolder, OSError, ValueError):
        return False


def _merge(upper: Node, lower: Node, model: type[Part] | None) -> Node:
    """
    Both mappings merged: the upper value wins, the order is that of the lower.

    ``model`` is the part that the mappings are; ``None`` where their keys are labels.
    """
    shapes = model.shapes() if model else {}

    def field_name(key: Node) -> str:
        return field_of(model, key.text) if model else key.text

    names = [field_name(key) for key, _ in upper.pairs]
    uppers = {field_name(key): (key, value) for key, value in upper.pairs}
    pairs: list[tuple[Node, Node]] = []
    for key, value in lower.pairs:
        upper_pair = uppers.pop(field_name(key), None)
        if upper_pair is None:
            pairs.append((key, value))
        elif upper_pair[1].kind == "mapping" and value.kind == "mapping":
            shape = shapes.get(field_name(key))
            part = shape.part if isinstance(shape, OneOf) else None
            pairs.append((upper_pair[0], _merge(upper_pair[1], value, part)))
        else:
            pairs.append(upper_pair)
    # Keep a key that occurs twice in two spellings, so that the builder can report it.
    used = {id(key) for key, _ in pairs}
    lowers = {field_name(key) for key, _ in lower.pairs}
    pairs += [
        (key, value)
        for key, value in upper.pairs
        if id(key) not in used
        and (field_name(key) not in lowers or names.count(field_name(key)) > 1)
    ]
    keys = {**lower.keys, **upper.keys}
    return Node(upper.source, upper.line, upper.column, pairs, "mapping", keys)
