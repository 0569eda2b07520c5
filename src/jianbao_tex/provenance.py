"""From what an issue was made: digests and names of all that decides its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from jianbao_tex import assets
from jianbao_tex.fonts import Typeface
from jianbao_tex.issue import Issue
from jianbao_tex.master import TexTree
from jianbao_tex.reader import Source
from jianbao_tex.store import digest_of


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """
    The inputs of one issue.

    Args:
        files: the files on the disk that were read for it, none of which is to be written over.
        inputs: the SHA-256 of all that decides the bytes, by name, sorted.
        texts: the texts that it was read from, by the names of their files, its own first.
    """

    files: tuple[str, ...]
    inputs: Mapping[str, str]
    texts: Mapping[str, bytes]

    def seen_from(self, folder: Path | None) -> dict[str, str]:
        """The inputs by names that are the same wherever the issue's folder lies."""
        home = (folder or Path()).resolve()
        found = {}
        for name, digest in self.inputs.items():
            path = Path(name).resolve()
            is_below = path.is_relative_to(home) and path.is_file()
            found[path.relative_to(home).as_posix() if is_below else name] = digest
        return dict(sorted(found.items()))


def provenance_of(
    source: Source,
    issue: Issue,
    tree: TexTree,
    faces: Mapping[str, Typeface],
    pictures: Mapping[str, str],
) -> Provenance:
    """The provenance of an issue; ``pictures`` are their SHA-256 by the issue's names for them."""
    files = _files(source, issue)
    own = source.text.encode("utf-8")
    placed = {_placed(source, name): digest for name, digest in pictures.items()}
    found = {source.name: digest_of(own)}
    found |= {name: digest_of(data) for name, data in files.items()}
    found |= placed
    root = assets.templates()
    for name in tree.used:
        path = Path(name)
        if path.is_file():
            shown = path.relative_to(root) if path.is_relative_to(root) else path
            found[shown.as_posix()] = digest_of(path.read_bytes())
    for face in faces.values():
        found |= {font.file: font.digest for font in (*face.chain, face.latin)}
    found[tree.main] = digest_of(tree.files[tree.main])
    texts = {PurePath(source.name).name: own}
    for name, data in files.items():
        texts.setdefault(PurePath(name).name, data)
    given = {source.named(name) for name in source.files}
    read = (*issue.files, *placed) if source.folder else ()
    return Provenance(
        files=tuple(name for name in read if name not in given),
        inputs=dict(sorted(found.items())),
        texts=texts,
    )


def _files(source: Source, issue: Issue) -> dict[str, bytes]:
    """The bytes of the files that an issue was read from, by their names in findings."""
    given = {source.named(name): data for name, data in source.files.items()}
    found = {}
    for name in issue.files:
        if name in given:
            found[name] = given[name]
        elif source.folder and Path(name).is_file():
            data = Path(name).read_bytes()
            # A text that is not saved yet is not what the disk has.
            if name != source.name or source.is_of(data):
                found[name] = data
    return found


def _placed(source: Source, name: str) -> str:
    """What a picture is called among the inputs: its path, where it lies on the disk."""
    if source.folder is None or source.beside.given(name) is not None:
        return source.named(name)
    return str(source.folder / name)
