"""``jianbao doctor``: what this machine has, what it lacks, and how to get it."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from jianbao_tex import assets
from jianbao_tex.cli import options
from jianbao_tex.cli.reports import as_text, paint, tell
from jianbao_tex.errors import JianbaoError, ToolMissing
from jianbao_tex.fonts import FontShelf
from jianbao_tex.press import Press
from jianbao_tex.typesetter import Tools, sandbox_works

SYSTEM = Path(__file__).resolve().parent.parent / "system.toml"


@dataclass(frozen=True)
class Item:
    """One thing looked at: whether it is there, what was found, how to get it."""

    name: str
    there: bool
    found: str
    remedy: str = ""
    needed: bool = True


@click.command("doctor")
@options.fonts
@options.as_json
def command(fonts: tuple[Path, ...], as_json: bool) -> None:
    """
    Report the tools, TeX packages and fonts of this machine.

    Exit code 6 when something is missing without which no issue can be built.
    """
    items = list(_examine(options.make_press(fonts)))
    if as_json:
        tell(as_text([vars(item) for item in items]))
    else:
        for item in items:
            _show(item)
    missing = any(item.needed and not item.there for item in items)
    sys.exit(ToolMissing.exit_code if missing else 0)


def _show(item: Item) -> None:
    mark = "ok     " if item.there else "missing" if item.needed else "absent "
    colour = "green" if item.there else "red" if item.needed else "yellow"
    click.echo(f"{paint(mark, fg=colour)}  {item.name}: {item.found}")
    if item.remedy and not item.there:
        click.echo(f"         → {item.remedy}")


def _examine(press: Press) -> Iterator[Item]:
    system = tomllib.loads(SYSTEM.read_text(encoding="utf-8"))
    packages = system["debian"]
    try:
        tools = press.engine.tools
    except ToolMissing:
        collections = ", ".join(system["texlive"]["collections"])
        remedy = f"apt install {' '.join(packages['tex'])}; TeX Live: collections {collections}"
        yield Item("xelatex", False, "not found", remedy)
        return
    yield Item("xelatex", True, f"{tools.version} ({tools.xelatex})")
    files = tools.locate(list(system["files"]))
    for file, package in system["files"].items():
        remedy = f"apt install {' '.join(packages['tex'])}; TeX Live: tlmgr install {package}"
        yield Item(file, file in files, str(files.get(file, "not found")), remedy)
    yield from _fence(tools)
    try:
        registry = press.registry
        names = ", ".join((*registry.layouts, *registry.section_types))
        yield Item("plugins", True, f"layouts and section types: {names}")
    except JianbaoError as wrong:
        for finding in wrong.findings:
            yield Item("plugins", False, finding.message, finding.advice)
    try:
        yield from _fonts(press.fonts)
    except JianbaoError as wrong:
        for finding in wrong.findings:
            yield Item("fonts", False, finding.message, finding.advice)


def _fence(tools: Tools) -> Iterator[Item]:
    fenced = tools.bwrap is not None and sandbox_works(tools.bwrap)
    found = f"works ({tools.bwrap})" if fenced else "installed, but not allowed here"
    yield Item(
        "sandbox (bubblewrap)",
        fenced,
        found if tools.bwrap else "not found",
        "apt install bubblewrap; in a container allow user namespaces",
        needed=False,
    )
    found = str(tools.prlimit or "not found; runs are limited in time only")
    yield Item(
        "limits (prlimit)", bool(tools.prlimit), found, "apt install util-linux", needed=False
    )


def _fonts(shelf: FontShelf) -> Iterator[Item]:
    sample = _characters("sample-characters.txt")
    standard = _characters("tongyong-guifan-hanzi.txt")
    for role, entry in shelf.roles.items():
        name = f"font role {role} ({entry['label']})"
        remedy = "apt install " + " ".join(shelf.packages(role))
        remedy += f"; elsewhere: any of the fonts of {role} in fonts.toml"
        try:
            face = shelf.typeface(role)
            lacking = face.lacks(sample | standard)
        except ToolMissing as wrong:
            finding = wrong.findings[0]
            yield Item(name, False, f"{finding.where}: {finding.message}", remedy)
            continue
        chain = " → ".join(font.file for font in face.chain)
        covered = (
            f"{len(sample - lacking)} of {len(sample)} sample characters, "
            f"{len(standard - lacking)} of {len(standard)} of 通用规范汉字表"
        )
        found = f"{chain}; Latin {face.latin.file}; {covered}"
        yield Item(name, not lacking, found, remedy)


def _characters(name: str) -> frozenset[str]:
    """The characters of a list among the fonts; a line that begins with # is a comment."""
    lines = (assets.fonts() / name).read_text(encoding="utf-8").splitlines()
    return frozenset(
        c for line in lines if not line.startswith("# ") for c in "".join(line.split())
    )
