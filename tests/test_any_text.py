"""Any text prints exactly as written or is refused by name: drawn from all that ever hurt."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jianbao_tex.errors import IssueInvalid
from jianbao_tex.findings import visible
from jianbao_tex.press import Press
from jianbao_tex.tex import refused_characters
from pdf_pages import squeezed, text_of
from workshop import Workshop

# Sequences that TeX, its fonts or YAML would take for something else than text.
SEQUENCES = [
    "--", "---", "----", "``", "''", '"', "<<", ">>", ",,", "!`", "?`", "fi", "ffl", "ﬁ", "…", "...",
    "^^M", "^^5c", "^^^^005c", "^^@", "\\par", "\\input{x}", "\\\\", "\\\\*", "\\\\[1cm]", "\\end{document}",
    "%", "% ", "#1", "##", "$x$", "$$", "&", "~", "_", "{", "}", "{}", "[", "]", "\\jbBreakHere{}", "\\",
    "<%= x %>", "<#", "{{x}}", "{% x %}", "!!python/object", "&a", "*a", "- x", ": ", "# ", "@", "`", "|",
    "0365", "12:30", "no", "~", "null", "2020-03-10", "0x16d", "1e3", "=", "<", ">", "'", "''", "\"x\"",
]  # fmt: skip
# Emoji, alone and in sequences, marks on letters, full-width and half-width forms.
ODD = [
    "😀", "👍🏽", "👨\u200d👩\u200d👧", "🇨🇳", "❤\ufe0f", "1\ufe0f\u20e3", "e\u0301", "a\u0308\u0304", "n\u0303",
    "Ａｂ１％＆", "ｱｲ", "￥", "％", "＃", "㎡", "①", "⑳", "Ⅷ", "α", "Ω", "я", "ℓ", "×", "÷", "±", "≤", "★",
    "·", "—", "–", "‑", "−", "“”", "‘’", "《》", "【】", "〔〕", "︿", "、", "。", "，", "：", "𠮷", "𬱖", "龘", "㐀",
    "\u3000", "\u00a0", "\u2003", "\t", "\u202f", "é", "ü", "ñ", "ß", "œ", "ﬀ",
]  # fmt: skip
# What is no text: control characters, marks that turn or hide text, halves of pairs, private use.
NO_TEXT = [
    "\x00", "\x01", "\x07", "\x08", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\x9f", "\u2028", "\u2029",
    "\ufeff", "\u200b", "\u200c", "\u200e", "\u202a", "\u202e", "\u2066", "\u2069", "\u061c", "\u00ad",
    "\ue000", "\ue001", "\ue002", "\ue003", "\ue004", "\uf8ff", "\U000f0000", "\U0010fffd", "\ufdd0",
    "\uffff", "\U0001ffff", "\ud800", "\udfff", "\u0378", "\u3164", "\ufff9", "\U000e0041", "\ufe00",
]  # fmt: skip
LONG = st.builds(
    lambda text, count: text * count, st.sampled_from("y1.。—-ЯW"), st.sampled_from([26, 997, 1100])
)
PIECES = st.one_of(
    st.sampled_from(SEQUENCES),
    st.sampled_from(ODD),
    st.characters(min_codepoint=0x20, max_codepoint=0x7E),
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
    st.sampled_from("一二三中文字简报，。、；：？！"),
)
TEXTS = st.one_of(
    st.lists(PIECES, min_size=1, max_size=12).map("".join),
    st.lists(PIECES, min_size=1, max_size=12).map("".join),
    st.lists(st.one_of(PIECES, st.sampled_from(NO_TEXT)), min_size=1, max_size=5).map("".join),
    st.tuples(PIECES, LONG, PIECES).map("".join),
)
DRAWN, PACKED = 2_400, 600
"""How many strings are drawn, and how many of those that pass go into one issue."""

# Code points that share a glyph with another; the PDF gives back one of the two.
TWINS = str.maketrans({"⋯": "…", "\u2010": "-", "\u037e": ";", "➀": "①", "‑": "-"})
LIGATURES = str.maketrans({"ﬁ": "fi", "ﬀ": "ff"})


def quoted(text: str) -> str:
    """A scalar of YAML: characters as they are where YAML allows them, else escaped."""
    spelt = text.replace("\\", "\\\\").replace('"', '\\"')
    raw = {"\t": "\\t"}
    return '"' + "".join(raw.get(c, c) if _is_raw(c) else _escape(c) for c in spelt) + '"'


def _is_raw(character: str) -> bool:
    return character.isprintable() or character in "\t\u3000\u00a0\u2003\u202f"


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"


def issue(texts: list[str]) -> str:
    listed = "\n".join(f"      - paragraph: {{runs: [{quoted(text)}]}}" for text in texts)
    return f"masthead: {{name: 试}}\nsections:\n  - type: text\n    body:\n{listed}\n"


def codes(press: Press, text: str) -> set[str]:
    """The codes with which a string alone is refused; none where it is read as it is."""
    try:
        made = press.read(Workshop.source(issue([text])))
    except IssueInvalid as wrong:
        return {finding.code for finding in wrong.findings}
    (run,) = made.sections[0].body[0].runs  # type: ignore[attr-defined]
    assert squeezed(run.text) == squeezed(text)
    return set()


def comparable(text: str) -> str:
    return unicodedata.normalize("NFC", squeezed(text)).translate(TWINS).translate(LIGATURES)


def drawn(press: Press) -> list[str]:
    """The strings that the reader takes, each as it is; what is no text it refuses, all of it."""
    taken: list[str] = []
    tried: list[str] = []

    @settings(max_examples=DRAWN, deadline=None, suppress_health_check=list(HealthCheck))
    @given(TEXTS.filter(lambda text: text.strip()))
    def draw(text: str) -> None:
        found = codes(press, text)
        assert bool(found) == bool(refused_characters(text)), (text, found)
        assert found <= {"JB106", "JB108", "JB116", "JB110"}
        tried.append(text)
        if not found:
            taken.append(text)

    draw()
    assert len(tried) >= 2_000
    assert len(taken) > len(tried) / 2
    assert len(set(tried)) > len(tried) / 2
    return taken


def test_any_text_prints_exactly_as_written_or_is_refused_by_name(workshop: Workshop) -> None:
    """
    What is read comes back from the PDF unchanged; what is no text is refused; no third way.

    Characters that no font has are named, each; the texts with them are left out then.
    """
    press = workshop.press
    taken = drawn(press)
    faces = [press.fonts.typeface(role) for role in press.fonts.roles]
    everything = {c for text in taken for c in text if not c.isspace()}
    lacking = frozenset.intersection(*(face.lacks(everything) for face in faces))
    if lacking:
        with pytest.raises(IssueInvalid) as info:
            press.compose(Workshop.source(issue(taken)))
        named = {dict(finding.values)["character"] for finding in info.value.findings}
        assert named == set(map(visible, lacking))
        assert {finding.code for finding in info.value.findings} == {"JB401"}
    kept = [text for text in taken if not lacking & set(text)]
    assert len(kept) > len(taken) * 0.9
    for start in range(0, len(kept), PACKED):
        packed = kept[start : start + PACKED]
        pdf = press.press(Workshop.source(issue(packed))).artifacts[0].data

        assert comparable(text_of(pdf)) == comparable("试" + "".join(packed))
