"""Checks of what TeX's log, the fonts and the colours of a PDF say: each bound, both sides."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from jianbao_tex.hooks import Finding, LogMessage, MasterSubject, Where
from jianbao_tex.measure import FontFact
from jianbao_tex.press import Press
from measured import said, with_page
from workshop import Workshop

ISSUE = """\
masthead: {name: 报}
articles:
  - title: 第一篇
    body: 甲乙丙丁戊己庚辛。
  - title: 第二篇
    body: 甲乙丙丁戊己庚辛。
"""


@pytest.fixture(scope="module")
def subject(workshop: Workshop) -> MasterSubject:
    return workshop.subject(ISSUE)


def findings(
    press: Press, subject: MasterSubject, check: str, *log: LogMessage
) -> list[tuple[str, int, int]]:
    """Code, line and column of what a check makes of messages."""
    master = dataclasses.replace(subject.master, log=log)
    found: Sequence[Finding] = tuple(
        press.registry.checks[check].run(dataclasses.replace(subject, master=master))
    )
    assert all(one.raw == "raw" for one in found if one.code not in {"JB417", "JB425", "JB353"})
    return [(one.code, one.where.line, one.where.column) for one in found]


def message(kind: str, **values: object) -> LogMessage:
    return LogMessage(kind, raw="raw", **{"text": "", **values})  # type: ignore[arg-type]


def tex_line(subject: MasterSubject, text: str) -> int:
    """The last line of the TeX that has a text."""
    lines = subject.tree.files["issue.tex"].decode().split("\n")
    return max(number for number, line in enumerate(lines, 1) if text in line)


# --- Too large for its place ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("excess", "codes"),
    [(2.0, []), (2.1, ["JB301"]), (20.0, ["JB301"]), (20.1, ["JB303"]), (300.0, ["JB303"])],
)
def test_what_is_too_large_is_said_beyond_a_tolerance_and_refused_beyond_another(
    press: Press, subject: MasterSubject, excess: float, codes: Sequence[str]
) -> None:
    found = findings(press, subject, "overfull", message("overfull", excess_pt=excess))

    assert [code for code, _, _ in found] == list(codes)


def test_of_several_messages_about_one_text_the_worst_counts(
    press: Press, subject: MasterSubject
) -> None:
    """TeX sets a title several times; two texts are two findings."""
    titles = [
        message("overfull", excess_pt=excess, shown=shown)
        for excess, shown in ((3.0, "第一篇"), (9.0, "第一篇"), (6.0, "第一篇"), (4.0, "第二篇"))
    ]
    master = dataclasses.replace(subject.master, log=tuple(titles))
    messages = said(press, dataclasses.replace(subject, master=master), "overfull")

    assert messages == [
        "a line or a block is 9.0 pt too large for its place",
        "a line or a block is 4.0 pt too large for its place",
    ]


def test_a_message_is_placed_at_the_text_that_it_shows(
    press: Press, subject: MasterSubject
) -> None:
    """The last one before the line that TeX names; without a line the last one of all."""
    body = "甲乙丙丁戊己庚辛。"
    second = tex_line(subject, body)
    first = next(
        number
        for number, line in enumerate(subject.tree.files["issue.tex"].decode().split("\n"), 1)
        if body in line
    )

    def place(**values: object) -> list[tuple[str, int, int]]:
        return findings(press, subject, "underfull", message("underfull", badness=10000, **values))

    assert place(shown="丙丁", line=second) == [("JB305", 6, 13)]
    assert place(shown="丙丁", line=first) == [("JB305", 4, 13)]
    assert place(shown="丙丁", line=second - 1) == [("JB305", 4, 13)]
    assert place(shown="丙丁") == [("JB305", 6, 13)]
    assert place(shown="丙丁", file="issue.tex") == [("JB305", 6, 13)]
    assert place(line=first) == [("JB305", 4, 11)]
    assert place() == [("JB305", 0, 0)]
    assert place(file="other.sty", line=7) == [("JB305", 7, 0)]
    assert place(shown="丙丁", file="other.sty", line=7) == [("JB305", 7, 0)]


def test_a_text_that_leaves_the_type_area_is_lost_however_little(
    press: Press, subject: MasterSubject
) -> None:
    """TeX says by how much a box is too large; the page says where its characters stand."""
    log = (message("overfull", excess_pt=3.0, shown="甲乙丙丁戊己庚辛。"),)
    grid = subject.layout.grid
    codes = []
    for right in (grid.left + grid.width + 0.5, grid.left + grid.width + 0.7):
        number = len(subject.measured.pages)
        glyphs = list(subject.measured.pages[number - 1].glyphs)
        at = max(i for i, g in enumerate(glyphs) if g.text == "辛")
        glyphs[at] = glyphs[at]._replace(right=right)
        changed = with_page(
            subject, number, lambda page, g=glyphs: dataclasses.replace(page, glyphs=tuple(g))
        )
        codes += [code for code, _, _ in findings(press, changed, "overfull", *log)]

    assert codes == ["JB301", "JB303"]


@pytest.mark.parametrize(
    ("text", "x", "left", "right", "is_beside"),
    [
        ("国", 28.0, 28.0, 184.5, False),
        ("国", 28.0, 28.0, 184.7, True),
        ("国", 27.95, 27.95, 30.0, False),
        ("国", 27.8, 27.8, 30.0, True),
        ("国", 27.8, 28.0, 30.0, False),
        ("国", 28.0, 27.5, 30.0, False),
        ("，", 184.0, 184.5, 189.0, False),
        ("·", 184.0, 184.5, 189.0, False),
        ("%", 184.0, 184.5, 189.0, False),
        ("，", 184.2, 184.5, 189.0, True),
        ("（", 184.0, 184.5, 189.0, True),
    ],
)
def test_marks_may_hang_and_ink_may_reach_over_the_edge(
    press: Press,
    subject: MasterSubject,
    text: str,
    x: float,
    left: float,
    right: float,
    is_beside: bool,
) -> None:
    """A mark that begins at the edge of the type area hangs; ink leaves its box by 0.6 mm at most."""
    glyphs = list(subject.measured.pages[0].glyphs)
    at = next(i for i, g in enumerate(glyphs) if g.text == "甲")
    glyphs[at] = glyphs[at]._replace(text=text, x=x, left=left, right=right)
    changed = with_page(subject, 1, lambda page: dataclasses.replace(page, glyphs=tuple(glyphs)))

    assert bool(said(press, changed, "type-area")) == is_beside


# --- Other messages --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "sent", "words"),
    [
        ("underfull", message("underfull", badness=9500), ["the spaces of a line are stretched far (badness 9500)"]),
        ("shrunk", message("shrunk", extent_bp=18.04), ["this text is set in 18.0 bp to fit its line; the layout asks for a larger size"]),
        ("font-substitutions", message("substituted", text="A for B"), ["TeX substituted a font: A for B"]),
        ("unfenced", message("unfenced"), ["TeX ran without a sandbox, because bubblewrap does not work here"]),
        ("formats", message("plain", text="no"), ["no format can be made of the class and the styles of this layout: no"]),
        ("underfull", message("overfull", excess_pt=1.0), []),
        ("shrunk", message("picture", text="x"), []),
        ("font-substitutions", message("plain"), []),
        ("unfenced", message("plain"), []),
        ("formats", message("unfenced"), []),
    ],
)  # fmt: skip
def test_each_kind_of_message_is_heard_by_its_own_check(
    press: Press, subject: MasterSubject, check: str, sent: LogMessage, words: Sequence[str]
) -> None:
    master = dataclasses.replace(subject.master, log=(sent,))

    assert said(press, dataclasses.replace(subject, master=master), check) == list(words)


def test_a_substituted_font_is_placed_at_the_template_or_the_style_that_asks_for_it(
    press: Press, subject: MasterSubject
) -> None:
    """A line of the main file was printed by a template; every other file is a style."""
    line = tex_line(subject, "甲乙丙丁戊己庚辛。")
    template = subject.tree.template_at(line)
    files = {"": template, "issue.tex": template, "other.sty": Where("other.sty", line)}
    for file, where in files.items():
        log = (message("substituted", text="A for B", file=file, line=line),)
        master = dataclasses.replace(subject.master, log=log)
        (found,) = press.registry.checks["font-substitutions"].run(
            dataclasses.replace(subject, master=master)
        )

        assert (found.where, found.raw) == (where, "raw")
    assert template.file.endswith(".tex.jinja")


def test_commands_of_another_xecjk_are_one_finding(press: Press, subject: MasterSubject) -> None:
    """Nobody can do something about one of them alone."""
    log = tuple(message("changed", text="4.0", command=name) for name in ("\\a", "\\b"))
    master = dataclasses.replace(subject.master, log=log)
    (found,) = press.registry.checks["xecjk"].run(dataclasses.replace(subject, master=master))

    assert found.message == ("xeCJK 4.0 defines \\a, \\b otherwise than the versions that we know")
    assert found.raw == "raw\nraw"
    assert said(press, subject, "xecjk") == []


# --- The layout ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("copied", "original", "is_reported"),
    [("1", "1", False), ("1", "2", True), ("", "2", True), (None, "1", True)],
)
def test_a_copied_layout_whose_original_has_changed_is_pointed_out(
    press: Press,
    subject: MasterSubject,
    tmp_path: Path,
    copied: str | None,
    original: str,
    is_reported: bool,
) -> None:
    """At the copy's own description; a layout that was not copied has nothing to keep up with."""
    (tmp_path / "original").mkdir()
    (tmp_path / "original" / "layout.toml").write_text(original)
    (tmp_path / "copy" / "origin").mkdir(parents=True)
    if copied is not None:
        (tmp_path / "copy" / "origin" / "layout.toml").write_text(copied)
    source = dataclasses.replace(subject.layout, folder=tmp_path / "original", original=None)
    copy = dataclasses.replace(subject.layout, folder=tmp_path / "copy", original=source)
    check = press.registry.checks["old-copy"]
    found = list(check.run(dataclasses.replace(subject, layout=copy)))

    assert [one.where.file for one in found] == [str(tmp_path / "copy/layout.toml")] * is_reported
    assert all("layout.toml" in one.message for one in found)
    assert list(check.run(dataclasses.replace(subject, layout=source))) == []


# --- Pictures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "line"),
    [("picture-1.png", 4), ("picture-2.png", 5), ("picture-0.png", 0), ("picture-3.png", 0),
     ("logo.png", 0)],
)  # fmt: skip
def test_a_picture_is_placed_where_the_issue_names_it(
    workshop: Workshop, tmp_path: Path, name: str, line: int
) -> None:
    """Pictures are numbered as the issue has them; one of a style is placed at the issue."""
    made = io.BytesIO()
    Image.new("L", (100, 10)).save(made, "PNG")
    (tmp_path / "p.png").write_bytes(made.getvalue())
    text = "masthead: {name: 报}\narticles:\n  body:\n" + "    - image: {file: p.png}\n" * 2
    subject = workshop.subject(text, tmp_path)
    tree = dataclasses.replace(subject.tree, files={**subject.tree.files, name: made.getvalue()})
    log = (message("picture", text=name, extent_bp=72.0),)
    master = dataclasses.replace(subject.master, log=log)
    changed = dataclasses.replace(subject, tree=tree, master=master)
    (found,) = workshop.press.registry.checks["picture-points"].run(changed)

    assert found.where.line == (line or subject.issue.where(()).line)


@pytest.mark.parametrize(
    ("pixels", "inches", "words"),
    [
        (400, 2.0, []),
        (399, 2.0, []),
        (398, 2.0, ["a picture has 199 dpi at its printed size; printing needs 200"]),
        (100, 1.0, ["a picture has 100 dpi at its printed size; printing needs 200"]),
        (100, 0.0, []),
    ],
)
def test_a_picture_has_two_hundred_points_an_inch(
    workshop: Workshop, tmp_path: Path, pixels: int, inches: float, words: Sequence[str]
) -> None:
    """Half a point less is none that is seen; what is said is where and how many it wants."""
    made = io.BytesIO()
    Image.new("L", (pixels, 10)).save(made, "PNG")
    Image.new("L", (1200, 400)).save(tmp_path / "p.png")
    text = "masthead: {name: 报}\narticles:\n  body:\n" + "    - image: {file: p.png}\n" * 2
    subject = workshop.subject(text, tmp_path)
    files = {**subject.tree.files, "picture-2.png": made.getvalue()}
    changed = dataclasses.replace(
        subject,
        tree=dataclasses.replace(subject.tree, files=files),
        master=dataclasses.replace(
            subject.master,
            log=(
                message("picture", text="picture-9.png", extent_bp=72 * inches),
                message("picture", text="picture-2.png", extent_bp=72 * inches),
            ),
        ),
    )
    found = list(workshop.press.registry.checks["picture-points"].run(changed))

    assert [one.message for one in found] == list(words)
    assert all(one.where.line == 5 for one in found)
    assert all(f"at least {round(inches * 200)} pixels" in one.advice for one in found)


# --- The file ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("embedded", "subset", "words"),
    [
        (True, True, []),
        (True, False, ["the font F is embedded completely, not as a subset"]),
        (False, True, ["the font F is not in the PDF"]),
        (False, False, ["the font F is not in the PDF"]),
    ],
)
def test_every_font_is_in_the_pdf_and_only_as_far_as_it_is_used(
    press: Press, subject: MasterSubject, embedded: bool, subset: bool, words: Sequence[str]
) -> None:
    fact = FontFact("F", embedded, subset, True)
    measured = dataclasses.replace(subject.measured, fonts=(*subject.measured.fonts, fact))

    assert said(press, dataclasses.replace(subject, measured=measured), "fonts") == list(words)


def test_every_colour_is_one_of_the_layout(press: Press, subject: MasterSubject) -> None:
    colours = frozenset({("k", "0", "0", "0", "1"), ("k", "0", "0", "0", "0.9"), ("g", "0")})
    changed = with_page(
        subject, 1, lambda page: dataclasses.replace(page, colours=page.colours | colours)
    )
    found = [text.split(";")[0] for text in said(press, changed, "colours")]

    assert found == ["a colour of page 1 is g 0", "a colour of page 1 is k 0 0 0 0.9"]


def test_nothing_else_is_in_the_file(press: Press, subject: MasterSubject) -> None:
    measured = dataclasses.replace(subject.measured, unexpected_keys=("/OpenAction", "/AA"))

    assert said(press, subject, "nothing-else") == []
    assert said(press, dataclasses.replace(subject, measured=measured), "nothing-else") == [
        "the PDF contains entries that no bulletin needs: /OpenAction, /AA"
    ]


@pytest.mark.parametrize(
    ("articles", "is_reported"),
    [("", True), ("articles: {title: 题}", False), ("articles: {body: 文。}", False)],
)
def test_an_issue_without_text_is_seldom_meant(
    workshop: Workshop, articles: str, is_reported: bool
) -> None:
    composed = workshop.compose(f"masthead: {{name: 报}}\n{articles}\n")
    found = list(workshop.press.registry.checks["no-text"].run(composed.subject))

    assert [one.code for one in found] == ["JB302"] * is_reported
