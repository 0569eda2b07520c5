"""Pictures on their way to the press: turned, flattened, brought into its colours."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageCms

from jianbao_tex.press import Press, PressResult
from workshop import Workshop

SIZE = (400, 300)
LEFT, RIGHT = (255, 0, 0), (0, 120, 0)


def _two_halves(size: tuple[int, int] = SIZE) -> Image.Image:
    image = Image.new("RGB", size, RIGHT)
    image.paste(LEFT, (0, 0, size[0] // 2, size[1]))
    return image


def _saved(image: Image.Image, kind: str, **words: object) -> bytes:
    made = io.BytesIO()
    image.save(made, kind, **words)
    return made.getvalue()


def _png(image: Image.Image, depth: int, *, interlaced: bool = False) -> bytes:
    """A PNG of sixteen bits, or in seven goes, which Pillow does not write."""
    (w, h), pixels = image.size, image.tobytes()

    def row(y: int, start: int, step: int) -> bytes:
        samples = b"".join(
            pixels[(y * w + x) * 3 : (y * w + x) * 3 + 3] for x in range(start, w, step)
        )
        return b"\0" + (bytes(v for s in samples for v in (s, s)) if depth == 16 else samples)

    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [
            *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
            *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
        ]
    rows = b"".join(row(y, x, dx) for x, y0, dx, dy in passes for y in range(y0, h, dy))
    head = struct.pack(">IIBBBBB", w, h, depth, 2, 0, 0, int(interlaced))
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in chunks
    )


def _turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return _saved(_two_halves().rotate(90, expand=True), "JPEG", exif=exif, quality=95)


def _seen_through() -> bytes:
    image = _two_halves().convert("RGBA")
    image.putalpha(Image.new("L", SIZE, 255))
    image.paste((0, 0, 0, 0), (0, 0, SIZE[0], 20))
    return _saved(image, "PNG")


PICTURES: dict[str, Callable[[], bytes]] = {
    "plain.png": lambda: _saved(_two_halves(), "PNG"),
    "plain.jpg": lambda: _saved(_two_halves(), "JPEG", quality=95),
    "progressive.jpg": lambda: _saved(_two_halves(), "JPEG", quality=95, progressive=True),
    "cmyk.jpg": lambda: _saved(_two_halves().convert("CMYK"), "JPEG", quality=95),
    "deep.png": lambda: _png(_two_halves(), 16),
    "interlaced.png": lambda: _png(_two_halves(), 8, interlaced=True),
    "palette.png": lambda: _saved(_two_halves().quantize(8), "PNG"),
    "turned.jpg": _turned,
    "seen-through.png": _seen_through,
}


def issue(folder: Path, options: str = "") -> str:
    """An issue with all the pictures, three to the page."""
    for name, make in PICTURES.items():
        (folder / name).write_bytes(make())
    blocks = "".join(f"    - image: {{file: {name}, width: 0.3}}\n" for name in PICTURES)
    head = (
        f"masthead: {{name: 工作简报}}\noptions: {{{options}}}\n"
        if options
        else "masthead: {name: 工作简报}\n"
    )
    return f"{head}articles:\n  body:\n    - 正文。\n{blocks}"


def images(document: pikepdf.Pdf) -> list[pikepdf.Object]:
    found = []
    for page in document.pages:
        content = pikepdf.parse_content_stream(page, "Do")
        objects = page.Resources.get("/XObject", {})
        found += [objects[str(i.operands[0])] for i in content]
    return found


def pressed(press: Press, folder: Path, output: str, options: str = "") -> PressResult:
    return press.press(Workshop.source(issue(folder, options), folder), (output,))


def test_every_kind_of_picture_is_seen_as_it_is(press: Press, tmp_path: Path) -> None:
    """Red on the left, green on the right, whatever the file is like inside."""
    made = pressed(press, tmp_path, "png", "png.dpi: 100").artifacts
    halves = []
    for artifact in made:
        with Image.open(io.BytesIO(artifact.data)) as page:
            halves += _halves(page.convert("RGB"))

    assert len(halves) == len(PICTURES)
    for left, right in halves:
        assert left[0] > 180
        assert left[1] < 90
        assert right[1] > 80
        assert right[0] < 80


def _halves(page: Image.Image) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The colours of the halves of each picture in the middle of a page, from the top."""
    middle, found, y = page.width // 2, [], 0
    while y < page.height:
        left, right = page.getpixel((middle - 30, y)), page.getpixel((middle + 30, y))
        if min(right) < 60 and max(right) > 80 and right[1] > right[0] and left[0] > left[1]:
            found.append((left, right))
            y += 150
        y += 3
    return found


@pytest.mark.parametrize(
    ("options", "spaces"),
    [
        ("print.colours: spot", {"/DeviceGray"}),
        ("print.colours: gray", {"/DeviceGray"}),
        ("print.colours: cmyk", {"/DeviceCMYK"}),
        ("print.colours: cmyk, print.standard: x-1a", {"/DeviceCMYK"}),
        ("print.colours: rgb", {"/ICCBased", "/DeviceCMYK", "/Indexed"}),
    ],
)
def test_pictures_are_in_the_colours_of_the_press(
    press: Press, tmp_path: Path, options: str, spaces: set[str]
) -> None:
    (artifact,) = pressed(press, tmp_path, "print", options).artifacts
    document = pikepdf.open(io.BytesIO(artifact.data))
    found = images(document)
    names = {
        str(i.ColorSpace[0] if isinstance(i.ColorSpace, pikepdf.Array) else i.ColorSpace)
        for i in found
    }

    assert len(found) == len(PICTURES)
    assert names == spaces
    assert {int(i.get("/BitsPerComponent")) for i in found} <= {1, 4, 8}
    assert not any("/SMask" in i for i in found)


def test_a_picture_of_the_press_has_the_inks_of_the_profile(press: Press, tmp_path: Path) -> None:
    """sRGB red by FOGRA39 is magenta and yellow; sRGB black is no pure cyan."""
    (artifact,) = pressed(press, tmp_path, "print", "print.colours: cmyk").artifacts
    with pikepdf.open(io.BytesIO(artifact.data)) as document:
        first = pikepdf.PdfImage(images(document)[0]).as_pil_image()
    cyan, magenta, yellow, black = first.getpixel((20, 150))

    assert cyan < 30
    assert black < 30
    assert magenta > 220
    assert yellow > 200


def test_a_coarse_picture_is_told_at_its_place(press: Press, tmp_path: Path) -> None:
    """400 points over the whole width are 65 dpi; prints want 200."""
    (tmp_path / "a.png").write_bytes(_saved(_two_halves(), "PNG"))
    text = (
        "masthead: {name: 工作简报}\narticles:\n  body:\n    - 正文\n    - image: {file: a.png}\n"
    )
    (finding,) = press.press(Workshop.source(text, tmp_path)).findings

    assert finding.code == "JB353"
    assert "65 dpi" in str(finding.message)
    assert "1228" in str(finding.advice)


def test_a_fine_picture_is_not(press: Press, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(_saved(_two_halves((1300, 900)), "PNG"))
    text = (
        "masthead: {name: 工作简报}\narticles:\n  body:\n    - 正文。\n    - image: {file: a.png}\n"
    )

    assert press.press(Workshop.source(text, tmp_path)).findings == ()


def _without_marker(data: bytes) -> bytes:
    """A JPEG of four colours that does not say that it is one of Adobe's."""
    at = data.index(b"\xff\xee")
    length = int.from_bytes(data[at + 2 : at + 4], "big")
    return data[:at] + data[at + 2 + length :]


def test_four_colours_are_the_same_in_every_file(press: Press, tmp_path: Path) -> None:
    """A file that does not say how its samples are meant is read as all readers read it."""
    inks = Image.new("CMYK", (700, 400), (0, 200, 200, 0))
    (tmp_path / "a.jpg").write_bytes(_without_marker(_saved(inks, "JPEG", quality=95)))
    text = (
        "masthead: {name: 工作简报}\noptions: {print.colours: cmyk, png.dpi: 50}\n"
        "articles:\n  body:\n    - 正文。\n    - image: {file: a.jpg, width: 0.5}\n"
    )
    made = press.press(Workshop.source(text, tmp_path), ("pdf", "print", "archive"))
    points = []
    for artifact in made.artifacts:
        with pikepdf.open(io.BytesIO(artifact.data)) as document:
            points.append(pikepdf.PdfImage(images(document)[0]).as_pil_image().getpixel((9, 9)))

    # Without the mark of Adobe the samples are inks: cyan and black, and a little red.
    assert max(points[0]) < 60
    for ink in points[1:]:
        assert ink == pytest.approx((255, 55, 55, 255), abs=6)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_a_picture_with_a_profile_is_read_by_it(press: Press, tmp_path: Path, mode: str) -> None:
    """A wide red is another red than that of screens, in print and on screens."""
    wide = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Red and blue change places: a profile that nobody could overlook.
    turned = wide.replace(b"rXYZ", b"tmpX").replace(b"bXYZ", b"rXYZ").replace(b"tmpX", b"bXYZ")
    turned = turned.replace("sRGB".encode("utf-16-be"), "wide".encode("utf-16-be"))
    image = Image.new("RGB", (700, 400), (255, 0, 0)).convert(mode)
    (tmp_path / "a.png").write_bytes(_saved(image, "PNG", icc_profile=turned))
    text = "masthead: {name: 工作简报}\narticles:\n  body:\n    - 正文。\n    - image: {file: a.png, width: 0.5}\n"
    made = press.press(Workshop.source(text, tmp_path), ("pdf", "archive"))
    for artifact in made.artifacts:
        with pikepdf.open(io.BytesIO(artifact.data)) as document:
            red, _, blue = pikepdf.PdfImage(images(document)[0]).as_pil_image().getpixel((9, 9))

        assert blue > 200
        assert red < 100
