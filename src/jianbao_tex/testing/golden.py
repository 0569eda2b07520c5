"""Compares texts with expected files; rewrites a file only if the developer asks for it."""

from __future__ import annotations

import difflib
from pathlib import Path


def compare(expected: Path, actual: str, *, accept: bool) -> None:
    """
    Asserts that a file contains a text; with ``accept`` writes it and prints the difference.

    Raises:
        AssertionError: the file holds something else, or is not there.
    """
    before = expected.read_text(encoding="utf-8") if expected.is_file() else ""
    if accept and actual != before:
        expected.parent.mkdir(parents=True, exist_ok=True)
        expected.write_text(actual, encoding="utf-8")
        print(difference(before, actual, expected.name))
        return

    assert before == actual, difference(before, actual, expected.name)


def difference(before: str, actual: str, name: str) -> str:
    """A unified diff of two texts."""
    lines = difflib.unified_diff(
        before.splitlines(),
        actual.splitlines(),
        f"{name} (expected)",
        f"{name} (found)",
        lineterm="",
    )
    return "\n".join(lines)
