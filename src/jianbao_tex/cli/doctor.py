"""``jianbao doctor``: what this machine has, what it lacks, and how to get it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from jianbao_tex import assets
from jianbao_tex.batch_workers import BYTES_PER_JOB
from jianbao_tex.children import Rung, free_bytes, sandbox_works
from jianbao_tex.cli import options
from jianbao_tex.cli.reports import print_json, print_result
from jianbao_tex.cli.speech import _, current_language, translated
from jianbao_tex.cli.terminal import cells, paint
from jianbao_tex.errors import JianbaoError, LimitReached, ToolMissing, reason_of
from jianbao_tex.findings import Finding
from jianbao_tex.font_roles import FontCollection
from jianbao_tex.language import Phrase, say
from jianbao_tex.own_folders import NotOwn
from jianbao_tex.plugins import FoundPlugin, Selection, State
from jianbao_tex.plugins.candidate import STATES
from jianbao_tex.plugins.selection import remedy_of
from jianbao_tex.press import Press
from jianbao_tex.store import Store
from jianbao_tex.typesetter import Engine, Tools

_MEBI = 1024**2
_LEAST_DISK = 200 * _MEBI
"""For a format, an engine that waits and the files of some jobs."""
_LEAST_FILES = 1000
SYSTEM = Path(__file__).resolve().parent.parent / "system.toml"


@dataclass(frozen=True)
class Item:
    """
    One checked item: whether it is present, its details, how to get it.

    ``id`` is its name for machines, the same in every language; ``values`` are its numbers.
    """

    id: str
    name: str
    is_present: bool
    detail: str
    remedy: str = ""
    needed: bool = True
    values: Mapping[str, int] = field(default_factory=dict)


_HELP = _(
    "Report the tools, TeX packages and fonts of this machine.\n\n"
    "Exit code 6 if something that every build needs is missing."
)


@click.command("doctor", help=_HELP)
@options.fonts
@options.as_json
@options.selecting
def command(fonts: tuple[Path, ...], as_json: bool, selection: Selection) -> None:
    # Plugins are only inspected, not run.
    press = options.make_press(fonts, selection=Selection(no_plugins=True))
    items = [*_examine(press), *_plugins(selection, press)]
    if as_json:
        print_json([_as_data(item) for item in items])
    else:
        for item in items:
            _show(item)
    missing = any(item.needed and not item.is_present for item in items)
    sys.exit(ToolMissing.exit_code if missing else 0)


def _as_data(item: Item) -> dict[str, object]:
    """The item for ``--json``; its keys are older than the names of the fields."""
    keys = {"is_present": "there", "detail": "found"}
    return {keys.get(name, name): value for name, value in vars(item).items()}


def _show(item: Item) -> None:
    words = [_("ok"), _("missing"), _("absent")]
    state = 0 if item.is_present else 1 if item.needed else 2
    width = max(map(cells, words))
    mark = words[state] + " " * (width - cells(words[state]))
    colour = ("green", "red", "yellow")[state]
    text = _("{head}: {text}").format(head=item.name, text=item.detail)
    print_result(f"{paint(mark, colour)}  {text}")
    if item.remedy and not item.is_present:
        print_result(f"{' ' * width}  → {item.remedy}")


def _examine(press: Press) -> Iterator[Item]:
    system = tomllib.loads(SYSTEM.read_text(encoding="utf-8"))
    debian = " ".join(system["debian"]["tex"])
    try:
        tools = press.engine.tools
    except ToolMissing:
        collections = ", ".join(system["texlive"]["collections"])
        remedy = _("apt install {debian}; TeX Live: collections {collections}").format(
            debian=debian, collections=collections
        )
        yield Item("xelatex", "xelatex", False, _("not found"), remedy)
        return
    except LimitReached as error:
        # Nothing more can be asked: no program works.
        for finding in error.findings:
            yield Item("limits", _("limits of the system"), False, *_message_of(finding))
        return
    yield Item("xelatex", "xelatex", True, f"{tools.version} ({tools.xelatex})")
    yield Item("limits", _("limits of the system"), True, _("high enough for TeX"))
    yield from _room(press)
    yield from _tex_files(tools, system["files"], debian)
    yield from _sandbox(tools)
    yield _server(press.engine)
    try:
        yield from _fonts(press.fonts)
    except JianbaoError as error:
        for finding in error.findings:
            yield Item("fonts", _("fonts"), False, *_message_of(finding))


def _room(press: Press) -> Iterator[Item]:
    """What the folders and the memory have left."""
    yield _disk("temporary-folder", _("temporary folder"), Path(tempfile.gettempdir()))
    if press.store:
        yield _cache(press.store)
    memory = free_bytes()
    yield Item(
        "memory",
        _("memory"),
        memory is None or memory >= BYTES_PER_JOB,
        _("unknown") if memory is None else _("{size} MiB free").format(size=memory // _MEBI),
        _("a job takes {size} MiB").format(size=BYTES_PER_JOB // _MEBI),
        needed=False,
        values={} if memory is None else {"free_bytes": memory},
    )


def _cache(store: Store) -> Item:
    name = _("cache")
    try:
        store.demand()
    except NotOwn as error:
        detail = _("not used: others can write {folder}, or it is theirs").format(
            folder=error.filename
        )
    except OSError as error:
        detail = _("not used: {reason}").format(reason=translated(reason_of(error)))
    else:
        return _disk("cache", name, store.folder)
    remedy = _("name another folder with JIANBAO_CACHE, or change its owner and permissions")
    return Item("cache", name, False, detail, remedy, needed=False)


def _disk(key: str, name: str, folder: Path) -> Item:
    """What the file system of a folder has left."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    size, files = shutil.disk_usage(existing).free, _free_files(existing)
    values = {"free_bytes": size} if files is None else {"free_bytes": size, "free_files": files}
    return Item(
        key,
        name,
        size >= _LEAST_DISK and (files is None or files >= _LEAST_FILES),
        (
            _("{size} MiB free in {folder}")
            if files is None
            else _("{size} MiB and {files} files free in {folder}")
        ).format(size=size // _MEBI, files=files, folder=existing),
        _("make room: at least {size} MiB and {files} files are needed").format(
            size=_LEAST_DISK // _MEBI, files=_LEAST_FILES
        ),
        needed=False,
        values=values,
    )


def _free_files(folder: Path) -> int | None:
    """How many more files a file system can have; ``None`` where it does not count them."""
    if not hasattr(os, "statvfs"):
        return None
    free = os.statvfs(folder)
    # Some make inodes as they need them, and say 0 of 0.
    return free.f_favail if free.f_files else None


def _tex_files(tools: Tools, packages: Mapping[str, str], debian: str) -> Iterator[Item]:
    """Each file that TeX must find, with the package of TeX Live that has it."""
    paths = tools.locate(list(packages))
    for file, package in packages.items():
        remedy = _("apt install {debian}; TeX Live: tlmgr install {package}").format(
            debian=debian, package=package
        )
        yield Item(
            f"file:{file}", file, file in paths, str(paths.get(file, _("not found"))), remedy
        )


def _sandbox(tools: Tools) -> Iterator[Item]:
    # bubblewrap may be installed and yet fail: many containers forbid user namespaces.
    is_usable = tools.bwrap is not None and sandbox_works(tools.bwrap)
    works = _("works ({path})").format(path=tools.bwrap)
    state = works if is_usable else _("installed, but not allowed here")
    yield Item(
        "sandbox",
        _("sandbox (bubblewrap)"),
        is_usable,
        state if tools.bwrap else _("not found"),
        _("apt install bubblewrap; in a container allow user namespaces"),
        needed=False,
    )
    limits = str(tools.prlimit or _("not found; runs are limited in time only"))
    remedy = "apt install util-linux"
    yield Item("prlimit", _("limits (prlimit)"), bool(tools.prlimit), limits, remedy, needed=False)


_RUNGS = {
    Rung.PID: say("works; each job has user, mount, pid and ipc namespaces of its own"),
    Rung.MOUNT: say("works; each job has user, mount and ipc namespaces of its own"),
    Rung.BWRAP: say(
        "not used: not compiled, no prlimit, or no cache; each job gets an engine of its own"
    ),
    Rung.NONE: say("needs the sandbox; each job gets an engine of its own"),
}


def _server(engine: Engine) -> Item:
    """The engine that forks; where nothing is known of it, a sample is set."""
    rung = engine.rung
    state = engine.server_fault or _RUNGS[rung]
    return Item(
        "server",
        _("engine that forks"),
        rung.forks,
        translated(state) if isinstance(state, Phrase) else state,
        _("allow user namespaces inside bubblewrap (user.max_user_namespaces)")
        if engine.server_fault
        else _("install bubblewrap and gcc with libc6-dev, then jianbao_tex again"),
        needed=False,
    )


def _plugins(selection: Selection, press: Press) -> Iterator[Item]:
    """Each plugin, with its state before it runs, and the files of TeX that it needs."""
    try:
        plugins = selection.find_plugins()
    except JianbaoError as error:
        for finding in error.findings:
            yield Item("plugins", _("plugins"), False, *_message_of(finding), needed=False)
        return
    for plugin in plugins:
        name = _("plugin {name}").format(name=plugin.titled)
        is_active = plugin.state is State.ACTIVE
        details = f"{translated(STATES[plugin.state])} ({plugin.home or plugin.where})"
        if plugin.faults:
            details, remedy = _message_of(plugin.faults[0])
        else:
            remedy = translated(remedy_of(plugin))
        yield Item(f"plugin:{plugin.name}", name, is_active, details, remedy, needed=False)
        if is_active:
            yield from _tex_of(plugin, press)


def _tex_of(plugin: FoundPlugin, press: Press) -> Iterator[Item]:
    try:
        paths = press.engine.tools.locate([*plugin.tex])
    except JianbaoError:
        # That is said above.
        return
    for file, package in plugin.tex.items():
        yield Item(
            f"plugin:{plugin.name}:{file}",
            _("{file} for plugin {name}").format(file=file, name=plugin.name),
            file in paths,
            str(paths.get(file, _("not found"))),
            f"apt install {package}",
            needed=False,
        )


def _message_of(finding: Finding) -> tuple[str, str]:
    return finding.message_in(current_language()), finding.advice_in(current_language())


def _fonts(collection: FontCollection) -> Iterator[Item]:
    sample = _characters("sample-characters.txt")
    standard = _characters("tongyong-guifan-hanzi.txt")
    for role, entry in collection.roles.items():
        name = _("font role {role} ({label})").format(role=role, label=entry["label"])
        remedy = _(
            "apt install {debian}; elsewhere: any of the fonts of {role} in fonts.toml"
        ).format(debian=" ".join(collection.packages(role)), role=role)
        try:
            face = collection.typeface(role)
            missing = face.lacks(sample | standard)
        except ToolMissing as error:
            finding = error.findings[0]
            yield Item(
                f"font:{role}", name, False, f"{finding.where}: {_message_of(finding)[0]}", remedy
            )
            continue
        coverage = _(
            "{chain}; Latin {latin}; {samples} of {all_samples} sample characters, "
            "{hanzi} of {all_hanzi} of 通用规范汉字表"
        ).format(
            chain=" → ".join(font.file for font in face.chain),
            latin=face.latin.file,
            samples=len(sample - missing),
            all_samples=len(sample),
            hanzi=len(standard - missing),
            all_hanzi=len(standard),
        )
        yield Item(f"font:{role}", name, not missing, coverage, remedy)


def _characters(name: str) -> frozenset[str]:
    """The characters of a list among the fonts; a line that begins with # is a comment."""
    lines = (assets.fonts() / name).read_text(encoding="utf-8").splitlines()
    return frozenset(
        c for line in lines if not line.startswith("# ") for c in "".join(line.split())
    )
