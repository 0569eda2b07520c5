"""All pairs of settings of the outputs: each pair builds, or is refused by name."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from PIL import Image

from icc_profiles import press_profile, wide_profile
from jianbao_tex.errors import JianbaoError
from jianbao_tex.handout import FileReader, make_outputs
from jianbao_tex.hooks import Figure, Job, MasterSubject
from jianbao_tex.issue_folder import IssueFolder
from jianbao_tex.press import Press
from workshop import Workshop

ISSUE = """\
masthead: {name: 工作简报, issuer: 办公室}
copy_number: "0001"
articles: {title: 题目, body: [正文。, {image: {file: a.png, width: 0.3}}]}
distribution: {报: 省委}
imprint: {issuer: 办公室, copies: 3}
"""
NEW_PROFILE = "new.icc"
"""A press profile of version 4, which old standards do not know."""
WIDE_PROFILE = "wide.icc"
TEXTS = {
    "print.ink": ("PANTONE 185 C",),
    "print.profile": (NEW_PROFILE,),
    "print.rgb-profile": (WIDE_PROFILE,),
}
"""The other values of figures that are texts; a new figure of this kind needs a line here."""
SLOW = {"png.dpi": ("20",), "plates.dpi": ("20",), "copies.count": ("1000",)}
"""Where the largest value only makes larger images, or more copies."""

Setting = tuple[str, str]
"""A figure and the value that an issue gives it."""


def values_of(figure: Figure) -> tuple[str, ...]:
    """Values of a figure other than its default: all choices, both answers, both bounds."""
    if figure.is_text or figure.name in SLOW:
        return {**TEXTS, **SLOW}[figure.name]
    if figure.choices:
        return tuple(choice for choice in figure.choices if choice != figure.value)
    if isinstance(figure.value, bool):
        return ("false" if figure.value else "true",)
    if isinstance(figure.value, tuple):
        return (" ".join(["0.5"] * len(figure.value)),)
    bounds = {figure.least, figure.most} - {figure.value}
    return tuple(f"{bound:g}" for bound in sorted(bounds))


class Bench:
    """An issue that is typeset once; its outputs are made with any settings."""

    def __init__(self, press: Press, folder: Path) -> None:
        self.press = press
        self.folder = folder
        workshop = Workshop(press)
        self.settings = workshop.compose(ISSUE, folder).settings
        self.subject: MasterSubject = workshop.subject(ISSUE, folder)

    def refusal(self, output: str, settings: Mapping[str, str]) -> str | None:
        """What is said of an output that is refused with these settings; ``None`` if it builds."""
        figures = {name: self.settings[name].with_value(settings[name]) for name in settings}
        figures = {**self.settings, **figures}
        locate = self.press.engine.tools.locate
        reader = FileReader(self.subject.issue, IssueFolder(self.folder), figures, locate)
        job = Job(settings=figures, file=reader.file)
        try:
            make_outputs(self.press.registry, (output,), self.subject.with_job(job), reader)
        except JianbaoError as error:
            return "\n".join(f"{f.message}\n{f.advice}" for f in error.findings)
        return None

    def pairs(self, output: str) -> Iterator[tuple[Setting, Setting]]:
        """All pairs of settings that one output reads, each setting valid alone."""
        record = self.press.registry.outputs[output]
        names = (*(figure.name for figure in record.figures), *record.reads)
        settings = [
            (name, value)
            for name in names
            for value in values_of(self.settings[name])
            if self.refusal(output, {name: value}) is None
        ]
        for first, second in itertools.combinations(settings, 2):
            if first[0] != second[0]:
                yield first, second


@pytest.fixture(scope="module")
def bench(press: Press, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("pairs")
    Image.new("RGB", (40, 30), (200, 30, 40)).save(folder / "a.png")
    (folder / NEW_PROFILE).write_bytes(press_profile("A press of today", 0x0440))
    (folder / WIDE_PROFILE).write_bytes(wide_profile("Adobe RGB"))
    return Bench(press, folder)


def test_every_figure_has_values_to_try(press: Press) -> None:
    """Also one that was added later."""
    figures = press.registry.settings.values()

    assert len(figures) >= 17
    assert [figure.name for figure in figures if not values_of(figure)] == []


@pytest.mark.parametrize(
    "output", ["pdf", "png", "print", "plates", "preprinted", "copies", "booklet", "archive"]
)
def test_each_pair_of_settings_builds_or_is_refused_by_name(bench: Bench, output: str) -> None:
    """
    Settings that are valid alone may exclude each other; then the finding names both, so that
    the user knows what to change.
    """
    count = 0
    for first, second in bench.pairs(output):
        refusal = bench.refusal(output, dict([first, second]))
        count += 1

        assert refusal is None or (first[0] in refusal and second[0] in refusal), (
            f"{first}, {second}: {refusal}"
        )
    assert count >= 1


def test_outputs_without_settings_have_no_pairs(press: Press) -> None:
    """So that the list of outputs above stays complete."""
    settled = [
        name
        for name, output in press.registry.outputs.items()
        if len((*output.figures, *output.reads)) < 2
    ]

    assert set(settled) == {"txt", "tex", "certificate", "proof"}


def test_a_page_without_bleed_and_marks_is_the_whole_sheet(bench: Bench) -> None:
    """The pair that was refused before: the sheet has no margin, and nothing moves."""
    assert bench.refusal("print", {"print.bleed": "0", "print.marks": "false"}) is None
