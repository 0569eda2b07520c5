"""All outputs at once, the same bytes wherever they are made; the figures that they read."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from command import jianbao
from fence import FENCE
from jianbao_tex.errors import IssueInvalid
from jianbao_tex.hooks import Figure, Output, OutputSubject
from jianbao_tex.press import Press, Source
from jianbao_tex.registry import gather
from test_registry import plugin, project
from workshop import EXAMPLES

OUTPUTS = (
    *("pdf", "print", "plates", "preprinted", "booklet", "archive", "copies", "png", "txt"),
    *("tex", "certificate"),
)
PROFILE = "FOGRA39L_coated.icc"
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


def test_every_output_declares_the_names_of_its_files(press: Press, made: dict[str, bytes]) -> None:
    """So that old files of an output that is refused later are known to be its own."""
    owners: dict[str, list[str]] = {name: [] for name in made}
    for output in press.registry.outputs.values():
        for suffix in output.suffixes or (output.suffix,):
            pattern = re.escape(f"365{suffix}").replace(r"\*", r"\d+")
            for name in made:
                if re.fullmatch(pattern, name):
                    owners[name].append(output.name)

    assert [name for name, outputs in owners.items() if len(outputs) != 1] == []


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

    assert [name for name in made if _portable(again[name]) != _portable(made[name])] == []


def _portable(data: bytes) -> bytes:
    """A file; a certificate without how TeX was isolated, which it names."""
    return re.sub(rb'isolation(": "| )\w+', b"", data)


def test_kept_results_are_the_same_files(made: dict[str, bytes], tmp_path: Path) -> None:
    first, second = (built(tmp_path / name) for name in ("one", "two"))

    assert first == second == made


# --- Figures that outputs read ---------------------------------------------------------------


WIDTH = Figure("card.width", 90.0, "mm", "实务", "our own", most=200)


def test_an_output_reads_figures_that_there_are() -> None:
    """A misspelt name is found when the registry is built, not when a file is made."""
    card = Output("card", "卡", ".txt", "t/p", bytes, figures=(WIDTH,))
    good = Output("good", "好", ".txt", "t/p", bytes, reads=("card.width",))
    bad = Output("bad", "坏", ".txt", "t/p", bytes, reads=("card.widht",))
    registry = gather([plugin("one", jianbao_outputs=lambda: [card, good, bad])])
    (finding,) = registry.faults

    assert set(registry.outputs) == {"card", "good"}
    assert ("outputs", "bad") not in registry.owners
    assert (finding.code, "did you mean card.width?" in finding.message) == ("JB512", True)


def test_an_output_goes_with_those_that_it_reads() -> None:
    """What is left out takes its figures along; what is no name costs its own plugin alone."""
    first = Output(
        "aa", "甲", ".txt", "t/p", bytes, figures=(replace(WIDTH, name="aa.x"),), reads=("no.y",)
    )
    second = Output("bb", "乙", ".txt", "t/p", bytes, reads=("aa.x",))
    third = Output("cc", "丙", ".txt", "t/p", bytes, reads=(["x"],))  # type: ignore[arg-type]
    good = Output("dd", "丁", ".txt", "t/p", bytes)
    registry = gather([plugin("one", jianbao_outputs=lambda: [first, second, third, good])])

    assert set(registry.outputs) == {"dd"}
    assert [finding.code for finding in registry.faults] == ["JB512"] * 3


def test_an_output_sees_no_figure_that_it_does_not_name(tmp_path: Path) -> None:
    """So that what it reads is what the registry looked at."""
    seen: list[set[str]] = []

    def make(subject: OutputSubject) -> bytes:
        seen.append(set(subject.job.settings))
        with pytest.raises(KeyError):
            subject.job.file("print.profile")
        return b"x"

    card = Output("card", "卡", ".card", "t/p", make, figures=(WIDTH,), reads=("pdf.red",))
    press = project(tmp_path, one=plugin("one", jianbao_outputs=lambda: [card])).press
    press.press(Source.from_bytes("masthead: {name: 简报}".encode(), "i.yaml"), ("card",))

    assert seen == [{"card.width", "pdf.red"}]


def test_a_path_is_no_name_of_a_file_of_tex(tmp_path: Path) -> None:
    """TeX finds whatever a path leads to; a figure names what lies beside the issue, or a name."""
    icc = subprocess.run(["kpsewhich", PROFILE], capture_output=True, text=True, check=True)
    elsewhere = shutil.copy(icc.stdout.strip(), tmp_path / PROFILE)
    (tmp_path / "issues").mkdir()
    press = Press(plugins={}, sandbox=FENCE)
    codes = {}
    for name in (PROFILE, str(elsewhere), f"../{PROFILE}", f"colorprofiles/{PROFILE}"):
        text = f"masthead: {{name: 简报}}\narticles: {{body: 文。}}\noptions: {{print.profile: {name}}}\n"
        source = Source.from_bytes(text.encode(), "i.yaml", tmp_path / "issues")
        try:
            press.press(source, ("print",))
            codes[name] = ""
        except IssueInvalid as wrong:
            codes[name] = wrong.findings[0].code
    press.engine.close()

    assert codes.pop(PROFILE) == ""
    assert set(codes.values()) == {"JB430"}


def test_all_that_the_built_in_outputs_read_there_is(press: Press) -> None:
    """Each is made with the figures that it declares, and asks for no other."""
    outputs = press.registry.outputs
    known = press.registry.settings

    assert len(outputs) >= 10
    assert all(figure in known for output in outputs.values() for figure in output.reads)
    assert sum(bool(output.reads) for output in outputs.values()) >= 5
