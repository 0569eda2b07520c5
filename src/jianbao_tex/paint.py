"""
What a page paints and how it shows its text, by pdfium.

pdfium gives each object as it was drawn: how text is shown, clips, colours, opacity.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import pypdfium2.raw as pdfium

from jianbao_tex.pages import Hidden
from jianbao_tex.visibility import Box, Colour, Paint, ShownText, is_squeezed

_OPAQUE = 255
# Forms within forms: pdfium itself goes no deeper.
_DEPTH = 12
_RECTANGLE_POINTS = 5


class PagePaint:
    """What a page paints, in its order."""

    def __init__(self, pdfium_page: Any) -> None:
        self._page = pdfium_page

    def text(self, item: Any) -> ShownText:
        """What is known of a text object of the page."""
        texts, paints = self._objects
        address = ctypes.addressof(item.contents)
        if address not in texts:
            # It is in a form, whose clips and place in the order are not known.
            return ShownText(0, Hidden.NO, None, (), ())
        box = _bounds(item)
        near = tuple(paint for paint in paints if box.share_in(paint.box))
        colour, hidden = _shown_as(item)
        return ShownText(texts[address], hidden, colour, tuple(_clips(item)), near)

    @cached_property
    def places(self) -> dict[int, int]:
        """The place of each text object in the content, forms included, by its address."""
        texts = self._page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_TEXT,), max_depth=_DEPTH)
        return {ctypes.addressof(item.raw.contents): place for place, item in enumerate(texts)}

    @cached_property
    def _objects(self) -> tuple[dict[int, int], list[Paint]]:
        """When each text object is painted, by its address, and all other paint."""
        texts: dict[int, int] = {}
        paints: list[Paint] = []
        for order, item in enumerate(self._page.get_objects(max_depth=1)):
            if item.type == pdfium.FPDF_PAGEOBJ_TEXT:
                texts[ctypes.addressof(item.raw.contents)] = order
            else:
                paints.append(Paint(order, Box(*item.get_bounds()), _colour_of_paint(item)))
        return texts, paints


# --- Objects ----------------------------------------------------------------------------------


def _shown_as(item: Any) -> tuple[Colour | None, Hidden]:
    """The colour of a text object, and why it is hidden by itself."""
    mode = pdfium.FPDFTextObj_GetTextRenderMode(item)
    if mode in {pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP}:
        return None, Hidden.MODE
    strokes = {pdfium.FPDF_TEXTRENDERMODE_STROKE, pdfium.FPDF_TEXTRENDERMODE_STROKE_CLIP}
    ask = pdfium.FPDFPageObj_GetStrokeColor if mode in strokes else pdfium.FPDFPageObj_GetFillColor
    colour, opacity = _colour(ask, item)
    if opacity < _OPAQUE or pdfium.FPDFPageObj_HasTransparency(item):
        return colour, Hidden.TRANSPARENT
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
    across, up = math.hypot(matrix.a, matrix.b), math.hypot(matrix.c, matrix.d)
    return colour, Hidden.SQUEEZED if is_squeezed(across, up) else Hidden.NO


def _colour(ask: Callable[..., int], item: Any) -> tuple[Colour | None, int]:
    """A colour in RGB with its opacity, parts of 255; no colour for a pattern."""
    red, green, blue, opacity = (ctypes.c_uint() for _ in range(4))
    if not ask(item, red, green, blue, opacity):
        return None, _OPAQUE
    return (red.value, green.value, blue.value), opacity.value


def _colour_of_paint(item: Any) -> Colour | None:
    """The colour of a rectangle that is filled and hides all that lies under it."""
    if item.type != pdfium.FPDF_PAGEOBJ_PATH or not _is_filled_rectangle(item.raw):
        return None
    if pdfium.FPDFPageObj_HasTransparency(item.raw) or any(True for _ in _clips(item.raw)):
        return None
    colour, opacity = _colour(pdfium.FPDFPageObj_GetFillColor, item.raw)
    return colour if opacity == _OPAQUE else None


def _is_filled_rectangle(path: Any) -> bool:
    fills, strokes = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, fills, strokes)
    count = pdfium.FPDFPath_CountSegments(path)
    if not fills.value or count > _RECTANGLE_POINTS:
        return False
    points = [*_points(path, pdfium.FPDFPath_GetPathSegment, count)]
    return all(len({round(p[axis], 3) for p in points}) == 2 for axis in (0, 1))  # noqa: PLR2004


def _points(
    owner: Any, segment: Callable[[Any, int], Any], count: int
) -> Iterator[tuple[float, float]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    for i in range(count):
        pdfium.FPDFPathSegment_GetPoint(segment(owner, i), x, y)
        yield x.value, y.value


def _clips(item: Any) -> Iterator[Box]:
    """The boxes around the clips of an object."""
    clip = pdfium.FPDFPageObj_GetClipPath(item)
    for number in range(max(0, pdfium.FPDFClipPath_CountPaths(clip))):

        def segment(owner: Any, i: int, number: int = number) -> Any:
            return pdfium.FPDFClipPath_GetPathSegment(owner, number, i)

        points = [*_points(clip, segment, pdfium.FPDFClipPath_CountPathSegments(clip, number))]
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        yield Box(min(xs), min(ys), max(xs), max(ys)) if points else Box(0, 0, 0, 0)


def _bounds(item: Any) -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top)
    return Box(left.value, bottom.value, right.value, top.value)
