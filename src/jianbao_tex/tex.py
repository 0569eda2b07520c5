r"""
Text on its way to TeX: what may be printed, how it is escaped, where it came from.

A template never sees a string of the issue, only a `Text`.  Printing one gives
escaped TeX between private marks; `OriginRecorder.strip` removes the marks and returns
the source text of each stretch of the TeX.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import NamedTuple, NoReturn, TypeVar

from jianbao_tex import breaks
from jianbao_tex.language import Phrase, say

Answer = TypeVar("Answer")

# --- What may be printed ----------------------------------------------------------

# Invisible characters that reorder, hide or join text.
_INVISIBLE = frozenset(
    [
        *(0x00AD, 0x061C, 0x115F, 0x1160, 0x180E, 0x3164, 0xFEFF, 0xFFA0),
        *range(0x200B, 0x2010),
        *range(0x2028, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
        *range(0xFFF0, 0xFFFD),
        *range(0xE0000, 0xE1000),
    ]
)
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
LOST = "\ufffd"
"""What a program writes for a character that it could not read."""
# Code points that no version of Unicode assigns (Unicode 23.7).
_NONCHARACTERS = frozenset(
    [*range(0xFDD0, 0xFDF0), *(p << 16 | n for p in range(17) for n in (0xFFFE, 0xFFFF))]
)
_MAX_COMBINING = 8
_COMBINING_HEAP = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20f0\ufe20-\ufe2f]{9,}"
)


def refused_characters(text: str) -> tuple[tuple[int, Phrase], ...]:
    """
    The characters of a text that are not printed, each as index and reason.

    Line ends are allowed; a tab is white space.  Source: the reject list of the
    security rules in docs/security.md.
    """
    # An issue has thousands of characters, and hundreds of different ones.
    reasons = {c: reason for c in set(text) if (reason := _reason(c))}
    refusals = [(i, reasons[c]) for i, c in enumerate(text) if c in reasons] if reasons else []
    refusals += [
        (match.start(), say("more than {most} combining marks on one letter", most=_MAX_COMBINING))
        for match in _COMBINING_HEAP.finditer(text)
    ]
    return tuple(refusals)


_CATEGORIES = {
    "Cs": say("half of a surrogate pair"),
    "Co": say("private-use character"),
}


def _reason(character: str) -> Phrase | None:
    if character in "\n\t" or " " <= character <= "~" or "\u4e00" <= character <= "\u9fa5":
        return None
    if ord(character) in _INVISIBLE:
        return say("invisible character")
    if character == LOST:
        return say("it stands for a character that was lost")
    if ord(character) in _NONCHARACTERS:
        return say("no character has this code point")
    # A character newer than Python's tables has no category: the fonts know whether it prints.
    category = unicodedata.category(character)
    if category not in _REFUSED_CATEGORIES:
        return None
    return _CATEGORIES.get(category) or say("control character")


# --- Escaping ------------------------------------------------------------------------

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    # Braced, so that \\ or \item before a value cannot take it as an option.
    "[": "{[}",
    "]": "{]}",
}
_SPECIAL = re.compile(r"[\\{}$&#_%^~\[\]]")
_WHITE = re.compile(r"[ \t\r\n\f\v\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]+")
_BREAK = r"\jbBreakHere{}"
_TIGHT_BREAK = r"\jbBreakWord{}"
_TIGHT_PIECE = 3


def escape(text: str, foreign: Collection[str] = (), *, tight: bool = False) -> str:
    r"""
    TeX that prints the text as it stands, in one line.

    White space becomes one space, a tie where no line may break.  An address, and a run of more
    than 24 letters, gets places to break: XeTeX crashes on an unbroken word of 997.
    In ``tight`` places such as the cells of a table a run of more than 6 may break after
    every third letter if it must.  A number with its unit is tied, a word with ``foreign``
    characters, which some Latin font lacks, is set in one font.
    """
    one_line = _WHITE.sub(" ", text)
    mark = _TIGHT_BREAK if tight else _BREAK
    spans = breaks.marked_in(one_line, foreign)
    pieces, last = [], 0
    for start, end in _tight_runs(one_line) if tight else breaks.runs_in(one_line):
        pieces.append(_escape_pieces(one_line, spans, last, start))
        cuts = _cut_run(one_line[start:end], tight=tight)
        pieces.append(mark.join(_escape_specials(piece) for piece in cuts))
        last = end
    pieces.append(_escape_pieces(one_line, spans, last, len(one_line)))
    return "".join(pieces)


def _tight_runs(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in breaks.TIGHT_RUN.finditer(text)]


def _escape_pieces(text: str, spans: Sequence[breaks.Span], start: int, end: int) -> str:
    """A part of a text between two long runs."""
    return "".join(
        _wrap(text[stretch.start : stretch.end], stretch.command)
        for stretch in breaks.stretches(text, spans, start, end)
    )


def _wrap(text: str, command: str) -> str:
    if command == "~":
        return command
    return f"\\{command}{{{_escape_specials(text)}}}" if command else _escape_specials(text)


def _escape_specials(text: str) -> str:
    return _SPECIAL.sub(lambda match: _ESCAPES[match.group()], text)


def _cut_run(run: str, *, tight: bool) -> list[str]:
    """The pieces of a run, between the places where it may break."""
    places = (
        range(_TIGHT_PIECE, len(run), _TIGHT_PIECE)
        if tight
        else breaks.breaks_in(run, breaks.RUN_PIECE)
    )
    ends = [place for place in places if not unicodedata.combining(run[place])]
    return [run[a:b] for a, b in itertools.pairwise((0, *ends, len(run)))]


# The TeX that one character can become; the group "none" is TeX that prints no character.
_PRINTED = re.compile(
    r"\\text(?:backslash|asciicircum|asciitilde)\{\}|\\[{}$&#_%]|\{[\[\]]\}"
    r"|(?P<none>\\jbBreak(?:Here|Word)\{\}|\\jb(?:Tied|Word)\{|[}~]|\s)|."
)


# Without any of these a text is printed as it stands.
_ESCAPED = re.compile(r"[\\{}~]")


def printed_in(tex: str) -> int:
    """How many characters, white space left out, a piece of escaped TeX prints."""
    if _ESCAPED.search(tex) is None:
        return len("".join(tex.split()))
    return sum(match["none"] is None for match in _PRINTED.finditer(tex))


# --- Origins ------------------------------------------------------------------------------

# Private-use characters: `refused_characters` keeps them out of every text.
_OPEN, _MIDDLE, _CLOSE = "\ue000", "\ue001", "\ue002"
_TEMPLATE_OPEN, _TEMPLATE_CLOSE = "\ue003", "\ue004"
_MARKS = re.compile(
    f"{_OPEN}(\\d+){_MIDDLE}|{_TEMPLATE_OPEN}(\\d+):(\\d+){_TEMPLATE_CLOSE}|{_CLOSE}|\n"
)
_EMPTY_LINES = re.compile(f"\n(?:(?:{_TEMPLATE_OPEN}[0-9:]+{_TEMPLATE_CLOSE})*\n){{2,}}")


def first_mark(text: str) -> int:
    """The index of the first private mark character; -1 if there is none."""
    return next((i for i, c in enumerate(text) if _OPEN <= c <= _TEMPLATE_CLOSE), -1)


def template_mark(file: int, line: int) -> str:
    """A mark: the TeX after it comes from this line of template number ``file``."""
    return f"{_TEMPLATE_OPEN}{file}:{line}{_TEMPLATE_CLOSE}"


class TexSpan(NamedTuple):
    """
    A stretch of one TeX line, columns from 1, the end not included.

    ``origin`` is the source of the printed text; ``None`` for TeX of the template.
    ``before`` is the number of its characters that were printed earlier.  ``template`` is the
    number of the template's file and the line.
    """

    line: int
    column: int
    end_column: int
    origin: Hashable | None
    template: tuple[int, int]
    before: int = 0

    def goes_on_in(self, other: TexSpan) -> bool:
        """Whether both are TeX of one line of a template, in one line of TeX."""
        is_same_line = (self.line, self.template) == (other.line, other.template)
        return is_same_line and self.origin is None and other.origin is None


class OriginRecorder:
    """
    The origins of the texts of one composition, in the order of their printing.

    ``foreign`` are characters of the issue that some Latin font lacks, ``terms`` its fixed terms.
    """

    def __init__(self, foreign: Collection[str] = (), terms: Collection[str] = ()) -> None:
        self.foreign = foreign
        self.terms = terms
        self._origins: list[tuple[Hashable, int]] = []

    def text(self, plain: str, origin: Hashable) -> Text:
        """The plain text as an opaque object for templates."""
        return Text(plain, origin, self)

    def mark(self, tex: str, origin: Hashable, before: int = 0) -> str:
        """The TeX between private marks that refer to its origin."""
        self._origins.append((origin, before))
        return f"{_OPEN}{len(self._origins) - 1}{_MIDDLE}{tex}{_CLOSE}"

    def strip(self, marked: str) -> tuple[str, tuple[TexSpan, ...]]:
        """
        The TeX without its marks, and the stretches between them, line by line.

        Raises:
            IndexError, ValueError: marks that were not made here.

        Templates need not count their empty lines: one is enough to part paragraphs.
        """
        marked = _EMPTY_LINES.sub("\n\n", marked)
        clean: list[str] = []
        stretches: list[TexSpan] = []
        open_origins: list[tuple[Hashable | None, int]] = [(None, 0)]
        template = (0, 0)
        last, line, column = 0, 1, 1
        for match in [*_MARKS.finditer(marked), None]:
            piece = marked[last : match.start() if match else None]
            if piece:
                origin, before = open_origins[-1]
                end = column + len(piece)
                stretch = TexSpan(line, column, end, origin, template, before)
                if stretches and stretches[-1].goes_on_in(stretch):
                    stretches[-1] = stretches[-1]._replace(end_column=end)
                else:
                    stretches.append(stretch)
                clean.append(piece)
                column += len(piece)
            if match is None:
                break
            last = match.end()
            if match[0] == "\n":
                clean.append("\n")
                line, column = line + 1, 1
            elif match[0] == _CLOSE:
                open_origins.pop()
                if not open_origins:
                    raise IndexError("a mark that nothing opened")
            elif match[1]:
                open_origins.append(self._origins[int(match[1])])
            else:
                template = (int(match[2]), int(match[3]))
        tex = "".join(clean)
        if first_mark(tex) >= 0 or len(open_origins) > 1:
            raise ValueError("a template made marks of its own")
        return tex, tuple(stretches)


def answer(text: Text, question: Callable[[str], Answer]) -> Answer:
    """What a function says about the plain string of a text: for the composer, not for templates."""
    return question(text._plain)


class Text:
    """
    A string of the issue as a template sees it: opaque, printable, nothing else.

    ``str()`` gives escaped TeX with its origin marked.  Whatever would hand out the
    raw string (``repr``, joining, formatting, comparing) is an error or not there.
    """

    __slots__ = ("_before", "_origin", "_plain", "_recorder", "_tight")

    def __init__(
        self,
        plain: str,
        origin: Hashable,
        recorder: OriginRecorder,
        *,
        tight: bool = False,
        before: int = 0,
    ) -> None:
        self._plain = plain
        self._origin = origin
        self._recorder = recorder
        self._tight = tight
        self._before = before

    def __str__(self) -> str:
        tex = escape(self._plain, self._recorder.foreign, tight=self._tight)
        return self._recorder.mark(tex, self._origin, self._before)

    __html__ = __str__

    def __repr__(self) -> NoReturn:
        raise TypeError("a text of the issue can only be printed, not shown as data")

    def __format__(self, spec: str) -> str:
        if spec:
            raise TypeError("a text of the issue takes no format")
        return str(self)

    def __bool__(self) -> bool:
        return bool(self._plain)

    def tight(self) -> Text:
        """The same text for a narrow place, where a long word may break if it must."""
        return Text(self._plain, self._origin, self._recorder, tight=True, before=self._before)

    @property
    def terms(self) -> Collection[str]:
        """The fixed terms of its issue."""
        return self._recorder.terms

    def split(self, cut: Callable[[str], list[str]]) -> list[Text]:
        """The text in parts of the same origin; only white space may differ between them."""
        parts = cut(self._plain)
        if "".join("".join(parts).split()) != "".join(self._plain.split()):
            raise ValueError("the parts do not add up to the text")
        ends = itertools.accumulate((len("".join(p.split())) for p in parts), initial=self._before)
        return [
            Text(part, self._origin, self._recorder, before=before)
            for part, before in zip(parts, ends, strict=False)
        ]
