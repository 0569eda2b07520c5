"""A starter issue: one section of each given type, with the examples of its fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from jianbao_tex.issue import Article, Imprint, Issue, Masthead, Section
from jianbao_tex.language import ENGLISH, Language, say
from jianbao_tex.parts import (
    BodyOf,
    LabelledOf,
    ListOf,
    OneOf,
    Part,
    PictureOf,
    RowsOf,
    TextsOf,
)
from jianbao_tex.reader import lines
from jianbao_tex.reader.keys import chinese_key
from jianbao_tex.registry import Registry

PICTURE = "picture.png"
"""The picture that a sample names where a field must have one."""

# The fields of a new issue; its author adds the rest.
_WANTED: Mapping[type[Part], tuple[str, ...]] = {
    Issue: ("masthead", "number", "date", "layout", "sections", "distribution", "imprint"),
    Masthead: ("name", "issuer"),
    Article: ("title", "body", "signature"),
    Imprint: ("issuer",),
}


def sample_of(
    registry: Registry,
    types: Sequence[str] = ("articles",),
    *,
    blocks: Sequence[str] = (),
    layout: str = "",
    date: str = "2026-11-20",
    language: Language = ENGLISH,
) -> str:
    """
    The YAML of an issue with a section of each type, and a text with each block.

    Raises:
        KeyError: a type or a block that the registry does not know.
    """
    sampler = _Sampler(registry, language)
    sections = [sampler.section(name) for name in types]
    if blocks:
        sections.append(sampler.text_with(blocks))
    head = {
        "masthead": sampler.part(Masthead),
        "number": 1,
        "date": lines.BareText(date),
        **({"layout": layout} if layout else {}),
        "sections": sections,
        "distribution": _example(Issue, "distribution"),
        "imprint": _example(Issue, "imprint"),
    }
    data = {sampler.key(Issue, name): value for name, value in head.items()}
    comments = {
        sampler.key(Issue, name): language.text(Issue.model_fields[name].description or "")
        for name in head
    }
    heading = language.translated(say("What each key is for: docs/keys.md"))
    return "\n".join((f"# {heading}", *lines.lines_of(data, comments))) + "\n"


class _Sampler:
    """Makes plain data of models, keys in one language."""

    def __init__(self, registry: Registry, language: Language) -> None:
        self._registry = registry
        self._language = language

    def key(self, model: type[Part], name: str) -> str:
        """The key of a field in the language."""
        if self._language.name == "zh":
            return chinese_key(model, name) or name
        return name

    def section(self, name: str) -> dict[str, Any]:
        """A section of a type."""
        record = self._registry.section_types[name]
        head: dict[str, Any] = {self.key(Section, "name"): _example(Section, "name")}
        if name != "articles":
            is_chinese = self._language.name == "zh"
            head[self.key(Section, "type")] = record.label if is_chinese else name
        return {**head, **self.part(record.model, skip=("name", "type"))}

    def text_with(self, blocks: Sequence[str]) -> dict[str, Any]:
        """A section of text with each of the blocks in it."""
        text = self._registry.section_types["text"].model
        # A picture or a page break alone is no text.
        body = [_TEXT, *(self._block(name) for name in blocks)]
        kind = self._registry.section_types["text"].label if self._language.name == "zh" else "text"
        return {self.key(text, "type"): kind, self.key(text, "body"): body}

    def _block(self, name: str) -> dict[str, Any]:
        record = self._registry.blocks[name]
        key = record.label if self._language.name == "zh" else name
        return {key: self.part(record.model) or None}

    def part(self, model: type[Part], skip: Sequence[str] = ()) -> dict[str, Any]:
        """The fields of a part: those that are wanted, else all that have an example."""
        wanted = _WANTED.get(model)
        fields: dict[str, Any] = {}
        for name, field in model.model_fields.items():
            if name in skip or (wanted and name not in wanted):
                continue
            value = self._value(model, name)
            if value is not None or field.is_required():
                fields[self.key(model, name)] = value
        return fields

    def _value(self, model: type[Part], name: str) -> Any:
        """An example for a field; ``None`` where it can be left out and shows none."""
        field, shape = model.model_fields[name], model.shapes()[name]
        match shape:
            case OneOf(part):
                return self.part(part)
            case ListOf(part):
                return [self.part(part)]
            case PictureOf():
                return PICTURE if field.is_required() else None
        value = _example(model, name)
        if value is None and field.is_required():
            value = self._stand_in(shape, field.title or name, _choices(field.annotation))
        return lines.Block(value) if isinstance(shape, BodyOf) and isinstance(value, str) else value

    @staticmethod
    def _stand_in(shape: object, name: str, choices: Sequence[str]) -> Any:
        """A value for a field that must have one and shows no example."""
        match shape:
            case BodyOf():
                return _TEXT
            case TextsOf():
                return [name]
            case RowsOf():
                return [[name, name]]
            case LabelledOf():
                return {name: name}
        return choices[0] if choices else name


def _example(model: type[Part], name: str) -> Any:
    """The first example of a field; ``None`` for none."""
    examples = model.model_fields[name].examples
    return examples[0] if examples else None


_TEXT = str(_example(Article, "body"))
"""The text of a body that has no example of its own."""


def _choices(annotation: object) -> list[str]:
    return [choice for choice in get_args(annotation) if isinstance(choice, str)]
