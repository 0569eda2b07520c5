"""Our own rules of PDF/X and PDF/A: what breaks one of them is told."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest

from jianbao_tex.prepress.rules import examine
from jianbao_tex.press import Press
from workshop import Workshop

ISSUE = """
masthead: {{name: 工作简报}}
options: {{print.standard: {standard}}}
articles:
  - {{title: 第一篇, body: 正文。}}
  - {{title: 第二篇, body: 正文。}}
"""
Change = Callable[[pikepdf.Pdf], None]


@pytest.fixture(scope="module")
def made(press: Press) -> dict[str, bytes]:
    """A file of each standard, by the standard's name."""
    found = {}
    for standard in ("x-4", "x-1a"):
        source = Workshop.source(ISSUE.format(standard=standard))
        pressing = press.press(source, ("print", "archive"))
        names = (standard, "a-1b", "a-3b")
        found |= {n: a.data for n, a in zip(names, pressing.artifacts, strict=True)}
    return found


def changed(pdf: bytes, change: Change, version: str = "") -> bytes:
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        before = document.pdf_version
        change(document)
        modes = pikepdf.ObjectStreamMode
        document.save(
            made,
            force_version=version or before,
            object_stream_mode=modes.preserve,
            fix_metadata_version=False,
        )
    return made.getvalue()


def faults(pdf: bytes) -> str:
    return "\n".join(map(str, examine(pdf).faults))


def font(document: pikepdf.Pdf) -> Any:
    return next(iter(document.pages[0].Resources.Font.values()))


def _drop(*path: str) -> Change:
    def change(document: pikepdf.Pdf) -> None:
        item: Any = document.Root
        for step in path[:-1]:
            item = item[step]
        del item[path[-1]]

    return change


def _on_page(operators: bytes, **states: Any) -> Change:
    def change(document: pikepdf.Pdf) -> None:
        page = document.pages[0]
        if states:
            page.Resources["/ExtGState"]["/GS1"] = pikepdf.Dictionary(**states)
        page.contents_add(operators)

    return change


def _box(name: str, value: Any) -> Change:
    def change(document: pikepdf.Pdf) -> None:
        if value is None:
            del document.pages[0].obj[name]
        else:
            document.pages[0].obj[name] = pikepdf.Array(value)

    return change


def _link(document: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9])
    document.pages[0].obj["/Annots"] = pikepdf.Array([document.make_indirect(note)])


def _title(document: pikepdf.Pdf) -> None:
    document.docinfo["/Title"] = "另一个"


def _date(document: pikepdf.Pdf) -> None:
    document.docinfo["/ModDate"] = "D:20300101000000Z"


def _trapped(document: pikepdf.Pdf) -> None:
    del document.docinfo["/Trapped"]


def _profile(document: pikepdf.Pdf) -> None:
    stream = document.Root.OutputIntents[0].DestOutputProfile
    stream.write(stream.read_bytes().replace(b"prtrCMYK", b"mntrRGB ", 1))


def _action(document: pikepdf.Pdf) -> None:
    document.Root["/OpenAction"] = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1")


def _no_font(document: pikepdf.Pdf) -> None:
    inner = font(document).DescendantFonts[0].FontDescriptor
    for key in [key for key in inner if key.startswith("/FontFile")]:
        del inner[key]


def _no_map(document: pikepdf.Pdf) -> None:
    del font(document)["/ToUnicode"]


def _no_glyph_list(document: pikepdf.Pdf) -> None:
    del font(document).DescendantFonts[0].FontDescriptor["/CIDSet"]


def _file(document: pikepdf.Pdf) -> None:
    document.attachments["x.txt"] = b"x"


def _declared(document: pikepdf.Pdf) -> None:
    packet = document.Root.Metadata
    packet.write(b'<!DOCTYPE x [<!ENTITY a "b">]>' + packet.read_bytes())


SEEN_THROUGH = _on_page(b"/GS1 gs", ca=0.5)
BROKEN: dict[str, tuple[str, Change, str]] = {
    "no trim": ("x-4", _box("/TrimBox", None), "lacks a box"),
    "boxes crossed": ("x-4", _box("/BleedBox", [50, 50, 500, 700]), "one within the other"),
    "note": ("x-4", _link, "annotations"),
    "no intent": ("x-4", _drop("/OutputIntents"), "no output intent"),
    "intent of a screen": ("x-4", _profile, "no profile of a press"),
    "rgb": ("x-4", _on_page(b"1 0 0 rg 0 0 9 9 re f"), "DeviceRGB"),
    "title": ("x-4", _title, "/Title and the XMP"),
    "date": ("x-4", _date, "/ModDate and the XMP"),
    "trapped": ("x-4", _trapped, "trapped"),
    "action": ("x-4", _action, "/OpenAction acts"),
    "font": ("x-4", _no_font, "not embedded"),
    "map": ("x-4", _no_map, "lead back"),
    "seen through": ("x-1a", SEEN_THROUGH, "seen through"),
    "blended": ("x-1a", _on_page(b"/GS1 gs", BM=pikepdf.Name.Multiply), "seen through"),
    "rgb on an old press": ("x-1a", _on_page(b"1 0 0 rg 0 0 9 9 re f"), "DeviceRGB"),
    "archive with a file": ("a-1b", _file, "carries files"),
    "archive without glyphs": ("a-1b", _no_glyph_list, "list its glyphs"),
    "archive with a hidden link": ("a-1b", _link, "not printed"),
    "archive in rgb": ("a-1b", _on_page(b"1 0 0 rg 0 0 9 9 re f"), "DeviceRGB"),
    "source out of place": ("a-3b", _drop("/AF"), "no place in the document"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_breach_is_told(made: dict[str, bytes], name: str) -> None:
    standard, change, told = BROKEN[name]

    assert faults(made[standard]) == ""
    assert told in faults(changed(made[standard], change))


@pytest.mark.parametrize("standard", ["x-4", "x-1a", "a-1b", "a-3b"])
def test_another_version_is_told(made: dict[str, bytes], standard: str) -> None:
    assert "its version is 1.5" in faults(changed(made[standard], lambda _: None, "1.5"))


def test_a_file_that_claims_nothing_keeps_to_the_rules_of_all(made: dict[str, bytes]) -> None:
    """XMP that declares entities is not read: such a file claims nothing."""
    found = examine(changed(made["x-4"], _declared))

    assert found.standard is None


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"%PDF-1.4\n1 0 obj <<>>", b"\0" * 99])
def test_what_is_no_pdf_is_told(data: bytes) -> None:
    with pytest.raises(ValueError, match="PDF"):
        examine(data)


def test_nothing_that_a_broken_file_holds_ends_in_a_traceback(made: dict[str, bytes]) -> None:
    """Each byte in a hundred changed: the file is examined, or refused."""
    for seed in range(40):
        data = bytearray(made["a-1b"])
        for index in range(seed * 17, len(data), 997 + seed):
            data[index] ^= 0x15
        try:
            examine(bytes(data))
        except ValueError:
            continue
