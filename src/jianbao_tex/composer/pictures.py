"""The pictures of an issue: found beside it, looked into, renamed for TeX."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from jianbao_tex.cancelling import CancelCheck, never_cancelled
from jianbao_tex.errors import reason_of
from jianbao_tex.findings import Finding, Where, error, note
from jianbao_tex.foreign_files import NotAFile, TooLarge
from jianbao_tex.images import TexImage, TooManyPixels, foreign_image
from jianbao_tex.issue import Issue
from jianbao_tex.issue_folder import IssueFolder, OutsideFolder
from jianbao_tex.language import InvalidValue, say
from jianbao_tex.layout import PictureRoom
from jianbao_tex.parts import DataPath
from jianbao_tex.store import Store, digest_of

MAX_PICTURES = 50
MAX_BYTES = 64 * 1024 * 1024
"""Of a picture, the largest file that an issue names; a photograph of 200 million pixels has less."""

_OUTSIDE = error(
    "JB402",
    "the picture {file} is not inside the issue's folder",
    "put the file into the folder of the issue or a subfolder, and use the relative path",
)
_MISSING = error("JB403", "there is no picture {file}", "check the name; folder: {folder}")
_SUFFIX = error("JB404", "the picture {file} is neither PNG nor JPEG", "convert it to one of them")
_UNREADABLE = error(
    "JB405", "the picture {file} cannot be read: {reason}", "save the picture again"
)
_LARGE = error("JB406", "the picture {file} is too large: {size}", "at most {limit}")
_SCALED = note(
    "JB409",
    "the picture {file} is scaled down from {full} to {size} pixels, {dpi} dpi at its largest"
    " printed size",
    "nothing is to be done; picture.dpi under options keeps more points",
)
_MANY = error("JB407", "more than {limit} pictures in one issue", "leave some out")

_SUFFIXES = re.compile(r".+\.(png|jpe?g)", re.IGNORECASE)
_NO_NAME = error(
    "JB408", "{file} is not a valid name for a picture file", "leave out the marks {marks}"
)
_MARKS = '\\:*?"<>|'


@dataclass(frozen=True, kw_only=True)
class Picture:
    """
    A picture with its file name for TeX; ``ratio`` is height divided by width.

    ``file`` is its name in the issue.  ``digest`` is the SHA-256 of that file; ``data`` may be a
    converted copy.  ``notes`` say how it was changed.
    """

    name: str
    data: bytes
    ratio: float
    file: str
    digest: str
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class PictureReader:
    """
    Reads the pictures of an issue.

    Args:
        beside: the files that the issue may name.
        room: that of a picture as wide as the text.
        faults: what is wrong with the pictures is added to it.
        store: where to keep pictures that were scaled down.
    """

    beside: IssueFolder
    room: PictureRoom
    faults: list[Finding]
    store: Store | None = None

    def read(
        self, issue: Issue, check_cancelled: CancelCheck = never_cancelled
    ) -> dict[DataPath, Picture]:
        """
        Each picture of the issue by the path of its field.

        ``check_cancelled`` is called before each of them, and may raise.
        """
        pictures: dict[DataPath, Picture] = {}
        shares = issue.picture_shares
        for path, file in issue.pictures:
            check_cancelled()
            where = issue.where(path)
            if len(pictures) == MAX_PICTURES:
                self.faults.append(_MANY.at(where, limit=MAX_PICTURES))
                break
            data = self._read_bytes(file, where)
            if data is None:
                continue
            room = replace(self.room, width=self.room.width * shares[path])
            if image := self._open(file, data, room, where):
                pictures[path] = Picture(
                    name=f"picture-{len(pictures) + 1}.{image.kind}",
                    data=image.data,
                    ratio=image.ratio,
                    file=file,
                    digest=digest_of(data),
                    notes=tuple(_notes(file, image, room, where)),
                )
        return pictures

    def _read_bytes(self, file: str, where: Where) -> bytes | None:
        if not _SUFFIXES.fullmatch(file):
            self.faults.append(_SUFFIX.at(where, file=file))
            return None
        if any(mark in file for mark in _MARKS):
            self.faults.append(_NO_NAME.at(where, file=file, marks=" ".join(_MARKS)))
            return None
        try:
            return self.beside.read(file, MAX_BYTES)
        except OutsideFolder:
            self.faults.append(_OUTSIDE.at(where, file=file))
        except (FileNotFoundError, NotADirectoryError, NotAFile):
            folder = self.beside.folder or say("files given with the issue")
            self.faults.append(_MISSING.at(where, file=file, folder=folder))
        except TooLarge as exc:
            size, limit = (say("{number} bytes", number=n) for n in (exc.size, MAX_BYTES))
            self.faults.append(_LARGE.at(where, file=file, size=size, limit=limit))
        except OSError as exc:
            self.faults.append(_UNREADABLE.at(where, file=file, reason=reason_of(exc)))
        return None

    def _open(self, file: str, data: bytes, room: PictureRoom, where: Where) -> TexImage | None:
        try:
            return foreign_image(data, room, self.store)
        except TooManyPixels as exc:
            size, limit = (say("{number} pixels", number=n) for n in (exc.count, exc.most))
            self.faults.append(_LARGE.at(where, file=file, size=size, limit=limit))
        except InvalidValue as exc:
            self.faults.append(_UNREADABLE.at(where, file=file, reason=exc))
        return None


def _notes(file: str, image: TexImage, room: PictureRoom, where: Where) -> Iterator[Finding]:
    if image.full_size:
        full, size = ("{} × {}".format(*pair) for pair in (image.full_size, image.size))
        yield _SCALED.at(where, file=file, full=full, size=size, dpi=f"{room.dpi:g}")
