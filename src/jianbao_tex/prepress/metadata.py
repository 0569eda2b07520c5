"""Reads the XMP of a PDF."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from jianbao_tex.prepress.identity import NAMESPACES

if TYPE_CHECKING:
    import pikepdf

_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


def properties_of(document: pikepdf.Pdf) -> dict[str, str]:
    """
    The properties of a document's XMP by prefix and name: ``dc:title``, ``pdfaid:part``.

    Those of unknown namespaces are left out, whatever their prefixes; none are read from a
    packet that declares entities or is no XML.
    """
    packet = document.Root.get("/Metadata")
    data = packet.read_bytes() if packet is not None else b""
    if not data or _DECLARATION.search(data):
        return {}
    try:
        # It declares no entities that could expand, and expat limits the rest.
        tree = ElementTree.fromstring(data)  # noqa: S314
    except ElementTree.ParseError:
        return {}
    prefixes = {f"{{{uri}}}": prefix for prefix, uri in NAMESPACES.items()}
    properties: dict[str, str] = {}

    def add(tag: str, text: str | None) -> None:
        space, brace, name = tag.rpartition("}")
        prefix = prefixes.get(space + brace)
        if prefix and text and text.strip():
            properties.setdefault(f"{prefix}:{name}", text.strip())

    for description in tree.iter(f"{_RDF}Description"):
        for tag, value in description.attrib.items():
            add(tag, value)
        for element in description:
            items = [part.text for part in element.iter(f"{_RDF}li")]
            add(element.tag, items[0] if items else element.text)
    return properties
