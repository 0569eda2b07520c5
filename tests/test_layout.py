"""Layouts: every figure with unit, strength and source, and nothing unchecked reaches TeX."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jianbao_tex.errors import LayoutBroken
from jianbao_tex.hooks import hookimpl
from jianbao_tex.layout import STRENGTHS, Layout
from jianbao_tex.press import Press
from workshop import ROOT

CLASSIC = ROOT / "templates" / "latex" / "layouts" / "classic"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CLASSIC, tmp_path / "mine"))


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "layout.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_figure_of_classic_has_strength_and_source() -> None:
    layout = Layout.from_folder(CLASSIC)

    assert len(layout.figures) >= 60
    assert all(f.strength in STRENGTHS and f.source for f in layout.figures.values())
    assert {f.strength for f in layout.figures.values()} >= {"规定", "一般", "推荐", "实务"}


def test_figures_become_tex_with_their_units() -> None:
    figures = Layout.from_folder(CLASSIC).figures

    assert figures["grid.width"].tex == "156mm"
    assert figures["grid.rows"].tex == "22"
    assert figures["colour.red"].tex == "{0,0.8,0.8,0}"
    assert figures["margin.mirrored"].tex == "false"
    assert figures["page-number.form"].tex == r"{\jbDash\,\thepage\,\jbDash}"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('unit = "mm", least = 50, strength = "规定", source = "GB/T 9704-2012, 5.1', 'unit = "inch", strength = "规定", source = "', "unknown unit"),
        ('strength = "规定", source = "GB/T 9704-2012, 6 (红', 'strength = "必须", source = "(红', "strength is one of"),
        ('body = { value = "fangsong"', 'body = { value = "\\\\input{x}"', "lower case letters"),
        (r"\jbDash\,\thepage", r"\input{x}", "\\input is not allowed"),
        (r"\jbDash\,\thepage", r"{\thepage", "does not parse"),
        (r"\jbDash\,\thepage", r"$x$", "only text, groups and macros"),
        ('name = "classic"', 'name = ', "cannot be read"),
    ],
)  # fmt: skip
def test_a_figure_without_sense_is_refused_by_name(
    folder: Path, old: str, new: str, reason: str
) -> None:
    change(folder, old, new)

    with pytest.raises(LayoutBroken) as info:
        Layout.from_folder(folder)
    assert info.value.findings[0].code == ("JB211" if reason == "cannot be read" else "JB212")
    assert reason in info.value.findings[0].message
    assert "layout.toml" in str(info.value.findings[0].where)


@pytest.mark.parametrize("name", ["layout.toml", "issue.tex.jinja"])
def test_a_folder_without_its_files_is_no_layout(folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(LayoutBroken, match=f"JB210 .*{name}"):
        Layout.from_folder(folder)


def extending(folder: Path, base: str) -> Layout:
    """A layout in a folder of its own that says two things and takes the rest from another."""
    folder.mkdir()
    (folder / "layout.toml").write_text(
        f'name = "mine"\nextends = "{base}"\n'
        "[figures.margin]\ntop = { value = 30 }\n"
        '[figures.mine]\nnew = { value = 3, unit = "mm", strength = "实务", source = "ours" }\n',
        encoding="utf-8",
    )
    shutil.copy(CLASSIC / "issue.tex.jinja", folder)
    return Layout.from_folder(folder)


def test_a_layout_that_extends_another_says_only_what_differs(tmp_path: Path) -> None:
    """The rest, also what the standard says of a changed figure, is the other's."""
    layout = extending(tmp_path / "mine", "classic").extending(Layout.from_folder(CLASSIC))

    assert layout.grid.top == 30
    assert layout.figures["mine.new"].tex == "3mm"
    assert layout.figures["grid.rows"].value == 22
    assert [f.name for f in layout.deviations] == ["margin.top"]
    assert layout.deviations[0].standard_shown == "37 mm"


def test_layouts_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    class Plugin:
        @hookimpl
        def jianbao_layouts(self) -> list[Layout]:
            return [extending(tmp_path / "mine", "mine")]

    registry = Press(plugins={"department": Plugin()}).registry
    (finding,) = registry.faults

    assert finding.code == "JB216"
    assert finding.message == "the layout cannot extend mine"
    assert "mine" not in registry.layouts


def test_options_change_a_figure_within_its_bounds() -> None:
    """In its own unit or another length; the standard's word stays what it was."""
    layout = Layout.from_folder(CLASSIC).with_option("margin.top", "3.5 cm")
    layout = layout.with_option("title.size", "21bp").with_option("colour.red", "0, 1, 1, 0")

    assert layout.figures["margin.top"].mm == pytest.approx(35)
    assert layout.figures["title.size"].tex == "21bp"
    assert layout.figures["colour.red"].value == (0, 1, 1, 0)
    assert [(f.name, f.standard_shown) for f in layout.deviations] == [
        ("margin.top", "37 mm"),
        ("colour.red", "0,0.8,0.8,0"),
        ("title.size", "22 bp"),
    ]


def test_a_tolerance_of_the_standard_is_no_deviation() -> None:
    layout = Layout.from_folder(CLASSIC).with_option("margin.top", "36.5mm")

    assert not layout.deviations


@pytest.mark.parametrize(
    ("school", "pitch_bp", "first", "last"),
    [("outside", 29.62, 41.903, 261.331), ("inside", 28.99, 44.231, 259.004)],
)
def test_both_schools_of_pitch(school: str, pitch_bp: float, first: float, last: float) -> None:
    """(225 mm - em)/21 with the half-leads outside the type area, 225/22 inside."""
    grid = Layout.from_folder(CLASSIC).with_option("grid.half-leads", school).grid

    assert grid.pitch * 72 / 25.4 == pytest.approx(pitch_bp, abs=0.01)
    assert grid.first == pytest.approx(first, abs=0.001)
    assert grid.first + 21 * grid.pitch == pytest.approx(last, abs=0.001)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("page-number.drop", "20mm", ""),
        ("margin.top", "62mm", "the page number is outside the paper"),
        ("grid.width", "18.5 cm", "the type area is larger than the paper"),
        ("grid.rows", "42", "rows of 5.57 mm do not fit"),
    ],
)
def test_figures_of_which_no_page_can_be_made(name: str, value: str, reason: str) -> None:
    """Each is within its own bounds; together they leave the paper."""
    fault = Layout.from_folder(CLASSIC).with_option(name, value).fault

    assert reason in str(fault or "")
    assert bool(fault) == bool(reason)


@pytest.mark.parametrize(
    ("count", "gutter", "columns", "is_wide"),
    [(1, 6, 16, True), (2, 6, 16, True), (3, 4, 20, True), (3, 4, 19, False), (3, 6, 24, True), (3, 6, 23, False)],
)  # fmt: skip
def test_a_column_of_text_has_room_for_four_characters(
    press: Press, count: int, gutter: int, columns: int, is_wide: bool
) -> None:
    """What all the gutters leave is shared; in less than that most words would be broken."""
    layout = press.registry.layouts["newsletter"]
    for name, value in (("columns.count", count), ("columns.gutter", gutter), ("grid.columns", columns), ("grid.rows", 14)):  # fmt: skip
        layout = layout.with_option(name, str(value))

    assert (layout.fault is None) == is_wide
    assert is_wide or "narrower than four characters" in str(layout.fault)
