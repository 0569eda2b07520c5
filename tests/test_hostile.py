"""Odd and hostile issues: each prints whole or is refused at its own place, and at once."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from command import jianbao
from engines import until
from jianbao_tex.errors import IssueInvalid, JianbaoError, ToolMissing
from jianbao_tex.findings import errors_among
from jianbao_tex.font_roles import FontCollection
from jianbao_tex.press import Press, Source
from pdf_pages import pages_of, squeezed, text_of
from test_composer import picture
from workshop import Workshop

HEAD = "masthead: {name: 工作简报}\n"


def body(blocks: str) -> str:
    return f"{HEAD}sections:\n  - type: text\n    body:\n      {blocks}\n"


def article(**fields: str) -> str:
    lines = "".join(f"        {name}: {value}\n" for name, value in fields.items())
    return f"{HEAD}sections:\n  - articles:\n      -\n{lines}"


WHOLE = {
    "table_of_four_columns": body("- table: {rows: [[甲, 乙, 丙, 丁]]}"),
    "table_of_twelve_columns": body(f"- table: {{rows: [[{', '.join('一二三四五六七八九十子丑')}]]}}"),
    "table_of_300_rows": body(f"- table: {{head: [甲, 乙], rows: [{', '.join(['[一, 二]'] * 300)}]}}"),
    "star_at_the_start_of_a_title_line": article(title='"甲\\n*乙\\n[丙]"', body="文"),
    "spaces_at_the_edges_of_runs": body('- paragraph: {runs: [{text: "Hello "}, {text: World}]}'),
    "thin_and_wide_spaces": article(title='"甲\u2009乙\u202f丙\u3000丁\u00a0戊"', body="文"),
    "note_that_opens_with_a_list": body("- note: {body: [{list: [甲, 乙]}]}"),
    "note_that_opens_with_a_page_break": body("- note: {body: [{page_break: }, 甲]}"),
    "note_that_opens_with_an_attachment": body("- note: {body: [{attachment: {title: 甲, body: 乙}}]}"),
    "title_of_400_characters": article(title="关于进一步加强学习的通知" * 33, body="正文。"),
    "title_of_30_lines": article(title='"' + "\\n".join(f"第{n}行" for n in range(30)) + '"', body="正文。"),
    "a_word_too_wide_for_a_title": article(title="W" * 45 + "深入学习贯彻重要讲话精神推动高质量发展" * 20, body="正文。"),
    "emphasis_in_what_would_be_a_heading": article(title="题", body='"（一）**加强领导**"'),
    "list_of_1500_items": body(f"- list: [{', '.join(['条'] * 1500)}]"),
    "paragraph_of_20000_characters": article(title="题", body="长段落" * 6600 + "。"),
    "thirty_articles": HEAD + "sections:\n  - articles:\n" + "".join(
        f"      - {{title: 第{n}篇文章的标题, body: 第{n}篇的正文。}}\n" for n in range(30)),
    "ten_issuers": "masthead: {name: 简报, issuer: [" + ", ".join(
        f"第{n}个很长的单位名称" for n in range(10)) + "]}\ndate: 2020-03-10\n",
    "no_articles_at_all": HEAD + "sections: []\n",
    "one_character_name": "masthead: {name: 报, slogan: 口}\n",
    "long_imprint": HEAD + f"imprint: {{issuer: {'办公室' * 30}, date: 2020-01-01, copies: 5}}\n",
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_odd_issues_print_whole(workshop: Workshop, name: str) -> None:
    """Every character is on the page, in order, and inside the type area."""
    pressing = workshop.pressing(WHOLE[name])
    pdf = pressing.artifacts[0].data
    expected = squeezed("".join(workshop.compose(WHOLE[name]).issue.texts()))
    pages = pages_of(pdf)

    assert text_of(pdf) == expected
    assert all(g.top > 35.5 and g.bottom < 263.5 and g.x < 184.1 for p in pages for g in p.body)
    assert not [f for f in pressing.findings if f.code not in {"JB302", "JB304"}]


REFUSED = {
    "subtitle_without_a_title": (article(subtitle="副题", body="文"), "JB147"),
    "note_without_a_body": (body("- note: {body: []}"), "JB141"),
    "two_lines_in_an_explicit_paragraph": (body('- paragraph: "一\\n二"'), "JB143"),
    "two_lines_in_a_list_item": (body('- list: ["一\\n二"]'), "JB143"),
    "distribution_higher_than_a_page": (HEAD + f"distribution: {{送: {'各单位、' * 500}}}\n", "JB312"),
    "distribution_of_60_lines": (
        HEAD + "distribution:\n" + "".join(f"  第{n}: 单位\n" for n in range(60)), "JB312"),
    "cell_higher_than_a_page": (body(f"- table: {{rows: [[{', '.join(['字' * 1900] * 8)}]]}}"), "JB312"),
    "table_of_13_columns": (body(f"- table: {{rows: [[{', '.join('一' * 13)}]]}}"), "JB147"),
    "table_with_an_empty_row": (body("- table: {rows: [[], [甲, 乙]]}"), "JB147"),
    "table_of_an_empty_row": (body("- table: {rows: [[]]}"), "JB147"),
    "picture_of_no_width": (body("- image: {file: p.png, width: 0.00001}"), "JB145"),
    "long_security_mark": (f"masthead: {{name: 简报, security: {'密' * 60}}}\n", "JB303"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_be_lost_is_refused_at_its_own_place(press: Press, name: str) -> None:
    """Text that cannot stand on a page is an error of the issue, not a page without it."""
    text, code = REFUSED[name]
    with pytest.raises(JianbaoError) as info:
        press.press(Workshop.source(text))
    (finding, *_) = (f for f in errors_among(info.value.findings) if f.code == code)

    assert finding.where.file == "issue.yaml"
    assert finding.where.line >= 1
    assert info.value.exit_code in {1, 4}


@pytest.mark.parametrize("size", [(1, 200), (100, 4000), (2, 30000), (16400, 100), (1, 1)])
def test_pictures_of_any_shape_fit_the_page(
    press: Press, tmp_path: Path, size: tuple[int, int]
) -> None:
    (tmp_path / "p.png").write_bytes(picture(size, mode="L"))
    source = Workshop.source(body("- image: p.png"), tmp_path)

    assert press.press(source).pages <= 2


def test_a_png_without_its_end_is_refused(press: Press, tmp_path: Path) -> None:
    """Pillow shows it, xdvipdfmx does not."""
    (tmp_path / "p.png").write_bytes(picture((60, 60))[:-20])
    with pytest.raises(IssueInvalid, match="JB405"):
        press.compose(Workshop.source(body("- image: p.png"), tmp_path))


@pytest.mark.parametrize(
    "data", [b"\0" * 300_000, "\u200b".encode() * 60_000, b"\x07\x08" * 90_000]
)
def test_a_file_of_nothing_printable_is_refused_at_once(data: bytes) -> None:
    """Each character is named once, with the number of its occurrences."""
    start = time.monotonic()
    with pytest.raises(IssueInvalid) as info:
        Source.from_bytes(data, "issue.yaml")

    assert len(info.value.findings) <= 2
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("scalar", ['"\\u4e00\\u4e01**未闭合"', "'it''s ''x'' **未闭合'"])
def test_a_place_after_an_escape_is_exact(press: Press, scalar: str) -> None:
    """However long the file's spelling of a character is, the column is that of the fault."""
    with pytest.raises(IssueInvalid) as info:
        press.read(Workshop.source(body(f"- {scalar}")))

    assert str(info.value.findings[0].where) == "issue.yaml:5:22"


def test_a_series_of_comments_is_no_series(press: Press, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("# nichts\n")
    with pytest.raises(IssueInvalid, match=r"s.yaml:1: JB153"):
        press.read(Workshop.source("series: s.yaml\n" + HEAD, tmp_path))


def test_two_spellings_of_series_are_refused(press: Press, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(HEAD, encoding="utf-8")
    with pytest.raises(IssueInvalid, match=r"issue.yaml:2:1: JB122"):
        press.read(Workshop.source("series: s.yaml\n系列: s.yaml\n", tmp_path))


# --- Files and folders -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("a.txt", ["build", "a.txt", "--output", "txt"]), ("a.pdf", ["build", "a.pdf"]),
     ("issue.tex", ["tex", "issue.tex", "-o", ".", "--force"])],
)  # fmt: skip
def test_an_issue_is_never_written_over(tmp_path: Path, name: str, arguments: list[str]) -> None:
    (tmp_path / name).write_text(HEAD, encoding="utf-8")
    done = jianbao(*arguments, folder=tmp_path)

    assert done.returncode == 2
    assert "JB421" in done.stderr
    assert (tmp_path / name).read_text(encoding="utf-8") == HEAD


def test_a_retouched_export_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD, encoding="utf-8")
    assert jianbao("tex", "a.yaml", "-o", "t", folder=tmp_path).returncode == 0
    (tmp_path / "t" / "issue.tex").write_text("retouched")
    again = jianbao("tex", "a.yaml", "-o", "t", folder=tmp_path)

    assert (again.returncode, "JB422" in again.stderr) == (2, True)
    assert (tmp_path / "t" / "issue.tex").read_text() == "retouched"
    assert jianbao("tex", "a.yaml", "-o", "t", "--force", folder=tmp_path).returncode == 0


def test_a_series_file_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(HEAD, encoding="utf-8")
    (tmp_path / "a.yaml").write_text("series: a.txt\n", encoding="utf-8")
    done = jianbao("build", "a.yaml", "--output", "txt", folder=tmp_path)

    assert (done.returncode, "JB421" in done.stderr) == (2, True)
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == HEAD


def test_an_export_writes_over_no_other_file(tmp_path: Path) -> None:
    """A picture of the user's that has the name of one of ours stays."""
    (tmp_path / "a.yaml").write_text(body("- image: a.png"), encoding="utf-8")
    (tmp_path / "a.png").write_bytes(picture((4, 4)))
    (tmp_path / "picture-1.png").write_bytes(picture((9, 9)))
    done = jianbao("tex", "a.yaml", "-o", ".", folder=tmp_path)

    assert (done.returncode, "JB422" in done.stderr) == (2, True)
    assert (tmp_path / "picture-1.png").read_bytes() == picture((9, 9))
    assert not (tmp_path / "issue.tex").exists()


def test_results_are_as_open_as_other_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD, encoding="utf-8")
    jianbao("build", "a.yaml", folder=tmp_path)

    assert (tmp_path / "a.pdf").stat().st_mode & 0o777 == (
        tmp_path / "a.yaml"
    ).stat().st_mode & 0o777


def test_of_several_outputs_all_are_written_or_none(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD, encoding="utf-8")
    (tmp_path / "a.txt").mkdir()
    (tmp_path / "a.pdf").write_text("old")
    done = jianbao("build", "a.yaml", "--output", "pdf", "--output", "txt", folder=tmp_path)

    assert done.returncode == 2
    assert (tmp_path / "a.pdf").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pdf", "a.txt", "a.yaml"]


@pytest.mark.parametrize("command", ["build", "check", "doctor"])
def test_a_damaged_font_is_named(tmp_path: Path, command: str) -> None:
    (tmp_path / "a.yaml").write_text(HEAD, encoding="utf-8")
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "simfang.ttf").write_text("no font")
    words = [command] if command == "doctor" else [command, "a.yaml"]
    done = jianbao(*words, "--fonts", "fonts", folder=tmp_path)

    assert done.returncode == 6
    assert "JB415" in done.stderr or command == "doctor"
    assert "simfang.ttf" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_font_folder_that_cannot_be_read_is_named(
    press: Press, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Tests run as root may read any folder, so the system's refusal is brought about."""

    def refuse(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(ToolMissing, match=r"JB416 .*permission denied"):
        FontCollection("[roles]\n[fonts]\n", [tmp_path], press.engine.tools.locate)


def test_bytes_without_a_folder_can_name_no_series(press: Press) -> None:
    with pytest.raises(IssueInvalid, match=r"issue.yaml:1:9: JB150"):
        press.read(Workshop.source("series: s.yaml\n" + HEAD))


@pytest.mark.parametrize(
    "name", [b"bad\xffname.yaml", "名称 '引号'.yaml".encode(), b"$(touch x).yaml"]
)
def test_any_file_name_is_a_file_name(tmp_path: Path, name: bytes) -> None:
    """Names that are no text, or look like shell code, are built like any other."""
    path = tmp_path / os.fsdecode(name)
    path.write_text(HEAD, encoding="utf-8")
    for arguments in (["build"], ["build", "--json"], ["check", "--json"]):
        done = jianbao(
            *arguments, path.name, folder=tmp_path, PYTHONIOENCODING="utf-8:surrogateescape"
        )
        assert done.returncode == 0, done.stderr
    assert path.with_suffix(".pdf").is_file()
    assert not (tmp_path / "x").exists()


def test_brackets_in_a_path_are_shown_as_they_are_on_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "a[").mkdir()
    (tmp_path / "a[" / "b].yaml").write_text(HEAD, encoding="utf-8")
    master, slave = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "jianbao_tex", "check", "a[/b].yaml"],
        cwd=tmp_path,
        env={**os.environ, "TERM": "xterm"},
        stdout=slave,
        stderr=slave,
        check=False,
    )
    os.close(slave)
    seen = os.read(master, 100_000).decode("utf-8", "replace")
    os.close(master)

    assert done.returncode == 0
    assert "a[/b].yaml" in seen


def test_a_build_that_must_end_leaves_nothing(tmp_path: Path) -> None:
    """SIGTERM ends TeX with the command and takes the private folder away."""
    (tmp_path / "a.yaml").write_text(article(title="题", body="长段落" * 15_000), encoding="utf-8")
    (tmp_path / "tmp").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "jianbao_tex", "build", "a.yaml"],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
    )
    until(lambda: list((tmp_path / "tmp").glob("jianbao-*/job/issue.log")))
    process.send_signal(signal.SIGTERM)

    assert process.wait(30) == 143
    assert list((tmp_path / "tmp").iterdir()) == []
    shutil.rmtree(tmp_path / "tmp")


@pytest.mark.parametrize(
    "text",
    [
        'number: "' + "".join(f"\\U000f{n:04x}" for n in range(8000)) + '"\n',
        'date: "2020' + "\\t" * 200_000 + '年1x"\n',
        "articles:\n  body: |\n" + "    **\n" * 19_000,
        'articles:\n  body: "' + "a\\n" * 300_000 + '"\n',
        "distribution:\n" + "".join(f"  标{n}: [x]\n" for n in range(6000)),
    ],
    ids=["escapes", "tabs", "stars", "lines", "labels"],
)
def test_no_file_takes_long_to_refuse(text: str, tmp_path: Path) -> None:
    """Whatever is wrong in a megabyte, it is said in a few seconds, and not all of it."""
    (tmp_path / "issue.yaml").write_text(HEAD + text, encoding="utf-8")
    start = time.monotonic()
    done = jianbao("check", "issue.yaml", "--sarif", folder=tmp_path)

    assert done.returncode == 1
    assert len(done.stdout) < 200_000
    assert time.monotonic() - start < 20


def test_a_picture_that_is_a_link_to_itself_is_refused(press: Press, tmp_path: Path) -> None:
    (tmp_path / "p.png").symlink_to("p.png")
    with pytest.raises(IssueInvalid, match=r"JB40[35]"):
        press.compose(Workshop.source(body("- image: p.png"), tmp_path))


def test_a_message_is_short_however_long_the_name_is(press: Press) -> None:
    for text in (f"x: !<{'a' * 900_000}> b\n", f"x: &{'a' * 900_000} b\n"):
        with pytest.raises(IssueInvalid) as info:
            press.read(Workshop.source(HEAD + text))

        assert all(len(finding.message) < 500 for finding in info.value.findings)
