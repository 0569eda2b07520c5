"""Version, hooks and first line of a Python source, read without running it."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_SOURCE = 1024 * 1024
"""The largest size of a source file, in bytes; a larger plugin file is refused."""


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
    requires, tex = constants.get("JIANBAO_REQUIRES"), constants.get("JIANBAO_TEX")
    return ModuleInfo(
        _text(constants.get("__version__")),
        _text(constants.get("JIANBAO_API")),
        tuple(sorted(name for name in functions if name.startswith("jianbao_"))),
        (ast.get_docstring(tree) or "").split("\n")[0].rstrip("."),
        tuple(map(str, requires)) if isinstance(requires, tuple | list) else (),
        {str(file): str(tex[file]) for file in tex} if isinstance(tex, dict) else {},
    )


def _constants(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    """The names at the top of a module that stand for a value without code."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            with contextlib.suppress(ValueError, TypeError, RecursionError, MemoryError):
                value = ast.literal_eval(node.value) if names else None
                yield from ((name, value) for name in names)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
