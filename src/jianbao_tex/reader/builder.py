"""Nodes -> parts of the issue, all faults of a file in one run."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from jianbao_tex.cancelling import CancelCheck, never_cancelled
from jianbao_tex.findings import Finding, error
from jianbao_tex.issue import Block, Paragraph, Section
from jianbao_tex.language import Phrase, say
from jianbao_tex.parts import (
    BodyOf,
    DataPath,
    LabelledOf,
    ListOf,
    OneOf,
    Part,
    RowsOf,
    SectionsOf,
    TextsOf,
    UntrimmedText,
)
from jianbao_tex.reader.bodies import Places, blocks_of, runs_of
from jianbao_tex.reader.keys import (
    TWO_SPELLINGS,
    field_of,
    keys_of,
    nearest,
    part_name,
)
from jianbao_tex.reader.nodes import Node
from jianbao_tex.reader.validation import ONE_LINE, findings_of
from jianbao_tex.reader.yaml_marks import fault_of_text
from jianbao_tex.registry import Absence, Registry

_KIND = error("JB120", "{what} must be {wanted}, not {got}", "see docs/writing.md for its form")
_UNKNOWN = error("JB121", "unknown key {key} in {part}", "{hint}")
_SECTION_TYPE = error("JB123", "unknown section type {name}", "known types: {known}")
_BLOCK = error("JB124", "unknown block {name}", "known blocks: {known}")
_BLOCK_KEYS = error(
    "JB125", "a block must have one key, but here are {count}", "begin each block with its own -"
)

KIND_WORDS: Mapping[str, Phrase] = {
    "text": say("text"),
    "list": say("a list"),
    "mapping": say("a mapping"),
    "nothing": say("empty"),
}
"""The words for the kinds of nodes in messages."""

AnyPart = TypeVar("AnyPart", bound=Part)


class Builder:
    """
    Builds parts from nodes; records the place of every value, and every fault.

    ``absences`` are the plugin absences that may explain an unknown name.
    """

    def __init__(self, registry: Registry, check_cancelled: CancelCheck = never_cancelled) -> None:
        self.registry = registry
        self._check_cancelled = check_cancelled
        self.places: Places = {}
        self.faults: list[Finding] = []
        self.absences: list[Absence] = []

    # --- Parts ---------------------------------------------------------------------

    def part(self, model: type[AnyPart], node: Node, path: DataPath) -> AnyPart | None:
        """The part in a node, or ``None`` if it has faults."""
        self._check_cancelled()
        self.places.setdefault(path, node.place())
        if node.kind == "text" and not node.style and self._is_misspelt(node, keys_of(model)):
            return None
        if model.short and node.kind != "mapping":
            values, broken = self._field_values(model, {model.short: (node, node)}, path)
        elif self._check_kind(node, "mapping", part_name(model)):
            values, broken = self._field_values(model, self._fields_in(model, node), path)
        else:
            return None
        # The parts in it are instances already, so pydantic checks this one only (decision 0002).
        try:
            part = model.model_validate(values)
        except ValidationError as exc:
            findings = findings_of(exc, model, node, path, self.places)
            self.faults += [finding for name, finding in findings if name not in broken]
            return None
        return None if broken else part

    def _fields_in(self, model: type[Part], node: Node) -> dict[str, tuple[Node, Node]]:
        """Field name -> key and value; unknown keys and second spellings are faults."""
        spellings = keys_of(model)
        fields: dict[str, tuple[Node, Node]] = {}
        for key, value in node.pairs:
            name = spellings.get(key.text)
            if name is None and self._is_misspelt(key, spellings):
                continue
            if name is None:
                guess = nearest(key.text, spellings)
                hint = (
                    say("did you mean {name}?", name=guess)
                    if guess
                    else say("known keys: {known}", known=tuple(model.model_fields))
                )
                self.faults.append(
                    _UNKNOWN.at(key.where, key=key.text, part=part_name(model), hint=hint)
                )
            elif name in fields:
                first = fields[name][0]
                self.faults.append(
                    TWO_SPELLINGS.at(key.where, key=key.text, first=first.text, line=first.line)
                )
            else:
                fields[name] = (key, value)
        return fields

    def _field_values(
        self, model: type[Part], keys: dict[str, tuple[Node, Node]], path: DataPath
    ) -> tuple[dict[str, Any], set[str]]:
        """The values for the model, and the names of the fields that have faults."""
        values: dict[str, Any] = {}
        broken: set[str] = set()
        shapes = model.shapes()
        for name, (key, node) in keys.items():
            if node.kind == "nothing":
                # An empty value counts as absent; if required, it is reported at its key.
                self.places[(*path, name)] = key.place()
                continue
            before = len(self.faults)
            # In the short form there is no key; the value stands for the whole part.
            outer = path[-1] if path and isinstance(path[-1], str) else name
            spelling = outer if key is node else key.text
            value = self._value(shapes[name], node, (*path, name), spelling)
            if len(self.faults) > before:
                broken.add(name)
            else:
                values[name] = value
        return values, broken

    # --- Values, by the kind of their field --------------------------------------------

    def _value(  # noqa: PLR0911 -- one return a shape
        self, shape: object, node: Node, path: DataPath, key: str
    ) -> Any:
        self.places[path] = node.place()
        match shape:
            case BodyOf():
                return self.body(node, path, key)
            case SectionsOf():
                return self._list(node, path, key, self._section)
            case OneOf(part):
                return self.part(part, node, path)
            case ListOf(part):
                return self._list(node, path, key, lambda item, p: self.part(part, item, p))
            case TextsOf():
                if node.kind == "text":
                    self.places[(*path, 0)] = node.place()
                    return (node.text.strip(),)
                return self._texts(node, path, key)
            case RowsOf():
                return self._list(node, path, key, lambda item, p: self._cells(item, p, key))
            case UntrimmedText():
                return node.text.strip("\n") if self._check_kind(node, "text", key) else None
            case LabelledOf(label, text):
                return self._labelled_lines(node, path, key, (label, text))
            case _:
                return node.text.strip() if self._check_kind(node, "text", key) else None

    def _list(self, node: Node, path: DataPath, key: str, build: Any) -> tuple[Any, ...]:
        if not self._check_kind(node, "list", key):
            return ()
        return tuple(build(item, (*path, i)) for i, item in enumerate(node.items))

    def _texts(self, node: Node, path: DataPath, key: str) -> tuple[str, ...]:
        return self._list(node, path, key, lambda item, p: self._entry(item, p, key).strip())

    def _cells(self, node: Node, path: DataPath, key: str) -> tuple[str, ...]:
        # A wide space at the start of a cell is its indent.
        return self._list(
            node, path, key, lambda item, p: self._entry(item, p, key).rstrip().lstrip(" \n\t")
        )

    def _entry(self, node: Node, path: DataPath, key: str) -> str:
        self.places[path] = node.place()
        if node.kind == "nothing":
            return ""
        return (
            node.text if self._check_kind(node, "text", say("an entry of {key}", key=key)) else ""
        )

    def _labelled_lines(
        self, node: Node, path: DataPath, key: str, fields: tuple[str, str]
    ) -> tuple[dict[str, str], ...]:
        if not self._check_kind(node, "mapping", key):
            return ()
        lines: list[dict[str, str]] = []
        for label, text in node.pairs:
            line_path = (*path, len(lines))
            self.places[line_path] = self.places[(*line_path, fields[0])] = label.place()
            if text.kind == "nothing":
                continue
            if self._check_kind(text, "text", label.text):
                self.places[(*line_path, fields[1])] = text.place()
                lines.append(
                    dict(
                        zip(fields, (label.text.strip(), " ".join(text.text.split())), strict=True)
                    )
                )
        return tuple(lines)

    def _section(self, node: Node, path: DataPath) -> Section | None:
        types = self.registry.section_types
        if not self._check_kind(node, "mapping", say("a section")):
            return None
        type_value = next((v for k, v in node.pairs if field_of(Section, k.text) == "type"), None)
        name = type_value.text.strip() if type_value and type_value.kind == "text" else "articles"
        if name not in types:
            name = self.registry.named("section_types", name)
        if name not in types:
            where = type_value.where if type_value else node.where
            self.faults.append(_SECTION_TYPE.at(where, name=name, known=tuple(types)))
            self.absences += self.registry.why_missing("section_types", name)
            return None
        section = self.part(types[name].model, node, path)
        # The file may call the type by its label.
        return section.model_copy(update={"type": name}) if section else None

    # --- Bodies --------------------------------------------------------------------------

    def body(self, node: Node, path: DataPath, key: str) -> tuple[Block, ...]:
        """The blocks of a body: a text, or a list of texts and blocks."""
        if node.kind == "text":
            return tuple(blocks_of(node, path, 0, self.places, self.faults))
        if node.kind != "list":
            wanted, got = say("text or a list"), KIND_WORDS[node.kind]
            self.faults.append(_KIND.at(node.where, what=key, wanted=wanted, got=got))
            return ()
        blocks: list[Block | None] = []
        for item in node.items:
            # A faulty block keeps its number, so that its places do not belong to the next block.
            if item.kind == "text":
                blocks += blocks_of(item, path, len(blocks), self.places, self.faults)
            elif item.kind != "nothing":
                blocks.append(self._block(item, (*path, len(blocks))))
        return tuple(block for block in blocks if block is not None)

    def _block(self, node: Node, path: DataPath) -> Block | None:
        if not self._check_kind(node, "mapping", say("a block")):
            return None
        if len(node.pairs) != 1:
            self.faults.append(_BLOCK_KEYS.at(node.where, count=len(node.pairs)))
            return None
        key, value = node.pairs[0]
        name = self.registry.named("blocks", key.text)
        self.places[path] = key.place()
        if name not in self.registry.blocks:
            names = tuple(self.registry.blocks)
            self.faults.append(_BLOCK.at(key.where, name=key.text, known=names))
            self.absences += self.registry.why_missing("blocks", name)
            return None
        model = self.registry.blocks[name].model
        if model is Paragraph and value.kind == "text":
            return self._paragraph(value, path)
        if value.kind == "nothing":
            empty: list[tuple[Node, Node]] = []
            value = Node(key.source, key.line, key.column, empty, "mapping")
        return self.part(model, value, path)

    def _paragraph(self, node: Node, path: DataPath) -> Paragraph | None:
        """An explicit paragraph: its runs are read, but it never is a heading."""
        text = node.text.strip()
        if "\n" in text:
            self.faults.append(ONE_LINE.at(node.where, key="paragraph"))
            return None
        start = node.text.find(text)
        runs = runs_of(node, start, text, path, self.places, self.faults)
        return Paragraph(runs=runs) if runs else None

    def _is_misspelt(self, node: Node, keys: Container[str]) -> bool:
        """Whether a text begins with a key and a colon that is none to YAML; that is a fault."""
        fault = fault_of_text(node.source, node.line, node.column, keys)
        self.faults += [fault] if fault else []
        return fault is not None

    def _check_kind(self, node: Node, kind: str, name: str | Phrase) -> bool:
        if node.kind == kind:
            return True
        got = KIND_WORDS[node.kind]
        self.faults.append(_KIND.at(node.where, what=name, wanted=KIND_WORDS[kind], got=got))
        return False
