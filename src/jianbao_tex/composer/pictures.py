"""The pictures of an issue: found beside it, looked into, renamed for TeX."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jianbao_tex.cancelling import CancelCheck, never_cancelled
from jianbao_tex.errors import reason_of
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.issue import Issue
from jianbao_tex.issue_folder import IssueFolder, NotAFile, OutsideFolder, TooLarge
from jianbao_tex.language import InvalidValue, say
from jianbao_tex.parts import DataPath
from jianbao_tex.prepress.profiles import Profile, convert_picture
from jianbao_tex.store import digest_of

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PICTURES = 50
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 65_535
"""What a JPEG can have; the PDF writer stops at a PNG of a million."""

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

# Where the header of a PNG says how many bits a sample has, and whether it is interlaced.
_DEPTH, _INTERLACE = 24, 28
_EIGHT_BITS = 8
_CORNERS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (90, 160, 60), (200, 150, 120), (128, 128, 128)]
_MAX_DIFFERENCE = 4
"""The largest difference (0 to 255) at which two profiles count as equal."""
_ORIENTATION = 0x0112
"""The entry of EXIF that says which side of a photograph is up."""

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


@dataclass(frozen=True)
class _TexImage:
    """A picture for TeX: ``png`` or ``jpg``, its bytes, its height divided by its width."""

    kind: str
    data: bytes
    ratio: float


def _open_picture(file: str, data: bytes, where: Where, faults: list[Finding]) -> _TexImage | None:
    # Pillow costs 30 ms to import, and most issues have no picture.
    from PIL import Image, UnidentifiedImageError

    try:
        # Pillow reads dozens of formats; a hostile file must not reach the other decoders.
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            if excess := _excess_of(image):
                size, limit = (say("{number} pixels", number=n) for n in excess)
                faults.append(_LARGE.at(where, file=file, size=size, limit=limit))
                return None
            image.load()
            displayed = _as_displayed(image, data)
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            # load() accepts a truncated PNG; the PDF writer does not.
            image.verify()
    except UnidentifiedImageError:
        reason = say("its bytes are neither PNG nor JPEG")
        faults.append(_UNREADABLE.at(where, file=file, reason=reason))
        return None
    except Exception:  # noqa: BLE001 -- a hostile file makes Pillow raise anything
        faults.append(_UNREADABLE.at(where, file=file, reason=say("it is damaged")))
        return None
    return displayed


def _excess_of(image: Image) -> tuple[int, int] | None:
    """The count of pixels, or the side, that is too large, with its limit; else ``None``."""
    pixels, side = image.width * image.height, max(image.size)
    if pixels > MAX_PIXELS:
        return pixels, MAX_PIXELS
    return (side, MAX_SIDE) if side > MAX_SIDE else None


def _as_displayed(image: Image, data: bytes) -> _TexImage:
    """
    The picture as displayed, on white, in a form that every printer accepts.

    Most pictures are unchanged.  A photograph is rotated by its EXIF orientation.  A picture
    with transparency, 16 bits, its own profile or interlacing is converted.
    """
    from PIL import ImageChops, ImageOps

    kind = "png" if image.format == "PNG" else "jpg"
    is_rotated = image.getexif().get(_ORIENTATION, 1) not in {0, 1}
    is_transparent = "transparency" in image.info or image.mode in {"LA", "PA", "RGBA"}
    is_deep = image.mode.startswith("I") or (kind == "png" and data[_DEPTH] > _EIGHT_BITS)
    is_interlaced = kind == "png" and data[_INTERLACE] != 0
    # CMYK values are ambiguous without an Adobe marker.
    is_ambiguous = image.mode == "CMYK" and "adobe" not in image.info
    profile = _own_profile(image)
    if not (is_rotated or is_transparent or is_deep or is_interlaced or is_ambiguous or profile):
        return _TexImage(kind, data, image.height / image.width)
    picture: Image = image
    if image.mode.startswith("I"):
        # Sixteen bits of grey, of which the upper eight are printed.
        picture = image.convert("I").point(lambda value: value / 256).convert("L")
    if is_ambiguous:
        # Pillow inverts every CMYK JPEG, because Adobe's are inverted; undo that.
        picture = ImageChops.invert(picture)
    if profile:
        picture = _convert_to_srgb(picture, profile)
    if is_transparent or picture.mode == "RGBA":
        picture = _put_on_white(picture)
    if is_rotated:
        picture = ImageOps.exif_transpose(picture)
    return _TexImage(kind, _encode(picture, kind), picture.height / picture.width)


def _encode(picture: Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    # Without icc_profile=None Pillow would write the original's profile again.
    if kind == "png":
        picture.save(buffer, "PNG", icc_profile=None)
    else:
        picture.save(buffer, "JPEG", quality=95, subsampling=0, icc_profile=None)
    return buffer.getvalue()


def _own_profile(image: Image) -> bytes | None:
    """The profile of a coloured picture, if it is one of red, green and blue, and not sRGB."""
    from PIL.Image import new

    data = image.info.get("icc_profile")
    if not data or image.mode not in {"RGB", "RGBA", "P", "PA"}:
        return None
    try:
        if Profile.read(data).space != "RGB":
            return None
    except InvalidValue:
        return None
    corners = new("RGB", (len(_CORNERS), 1))
    corners.putdata(_CORNERS)
    converted = convert_picture(corners, data, "rgb", b"").tobytes()
    difference = max(abs(a - b) for a, b in zip(converted, corners.tobytes(), strict=True))
    return data if difference > _MAX_DIFFERENCE else None


def _convert_to_srgb(image: Image, profile: bytes) -> Image:
    """The picture in sRGB with its transparency; PDF writers treat other profiles differently."""
    layered = image.convert("RGBA")
    converted = convert_picture(layered.convert("RGB"), profile, "rgb", b"")
    if image.mode == "RGB":
        return converted
    converted.putalpha(layered.getchannel("A"))
    return converted


def _put_on_white(image: Image) -> Image:
    from PIL.Image import new

    layered = image.convert("RGBA")
    page = new("RGBA", image.size, "white")
    page.alpha_composite(layered)
    return page.convert("L" if image.mode in {"L", "LA"} else "RGB")
