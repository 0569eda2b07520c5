"""Photographs with more points than the print needs: scaled down, in bounded memory."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from command import jianbao
from icc_profiles import fogra39, wide_profile
from jianbao_tex.findings import Severity
from jianbao_tex.images import TooManyPixels, image_for_tex
from jianbao_tex.layout import PictureRoom
from jianbao_tex.press import Press
from test_picture_profiles import transform
from workshop import ROOT, Workshop

PHONE = (8064, 6048)
"""48 million pixels, as phones have them."""
LEFT, RIGHT = (250, 60, 40), (30, 160, 60)
ROOM = PictureRoom(156.0, 146.0, 400.0)
INCH = 72.0


def halves(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    """One colour on the left, another one on the right."""
    image = Image.new("RGB", size, RIGHT)
    image.paste(LEFT, (0, 0, size[0] // 2, size[1]))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **more)
    return buffer.getvalue()


def camera(size: tuple[int, int], profile: bytes = b"", **more: object) -> bytes:
    """A photograph that a phone held upright wrote lying on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = halves(size[::-1]).transpose(Image.Transpose.ROTATE_90)
    return saved(lying, "JPEG", quality=92, exif=exif, icc_profile=profile or None, **more)


def issue(name: str, width: float = 1.0, options: str = "print.colours: cmyk") -> str:
    return (
        f"masthead: {{name: 工作简报}}\noptions: {{{options}}}\n"
        f"articles: {{body: [正文。, {{image: {{file: {name}, width: {width}}}}}]}}\n"
    )


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phone")
    (folder / "phone.jpg").write_bytes(camera(PHONE, wide_profile("Display P3")))
    return folder


def placed(pdf: bytes) -> tuple[Image.Image, float]:
    """The one picture of a PDF, and how many of its points are printed to the inch."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            state = [1.0]
            for item in pikepdf.parse_content_stream(page):
                word = str(item.operator)
                if word == "q":
                    state.append(state[-1])
                elif word == "Q":
                    state.pop()
                elif word == "cm":
                    state[-1] *= float(item.operands[0])
                elif word == "Do":
                    image = page.Resources.XObject[str(item.operands[0])]
                    dpi = int(image.Width) / (state[-1] / INCH)
                    return pikepdf.PdfImage(image).as_pil_image().copy(), dpi
    raise AssertionError


def test_a_phone_picture_is_scaled_to_what_the_print_needs(press: Press, phone: Path) -> None:
    """
    48 million pixels become 4: upright, and in the colours of their profile; the user reads of it
    in a note.
    """
    pressing = press.press(Workshop.source(issue("phone.jpg"), phone), ("print",))
    picture, dpi = placed(pressing.artifacts[0].data)
    (note,) = pressing.findings
    wide = Image.new("RGB", (2, 1))
    wide.putpixel((0, 0), LEFT)
    wide.putpixel((1, 0), RIGHT)
    profile = wide_profile("Display P3")
    wanted = transform(profile, fogra39(), ("RGB", "CMYK")).apply(wide)
    middle = picture.height // 2

    assert picture.size == (1728, 2304)
    assert dpi == pytest.approx(400, abs=0.5)
    for x, index in ((picture.width // 4, 0), (3 * picture.width // 4, 1)):
        ink, due = picture.getpixel((x, middle)), wanted.getpixel((index, 0))
        assert max(abs(a - b) for a, b in zip(ink, due, strict=True)) <= 6
    assert (note.code, note.severity) == ("JB409", Severity.NOTE)
    assert "from 6048 × 8064 to 1728 × 2304 pixels, 400 dpi" in note.message


@pytest.mark.parametrize(
    ("width", "options", "dpi"),
    [(0.5, "", 400), (0.1, "", 400), (0.5, "picture.dpi: 300", 300), (0.2, "picture.rows: 5", 400)],
)
def test_the_points_are_those_of_the_printed_size(
    press: Press, phone: Path, width: float, options: str, dpi: int
) -> None:
    """A smaller picture needs fewer; none falls below what the print needs."""
    text = issue("phone.jpg", width, options or "picture.dpi: 400")
    pressing = press.press(Workshop.source(text, phone), ("pdf",))
    _, found = placed(pressing.artifacts[0].data)

    assert dpi - 0.5 <= found <= dpi * 1.01
    assert [finding.code for finding in pressing.findings] == ["JB409"]


def test_a_note_is_no_error_and_no_warning(phone: Path) -> None:
    """Not under --strict either; programs read it as a note."""
    (phone / "issue.yaml").write_text(issue("phone.jpg"), encoding="utf-8")
    done = jianbao("build", "issue.yaml", "--strict", "--json", folder=phone)
    (result,) = json.loads(done.stdout)["issues"]

    assert done.returncode == 0
    assert result["ok"]
    assert [finding["severity"] for finding in result["findings"]] == ["note"]
    assert (phone / "issue.pdf").is_file()


_MEASURE = """
import re, sys
from pathlib import Path
from jianbao_tex.images import image_for_tex
from jianbao_tex.layout import PictureRoom

def peak():
    # In kB; getrusage would count the process that started this one.
    return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

image_for_tex(Path("small.jpg").read_bytes(), PictureRoom(156, 146, 400))
before = peak()
image_for_tex(Path(sys.argv[1]).read_bytes(), PictureRoom(156, 146, 400))
print(peak() - before)
"""


def test_the_memory_of_a_phone_picture_is_bounded(phone: Path) -> None:
    """As a whole it takes 195 MB; decoded at a half, a quarter of that, its small copy too."""
    (phone / "small.jpg").write_bytes(camera((640, 480)))
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, "phone.jpg"],
        cwd=phone, capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip

    assert int(done.stdout) < 130


@pytest.mark.parametrize(("width", "is_scaled"), [(1200, False), (3600, False), (3800, True)])
def test_a_picture_with_few_points_to_spare_is_unchanged(width: int, is_scaled: bool) -> None:
    """Up to one and a half times what the print needs: no second compression for little."""
    data = saved(halves((width, 900)), "JPEG", quality=80)
    image = image_for_tex(data, ROOM)

    assert (image.data != data) == is_scaled
    assert (image.full_size is not None) == is_scaled


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "LA", "P", "I;16", "CMYK"])
def test_pictures_of_every_kind_are_scaled(mode: str) -> None:
    """The colours of both halves stay, and no edge turns dark where the picture is transparent."""
    kind = "JPEG" if mode == "CMYK" else "PNG"
    if mode == "I;16":
        image = Image.new("I;16", (4500, 3000), 40_000)
        image.paste(Image.new("I;16", (2250, 3000), 10_000), (0, 0))
    elif mode == "P":
        image = halves((4500, 3000)).quantize(4)
    elif mode in {"RGBA", "LA"}:
        image = halves((4500, 3000), mode)
        image.putalpha(Image.linear_gradient("L").resize((4500, 3000)))
    else:
        image = halves((4500, 3000), mode)
    data = saved(image, kind, **({"quality": 95} if kind == "JPEG" else {}))
    small = image_for_tex(data, ROOM)
    with Image.open(io.BytesIO(small.data)) as scaled, Image.open(io.BytesIO(data)) as full:
        assert scaled.size == small.size == (2457, 1638)
        assert small.full_size == (4500, 3000)
        row = scaled.height - 2
        for share in (0.25, 0.75):
            point = scaled.convert("RGB").getpixel((int(scaled.width * share), row))
            if mode == "I;16":
                due = (10_000 // 256,) * 3 if share < 0.5 else (40_000 // 256,) * 3
            else:
                due = full.convert("RGB").getpixel((int(4500 * share), 2997))
            assert max(abs(a - b) for a, b in zip(point, due, strict=True)) <= 6
        # No point between the halves is darker than both.
        if mode != "I;16":
            seam = scaled.convert("L").crop((1200, row, 1260, row + 1)).tobytes()
            ends = (seam[0], seam[-1])
            assert min(ends) - 12 <= min(seam) <= max(seam) <= max(ends) + 12


def test_a_drawing_of_one_bit_keeps_its_edges() -> None:
    """Grey points would be screened on the press; black and white ones are not."""
    data = saved(halves((6000, 4000), "1"), "PNG")

    assert image_for_tex(data, ROOM).data == data


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_scaled_photograph_has_its_upper_side_up(orientation: int) -> None:
    """Whatever the camera wrote into EXIF: the same as Pillow's own turn of the whole picture."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = halves((3200, 2400))
    image.paste((0, 0, 255), (0, 0, 3200, 300))
    small = image_for_tex(saved(image, "JPEG", quality=95, exif=exif), PictureRoom(30, 30, 400))
    from PIL import ImageOps

    with Image.open(io.BytesIO(saved(image, "JPEG", quality=95, exif=exif))) as full:
        turned = ImageOps.exif_transpose(full).resize(small.size)
    with Image.open(io.BytesIO(small.data)) as scaled:
        assert small.ratio == pytest.approx(turned.height / turned.width, rel=0.01)
        for x, y in ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)):
            place = (int(x * turned.width), int(y * turned.height))
            pairs = zip(scaled.getpixel(place), turned.getpixel(place), strict=True)
            assert max(abs(a - b) for a, b in pairs) <= 8


def _claiming(data: bytes, size: tuple[int, int]) -> bytes:
    """A JPEG whose head says another size; what follows is not read."""
    at = next(i for i in range(len(data)) if data[i] == 0xFF and data[i + 1] in {0xC0, 0xC2})
    head = size[1].to_bytes(2, "big") + size[0].to_bytes(2, "big")
    return data[: at + 5] + head + data[at + 9 :]


@pytest.mark.parametrize(
    ("progressive", "size", "is_refused"),
    [(True, (9000, 6000), True), (False, (9000, 6000), False), (False, (20_000, 15_000), True)],
)
def test_what_memory_cannot_hold_is_refused_by_its_head(
    progressive: bool, size: tuple[int, int], is_refused: bool
) -> None:
    """A progressive JPEG is in memory as a whole, however small it becomes; one of a camera not."""
    data = _claiming(saved(halves((640, 480)), "JPEG", progressive=progressive), size)
    if is_refused:
        with pytest.raises(TooManyPixels):
            image_for_tex(data, ROOM)
    else:
        # Where pixels are missing the decoder fills in grey.
        assert image_for_tex(data, ROOM).full_size == size


def test_a_photograph_in_scans_counts_as_a_progressive_one() -> None:
    """Its decoder too must hold all pixels, although its frame is sequential."""
    data = saved(halves((640, 480)), "JPEG")
    at = data.index(b"\xff\xda")
    apart = data[: at + 4] + b"\x01" + data[at + 5 :]
    with pytest.raises(TooManyPixels):
        image_for_tex(_claiming(apart, (9000, 6000)), ROOM)


def test_a_scaled_picture_is_kept(press: Press, phone: Path) -> None:
    """To watch an issue, its photographs are not decoded at each save."""
    assert press.store is not None
    first = press.compose(Workshop.source(issue("phone.jpg", 0.7), phone))
    entries = {path.name for path in (press.store.folder / "pictures").iterdir()}
    second = press.compose(Workshop.source(issue("phone.jpg", 0.7), phone))
    bare = Press(plugins={}, sandbox=press.sandbox)
    third = bare.compose(Workshop.source(issue("phone.jpg", 0.7), phone))

    assert {path.name for path in (press.store.folder / "pictures").iterdir()} == entries
    assert first.tree.files == second.tree.files == third.tree.files
    assert first.findings == second.findings == third.findings


def test_faults_of_pictures_are_reported_with_an_unknown_layout(press: Press) -> None:
    """All faults of a step at once, although the layout says how large a picture is."""
    text = "masthead: {name: 简报}\nlayout: none\narticles: {body: [文。, {image: a.png}]}\n"
    with pytest.raises(Exception, match="JB201") as refusal:
        press.compose(Workshop.source(text, ROOT / "tests"))

    assert "JB403" in str(refusal.value)
