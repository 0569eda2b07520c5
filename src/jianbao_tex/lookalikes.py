"""
Characters that look like ordinary ones and come with pasted text, each with the ordinary one.

A PDF or a scan gives ⽣ (a radical) for 生, ﬁ for fi, e and an accent for é; an input method gives
⋯⋯ for ……  On paper they look alike, but nobody finds them by searching.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from typing import Literal, NamedTuple

from jianbao_tex.language import Phrase, say

# Unicode, EquivalentUnifiedIdeograph.txt, of the CJK Radicals Supplement; NFKC knows the others.
_RADICALS = (
    "⺁厂 ⺂乛 ⺃乚 ⺄乙 ⺅亻 ⺆冂 ⺇𠘨 ⺈刀 ⺉刂 ⺊卜 ⺋㔾 ⺌小 ⺍小 ⺎兀 ⺏尣 ⺐尢 ⺑𡯂 ⺒巳 ⺓幺 ⺔彑 "
    "⺕彐 ⺖忄 ⺗心 ⺘扌 ⺙攵 ⺛旡 ⺜日 ⺝月 ⺞歺 ⺠民 ⺡氵 ⺢氺 ⺣灬 ⺤爫 ⺥爫 ⺦丬 ⺧牛 ⺨犭 ⺩王 ⺪𤴔 "
    "⺫目 ⺬示 ⺭礻 ⺮𥫗 ⺯糹 ⺰纟 ⺱罓 ⺲罒 ⺳㓁 ⺴冗 ⺵𦉫 ⺶羊 ⺷𦍌 ⺸𦍋 ⺹耂 ⺺肀 ⺻聿 ⺼肉 ⺽𦥑 ⺾艹 "
    "⺿艹 ⻀艹 ⻁虎 ⻂衤 ⻃覀 ⻄西 ⻅见 ⻆角 ⻇𧢲 ⻈讠 ⻉贝 ⻊𧾷 ⻋车 ⻌辶 ⻍辶 ⻎辶 ⻏邑 ⻐钅 ⻑長 ⻒镸 "
    "⻓长 ⻔门 ⻕𨸏 ⻖阝 ⻗雨 ⻘青 ⻙韦 ⻚页 ⻛风 ⻜飞 ⻝食 ⻞𩙿 ⻟飠 ⻠饣 ⻡𩠐 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 "
    "⻧卤 ⻨麦 ⻩黄 ⻪黾 ⻫斉 ⻬齐 ⻭歯 ⻮齿 ⻯竜 ⻰龙 ⻱龜 ⻲亀 "
)
_OF_RADICALS = {ord(pair[0]): pair[1] for pair in _RADICALS.split()}
# Forms for vertical lines and small ones, half-width marks, and marks of other keyboards.
_OF_MARKS = str.maketrans(
    *(
        "︐︑︒︓︔︕︖︗︘︙︰︱︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄﹐﹑﹔﹕﹖﹗﹘﹙﹚﹛﹜﹝﹞｡｢｣､･∼〜⋯―\u2329\u232a",
        "，、。：；！？〖〗…：—（）｛｝〔〕【】《》〈〉「」『』，、；：？！—（）｛｝〔〕。「」、·～～…—〈〉",
    )
)
_MARKED = r"[^\W\d_][\u0300-\u036f\u3099\u309a]+"
# One of these is in every look-alike; most texts have none, and need no search.
_SUSPECTS = frozenset(
    chr(code)
    for codes in (
        range(0x2E80, 0x2FD6),
        range(0xF900, 0xFB00),
        range(0x2F800, 0x2FA20),
        range(0xFB00, 0xFB07),
        range(0x300, 0x370),
        (0x2126, 0x212A, 0x212B, 0x3099, 0x309A),
        _OF_MARKS,
    )
    for code in codes
)


@functools.cache
def _pattern() -> re.Pattern[str]:
    """The look-alikes; made when the first text needs it, because that takes 10 ms."""
    return re.compile(
        r"(?P<radical>[\u2e80-\u2fd5]+)"
        r"|(?P<compatible>[\uf900-\ufaff\U0002f800-\U0002fa1f\u2126\u212a\u212b]+)"
        r"|(?P<ligature>[\ufb00-\ufb06]+)"
        rf"|(?P<apart>(?:{_MARKED})+)"
        rf"|(?P<mark>[{''.join(map(chr, _OF_MARKS))}]+)"
    )


_FORMS: dict[str, Phrase] = {
    "radical": say("a radical, not the character"),
    "compatible": say("a compatibility form of the character"),
    "ligature": say("a ligature, not letters"),
    "apart": say("a letter with a separate accent"),
    "mark": say("another mark that looks alike"),
}


class Lookalike(NamedTuple):
    """Some characters of a text that look like ordinary ones: where, and which are meant."""

    start: int
    text: str
    ordinary: str
    form: Phrase


def lookalikes(text: str) -> Iterator[Lookalike]:
    """The look-alikes of a text; neighbours of one form are one."""
    if _SUSPECTS.isdisjoint(text):
        return
    for match in _pattern().finditer(text):
        assert match.lastgroup is not None
        ordinary = _ordinary(match.group(), match.lastgroup)
        # Some compatibility ideographs are ordinary ones of their own (U+FA0E).
        if ordinary != match.group():
            yield Lookalike(match.start(), match.group(), ordinary, _FORMS[match.lastgroup])


def _ordinary(text: str, form: str) -> str:
    if form == "mark":
        return text.translate(_OF_MARKS)
    # NFKC would also make full-width letters half-width.
    normal_form: Literal["NFC", "NFKC"] = "NFC" if form == "apart" else "NFKC"
    return unicodedata.normalize(normal_form, text.translate(_OF_RADICALS))
