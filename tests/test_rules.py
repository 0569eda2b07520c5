"""Our own rules of PDF/X and PDF/A: a broken rule is reported."""

from __future__ import annotations

import contextlib
import io
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from jianbao_tex.language import InvalidValue
from jianbao_tex.prepress.rules import examine
from jianbao_tex.press import Press
from workshop import Workshop

SCREEN = subprocess.run(
    ["kpsewhich", "sRGB.icc"], capture_output=True, text=True, check=True
).stdout.strip()
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


def _link(document: pikepdf.Pdf, **more: Any) -> None:
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[90, 90, 99, 99], **more
    )
    document.pages[0].obj["/Annots"] = pikepdf.Array([document.make_indirect(note)])


def _script(document: pikepdf.Pdf) -> None:
    _link(document, F=4, A=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1"))


def _touched(document: pikepdf.Pdf) -> None:
    document.pages[0].obj["/AA"] = pikepdf.Dictionary()


def _condition(document: pikepdf.Pdf) -> None:
    del document.Root.OutputIntents[0]["/OutputConditionIdentifier"]


def _count(document: pikepdf.Pdf) -> None:
    document.Root.OutputIntents[0].DestOutputProfile["/N"] = 3


def _new_profile(document: pikepdf.Pdf) -> None:
    stream = document.Root.OutputIntents[0].DestOutputProfile
    data = bytearray(stream.read_bytes())
    data[8] = 4
    stream.write(bytes(data))


def _torn_profile(document: pikepdf.Pdf) -> None:
    stream = document.Root.OutputIntents[0].DestOutputProfile
    data = stream.read_bytes()
    stream.write(data[:1000].ljust(len(data), b"\0"))


def _other_space(document: pikepdf.Pdf) -> None:
    packet = document.Root.Metadata
    packet.write(packet.read_bytes().replace(b"xap/1.0/mm/", b"xap/1.0/nn/"))


def _shading(document: pikepdf.Pdf) -> None:
    function = pikepdf.Dictionary(FunctionType=2, Domain=[0, 1], N=1, C0=[0, 0, 0], C1=[1, 1, 1])
    document.pages[0].Resources["/Shading"] = pikepdf.Dictionary(
        S1=pikepdf.Dictionary(
            ShadingType=2, ColorSpace=pikepdf.Name.DeviceRGB, Coords=[0, 0, 9, 9], Function=function
        )
    )
    document.pages[0].contents_add(b"/S1 sh")


def _bare_font(document: pikepdf.Pdf) -> None:
    document.pages[0].Resources.Font["/F99"] = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )


def _alternate(document: pikepdf.Pdf) -> None:
    space = document.pages[0].Resources.ColorSpace.JbSpot
    space[2] = pikepdf.Name.DeviceRGB


INLINE = b"BI /W 1 /H 1 /CS /RGB /BPC 8 ID abc EI "


def _title(document: pikepdf.Pdf) -> None:
    document.docinfo["/Title"] = "另一个"


def _date(document: pikepdf.Pdf) -> None:
    document.docinfo["/ModDate"] = "D:20300101000000Z"


def _trapped(document: pikepdf.Pdf) -> None:
    del document.docinfo["/Trapped"]


def _profile(document: pikepdf.Pdf) -> None:
    stream = document.Root.OutputIntents[0].DestOutputProfile
    stream.write(Path(SCREEN).read_bytes())
    stream["/N"] = 3


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
    "action": ("x-4", _action, "or by a click: /JavaScript"),
    "script in a link": ("a-1b", _script, "or by a click: /JavaScript"),
    "script of a page": ("a-1b", _touched, "or by a click: /AA"),
    "no condition": ("x-4", _condition, "name of its condition"),
    "colours of the profile": ("x-4", _count, "a wrong number of colour components"),
    "profile of today": ("a-1b", _new_profile, "of version 4, not 2"),
    "profile of today on an old press": ("x-1a", _new_profile, "of version 4, not 2"),
    "torn profile": ("a-1b", _torn_profile, "it is damaged"),
    "other namespace": ("x-4", _other_space, "has no xmpMM:DocumentID"),
    "rgb inline": ("a-1b", _on_page(INLINE), "DeviceRGB"),
    "rgb shading": ("x-4", _shading, "DeviceRGB"),
    "rgb after an ink": ("x-4", _alternate, "DeviceRGB"),
    "font in the page": ("a-1b", _bare_font, "Helvetica is not embedded"),
    "trim inside out": ("x-1a", _box("/TrimBox", [100, 100, 50, 50]), "one within the other"),
    "font": ("x-4", _no_font, "not embedded"),
    "map": ("x-4", _no_map, "has no map to characters"),
    "seen through": ("x-1a", SEEN_THROUGH, "uses transparency"),
    "blended": ("x-1a", _on_page(b"/GS1 gs", BM=pikepdf.Name.Multiply), "uses transparency"),
    "rgb on an old press": ("x-1a", _on_page(b"1 0 0 rg 0 0 9 9 re f"), "DeviceRGB"),
    "archive with a file": ("a-1b", _file, "has embedded files"),
    "archive without glyphs": ("a-1b", _no_glyph_list, "list its glyphs"),
    "archive with a hidden link": ("a-1b", _link, "not printed"),
    "archive in rgb": ("a-1b", _on_page(b"1 0 0 rg 0 0 9 9 re f"), "DeviceRGB"),
    "source out of place": ("a-3b", _drop("/AF"), "is not listed in /AF"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_breach_is_reported(made: dict[str, bytes], name: str) -> None:
    standard, change, reported = BROKEN[name]

    assert faults(made[standard]) == ""
    assert reported in faults(changed(made[standard], change))


@pytest.mark.parametrize("standard", ["x-4", "x-1a", "a-1b", "a-3b"])
def test_another_version_is_reported(made: dict[str, bytes], standard: str) -> None:
    assert "its version is 1.5" in faults(changed(made[standard], lambda _: None, "1.5"))


def test_a_file_that_claims_nothing_is_no_kept_one(made: dict[str, bytes]) -> None:
    """XMP that declares entities is not read; a claim without rules is not called kept."""
    silent = examine(changed(made["x-4"], _declared))
    other = examine(changed(made["a-3b"], _part_two))

    assert (silent.claim, silent.conforms) == ("", None)
    assert (other.claim, other.conforms) == ("PDF/A-2b", None)
    assert examine(made["a-3b"]).conforms


def _part_two(document: pikepdf.Pdf) -> None:
    """The claim as an attribute, which XMP allows."""
    packet = document.Root.Metadata
    data = packet.read_bytes().replace(b"<pdfaid:part>3</pdfaid:part>", b"")
    packet.write(data.replace(b'rdf:about=""', b'rdf:about="" pdfaid:part="2"'))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"%PDF-1.4\n1 0 obj <<>>", b"\0" * 99])
def test_what_is_no_pdf_is_reported(data: bytes) -> None:
    with pytest.raises(InvalidValue):
        examine(data)


def _packed(data: bytes) -> Change:
    def change(document: pikepdf.Pdf) -> None:
        stream = document.make_stream(b"")
        stream.write(zlib.compress(data, 9), filter=pikepdf.Name.FlateDecode)
        document.pages[0].Contents = stream

    return change


def _on_many_pages(document: pikepdf.Pdf) -> None:
    _packed(b"0 0 1 1 re f " * 20_000)(document)
    for _ in range(300):
        document.pages.append(document.pages[0])


def _packed_xmp(document: pikepdf.Pdf) -> None:
    document.Root.Metadata.write(
        zlib.compress(b" " * 90_000_000, 9), filter=pikepdf.Name.FlateDecode
    )


def _packed_twice(document: pikepdf.Pdf) -> None:
    stream = document.make_stream(b"")
    data = zlib.compress(zlib.compress(b" " * 90_000_000, 9), 9)
    stream.write(data, filter=pikepdf.Array([pikepdf.Name.FlateDecode] * 2))
    document.pages[0].Contents = stream


def _forms_of_forms(document: pikepdf.Pdf) -> None:
    """Twelve forms, each placing the next one ten times in ten colours."""
    inner = document.make_stream(b"0 0 9 9 re f")
    for level in range(12):
        inner.Type, inner.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        inner.BBox = pikepdf.Array([0, 0, 9, 9])
        content = b" ".join(b"0 0 0 0.%d%d k /F Do" % (n, level) for n in range(10))
        outer = document.make_stream(content)
        outer.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner))
        inner = outer
    inner.Type, inner.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    document.pages[0].Resources["/XObject"] = pikepdf.Dictionary(F=inner)
    document.pages[0].Contents = document.make_stream(b"/F Do")


def test_forms_within_forms_come_to_an_end(made: dict[str, bytes]) -> None:
    """What a billion placements show is seen once in each colour."""
    found = examine(changed(made["x-4"], _forms_of_forms))

    assert found.pages[0].plates == {"Black"}


@pytest.mark.parametrize(
    "change",
    [
        _packed_twice,
        _packed(b" " * 90_000_000),
        _packed(b"q Q 0 g " * 500_000),
        _on_many_pages,
        _packed_xmp,
    ],
    ids=["twice", "space", "instructions", "pages", "metadata"],
)
def test_what_unpacks_to_too_much_is_not_read(made: dict[str, bytes], change: Change) -> None:
    """A file from elsewhere of a few kilobytes does not take all memory."""
    with pytest.raises(InvalidValue, match="to be examined"):
        examine(changed(made["x-4"], change))


def test_nothing_that_a_broken_file_holds_ends_in_a_traceback(made: dict[str, bytes]) -> None:
    """Each byte in a hundred changed: the file is examined, or refused."""
    for seed in range(40):
        data = bytearray(made["a-1b"])
        for index in range(seed * 17, len(data), 997 + seed):
            data[index] ^= 0x15
        with contextlib.suppress(InvalidValue):
            examine(bytes(data))
