"""How much ink a file for the press puts on one place: what is above the limit is named."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from icc_profiles import wide_profile
from jianbao_tex.findings import Severity
from jianbao_tex.press import Press, PressResult
from jianbao_tex.testing import plugin_at
from workshop import ROOT, Workshop

HEAVY = (255, 230, 230, 200)
"""Inks of 359 %."""
LIGHT = (255, 255, 255, 0)
"""Inks of exactly 300 %."""


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **more)
    return buffer.getvalue()


def inks(*colours: tuple[int, ...]) -> bytes:
    """A photograph in four inks, one colour beside the other."""
    image = Image.new("CMYK", (600, 400), colours[-1])
    for index, colour in enumerate(colours):
        image.paste(colour, (index * 600 // len(colours), 0, 600, 400))
    return saved(image, "JPEG", quality=100, subsampling=0)


def pressed(
    press: Press, folder: Path, body: str, options: str = "", output: str = "print"
) -> PressResult:
    options = f"print.colours: cmyk, {options}" if options else "print.colours: cmyk"
    text = (
        f"masthead: {{name: 工作简报}}\ncopy_number: '01'\noptions: {{{options}}}\n"
        f"articles:\n- body:\n  - 正文。\n{body}imprint: {{issuer: 办公室, copies: 3}}\n"
    )
    return press.press(Workshop.source(text, folder), (output,))


def heavy(result: PressResult) -> list[tuple[int, str]]:
    """The line and the message of each warning of too much ink."""
    found = [f for f in result.findings if f.code in {"JB376", "JB377"}]
    assert {f.severity for f in found} <= {Severity.WARNING}
    return [(f.where.line, f.message) for f in found]


@pytest.mark.parametrize("output", ["print", "copies", "booklet"])
def test_a_picture_with_too_much_ink_is_named_at_its_place(
    press: Press, tmp_path: Path, output: str
) -> None:
    """Which one of several it is, and how much ink; those within the limit are not named."""
    (tmp_path / "light.jpg").write_bytes(inks(LIGHT))
    (tmp_path / "heavy.jpg").write_bytes(inks(LIGHT, HEAVY))
    body = "".join(
        f"  - image: {{file: {name}, width: 0.3}}\n"
        for name in ("light.jpg", "heavy.jpg", "light.jpg")
    )
    result = pressed(press, tmp_path, body, output=output)
    message = "the picture heavy.jpg is printed with up to 359 % of ink; the limit is 300 %"

    assert heavy(result) == [(8, message)]


def test_the_ink_is_that_of_the_profile(press: Press, tmp_path: Path) -> None:
    """The black of a screen, also of a wide one, becomes 316 % by FOGRA39; grey is black alone."""
    for name, image, profile in (
        ("a.png", Image.new("RGB", (400, 300), (0, 0, 0)), b""),
        ("b.png", Image.new("RGB", (400, 300), (0, 0, 0)), wide_profile("Adobe RGB")),
        ("c.png", Image.new("L", (400, 300), 0), b""),
    ):
        (tmp_path / name).write_bytes(saved(image, "PNG", icc_profile=profile or None))
    body = "".join(f"  - image: {{file: {n}, width: 0.2}}\n" for n in ("a.png", "b.png", "c.png"))
    lines = [line for line, message in heavy(pressed(press, tmp_path, body)) if "316 %" in message]

    assert lines == [7, 8]


@pytest.mark.parametrize(("limit", "is_heavy"), [("360", False), ("358 %", True), ("280", True)])
def test_the_limit_is_the_print_shops(
    press: Press, tmp_path: Path, limit: str, is_heavy: bool
) -> None:
    (tmp_path / "a.jpg").write_bytes(inks(HEAVY))
    result = pressed(
        press, tmp_path, "  - image: {file: a.jpg, width: 0.3}\n", f"print.ink-limit: {limit}"
    )

    assert bool(heavy(result)) == is_heavy


def test_single_points_do_not_count(press: Press, tmp_path: Path) -> None:
    """The noise of a camera; a thousandth of the picture is a square of some millimetres."""
    for name, side in (("few.png", 8), ("many.png", 40)):
        image = Image.new("RGB", (600, 400), (128, 128, 128))
        image.paste((0, 0, 0), (0, 0, side, side))
        (tmp_path / name).write_bytes(saved(image, "PNG"))
    body = "".join(f"  - image: {{file: {n}, width: 0.3}}\n" for n in ("few.png", "many.png"))

    assert [line for line, _ in heavy(pressed(press, tmp_path, body))] == [8]


@pytest.mark.parametrize("options", ["print.colours: spot", "print.colours: gray"])
def test_two_inks_are_never_too_much(press: Press, tmp_path: Path, options: str) -> None:
    """Pictures are printed in black alone there."""
    (tmp_path / "a.jpg").write_bytes(inks(HEAVY))
    text = (
        f"masthead: {{name: 工作简报}}\noptions: {{{options}}}\n"
        "articles: {body: [文。, {image: {file: a.jpg, width: 0.3}}]}\n"
    )

    assert heavy(press.press(Workshop.source(text, tmp_path), ("print",))) == []


def test_a_red_with_too_much_ink_is_named_where_it_is_set(press: Press, tmp_path: Path) -> None:
    """Once, although several pages have it."""
    ((line, message),) = heavy(pressed(press, tmp_path, "", "colour.red: 0.9 1 1 0.4"))

    assert line == 3
    assert message == "the colour 0.9 1 1 0.4 of page 1 has 330 % of ink; the limit is 300 %"


def test_a_colour_of_a_style_is_named_with_its_page(press: Press) -> None:
    """It has no place in the issue."""
    folder = ROOT / "tests" / "broken" / "master_with_a_third_ink"
    text = (folder / "issue.yaml").read_text(encoding="utf-8")
    options = "options: {print.colours: cmyk, print.ink-limit: 140}"
    found = plugin_at(folder / "plugins" / "own")
    owned = Press(plugins={found.name: found}, sandbox=press.sandbox)
    text = text.replace("layout: own\n", f"layout: own\n{options}\n")
    result = owned.press(Workshop.source(text), ("print",))
    owned.engine.close()

    # The red of the layout is one of 160 %, that of the style one of 150 %.
    assert [message[:32] for _, message in heavy(result)] == [
        "the colour 0 0.8 0.8 0 of page 1",
        "the colour 1 0.5 0 0 of page 1 h",
    ]
