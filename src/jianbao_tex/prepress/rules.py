"""
Whether a PDF keeps to what it claims: its own rules of PDF/X and PDF/A.

They say much of what the standards say and not all of it; a file that keeps to them is
self-checked, not certified.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from jianbao_tex.language import Phrase, say
from jianbao_tex.prepress.identity import A1B, A3B, X1A, X4, Standard
from jianbao_tex.prepress.seeing import SeenPage, seen

if TYPE_CHECKING:
    import pikepdf

_FOR_PRINT = (X4, X1A)
_ACTS = ("/OpenAction", "/AA", "/JavaScript", "/Launch", "/XFA")
_PRINTED_FLAG = 4
_HIDDEN_FLAGS = 1 | 2 | 32
_SLACK = 0.01
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True)
class Examined:
    """
    What was found in a PDF.

    Args:
        standard: what it claims to be; ``None`` where it claims nothing.
        faults: where it is not what it claims.
        pages: its pages as a printer sees them.
    """

    standard: Standard | None
    faults: tuple[Phrase, ...]
    pages: tuple[SeenPage, ...]


def examine(pdf: bytes) -> Examined:
    """
    A PDF against the standard that it claims.

    Raises:
        ValueError: the bytes are no PDF that can be read.
    """
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            pages = seen(document)
            claimed = _claimed(document)
            faults = list(_common(document, pages))
            if claimed:
                faults += _of_standard(document, claimed, pages, pdf)
            return Examined(claimed, tuple(dict.fromkeys(faults)), pages)
    except Exception as wrong:  # a hostile file makes pikepdf raise anything
        # qpdf names the bytes before it says what is wrong with them.
        raise ValueError(f"no PDF: {str(wrong).rpartition(': ')[2]}") from wrong


def _claimed(document: pikepdf.Pdf) -> Standard | None:
    """The standard that the XMP names."""
    said = _xmp(document)
    if said.get("part") in {"1", "3"} and said.get("conformance") == "B":
        return A1B if said["part"] == "1" else A3B
    version = said.get("GTS_PDFXVersion")
    if version == "PDF/X-4":
        return X4
    return X1A if version == "PDF/X-1:2001" else None


def _xmp(document: pikepdf.Pdf) -> dict[str, str]:
    """The properties of the XMP by their names without a prefix."""
    packet = document.Root.get("/Metadata")
    if packet is None:
        return {}
    data = packet.read_bytes()
    if _ENTITY.search(data):
        return {}
    try:
        # Nothing is declared in it that could be expanded, and expat bounds the rest.
        tree = ElementTree.fromstring(data)  # noqa: S314
    except ElementTree.ParseError:
        return {}
    found = {}
    for element in tree.iter():
        name, text = element.tag.rpartition("}")[2], "".join(element.itertext()).strip()
        if text and name not in found:
            found[name] = text
    return found


# --- Rules of every file --------------------------------------------------------------------


def _common(document: pikepdf.Pdf, pages: tuple[SeenPage, ...]) -> Iterator[Phrase]:
    if not pages:
        yield say("it has no pages")
    if document.is_encrypted:
        yield say("it is encrypted")
    for name in _ACTS:
        if name in document.Root:
            yield say("{key} acts when the file is opened", key=name)
    for name, descriptor, font in _fonts(document):
        if not any(f"/FontFile{n}" in descriptor for n in ("", 2, 3)):
            yield say("the font {font} is not embedded", font=name)
        if font.get("/Subtype") == "/Type0" and "/ToUnicode" not in font:
            yield say("the font {font} does not lead back to characters", font=name)
    if "/ID" not in document.trailer:
        yield say("it has no identifier")


def _fonts(document: pikepdf.Pdf) -> Iterator[tuple[str, Any, Any]]:
    """Each font of the file: its name, its descriptor, the font itself."""
    import pikepdf

    for item in document.objects:
        if not isinstance(item, pikepdf.Dictionary) or item.get("/Type") != "/Font":
            continue
        if item.get("/Subtype") in {"/CIDFontType0", "/CIDFontType2", "/Type3"}:
            continue
        inner = item.DescendantFonts[0] if "/DescendantFonts" in item else item
        descriptor = inner.get("/FontDescriptor", pikepdf.Dictionary())
        yield str(item.get("/BaseFont", ""))[1:], descriptor, item


# --- Rules of a standard --------------------------------------------------------------------


def _of_standard(
    document: pikepdf.Pdf, standard: Standard, pages: tuple[SeenPage, ...], pdf: bytes
) -> Iterator[Phrase]:
    if document.pdf_version != standard.version:
        yield say(
            "its version is {version}, not {wanted}",
            version=document.pdf_version,
            wanted=standard.version,
        )
    if standard.is_plain and b"/ObjStm" in pdf:
        yield say("it holds compressed objects")
    yield from _said_twice(document, standard)
    yield from _intent(document, standard, pages)
    if standard.is_plain:
        yield from (
            say("page {page} holds something that is seen through", page=number)
            for number, page in enumerate(pages, 1)
            if page.is_transparent
        )
    if standard in _FOR_PRINT:
        yield from _for_print(document, pages)
    else:
        yield from _for_archive(document, standard)


def _said_twice(document: pikepdf.Pdf, standard: Standard) -> Iterator[Phrase]:
    """Document information and XMP say the same."""
    said = _xmp(document)
    info = {key: str(value) for key, value in document.docinfo.items()}
    pairs = {"/Title": "title", "/Author": "creator", "/Producer": "Producer"}
    for key, name in {**pairs, "/Creator": "CreatorTool"}.items():
        if info.get(key, "").strip() != said.get(name, ""):
            yield say("{key} and the XMP do not agree", key=key)
    for key, name in {"/CreationDate": "CreateDate", "/ModDate": "ModifyDate"}.items():
        if _figures(info.get(key, "")) != _figures(said.get(name, "-")):
            yield say("{key} and the XMP do not agree", key=key)
    for key, value in standard.info.items():
        if info.get(key) != value:
            yield say("{key} is not {value}", key=key, value=value)


def _figures(date: str) -> str:
    return "".join(character for character in date if character.isdigit())


def _intent(
    document: pikepdf.Pdf, standard: Standard, pages: tuple[SeenPage, ...]
) -> Iterator[Phrase]:
    intents = [
        item
        for item in document.Root.get("/OutputIntents", ())
        if item.get("/S") == standard.intent
    ]
    if len(intents) != 1 or "/DestOutputProfile" not in intents[0]:
        yield say("it has no output intent with a profile")
        return
    data = intents[0]["/DestOutputProfile"].read_bytes()
    space, kind = data[16:20].decode("latin-1").strip(), data[12:16].decode("latin-1")
    if standard in _FOR_PRINT and (kind != "prtr" or space != "CMYK"):
        yield say("its output intent is no profile of a press")
    for number, page in enumerate(pages, 1):
        wrong = page.spaces & {"DeviceRGB", "DeviceCMYK"} - {f"Device{space}"}
        if standard is X1A:
            wrong |= page.spaces - {"DeviceCMYK", "DeviceGray", "Separation", "DeviceN"}
        for name in sorted(wrong):
            yield say("page {page} has colours of the space {space}", page=number, space=name)


def _for_print(document: pikepdf.Pdf, pages: tuple[SeenPage, ...]) -> Iterator[Phrase]:
    if document.docinfo.get("/Trapped") not in {"/True", "/False"}:
        yield say("it does not say whether it is trapped")
    for number, page in enumerate(pages, 1):
        if page.notes:
            yield say("page {page} has annotations", page=number)
        boxes = [page.boxes.get(name, ()) for name in ("MediaBox", "BleedBox", "TrimBox")]
        if not all(boxes):
            yield say("page {page} lacks a box", page=number)
        elif not all(_within(inner, outer) for outer, inner in itertools.pairwise(boxes)):
            yield say("the boxes of page {page} are not one within the other", page=number)


def _within(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    return (
        inner[0] >= outer[0] - _SLACK
        and inner[1] >= outer[1] - _SLACK
        and inner[2] <= outer[2] + _SLACK
        and inner[3] <= outer[3] + _SLACK
    )


def _for_archive(document: pikepdf.Pdf, standard: Standard) -> Iterator[Phrase]:
    yield from _files(document, standard)
    if standard is A1B:
        for name, descriptor, font in _fonts(document):
            if font.get("/Subtype") == "/Type0" and "/CIDSet" not in descriptor:
                yield say("the font {font} does not list its glyphs", font=name)
    for number, page in enumerate(document.pages, 1):
        for note in page.obj.get("/Annots", ()):
            flags = int(note.get("/F", 0))
            if not flags & _PRINTED_FLAG or flags & _HIDDEN_FLAGS:
                yield say("a link of page {page} is not printed", page=number)


def _files(document: pikepdf.Pdf, standard: Standard) -> Iterator[Phrase]:
    """What is carried along is allowed, and has its place in the document."""
    if standard is A1B:
        if len(document.attachments):
            yield say("it carries files")
        return
    placed = [str(item.get("/UF", "")) for item in document.Root.get("/AF", ())]
    for name, item in document.attachments.items():
        if name not in placed or "/AFRelationship" not in item.obj:
            yield say("the file {file} has no place in the document", file=name)
