"""
The catalogue of findings: what each code means, an example, and how to fix it.

The finding kinds are declared in the modules that report them.  The TOML files here contain
the long texts.
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
    The English explanation of a code.

    ``example`` is an issue with the fault.  If no issue alone can have it, ``example`` is ''
    and ``when`` describes the cause.
    """

    meaning: str
    remedy: str
    example: str = ""
    when: str = ""


@functools.cache
def entries() -> Mapping[str, Entry]:
    """The entries of all codes of this package, sorted."""
    by_code: dict[str, Entry] = {}
    for path in _FOLDER.glob("*.toml"):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        by_code |= {code: Entry(**texts) for code, texts in data.items()}
    return dict(sorted(by_code.items()))
