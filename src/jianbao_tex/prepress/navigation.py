"""Bookmarks and links of a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jianbao_tex.prepress.objects import numbers
from jianbao_tex.prepress.sheet import MM

if TYPE_CHECKING:
    import pikepdf

_AIR = 3.0
# The flag Print of an annotation (12.5.3); PDF/A demands it.
_PRINTED = 4


@dataclass(frozen=True)
class Target:
    """The target of a link: a page from 0, and millimetres from the top of the page."""

    page: int
    top: float


@dataclass(frozen=True)
class Bookmark:
    """A bookmark, and the bookmarks below it."""

    title: str
    target: Target
    below: tuple[Bookmark, ...] = ()


@dataclass(frozen=True)
class Link:
    """A link: its page from 0, its edges in millimetres from the top left, and its target."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    target: Target


@dataclass(frozen=True)
class Navigation:
    """
    The bookmarks and links of a document.

    Args:
        bookmarks: from the first page on.
        links: from the contents.
        blank: pages, from 0, that show nothing.
        lost: the entries of the contents without a target.
    """

    bookmarks: tuple[Bookmark, ...] = ()
    links: tuple[Link, ...] = ()
    blank: frozenset[int] = frozenset()
    lost: tuple[str, ...] = ()

    @property
    def whole(self) -> Navigation:
        """The same for a document that keeps its blank pages."""
        return replace(self, blank=frozenset())


def write_navigation(document: pikepdf.Pdf, navigation: Navigation) -> None:
    """Writes bookmarks and links, and removes the ``blank`` pages."""
    import pikepdf

    pages = [page.obj for page in document.pages]
    for link in navigation.links:
        height = float(document.pages[link.page].mediabox[3])
        annotation = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=numbers(
                (
                    *(link.left * MM, height - link.bottom * MM),
                    *(link.right * MM, height - link.top * MM),
                )
            ),
            # Without it readers draw a frame of one point.
            Border=pikepdf.Array([0, 0, 0]),
            F=_PRINTED,
            Dest=_destination(pages, link.target),
        )
        if "/Annots" not in pages[link.page]:
            pages[link.page]["/Annots"] = pikepdf.Array()
        pages[link.page]["/Annots"].append(document.make_indirect(annotation))
    if navigation.bookmarks:
        with document.open_outline() as outline:
            outline.root.extend(_outline_items(pages, navigation.bookmarks))
        document.Root["/PageMode"] = pikepdf.Name.UseOutlines
    # From the end, so that the other page numbers stay correct.
    for index in sorted(navigation.blank, reverse=True):
        del document.pages[index]


def _outline_items(pages: Sequence[Any], bookmarks: Sequence[Bookmark]) -> list[Any]:
    import pikepdf

    items = []
    for bookmark in bookmarks:
        item = pikepdf.OutlineItem(bookmark.title, _destination(pages, bookmark.target))
        item.children.extend(_outline_items(pages, bookmark.below))
        items.append(item)
    return items


def _destination(pages: Sequence[Any], target: Target) -> Any:
    import pikepdf

    page = pages[target.page]
    height = float(pikepdf.Page(page).mediabox[3])
    top = min(height, height - (target.top - _AIR) * MM)
    array = pikepdf.Array([page, pikepdf.Name.XYZ, 0])
    array.extend(numbers((top,)))
    # null keeps the zoom of the reader (12.3.2.2).
    array.append(None)
    return array
