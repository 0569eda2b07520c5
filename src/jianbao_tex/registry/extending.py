"""A section type or a block that extends another one: its fields, texts and style files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import create_model

from jianbao_tex.hooks import Block, BlockType, Section, SectionType
from jianbao_tex.language import Phrase, say
from jianbao_tex.parts import DataPath, Part

TypeRecord = TypeVar("TypeRecord", SectionType, BlockType)


class NotExtended(Exception):
    """A record that cannot be extended; ``reason`` says why."""

    def __init__(self, name: str, reason: Phrase) -> None:
        super().__init__(name)
        self.name = name
        self.reason = reason


AnyPart = TypeVar("AnyPart", bound=Part)


def with_methods(model: type[AnyPart], **methods: Callable[[Any], object]) -> type[AnyPart]:
    """A model like this one, with other methods."""
    metaclass: Any = type(model)
    namespace = {"__module__": model.__module__, **methods}
    changed: type[AnyPart] = metaclass(model.__name__, (model,), namespace)
    return changed


def extended_section(records: Mapping[str, SectionType], name: str) -> SectionType:
    """
    A section type with the fields, texts and entries of the one that it extends.

    Raises:
        NotExtended: there is no such type, they extend one another, or two fields do not fit.
    """
    record = records[name]
    if not record.extends:
        return record
    base = extended_section(records, _base(records, name))
    own, other = record.model, base.model

    def body_texts(section: Section) -> Iterator[str]:
        yield from other.body_texts(section)
        yield from own.body_texts(section)

    def entries(section: Section) -> Iterator[tuple[DataPath, str]]:
        yield from other.entries(section)
        yield from own.entries(section)

    # A plugin of Python may have named the other model itself.
    model = own
    if not issubclass(own, other):
        model = with_methods(_merged(name, own, other), body_texts=body_texts, entries=entries)
    return replace(record, model=model, styles=_styles(base, record))


def extended_block(records: Mapping[str, BlockType], name: str) -> BlockType:
    """A block with the fields and texts of the one that it extends; raises `NotExtended`."""
    record = records[name]
    if not record.extends:
        return record
    base = extended_block(records, _base(records, name))
    own, other = record.model, base.model

    def texts(block: Block) -> Iterator[str]:
        yield from other.texts(block)
        if own.texts is not Part.texts:
            yield from own.texts(block)

    model = own
    if not issubclass(own, other):
        model = with_methods(_merged(name, own, other), texts=texts)
        model.name, model.short = own.name, own.short or other.short
    return replace(record, model=model, styles=_styles(base, record))


def _base(records: Mapping[str, TypeRecord], name: str) -> str:
    """The name of the record that one extends; raises `NotExtended`."""
    base = records[name].extends
    above = [name]
    while base in records and base not in above:
        above.append(base)
        base = records[base].extends
    if base:
        # There is no such record, or it extends this one.
        known = tuple(sorted(set(records) - {name}))
        reason = say("it cannot extend {base}; known: {known}", base=str(base), known=known)
        raise NotExtended(name, reason)
    return above[1]


def _styles(*records: TypeRecord) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(style for record in records for style in record.styles))


def _merged(name: str, own: type[AnyPart], other: type[AnyPart]) -> type[AnyPart]:
    """The model with the fields of both, those of the other one first."""
    common = frozenset(Section.model_fields) if issubclass(own, Section) else frozenset()
    if twice := sorted(own.model_fields.keys() & other.model_fields.keys() - common):
        raise NotExtended(name, say("both have the field {name}", name=twice[0]))
    try:
        model: type[AnyPart] = create_model(own.__name__, __base__=(own, other))
    except TypeError as exc:
        raise NotExtended(name, say("{reason}", reason=str(exc))) from exc
    model.name_fields = own.name_fields | other.name_fields
    return model
