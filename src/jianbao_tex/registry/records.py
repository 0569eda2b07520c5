"""Whether a record of a plugin can be used: its name, its files, its model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from jianbao_tex.foreign_files import real_path
from jianbao_tex.hooks import (
    Block,
    BlockType,
    Check,
    Delivery,
    Figure,
    IssueCheck,
    Layout,
    MasterCheck,
    Output,
    Reader,
    Section,
    SectionType,
    TexCheck,
)
from jianbao_tex.language import Phrase, say
from jianbao_tex.parts import Part
from jianbao_tex.registry.plugins import Plugin, Record

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
"""The form of the names of records."""
PLUGIN_NAME = re.compile(r"(?!jianbao)(?!(part|section|block|layout)$)[a-z][a-z0-9_]{0,39}")
"""The form of the names of plugins: none of the prefixes of the package's own templates."""
SUFFIX = re.compile(r"(-[a-z0-9]{1,24}){0,4}(\.[a-z0-9][a-z0-9-]{0,15}){1,3}")
"""The form of what follows the name of an issue: ``.txt``, ``-page-1.png``."""
MOST_BYTES = 1024 * 1024
"""The largest size of a style file or a layout file, in bytes."""
MOST_SECONDS = 600
"""How long a delivery may take."""
_CHECKS = (IssueCheck, TexCheck, MasterCheck)
# Names that templates use themselves; a field cannot have them.
_RESERVED = {"template"}


def faults_of(record: Record, plugin: Plugin) -> Iterator[Phrase]:
    """Why a record cannot be used; nothing for a good one."""
    # Dataclasses check no types: a plugin can put anything into a record.
    if not isinstance(record.name, str) or not NAME.fullmatch(record.name):
        yield say("its name is not of lower case letters, digits, - and _, a letter first")
    if not isinstance(record.label, str) or not record.label.strip():
        yield say("it has no label")
    match record:
        case SectionType() | BlockType():
            yield from _type_faults(record, plugin)
        case Layout():
            yield from _layout_faults(record, plugin)
        case Check():
            yield from _check_faults(record)
        case Output():
            yield from _output_faults(record)
        case Reader():
            yield from _reader_faults(record)
        case Delivery():
            yield from _delivery_faults(record)


def _type_faults(record: SectionType | BlockType, plugin: Plugin) -> Iterator[Phrase]:
    yield from model_faults(record.model, Section if isinstance(record, SectionType) else Block)
    yield from _file_faults(record, plugin)
    if not isinstance(record.extends, str):
        yield say("its extends is not the name of a type")


def _reader_faults(reader: Reader) -> Iterator[Phrase]:
    suffixes: object = reader.suffixes
    if (
        not isinstance(suffixes, tuple)
        or not suffixes
        or any(not isinstance(s, str) or not SUFFIX.fullmatch(s) for s in suffixes)
    ):
        yield say("its suffixes must be a tuple such as {form}", form="('.csv',)")
    if not callable(reader.read):
        yield say("its read cannot be called")


def _delivery_faults(delivery: Delivery) -> Iterator[Phrase]:
    if not callable(delivery.deliver):
        yield say("its deliver cannot be called")
    if not isinstance(delivery.takes_kept, bool):
        yield say("its takes_kept is neither true nor false")
    seconds: object = delivery.seconds
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not is_number or not 0 < delivery.seconds <= MOST_SECONDS:
        yield say("its seconds must be more than 0 and at most {most}", most=MOST_SECONDS)


def _check_faults(check: Check[Any]) -> Iterator[Phrase]:
    if not isinstance(check, _CHECKS):
        yield say("it is none of {kinds}", kinds=tuple(kind.__name__ for kind in _CHECKS))
    if not callable(check.run):
        yield say("its run is not a function")


def _output_faults(output: Output) -> Iterator[Phrase]:
    if not isinstance(output.suffix, str) or not SUFFIX.fullmatch(output.suffix):
        yield say("its suffix is not of the form .txt or -proof.txt")
    if not callable(output.make):
        yield say("its make cannot be called")
    if output.prove is not None and not callable(output.prove):
        yield say("its prove cannot be called")
    if not isinstance(output.figures, tuple):
        yield say("its figures must be a tuple")
        return
    for figure in output.figures:
        if not isinstance(figure, Figure) or not figure.name.startswith(f"{output.name}."):
            yield say("its figures are not named {name}.…", name=output.name)
    reads: object = output.reads
    if not isinstance(reads, tuple) or not all(isinstance(name, str) for name in reads):
        yield say("its reads must be a tuple of figure names")


def model_faults(model: object, base: type[Part]) -> Iterator[Phrase]:
    """Why a model cannot be used; nothing for a good one."""
    if not isinstance(model, type) or not issubclass(model, base):
        yield say("its model is no {base}", base=base.__name__)
        return
    for part in _parts(model):
        for name in sorted(_RESERVED & set(part.model_fields)):
            yield say("a field cannot be called {name}", name=name)
        for name, field in part.model_fields.items():
            if field.title is not None and not _is_key(field.title):
                yield say("the title of the field {name} cannot be a YAML key", name=name)
        shapes = part.shapes()
        for name, field in part.model_fields.items():
            if shapes[name] is None and any(True for _ in _types(field.annotation)):
                yield say("the field {name} contains parts; mark it so (OneOf, ListOf)", name=name)
        titles = [field.title for field in part.model_fields.values() if field.title]
        for title in sorted({title for title in titles if titles.count(title) > 1}):
            yield say("two fields have the title {title}", title=title)


def is_own_name(stem: str, plugin: str) -> bool:
    """Whether a file name begins with the plugin's name (plugin names have no -)."""
    return stem == plugin or stem.startswith(f"{plugin}-")


def _is_key(title: object) -> bool:
    # No white space and no indicator of YAML (5.3): such a key would need quotes.
    return isinstance(title, str) and bool(re.fullmatch(r"[^\s:#,\[\]{}&*!|>'\"%@`]{1,40}", title))


def _parts(model: type[Part]) -> list[type[Part]]:
    """The model and the parts that its fields hold."""
    parts: list[type[Part]] = [model]
    for part in parts:
        for field in part.model_fields.values():
            parts += [t for t in _types(field.annotation) if t not in parts]
    return parts


def _types(annotation: object) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for inner in get_args(annotation):
        yield from _types(inner)


def _layout_faults(layout: Layout, plugin: Plugin) -> Iterator[Phrase]:
    paths = sorted(layout.folder.iterdir())
    for path in paths:
        if path.suffix == ".sty" and path.stem.startswith("jianbao"):
            yield say("the style file {file} has a name of the package's own", file=path.name)
        if is_outside(path, plugin):
            yield say("{file} is outside the plugin's folder", file=path.name)
        elif _is_too_large(path):
            yield say("{file} has more than {most} bytes", file=path.name, most=MOST_BYTES)


def _is_too_large(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > MOST_BYTES


def is_outside(path: Path, plugin: Plugin) -> bool:
    """Whether a file of a folder plugin is a link to one that is not its own."""
    if plugin.size != "folder" or plugin.home is None:
        return False
    return not real_path(path).is_relative_to(real_path(plugin.home))


def _file_faults(record: SectionType | BlockType, plugin: Plugin) -> Iterator[Phrase]:
    if not isinstance(record.template, Path) or not record.template.is_file():
        yield say("there is no template {file}", file=record.template)
    elif is_outside(record.template, plugin):
        yield say("{file} is outside the plugin's folder", file=record.template.name)
    yield from _style_faults(record.styles, plugin)


def _style_faults(styles: object, plugin: Plugin) -> Iterator[Phrase]:
    """Faults of style files; TeX sees all of them in one folder, so names must be unique."""
    if not isinstance(styles, tuple) or not all(isinstance(path, Path) for path in styles):
        yield say("its styles are no tuple of paths")
        return
    for path in styles:
        if plugin.size != "built-in" and not is_own_name(path.stem, plugin.name):
            yield say(
                "the name of the style file {file} does not begin with {plugin}",
                file=path.name,
                plugin=plugin.name,
            )
        if not path.is_file():
            yield say("there is no style file {file}", file=path)
        elif is_outside(path, plugin):
            yield say("{file} is outside the plugin's folder", file=path.name)
        elif _is_too_large(path):
            yield say("{file} has more than {most} bytes", file=path.name, most=MOST_BYTES)
