"""The inputs of an issue: names and digests of everything that decides its bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from jianbao_tex import assets
from jianbao_tex.fonts import Typeface
from jianbao_tex.foreign_files import read_file
from jianbao_tex.issue import Issue
from jianbao_tex.job_record import JobRecord
from jianbao_tex.master import TexTree
from jianbao_tex.plugin_use import Change, PluginUse
from jianbao_tex.portable import portable_name
from jianbao_tex.reader import Source
from jianbao_tex.registry import Registry
from jianbao_tex.store import digest_of, files_below, key_of

_ID_LENGTH = 32


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """
    The inputs of one issue, as they were when it was made; nothing is read again for it.

    Args:
        files: the files on the disk that were read for it; they must not be overwritten.
        inputs: the SHA-256 of all that decides the bytes, by name, sorted.  Files of the issue
            have the names by which findings call them.
        portable: the same for files that leave this machine: files of the issue have names from
            its folder, and no name is a path of this machine.
        texts: the texts that it was read from, by such names, its own first.
    """

    files: tuple[str, ...]
    inputs: Mapping[str, str]
    portable: Mapping[str, str]
    texts: Mapping[str, bytes]


def provenance_of(
    source: Source, issue: Issue, machine: Mapping[str, str], pictures: Mapping[str, str]
) -> Provenance:
    """
    The provenance of an issue.

    ``machine`` are the digests of what does not come from its folder, as `machine_digests` has
    them; ``pictures`` are those of its pictures by the issue's names for them.
    """
    bytes_read = {name: issue.bytes_read[name] for name in issue.files if name in issue.bytes_read}
    issue_digests = {source.name: digest_of(source.bytes_read)}
    issue_digests |= {name: digest_of(data) for name, data in bytes_read.items()}
    names = {name: source.name_from_folder(name) for name in issue_digests}
    for name, digest in pictures.items():
        input_name = _input_name(source, name)
        issue_digests[input_name] = digest
        names[input_name] = source.name_from_folder(input_name)
    portable = {portable_name(names[name]): digest for name, digest in issue_digests.items()}
    texts = {own_name_of(source): source.text.encode("utf-8")}
    for name, data in bytes_read.items():
        texts.setdefault(portable_name(names[name]), data)
    return Provenance(
        files=tuple(_disk_files(source, names)),
        inputs=dict(sorted({**issue_digests, **machine}.items())),
        portable=dict(sorted({**portable, **machine}.items())),
        texts=texts,
    )


def own_name_of(source: Source) -> str:
    """The name of the issue's file, without folders."""
    return portable_name(PurePath(source.name).name)


def job_id(source: Source, outputs: Sequence[str]) -> str:
    """
    The id of the work on an issue: 32 hexadecimal digits that follow from the name and the bytes
    of its file and from the outputs.
    """
    return key_of("job", own_name_of(source), source.bytes_read, *outputs)[:_ID_LENGTH]


def identify(record: JobRecord, source: Source, outputs: Sequence[str]) -> None:
    """Writes into the record of a job on which issue it is, and for which outputs."""
    record.id, record.digest = job_id(source, outputs), digest_of(source.bytes_read)
    record.outputs = tuple(outputs)


def machine_digests(
    tree: TexTree, faces: Mapping[str, Typeface], homes: Mapping[str, Path]
) -> dict[str, str]:
    """
    The SHA-256 of templates, styles, assets of plugins and fonts, and of the TeX that was made with
    them, by name.

    ``homes`` are the files or folders of plugins by their names; their templates are named from
    there: ``remarks/remark.tex.jinja``.
    """
    digests = {}
    for name in (*tree.used, *tree.assets.values()):
        path = Path(name)
        if path.is_file():
            digests[template_name(path, homes)] = digest_of(read_file(path))
    for face in faces.values():
        digests |= {font.file: font.digest for font in (*face.chain, face.latin)}
    digests[tree.main] = digest_of(tree.files[tree.main])
    return digests


def plugin_uses(
    registry: Registry,
    files: Iterable[str],
    outputs: Iterable[str],
    changes: Mapping[str, tuple[Change, ...]],
) -> tuple[PluginUse, ...]:
    """
    The plugins that took part in the making of an issue, apart from the built-in one, by name.

    Args:
        registry: all plugins.
        files: the templates and styles that were used.
        outputs: what was made of the issue.
        changes: what each plugin that prepares issues changed in this one.
    """
    makers = {("outputs", name) for name in outputs}
    active = {
        owner.name for key, owner in registry.owners.items() if key[0] == "checks" or key in makers
    }
    active |= {owner.name for file in files if (owner := registry.calls.owner_of(file))}
    active |= changes.keys()
    return tuple(
        PluginUse(
            plugin.name,
            plugin.version,
            _digest_of_home(plugin.home),
            changes.get(plugin.name, ()),
        )
        for plugin in sorted(registry.plugins, key=lambda plugin: plugin.name)
        if plugin.name in active and not plugin.is_built_in
    )


def _digest_of_home(home: Path | None) -> str:
    """The SHA-256 of a file, or of the names and digests of the files in a folder; '' for neither."""
    if home is None or not home.exists():
        return ""
    if home.is_file():
        return digest_of(read_file(home))
    files = [path for path in files_below([home]) if path.suffix != ".pyc"]
    return key_of(
        *(f"{path.relative_to(home).as_posix()} {digest_of(read_file(path))}" for path in files)
    )


def template_name(path: Path, homes: Mapping[str, Path]) -> str:
    """The name of a template or style on any machine; for ``homes`` see `machine_digests`."""
    root = assets.templates()
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    for plugin, home in homes.items():
        folder = home.parent if home.suffix == ".py" else home
        if path.is_relative_to(folder):
            return f"{plugin}/{path.relative_to(folder).as_posix()}"
    return path.name


def _input_name(source: Source, name: str) -> str:
    """The name of a picture among the inputs: its path, if it is on the disk."""
    if source.folder is None or source.beside.is_given(name):
        return source.name_beside(name)
    return str(source.folder / name)


def _disk_files(source: Source, names: Mapping[str, str]) -> list[str]:
    if source.folder is None:
        return []
    return [
        str(source.folder / name) for name in names.values() if not source.beside.is_given(name)
    ]
