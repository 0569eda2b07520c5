"""Texts of pages and issues in a form in which they can be compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from jianbao_tex.content import LEFTWARD, unligated
from jianbao_tex.master import Master


def comparable(text: str, twins: Mapping[int, str]) -> str:
    """The text in a normal form: characters that look the same in a PDF become one."""
    text = unicodedata.normalize("NFC", unligated(text)).translate(twins)
    return LEFTWARD.sub(lambda run: "".join(sorted(run.group())), text)


def twins_of(master: Master) -> dict[int, str]:
    """Maps each character that shares a glyph with others to one of them."""
    groups: dict[str, set[str]] = {}
    for pair in (*master.twins, ("\u2010", "-")):
        group = set().union(*(groups.get(character, {character}) for character in pair))
        groups |= dict.fromkeys(group, group)
    return {ord(character): min(group) for character, group in groups.items()}
