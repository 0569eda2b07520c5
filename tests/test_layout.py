"""Layouts: every figure with unit, strength and source, and nothing unchecked reaches TeX."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conftest import ROOT
from jianbao_tex.errors import LayoutBroken
from jianbao_tex.layout import STRENGTHS, Layout

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
        ('body = { value = "fangsong"', 'body = { value = "\\\\input{x}"', "small letters"),
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
