"""What TeX needs of the machine: its programs with their libraries, its trees, its fonts."""

from __future__ import annotations

import errno
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
_SHAPE = "needs 2"
_LDD = "/usr/bin/ldd"
_MOST_STEPS = 200
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
# Not Ghostscript: pictures in PostScript make the PDF writer start it, and file names can switch
# its protection off.
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
    # Where the loader finds the libraries of which ldd spoke.
    "/etc/ld.so.cache",
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
    for tree in _trees(tools):
        paths |= {tree, _follow(Path(tree), links)}
    paths |= {*_OTHERS}
    if tools.tex_root:
        paths.add(str(tools.tex_root))
    outermost = {*_outermost(paths - links.keys())}
    # What lies in a folder that is shown is there, links too.
    links = {path: target for path, target in links.items() if not _is_in(path, outermost)}
    return {"paths": sorted(outermost), "links": links}


def _follow(path: Path, links: dict[str, str]) -> str:
    """What a path leads to, within /usr; the links on the way, also of folders, are noted."""
    rest = [*reversed(Path(_in_usr(str(path))).parts)]
    place = Path(rest.pop())
    for _ in range(_MOST_STEPS):
        if not rest:
            break
        step = place / rest.pop()
        if step.is_symlink():
            target = str(step.readlink())
            links[str(step)] = target
            whole = _in_usr(os.path.normpath(place / target))
            rest += [*reversed(Path(whole).parts)]
            place = Path(rest.pop())
        else:
            place = step
    return str(place)


def _in_usr(path: str) -> str:
    return f"/usr{path}" if _MERGED.match(path) else path


def _libraries(program: str) -> Iterator[str]:
    """
    The libraries that the loader of the system finds for a program, and the loader itself.

    Raises:
        OSError: there is no ldd, or it finds none.
    """
    _, output = ask([_LDD, program], environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C"})
    libraries = [
        _in_usr(match[1]) for match in _LIBRARY.finditer(output.decode("utf-8", "replace"))
    ]
    if not libraries and b"not a dynamic executable" not in output:
        raise OSError(errno.ENOEXEC, f"ldd: {program}")
    yield from libraries


def _trees(tools: Tools) -> Iterator[str]:
    """
    The trees of TeX, and the files that describe them.

    Raises:
        OSError: kpsewhich does not know them.
    """
    kpsewhich = str(tools.kpsewhich)
    variables = "\n".join(f"${name}" for name in _TREES)
    folders: list[str] = []
    for words in ([f"--expand-var={variables}"], ["-a", "texmf.cnf"]):
        status, output = ask([kpsewhich, *words], environment=tools.environment())
        lines = [line for line in output.decode("utf-8", "replace").splitlines() if line]
        if status or not lines:
            raise OSError(errno.ENOENT, "kpsewhich: texmf.cnf")
        # Several folders of one variable stand in braces.
        folders += [folder for line in lines for folder in line.strip("{}").split(",")]
    yield from (folder.lstrip("!") for folder in folders if folder.lstrip("!").startswith("/"))


def _outermost(paths: set[str]) -> Iterator[str]:
    """Those that lie in no other one."""
    yield from (path for path in paths if not _is_in(path, paths))


def _is_in(path: str, folders: set[str]) -> bool:
    return any(str(parent) in folders for parent in Path(path).parents)
