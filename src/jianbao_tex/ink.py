"""Whether text leaves ink: a page is rendered with its text and without it, and compared."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

from jianbao_tex.visibility import Box

if TYPE_CHECKING:
    from PIL.Image import Image

_BP_PER_INCH = 72
# A thin stroke of a small character covers a sixth of a dot.
_LEAST_INK = 16
# Forms within forms: pdfium itself goes no deeper.
_DEPTH = 12


def inked(
    pdfium_page: Any, boxes: Iterable[Box], is_text: Callable[[Any], bool], dpi: float
) -> list[bool]:
    """
    Whether there is text in each box that changes how the page looks.

    ``is_text`` says which text objects count.
    """
    from PIL import ImageChops

    scale = dpi / _BP_PER_INCH
    with_text = _rendered(pdfium_page, scale)
    with _hidden(pdfium_page, is_text):
        difference = ImageChops.difference(with_text, _rendered(pdfium_page, scale))
    height = pdfium_page.get_height()
    return [_most_ink(difference, box, height, scale) >= _LEAST_INK for box in boxes]


def _rendered(pdfium_page: Any, scale: float) -> Image:
    picture: Image = pdfium_page.render(scale=scale, grayscale=True).to_pil()
    return picture


@contextlib.contextmanager
def _hidden(pdfium_page: Any, is_text: Callable[[Any], bool]) -> Iterator[None]:
    """The text objects of a page are not shown inside, those that count."""
    texts = pdfium_page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_TEXT,), max_depth=_DEPTH)
    modes = [
        (item, pdfium.FPDFTextObj_GetTextRenderMode(item.raw))
        for item in texts
        if is_text(item.raw)
    ]
    for item, _ in modes:
        pdfium.FPDFTextObj_SetTextRenderMode(item.raw, pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)
    try:
        yield
    finally:
        for item, mode in modes:
            pdfium.FPDFTextObj_SetTextRenderMode(item.raw, mode)


def _most_ink(difference: Image, box: Box, height: float, scale: float) -> int:
    """The greatest difference in a box, from 0 to 255."""
    left, top = math.floor(box.left * scale), math.floor((height - box.top) * scale)
    right, bottom = math.ceil(box.right * scale), math.ceil((height - box.bottom) * scale)
    inside = (
        max(0, left),
        max(0, top),
        min(difference.width, max(right, left + 1)),
        min(difference.height, max(bottom, top + 1)),
    )
    if inside[0] >= inside[2] or inside[1] >= inside[3]:
        return 0
    extremes = difference.crop(inside).getextrema()
    assert isinstance(extremes[1], int)
    return extremes[1]
