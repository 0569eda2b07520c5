"""The short form of an issue without sections: ``articles:`` at the top level."""

from __future__ import annotations

from jianbao_tex.findings import Finding, error
from jianbao_tex.reader.keys import IssueFile, field_of
from jianbao_tex.reader.nodes import Node

_BOTH = error(
    "JB126",
    "{key} at the top of the issue and {sections} beside it",
    "move the articles into a section",
)


def with_sections(root: Node, faults: list[Finding]) -> Node:
    """The issue with its top ``articles`` put into one unnamed section."""
    named = {field_of(IssueFile, key.text): (key, value) for key, value in root.pairs}
    if "articles" not in named:
        return root
    key, value = named["articles"]
    if "sections" in named:
        sections = named["sections"][0].text
        faults.append(_BOTH.at(key.where, key=key.text, sections=sections))
    if value.kind == "mapping":
        value = Node(value.source, value.line, value.column, [value])
    section = Node(key.source, key.line, key.column, [(key, value)], "mapping", {key.text: value})
    sections_key = Node(key.source, key.line, key.column, "sections")
    whole = Node(key.source, key.line, key.column, [section])
    taken = {"articles", "sections"}
    pairs = [pair for pair in root.pairs if field_of(IssueFile, pair[0].text) not in taken]
    return Node(
        root.source,
        root.line,
        root.column,
        [*pairs, (sections_key, whole)],
        "mapping",
        {**root.keys, "sections": whole},
    )
