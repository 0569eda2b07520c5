r"""
TeX at the level of its log: boxes and glue of pages, as ``\showbox`` says them.

Each folder of ``tests/boxes`` is a case: an issue, or a ``text.tex`` that stands in the document
of its issue, and the pages in ``expected.txt``.  Cases with the same opening share a run of TeX
(docs/decisions/0032-boxes-by-a-runner-of-our-own.md).
"""

from __future__ import annotations

import functools
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from box_log import boxes, shown
from engines import TOOLS
from jianbao_tex.master import TexTree
from jianbao_tex.press import Press
from jianbao_tex.testing.golden import compare
from workshop import Workshop

CASES = {path.name: path for path in sorted((Path(__file__).parent / "boxes").iterdir())}
BEGIN = "\\begin{document}\n"
PRINTS = "\\jbMasthead\n"
# All pages of a case, without foot and edges.  What begins a document is on a page before.
SHOWING = r"""
\null\newpage
\makeatletter
\showboxbreadth=100000 \showboxdepth=100000
\let\boxesOutputPage\@outputpage
\def\@outputpage{\showbox\@outputbox\boxesOutputPage}
\makeatother
"""
# What a masthead remembers ends with its case.
CASE = r"""
\immediate\write-1{case: %s}
\begingroup
\globaldefs=-1
%s
\globaldefs=0
%s
\par\newpage
\endgroup
\setcounter{page}{1}
"""


def test_there_are_cases() -> None:
    assert len(CASES) >= 14


SHOWN = r"""
> \box255=
\vbox(60.0+2.5)x100.0, glue set 1.23456fil
.\glue(\topskip) 2.0
.\hbox(8.0+3.0)x100.0
..\hbox(0.0+0.0)x20.0
..\TU/Mine.otf(0)/m/n/10.0 甲
..\glue 0.0 plus 1.2
..\TU/Serif.ttf(0)/m/n/10.0 7
..\penalty 10000
..\kern -0.00017
..\kern 0.00017
..\glue(\parfillskip) 0.0 plus 1.0fil
.\penalty 10000
.\glue(\parskip) 0.0
.\glue(\baselineskip) 7.0
.\vbox(9.996+0.0)x5.0
..\rule(0.4+0.0)x5.0
.\glue 3.0 plus 1.0 minus 0.5

! OK.
"""


def test_a_box_is_said_in_few_lines() -> None:
    """The line by its baseline, the font by its role, no penalty within a line."""
    (box,) = boxes(SHOWN)

    assert shown(box, {"Mine.otf": "song", "Serif.ttf": "latin"}) == (
        "vbox 60+2.5 x 100, glue set 1.23fil\n"
        '  down 10: hbox x 100 {hbox 0+0 x 20 song 10 "甲7" [+1fil]}\n'
        "  penalty 10000\n"
        "  down 20: vbox 10+0 x 5 {rule(0.4+0)x5}\n"
        "  glue 3+1-0.5\n"
    )


@functools.cache
def tree_of(press: Press, name: str) -> TexTree:
    """What TeX reads for the issue of a case."""
    folder = CASES[name]
    text = (folder / "issue.yaml").read_text(encoding="utf-8")
    return press.compose(Workshop.source(text, folder)).tree


def opening_of(tree: TexTree) -> str:
    return tree.files["issue.tex"].decode().partition(BEGIN)[0]


def body_of(tree: TexTree, name: str) -> str:
    """A case's part of a document; the masthead is shown in its own cases alone."""
    text = CASES[name] / "text.tex"
    if text.is_file():
        return CASE % (name, "", text.read_text(encoding="utf-8"))
    body = tree.files["issue.tex"].decode().partition(BEGIN)[2].partition("\\end{document}")[0]
    fields, prints, rest = body.partition(PRINTS)
    is_masthead = name.startswith("masthead")
    return CASE % (name, fields, prints + rest if is_masthead else rest)


def log_of(tree: TexTree, text: str, changed: Mapping[str, bytes]) -> str:
    """The log of a document with the opening of a tree."""
    main = f"{opening_of(tree)}{BEGIN}{SHOWING}{text}\\end{{document}}\n"
    with tempfile.TemporaryDirectory() as folder:
        for name, data in {**tree.files, "issue.tex": main.encode(), **changed}.items():
            (Path(folder) / name).write_bytes(data)
        done = subprocess.run(
            [str(TOOLS.xelatex), "-no-pdf", "-interaction=nonstopmode", "issue.tex"],
            cwd=folder, env=TOOLS.environment(), stdin=subprocess.DEVNULL, capture_output=True,
            timeout=60, check=False,
        )  # fmt: skip
        log = (Path(folder) / "issue.log").read_text(encoding="utf-8", errors="replace")

    # What \showbox says counts as an error.
    wrong = [line for line in re.findall(r"^! .+", log, re.MULTILINE) if line != "! OK."]
    assert wrong == [], log
    assert done.returncode in {0, 1}
    return log


def roles_of(tree: TexTree) -> dict[str, str]:
    """The role of each font file; a font that helps out in a role has a + after it."""
    roles = {}
    opening = opening_of(tree)
    faces = re.findall(r"\\jbFontRole\{([^}]+)\}\{([^}]+)\}\[[^]]*\]\{(.*?)\n\}\{([^}]+)\}",
                       opening, re.DOTALL)  # fmt: skip
    for role, first, rest, latin in faces:
        roles.setdefault(first, role)
        roles.setdefault(latin, "latin")
        for font in re.findall(r"\]\{([^}]+)\}\}", rest):
            roles.setdefault(font, f"{role}+")
    return roles


def pages_of(press: Press, names: list[str], **changed: bytes) -> dict[str, str]:
    """The pages of cases that have one opening, as text."""
    tree = tree_of(press, names[0])
    log = log_of(tree, "".join(body_of(tree_of(press, n), n) for n in names), changed)
    roles = roles_of(tree)
    found = {}
    for part in log.split("\ncase: ")[1:]:
        name, _, said = part.partition("\n")
        pages = [shown(box, roles) for box in boxes(said)]
        found[name] = "".join(f"page {n}\n{page}" for n, page in enumerate(pages, 1))
    return found


@functools.cache
def pages_with(press: Press, opening: str) -> dict[str, str]:
    """The pages of all cases with an opening."""
    return pages_of(press, [name for name in CASES if opening_of(tree_of(press, name)) == opening])


@pytest.mark.parametrize("name", CASES)
def test_boxes_are_as_expected(press: Press, name: str, request: pytest.FixtureRequest) -> None:
    """Where each line and box stands, and which glue a command asked for."""
    found = pages_with(press, opening_of(tree_of(press, name)))[name]

    assert found.startswith("page 1\n")
    compare(CASES[name] / "expected.txt", found, accept=request.config.getoption("--accept"))


@pytest.mark.parametrize(
    ("style", "length", "other", "case"),
    [
        ("jianbao-part-grid.sty", "\\parindent { 2 \\g_jb_em_dim }", "\\parindent { 2.01 \\g_jb_em_dim }",
         "grid_rows_of_large_pieces"),
        ("jianbao-part-masthead.sty", "{ masthead.rule-gap }", "{ masthead.rule-gap } + 0.1pt",
         "masthead_classic"),
        ("jianbao-part-tables.sty", "\\vskip 0.2 \\g_jb_em_dim", "\\vskip 0.21 \\g_jb_em_dim",
         "table_with_even_rows"),
        ("newsletter.sty", "\\leftskip { \\jb_figure:n { section.indent }",
         "\\leftskip { \\jb_figure:n { section.indent } + 0.1pt", "columns_that_are_even"),
    ],
    ids=["grid", "masthead", "tables", "newsletter"],
)  # fmt: skip
def test_another_length_is_noticed(
    press: Press, style: str, length: str, other: str, case: str
) -> None:
    """A tenth of a point more, in each of the styles."""
    code = tree_of(press, case).files[style].decode()
    found = pages_of(press, [case], **{style: code.replace(length, other).encode()})[case]

    assert code.count(length) == 1
    assert found != (CASES[case] / "expected.txt").read_text(encoding="utf-8")
    assert found.count("\n") == (CASES[case] / "expected.txt").read_text("utf-8").count("\n")


@pytest.mark.parametrize("name", CASES)
def test_an_expected_file_can_be_read(name: str) -> None:
    """No more than two hundred lines, none of them with the path of a machine."""
    text = (CASES[name] / "expected.txt").read_text(encoding="utf-8")

    assert 4 <= text.count("\n") <= 200
    assert not re.search(r"\.(?:otf|ttf|ttc)|/usr|texmf", text)
