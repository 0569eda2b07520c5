"""ICC profiles: their header data, and pictures converted with them."""

from __future__ import annotations

import functools
import io
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from jianbao_tex.language import InvalidValue, say

if TYPE_CHECKING:
    from PIL.Image import Image

_HEADER = 128
_SIGNATURE = b"acsp"
_REFERENCE = re.compile(r"ICCHDAT (FOGRA[0-9]{2}|CGATS TR [0-9]{3}|JC[0-9]{6})")
"""
The name of registered data in a profile that is made from them, as the ICC asks for it.

Source: ICC Characterization Data Registry, guidelines on the use of the data.
"""
_REGISTERED = {
    "Coated FOGRA27 (ISO 12647-2:2004)": "FOGRA27",
    "Coated FOGRA39 (ISO 12647-2:2004)": "FOGRA39",
    "FOGRA39L Coated": "FOGRA39",
    "ISO Coated v2 (ECI)": "FOGRA39",
    "ISO Coated v2 300% (ECI)": "FOGRA39",
    "Japan Color 2001 Coated": "JC200103",
    "Japan Color 2001 Uncoated": "JC200104",
    "PSO Coated v3": "FOGRA51",
    "PSO Uncoated v3 (FOGRA52)": "FOGRA52",
    "U.S. Web Coated (SWOP) v2": "CGATS TR 001",
    "Uncoated FOGRA29 (ISO 12647-2:2004)": "FOGRA29",
    "Web Coated FOGRA28 (ISO 12647-2:2004)": "FOGRA28",
}
"""The registered data of usual profiles that do not name them so, by their descriptions."""
_MAX_LIGHT = 255
_MODES = {"CMYK": "CMYK", "RGB": "RGB", "GRAY": "L"}


@dataclass(frozen=True)
class Profile:
    """
    An ICC profile (ISO 15076-1).

    Args:
        data: its bytes.
        kind: its device class: ``prtr`` for a printer, ``mntr`` for a screen.
        space: ``CMYK``, ``RGB`` or ``GRAY``.
        description: the description in the profile.
        version: of the ICC's specification, such as 2 or 4.
        target: what it says of the measurements that it is made from; may be empty.
    """

    data: bytes
    kind: str
    space: str
    description: str
    version: int
    target: str = ""

    @classmethod
    def read(cls, data: bytes) -> Profile:
        """
        The profile in some bytes.

        Raises:
            InvalidValue: they are no profile that can be used.
        """
        return _read_profile(data)

    @property
    def components(self) -> int:
        """The number of its colour components."""
        return {"GRAY": 1, "RGB": 3}.get(self.space, 4)

    @property
    def registered(self) -> str:
        """
        The name of its printing condition in the ICC's registry; '' if it has none there.

        A print shop's own profile has none, even if its name contains that of a registered one.
        """
        reference = _REFERENCE.fullmatch(self.target)
        return reference[1] if reference else _REGISTERED.get(self.description, "")

    @property
    def condition(self) -> str:
        """The name of its printing condition: the registered one, or its own."""
        return self.registered or self.description


@functools.lru_cache(maxsize=8)
def _read_profile(data: bytes) -> Profile:
    from PIL import ImageCms

    if len(data) < _HEADER or data[36:40] != _SIGNATURE:
        raise InvalidValue(say("it is no ICC profile"))
    if struct.unpack(">I", data[:4])[0] > len(data):
        raise InvalidValue(say("it is cut off"))
    # The header (ISO 15076-1, 7.2): size at 0, version at 8, class at 12, space at 16.
    kind, space = (data[at : at + 4].decode("latin-1").strip() for at in (12, 16))
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        description = ImageCms.getProfileDescription(profile).strip()
        target = (profile.profile.target or "").strip("\0 ")
        if space in _MODES:
            # A header alone converts nothing.
            _transform(data, b"", _MODES[space], "LAB")
            _transform(_srgb(), data, "RGB", _MODES[space])
    except (OSError, ValueError, ImageCms.PyCMSError) as error:
        raise InvalidValue(say("it is damaged")) from error
    return Profile(data, kind, space, description, data[8], target)


@functools.cache
def _srgb() -> bytes:
    from PIL import ImageCms

    data: bytes = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # lcms writes the time into the header; a fixed time keeps the bytes the same.
    return data[:24] + struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + data[36:]


def convert_picture(
    picture: Image, own: bytes | None, target: Literal["gray", "cmyk", "rgb"], intent: bytes
) -> Image:
    """
    A picture in grey, CMYK or sRGB, as the intent would print it.

    Args:
        picture: of mode ``L``, ``RGB`` or ``CMYK``.
        own: its embedded profile; without one sRGB or the intent is used.
        target: what it becomes.
        intent: the profile of the printing condition.

    White stays paper, and the darkest tone becomes the darkest one of the target (relative
    colorimetric, black point compensated).
    """
    if target == "gray":
        return picture if picture.mode == "L" else _to_gray(picture, own, intent)
    mode = {"cmyk": "CMYK", "rgb": "RGB"}[target]
    output = intent if target == "cmyk" else _srgb()
    if picture.mode == "L" or (
        picture.mode == mode and _profile_of(picture, own, output) == output
    ):
        return picture
    source = _profile_of(picture, own, intent)
    converted: Image = _transform(source, output, picture.mode, mode).apply(picture)
    return converted


def _profile_of(picture: Image, own: bytes | None, intent: bytes) -> bytes:
    """The profile of a picture."""
    space = {"CMYK": b"CMYK", "RGB": b"RGB "}[picture.mode]
    if own and own[16:20] == space:
        return own
    return intent if picture.mode == "CMYK" else _srgb()


def _to_gray(picture: Image, own: bytes | None, intent: bytes) -> Image:
    """The picture as grey values with the same lightness in black ink."""
    source = _profile_of(picture, own, intent)
    lightness = _transform(source, b"", picture.mode, "LAB").apply(picture).getchannel(0)
    gray: Image = lightness.point(_black_of(intent))
    return gray


@functools.lru_cache(maxsize=4)
def _black_of(intent: bytes) -> list[int]:
    """The grey value, 255 for paper, whose ink has each lightness of 0 to 255."""
    from PIL import Image

    if intent[16:20] != b"CMYK":
        return list(range(256))
    ramp = Image.new("CMYK", (256, 1))
    ramp.putdata([(0, 0, 0, 255 - gray) for gray in range(256)])
    shades = list(_transform(intent, b"", "CMYK", "LAB").apply(ramp).getchannel(0).tobytes())
    darkest, lightest = shades[0], shades[-1]
    table = []
    for light in range(256):
        # Black and white of the picture are black ink and paper.
        wanted = darkest + (lightest - darkest) * light / _MAX_LIGHT
        table.append(min(range(256), key=lambda gray: abs(shades[gray] - wanted)))
    return table


@functools.lru_cache(maxsize=16)
def _transform(source: bytes, target: bytes, source_mode: str, target_mode: str) -> Any:
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
