"""The profile of a picture: its colours are converted once, from there to those of the press."""

from __future__ import annotations

import functools
import io
import itertools
from collections.abc import Callable, Iterable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageCms

from icc_profiles import WIDE, fogra39, gray_profile, press_profile, wide_profile
from jianbao_tex.press import Press
from workshop import Workshop

SIDE = 24
"""How wide a patch is: no block of a JPEG (16 pixels) reaches its middle from outside."""
PATCHES = [*itertools.product((0, 70, 140, 255), repeat=3)]
"""Colours in all corners of a space, and between them."""

Lab = tuple[float, ...]


def patched(mode: str, colours: Iterable[object]) -> Image.Image:
    """Squares of colours, eight in a row."""
    colours = list(colours)
    image = Image.new(mode, (8 * SIDE, -(-len(colours) // 8) * SIDE))
    for index, colour in enumerate(colours):
        x, y = index % 8 * SIDE, index // 8 * SIDE
        image.paste(colour, (x, y, x + SIDE, y + SIDE))
    return image


def middles(image: Image.Image, count: int) -> Image.Image:
    """The middle of each square, in one row."""
    row = Image.new(image.mode, (count, 1))
    for index in range(count):
        x, y = index % 8 * SIDE + SIDE // 2, index // 8 * SIDE + SIDE // 2
        row.putpixel((index, 0), image.getpixel((x, y)))
    return row


@functools.cache
def transform(source: bytes, target: bytes, modes: tuple[str, str]) -> ImageCms.ImageCmsTransform:
    """Relative colorimetric with black point compensation, as print shops convert."""
    opened = [
        ImageCms.ImageCmsProfile(io.BytesIO(data)) if data else ImageCms.createProfile("LAB")
        for data in (source, target)
    ]
    return ImageCms.buildTransform(
        *opened,
        *modes,
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def labs(image: Image.Image, profile: bytes) -> list[Lab]:
    """L, a and b of each point of an image in the colours of a profile."""
    converted = transform(profile, b"", (image.mode, "LAB")).apply(image)
    light, a, b = (channel.tobytes() for channel in converted.split())
    # The bands of Pillow hold a and b from 0 to 255, the middle being grey.
    signed = [[value - 128 for value in channel] for channel in (a, b)]
    return list(zip([value / 2.55 for value in light], *signed, strict=True))


def differences(first: list[Lab], second: list[Lab]) -> list[float]:
    """The distance of each pair of colours, as CIE 1976 defines it."""
    return [
        sum((x - y) ** 2 for x, y in zip(one, other, strict=True)) ** 0.5
        for one, other in zip(first, second, strict=True)
    ]


def printed(
    press: Press, folder: Path, image: bytes, name: str, output: str = "print", options: str = ""
) -> Image.Image:
    """The picture in the file of an output, which is as large as the one in the issue."""
    (folder / name).write_bytes(image)
    options = options or "print.colours: cmyk"
    text = (
        f"masthead: {{name: 工作简报}}\noptions: {{{options}}}\n"
        f"articles: {{body: [正文。, {{image: {{file: {name}, width: 0.1}}}}]}}\n"
    )
    artifact = press.press(Workshop.source(text, folder), (output,)).artifacts[0]
    with pikepdf.open(io.BytesIO(artifact.data)) as document:
        (item,) = document.pages[0].Resources.XObject.values()
        return pikepdf.PdfImage(item).as_pil_image().copy()


def saved(image: Image.Image, kind: str, profile: bytes = b"", **more: object) -> bytes:
    buffer = io.BytesIO()
    quality = {"quality": 100, "subsampling": 0} if kind == "JPEG" else {}
    image.save(buffer, kind, icc_profile=profile or None, **quality, **more)
    return buffer.getvalue()


@pytest.mark.parametrize(("kind", "most"), [("PNG", 0.0), ("JPEG", 3.0)])
@pytest.mark.parametrize("name", WIDE)
def test_wide_colours_are_converted_once(
    press: Press, tmp_path: Path, name: str, kind: str, most: float
) -> None:
    """
    By way of sRGB a wide colour loses what sRGB lacks, although the press could print it: ΔE was
    3.4 in the mean and 19 at most.  A PNG is exact; a JPEG is rounded twice.
    """
    profile = wide_profile(name)
    image = patched("RGB", PATCHES)
    result = printed(press, tmp_path, saved(image, kind, profile), f"a.{kind.lower()}")
    direct = transform(profile, fogra39(), ("RGB", "CMYK")).apply(image)
    rows = [middles(picture, len(PATCHES)) for picture in (result, direct)]
    worst = max(differences(*(labs(row, fogra39()) for row in rows)))

    assert result.mode == "CMYK"
    assert worst <= most


@pytest.mark.parametrize("output", ["print", "archive"])
def test_colours_of_a_digital_press_are_converted_once_too(
    press: Press, tmp_path: Path, output: str
) -> None:
    """To the profile that `print.rgb-profile` names, whatever it is."""
    wide = wide_profile("ProPhoto")
    (tmp_path / "screen.icc").write_bytes(wide_profile("Adobe RGB"))
    options = "print.colours: rgb, print.rgb-profile: screen.icc"
    image = patched("RGB", PATCHES)
    for profile in (wide, b""):
        result = printed(press, tmp_path, saved(image, "PNG", profile), "a.png", output, options)
        modes = ("RGB", "RGB")
        direct = transform(profile or srgb(), wide_profile("Adobe RGB"), modes).apply(image)

        assert result.tobytes() == direct.tobytes()


def test_a_screen_gets_srgb(press: Press, tmp_path: Path) -> None:
    """A file for screens has no profile for pictures."""
    profile = wide_profile("Display P3")
    image = patched("RGB", PATCHES)
    result = printed(press, tmp_path, saved(image, "PNG", profile), "a.png", "pdf")

    assert result.tobytes() == transform(profile, srgb(), ("RGB", "RGB")).apply(image).tobytes()


def test_grey_ink_has_the_lightness_of_the_wide_colour(press: Press, tmp_path: Path) -> None:
    """On a press with a spot red, a picture is printed in black: as light as it was."""
    profile = wide_profile("Adobe RGB")
    image = patched("RGB", PATCHES)
    options = "print.colours: spot"
    result = printed(press, tmp_path, saved(image, "PNG", profile), "a.png", "print", options)
    inked = Image.merge(
        "CMYK", [*(Image.new("L", result.size),) * 3, result.point(lambda v: 255 - v)]
    )
    lights = [lab[0] for lab in labs(middles(inked, len(PATCHES)), fogra39())]
    wanted = [lab[0] for lab in labs(middles(image, len(PATCHES)), profile)]
    darkest = lights[0]

    for light, wanted_light in zip(lights, wanted, strict=True):
        # White is paper, and black is the blackest ink.
        assert light == pytest.approx(darkest + (100 - darkest) * wanted_light / 100, abs=1)


def test_a_picture_without_a_profile_is_srgb(press: Press, tmp_path: Path) -> None:
    image = patched("RGB", PATCHES)
    result = printed(press, tmp_path, saved(image, "PNG"), "a.png")

    assert result.tobytes() == transform(srgb(), fogra39(), ("RGB", "CMYK")).apply(image).tobytes()


CHANGED: dict[str, Callable[[Image.Image, bytes], bytes]] = {
    "transparent": lambda image, profile: saved(image.convert("RGBA"), "PNG", profile),
    "palette": lambda image, profile: saved(image.quantize(256, method=0), "PNG", profile),
    "of version 4.4": lambda image, profile: saved(image, "PNG", _version_4(profile)),
    "with a tail": lambda image, profile: saved(image, "PNG", profile + b"\0"),
    "with a strange header": lambda image, profile: saved(image, "PNG", _strange(profile)),
}


def _version_4(profile: bytes) -> bytes:
    return profile[:8] + b"\4\x40\0\0" + profile[12:]


def _strange(profile: bytes) -> bytes:
    """Another illuminant, an unknown intent, marks where zeros should be."""
    return profile[:64] + b"\0\0\0\x09" + bytes(12) + profile[80:100] + b"x" * 28 + profile[128:]


@pytest.mark.parametrize("change", CHANGED)
def test_a_profile_survives_what_happens_to_its_picture(
    press: Press, tmp_path: Path, change: str
) -> None:
    """
    Flattened, with a palette, or with a profile that xdvipdfmx or libpng would leave out: the
    profile is that of the picture all the same.
    """
    profile = wide_profile("ProPhoto")
    colours = PATCHES[::3]
    image = patched("RGB", colours)
    result = printed(press, tmp_path, CHANGED[change](image, profile), "a.png")
    direct = transform(profile, fogra39(), ("RGB", "CMYK")).apply(image)
    rows = [middles(picture, len(colours)) for picture in (result, direct)]

    assert max(differences(*(labs(row, fogra39()) for row in rows))) <= 1.5


def test_a_turned_photograph_keeps_its_profile(press: Press, tmp_path: Path) -> None:
    """The camera says both: which side is up, and what its colours are."""
    profile = wide_profile("Display P3")
    exif = Image.Exif()
    exif[0x0112] = 3
    image = patched("RGB", PATCHES)
    data = saved(image.rotate(180), "JPEG", profile, exif=exif)
    result = printed(press, tmp_path, data, "a.jpg")
    direct = transform(profile, fogra39(), ("RGB", "CMYK")).apply(image)
    rows = [middles(picture, len(PATCHES)) for picture in (result, direct)]

    assert max(differences(*(labs(row, fogra39()) for row in rows))) <= 4


def test_inks_of_another_press_become_those_of_this_one(press: Press, tmp_path: Path) -> None:
    """A CMYK picture with a profile, also one that is turned; without one its inks stay."""
    other = press_profile("Another press")
    inks = patched("CMYK", [(0, 0, 0, 0), (255, 0, 0, 0), (0, 0, 0, 255), (0, 255, 255, 0)])
    exif = Image.Exif()
    exif[0x0112] = 3
    direct = middles(transform(other, fogra39(), ("CMYK", "CMYK")).apply(inks), 4)
    files = {
        "a": (saved(inks, "JPEG", other), direct),
        "b": (saved(inks.rotate(180), "JPEG", other, exif=exif), direct),
        "c": (saved(inks, "JPEG"), middles(inks, 4)),
        "d": (saved(inks, "JPEG", fogra39() + b"\0"), middles(inks, 4)),
    }
    for name, (data, wanted) in files.items():
        result = printed(press, tmp_path, data, f"{name}.jpg")
        pairs = zip(middles(result, 4).tobytes(), wanted.tobytes(), strict=True)

        assert max(abs(a - b) for a, b in pairs) <= 3, name


def test_a_grey_picture_stays_one_of_black_alone(press: Press, tmp_path: Path) -> None:
    """With a profile it has that lightness; without one its values are those of the ink."""
    profile = gray_profile(1.0)
    ramp = patched("L", range(0, 256, 5))
    count = len(range(0, 256, 5))
    plain = printed(press, tmp_path, saved(ramp, "PNG"), "a.png")
    result = printed(press, tmp_path, saved(ramp, "PNG", profile), "b.png")
    inked = Image.merge(
        "CMYK", [*(Image.new("L", ramp.size),) * 3, result.point(lambda v: 255 - v)]
    )
    lights = [lab[0] for lab in labs(middles(inked, count), fogra39())]
    wanted = [lab[0] for lab in labs(middles(ramp, count), profile)]

    assert plain.mode == result.mode == "L"
    assert plain.tobytes() == ramp.tobytes()
    for light, wanted_light in zip(lights, wanted, strict=True):
        assert light == pytest.approx(lights[0] + (100 - lights[0]) * wanted_light / 100, abs=1)


BROKEN: dict[str, bytes] = {
    "garbage": b"no profile at all " * 20,
    "cut off": wide_profile("ProPhoto")[:300],
    "an empty table": wide_profile("ProPhoto")[:128] + bytes(300),
    "of other colours": gray_profile(1.0),
    "of a press": fogra39(),
    "too short for a header": b"\0\0\0\x08acsp",
}


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_profile_is_none(press: Press, tmp_path: Path, fault: str, kind: str) -> None:
    """The picture is printed as one without a profile, and no output stumbles over it."""
    image = patched("RGB", PATCHES[::5])
    name = f"a.{kind.lower()}"
    for output in ("print", "archive", "pdf"):
        broken, sound = (
            printed(press, tmp_path, saved(image, kind, profile), name, output)
            for profile in (BROKEN[fault], b"")
        )
        rows = [middles(picture, 13) for picture in (broken, sound)]
        pairs = zip(*(row.tobytes() for row in rows), strict=True)

        assert max(abs(a - b) for a, b in pairs) <= (3 if kind == "JPEG" else 0)
