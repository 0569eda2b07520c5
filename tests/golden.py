"""Expected files: compared, or rewritten under someone's eyes by --accept."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path


def check(path: Path, actual: str, *, accept: bool) -> None:
    """Compares with the expected file; --accept writes it and prints the difference."""
    expected = path.read_text(encoding="utf-8") if path.is_file() else ""
    if accept and actual != expected:
        old, new = expected.splitlines(True), actual.splitlines(True)
        sys.stdout.writelines(difflib.unified_diff(old, new, f"{path} (was)", f"{path} (is)"))
        path.write_text(actual, encoding="utf-8")
        return

    assert actual == expected, f"{path} differs; read the difference, then `make accept`"
