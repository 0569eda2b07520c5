"""The list of words that plain English does without, and the names that say nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from workshop import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import words


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("a.py", '"""The place behind it."""\n', "1: “behind”: write after"),
        ("a.py", "x = 1\n# Made anew.\n", "2: “anew”: write again"),
        ("a.py", "found = 1\n", "1: the name found does not say what the thing is"),
        ("a.sty", "\\x % told\n", "1: “told”: write reported, shown"),
        ("a.md", "One.\n`behind`\nIt is parted.\n", "3: “parted”: write separated, broken"),
    ],
)
def test_the_list_of_words_sees_what_it_forbids(
    name: str, text: str, fault: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")

    assert list(words.faults(tmp_path / name)) == [fault]


def test_the_list_of_words_lets_placeholders_and_code_pass(tmp_path: Path) -> None:
    """``found=`` fills a message; what stands in backquotes is no prose."""
    (tmp_path / "a.py").write_text("yield KIND.at(where, found=1)\n", encoding="utf-8")
    (tmp_path / "a.md").write_text("```\ntold\n```\n", encoding="utf-8")

    assert not [*words.faults(tmp_path / "a.py"), *words.faults(tmp_path / "a.md")]
    assert len(words.files()) > 400
