"""The sheet around a page: its boxes, crop marks, register marks and colour bars."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jianbao_tex import content
from jianbao_tex.grid import MM_PER_BP
from jianbao_tex.prepress.objects import number, numbers, pdf_name, subdictionary
from jianbao_tex.prepress.painting import OVER
from jianbao_tex.prepress.seeing import read_pages

if TYPE_CHECKING:
    import pikepdf

MM = 1 / MM_PER_BP
"""The number of points in a millimetre."""
_LINE = 0.25
_LENGTH = 5.0
_ROUND = 1.8
_CROSS = 2.6
_PATCH = 5.0
_CIRCLE = 0.5523
"""How far the handles of a Bézier curve reach that is a quarter of a circle."""


@dataclass(frozen=True)
class Ink:
    """An ink as marks and patches choose it: the operators for full and for half of it."""

    full: str
    half: str


@dataclass(frozen=True)
class Sheet:
    """
    A page on its sheet, lengths in millimetres.

    Args:
        bleed: how far pictures may reach over the trimmed edge.
        slug: from the bleed to the edge of the sheet, where marks stand.
        inks: the inks of marks and patches by plate; they are drawn on each plate that the
            page uses.  Empty for neither.
        bars: whether there are patches of the inks at the foot.
        marks: whether there are crop and register marks.
        is_folded: whether there are marks for the fold in the middle.
    """

    bleed: float = 3.0
    slug: float = 10.0
    inks: Mapping[str, Ink] = field(default_factory=dict)
    bars: bool = False
    marks: bool = True
    is_folded: bool = False

    @property
    def margin(self) -> float:
        """The distance from the trimmed edge to the edge of the sheet, in millimetres."""
        return self.bleed + (self.slug if self.inks else 0.0)


def tint_of(document: pikepdf.Pdf, full: tuple[float, ...]) -> Any:
    """The tint transform of an ink: from its amount to the alternate colour (7.10.3)."""
    import pikepdf

    tint = pikepdf.Dictionary(
        FunctionType=2,
        Domain=pikepdf.Array([0, 1]),
        N=1,
        C0=numbers([0] * len(full)),
        C1=numbers(full),
        Range=pikepdf.Array([0, 1] * len(full)),
    )
    return document.make_indirect(tint)


def lay_out(document: pikepdf.Pdf, sheet: Sheet) -> None:
    """Puts each page on its sheet: boxes, and marks around it."""
    move, bleed = sheet.margin * MM, sheet.bleed * MM
    used = [page.plates for page in read_pages(document)] if sheet.inks else []
    for index, page in enumerate(document.pages):
        width, height = (float(v) for v in page.mediabox[2:])
        # From 0 0: some readers place text wrongly in a box that begins below zero.
        page.obj["/MediaBox"] = numbers((0, 0, width + 2 * move, height + 2 * move))
        page.obj["/CropBox"] = page.obj["/MediaBox"]
        page.obj["/TrimBox"] = numbers((move, move, move + width, move + height))
        page.obj["/BleedBox"] = numbers(
            (move - bleed, move - bleed, move + width + bleed, move + height + bleed)
        )
        # Without a margin the page is the whole sheet: nothing moves, and no mark has room.
        if sheet.margin:
            inks = _inks_of(sheet, used[index]) if used else ()
            _surround(page, sheet, inks, (width, height))


def _surround(
    page: pikepdf.Page, sheet: Sheet, inks: tuple[Ink, ...], size: tuple[float, float]
) -> None:
    """Moves what a page of some size, in points, draws; then draws the marks around it."""
    page.contents_add(move_operators(sheet.margin), prepend=True)
    # Q ends the q of `move_operators`: the marks are not moved.
    page.contents_add(b"\nQ\n" + _marks(sheet, inks, *size))
    page.contents_coalesce()
    if inks:
        _provide_overprint(page)


def _inks_of(sheet: Sheet, plates: frozenset[str]) -> tuple[Ink, ...]:
    """The inks of a page, black last, so that it is seen; black for a page without any."""
    all_colours = plates - sheet.inks.keys()
    inks = [ink for plate, ink in sheet.inks.items() if plate in plates or all_colours]
    return tuple(inks) or tuple(sheet.inks.values())[-1:]


def _provide_overprint(page: pikepdf.Page) -> None:
    import pikepdf

    states = subdictionary(subdictionary(page.obj, "/Resources"), "/ExtGState")
    states[f"/{OVER}"] = pikepdf.Dictionary(Type=pdf_name("ExtGState"), OP=True, op=True, OPM=1)


def move_operators(margin: float) -> bytes:
    """The operators that move a page by the margin of its sheet, in millimetres."""
    shift = number(margin * MM)
    matrix = content.instruction("cm", 1, 0, 0, 1, shift, shift)
    return content.bytes_of((content.instruction("q"), matrix)) + b"\n"


def _marks(sheet: Sheet, inks: tuple[Ink, ...], width: float, height: float) -> bytes:
    lines = []
    for ink in inks if sheet.marks else ():
        # Marks are not content of the page: a screen reader skips an artifact.
        lines += ["/Artifact BMC q", f"/{OVER} gs {ink.full}", f"{_LINE} w"]
        lines += _crop_marks(sheet, width, height)
        lines += _register_marks(sheet, width, height)
        if sheet.is_folded:
            lines += ["[3 3] 0 d", *_fold_marks(sheet, width, height)]
        lines.append("Q EMC")
    return "\n".join([*lines, *(_bars(sheet, inks) if sheet.bars else ()), ""]).encode("ascii")


def _crop_marks(sheet: Sheet, width: float, height: float) -> Iterator[str]:
    """Two lines at each corner, in line with the trimmed edges, outside the bleed."""
    edge = sheet.margin * MM
    near, far = (sheet.bleed + 1.0) * MM, (sheet.bleed + 1.0 + _LENGTH) * MM
    for x, outward in ((edge, -1), (edge + width, 1)):
        for y, upward in ((edge, -1), (edge + height, 1)):
            yield _line(x + outward * near, y, x + outward * far, y)
            yield _line(x, y + upward * near, x, y + upward * far)


def _register_marks(sheet: Sheet, width: float, height: float) -> Iterator[str]:
    """A circle with a cross in the middle of each side, beside a fold."""
    edge, slug_middle = sheet.margin * MM, sheet.slug / 2 * MM
    centre_x, centre_y = edge + width / (4 if sheet.is_folded else 2), edge + height / 2
    for x, y in (
        (centre_x, slug_middle),
        (centre_x, 2 * edge + height - slug_middle),
        (slug_middle, centre_y),
        (2 * edge + width - slug_middle, centre_y),
    ):
        reach = _CROSS * MM
        yield _line(x - reach, y, x + reach, y)
        yield _line(x, y - reach, x, y + reach)
        yield _circle(x, y, _ROUND * MM)


def _fold_marks(sheet: Sheet, width: float, height: float) -> Iterator[str]:
    """A dashed line above and below the fold."""
    edge, near = sheet.margin * MM, (sheet.bleed + 1.0) * MM
    x = edge + width / 2
    yield _line(x, 0, x, edge - near)
    yield _line(x, edge + height + near, x, 2 * edge + height)


def _bars(sheet: Sheet, inks: tuple[Ink, ...]) -> Iterator[str]:
    """Patches of the inks, full and half, at the foot of the sheet."""
    side = _PATCH * MM
    x, y = (sheet.margin + 20.0) * MM, (sheet.slug - _PATCH) / 2 * MM
    for ink in inks:
        for choice in (ink.full, ink.half):
            patch = f"{x:.4f} {y:.4f} {side:.4f} {side:.4f} re f"
            yield f"/Artifact BMC q /{OVER} gs {choice} {patch} Q EMC"
            x += side


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f"{x1:.4f} {y1:.4f} m {x2:.4f} {y2:.4f} l S"


def _circle(x: float, y: float, radius: float) -> str:
    parts = [f"{x + radius:.4f} {y:.4f} m"]
    for quarter in range(4):
        a, b = (math.pi / 2 * (quarter + i) for i in range(2))
        (ax, ay), (bx, by) = ((math.cos(t) * radius, math.sin(t) * radius) for t in (a, b))
        points = (
            *(x + ax - _CIRCLE * ay, y + ay + _CIRCLE * ax),
            *(x + bx + _CIRCLE * by, y + by - _CIRCLE * bx),
            *(x + bx, y + by),
        )
        parts.append(" ".join(f"{p:.4f}" for p in points) + " c")
    return " ".join([*parts, "S"])
