"""Pictures converted from their own profile to the colours of a file."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jianbao_tex.prepress.inks import Target
from jianbao_tex.prepress.transforms import looks_like_srgb, srgb, transform

if TYPE_CHECKING:
    from PIL.Image import Image

_HEADER = 128
_MAX_BYTES = 8 * 1024 * 1024
"""Larger than any profile in use."""
_SIGNATURE = b"acsp"
_SPACES = {"CMYK": b"CMYK", "RGB": b"RGB ", "L": b"GRAY"}
# Screens, cameras and scanners, printers, and spaces of no device (ISO 15076-1, 7.2.5).
_DEVICES = (b"mntr", b"scnr", b"prtr", b"spac")
_VERSION_4 = b"\4\0\0\0"
_D50 = bytes.fromhex("0000f6d6 00010000 0000d32d")
"""The illuminant of every profile (ISO 15076-1, 7.2.16)."""
_MAX_LIGHT = 255


def picture_profile(data: bytes, mode: str) -> bytes:
    """
    The profile of a picture in the form that every PDF writer embeds; b"" for none.

    Args:
        data: the profile as the picture has it; it may be broken.
        mode: of the picture: ``L``, ``RGB`` or ``CMYK``.

    A profile that cannot be read, or that is one of other colours, is none.
    """
    from PIL import ImageCms

    size = int.from_bytes(data[:4], "big")
    is_of_device = data[12:16] in _DEVICES and data[16:20] == _SPACES[mode]
    if not (
        _HEADER <= size <= min(len(data), _MAX_BYTES) and data[36:40] == _SIGNATURE and is_of_device
    ):
        return b""
    profile = _embeddable(data[:size])
    try:
        transform(profile, b"", mode, "LAB")
    except (OSError, ValueError, ImageCms.PyCMSError):
        return b""
    return profile


def _embeddable(data: bytes) -> bytes:
    """
    A profile with a header that xdvipdfmx and libpng accept; its colours stay the same.

    xdvipdfmx leaves out a profile that is newer than version 4.0, has another illuminant than D50
    or no zeros in its reserved bytes; libpng one with an unknown intent or an odd length.
    """
    data += b"\0" * (-len(data) % 4)
    version = _VERSION_4 if data[8] >= _VERSION_4[0] else data[8:12]
    intent = data[64:68] if data[64:68] < b"\0\0\0\4" else bytes(4)
    head = len(data).to_bytes(4, "big") + data[4:8] + version + data[12:64] + intent
    return head + _D50 + data[80:100] + bytes(28) + data[_HEADER:]


@dataclass(frozen=True)
class Profiles:
    """
    What the colours of a file are.

    Args:
        press: the profile of the printing condition; also that of CMYK pictures without one.
        screen: the profile of its red, green and blue, for ``icc``; b"" for sRGB.
    """

    press: bytes
    screen: bytes = b""


def convert_picture(picture: Image, own: bytes, target: Target, profiles: Profiles) -> Image:
    """
    A picture in the colours of a target, by one conversion from its own profile.

    Args:
        picture: of mode ``L``, ``RGB`` or ``CMYK``.
        own: its profile, as `picture_profile` returns it; without one it is in sRGB, or in the
            inks of the press.
        target: what it becomes: ``icc`` keeps inks and brings other colours to the screen's.
        profiles: those of the file.

    White stays paper, and the darkest tone becomes the darkest one of the target (relative
    colorimetric, black point compensated).  A grey picture stays one of black alone.
    """
    if picture.mode == "L":
        return _convert_gray(picture, own, target, profiles.press) if own else picture
    source = own or (profiles.press if picture.mode == "CMYK" else srgb())
    if target == "gray":
        return _to_black(picture, source, profiles.press)
    if target == "cmyk" or (target == "icc" and picture.mode == "CMYK"):
        mode, output = "CMYK", profiles.press
    else:
        mode = "RGB"
        is_srgb = target == "rgb" or not profiles.screen or looks_like_srgb(profiles.screen)
        output = srgb() if is_srgb else profiles.screen
    # Inks that are those of the press already stay as they are.
    if picture.mode == mode and source in (output, _embeddable(output)):
        return picture
    converted: Image = transform(source, output, picture.mode, mode).apply(picture)
    return converted


def _convert_gray(picture: Image, own: bytes, target: Target, press: bytes) -> Image:
    """A grey picture with a profile: in the grey of screens, or in black ink."""
    if target != "rgb":
        return _to_black(picture, own, press)
    gray: Image = transform(own, srgb(), "L", "RGB").apply(picture).getchannel(0)
    return gray


def _to_black(picture: Image, source: bytes, press: bytes) -> Image:
    """The picture as grey values with the same lightness in black ink."""
    lightness = transform(source, b"", picture.mode, "LAB").apply(picture).getchannel(0)
    gray: Image = lightness.point(_black_of(press))
    return gray


@functools.lru_cache(maxsize=4)
def _black_of(intent: bytes) -> list[int]:
    """The grey value, 255 for paper, whose ink has each lightness of 0 to 255."""
    from PIL import Image

    if intent[16:20] != b"CMYK":
        return list(range(256))
    ramp = Image.new("CMYK", (256, 1))
    ramp.putdata([(0, 0, 0, 255 - gray) for gray in range(256)])
    shades = list(transform(intent, b"", "CMYK", "LAB").apply(ramp).getchannel(0).tobytes())
    darkest, lightest = shades[0], shades[-1]
    table = []
    for light in range(256):
        # Black and white of the picture are black ink and paper.
        wanted = darkest + (lightest - darkest) * light / _MAX_LIGHT
        table.append(min(range(256), key=lambda gray: abs(shades[gray] - wanted)))
    return table
