"""The contents of a PDF apart from its pages: actions, attached files, unexpected keys."""

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
# Keys of actions, forms, multimedia and attachments in any object (ISO 32000-1, 7.11 and 12).
_ACTION_KEYS = frozenset(
    (
        *("/AA", "/EF", "/EmbeddedFile", "/FFilter", "/GoToE", "/GoToR", "/ImportData", "/JS"),
        *("/JavaScript", "/Launch", "/OpenAction", "/Ref", "/RichMedia", "/SubmitForm"),
    )
)
# Keys that show the type of a stream: font program, image, form, pattern.
_TYPE_KEYS = frozenset(
    ("/Subtype", "/Type", "/Length1", "/PatternType", "/ShadingType", "/FunctionType", "/N")
)
_NAMED_STREAMS = ("/ToUnicode", "/CIDSet", "/CIDToGIDMap", "/Encoding")


def strangers(document: pikepdf.Pdf) -> tuple[str, ...]:
    """
    The unexpected keys of a PDF, sorted: in the catalogue, the page tree, pages and resources;
    action keys in any object; and ``stream`` for a stream that no page or font refers to.

    Actions (/OpenAction, /AA, /Annots) and attachments (/Names, /EmbeddedFiles) are keys of
    these dictionaries.
    """
    keys = set(_unexpected(document.Root, _CATALOGUE))
    for page in document.pages:
        keys.update(_unexpected(page.obj, _PAGE))
        keys.update(_unexpected(page.obj.get("/Resources"), _RESOURCES))
    tree = document.Root.get("/Pages")
    keys.update(_unexpected(tree, _TREE))
    keys.update(_stray_streams(document))
    return tuple(sorted(keys))


def _unexpected(dictionary: object, expected: frozenset[str]) -> Iterator[str]:
    keys = getattr(dictionary, "keys", None)
    yield from (str(key) for key in (keys() if keys else ()) if str(key) not in expected)


def _stray_streams(document: pikepdf.Pdf) -> Iterator[str]:
    """Streams of unknown use, and what acts in any object."""
    import pikepdf

    used: set[tuple[int, int]] = set()
    for page in document.pages:
        contents = page.obj.get("/Contents")
        parts = contents if isinstance(contents, pikepdf.Array) else [contents]
        used.update(part.objgen for part in parts if isinstance(part, pikepdf.Stream))
    untyped = []
    for item in document.objects:
        if not isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            continue
        keys = {str(key) for key in item.keys()}  # noqa: SIM118 -- no mapping, though like one
        yield from keys & _ACTION_KEYS
        for name in keys.intersection(_NAMED_STREAMS):
            if isinstance(item[name], pikepdf.Stream):
                used.add(item[name].objgen)
        if isinstance(item, pikepdf.Stream) and not keys & _TYPE_KEYS:
            untyped.append(item.objgen)
    if any(stream not in used for stream in untyped):
        yield "stream"
