"""
The catalogue of findings: what each code means, an example, and how to mend it.

The kinds themselves stand beside the code that finds them; the TOML files here hold what
would be too long there.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Entry:
    """
    What is said of a code, in English.

    ``example`` is an issue that has the fault, '' where no issue alone has it; then
    ``when`` says what leads to it.
    """

    meaning: str
    mend: str
    example: str = ""
    when: str = ""


@functools.cache
def entries() -> Mapping[str, Entry]:
    """The entries of all codes of this package, sorted."""
    found: dict[str, Entry] = {}
    for path in _FOLDER.glob("*.toml"):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        found |= {code: Entry(**texts) for code, texts in data.items()}
    return dict(sorted(found.items()))
