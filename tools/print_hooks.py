"""Prints docs/hooks.md: the hooks and their records, from the docstrings of jianbao_tex.hooks."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jianbao_tex import hooks
from jianbao_tex.hooks import prepress
from jianbao_tex.parts import Part

_HEAD = f"""# Hooks

Printed from the code by `make accept`: this is what `jianbao_tex.hooks` says of itself.
[plugins.md](plugins.md) shows how a plugin is written.

Version of the hooks: **{hooks.API}**.
A plugin says `JIANBAO_API = "{hooks.API}"` (a folder: `api = "{hooks.API}"`), the version that it was written for, and runs with every later one of the same first number; a folder, which contains no Python, runs with all later ones.
A hook is called with the arguments that its implementation names, so that a new one breaks no old plugin; records and subjects may get further fields, never fewer.
Hooks that register are called once; `jianbao_prepare` for every issue, in the order that `jianbao plugins order jianbao_prepare` prints.
"""

_RECORDS = (
    *("SectionType", "BlockType", "Check", "IssueCheck", "TexCheck", "MasterCheck", "Output"),
    *("IssueSubject", "TexSubject", "MasterSubject", "OutputSubject", "Job"),
    *("Reader", "ForeignFile", "Imported", "Delivery", "DeliverySubject", "FallbackFont"),
    *("Layout", "Finding", "Fix", "Setting", "Preparation"),
)
_PARTS = ("Issue", "Section", "Article", "Block", "Paragraph", "Heading", "Place", "Where")
"""What checks and `jianbao_prepare` read: the parts of an issue, and places in its file."""


def page() -> str:
    """The whole page."""
    rooms = (_hooks(), _records(), _parts(), _other_names(), _prepress())
    return "\n".join((_HEAD, *itertools.chain.from_iterable(rooms)))


def _hooks() -> Iterator[str]:
    yield "## The hooks\n"
    for name, hook in vars(hooks.Hooks).items():
        if name.startswith("jianbao_"):
            signature = inspect.signature(hook)
            parameters = [p for p in signature.parameters.values() if p.name != "self"]
            arguments = ", ".join(f"{p.name}: {p.annotation}" for p in parameters)
            yield f"### {name}({arguments}) -> {signature.return_annotation}\n"
            yield f"{_docstring(hook)}\n"


def _records() -> Iterator[str]:
    yield "## The records\n"
    for name in _RECORDS:
        record = getattr(hooks, name)
        yield f"### {name}\n"
        yield f"{_docstring(record)}\n"
        yield "| field | type |\n|---|---|"
        for field in dataclasses.fields(record):
            kind = str(field.type).replace("[[Subject]", f"[[{_stage_of(record)}]")
            yield f"| `{field.name}` | `{kind}` |".replace(" | None", " or None")
        yield ""


def _parts() -> Iterator[str]:
    yield "## The parts of an issue\n"
    yield "Parts are frozen; `part.model_copy(update={…})` makes another one.\n"
    for name in _PARTS:
        part = getattr(hooks, name)
        yield f"### {name}\n"
        yield f"{_docstring(part)}\n"
        yield "| field or method | is |\n|---|---|"
        yield from _fields_of(part)
        yield from _methods_of(part)
        yield ""


def _fields_of(part: Any) -> Iterator[str]:
    if issubclass(part, Part):
        for name, field in part.model_fields.items():
            key = f" ({field.title})" if field.title else ""
            yield f"| `{name}`{key} | {field.description or ''} |"
    else:
        for dataclass_field in dataclasses.fields(part):
            yield f"| `{dataclass_field.name}` | `{dataclass_field.type}` |".replace(
                " | None", " or None"
            )


def _methods_of(part: Any) -> Iterator[str]:
    """The public methods and properties that we have written, those of base classes too."""
    for name in dir(part):
        item = inspect.getattr_static(part, name)
        function = item.fget if isinstance(item, property) else getattr(item, "__func__", item)
        is_ours = str(getattr(function, "__module__", "")).startswith("jianbao_tex")
        if name.startswith("_") or not is_ours or not inspect.isfunction(function):
            continue
        names = [p for p in inspect.signature(function).parameters if p not in {"self", "cls"}]
        call = "" if isinstance(item, property) else f"({', '.join(names)})"
        yield f"| `{name}{call}` | {_first_sentence(function, name)} |"


def _stage_of(record: type) -> str:
    """The type that a check reads; the name of the variable for that of any stage."""
    for base in getattr(record, "__orig_bases__", ()):
        return ", ".join(part.__name__ for part in typing.get_args(base))
    return "Subject"


def _other_names() -> Iterator[str]:
    """What else may be imported, each with its first sentence."""
    yield "## What else may be imported\n"
    yield "| name | is |\n|---|---|"
    for name in hooks.__all__:
        if name not in _RECORDS:
            yield f"| `{name}` | {_first_sentence(getattr(hooks, name), name)} |"
    yield ""


def _prepress() -> Iterator[str]:
    """What outputs may use besides, each with its first sentence."""
    yield "## What outputs may use: `jianbao_tex.hooks.prepress`\n"
    yield _docstring(prepress) + "\n"
    yield "| name | is |\n|---|---|"
    for name in prepress.__all__:
        yield f"| `{name}` | {_first_sentence(getattr(prepress, name), name)} |"
    yield ""


def _docstring(item: object) -> str:
    """A docstring as Markdown: names in single marks, arguments as a list."""
    lines = (inspect.getdoc(item) or "").replace("``", "`").split("\n")
    text: list[str] = []
    is_list = False
    for line in lines:
        if line in {"Args:", "Raises:"}:
            is_list = True
            text.append("")
        elif is_list and line.startswith("    ") and not line.startswith("     "):
            text.append(f"- {line.strip()}")
        else:
            text.append(line.strip())
    return "\n".join(text)


def _first_sentence(item: object, name: str) -> str:
    """The first sentence of what is said of a name: its docstring, or the text below it."""
    if str(getattr(item, "__module__", "")).startswith("pydantic"):
        return "pydantic's own, for models"
    is_code = inspect.isclass(item) or inspect.isfunction(item)
    text = (inspect.getdoc(item) or "") if is_code else _CONSTANTS.get(name, "")
    return text.split("\n\n")[0].replace("\n", " ").replace("``", "`").replace("|", "or")


def _sentences() -> Iterator[tuple[str, str]]:
    """Each constant of the package with the text that stands below it."""
    for path in Path(hooks.__file__).parent.parent.rglob("*.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        for node, following in itertools.pairwise(body):
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            value = following.value if isinstance(following, ast.Expr) else None
            if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
                yield target.id, str(value.value).strip()


_CONSTANTS = dict(_sentences())
