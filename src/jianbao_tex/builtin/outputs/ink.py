"""Checks how much ink a file for the press puts on one place of the paper."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from jianbao_tex.builtin.checks.pictures import picture_named
from jianbao_tex.builtin.outputs.shared import place_of_option, setting
from jianbao_tex.hooks import Finding, OutputSubject, Where, say, warning
from jianbao_tex.hooks.prepress import (
    PdfPicture,
    SeenPage,
    ink_above,
    opened,
    pictures_in,
    read_pages,
    red_of,
    tone_of,
)

if TYPE_CHECKING:
    from PIL.Image import Image

_HEAVY_PICTURE = warning(
    "JB376",
    "{picture} is printed with up to {ink} % of ink; the limit is {limit} %",
    "use a profile of the press that needs less ink (print.profile), make the dark parts lighter,"
    " or set print.ink-limit to what the print shop allows",
)
_HEAVY_COLOUR = warning(
    "JB377",
    "the colour {colour} of page {page} has {ink} % of ink; the limit is {limit} %",
    "use less of it, or set print.ink-limit to what the print shop allows",
)
_INKS = 4
_SLACK = 1e-6


def ink_findings(subject: OutputSubject, pdf: bytes) -> Iterator[Finding]:
    """Warnings for the pictures and colours of a file that have more ink than the limit."""
    limit = setting(subject, "print.ink-limit").number
    with opened(pdf) as document:
        inks = [(picture, ink_above(picture.item, limit)) for picture in pictures_in(document)]
        heavy = [(picture, ink) for picture, ink in inks if ink]
        yield from _picture_findings(subject, heavy, limit)
        yield from _colour_findings(subject, read_pages(document), limit)


def _picture_findings(
    subject: OutputSubject, heavy: Sequence[tuple[PdfPicture, float]], limit: float
) -> Iterator[Finding]:
    names = _tex_names(subject) if heavy else {}
    for picture, ink in heavy:
        where, file = picture_named(subject, names.get(picture.name, ""))
        shown = (
            say("the picture {file}", file=file)
            if file
            else say("a picture of page {page}", page=picture.page)
        )
        yield _HEAVY_PICTURE.at(where, picture=shown, ink=round(ink), limit=f"{limit:g}")


def _tex_names(subject: OutputSubject) -> dict[str, str]:
    """
    What TeX calls each picture, by the name of its image in the master and all files made of it.

    A PDF does not say which file an image came from: they are the same if all points are.  Files
    with the same points come in the order of the pages.
    """
    from PIL.Image import open as open_image

    files: dict[bytes, list[str]] = {}
    for name, data in subject.tree.files.items():
        if name.endswith((".png", ".jpg")):
            with open_image(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
                files.setdefault(_digest(image), []).append(name)
    names: dict[str, str] = {}
    with opened(subject.master.pdf) as document:
        for picture in pictures_in(document):
            if same := files.get(_digest(_image_of(picture.item))):
                names[picture.name] = same.pop(0)
    return names


def _image_of(item: Any) -> Image:
    import pikepdf

    image: Image = pikepdf.PdfImage(item).as_pil_image()
    return image


def _digest(image: Image) -> bytes:
    points = image.convert("RGB")
    return hashlib.sha256(repr(points.size).encode() + points.tobytes()).digest()


def _colour_findings(
    subject: OutputSubject, pages: tuple[SeenPage, ...], limit: float
) -> Iterator[Finding]:
    """A warning for each colour of four inks, at the first page that has it."""
    seen: set[tuple[float, ...]] = set()
    for number, page in enumerate(pages, 1):
        for values in sorted(page.colours - seen):
            if len(values) == _INKS and sum(values) * 100 > limit + _SLACK:
                where, colour = (
                    _place_of_colour(subject, values),
                    " ".join(f"{v:g}" for v in values),
                )
                ink, most = round(sum(values) * 100), f"{limit:g}"
                yield _HEAVY_COLOUR.at(where, colour=colour, page=number, ink=ink, limit=most)
        seen |= page.colours


def _place_of_colour(subject: OutputSubject, values: tuple[float, ...]) -> Where:
    """Where the issue sets the red, for a tone of it; else the issue itself."""
    is_red = tone_of(values, red_of(subject)).ink == "red"
    return place_of_option(subject, "colour.red") if is_red else subject.issue.where(())
