"""What a Python source says of itself, read without running it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

MAX_SOURCE = 1024 * 1024
"""How many bytes of a source are looked at, and may run as a plugin of one file."""


@dataclass(frozen=True)
class Statement:
    """What stands at the top of a module: version, version of the hooks, hooks, first line."""

    version: str = ""
    api: str = ""
    hooks: tuple[str, ...] = ()
    label: str = ""


def statement_of(source: bytes) -> Statement:
    """
    The statement of a module; an empty one for what is no Python.

    Hooks are functions of the module itself; a plugin that makes them otherwise shows them
    only once it runs.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Statement()
    said: dict[str, str] = {}
    hooks: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("jianbao_"):
            hooks.append(node.name)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name) and isinstance(node.value.value, str):
                    said[target.id] = node.value.value
    first = (ast.get_docstring(tree) or "").split("\n")[0].rstrip(".")
    return Statement(
        said.get("__version__", ""), said.get("JIANBAO_API", ""), tuple(sorted(hooks)), first
    )
