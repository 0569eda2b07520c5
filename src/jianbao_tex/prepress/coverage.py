"""How much ink the pictures of a finished PDF take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    import pikepdf
    from PIL.Image import Image

_PERCENT = 255 / 100
"""One percent of an ink, as a value of a picture."""
_MIN_SHARE = 0.001
"""The share of a picture's points that matters; single points dry like those around them."""


class PdfPicture(NamedTuple):
    """An image object: the name that its page or form has for it, and its first page, from 1."""

    name: str
    page: int
    item: Any


def pictures_in(document: pikepdf.Pdf) -> Iterator[PdfPicture]:
    """The pictures of a document, each once; those of forms too."""
    seen: set[object] = set()
    for number, page in enumerate(document.pages, 1):
        for name, item in _images_of(page.obj, seen):
            yield PdfPicture(name, number, item)


def _images_of(holder: Any, seen: set[object]) -> Iterator[tuple[str, Any]]:
    objects = dict(holder.get("/Resources", {}).get("/XObject", {}).items())
    # TeX numbers its images: Im2 comes before Im10.
    for name in sorted(objects, key=lambda name: (len(name), name)):
        item = objects[name]
        if item.objgen in seen:
            continue
        seen.add(item.objgen)
        if item.get("/Subtype") == "/Image":
            yield name, item
        else:
            yield from _images_of(item, seen)


def ink_above(item: Any, limit: float) -> float | None:
    """
    The most ink of an image object in percent, all four inks together, if a limit is exceeded.

    ``None`` for a picture within the limit, for one of which less than a thousandth is above it,
    and for one that is not in the four inks.
    """
    import pikepdf

    if item.get("/ColorSpace") != "/DeviceCMYK":
        return None
    total = _total(pikepdf.PdfImage(item).as_pil_image())
    least = total.width * total.height * _MIN_SHARE
    if _count_above(total, limit * _PERCENT) < max(least, 1):
        return None
    _, most = cast("tuple[int, int]", total.getextrema())
    return most / _PERCENT


def _total(picture: Image) -> Image:
    """The sum of the four inks of each point, from 0 to 1020."""
    from PIL import ImageMath

    inks = dict(zip("cmyk", picture.split(), strict=True))
    total: Image = ImageMath.lambda_eval(lambda of: of["c"] + of["m"] + of["y"] + of["k"], **inks)
    return total


def _count_above(total: Image, limit: float) -> int:
    from PIL import ImageMath

    above = ImageMath.lambda_eval(lambda of: of["total"] > limit, total=total)
    return int(above.convert("L").histogram()[1])
