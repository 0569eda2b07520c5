"""The pictures of an issue: found beside it, looked into, renamed for TeX."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jianbao_tex.cancelling import CancelCheck, never_cancelled
from jianbao_tex.composer.images import TexImage, TooManyPixels, image_for_tex
from jianbao_tex.errors import reason_of
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.issue import Issue
from jianbao_tex.issue_folder import IssueFolder, NotAFile, OutsideFolder, TooLarge
from jianbao_tex.language import InvalidValue, say
from jianbao_tex.parts import DataPath
from jianbao_tex.store import digest_of

MAX_PICTURES = 50
MAX_BYTES = 10 * 1024 * 1024

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
    converted copy.
    """

    name: str
    data: bytes
    ratio: float
    file: str
    digest: str


def pictures_of(
    issue: Issue,
    beside: IssueFolder,
    faults: list[Finding],
    check_cancelled: CancelCheck = never_cancelled,
) -> dict[DataPath, Picture]:
    """
    Each picture of the issue by the path of its field; faults are added to the list.

    ``check_cancelled`` is called before each of them, and may raise.
    """
    pictures: dict[DataPath, Picture] = {}
    for path, file in issue.pictures:
        check_cancelled()
        where = issue.where(path)
        if len(pictures) == MAX_PICTURES:
            faults.append(_MANY.at(where, limit=MAX_PICTURES))
            break
        data = _read_bytes(file, beside, where, faults)
        if data is None:
            continue
        if image := _open_picture(file, data, where, faults):
            pictures[path] = Picture(
                name=f"picture-{len(pictures) + 1}.{image.kind}",
                data=image.data,
                ratio=image.ratio,
                file=file,
                digest=digest_of(data),
            )
    return pictures


def _read_bytes(
    file: str, beside: IssueFolder, where: Where, faults: list[Finding]
) -> bytes | None:
    if not _SUFFIXES.fullmatch(file):
        faults.append(_SUFFIX.at(where, file=file))
        return None
    if any(mark in file for mark in _MARKS):
        faults.append(_NO_NAME.at(where, file=file, marks=" ".join(_MARKS)))
        return None
    try:
        return beside.read(file, MAX_BYTES)
    except OutsideFolder:
        faults.append(_OUTSIDE.at(where, file=file))
    except (FileNotFoundError, NotADirectoryError, NotAFile):
        folder = beside.folder or say("files given with the issue")
        faults.append(_MISSING.at(where, file=file, folder=folder))
    except TooLarge as exc:
        size, limit = (say("{number} bytes", number=n) for n in (exc.size, MAX_BYTES))
        faults.append(_LARGE.at(where, file=file, size=size, limit=limit))
    except OSError as exc:
        faults.append(_UNREADABLE.at(where, file=file, reason=reason_of(exc)))
    return None


def _open_picture(file: str, data: bytes, where: Where, faults: list[Finding]) -> TexImage | None:
    try:
        return image_for_tex(data)
    except TooManyPixels as exc:
        size, limit = (say("{number} pixels", number=n) for n in (exc.count, exc.most))
        faults.append(_LARGE.at(where, file=file, size=size, limit=limit))
    except InvalidValue as exc:
        faults.append(_UNREADABLE.at(where, file=file, reason=exc))
    return None
