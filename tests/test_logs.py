"""The reader of TeX's log, on logs that xelatex wrote (`make logs`)."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from jianbao_tex.master import TexTree
from jianbao_tex.testing.golden import compare
from jianbao_tex.typesetter.diagnosis import findings_of
from jianbao_tex.typesetter.log import messages, pages

BROKEN = Path(__file__).parent / "broken"
VERSIONS = sorted(path for path in (Path(__file__).parent / "logs").iterdir() if path.is_dir())
"""The logs of each version of TeX Live."""
LOGS = [path for folder in VERSIONS for path in sorted(folder.glob("*.log"))]
KINDS = {"error", "lost", "overfull", "underfull", "substituted", "shrunk", "rerun"}


def read(path: Path) -> list[dict[str, object]]:
    found = [dataclasses.asdict(m) for m in messages(path.read_text(encoding="utf-8"))]
    return [{key: value for key, value in m.items() if value} for m in found]


def test_there_are_logs() -> None:
    assert [folder.name for folder in VERSIONS] == ["2022", "2025"]
    assert all(len(list(folder.glob("*.log"))) >= 40 for folder in VERSIONS)


def named(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", LOGS, ids=named)
def test_messages_are_as_expected(path: Path, request: pytest.FixtureRequest) -> None:
    """Kind, text in one line, file, line, column, what TeX had read, the log's own lines."""
    found = read(path)
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"

    compare(path.with_suffix(".json"), text, accept=request.config.getoption("--accept"))
    assert {message["kind"] for message in found} <= KINDS
    assert found or pages(path.read_text(encoding="utf-8")) or path.stem in SILENT


# What these say is in no message of the log: nothing was printed, or TeX was asked a question.
SILENT = {"no_pages", "interaction_stopped"}


@pytest.mark.parametrize("path", [p for p in LOGS if p.stem.endswith("_by_hand")], ids=named)
def test_a_log_of_a_plain_call_says_the_same(path: Path) -> None:
    """Lines wrapped at 79 characters and errors without a file lead to the same place."""
    by_hand = read(path)
    ours = read(path.with_stem(path.stem.removesuffix("_by_hand")))

    assert len(ours) >= 1
    # A plain call goes on after an error; what it says first is what stops us.
    for one, other in zip(ours, by_hand[: len(ours)], strict=True):
        assert (one["kind"], one.get("line")) == (other["kind"], other.get("line"))
        assert str(one["text"]) == str(other["text"])


@pytest.mark.parametrize("folder", VERSIONS, ids=lambda folder: folder.name)
def test_every_broken_layout_has_its_log(folder: Path) -> None:
    """`make logs` writes them; those that never end, or only say it otherwise, have none."""
    cases = {path.name.removeprefix("tex_") for path in BROKEN.glob("tex_*")}
    without = {"loop_without_end", "file_without_end", "command_unknown_shown_with_raw_lines"}
    logs = {path.stem for path in folder.glob("*.log")}

    assert {name for name in logs if not name.endswith("_by_hand")} == cases - without


@pytest.mark.parametrize("path", sorted(VERSIONS[0].glob("*.log")), ids=named)
def test_every_version_of_tex_is_read_alike(path: Path) -> None:
    """What newer ones word otherwise is the same message: kind, first sentence, file, line."""
    reported = [list(map(gist, read(folder / path.name))) for folder in VERSIONS]

    assert reported[0] == reported[1]


def gist(message: dict[str, object]) -> tuple[object, ...]:
    """A message without what a version adds as advice, and without lines of TeX's own files."""
    sentence = " ".join(re.split("[.;]", str(message["text"]))[0].split())
    file = str(message.get("file", ""))
    return message["kind"], sentence, file, 0 if file.startswith("/") else message.get("line")


def test_file_line_and_amount_of_messages_made_up_of_every_form() -> None:
    """A file with a space, a nested one, an error without a line, a box without one."""
    log = """This is XeTeX
(./issue.tex (./my style.sty) (./inner.sty
Overfull \\hbox (0.50185pt too wide) detected at line 7
[]

)
Underfull \\vbox (badness 5000) has occurred while \\output is active []

./my style.sty:12: Undefined control sequence.
l.12 \\oops

LaTeX Warning: Label(s) may have changed. Rerun to get cross-references right.

Output written on issue.pdf (11 pages, 12345 bytes).
"""
    found = list(messages(log))

    assert [(m.kind, m.file, m.line) for m in found] == [
        ("overfull", "inner.sty", 7),
        ("underfull", "issue.tex", 0),
        ("error", "my style.sty", 12),
        ("rerun", "issue.tex", 0),
    ]
    assert (found[0].excess_pt, found[1].badness) == (0.50185, 5000)
    assert found[2].command == "\\oops"
    assert pages(log) == 11


@pytest.mark.parametrize(
    "text", ["", "\n", ")))", "(" * 5000, "! ", "l.", "Runaway argument?", "\x00"]
)
def test_any_text_can_be_read(text: str) -> None:
    """A log that was cut off, or is none, raises nothing."""
    assert isinstance(list(messages(text)), list)
    for path in LOGS[::8]:
        whole = path.read_text(encoding="utf-8")
        for end in range(0, len(whole), 997):
            tree = TexTree("issue.tex", {"issue.tex": b"x"})
            assert isinstance(findings_of(messages(whole[:end]), tree), list)


@pytest.mark.parametrize(
    "line",
    [
        "./issue.tex:999: Paragraph ended before \\foo was complete.\nl.999 x",
        "Overfull \\hbox (1.2.3pt too wide) detected at line 1\n",
        "./issue.tex:1: Missing character: There is no x (U+FFFFFFF) in font y.",
        "./issue.tex:0: Undefined control sequence.",
        "! File ended while scanning use of \\oops.",
    ],
)
def test_a_log_that_a_document_writes_itself_raises_nothing(line: str) -> None:
    """What \\typeout prints looks like a message, and need not make sense."""
    tree = TexTree("issue.tex", {"issue.tex": b"x\n\\foo{y"})

    assert isinstance(findings_of(messages(line), tree), list)
