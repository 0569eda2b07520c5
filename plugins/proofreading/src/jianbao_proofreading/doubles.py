"""Characters that were typed twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jianbao_proofreading.prose import Prose, check_of_prose
from jianbao_tex.hooks import Finding, warning

_DOUBLED = warning(
    "PR014", "{found} stands where {expected} is meant", "delete what was typed twice"
)

# What stands before or after the pair where each of the two belongs to a word of its own:
# 目的的, 为了了解, 现在在, 战争和和平, 参与与会.  Word lists are never complete, so that the
# characters which also end or begin many words (是在和与) are not fixed without a reader.
_WORDS = {
    "的": ("目标之端", "确士哥"),
    "了": ("甚时中明", "解结断却然悟"),
    "把": ("一两三几数每火拖扫车门", "关脉守控酒手玩握柄"),
    "被": ("棉被夹毛植覆加", "子单褥面套"),
    "是": ("国凡为于但可若要正就只不都也总还或便算自实求", "非否是"),
    "在": ("存现所内实潜外旨重自健好正不还就都也仍", "在"),
    "和": (
        "共缓总饱柔温谐人中随平祥调求违讲亲暖议媾不失说",
        "平谐解睦声气美顺田县乐蔼善约议缓畅煦服合衷",
    ),
    "与": ("参赠授付给赋干施", "会时否共日众此其"),
}
_SAFE = "的了把被"
_WORD = re.compile(r"([的了是在和与把被])\1")
_MARK = re.compile(r"([、，。；：])\1+")
_FULL_STOPS = 2


def _doubles(prose: Prose) -> Iterator[Finding]:
    """
    No mark and no particle stands twice.

    Dots for an ellipsis are not reported, nor particles that belong to two words.
    """
    for match in _MARK.finditer(prose.text):
        if match[1] != "。" or len(match[0]) == _FULL_STOPS:
            yield _finding(prose, match, match[1])
    for match in _WORD.finditer(prose.text):
        before, after = _WORDS[match[1]]
        head = prose.text[max(0, match.start() - 1) : match.start()]
        tail = prose.text[match.end() : match.end() + 1]
        if not (head and head in before) and not (tail and tail in after):
            yield _finding(prose, match, match[1] if match[1] in _SAFE else None)


def _finding(prose: Prose, match: re.Match[str], fix: str | None) -> Finding:
    values = {"found": match[0], "expected": match[1]}
    return prose.finding(_DOUBLED, match.start(), len(match[0]), fix, **values)


CHECKS = (check_of_prose("doubles", "重字重标点", _doubles),)
