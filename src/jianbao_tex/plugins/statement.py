"""Version, hooks and first line of a Python source, read without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_SOURCE = 1024 * 1024
"""The largest size of a source file, in bytes; a larger plugin file is refused."""

_NAMES = frozenset(("__version__", "JIANBAO_API", "JIANBAO_REQUIRES", "JIANBAO_TEX"))


@dataclass(frozen=True)
class ModuleInfo:
    """
    What stands at the top of a module: version, version of the hooks, hooks, first line, the
    plugins that it requires, and the files of TeX with their Debian packages.
    """

    version: str = ""
    api: str = ""
    hooks: tuple[str, ...] = ()
    label: str = ""
    requires: tuple[str, ...] = ()
    tex: Mapping[str, str] = field(default_factory=dict)


def statement_of(source: bytes) -> ModuleInfo:
    """
    The statement of a module; an empty one for what is no Python.

    Hooks are functions at the top level of the module.  Hooks that are made in another way
    are known only after the plugin is loaded.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # ValueError for a NUL, the last two for deep nesting.
        return ModuleInfo()
    constants = dict(_constants(tree))
    functions = (node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    return ModuleInfo(
        _text(constants.get("__version__")),
        _text(constants.get("JIANBAO_API")),
        tuple(sorted(name for name in functions if name.startswith("jianbao_"))),
        (ast.get_docstring(tree) or "").split("\n")[0].rstrip("."),
        _requirements(constants.get("JIANBAO_REQUIRES", ())),
        _packages(constants.get("JIANBAO_TEX", {})),
    )


def _constants(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    """The names at the top of a module with their values; code that makes one is its text."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            if {*names} & _NAMES:
                try:
                    value = ast.literal_eval(node.value)
                except (ValueError, TypeError, RecursionError, MemoryError):
                    value = _Code(names[0])
                yield from ((name, value) for name in names)


class _Code(str):
    """The name of a value that code makes, and so cannot be read."""

    __slots__ = ()


def _requirements(value: object) -> tuple[str, ...]:
    """The requirements; what has another form is one that cannot be met, and is reported so."""
    texts = value if isinstance(value, tuple | list) else (value,)
    return tuple(text if isinstance(text, str) else "JIANBAO_REQUIRES" for text in texts)


def _packages(value: object) -> dict[str, str]:
    """The packages by file; what has another form is no file of TeX, and is reported so."""
    pairs = value.items() if isinstance(value, dict) else ()
    texts = {k: v for k, v in pairs if isinstance(k, str) and isinstance(v, str)}
    return texts if isinstance(value, dict) and len(texts) == len(pairs) else {"JIANBAO_TEX": ""}


def _text(value: object) -> str:
    return value if isinstance(value, str) and not isinstance(value, _Code) else ""
