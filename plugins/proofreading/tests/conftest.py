import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parent.parent
sys.path.insert(0, str(PLUGIN / "src"))
HEAD = """\
masthead: {name: 工作简报}
date: 2020-03-10
sections:
  - name: 栏目
    articles:
      - title: 题目
        body: |
"""
FIRST_LINE, COLUMN = 8, 11


@pytest.fixture
def proofread(project) -> Callable[[str], list[tuple[str, int, int, str | None]]]:
    """What is found in the lines of a body: code, line and column in it, and the fix."""
    made = project(PLUGIN)

    def read(body: str) -> list[tuple[str, int, int, str | None]]:
        text = HEAD + "".join(f"          {line}\n" for line in body.split("\n"))
        built = made.check(text)
        assert built.exit_code == 0, built.findings
        return [
            (
                f.code,
                f.where.line - FIRST_LINE + 1,
                f.where.column - COLUMN + 1,
                f.fix.text if f.fix else None,
            )
            for f in built.findings
        ]

    return read


@pytest.fixture
def pair(project):
    """The findings in an issue, 12.yaml, that follows another, 11.yaml."""
    made = project(PLUGIN)

    def read(before: str, text: str):
        head = "masthead: {name: 工作简报}\nsections: [{name: 栏目, articles: [{title: 题}]}]\n"
        made.write("11.yaml", head + before)
        built = made.check(head + text, "12.yaml")
        assert built.exit_code == 0, built.findings
        return [(f.code, str(f.where), [str(a) for a in f.also]) for f in built.findings]

    return read
