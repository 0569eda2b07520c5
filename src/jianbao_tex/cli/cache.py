"""``jianbao cache``: shows what the cache contains and its size, and clears it."""

from __future__ import annotations

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.reports import print_json, print_result
from jianbao_tex.cli.speech import _, translated
from jianbao_tex.cli.terminal import note
from jianbao_tex.language import Phrase, say
from jianbao_tex.store import Size

_MEBI = 1024 * 1024
_CONTENTS: dict[str, Phrase] = {
    "fonts": say("data about font files"),
    "formats": say("classes and styles, compiled for TeX"),
    "likely": say("what each issue needed last time"),
    "results": say("finished files"),
    "servers": say("how jobs of TeX are isolated on this machine"),
    "templates": say("templates, compiled"),
}


@click.group(
    "cache",
    invoke_without_command=True,
    help=_(
        "Show what the cache contains.\n\n"
        "Anything in it can be made again. It is in the user's cache folder, or in the folder that "
        "JIANBAO_CACHE says; an empty JIANBAO_CACHE keeps nothing."
    ),
)
@options.as_json
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    if context.invoked_subcommand:
        return
    store = options.make_store()
    sizes = store.sizes() if store else {}
    if as_json:
        kinds = {kind: {"count": s.count, "bytes": s.size} for kind, s in sizes.items()}
        print_json({"folder": str(store.folder.parent) if store else None, "kinds": kinds})
        return
    if store is None:
        note(translated(say("nothing is kept: JIANBAO_CACHE is empty")))
        return
    print_result(store.folder.parent)
    for kind, size in sizes.items():
        contents = translated(_CONTENTS[kind]) if kind in _CONTENTS else ""
        print_result(
            f"{size.count:6}  {size.size / _MEBI:8.1f} MiB  {kind:10}  {contents}".rstrip()
        )


@command.command("clear", help=_("Delete all of it."))
def clear() -> None:
    store = options.make_store()
    deleted = store.clear() if store else Size(0, 0)
    size = f"{deleted.size / _MEBI:.1f}"
    note(translated(say("{count} files, {size} MiB deleted", count=str(deleted.count), size=size)))
