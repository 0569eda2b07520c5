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
    pairs_by_field = {field_of(IssueFile, key.text): (key, value) for key, value in root.pairs}
    if "articles" not in pairs_by_field:
        return root
    key, value = pairs_by_field["articles"]
    if "sections" in pairs_by_field:
        sections = pairs_by_field["sections"][0].text
        faults.append(_BOTH.at(key.where, key=key.text, sections=sections))
    if value.kind == "mapping":
        value = Node(value.source, value.line, value.column, [value])
    section = Node(key.source, key.line, key.column, [(key, value)], "mapping", {key.text: value})
    sections_key = Node(key.source, key.line, key.column, "sections")
    sections_value = Node(key.source, key.line, key.column, [section])
    replaced = {"articles", "sections"}
    pairs = [pair for pair in root.pairs if field_of(IssueFile, pair[0].text) not in replaced]
    return Node(
        root.source,
        root.line,
        root.column,
        [*pairs, (sections_key, sections_value)],
        "mapping",
        {**root.keys, "sections": sections_value},
    )
