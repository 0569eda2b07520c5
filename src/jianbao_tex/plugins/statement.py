"""Version, hooks and first line of a Python source, read without running it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

MAX_SOURCE = 1024 * 1024
"""The largest size of a source file, in bytes; a larger plugin file is refused."""


@dataclass(frozen=True)
class ModuleInfo:
    """What stands at the top of a module: version, version of the hooks, hooks, first line."""

    version: str = ""
    api: str = ""
    hooks: tuple[str, ...] = ()
    label: str = ""


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
    constants: dict[str, str] = {}
    hooks: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("jianbao_"):
            hooks.append(node.name)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name) and isinstance(node.value.value, str):
                    constants[target.id] = node.value.value
    label = (ast.get_docstring(tree) or "").split("\n")[0].rstrip(".")
    return ModuleInfo(
        constants.get("__version__", ""),
        constants.get("JIANBAO_API", ""),
        tuple(sorted(hooks)),
        label,
    )
