"""The metadata of a PDF: document information, XMP and the standard that it claims."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pikepdf

_NAMESPACE = uuid.UUID("7c1f4a5e-5d0b-5b0e-9a43-6a1d2b0c7f11")
_PADDING = 2000


@dataclass(frozen=True)
class Identity:
    """
    The metadata of a document.

    Args:
        title: its title.
        author: who issues it; may be empty.
        moment: when it was made, in seconds from 1970.
        creator: the program that wrote the text.
        content: the SHA-256 of what it is made from.
        producer: the program that wrote the PDF; '' keeps the present entry.
        language: of its text (BCP 47).
    """

    title: str
    author: str = ""
    moment: int = 0
    creator: str = ""
    content: str = ""
    producer: str = ""
    language: str = "zh-CN"

    @property
    def date(self) -> datetime.datetime:
        """The moment as a date in UTC."""
        return datetime.datetime.fromtimestamp(self.moment, datetime.UTC)


@dataclass(frozen=True)
class Standard:
    """
    A standard for PDF files, and the metadata that claims it.

    Args:
        name: its usual name.
        version: the version of PDF.
        info: entries of the document information.
        xmp: properties by their prefix and name, such as ``pdfaid:part``.
        intent: the subtype of its output intent; '' for none.
        is_plain: whether object streams are not allowed, for old readers.
        keeps_cid_sets: whether each font subset needs /CIDSet, the list of its glyphs.
        needs: the entries of document information and the XMP properties that a file must have.
    """

    name: str
    version: str = "1.7"
    info: dict[str, str] = field(default_factory=dict)
    xmp: dict[str, str] = field(default_factory=dict)
    intent: str = ""
    is_plain: bool = False
    keeps_cid_sets: bool = False
    needs: tuple[str, ...] = ()


PLAIN = Standard("PDF 1.7")
"""PDF (ISO 32000-1), without a further claim."""
_NEEDED = ("/Title", "/CreationDate", "/ModDate", "xmpMM:DocumentID")
X4 = Standard(
    "PDF/X-4", "1.6", xmp={"pdfxid:GTS_PDFXVersion": "PDF/X-4"}, intent="/GTS_PDFX", needs=_NEEDED
)
"""PDF/X-4 (ISO 15930-7), for presses of today."""
X1A = Standard(
    "PDF/X-1a:2001",
    "1.3",
    # The version has no a; only the conformance has it.
    info={"/GTS_PDFXVersion": "PDF/X-1:2001", "/GTS_PDFXConformance": "PDF/X-1a:2001"},
    xmp={
        "pdfx:GTS_PDFXVersion": "PDF/X-1:2001",
        "pdfx:GTS_PDFXConformance": "PDF/X-1a:2001",
    },
    intent="/GTS_PDFX",
    is_plain=True,
    needs=("/Title", "/CreationDate", "/ModDate"),
)
"""PDF/X-1a:2001 (ISO 15930-1), for presses with old software."""
A1B = Standard(
    "PDF/A-1b",
    "1.4",
    xmp={"pdfaid:part": "1", "pdfaid:conformance": "B"},
    intent="/GTS_PDFA1",
    is_plain=True,
    keeps_cid_sets=True,
)
"""PDF/A-1b (ISO 19005-1), for archives."""
A3B = Standard(
    "PDF/A-3b", "1.7", xmp={"pdfaid:part": "3", "pdfaid:conformance": "B"}, intent="/GTS_PDFA1"
)
"""PDF/A-3b (ISO 19005-3), for archives; it may contain files."""
STANDARDS = {"x-4": X4, "x-1a": X1A, "a-1b": A1B, "a-3b": A3B}
"""The standards by the value of an output setting."""

NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfx": "http://ns.adobe.com/pdfx/1.3/",
    "pdfxid": "http://www.npes.org/pdfx/ns/id/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
}
"""The namespaces of XMP by the prefixes that they have here."""


def describe(document: pikepdf.Pdf, identity: Identity, standard: Standard) -> None:
    """Writes document information and XMP with the same values, and the language."""
    import pikepdf

    if not identity.producer:
        identity = replace(identity, producer=str(document.docinfo.get("/Producer", "")))
    date = f"{identity.date:D:%Y%m%d%H%M%SZ}"
    for key in list(document.docinfo.keys()):
        del document.docinfo[key]
    for key, value in {
        "/Title": identity.title,
        "/Author": identity.author,
        "/Creator": identity.creator,
        "/Producer": identity.producer,
        "/CreationDate": date,
        "/ModDate": date,
        **standard.info,
    }.items():
        if value:
            document.docinfo[key] = value
    is_for_print = standard.intent == "/GTS_PDFX"
    if is_for_print:
        # As an attribute, pikepdf.Name.False_, it would be written /False_.
        document.docinfo["/Trapped"] = pikepdf.Name("/False")
    document.Root["/Lang"] = identity.language
    packet = document.make_stream(_xmp(document, identity, standard, is_for_print=is_for_print))
    packet["/Type"], packet["/Subtype"] = pikepdf.Name.Metadata, pikepdf.Name.XML
    document.Root["/Metadata"] = packet


def _xmp(
    document: pikepdf.Pdf, identity: Identity, standard: Standard, *, is_for_print: bool
) -> bytes:
    date = f"{identity.date:%Y-%m-%dT%H:%M:%SZ}"
    # Made from the content, not from chance: the same issue gives the same bytes.
    content = _digest(document, identity)
    number = uuid.uuid5(_NAMESPACE, identity.content or content)
    plain = {
        "pdf:Producer": identity.producer,
        "pdf:Trapped": "False" if is_for_print else "",
        "xmp:CreatorTool": identity.creator,
        "xmp:CreateDate": date,
        "xmp:ModifyDate": date,
        "xmp:MetadataDate": date,
        "xmpMM:DocumentID": f"uuid:{number}",
        "xmpMM:InstanceID": f"uuid:{uuid.uuid5(number, standard.name + content)}",
        **({"xmpMM:RenditionClass": "default", "xmpMM:VersionID": "1"} if is_for_print else {}),
        **standard.xmp,
    }
    lines = ["<dc:format>application/pdf</dc:format>"]
    lines.append(f"<dc:title>{_rdf_list('Alt', identity.title)}</dc:title>")
    if identity.author:
        lines.append(f"<dc:creator>{_rdf_list('Seq', identity.author)}</dc:creator>")
    lines += [f"<{key}>{escape(value)}</{key}>" for key, value in plain.items() if value]
    return _packet(lines)


def _packet(lines: list[str]) -> bytes:
    """The XMP packet of some properties, with the namespaces that they use."""
    used = {line[1:].split(":")[0] for line in lines}
    spaces = "".join(f'\n    xmlns:{p}="{uri}"' for p, uri in NAMESPACES.items() if p in used)
    body = "\n   ".join(lines)
    # The XMP specification fixes the mark and the id, and recommends 2 to 4 KB of padding.
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        f'  <rdf:Description rdf:about=""{spaces}>\n   {body}\n  </rdf:Description>\n'
        f' </rdf:RDF>\n</x:xmpmeta>\n{" " * _PADDING}\n<?xpacket end="w"?>'
    )
    return packet.encode("utf-8")


def _rdf_list(kind: str, text: str) -> str:
    language = ' xml:lang="x-default"' if kind == "Alt" else ""
    return f"<rdf:{kind}><rdf:li{language}>{escape(text)}</rdf:li></rdf:{kind}>"


def _digest(document: pikepdf.Pdf, identity: Identity) -> str:
    """The SHA-256 of the metadata and of the page contents."""
    digest = hashlib.sha256(repr(identity).encode("utf-8"))
    for page in document.pages:
        for part in _contents(page):
            digest.update(part.read_bytes())
    return digest.hexdigest()


def _contents(page: Any) -> list[Any]:
    import pikepdf

    contents = page.obj.get("/Contents")
    if contents is None:
        return []
    return list(contents) if isinstance(contents, pikepdf.Array) else [contents]
