"""Which records an issue uses: its layout, its section types and blocks, and those they extend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jianbao_tex.hooks import BlockType, Layout, SectionType
from jianbao_tex.issue import Block, Issue, Section
from jianbao_tex.parts import Part
from jianbao_tex.registry.plugins import RecordKind

RecordKey = tuple[RecordKind, str]


@dataclass(frozen=True)
class IssueRecords:
    """The records that issues may name, by their names."""

    section_types: Mapping[str, SectionType]
    blocks: Mapping[str, BlockType]
    layouts: Mapping[str, Layout]

    @property
    def models(self) -> dict[str, type[Part]]:
        """The model of each section type (``section:NAME``) and block (``block:NAME``)."""
        return {
            **{f"section:{name}": record.model for name, record in self.section_types.items()},
            **{f"block:{name}": record.model for name, record in self.blocks.items()},
        }

    def used(self, issue: Issue) -> frozenset[RecordKey]:
        """The kind and name of each record that the issue needs."""
        return frozenset(key for named in _named(issue) for key in self._with_bases(*named))

    def _with_bases(self, kind: RecordKind, name: str) -> Iterator[RecordKey]:
        records: Mapping[str, SectionType | BlockType | Layout]
        match kind:
            case "section_types":
                records = self.section_types
            case "blocks":
                records = self.blocks
            case _:
                records = self.layouts
        while name in records:
            yield kind, name
            name = records[name].extends


def _named(issue: Issue) -> Iterator[RecordKey]:
    yield "layouts", issue.layout
    for _, value in issue.walk():
        if isinstance(value, Section):
            yield "section_types", value.type
        elif isinstance(value, Block):
            yield "blocks", type(value).name
