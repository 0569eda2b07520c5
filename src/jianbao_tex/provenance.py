"""The inputs of an issue: names and digests of everything that decides its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from jianbao_tex import assets
from jianbao_tex.fonts import Typeface
from jianbao_tex.issue import Issue
from jianbao_tex.issue_folder import normalized_name
from jianbao_tex.master import TexTree
from jianbao_tex.reader import Source
from jianbao_tex.store import digest_of


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """
    The inputs of one issue, as they were when it was made; nothing is read again for it.

    Args:
        files: the files on the disk that were read for it; they must not be overwritten.
        inputs: the SHA-256 of all that decides the bytes, by name, sorted.  Files of the issue
            have the names by which findings call them.
        from_folder: the same, but files of the issue have names relative to its folder, which
            do not change when the folder moves.
        texts: the texts that it was read from, by the names of their files, its own first.
    """

    files: tuple[str, ...]
    inputs: Mapping[str, str]
    from_folder: Mapping[str, str]
    texts: Mapping[str, bytes]


def provenance_of(
    source: Source,
    issue: Issue,
    tree: TexTree,
    faces: Mapping[str, Typeface],
    pictures: Mapping[str, str],
) -> Provenance:
    """The provenance of an issue; ``pictures`` are their SHA-256 by the issue's names for them."""
    bytes_read = {name: issue.bytes_read[name] for name in issue.files if name in issue.bytes_read}
    issue_digests = {source.name: digest_of(source.bytes_read)}
    issue_digests |= {name: digest_of(data) for name, data in bytes_read.items()}
    names = {name: source.name_from_folder(name) for name in issue_digests}
    for name, digest in pictures.items():
        input_name = _input_name(source, name)
        issue_digests[input_name], names[input_name] = digest, normalized_name(name)
    machine_digests = _machine_digests(tree, faces)
    own_name = PurePath(source.name).name
    texts = {own_name: source.text.encode("utf-8")}
    texts |= {names[name]: data for name, data in bytes_read.items() if names[name] != own_name}
    return Provenance(
        files=tuple(_disk_files(source, names)),
        inputs=dict(sorted({**issue_digests, **machine_digests}.items())),
        from_folder=dict(sorted({**_rename(issue_digests, names), **machine_digests}.items())),
        texts=texts,
    )


def _machine_digests(tree: TexTree, faces: Mapping[str, Typeface]) -> dict[str, str]:
    """Templates, styles and fonts, and the TeX that was made with them."""
    root = assets.templates()
    digests = {}
    for name in tree.used:
        path = Path(name)
        if path.is_file():
            short_path = path.relative_to(root) if path.is_relative_to(root) else path
            digests[short_path.as_posix()] = digest_of(path.read_bytes())
    for face in faces.values():
        digests |= {font.file: font.digest for font in (*face.chain, face.latin)}
    digests[tree.main] = digest_of(tree.files[tree.main])
    return digests


def _rename(digests: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {names[name]: digest for name, digest in digests.items()}


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
