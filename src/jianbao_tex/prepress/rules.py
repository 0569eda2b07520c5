"""
Checks a PDF against the standard that it claims, by our own rules for PDF/X and PDF/A.

The rules cover much of the standards, but not all of them; a file that passes is
self-checked, not certified.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jianbao_tex.children import TOO_MUCH_MEMORY
from jianbao_tex.language import InvalidValue, Phrase, say
from jianbao_tex.prepress.bounds import refuse_bombs
from jianbao_tex.prepress.identity import A1B, A3B, X1A, X4, Standard
from jianbao_tex.prepress.metadata import properties_of
from jianbao_tex.prepress.profiles import Profile
from jianbao_tex.prepress.seeing import SeenPage, read_pages

if TYPE_CHECKING:
    import pikepdf

_FOR_PRINT = (X4, X1A)
# What a file may not do when it is opened, or touched (ISO 32000-1, 12.6.4).
_ACTIONS = frozenset(
    (
        *("/GoToE", "/GoToR", "/Hide", "/ImportData", "/JavaScript", "/Launch", "/Movie"),
        *("/Rendition", "/ResetForm", "/SetOCGState", "/Sound", "/SubmitForm"),
    )
)
_SPACES_OF_X1A = frozenset(
    ("DeviceCMYK", "DeviceGray", "Separation", "DeviceN", "Pattern", "Indexed")
)
# PDF/A-1 and PDF/X-1a allow no later ICC profile; Preflight refuses one (decision 0025).
_OLD_PROFILE = 2
# Flags of an annotation (12.5.3): Print; Invisible, Hidden and NoView.
_PRINTED_FLAG = 4
_HIDDEN_FLAGS = 1 | 2 | 32
_SLACK = 0.01


@dataclass(frozen=True)
class Examination:
    """
    The result of the examination of a PDF.

    Args:
        claim: the standard that it claims; '' for none.
        standard: the same, if we have rules for it; else ``None``.
        faults: how it breaks its claim, or a rule for every file.
        pages: its pages as a printer sees them.
    """

    claim: str
    standard: Standard | None
    faults: tuple[Phrase, ...]
    pages: tuple[SeenPage, ...]

    @property
    def conforms(self) -> bool | None:
        """Whether it conforms to its claim; ``None`` if we have no rules for it."""
        if self.faults:
            return False
        return True if self.standard else None


def examine(pdf: bytes) -> Examination:
    """
    A PDF against the standard that it claims.

    Raises:
        InvalidValue: the bytes are no PDF that can be read.
    """
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            refuse_bombs(document)
            pages = read_pages(document)
            properties = properties_of(document)
            claim, standard = _find_claim(properties)
            faults = list(_common_faults(document, pages))
            if standard:
                faults += _standard_faults(document, standard, pages, pdf)
            return Examination(claim, standard, tuple(dict.fromkeys(faults)), pages)
    except InvalidValue:
        raise
    except MemoryError as error:
        raise InvalidValue(TOO_MUCH_MEMORY) from error
    except pikepdf.PdfError as error:
        # qpdf names the bytes before it says what is wrong with them.
        raise InvalidValue(say("{reason}", reason=str(error).rpartition(": ")[2])) from error
    except Exception as error:  # a hostile file makes anything raise anything
        raise InvalidValue(say("it is damaged ({name})", name=type(error).__name__)) from error


def _find_claim(properties: dict[str, str]) -> tuple[str, Standard | None]:
    """The standard that the XMP names, and its rules."""
    part, level = properties.get("pdfaid:part"), properties.get("pdfaid:conformance", "")
    if part:
        standards = {("1", "B"): A1B, ("3", "B"): A3B}
        return f"PDF/A-{part}{level.lower()}", standards.get((part, level))
    version = properties.get("pdfxid:GTS_PDFXVersion") or properties.get("pdfx:GTS_PDFXVersion", "")
    return version, {"PDF/X-4": X4, "PDF/X-1:2001": X1A}.get(version)


# --- Rules of every file --------------------------------------------------------------------


def _common_faults(document: pikepdf.Pdf, pages: tuple[SeenPage, ...]) -> Iterator[Phrase]:
    if not pages:
        yield say("it has no pages")
    if document.is_encrypted:
        yield say("it is encrypted")
    for name in sorted(_find_actions(document)):
        yield say("it has an action that starts by itself or by a click: {key}", key=name)
    for name, descriptor, font in _fonts(document):
        if not any(f"/FontFile{n}" in descriptor for n in ("", 2, 3)):
            yield say("the font {font} is not embedded", font=name)
        if font.get("/Subtype") == "/Type0" and "/ToUnicode" not in font:
            yield say("the font {font} has no map to characters (ToUnicode)", font=name)
    if "/ID" not in document.trailer:
        yield say("it has no identifier")


def _find_actions(document: pikepdf.Pdf) -> set[str]:
    """The keys of forbidden actions, anywhere in the document."""
    import pikepdf

    actions = set()
    for item in document.objects:
        stack = [item]
        while stack:
            value = stack.pop()
            # The loop over the document meets indirect objects anyway.
            if isinstance(value, pikepdf.Array):
                stack += [part for part in value if not getattr(part, "is_indirect", True)]
            if not isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
                continue
            actions |= {key for key in ("/AA", "/XFA") if key in value}
            if str(value.get("/S", "")) in _ACTIONS:
                actions.add(str(value["/S"]))
            for child in value.values() if isinstance(value, pikepdf.Dictionary) else ():
                if not getattr(child, "is_indirect", True):
                    stack.append(child)
    return actions


def _fonts(document: pikepdf.Pdf) -> Iterator[tuple[str, Any, Any]]:
    """Each font of the file: its name, its descriptor, the font itself."""
    import pikepdf

    candidates = [o for o in document.objects if isinstance(o, pikepdf.Dictionary)]
    for holder in (*document.pages, *_forms(document)):
        fonts = getattr(holder, "obj", holder).get("/Resources", {}).get("/Font", {})
        candidates += [font for font in fonts.values() if not font.is_indirect]
    for item in candidates:
        if item.get("/Type") != "/Font":
            continue
        # A CIDFont comes with its Type0 font; a Type3 font has no file, it draws its glyphs.
        if item.get("/Subtype") in {"/CIDFontType0", "/CIDFontType2", "/Type3"}:
            continue
        inner = item.DescendantFonts[0] if "/DescendantFonts" in item else item
        descriptor = inner.get("/FontDescriptor", pikepdf.Dictionary())
        yield str(item.get("/BaseFont", ""))[1:], descriptor, item


def _forms(document: pikepdf.Pdf) -> Iterator[Any]:
    import pikepdf

    for item in document.objects:
        if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form":
            yield item


# --- Rules of a standard --------------------------------------------------------------------


def _standard_faults(
    document: pikepdf.Pdf, standard: Standard, pages: tuple[SeenPage, ...], pdf: bytes
) -> Iterator[Phrase]:
    if document.pdf_version != standard.version:
        yield say(
            "its version is {version}, not {wanted}",
            version=document.pdf_version,
            wanted=standard.version,
        )
    # Object streams came with PDF 1.5 (7.5.7); readers of PDF 1.4 see no object in them.
    if standard.is_plain and b"/ObjStm" in pdf:
        yield say("it contains compressed objects")
    yield from _metadata_faults(document, standard)
    yield from _intent_faults(document, standard, pages)
    if standard.is_plain:
        yield from (
            say("page {page} uses transparency", page=number)
            for number, page in enumerate(pages, 1)
            if page.is_transparent
        )
    if standard in _FOR_PRINT:
        yield from _print_faults(document, pages)
    else:
        yield from _archive_faults(document, standard)


def _metadata_faults(document: pikepdf.Pdf, standard: Standard) -> Iterator[Phrase]:
    """Faults if document information and XMP differ, or lack a needed entry."""
    properties = properties_of(document)
    info = {key: str(value) for key, value in document.docinfo.items()}
    pairs = {
        "/Title": "dc:title",
        "/Author": "dc:creator",
        "/Producer": "pdf:Producer",
        "/Creator": "xmp:CreatorTool",
    }
    for key, name in pairs.items():
        if info.get(key, "").strip() != properties.get(name, ""):
            yield say("{key} and the XMP do not agree", key=key)
    # One writes D:20201120000000Z, the other 2020-11-20T00:00:00Z.
    for key, name in {"/CreationDate": "xmp:CreateDate", "/ModDate": "xmp:ModifyDate"}.items():
        if _digits(info.get(key, "")) != _digits(properties.get(name, "-")):
            yield say("{key} and the XMP do not agree", key=key)
    for key in standard.needs:
        if not (info.get(key) if key.startswith("/") else properties.get(key)):
            yield say("it has no {key}", key=key)
    for key, value in standard.info.items():
        if info.get(key) != value:
            yield say("{key} is not {value}", key=key, value=value)


def _digits(date: str) -> str:
    return "".join(character for character in date if character.isdigit())


def _intent_faults(
    document: pikepdf.Pdf, standard: Standard, pages: tuple[SeenPage, ...]
) -> Iterator[Phrase]:
    intents = [
        item
        for item in document.Root.get("/OutputIntents", ())
        if item.get("/S") == standard.intent
    ]
    if len(intents) != 1 or not {"/DestOutputProfile", "/OutputConditionIdentifier"} <= set(
        intents[0].keys()
    ):
        yield say("it has no output intent with a profile and the name of its condition")
        return
    stream = intents[0]["/DestOutputProfile"]
    try:
        profile = Profile.read(stream.read_bytes())
    except InvalidValue as error:
        yield say("the profile of its output intent: {reason}", reason=error.reason)
        return
    if int(stream.get("/N", 0)) != profile.components:
        yield say("its profile has a wrong number of colour components")
    if standard.is_plain and profile.version > _OLD_PROFILE:
        yield say("its profile is of version {number}, not 2", number=profile.version)
    if standard in _FOR_PRINT and (profile.kind != "prtr" or profile.space != "CMYK"):
        yield say("its output intent is no profile of a press")
    yield from _space_faults(standard, profile, pages)
    if standard.is_plain:
        yield from _old_profile_faults(document)


def _space_faults(
    standard: Standard, profile: Profile, pages: tuple[SeenPage, ...]
) -> Iterator[Phrase]:
    """Faults for colour spaces that neither the intent nor the standard covers."""
    for number, page in enumerate(pages, 1):
        foreign = page.spaces & {"DeviceRGB", "DeviceCMYK"} - {f"Device{profile.space}"}
        if standard is X1A:
            foreign |= page.spaces - _SPACES_OF_X1A
        for space in sorted(foreign):
            yield say("page {page} has colours of the space {space}", page=number, space=space)


def _old_profile_faults(document: pikepdf.Pdf) -> Iterator[Phrase]:
    """Faults for ICC profiles that are newer than version 2."""
    import pikepdf

    for item in document.objects:
        if isinstance(item, pikepdf.Array) and len(item) > 1 and item[0] == "/ICCBased":
            version = item[1].read_bytes()[8]
            if version > _OLD_PROFILE:
                yield say("a profile of pictures is of version {number}, not 2", number=version)


def _print_faults(document: pikepdf.Pdf, pages: tuple[SeenPage, ...]) -> Iterator[Phrase]:
    if document.docinfo.get("/Trapped") not in {"/True", "/False"}:
        yield say("it does not say whether it is trapped")
    for number, page in enumerate(pages, 1):
        trimmed = page.boxes.get("TrimBox") or page.boxes.get("ArtBox") or ()
        media = page.boxes.get("MediaBox", ())
        bleed = page.boxes.get("BleedBox", media)
        if not trimmed or not media:
            yield say("page {page} lacks a box", page=number)
            continue
        nested = itertools.pairwise((media, bleed, trimmed))
        if not all(_is_within(inner, outer) for outer, inner in nested) or not _has_area(trimmed):
            yield say("the boxes of page {page} are not one within the other", page=number)
        if any(_overlaps(note, bleed) for note in page.notes):
            yield say("page {page} has annotations", page=number)


def _is_within(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    low = all(a >= b - _SLACK for a, b in zip(inner[:2], outer[:2], strict=True))
    return low and all(a <= b + _SLACK for a, b in zip(inner[2:], outer[2:], strict=True))


def _has_area(box: tuple[float, ...]) -> bool:
    return box[2] - box[0] > 1 and box[3] - box[1] > 1


def _overlaps(note: tuple[float, ...], box: tuple[float, ...]) -> bool:
    if len(note) != len(box):
        return True
    return note[0] < box[2] and note[2] > box[0] and note[1] < box[3] and note[3] > box[1]


def _archive_faults(document: pikepdf.Pdf, standard: Standard) -> Iterator[Phrase]:
    yield from _attachment_faults(document, standard)
    if standard is A1B:
        for name, descriptor, font in _fonts(document):
            if font.get("/Subtype") == "/Type0" and "/CIDSet" not in descriptor:
                yield say("the font {font} does not list its glyphs", font=name)
    for number, page in enumerate(document.pages, 1):
        for note in page.obj.get("/Annots", ()):
            flags = int(note.get("/F", 0))
            if not flags & _PRINTED_FLAG or flags & _HIDDEN_FLAGS:
                yield say("a link of page {page} is not printed", page=number)


def _attachment_faults(document: pikepdf.Pdf, standard: Standard) -> Iterator[Phrase]:
    """Faults for embedded files that are not allowed or not listed in /AF."""
    if standard is A1B:
        if len(document.attachments):
            yield say("it has embedded files")
        return
    listed = [str(item.get("/UF", "")) for item in document.Root.get("/AF", ())]
    for name, item in document.attachments.items():
        if name not in listed or "/AFRelationship" not in item.obj:
            yield say("the embedded file {file} is not listed in /AF", file=name)
