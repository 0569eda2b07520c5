"""Imposition: pages on the sheets of a booklet, folded once and stapled in the fold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jianbao_tex.prepress.objects import numbers, subdictionary
from jianbao_tex.prepress.sheet import MM

if TYPE_CHECKING:
    import pikepdf

_FOUR = 4


def padded(count: int, *, is_closed: bool) -> tuple[int | None, ...]:
    """
    Pages from 0 in reading order, made a multiple of four, ``None`` for a blank one.

    Args:
        count: how many pages there are.
        is_closed: whether the last page must stay last, for example the page with the
            distribution list; then blanks come before it, else after it.
    """
    blanks = [None] * (-count % _FOUR)
    if not is_closed:
        return (*range(count), *blanks)
    return (*range(count - 1), *blanks, count - 1)


def sides(pages: tuple[int | None, ...]) -> Iterator[tuple[int | None, int | None]]:
    """The left and the right page of each side of each sheet, outermost sheet first."""
    last = len(pages) - 1
    for sheet in range(len(pages) // _FOUR):
        front = 2 * sheet
        yield pages[last - front], pages[front]
        yield pages[front + 1], pages[last - front - 1]


def impose(document: pikepdf.Pdf, pages: tuple[int | None, ...], creep: float = 0.0) -> None:
    """
    Puts the pages of a document side by side on its sheets.

    Args:
        document: the document to change; all its pages have the same size.
        pages: its pages as `padded` gives them.
        creep: how far each sheet lies within the one around it, in millimetres; the pages of
            inner sheets move towards the fold, so that their outer margins are even when
            all sheets are trimmed together.
    """
    import pikepdf

    width, height = (float(v) for v in document.pages[0].mediabox[2:])
    forms = [page.as_form_xobject() for page in document.pages]
    sheets = []
    for index, side in enumerate(sides(pages)):
        # Two sides are one sheet.
        shift = creep * (index // 2) * MM
        content, resources = [], pikepdf.Dictionary(XObject=pikepdf.Dictionary())
        for key, page, x in zip("LR", side, (shift, width - shift), strict=True):
            if page is not None:
                resources["/XObject"][f"/{key}"] = forms[page]
                _share_resources(forms[page]["/Resources"], resources)
                content.append(f"q 1 0 0 1 {x:.4f} 0 cm /{key} Do Q")
        sheets.append(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Page,
                MediaBox=numbers((0, 0, 2 * width, height)),
                Resources=resources,
                Contents=document.make_stream("\n".join(content).encode("ascii")),
            )
        )
    del document.pages[:]
    for sheet in sheets:
        document.pages.append(pikepdf.Page(document.make_indirect(sheet)))


def _share_resources(inner: Any, outer: Any) -> None:
    """Gives a sheet the colour spaces and states of its pages, for marks."""
    for key in ("/ColorSpace", "/ExtGState"):
        for name, item in inner.get(key, {}).items():
            subdictionary(outer, key)[name] = item
