"""Conversions of colours by lcms, each made once."""

from __future__ import annotations

import functools
import io
import struct
from typing import Any

_CORNERS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (90, 160, 60), (200, 150, 120), (128, 128, 128)]
_MAX_DIFFERENCE = 4
"""The largest difference (0 to 255) at which a profile counts as sRGB."""


@functools.lru_cache(maxsize=16)
def transform(source: bytes, target: bytes, source_mode: str, target_mode: str) -> Any:
    """
    What converts pictures from one profile to another, ``b""`` being CIE Lab.

    White stays paper, and the darkest tone becomes the darkest one of the target (relative
    colorimetric, black point compensated).

    Raises:
        OSError, ValueError, PyCMSError: a profile cannot be used so.
    """
    from PIL import ImageCms

    def open_profile(data: bytes) -> Any:
        return ImageCms.ImageCmsProfile(io.BytesIO(data))

    output = open_profile(target) if target else ImageCms.createProfile("LAB")
    return ImageCms.buildTransform(
        open_profile(source),
        output,
        source_mode,
        target_mode,
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


@functools.cache
def srgb() -> bytes:
    """The profile of sRGB (IEC 61966-2-1)."""
    from PIL import ImageCms

    data: bytes = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # lcms writes the time into the header; a fixed time keeps the bytes the same.
    return data[:24] + struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + data[36:]


@functools.lru_cache(maxsize=4)
def looks_like_srgb(profile: bytes) -> bool:
    """Whether a profile of red, green and blue gives the colours of sRGB."""
    from PIL.Image import new

    corners = new("RGB", (len(_CORNERS), 1))
    corners.putdata(_CORNERS)
    converted = transform(profile, srgb(), "RGB", "RGB").apply(corners).tobytes()
    pairs = zip(converted, corners.tobytes(), strict=True)
    return all(abs(a - b) <= _MAX_DIFFERENCE for a, b in pairs)
