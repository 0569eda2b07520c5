"""Composing: titles, fonts, pictures, origins."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from conftest import EXAMPLES, Workshop
from jianbao_tex.composer.titles import balanced, fitted, width
from jianbao_tex.errors import IssueInvalid, ToolMissing
from jianbao_tex.fonts import FontShelf
from jianbao_tex.press import Press, Source
from jianbao_tex.tex import Ledger


def lines(title: str, columns: float = 19) -> list[str]:
    ledger = Ledger()
    return [ledger.strip(str(t))[0] for t in balanced(ledger.text(title, None), columns)]


def test_a_title_that_fits_its_line_is_not_broken() -> None:
    assert lines("市委召开常委会会议") == ["市委召开常委会会议"]


def test_hand_made_breaks_win() -> None:
    assert lines("短\n的标题") == ["短", "的标题"]


@pytest.mark.parametrize(
    "title",
    [
        "中央政治局常委会研究加强新型冠状病毒感染的肺炎疫情防控工作",
        "徐州：建立健全“四学机制”保障学习走深走实",
        "关于印发《全市党委（党组）理论学习中心组学习规则实施办法（试行）》的通知精神",
        "全市上半年经济社会发展情况通报会暨重点项目建设推进会议在市政府召开",
    ],
)
def test_a_long_title_breaks_at_phrases_into_balanced_lines(title: str) -> None:
    """No line too wide, none of one character, none that opens with a closing mark."""
    broken = lines(title)

    assert "".join(broken) == title
    assert 2 <= len(broken) <= 3
    assert all(3 < width(line) <= 19 for line in broken)
    assert all(line[0] not in "，。：；、）》”" and line[-1] not in "（《“" for line in broken)


def test_a_quotation_is_not_broken() -> None:
    assert any("“四学机制”" in line for line in lines("徐州：建立健全“四学机制”保障学习走深走实"))


@pytest.mark.parametrize(
    "title", ["字" * 400, "y" * 400, "。" * 100, "“" * 60, "a b " * 100, "（" * 30 + "）" * 30]
)
def test_any_title_keeps_its_text(title: str) -> None:
    """Whatever the phrases, nothing is lost and the work ends at once."""
    assert squeeze(lines(title)) == squeeze([title])


def squeeze(texts: list[str]) -> str:
    return "".join("".join(texts).replace("\\jbBreakHere{}", "").split())


def test_contents_join_a_broken_title_where_it_fits_a_line() -> None:
    ledger = Ledger()
    short = fitted(ledger.text("第十一次\n会议召开", None), 25)
    long = fitted(ledger.text("字" * 20 + "\n" + "句" * 20, None), 25)

    assert len(short) == 1
    assert len(long) == 2


def test_origins_lead_from_tex_to_the_yaml_line(press: Press) -> None:
    """Each printed text of an example has its stretch in the TeX and its place in YAML."""
    tree = press.compose(Source.from_file(EXAMPLES / "365.yaml", "365.yaml")).tree
    source = tree.files["issue.tex"].decode().split("\n")
    yaml = (EXAMPLES / "365.yaml").read_text(encoding="utf-8").split("\n")
    inside = [o for o in tree.origins if o.where.file == "365.yaml" and "：" not in o.plain]

    assert len(tree.origins) >= 70
    assert len(inside) > 40
    for origin in inside:
        stretch = source[origin.line - 1][origin.column - 1 : origin.end_column - 1]
        assert stretch
        if origin.where.column and origin.plain in yaml[origin.where.line - 1]:
            assert yaml[origin.where.line - 1][origin.where.column - 1 :].startswith(
                origin.plain[:5]
            )


def picture(size: tuple[int, int] = (8, 8), kind: str = "PNG", mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind)
    return buffer.getvalue()


WITH_PICTURE = (
    "masthead: {{name: 简报}}\nsections:\n  - type: text\n    body: [{{image: '{file}'}}]\n"
)


def test_a_picture_travels_under_a_name_of_ours(press: Press, tmp_path: Path) -> None:
    """Whatever the user calls it, TeX sees picture-1.png; the kind is read from the bytes."""
    name = "图 $(touch x) %#&.JPG"
    (tmp_path / name).write_bytes(picture())
    tree = press.compose(Workshop.source(WITH_PICTURE.format(file=name), tmp_path)).tree

    assert tree.files["picture-1.png"] == picture()
    assert "\\jbPicture{picture-1.png}{1}" in tree.files["issue.tex"].decode()
    assert press.engine.typeset(tree).pages == 1


@pytest.mark.parametrize("mode", ["CMYK", "L", "RGB"])
def test_jpeg_pictures_keep_their_colours(press: Press, tmp_path: Path, mode: str) -> None:
    """CMYK and grey go to the printer as they are."""
    (tmp_path / "a.jpg").write_bytes(picture(kind="JPEG", mode=mode))
    tree = press.compose(Workshop.source(WITH_PICTURE.format(file="a.jpg"), tmp_path)).tree

    assert tree.files["picture-1.jpg"] == picture(kind="JPEG", mode=mode)
    assert press.engine.typeset(tree).pages == 1


def test_a_link_to_outside_is_refused(press: Press, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(picture())
    (tmp_path / "issue").mkdir()
    (tmp_path / "issue" / "a.png").symlink_to(tmp_path / "secret.png")

    with pytest.raises(IssueInvalid, match="JB402"):
        press.compose(Workshop.source(WITH_PICTURE.format(file="a.png"), tmp_path / "issue"))


def test_a_picture_of_too_many_pixels_is_refused_by_its_header(
    press: Press, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(picture((7000, 7000), mode="1"))

    with pytest.raises(IssueInvalid, match="JB406"):
        press.compose(Workshop.source(WITH_PICTURE.format(file="a.png"), tmp_path))


def test_a_truncated_picture_is_refused(press: Press, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture((300, 300))[:-60])

    with pytest.raises(IssueInvalid, match="JB405"):
        press.compose(Workshop.source(WITH_PICTURE.format(file="a.png"), tmp_path))


def test_a_role_without_any_font_names_packages_and_files(press: Press) -> None:
    manifest = """
    [roles.fangsong]
    label = "仿宋"
    official = "仿宋_GB2312"
    chain = ["Absent"]
    latin = ["Absent"]
    [fonts.Absent]
    files = ["absent.ttf"]
    debian = "fonts-absent"
    """
    shelf = FontShelf(manifest, [], press.engine.tools.locate)

    with pytest.raises(ToolMissing, match="JB411") as info:
        shelf.typeface("fangsong")
    assert "fonts-absent" in info.value.findings[0].advice
    assert "absent.ttf" in info.value.findings[0].advice


@pytest.mark.parametrize("manifest", ["x = ", "[roles]\n", ""])
def test_a_broken_font_manifest_is_a_finding(press: Press, manifest: str) -> None:
    with pytest.raises(ToolMissing, match="JB412"):
        FontShelf(manifest, [], press.engine.tools.locate)
