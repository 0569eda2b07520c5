"""Composing: titles, fonts, pictures, origins."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from jianbao_tex.composer.titles import balanced, fitted, width
from jianbao_tex.errors import IssueInvalid, ToolMissing
from jianbao_tex.font_roles import FontCollection
from jianbao_tex.press import Press, Source
from jianbao_tex.tex import OriginRecorder
from workshop import EXAMPLES, Workshop


def lines(title: str, columns: float = 19) -> list[str]:
    recorder = OriginRecorder()
    return [recorder.strip(str(t))[0] for t in balanced(recorder.text(title, None), columns)]


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
    assert all(3 <= width(line) <= 19 for line in broken)
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
    recorder = OriginRecorder()
    short = fitted(recorder.text("第十一次\n会议召开", None), 25)
    long = fitted(recorder.text("字" * 20 + "\n" + "句" * 20, None), 25)

    assert len(short) == 1
    assert len(long) == 2


FOLDED = """
masthead: {name: '工作''简报', slogan: "求真\\
  务实\\u2014\\u2014[一]", issuer: [甲, 乙]}
number: 3
sections:
  - name: 一 栏
    articles:
      - title: >-
          题 之
          二
        body: |

          100% 的 {文字} ~ \\command 与**加重的 #1**。
          一、小标题

          abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz
        signature: 办公室
      - body:
          - list: [一, "二 & 三"]
          - table: {head: [甲, 乙], rows: [[1.5, 长而又长的一格abcdefghij]]}
          - note: {label: 按, body: '按''语'}
distribution: {报: 市 委, 送: 各\t处}
"""


@pytest.mark.parametrize("text", ["363", "365", FOLDED], ids=["363", "365", "folded"])
def test_every_character_of_the_tex_leads_to_that_character_of_the_file(
    press: Press, text: str
) -> None:
    """Through templates, macros, loops, filters and escaping, in every style of YAML."""
    source = (
        Workshop.source(text) if "\n" in text else Source.from_file(EXAMPLES / f"{text}.yaml", text)
    )
    tree = press.compose(source).tree
    tex = tree.lines(tree.main)
    files = {text: source.lines, "issue.yaml": source.lines, "series.yaml": SERIES}
    count = 0
    for origin in tree.origins:
        if origin.place is None:
            continue
        stretch = tex[origin.line - 1][origin.column - 1 : origin.end_column - 1]
        for match in re.finditer(PRINTED, stretch):
            if match["none"]:
                continue
            where = tree.where(origin, origin.column + match.end())
            raw = files[where.file][where.line - 1][where.column - 1 :]
            printed = SPELT.get(match[0], match[0].strip("\\{}") or match[0][-1])
            count += 1
            scalar = origin.place.scalar
            if scalar and "".join(origin.plain.split()) in "".join(scalar.value.split()):
                assert raw.startswith((printed, "\\u", "''")), (origin, match[0], where)

    assert count > 100


PRINTED = (
    r"(?P<none>\\jbBreak\w+\{\}|\\jb(?:Tied|Word)\{|(?<!\\)[}~])"
    r"|\\[a-zA-Z]+\{\}|\{[\[\]]\}|\\?[^\s]"
)
SERIES = (EXAMPLES / "series.yaml").read_text(encoding="utf-8").split("\n")
SPELT = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    "{[}": "[",
    "{]}": "]",
    r"\{": "{",
    r"\}": "}",
}


def test_every_stretch_of_the_tex_leads_to_the_line_of_its_template(press: Press) -> None:
    """TeX that no text printed stands in that line of a template, word by word."""
    tree = press.compose(Source.from_file(EXAMPLES / "363.yaml")).tree
    tex = tree.lines(tree.main)
    covered = dict.fromkeys(range(1, len(tex) + 1), 1)
    for origin in tree.origins:
        assert origin.column == covered[origin.line]
        covered[origin.line] = origin.end_column
        stretch = tex[origin.line - 1][origin.column - 1 : origin.end_column - 1]
        lines = Path(origin.template.file).read_text(encoding="utf-8").split("\n")
        line = lines[origin.template.line - 1]

        assert line == origin.template.text
        assert origin.place or stretch in line or "<%=" in line, (origin, stretch)

    assert all(covered[n] == len(line) + 1 for n, line in enumerate(tex, 1))
    assert len({origin.template.file for origin in tree.origins}) >= 10


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
    shelf = FontCollection(manifest, [], press.engine.tools.locate)

    with pytest.raises(ToolMissing, match="JB411") as info:
        shelf.typeface("fangsong")
    assert "fonts-absent" in info.value.findings[0].advice
    assert "absent.ttf" in info.value.findings[0].advice


@pytest.mark.parametrize("manifest", ["x = ", "[roles]\n", ""])
def test_a_broken_font_manifest_is_a_finding(press: Press, manifest: str) -> None:
    with pytest.raises(ToolMissing, match="JB412"):
        FontCollection(manifest, [], press.engine.tools.locate)
