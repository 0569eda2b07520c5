"""
Issue -> YAML, as a person would write it, in either language.

Reading the text again gives an equal issue.  Values from the series file are written too, so
that the file is a valid issue without it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jianbao_tex.chinese import IssueDate
from jianbao_tex.errors import IssueInvalid
from jianbao_tex.findings import Finding, errors_among
from jianbao_tex.issue import Block, Issue, Paragraph, Section
from jianbao_tex.language import ENGLISH, Language
from jianbao_tex.parts import BodyOf, LabelledOf, Part, TextsOf
from jianbao_tex.reader import lines
from jianbao_tex.reader.bodies import blocks_of, runs_of
from jianbao_tex.reader.keys import IssueFile, chinese_key
from jianbao_tex.reader.nodes import Node, parse
from jianbao_tex.reader.sources import Source
from jianbao_tex.registry import Registry


def write_issue(issue: Issue, registry: Registry, language: Language = ENGLISH) -> str:
    """
    The YAML of an issue, keys in a language.

    Raises:
        IssueInvalid: it is larger, or nested deeper, than one file may be.
    """
    data = _Writer(registry, is_chinese=language.name == "zh").issue(issue)
    text = "\n".join(lines.lines_of(data)) + "\n"
    faults: list[Finding] = []
    parse(Source.from_bytes(text.encode("utf-8"), "issue.yaml"), faults)
    if errors_among(faults):
        raise IssueInvalid(faults)
    return text


class _Writer:
    """Turns parts into plain data."""

    def __init__(self, registry: Registry, *, is_chinese: bool) -> None:
        self._registry = registry
        self._is_chinese = is_chinese

    def issue(self, issue: Issue) -> dict[str, Any]:
        """An issue; a single section of articles without a name is not written as one."""
        data = self._fields(issue)
        (only,) = issue.sections if len(issue.sections) == 1 else (None,)
        sections = self._key(Issue, "sections")
        if only and only.type == "articles" and not only.name and sections in data:
            inner = data[sections][0]
            articles = self._key(IssueFile, "articles")
            if set(inner) == {articles}:
                others = {k: v for k, v in data.items() if k != sections}
                index = list(data).index(sections)
                pairs = [*others.items()]
                pairs.insert(index, (articles, inner[articles]))
                return dict(pairs)
        return data

    def _key(self, model: type[Part], name: str) -> str:
        return (chinese_key(model, name) if self._is_chinese else "") or name

    def _fields(self, part: Part, skip: Sequence[str] = ()) -> dict[str, Any]:
        """The fields of a part whose values are not the defaults."""
        model = type(part)
        fields = {}
        for name, field in model.model_fields.items():
            value = getattr(part, name)
            if name in skip or (not field.is_required() and value == field.default):
                continue
            fields[self._key(model, name)] = self._value(value, model.shapes()[name])
        return fields

    def _part(self, part: Part) -> Any:
        """A part; if only its short field is set, the value of that field."""
        fields = self._fields(part)
        short = type(part).short
        if short and list(fields) == [self._key(type(part), short)]:
            (value,) = fields.values()
            if not isinstance(value, Mapping):
                return value
        return fields

    def _value(self, value: Any, shape: object) -> Any:
        if isinstance(shape, BodyOf):
            return self._body(value)
        if isinstance(shape, LabelledOf):
            return _label_mapping(
                (getattr(pair, shape.label), getattr(pair, shape.text)) for pair in value
            )
        if isinstance(value, Part):
            return self._section(value) if isinstance(value, Section) else self._part(value)
        if isinstance(value, tuple):
            items = [self._value(item, None) for item in value]
            is_single = isinstance(shape, TextsOf) and len(items) == 1 and items[0]
            return items[0] if is_single else items
        return _scalar(value)

    def _section(self, section: Section) -> dict[str, Any]:
        record = self._registry.section_types[section.type]
        head: dict[str, Any] = {}
        if section.name:
            head[self._key(Section, "name")] = section.name
        if section.type != "articles":
            head[self._key(Section, "type")] = record.label if self._is_chinese else section.type
        return {**head, **self._fields(section, skip=("name", "type"))}

    # --- Bodies -----------------------------------------------------------------------------

    def _body(self, blocks: Sequence[Block]) -> Any:
        """A text with one line for each block; a list if a block cannot be written as a line."""
        texts = [_as_line(block) for block in blocks]
        if all(texts):
            return lines.Block("\n".join(map(str, texts)))
        items: list[Any] = []
        for is_text, group in itertools.groupby(zip(blocks, texts, strict=True), _is_text):
            if is_text:
                items.append(_join([str(text) for _, text in group]))
            else:
                items += [self._block(block) for block, _ in group]
        return items

    def _block(self, block: Block) -> dict[str, Any]:
        name = type(block).name
        key = self._registry.blocks[name].label if self._is_chinese else name
        line = _line_with_stars(block) if isinstance(block, Paragraph) else None
        if line and line == line.strip() and _parse_runs(line) == block.runs:  # type: ignore[attr-defined]
            return {key: line}
        part = self._part(block)
        return {key: None if part == {} else part}


def _scalar(value: object) -> bool | float | str:
    if isinstance(value, IssueDate):
        day = f"-{value.day:02}" if value.day else ""
        return lines.BareText(f"{value.year:04}-{value.month:02}{day}")
    return value if isinstance(value, bool | int | float | str) else str(value)


def _label_mapping(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A mapping from labels to texts; a repeated label gets a space after it."""
    mapping: dict[str, str] = {}
    for label, text in pairs:
        key = label
        # The reader refuses a repeated key, but strips labels.
        while key in mapping:
            key += " "
        mapping[key] = text
    return mapping


def _join(texts: Sequence[str]) -> str:
    return lines.Block("\n".join(texts)) if len(texts) > 1 else texts[0]


def _is_text(pair: tuple[Block, str | None]) -> bool:
    return pair[1] is not None


def _as_line(block: Block) -> str | None:
    """The line of a body that is read as just this block; ``None`` where there is none."""
    line = _line_with_stars(block)
    if not line or "\n" in line or line != line.strip():
        return None
    return line if list(_parse_blocks(line)) == [block] else None


def _line_with_stars(block: Block) -> str | None:
    """A paragraph as a line, its emphasised runs between stars; a heading as it is."""
    if isinstance(block, Paragraph):
        return "".join(f"**{run.text}**" if run.emphasis else run.text for run in block.runs)
    text = getattr(block, "text", None)
    return text if isinstance(text, str) else None


def _parse_blocks(line: str) -> Iterator[Block]:
    yield from blocks_of(_node(line), (), 0, {}, [])


def _parse_runs(line: str) -> tuple[Any, ...]:
    return runs_of(_node(line), 0, line, (), {}, [])


def _node(line: str) -> Node:
    return Node(Source("", line), 1, 1, line, "|")
