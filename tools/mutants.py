"""
Mutants: one small change of the code at a time, and whether the nearest tests notice it.

    make mutants
    make mutants ROOMS="chinese store"

cosmic-ray makes the changes.  Its own runner writes each of them into the checkout and starts
Python again; here a change is imported from memory, in a child of a process that has loaded the
libraries, so that no file changes and a mutant costs what its tests cost.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.util
import os
import re
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
PACKAGE = "jianbao_tex"
CACHE = "CACHE_OF_TESTS"

# What costs most of the time of an import, and is none of our own code.
_LIBRARIES = (
    *("fontTools.ttLib", "hypothesis", "jinja2", "pikepdf", "PIL.Image", "pluggy"),
    *("pydantic", "pypdfium2", "pytest", "rich", "rjieba", "uharfbuzz", "yaml"),
)


@dataclass(frozen=True)
class Room:
    """
    What is mutated, and by which tests that should be noticed.

    Of the mutants of a large room every so many are tried, the first one included, in the
    order of file, line, column and operator.
    """

    path: str
    tests: tuple[str, ...]
    every: int = 1
    shares_cache: bool = True


ROOMS = {
    "chinese": Room("chinese.py", ("test_chinese.py",)),
    "tex": Room("tex.py", ("test_tex_origins.py", "test_tex.py")),
    "figures": Room("figures.py", ("test_figures.py", "test_layout.py")),
    "titles": Room("composer/titles.py", ("test_title_lines.py",)),
    "shapes": Room("composer/shapes.py", ("test_shapes.py", "test_title_lines.py")),
    "phrases": Room("composer/phrases", ("test_phrases.py",), every=3),
    "checks": Room(
        "builtin/checks",
        (
            *("test_measured_checks.py", "test_measured_pieces.py", "test_measured_sheets.py"),
            *("test_measured_text.py", "test_measured_lines.py", "test_measured_logs.py"),
            *("test_measured_tables.py", "test_shown.py", "test_added_text.py"),
        ),
        every=3,
    ),
    # A store that is wrong would spoil the cache of the others.
    "store": Room("store.py", ("test_store.py",), shares_cache=False),
}

# --- Mutants --------------------------------------------------------------------------------

# Of an operator that stands for another one or two are tried, not all: `+` for `-` says as much
# as `<<` for `-`, which fails for its types.
_OPERATORS = re.compile(
    "core/(?:ReplaceBinaryOperator_(?:Add_Sub|Sub_Add|Mul_Div|Div_Mul|FloorDiv_Mul|Mod_FloorDiv"
    "|Pow_Mul|BitOr_BitAnd|BitAnd_BitOr|BitXor_BitAnd)"
    "|ReplaceComparisonOperator_(?:Eq_NotEq|NotEq_Eq|Is_IsNot|IsNot_Is|Lt_LtE|Lt_GtE|LtE_Lt"
    "|LtE_Gt|Gt_GtE|Gt_LtE|GtE_Gt|GtE_Lt)"
    "|ReplaceUnaryOperator_(?:USub_UAdd|Delete_Not)"
    "|(?!ReplaceBinary|ReplaceComparison|ReplaceUnary)\\w+)"
)
_ALIAS = re.compile(r"[A-Z][a-z]\w* = ")


@dataclass(frozen=True)
class Mutant:
    """One change of one file."""

    file: Path
    line: int
    column: int
    operator: str
    code: str
    before: str
    after: str

    def __str__(self) -> str:
        where = f"{self.file.relative_to(ROOT)}:{self.line}"
        return f"{where} {self.operator}\n    - {self.before}\n    + {self.after}"


def mutants_of(path: Path) -> list[Mutant]:
    """The mutants of a file, or of the files of a folder, that may change what is seen."""
    files = sorted(path.glob("*.py")) if path.is_dir() else [path]
    mutants = [mutant for file in files for mutant in _mutants(file)]
    return sorted(
        mutants,
        key=lambda mutant: (mutant.file, mutant.line, mutant.column, mutant.operator, mutant.code),
    )


def _mutants(file: Path) -> Iterator[Mutant]:
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    source = file.read_text(encoding="utf-8")
    lines = source.split("\n")
    nodes = list(ast_nodes(get_ast(source)))
    codes = {source}
    for name in filter(_OPERATORS.fullmatch, operator_names()):
        if get_operator(name).arguments():
            continue
        operator = get_operator(name)()
        places = [
            (node, position) for node in nodes for position, _ in operator.mutation_positions(node)
        ]
        for number, (node, (line, column)) in enumerate(places):
            if _is_equivalent(node, name):
                continue
            code = mutate_code(source, get_operator(name)(), number)
            if code is None or code in codes:
                continue
            codes.add(code)
            row, after = next(
                (i, b)
                for i, (a, b) in enumerate(zip(lines, code.split("\n"), strict=False))
                if a != b
            )
            short = name.removeprefix("core/")
            yield Mutant(file, line, column, short, code, lines[row].strip(), after.strip())


def _is_equivalent(node: Any, operator: str) -> bool:
    """
    Whether nobody could see the change, by these rules: it is in an annotation or an alias of
    types, is the star of a signature, asks for ``TYPE_CHECKING``, is in an assertion or in what
    ``strict`` says to ``zip``; or it takes a cache away.
    """
    if operator == "core/RemoveDecorator":
        return "functools.cache" in node.get_code()
    child, parent = node, node.parent
    while parent is not None:
        if (
            parent.type in {"annassign", "assert_stmt", "parameters", "tfpdef"}
            or (parent.type == "if_stmt" and parent.children[1] is child and "TYPE_" in str(child))
            or (parent.type == "funcdef" and parent.annotation is child)
            or (parent.type == "argument" and parent.get_first_leaf().value == "strict")
            or (parent.type == "expr_stmt" and _ALIAS.match(parent.get_code(include_prefix=False)))
        ):
            return True
        child, parent = parent, parent.parent
    return False


# --- Runs ------------------------------------------------------------------------------------


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a text in memory."""

    def __init__(self, mutant: Mutant) -> None:
        parts = mutant.file.relative_to(SOURCE).with_suffix("").parts
        self._mutant = mutant
        self._is_package = parts[-1] == "__init__"
        self._name = ".".join(parts[:-1] if self._is_package else parts)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if name != self._name:
            return None
        file = str(self._mutant.file)
        return importlib.util.spec_from_file_location(
            name,
            file,
            loader=self,
            submodule_search_locations=[str(self._mutant.file.parent)]
            if self._is_package
            else None,
        )

    def create_module(self, spec: ModuleSpec) -> None:
        del spec

    def exec_module(self, module: ModuleType) -> None:
        code = compile(self._mutant.code, str(self._mutant.file), "exec", dont_inherit=True)
        exec(code, vars(module))


def passes(room: Room, mutant: Mutant | None, cache: Path, limit_s: float) -> bool:
    """Whether the tests of a room pass, in a child of this process; too slow is not passed."""
    child = os.fork()
    if not child:
        os.setsid()
        silence = os.open(os.devnull, os.O_RDWR)
        for handle in (0, 1, 2):
            os.dup2(silence, handle)
        # `os._exit`, since the exit handlers are those of the parent.
        os._exit(_run(room, mutant, cache))
    handle = os.pidfd_open(child)
    try:
        ready, _, _ = select.select([handle], [], [], limit_s)
    finally:
        os.close(handle)
    if not ready:
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return bool(ready) and os.waitstatus_to_exitcode(status) == 0


def _run(room: Room, mutant: Mutant | None, cache: Path) -> int:
    import pytest

    if room.shares_cache:
        os.environ[CACHE] = str(cache)
    if mutant:
        sys.meta_path.insert(0, _Mutated(mutant))
    os.chdir(ROOT)
    tests = [str(ROOT / "tests" / name) for name in room.tests]
    # Hypothesis is there already: nothing of it is to be rewritten.
    quiet = ["-q", "--tb=no", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    words = ["-x", *quiet, "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    try:
        return int(pytest.main(words))
    except BaseException:  # noqa: BLE001 -- a child must not go on as its parent
        return 1


def tried(name: str, room: Room, cache: Path, show: Callable[[str], None]) -> float:
    """The share of the mutants of a room that its tests notice, after saying which they do not."""
    mutants = mutants_of(SOURCE / PACKAGE / room.path)
    chosen = mutants[:: room.every]
    passes(room, None, cache, 600)
    start = time.monotonic()
    if not passes(room, None, cache, 600):
        raise SystemExit(f"{name}: the tests fail without any mutant")
    limit_s = 10 + 5 * (time.monotonic() - start)
    survivors = [mutant for mutant in chosen if passes(room, mutant, cache, limit_s)]
    for mutant in survivors:
        show(f"{name}: {mutant}")
    killed = len(chosen) - len(survivors)
    share = killed / len(chosen)
    sample = f", every {room.every}. of {len(mutants)}" if room.every > 1 else ""
    show(
        f"{name}: {len(chosen)} mutants{sample}, {killed} killed, {len(survivors)} survived, "
        f"{share:.1%}"
    )
    return share


def main() -> int:
    """0 when the tests of each room notice as much as they should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rooms", nargs="*", choices=[[], *ROOMS], default=[])
    parser.add_argument("--least", type=float, default=0.8, help="the share that is due")
    chosen = parser.parse_args()
    for library in _LIBRARIES:
        importlib.import_module(library)
    assert not any(name.split(".")[0] == PACKAGE for name in sys.modules)
    with tempfile.TemporaryDirectory(prefix="mutants-") as cache:
        shares = [
            tried(name, ROOMS[name], Path(cache), lambda text: print(text, flush=True))
            for name in chosen.rooms or ROOMS
        ]
    return int(min(shares) < chosen.least)


if __name__ == "__main__":
    sys.exit(main())
