"""Starter plugins, one of each size; each passes its own tests without a change."""

from __future__ import annotations

import re
from pathlib import Path

from jianbao_tex.hooks import API

SIZES = ("folder", "file", "package")

_HERE = Path(__file__).parent


def scaffold(size: str, name: str, version: str) -> dict[str, bytes]:
    """
    The files of a new plugin, by their path under the folder of plugins.

    ``version`` is the version of jianbao_tex that a plugin package requires.
    """
    folder = _HERE / size
    files: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*.txt")):
        target = _fill(str(path.relative_to(folder)).removesuffix(".txt"), name, version)
        files[target] = _fill(path.read_text(encoding="utf-8"), name, version).encode("utf-8")
    return files


def _fill(text: str, name: str, version: str) -> str:
    """The text with the plugin's name in each form that it takes."""
    model = "".join(word.capitalize() for word in name.split("_"))
    # TeX command names contain letters only.
    letters = "".join(re.findall("[A-Za-z]+", model))
    values = {
        "{{NAME}}": name,
        "{{MODEL}}": model,
        "{{NAME_TEX}}": letters[:1].lower() + letters[1:],
        "{{UPPER}}": letters.upper()[:6],
        "{{API}}": API,
        "{{VERSION}}": version,
    }
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text
