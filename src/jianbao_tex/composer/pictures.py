"""The pictures of an issue: found beside it, looked into, renamed for TeX."""

from __future__ import annotations

import errno
import io
import re
from dataclasses import dataclass
from pathlib import Path

from jianbao_tex.errors import reason_of
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.issue import Issue
from jianbao_tex.language import say
from jianbao_tex.parts import DataPath, Part, PictureOf

MAX_PICTURES = 50
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000

_OUTSIDE = error(
    "JB402",
    "the picture {file} is not inside the issue's folder",
    "put it beside the issue or in a folder below it, and name it from there",
)
_MISSING = error("JB403", "there is no picture {file}", "check the name; folder: {folder}")
_SUFFIX = error("JB404", "the picture {file} is neither PNG nor JPEG", "convert it to one of them")
_UNREADABLE = error("JB405", "the picture {file} cannot be read: {reason}", "save it anew")
_LARGE = error("JB406", "the picture {file} is too large: {size}", "at most {limit}")
_MANY = error("JB407", "more than {limit} pictures in one issue", "leave some out")

_SUFFIXES = re.compile(r".+\.(png|jpe?g)", re.IGNORECASE)
_NO_NAME = error("JB408", "{file} is no name of a picture file", "leave out the marks {marks}")
_MARKS = '\\:*?"<>|'


@dataclass(frozen=True)
class Picture:
    """A picture under the plain name that TeX is given; ``ratio`` is height by width."""

    name: str
    data: bytes
    ratio: float
    path: Path


def pictures_of(
    issue: Issue, folder: Path | None, faults: list[Finding]
) -> dict[DataPath, Picture]:
    """Each picture of the issue by the path of its field; faults are added to the list."""
    found: dict[DataPath, Picture] = {}
    for path, file in _fields(issue):
        where = issue.where(path)
        if len(found) == MAX_PICTURES:
            faults.append(_MANY.at(where, limit=MAX_PICTURES))
            break
        data = _bytes_of(file, folder, where, faults)
        if data is None:
            continue
        if looked := _look_into(file, data, where, faults):
            kind, ratio = looked
            name = f"picture-{len(found) + 1}.{kind}"
            found[path] = Picture(name, data, ratio, (folder or Path()) / file)
    return found


def names_of(issue: Issue) -> tuple[str, ...]:
    """The pictures of an issue as it names them."""
    return tuple(file for _, file in _fields(issue))


def _fields(issue: Issue) -> list[tuple[DataPath, str]]:
    return [
        ((*path, name), getattr(part, name))
        for path, part in issue.walk()
        if isinstance(part, Part)
        for name, shape in type(part).shapes().items()
        if isinstance(shape, PictureOf)
    ]


def _bytes_of(file: str, folder: Path | None, where: Where, faults: list[Finding]) -> bytes | None:
    if not _SUFFIXES.fullmatch(file):
        faults.append(_SUFFIX.at(where, file=file))
        return None
    if any(mark in file for mark in _MARKS):
        faults.append(_NO_NAME.at(where, file=file, marks=" ".join(_MARKS)))
        return None
    try:
        path = (folder / file).resolve() if folder else None
        if folder is None or path is None or not path.is_relative_to(folder.resolve()):
            faults.append(_OUTSIDE.at(where, file=file))
        elif not path.is_file():
            faults.append(_MISSING.at(where, file=file, folder=folder))
        elif path.stat().st_size > MAX_BYTES:
            size, limit = (
                say("{number} bytes", number=n) for n in (path.stat().st_size, MAX_BYTES)
            )
            faults.append(_LARGE.at(where, file=file, size=size, limit=limit))
        else:
            return path.read_bytes()
    except OSError as wrong:
        faults.append(_UNREADABLE.at(where, file=file, reason=reason_of(wrong)))
    except RuntimeError:
        # What Python 3.11 says of links that go round in a circle.
        faults.append(_UNREADABLE.at(where, file=file, reason=reason_of(errno.ELOOP)))
    return None


def _look_into(
    file: str, data: bytes, where: Where, faults: list[Finding]
) -> tuple[str, float] | None:
    """``png`` or ``jpg`` by the bytes themselves, and height by width."""
    # Pillow costs 30 ms to import, and most issues have no picture.
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            pixels = image.width * image.height
            if pixels > MAX_PIXELS:
                size, limit = (say("{number} pixels", number=n) for n in (pixels, MAX_PIXELS))
                faults.append(_LARGE.at(where, file=file, size=size, limit=limit))
                return None
            image.load()
            kind, ratio = "png" if image.format == "PNG" else "jpg", image.height / image.width
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            # Loading is content with a PNG that lacks its end; the PDF writer is not.
            image.verify()
    except UnidentifiedImageError:
        reason = say("its bytes are neither PNG nor JPEG")
        faults.append(_UNREADABLE.at(where, file=file, reason=reason))
        return None
    except Exception:  # noqa: BLE001 -- a hostile file makes Pillow raise anything
        faults.append(_UNREADABLE.at(where, file=file, reason=say("it is damaged")))
        return None
    return kind, ratio
