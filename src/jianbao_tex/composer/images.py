"""The bytes of a picture -> a picture for TeX, as every printer accepts it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jianbao_tex.language import InvalidValue, say
from jianbao_tex.prepress.conversion import picture_profile

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 40_000_000
MAX_SIDE = 65_535
"""What a JPEG can have; the PDF writer stops at a PNG of a million."""

# Where the header of a PNG says how many bits a sample has, and whether it is interlaced.
_DEPTH, _INTERLACE = 24, 28
_EIGHT_BITS = 8
_ORIENTATION = 0x0112
"""The entry of EXIF that says which side of a photograph is up."""
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
    """A picture for TeX: ``png`` or ``jpg``, its bytes, its height divided by its width."""

    kind: str
    data: bytes
    ratio: float


def image_for_tex(data: bytes) -> TexImage:
    """
    The picture in the bytes of a PNG or a JPEG.

    Raises:
        TooManyPixels: it is too large.
        InvalidValue: it is neither of both, or damaged.
    """
    # Pillow costs 30 ms to import, and most issues have no picture.
    from PIL import Image, UnidentifiedImageError

    try:
        # Pillow reads dozens of formats; a hostile file must not reach the other decoders.
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            _refuse_excess(image)
            image.load()
            displayed = _as_displayed(image, data)
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            # load() accepts a truncated PNG; the PDF writer does not.
            image.verify()
    except UnidentifiedImageError as exc:
        raise InvalidValue(say("its bytes are neither PNG nor JPEG")) from exc
    except TooManyPixels:
        raise
    except Exception as exc:  # a hostile file makes Pillow raise anything
        raise InvalidValue(say("it is damaged")) from exc
    return displayed


def _refuse_excess(image: Image) -> None:
    pixels, side = image.width * image.height, max(image.size)
    if pixels > MAX_PIXELS:
        raise TooManyPixels(pixels, MAX_PIXELS)
    if side > MAX_SIDE:
        raise TooManyPixels(side, MAX_SIDE)


def _as_displayed(image: Image, data: bytes) -> TexImage:
    """
    The picture as displayed, on white, in a form that every printer accepts.

    Most pictures are unchanged.  A photograph is rotated by its EXIF orientation.  A picture
    with transparency, 16 bits or interlacing is converted.  Its colours are not: it keeps its own
    profile, in a form that is embedded, so that each output converts it once.
    """
    from PIL import ImageChops, ImageOps

    kind = "png" if image.format == "PNG" else "jpg"
    is_rotated = image.getexif().get(_ORIENTATION, 1) not in {0, 1}
    is_transparent = "transparency" in image.info or image.mode in {"LA", "PA", "RGBA"}
    is_deep = image.mode.startswith("I") or (kind == "png" and data[_DEPTH] > _EIGHT_BITS)
    is_interlaced = kind == "png" and data[_INTERLACE] != 0
    # CMYK values are ambiguous without an Adobe marker.
    is_ambiguous = image.mode == "CMYK" and "adobe" not in image.info
    own = image.info.get("icc_profile") or b""
    profile = picture_profile(own, _COLOURS.get(image.mode, "RGB"))
    is_plain = not (is_rotated or is_transparent or is_deep or is_interlaced or is_ambiguous)
    if is_plain and profile == own:
        return TexImage(kind, data, image.height / image.width)
    picture: Image = image
    if image.mode.startswith("I"):
        # Sixteen bits of grey, of which the upper eight are printed.
        picture = image.convert("I").point(lambda value: value / 256).convert("L")
    if is_ambiguous:
        # Pillow inverts every CMYK JPEG, because Adobe's are inverted; undo that.
        picture = ImageChops.invert(picture)
    if is_transparent:
        picture = _put_on_white(picture)
    if is_rotated:
        picture = ImageOps.exif_transpose(picture)
    return TexImage(kind, _encode(picture, kind, profile), picture.height / picture.width)


def _encode(picture: Image, kind: str, profile: bytes) -> bytes:
    buffer = io.BytesIO()
    # Without an argument Pillow would write the original's profile, which may be broken.
    if kind == "png":
        picture.save(buffer, "PNG", icc_profile=profile or None)
    else:
        picture.save(buffer, "JPEG", quality=95, subsampling=0, icc_profile=profile or None)
    return buffer.getvalue()


def _put_on_white(image: Image) -> Image:
    from PIL.Image import new

    layered = image.convert("RGBA")
    page = new("RGBA", image.size, "white")
    page.alpha_composite(layered)
    return page.convert("L" if image.mode in {"L", "LA"} else "RGB")
