"""All outputs at once, by the command: the same bytes wherever and however they are made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from command import jianbao
from workshop import EXAMPLES

OUTPUTS = (
    *("pdf", "print", "plates", "preprinted", "booklet", "archive", "copies", "png", "txt"),
    *("tex", "certificate"),
)
WORDS = [word for name in OUTPUTS for word in ("--output", name)]


def built(folder: Path, *more: str, **variables: str) -> dict[str, bytes]:
    """What the command makes of an example in a folder of its own."""
    place = folder / "issues"
    place.mkdir(parents=True)
    shutil.copy(EXAMPLES / "series.yaml", place)
    text = (EXAMPLES / "365.yaml").read_text(encoding="utf-8")
    head = 'copy_number: "0001"\n'
    options = "options: {copies.count: 3, print.bars: true, png.dpi: 40, "
    (place / "365.yaml").write_text(head + text.replace("options: {", options), encoding="utf-8")
    done = jianbao("build", "365.yaml", "-o", "out", *WORDS, *more, folder=place, **variables)
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in (place / "out").iterdir()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return built(tmp_path_factory.mktemp("first"), "--no-cache", PYTHONHASHSEED="1")


def test_every_output_makes_its_files(made: dict[str, bytes]) -> None:
    pages = range(1, 9)

    assert set(made) == {
        *("365.pdf", "365-print.pdf", "365-plate-red.pdf", "365-plate-black.pdf"),
        *("365-preprinted.pdf", "365-booklet.pdf", "365-archive-a1b.pdf", "365-archive-a3b.pdf"),
        *("365-copies.pdf", "365.txt", "365-tex.zip"),
        *("365-certificate.json", "365-certificate.html"),
        *(f"365-page-{n}.png" for n in pages),
        *(f"365-plate-{ink}-{n}.png" for ink in ("red", "black") for n in pages),
    }


@pytest.mark.parametrize(
    ("more", "variables"),
    [
        (["--no-cache", "--jobs", "3"], {"PYTHONHASHSEED": "2", "TZ": "Asia/Shanghai"}),
        (["--sandbox", "off", "--no-cache"], {"LC_ALL": "zh_CN.UTF-8", "JIANBAO_LANG": "zh"}),
    ],
)
def test_the_bytes_are_always_the_same(
    made: dict[str, bytes], more: list[str], variables: dict[str, str], tmp_path: Path
) -> None:
    """Another folder, time zone, language, order of sets, with and without a fence."""
    again = built(tmp_path / "elsewhere", *more, **variables)

    assert [name for name in made if again[name] != made[name]] == []


def test_kept_results_are_the_same_files(made: dict[str, bytes], tmp_path: Path) -> None:
    first, second = (built(tmp_path / name) for name in ("one", "two"))

    assert first == second == made
