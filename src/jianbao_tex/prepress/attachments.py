"""Files embedded in a PDF (ISO 32000-2, 7.11; ISO 19005-3, 6.8)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from jianbao_tex.prepress.identity import Identity

if TYPE_CHECKING:
    import pikepdf


def attach(document: pikepdf.Pdf, files: Mapping[str, bytes], identity: Identity) -> None:
    """Embeds the source texts of a document in it."""
    import pikepdf

    date = f"{identity.date:D:%Y%m%d%H%M%SZ}"
    names, specifications = pikepdf.Array(), pikepdf.Array()
    # A name tree is sorted by its keys (7.9.6).
    for name, data in sorted(files.items()):
        stream = document.make_stream(data)
        stream["/Type"] = pikepdf.Name.EmbeddedFile
        stream["/Subtype"] = pikepdf.Name("/application/yaml")
        stream["/Params"] = pikepdf.Dictionary(
            Size=len(data),
            ModDate=date,
            # The standard asks for MD5 (7.11.4); it protects nothing.
            CheckSum=pikepdf.String(hashlib.md5(data, usedforsecurity=False).digest()),
        )
        specification = document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Filespec,
                # PDF/A-3 demands both names, the relation, and the entry in /AF (6.8).
                F=name,
                UF=name,
                Desc="YAML",
                AFRelationship=pikepdf.Name.Source,
                EF=pikepdf.Dictionary(F=stream, UF=stream),
            )
        )
        names.append(pikepdf.String(name))
        names.append(specification)
        specifications.append(specification)
    document.Root["/Names"] = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=names))
    document.Root["/AF"] = specifications


def attached(document: pikepdf.Pdf) -> dict[str, bytes]:
    """The embedded files of a document, by name."""
    return {str(name): item.get_file().read_bytes() for name, item in document.attachments.items()}
