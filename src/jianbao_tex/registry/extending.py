"""A section type or a block that extends another one: its fields, texts and style files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import create_model

from jianbao_tex.hooks import Block, BlockType, Section, SectionType
from jianbao_tex.language import Phrase, say
from jianbao_tex.parts import Part
from jianbao_tex.registry.plugins import describe_exception

TypeRecord = TypeVar("TypeRecord", SectionType, BlockType)
_MOST_STEPS = 20
"""How many types may extend one another in a row."""


class NotExtended(Exception):
    """A record that cannot extend another one; ``reason`` says why."""

    def __init__(self, reason: Phrase) -> None:
        super().__init__(str(reason))
        self.reason = reason


AnyPart = TypeVar("AnyPart", bound=Part)


def with_methods(model: type[AnyPart], **methods: Callable[[Any], object]) -> type[AnyPart]:
    """A model like this one, with other methods."""
    metaclass: Any = type(model)
    namespace = {"__module__": model.__module__, **methods}
    changed: type[AnyPart] = metaclass(model.__name__, (model,), namespace)
    return changed


def extend_all(
    records: Mapping[str, TypeRecord],
) -> tuple[dict[str, TypeRecord], dict[str, Phrase]]:
    """
    Two mappings by name: the complete records, and the reasons why others cannot be used.

    ``records`` are as the plugins return them.
    """
    whole: dict[str, TypeRecord] = {}
    reasons: dict[str, Phrase] = {}
    for name in records:
        try:
            chain = _chain(records, name)
        except NotExtended as exc:
            reasons[name] = exc.reason
            continue
        # From the last one, which extends nothing, to the first.
        for step in reversed(chain):
            base = records[step].extends
            if base in reasons:
                reasons.setdefault(step, _unusable(base))
            elif step not in whole and step not in reasons:
                try:
                    whole[step] = extended(records[step], whole[base]) if base else records[step]
                except NotExtended as exc:
                    reasons[step] = exc.reason
    return whole, reasons


def _chain(records: Mapping[str, TypeRecord], name: str) -> list[str]:
    """The record, the one that it extends, and so on; raises `NotExtended`."""
    chain: list[str] = [name]
    while base := records[chain[-1]].extends:
        if base in chain:
            raise NotExtended(say("it extends itself: {names}", names=" → ".join((*chain, base))))
        if base not in records:
            if chain != [name]:
                raise NotExtended(_unusable(chain[1]))
            known = tuple(sorted(set(records) - {name}))
            reason = say(
                "it extends {base}, which there is not; known: {known}", base=base, known=known
            )
            raise NotExtended(reason)
        chain.append(base)
        if len(chain) > _MOST_STEPS:
            raise NotExtended(say("more than {most} types extend one another", most=_MOST_STEPS))
    return chain


def _unusable(base: str) -> Phrase:
    return say("it extends {base}, which cannot be used", base=base)


def extended(record: TypeRecord, base: TypeRecord) -> TypeRecord:
    """
    A record with the fields, texts, entries and style files of another one.

    Raises:
        NotExtended: the models do not fit.
    """
    own: type[Part] = record.model
    other: type[Part] = base.model
    # A plugin of Python may have named the other model itself.
    model: Any = own
    if not issubclass(own, other):
        is_section = issubclass(own, Section)
        merged = _merged(own, other, Section if is_section else Block)
        names = ("body_texts", "entries") if is_section else ("texts",)
        model = with_methods(merged, **{name: _of_both(name, other, own) for name in names})
        model.short = own.short or other.short
    changes: dict[str, Any] = {
        "model": model,
        "styles": tuple(dict.fromkeys((*base.styles, *record.styles))),
    }
    return replace(record, **changes)


def _of_both(name: str, other: type[Part], own: type[Part]) -> Callable[[Part], Iterator[Any]]:
    """A function that yields what the functions of two models yield, those of the other first."""

    def both(part: Part) -> Iterator[Any]:
        for model in (other, own):
            function = getattr(model, name)
            # A block without fields of its own may leave it out.
            if function is not Part.texts:
                yield from function(part)

    return both


def _merged(own: type[AnyPart], other: type[AnyPart], common: type[Part]) -> type[AnyPart]:
    """The model with the fields of both, those of the other one first."""
    names = (_names_of(model, common) for model in (own, other))
    if twice := sorted(next(names) & next(names)):
        raise NotExtended(say("both have the name {name}", name=twice[0]))
    try:
        model: type[AnyPart] = create_model(own.__name__, __base__=(own, other))
    except KeyboardInterrupt:
        raise
    except BaseException as exc:
        # Two classes that do not fit, or whatever a class of a plugin does when it is extended.
        raise NotExtended(say("{reason}", reason=describe_exception(exc))) from exc
    model.name_fields = own.name_fields | other.name_fields
    return model


def _names_of(model: type[Part], common: type[Part]) -> frozenset[str]:
    """The fields, properties and methods of a model, besides those that all models have."""
    # A variable of the class may have no value there, such as the name of a block.
    usual = {*common.model_fields, *dir(common), *common.__class_vars__}
    names = {*model.model_fields, *dir(model)} - usual
    return frozenset(name for name in names if not name.startswith("_"))
