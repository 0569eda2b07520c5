"""An open document -> bytes that keep to a standard."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jianbao_tex.prepress.identity import Identity, Standard, describe
from jianbao_tex.prepress.profiles import Profile

if TYPE_CHECKING:
    import pikepdf

_REGISTRY = "http://www.color.org"
"""The registry of printing conditions of the ICC (ISO 32000-1, table 365)."""


@contextlib.contextmanager
def opened(pdf: bytes) -> Iterator[pikepdf.Pdf]:
    """A document to be changed, from the bytes of a finished one."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        yield document


def profile_stream(document: pikepdf.Pdf, profile: Profile) -> Any:
    """A profile within a document."""
    stream = document.make_stream(profile.data)
    stream["/N"] = profile.components
    return stream


def set_output_intent(document: pikepdf.Pdf, standard: Standard, profile: Profile) -> None:
    """
    Adds the output intent: the printing condition of the document (14.11.5).

    It names the registry only for a registered condition; the profile of any other condition is
    in the document.
    """
    import pikepdf

    if not standard.intent:
        return
    intent = pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name(standard.intent),
        OutputConditionIdentifier=profile.condition,
        Info=profile.description,
        DestOutputProfile=profile_stream(document, profile),
    )
    if profile.registered:
        intent["/RegistryName"] = _REGISTRY
    document.Root["/OutputIntents"] = pikepdf.Array([document.make_indirect(intent)])


def save_document(document: pikepdf.Pdf, identity: Identity, standard: Standard) -> bytes:
    """The bytes of the document with its metadata; always the same for the same document."""
    import pikepdf

    if not standard.keeps_cid_sets:
        _drop_cid_sets(document)
    describe(document, identity, standard)
    document.remove_unreferenced_resources()
    buffer = io.BytesIO()
    # Object streams came with PDF 1.5, after the plain standards.
    modes = pikepdf.ObjectStreamMode
    document.save(
        buffer,
        deterministic_id=True,
        fix_metadata_version=False,
        force_version=standard.version,
        object_stream_mode=modes.disable if standard.is_plain else modes.generate,
    )
    return buffer.getvalue()


def _drop_cid_sets(document: pikepdf.Pdf) -> None:
    """Removes /CIDSet: newer standards do not need it, but check it if it is there."""
    import pikepdf

    for item in document.objects:
        if isinstance(item, pikepdf.Dictionary) and "/CIDSet" in item:
            del item["/CIDSet"]
