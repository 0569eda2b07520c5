"""ICC profiles: what they say of themselves."""

from __future__ import annotations

import functools
import io
import re
import struct
from dataclasses import dataclass

from jianbao_tex.children import work_apart
from jianbao_tex.language import InvalidValue, say
from jianbao_tex.prepress.transforms import looks_like_srgb, srgb, transform

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

    @classmethod
    def read_foreign(cls, data: bytes) -> Profile:
        """The same of a file that others made; it is read in a separate process before."""
        _prove_profile(data)
        return _read_profile(data)

    @property
    def components(self) -> int:
        """The number of its colour components."""
        return {"GRAY": 1, "RGB": 3}.get(self.space, 4)

    @property
    def is_srgb(self) -> bool:
        """Whether it is that of sRGB, or gives the same colours."""
        return self.space == "RGB" and looks_like_srgb(self.data)

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
def _prove_profile(data: bytes) -> None:
    """Reads a profile in a separate process; raises `InvalidValue`."""
    work_apart(_read_profile_apart, data)


def _read_profile_apart(data: bytes) -> bytes:
    """In the separate process: whether the bytes are a profile that can be used; else raises."""
    return _read_profile(data).description.encode("utf-8", "replace")


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
            transform(data, b"", _MODES[space], "LAB")
            transform(srgb(), data, "RGB", _MODES[space])
    except (OSError, ValueError, ImageCms.PyCMSError) as error:
        raise InvalidValue(say("it is damaged")) from error
    return Profile(data, kind, space, description, data[8], target)
