"""Checks the resolution of pictures at their printed size."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from jianbao_tex.builtin.checks.log import messages
from jianbao_tex.hooks import Finding, MasterCheck, MasterSubject, TexSubject, Where, warning

_COARSE = warning(
    "JB353",
    "a picture has {dpi} dpi at its printed size; printing needs {least}",
    "use a picture at least {pixels} pixels wide, or reduce its width",
)

_NUMBER = re.compile(r"picture-(\d+)\.\w+")
_MIN_DPI = 200
# The extent of a message is in bp.
_BP_PER_INCH = 72.0


def _check_resolution(subject: MasterSubject) -> Iterator[Finding]:
    """Pictures that would show their points."""
    for message in messages(subject, "picture"):
        data = subject.tree.files.get(message.text)
        if data is None or not message.extent_bp:
            continue
        inches = message.extent_bp / _BP_PER_INCH
        dpi = _pixels_across(data) / inches
        if dpi < _MIN_DPI - 0.5:
            place, _ = picture_named(subject, message.text)
            pixels = round(inches * _MIN_DPI)
            yield _COARSE.at(place, dpi=round(dpi), least=_MIN_DPI, pixels=pixels)


def picture_named(subject: TexSubject, name: str) -> tuple[Where, str]:
    """
    Where the issue names a picture that TeX calls so, and its file.

    The first picture of an issue is picture-1.  One that a style brings has no place there.
    """
    number = _NUMBER.fullmatch(name)
    pictures = subject.issue.pictures
    index = int(number[1]) - 1 if number else -1
    path, file = pictures[index] if 0 <= index < len(pictures) else ((), "")
    return subject.issue.where(path), file


def _pixels_across(data: bytes) -> int:
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
        return image.width


CHECKS = (MasterCheck("picture-points", "图片精度", _check_resolution, since="0.1"),)
