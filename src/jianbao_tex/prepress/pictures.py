"""Converts the pictures of a PDF to the colours of a mode."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jianbao_tex.prepress.conversion import Profiles, convert_picture, picture_profile
from jianbao_tex.prepress.inks import Target
from jianbao_tex.prepress.profiles import Profile

if TYPE_CHECKING:
    from PIL.Image import Image

_QUALITY = 95
# Entries that describe the old data, and would distort the new.
_STALE = ("/Decode", "/DecodeParms", "/SMask", "/Mask", "/Intent", "/Filter", "/Matte")


@dataclass(frozen=True)
class PictureConverter:
    """
    Brings pictures into grey, CMYK, the sRGB of screens, or the colours of a profile.

    Each is converted once, from its own profile; one without a profile is in sRGB.

    Args:
        target: the colours.
        intent: returns the profile of the printing condition; called only if there is a picture.
        space: the colour space of ``screen``, for ``icc``.
        screen: the profile for red, green and blue, for ``icc``; sRGB without it.
    """

    target: Target
    intent: Callable[[], Profile]
    space: Any = None
    screen: Profile | None = None

    def __call__(self, item: Any) -> None:
        """Converts one image object; a stencil mask has no colours and is left as it is."""
        if item.get("/ImageMask", False):
            return
        is_opaque = "/SMask" not in item and "/Mask" not in item
        if not (is_opaque and self._is_in_target(item)):
            profiles = Profiles(self.intent().data, self.screen.data if self.screen else b"")
            picture, own = _open_picture(item)
            converted = convert_picture(picture, own, self.target, profiles)
            _write_picture(item, converted, is_photograph=str(item.get("/Filter")) == "/DCTDecode")
        if self.target == "icc":
            self._give_profile(item)

    def _is_in_target(self, item: Any) -> bool:
        """Whether the picture needs no conversion; with ``icc`` CMYK stays as it is."""
        spaces = {
            "gray": {"/DeviceGray"},
            "cmyk": {"/DeviceGray", "/DeviceCMYK"},
            "rgb": {"/DeviceGray", "/DeviceRGB"},
            "icc": {"/DeviceGray", "/DeviceCMYK"},
        }
        if self.screen is None or self.screen.is_srgb:
            # A picture without a profile is in sRGB.
            spaces["icc"].add("/DeviceRGB")
        return _base_of(item.get("/ColorSpace")) in spaces[self.target]

    def _give_profile(self, item: Any) -> None:
        """Replaces device RGB by the colour space of the profile."""
        space = item["/ColorSpace"]
        if _base_of(space) != "/DeviceRGB":
            return
        if _is_indexed(space):
            space[1] = self.space
        else:
            item["/ColorSpace"] = self.space


def _is_indexed(space: Any) -> bool:
    import pikepdf

    return isinstance(space, pikepdf.Array) and bool(space[0] == "/Indexed")


def _base_of(space: Any) -> str:
    """The colour space of a picture; the base space for an indexed picture."""
    return str(space[1] if _is_indexed(space) else space)


def _open_picture(item: Any) -> tuple[Image, bytes]:
    """The picture of an image object on a white page, and its own ICC profile, if it has one."""
    import pikepdf
    from PIL import Image

    image = pikepdf.PdfImage(item)
    picture = image.as_pil_image()
    space = item.get("/ColorSpace")
    while isinstance(space, pikepdf.Array) and space[0] == "/Indexed":
        space = space[1]
    if picture.mode not in {"L", "RGB", "CMYK"}:
        picture = picture.convert("L" if picture.mode == "1" else "RGB")
    if "/SMask" in item:
        mask = pikepdf.PdfImage(item["/SMask"]).as_pil_image().convert("L").resize(picture.size)
        paper = (0, 0, 0, 0) if picture.mode == "CMYK" else (255,) * len(picture.getbands())
        page = Image.new(picture.mode, picture.size, paper[0] if len(paper) == 1 else paper)
        page.paste(picture, mask=mask)
        picture = page
    if isinstance(space, pikepdf.Array) and space[0] == "/ICCBased":
        return picture, picture_profile(space[1].read_bytes(), picture.mode)
    return picture, b""


def _write_picture(item: Any, picture: Image, *, is_photograph: bool) -> None:
    """Puts a picture into an image object: a photograph as JPEG, another one as it is."""
    import pikepdf

    for key in _STALE:
        if key in item:
            del item[key]
    names = {"L": "/DeviceGray", "RGB": "/DeviceRGB", "CMYK": "/DeviceCMYK"}
    item["/Width"], item["/Height"] = picture.size
    item["/ColorSpace"] = pikepdf.Name(names[picture.mode])
    item["/BitsPerComponent"] = 8
    if is_photograph:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=_QUALITY, subsampling=0)
        item.write(buffer.getvalue(), filter=pikepdf.Name.DCTDecode)
        if picture.mode == "CMYK":
            # JPEG of four colours holds how much light is left, not how much ink there is.
            item["/Decode"] = pikepdf.Array([1, 0] * 4)
    else:
        item.write(zlib.compress(picture.tobytes(), 9), filter=pikepdf.Name.FlateDecode)
