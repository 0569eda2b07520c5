"""What a PDF holds besides what its pages show: actions, files, keys that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pikepdf

_CATALOGUE = frozenset(("/Type", "/Pages"))
_TREE = frozenset(("/Type", "/Parent", "/Kids", "/Count", "/MediaBox", "/Resources"))
_PAGE = frozenset(("/Type", "/Parent", "/Resources", "/MediaBox", "/Contents"))
_RESOURCES = frozenset(
    ("/Font", "/ProcSet", "/XObject", "/ColorSpace", "/ExtGState", "/Pattern", "/Shading")
)


def strangers(document: pikepdf.Pdf) -> tuple[str, ...]:
    """
    The keys of catalogue, page tree, pages and resources that a bulletin does not need, sorted.

    Whatever acts (/OpenAction, /AA, /Annots) or is carried along (/Names, /EmbeddedFiles)
    hangs on one of them.
    """
    found = set(_beyond(document.Root, _CATALOGUE))
    for page in document.pages:
        found.update(_beyond(page.obj, _PAGE))
        found.update(_beyond(page.obj.get("/Resources"), _RESOURCES))
    tree = document.Root.get("/Pages")
    found.update(_beyond(tree, _TREE))
    return tuple(sorted(found))


def _beyond(dictionary: object, known: frozenset[str]) -> Iterator[str]:
    keys = getattr(dictionary, "keys", None)
    yield from (str(key) for key in (keys() if keys else ()) if str(key) not in known)
