"""Pictures, profiles and fonts that others made: read apart, and named where they take too much."""

from __future__ import annotations

import io
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from PIL import Image

from fence import FENCE
from jianbao_tex import fonts, images
from jianbao_tex.children import end_apart
from jianbao_tex.errors import IssueInvalid, JianbaoError, ToolMissing
from jianbao_tex.images import TooManyPixels, foreign_image, image_for_tex
from jianbao_tex.language import InvalidValue
from jianbao_tex.layout import PictureRoom
from jianbao_tex.prepress import profiles
from jianbao_tex.press import Press, Source
from jianbao_tex.store import Store

ROOM = PictureRoom(156, 146, 400)
ISSUE = (
    "masthead: {name: 工作简报}\nnumber: 1\n"
    "articles: {title: 标题, body: [正文。, {image: a.png}, {image: b.png}]}\n"
)


@pytest.fixture(autouse=True)
def _own_children() -> Iterator[None]:
    """A fork has the code that it was made with."""
    end_apart()
    yield
    end_apart()


def picture(mode: str = "RGB", size: tuple[int, int] = (300, 200), kind: str = "PNG") -> bytes:
    data = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else 1).save(data, kind)
    return data.getvalue()


def take_memory(*_: object) -> NoReturn:
    _ = bytearray(4 * 1024**3)
    raise AssertionError


def never_end(*_: object) -> NoReturn:
    while True:
        pass


def crash(*_: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGSEGV)
    raise AssertionError


FAULTS = pytest.mark.parametrize(
    ("fault", "reason"),
    [(take_memory, "too much memory"), (never_end, "second"), (crash, "SIGSEGV")],
)


@pytest.mark.alone
@FAULTS
def test_a_picture_that_takes_too_much_is_named_and_the_next_one_read(
    fault: Callable[..., NoReturn], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.png").write_bytes(picture())
    (tmp_path / "b.png").write_bytes(picture("1", (50, 50)))
    real = images.image_for_tex
    monkeypatch.setattr(images, "_SECONDS", 1)
    monkeypatch.setattr(
        images,
        "image_for_tex",
        lambda d, r: fault() if b"IDAT" in d and len(d) > 300 else real(d, r),
    )
    press = Press(plugins={}, sandbox=FENCE)
    with pytest.raises(IssueInvalid) as info:
        press.compose(Source.from_bytes(ISSUE.encode(), "issue.yaml", tmp_path))

    (finding,) = info.value.findings
    assert (finding.code, finding.where.line) == ("JB405", 3)
    assert reason in finding.message


@pytest.mark.alone
@FAULTS
def test_a_font_that_takes_too_much_is_named(
    fault: Callable[..., NoReturn], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = next(f for f in Press(plugins={}).fonts.typeface("fangsong").chain).path
    shutil.copy(own, tmp_path / own.name)
    monkeypatch.setattr(fonts, "_read_outlines", fault)
    press = Press(plugins={}, sandbox=FENCE, fonts=[tmp_path])
    with pytest.raises(ToolMissing, match="JB415") as info:
        press.compose(
            Source.from_bytes(b"masthead: {name: \xe7\xae\x80\xe6\x8a\xa5}\n", "issue.yaml")
        )

    assert reason in info.value.findings[0].message


@pytest.mark.alone
@FAULTS
def test_a_profile_that_takes_too_much_is_named(
    fault: Callable[..., NoReturn], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.icc").write_bytes(b"a profile of its own")
    monkeypatch.setattr(profiles, "_read_profile", fault)
    text = "masthead: {name: 工作简报}\noptions: {print.profile: own.icc}\n"
    press = Press(plugins={}, sandbox=FENCE)
    with pytest.raises(JianbaoError) as info:
        press.press(Source.from_bytes(text.encode(), "issue.yaml", tmp_path), ("print",))

    assert reason in info.value.findings[0].message


def test_a_picture_is_the_same_apart_and_here(store: Store) -> None:
    """One that is left alone, one that is turned into another form, one that is kept."""
    for data in (picture(), picture("LA"), picture("L", (6000, 4000), "JPEG")):
        expected = image_for_tex(data, ROOM)
        assert foreign_image(data, ROOM) == expected
        assert [foreign_image(data, ROOM, store) for _ in range(2)] == [expected] * 2


def test_what_is_too_large_is_said_with_its_numbers() -> None:
    with pytest.raises(TooManyPixels) as info:
        foreign_image(picture("1", (10_000, 5000)), ROOM)

    assert (info.value.count, info.value.most) == (50_000_000, 40_000_000)


def test_a_font_that_was_replaced_is_read_again(tmp_path: Path) -> None:
    """A process that is kept has the old file in its memory."""
    own = Press(plugins={}).fonts.typeface("fangsong").chain[0].path
    path = tmp_path / own.name
    shutil.copy(own, path)
    request = f"0 {path}".encode()
    assert fonts.read_font_apart(request)
    path.unlink()
    path.write_bytes(b"no font")

    with pytest.raises(InvalidValue):
        fonts.read_font_apart(request)
