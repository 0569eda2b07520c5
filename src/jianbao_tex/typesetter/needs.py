"""What TeX needs of the machine: its programs with their libraries, its trees, its fonts."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jianbao_tex.children import ask
from jianbao_tex.errors import ToolMissing, reason_of
from jianbao_tex.findings import Where
from jianbao_tex.foreign_files import real_path
from jianbao_tex.store import Store, key_of, stamp_of
from jianbao_tex.typesetter.tools import NO_ANSWER, SYSTEM_FONTS, Tools

_KIND = "servers"
_SHAPE = "needs 1"
_SHELL = Path("/bin/sh")
"""XeTeX starts its PDF writer with it."""
_TREES = (
    "TEXMFMAIN",
    "TEXMFDIST",
    "TEXMFDEBIAN",
    "TEXMFLOCAL",
    "TEXMFSYSVAR",
    "TEXMFSYSCONFIG",
)
_OTHERS = (
    "/etc/fonts",
    "/usr/share/fontconfig",
    "/var/cache/fontconfig",
    SYSTEM_FONTS,
    "/usr/local/share/fonts",
    # Maps of characters for PDFs with Chinese fonts.
    "/usr/share/poppler",
    "/usr/lib/locale/C.utf8",
    "/etc/alternatives",
    "/etc/texmf",
    "/var/lib/texmf",
)
_LIBRARY = re.compile(r"(/\S+)(?: \(0x[0-9a-f]+\))?$", re.MULTILINE)
_MERGED = re.compile(r"/(bin|sbin|lib\w*)/")
"""Folders that are links into /usr on the systems of today, and in the fence."""


@dataclass(frozen=True)
class Needs:
    """
    The paths that TeX reads, each a file or a folder, and the links that lead to some of them.

    ``links`` are the targets of the links, by path.
    """

    paths: tuple[str, ...] = ()
    links: dict[str, str] = field(default_factory=dict)


@functools.lru_cache(maxsize=4)
def needs_of(tools: Tools, store: Store | None) -> Needs:
    """
    What the tools need; found once for these programs, and kept in the store.

    Raises:
        ToolMissing: kpsewhich or ldd does not answer.
    """
    programs = [tools.xelatex, real_path(tools.xelatex), tools.xelatex.parent / "xdvipdfmx"]
    stamps = [f"{path} {stamp_of(path)}" for path in (*programs, Path("/etc/ld.so.cache"))]
    key = key_of(_SHAPE, str(tools.prlimit), *stamps)
    record = store.get_record(_KIND, key) if store else None
    if record is None:
        try:
            record = _found(tools)
        except OSError as error:
            # No ldd, or a program that does not answer.
            where = Where(tools.xelatex.name)
            raise ToolMissing(NO_ANSWER.at(where, reason=reason_of(error))) from error
        if store:
            store.put_record(_KIND, key, record)
    return Needs(tuple(record["paths"]), record["links"])


def _found(tools: Tools) -> dict[str, Any]:
    programs = [tools.xelatex, tools.xelatex.parent / "xdvipdfmx", _SHELL]
    programs += [path for path in (tools.prlimit,) if path]
    paths: set[str] = set()
    links: dict[str, str] = {}
    for program in programs:
        paths.add(_follow(program, links))
    paths |= {library for path in sorted(paths) for library in _libraries(path)}
    paths |= {*_trees(tools), *_OTHERS}
    if tools.tex_root:
        paths.add(str(tools.tex_root))
    return {"paths": sorted(_outermost(paths)), "links": links}


def _follow(program: Path, links: dict[str, str]) -> str:
    """The file that a path leads to, by its path within /usr; links on the way are noted."""
    path = Path(_in_usr(str(program)))
    for _ in range(40):
        if not path.is_symlink():
            break
        target = str(path.readlink())
        links[str(path)] = target
        path = Path(_in_usr(os.path.normpath(path.parent / target)))
    return str(path)


def _in_usr(path: str) -> str:
    return f"/usr{path}" if _MERGED.match(path) else path


def _libraries(program: str) -> Iterator[str]:
    """The libraries that the loader of the system finds for a program, and the loader itself."""
    _, output = ask(["/usr/bin/ldd", program])
    for match in _LIBRARY.finditer(output.decode("utf-8", "replace")):
        yield _in_usr(match[1])


def _trees(tools: Tools) -> Iterator[str]:
    """The trees of TeX, with what their links lead to, and the files that describe them."""
    variables = "\n".join(f"${name}" for name in _TREES)
    words = [str(tools.kpsewhich), f"--expand-var={variables}"]
    _, output = ask(words, environment=tools.environment())
    for line in output.decode("utf-8", "replace").splitlines():
        if line.startswith("/"):
            yield line
            yield str(real_path(Path(line)))
    _, output = ask([str(tools.kpsewhich), "-a", "texmf.cnf"], environment=tools.environment())
    for line in output.decode("utf-8", "replace").splitlines():
        yield line
        yield str(real_path(Path(line)))


def _outermost(paths: set[str]) -> Iterator[str]:
    """Those that lie in no other one."""
    for path in paths:
        if not any(str(parent) in paths for parent in Path(path).parents):
            yield path
