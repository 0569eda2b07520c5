"""Pictures and fonts of plugins: found by name, bounded, and named among the inputs."""

from __future__ import annotations

import errno
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from PIL import Image

from command import jianbao
from fence import FENCE
from folder_plugins import ONE, SECTION, project
from jianbao_tex.registry.plugin_assets import MOST_FILES, MOST_PICTURE_BYTES
from jianbao_tex.testing import Project

STAR = "\U00013000"
"""A hieroglyph, which no font of the chains has."""
PICTURE = '<% set p = asset("mine-logo.png") %>\n\\jbPicture{<%= p.name %>}{0.5}{<%= p.ratio %>}\n\\jbHeading{1}{<%= section.words %>}\n'


def png(size: tuple[int, int] = (800, 400), mode: str = "L") -> bytes:
    data = io.BytesIO()
    Image.new(mode, size, 0).save(data, "PNG")
    return data.getvalue()


def font(character: str = STAR) -> bytes:
    """A font with one character, a square, and the space that TeX asks for."""
    pen = TTGlyphPen(None)
    for point, move in (
        ((100, 0), pen.moveTo),
        *(((x, y), pen.lineTo) for x, y in ((900, 0), (900, 800), (100, 800))),
    ):
        move(point)
    pen.closePath()
    square = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "star", "space"])
    builder.setupCharacterMap({ord(character): "star", 32: "space"})
    builder.setupGlyf({".notdef": square, "star": square, "space": TTGlyphPen(None).glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 100), "star": (1000, 100), "space": (500, 0)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable(
        {"familyName": "Mine Star", "styleName": "Regular", "psName": "MineStar"}
    )
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120)
    builder.setupPost()
    data = io.BytesIO()
    builder.save(data)
    return data.getvalue()


def fonts_of(pdf: bytes) -> set[str]:
    """The names of the fonts in a PDF, without the tags of subsets."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = [font for page in document.pages for font in page.resources.Font.values()]
        return {str(font.BaseFont).rpartition("+")[2].removesuffix("-Identity-H") for font in fonts}


def with_assets(
    folder: Path, files: dict[str, bytes], manifest: str = ONE, **templates: str
) -> Project:
    made = project(
        folder, manifest, **(templates or {"one": "\\jbHeading{1}{<%= section.words %>}\n"})
    )
    (folder / "mine" / "assets").mkdir()
    for name, data in files.items():
        (folder / "mine" / "assets" / name).write_bytes(data)
    return made


def faults(made: Project) -> list[str]:
    return [str(absence.finding.message) for absence in made.registry.absences]


def test_a_template_finds_a_picture_by_its_name(tmp_path: Path) -> None:
    made = with_assets(tmp_path, {"mine-logo.png": png()}, one=PICTURE)
    build = made.build(SECTION, outputs=("pdf", "certificate"))

    assert (build.exit_code, build.codes) == (0, [])
    assert "\\jbPicture{mine-logo.png}{0.5}{0.5}" in build.body
    certificate = next(a for a in build.artifacts if a.name.endswith(".json"))
    assert "mine/assets/mine-logo.png" in json.loads(certificate.data)["inputs"]


def test_a_picture_that_needs_work_keeps_its_name(tmp_path: Path) -> None:
    """A picture with transparency is converted; TeX finds it under its own name."""
    made = with_assets(tmp_path, {"mine-logo.png": png(mode="LA")}, one=PICTURE)
    build = made.build(SECTION)

    assert (build.exit_code, build.codes) == (0, [])
    assert build.tree
    assert build.tree.files["mine-logo.png"] != png(mode="LA")


def test_a_picture_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    made = with_assets(tmp_path, {"mine-seal.png": png()}, one=PICTURE)
    build = made.check(SECTION)

    assert build.exit_code == 5
    assert "there is no picture mine-logo.png; known: mine-seal.png" in str(
        build.findings[0].message
    )
    assert build.findings[0].where.line == 1


def test_issues_that_do_not_use_the_plugin_have_none_of_it(tmp_path: Path) -> None:
    made = with_assets(tmp_path, {"mine-logo.png": b"no picture"}, one=PICTURE)
    other = made.check("masthead: {name: 简报}\narticles: {title: 一, body: 文。}\n")
    own = made.check(SECTION)

    assert (other.exit_code, own.exit_code) == (0, 5)
    assert other.tree
    assert not other.tree.assets
    assert "its bytes are neither PNG nor JPEG" in str(own.findings[0].message)


@pytest.mark.parametrize(
    "name", ["logo.png", "mine.svg", "mine-a b.png", "mine-.Png", "other-a.png"]
)
def test_names_are_those_of_the_plugin(tmp_path: Path, name: str) -> None:
    made = with_assets(tmp_path, {name: png()})

    assert len(faults(made)) == 1
    assert f"the file {name} of plugin mine 1.0 cannot be used" in faults(made)[0]


def test_a_link_out_of_the_plugin_is_refused(tmp_path: Path) -> None:
    made = with_assets(tmp_path, {})
    (tmp_path / "secret.png").write_bytes(png())
    (tmp_path / "mine" / "assets" / "mine-a.png").symlink_to(tmp_path / "secret.png")
    (tmp_path / "mine" / "assets" / "mine-b.png").mkdir()

    assert [fault.rpartition(": ")[2] for fault in faults(made)] == [
        "it is outside the plugin's folder",
        "it is not a file",
    ]


def test_size_and_number_are_bounded(tmp_path: Path) -> None:
    many = {f"mine-{n:03}.png": png() for n in range(MOST_FILES)}
    made = with_assets(tmp_path, {**many, "mine-large.png": bytes(MOST_PICTURE_BYTES + 1)})

    said = faults(made)
    assert [fault.rpartition(": ")[2] for fault in said] == [f"it has more than {MOST_FILES} files"]
    assert not made.registry.assets["mine"].pictures
    (tmp_path / "mine" / "assets" / "mine-000.png").unlink()
    fewer = Project(tmp_path, [tmp_path / "mine"], FENCE)
    assert [fault.rpartition(": ")[2] for fault in faults(fewer)] == [
        f"it has more than {MOST_PICTURE_BYTES} bytes"
    ]
    assert len(fewer.registry.assets["mine"].pictures) == MOST_FILES - 1


# --- Fonts ---------------------------------------------------------------------------------------


def test_a_font_serves_characters_that_all_others_lack(tmp_path: Path) -> None:
    manifest = ONE + '\n[fonts."mine-star.ttf"]\nroles = ["song", "fangsong", "hei"]\n'
    made = with_assets(tmp_path, {"mine-star.ttf": font()}, manifest)
    text = f"masthead: {{name: 简报}}\narticles: {{title: 一, body: 文{STAR}。}}\n"
    without = Project(tmp_path, (), FENCE).check(text)
    build = made.build(text, outputs=("pdf", "certificate"))
    other = made.build(text.replace(STAR, ""))

    assert "JB401" in without.codes
    assert (build.exit_code, build.codes) == (0, []), build.findings
    assert f"文{STAR}。" in build.page_texts[0]
    assert "MineStar" in fonts_of(build.pdf)
    assert "MineStar" not in fonts_of(other.pdf)
    certificate = next(a for a in build.artifacts if a.name.endswith(".json"))
    said = json.loads(certificate.data)
    assert "mine-star.ttf" in said["inputs"]
    assert [plugin["name"] for plugin in said["plugins"]] == ["mine"]


STYLE = """\\ProvidesExplPackage{mine}{2026-11-27}{1.0}{A font}
\\AtBeginDocument{\\setCJKfamilyfont{mine}{mine-star.ttf}}
\\NewDocumentCommand\\mineStar{m}{\\par{\\CJKfamily{mine}#1}\\par}
"""


@pytest.mark.parametrize(
    ("data", "code"), [(font("字"), 0), (b"no font", 5), (font("字")[:400], 5)]
)
def test_a_style_loads_a_font_by_its_file(tmp_path: Path, data: bytes, code: int) -> None:
    """One that is damaged is named before TeX reads it."""
    manifest = ONE.replace('label = "一"\n', 'label = "一"\nstyles = ["mine.sty"]\n', 1)
    made = with_assets(
        tmp_path, {"mine-star.ttf": data}, manifest, one="\\mineStar{<%= section.words %>}\n"
    )
    (tmp_path / "mine" / "mine.sty").write_text(STYLE, "utf-8")
    build = made.build(SECTION)

    assert (build.exit_code, build.codes) == (code, ["JB545"] if code else []), build.findings
    assert code or "MineStar" in fonts_of(build.pdf)
    assert code or "字" in build.page_texts[0]


def test_a_font_without_a_table_that_tex_needs_is_refused(tmp_path: Path) -> None:
    data = io.BytesIO(font())
    with TTFont(data) as whole:
        del whole["post"]
        lacking = io.BytesIO()
        whole.save(lacking)
    made = with_assets(tmp_path, {"mine-star.ttf": lacking.getvalue()})
    build = made.check(SECTION)

    assert build.codes == ["JB545"]
    assert "it lacks the tables post" in str(build.findings[0].message)


def test_an_unreadable_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = with_assets(tmp_path, {"mine-logo.png": png()})
    usual = Path.iterdir

    def refused(self: Path) -> Iterator[Path]:
        # For root no folder is unreadable.
        if self.name == "assets":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return usual(self)

    monkeypatch.setattr(Path, "iterdir", refused)

    assert faults(made) == ["the file assets of plugin mine 1.0 cannot be used: permission denied"]


@pytest.mark.parametrize(
    ("data", "roles", "said"),
    [
        (b"no font", '["song"]', "the file mine-star.ttf of plugin mine 1.0 cannot be used"),
        (font(), '["nonsense"]', "its roles must be some of"),
    ],
)
def test_a_font_that_cannot_be_used_costs_itself_alone(
    tmp_path: Path, data: bytes, roles: str, said: str
) -> None:
    (tmp_path / "plugins").mkdir()
    manifest = f'{ONE}\n[fonts."mine-star.ttf"]\nroles = {roles}\n'
    with_assets(tmp_path / "plugins", {"mine-star.ttf": data}, manifest)
    (tmp_path / "issue.yaml").write_text(
        "masthead: {name: 简报}\narticles: {title: 一, body: 文。}\n", "utf-8"
    )
    done = jianbao("build", "issue.yaml", folder=tmp_path)

    assert done.returncode == 0
    assert said in " ".join(done.stderr.split())
    assert "JB545" in done.stderr
