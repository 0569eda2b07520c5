"""The bytes of a picture -> a picture for TeX, as every printer accepts it."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jianbao_tex.children import work_apart
from jianbao_tex.language import InvalidValue, say
from jianbao_tex.layout import PictureRoom
from jianbao_tex.prepress.conversion import picture_profile
from jianbao_tex.store import Store, key_of
from jianbao_tex.version import __version__

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

_KIND = "pictures"
MAX_PIXELS = 40_000_000
"""In memory at one time: 160 MB, at four bytes a pixel."""
MAX_SCALED_PIXELS = 250_000_000
"""In a JPEG that is scaled down while it is decoded, so that it never is in memory as a whole."""
MAX_UNSCALED_PIXELS = 50_000_000
"""In any other JPEG: 300 MB, if each of its three colours has two bytes a pixel."""
MAX_SIDE = 65_535
"""What a JPEG can have; the PDF writer stops at a PNG of a million."""

_MEMORY_BYTES = 700 * 1024**2
"""
Beyond that of Python: the 40 million pixels of a PNG with transparency are in memory three times
when they are put on white.
"""
_SECONDS = 15.0
"""Processor time for a picture; the largest take two to three on a fast machine."""

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
# Where the header of a PNG says how many bits a sample has, and whether it is interlaced.
_DEPTH, _INTERLACE = 24, 28
_EIGHT_BITS = 8
_ORIENTATION = 0x0112
"""The entry of EXIF that says which side of a photograph is up."""
_MARKER, _FRAMES, _SCAN = 0xFF, {0xC0, 0xC1}, 0xDA
"""How a marker of a JPEG begins; those of sequential frames and of a scan (ITU-T T.81, B.1.1.3)."""
_UPRIGHT, _ON_ITS_SIDE = {0, 1}, {5, 6, 7, 8}
_SPARE = 1.5
"""How many times as many points as needed are left alone: a second compression costs more."""
_GAP = 2.0
"""How much larger than its final size a picture is when its points are weighed."""
_COLOURS = {"1": "L", "L": "L", "LA": "L", "I": "L", "I;16": "L", "CMYK": "CMYK"}
"""The colours of Pillow's modes; all others are red, green and blue."""


class TooManyPixels(Exception):
    """A picture, or a side of it, has ``count`` pixels; at most ``most`` are allowed."""

    def __init__(self, count: int, most: int) -> None:
        super().__init__()
        self.count = count
        self.most = most


@dataclass(frozen=True)
class TexImage:
    """
    A picture for TeX: ``png`` or ``jpg``, its bytes, its height divided by its width.

    ``size`` are its columns and rows of pixels; ``full_size`` those of the file that it was
    scaled down from, ``None`` for one that was not.
    """

    kind: str
    data: bytes
    ratio: float
    size: tuple[int, int]
    full_size: tuple[int, int] | None = None


def image_for_tex(data: bytes, room: PictureRoom) -> TexImage:
    """
    The picture in the bytes of a PNG or a JPEG; scaled to the points that its room needs, if it
    has far more.

    Raises:
        TooManyPixels: it is too large.
        InvalidValue: it is neither of both, or damaged.
    """
    try:
        with _opened(data) as image:
            _refuse_excess(image, data)
            return _for_tex(image, data, room)
    except (TooManyPixels, InvalidValue, MemoryError):
        raise
    except Exception as exc:  # a hostile file makes Pillow raise anything
        raise InvalidValue(say("it is damaged")) from exc


def foreign_image(data: bytes, room: PictureRoom, store: Store | None = None) -> TexImage:
    """
    The same as `image_for_tex`, which works in a separate process.

    One that was scaled down is kept in the store, and made once.

    Raises:
        TooManyPixels, InvalidValue: as `image_for_tex`; and if it takes too much to read it.
    """
    import PIL

    key = key_of(PIL.__version__, __version__, repr(room), data) if store else ""
    if store and (kept := store.get(_KIND, key)):
        return _unpack(kept, data)
    request = json.dumps([room.width, room.height, room.dpi]).encode("ascii") + b"\n" + data
    answer = work_apart(_image_apart, request, _MEMORY_BYTES, _SECONDS)
    image = _unpack(answer, data)
    if store and image.full_size:
        store.put(_KIND, key, answer)
        store.trim(_KIND)
    return image


def _image_apart(request: bytes) -> bytes:
    """In the separate process: the room and the bytes of a picture -> the picture, or why not."""
    head, _, data = request.partition(b"\n")
    try:
        image = image_for_tex(data, PictureRoom(*json.loads(head)))
    except TooManyPixels as exc:
        return json.dumps({"count": exc.count, "most": exc.most}).encode("ascii")
    record = {"kind": image.kind, "ratio": image.ratio, "size": image.size}
    record["full_size"] = image.full_size
    # What was sent need not come back.
    body = b"" if image.data == data else image.data
    return json.dumps(record).encode("ascii") + b"\n" + body


def _unpack(answer: bytes, data: bytes) -> TexImage:
    """The picture from an answer; raises `TooManyPixels`."""
    head, _, body = answer.partition(b"\n")
    record = json.loads(head)
    if "count" in record:
        raise TooManyPixels(**record)
    full = record["full_size"]
    return TexImage(
        kind=record["kind"],
        data=body or data,
        ratio=record["ratio"],
        size=tuple(record["size"]),
        full_size=tuple(full) if full else None,
    )


def _opened(data: bytes) -> ImageFile:
    """
    A PNG or a JPEG, of which only the header is read.

    Pillow reads dozens of formats; a hostile file must not reach the other decoders.  Its own
    limit of pixels does not know that a JPEG may be scaled down while it is decoded.
    """
    # Pillow costs 30 ms to import, and most issues have no picture.
    from PIL.JpegImagePlugin import JpegImageFile
    from PIL.PngImagePlugin import PngImageFile

    if data.startswith(_PNG):
        image = PngImageFile(io.BytesIO(data))
        # Pixels alone may be whole in a file that is cut off; the PDF writer does not accept it.
        PngImageFile(io.BytesIO(data)).verify()
        return image
    if data.startswith(_JPEG):
        return JpegImageFile(io.BytesIO(data))
    raise InvalidValue(say("its bytes are neither PNG nor JPEG"))


def _refuse_excess(image: ImageFile, data: bytes) -> None:
    if max(image.size) > MAX_SIDE:
        raise TooManyPixels(max(image.size), MAX_SIDE)
    if image.format != "JPEG":
        _refuse_pixels(image, MAX_PIXELS)
    elif not _has_one_scan(data):
        _refuse_pixels(image, MAX_UNSCALED_PIXELS)
    else:
        _refuse_pixels(image, MAX_SCALED_PIXELS)


def _refuse_pixels(image: Image, most: int) -> None:
    if image.width * image.height > most:
        raise TooManyPixels(image.width * image.height, most)


def _has_one_scan(data: bytes) -> bool:
    """
    Whether a JPEG has each of its pixels in one piece, as those of cameras do.

    Of any other, a progressive one too, the decoder has all pixels in memory as coefficients,
    however small the result is.
    """
    at, components = 2, 0
    while data[at] == _MARKER and data[at + 1] not in {_SCAN, _MARKER}:
        if data[at + 1] in _FRAMES:
            components = data[at + 9]
        # A segment begins with its marker and its length (ITU-T T.81, B.1.1.4).
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return data[at + 1] == _SCAN and data[at + 4] == components


def _for_tex(image: ImageFile, data: bytes, room: PictureRoom) -> TexImage:
    """
    The picture as displayed, on white, in a form that every printer accepts.

    Most pictures are unchanged.  A photograph is rotated by its EXIF orientation.  A picture
    with transparency, 16 bits or interlacing is converted, one with far too many points scaled
    down.
    Its colours are not converted: it keeps its own profile, in a form that is embedded, so that
    each output converts it once.
    """
    kind = "png" if image.format == "PNG" else "jpg"
    own = image.info.get("icc_profile") or b""
    profile = picture_profile(own, _COLOURS.get(image.mode, "RGB"))
    orientation = image.getexif().get(_ORIENTATION, 1)
    full = image.size[::-1] if orientation in _ON_ITS_SIDE else image.size
    wanted = room.pixels(full[1] / full[0])
    # A drawing of one bit has edges that grey points would blur, and is small.
    is_large = full[0] > wanted[0] * _SPARE and image.mode != "1"
    if not is_large:
        _refuse_pixels(image, MAX_PIXELS)
        if orientation in _UPRIGHT and profile == own and _is_plain(image, data):
            image.load()
            return TexImage(kind, data, full[1] / full[0], full)
    picture = _load(image, wanted[::-1] if orientation in _ON_ITS_SIDE else wanted, is_large)
    if orientation not in _UPRIGHT:
        picture = _turned(picture, orientation)
    encoded = _encode(picture, kind, profile)
    return TexImage(kind, encoded, full[1] / full[0], picture.size, full if is_large else None)


def _is_plain(image: ImageFile, data: bytes) -> bool:
    """Whether TeX and printers read the file as it is."""
    if image.format == "PNG":
        is_opaque = "transparency" not in image.info and image.mode not in {"LA", "PA", "RGBA"}
        return is_opaque and data[_DEPTH] <= _EIGHT_BITS and not data[_INTERLACE]
    # CMYK values are ambiguous without an Adobe marker.
    return image.mode != "CMYK" or "adobe" in image.info


def _load(image: ImageFile, size: tuple[int, int], is_large: bool) -> Image:
    """The pixels of a file in L, RGB or CMYK, on white; a large one in the given size."""
    from PIL import ImageChops
    from PIL.Image import Resampling

    if is_large:
        # A JPEG is decoded at a half, a quarter or an eighth, never below the size.
        image.draft(None, size)
        _refuse_pixels(image, MAX_PIXELS)
    is_transparent = "transparency" in image.info or image.mode in {"LA", "PA", "RGBA"}
    picture: Image = image
    if image.mode.startswith("I"):
        # Sixteen bits of grey, of which the upper eight are printed.
        picture = image.convert("I").point(lambda value: value / 256).convert("L")
    elif is_transparent:
        picture = image.convert("LA" if image.mode in {"L", "LA"} else "RGBA")
    elif image.mode == "P" and is_large:
        picture = image.convert("RGB")
    elif image.mode == "CMYK" and "adobe" not in image.info:
        # Pillow inverts every CMYK JPEG, because Adobe's are inverted; undo that.
        picture = ImageChops.invert(image)
    picture.load()
    if is_large:
        # First by whole steps, so that the large picture is read only once.
        picture = picture.resize(size, Resampling.LANCZOS, reducing_gap=_GAP)
    return _put_on_white(picture) if is_transparent else picture


def _turned(picture: Image, orientation: int) -> Image:
    """A photograph with its upper side up."""
    from PIL.Image import Transpose

    # EXIF 2.3, 4.6.4: where the first row and the first column of the file are.
    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return picture.transpose(turns[orientation]) if orientation in turns else picture


def _encode(picture: Image, kind: str, profile: bytes) -> bytes:
    buffer = io.BytesIO()
    # Without an argument Pillow would write the original's profile, which may be broken.
    if kind == "png":
        picture.save(buffer, "PNG", icc_profile=profile or None)
    else:
        picture.save(buffer, "JPEG", quality=95, subsampling=0, icc_profile=profile or None)
    return buffer.getvalue()


def _put_on_white(image: Image) -> Image:
    """An image of mode LA or RGBA without its transparency."""
    from PIL.Image import new

    page = new("RGBA", image.size, "white")
    page.alpha_composite(image.convert("RGBA"))
    return page.convert("L" if image.mode == "LA" else "RGB")
