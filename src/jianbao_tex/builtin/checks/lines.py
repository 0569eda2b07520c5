"""Where the lines of the pages break, against the table of marks."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator

from jianbao_tex.builtin.checks.verdicts import mm
from jianbao_tex.hooks import (
    MM_PER_BP,
    Breaks,
    Finding,
    Glyph,
    Grid,
    Kind,
    Mark,
    MasterCheck,
    MasterSubject,
    Phrase,
    PrintedLine,
    PrintedParagraph,
    Reason,
    error,
    say,
    warning,
    width,
)

_MARKS = error(
    "JB335",
    "a line on page {page} breaks at a forbidden place, {before}|{after}: {reason}",
    "change the words around it; a style of the layout may have changed the rules "
    "(docs/line-breaks.md)",
)
_PIECES = warning(
    "JB336",
    "a line on page {page} breaks at a forbidden place, {before}|{after}: {reason}",
    "change the words around it; a style of the layout may have changed the rules "
    "(docs/line-breaks.md)",
)
_UNBROKEN = warning(
    "JB337",
    "a line of page {page} is {fault}, although it may break after {text}",
    "a style of the layout forbids breaks that are allowed (docs/line-breaks.md)",
)

_REASONS: dict[Reason, tuple[Kind, Phrase]] = {
    Reason.NEVER_FIRST: (_MARKS, say("the character after the break may not begin a line")),
    Reason.NEVER_LAST: (_MARKS, say("the character before the break may not end a line")),
    Reason.SEPARATED: (_MARKS, say("a dash or an ellipsis is broken")),
    Reason.NUMBER: (_PIECES, say("a number is broken, or separated from its unit")),
    Reason.QUOTED: (_PIECES, say("the character before the break may not end a line")),
    Reason.WORD: (_PIECES, say("a word or a formula is broken")),
}
_CONTEXT = 4
_MAX_FINDINGS = 20
_FAR_EM = 3.0
_SAME_SIZE_BP = 0.05
_SLACK_EM = 0.5


def _check_breaks(subject: MasterSubject) -> Iterator[Finding]:
    """No line begins or ends with a mark that may not stand there; words and numbers are whole."""
    count: Counter[str] = Counter()
    for paragraph, breaks in _paragraphs(subject):
        for line, after in itertools.pairwise(paragraph.lines):
            reason = breaks.reason_against(line.end)
            if reason is None or _is_excused(paragraph.text, line, reason):
                continue
            kind, explanation = _REASONS[reason]
            count[kind.code] += 1
            if count[kind.code] <= _MAX_FINDINGS:
                yield kind.at(
                    subject.where(after.glyphs[:1]),
                    page=line.page,
                    before=_text_of(line.glyphs[-_CONTEXT:]),
                    after=_text_of(after.glyphs[:_CONTEXT]),
                    reason=explanation,
                )


def _is_excused(text: str, line: PrintedLine, reason: Reason) -> bool:
    """Whether the editor broke the line, or TeX had no other break."""
    mark = line.glyphs[-1].mark
    if _is_broken_by_hand(text, line.end):
        return True
    if reason is Reason.WORD:
        # A word that is wider than the line of a title is broken.
        return mark == Mark.TITLE
    # A narrow cell parts a number before it overruns.
    return reason in {Reason.NUMBER, Reason.QUOTED} and mark == Mark.TABLE


def _check_spacing(subject: MasterSubject) -> Iterator[Finding]:
    """No line is stretched far or runs over its edge where an earlier break was allowed."""
    for paragraph, breaks in _paragraphs(subject):
        first = paragraph.lines[0].glyphs[0]
        is_body = abs(first.size_bp - subject.layout.grid.em_bp) < _SAME_SIZE_BP
        if first.mark not in {"", Mark.HEADING} or not is_body:
            continue
        for line, after in itertools.pairwise(paragraph.lines):
            size = line.glyphs[0].size_bp * MM_PER_BP
            stretch = _stretch_of(line.glyphs)
            if stretch > _FAR_EM * size:
                place = next(breaks.allowed(line.end + 1, after.end), after.end)
                piece = _glyphs_of(paragraph.text, after, place)
                piece_width = piece[-1].x - piece[0].x + size
                if stretch > piece_width + _FAR_EM * size:
                    fault = say("stretched by {length}", length=mm(stretch))
                    yield _finding(subject, piece, line.page, fault)
            yield from _check_overrun(subject, paragraph, breaks, line)


def _check_overrun(
    subject: MasterSubject, paragraph: PrintedParagraph, breaks: Breaks, line: PrintedLine
) -> Iterator[Finding]:
    size = line.glyphs[0].size_bp * MM_PER_BP
    right = _right_edge(subject.layout.grid, line)
    excess = line.glyphs[-1].right - right
    if excess <= _SLACK_EM * size or line.glyphs[-1].x <= right + _SLACK_EM * size:
        return
    for place in reversed([*breaks.allowed(line.start + 1, line.end)]):
        piece = _glyphs_of(paragraph.text, line, place)
        if piece[-1].right <= right:
            fault = say("{length} too long", length=mm(excess))
            yield _finding(subject, piece[-_CONTEXT:], line.page, fault)
            return


def _right_edge(grid: Grid, line: PrintedLine) -> float:
    """
    The right edge of the text column in which the line ends.  A line across columns ends in the
    last one.
    """
    edges = grid.text_edges(line.page)
    last = line.glyphs[-1].x
    return max((b for a, b in edges if a - grid.em / 2 < last), default=edges[0][1])


def _finding(
    subject: MasterSubject, glyphs: tuple[Glyph, ...], page: int, fault: Phrase
) -> Finding:
    text = _text_of(glyphs[-_CONTEXT:])
    return _UNBROKEN.at(subject.where(glyphs[-1:]), page=page, fault=fault, text=text)


def _paragraphs(subject: MasterSubject) -> Iterator[tuple[PrintedParagraph, Breaks]]:
    for paragraph in subject.printed.paragraphs:
        tight = paragraph.lines[0].glyphs[0].mark == Mark.TABLE
        yield paragraph, Breaks(paragraph.text, tight=tight)


def _glyphs_of(text: str, line: PrintedLine, place: int) -> tuple[Glyph, ...]:
    """The glyphs of a line up to a place of the text, one at least."""
    # TeX sets spaces as glue, which has no glyphs.
    count = len("".join(text[line.start : place].split()))
    return line.glyphs[: max(1, count)]


def _stretch_of(glyphs: tuple[Glyph, ...]) -> float:
    """How far the full-width characters of a line stand apart, all together, in mm."""
    size = glyphs[0].size_bp * MM_PER_BP
    if glyphs[-1].x - glyphs[0].x < len(glyphs) * size:
        # The line is shorter than its characters at full width: nothing is stretched.
        return 0.0
    return sum(
        max(0.0, after.x - glyph.x - size)
        for glyph, after in itertools.pairwise(glyphs)
        if width(glyph.text) >= 1
    )


def _is_broken_by_hand(text: str, place: int) -> bool:
    """Whether the editor broke the line there, in a title."""
    before = text[:place]
    return "\n" in before[len(before.rstrip()) :]


def _text_of(glyphs: tuple[Glyph, ...]) -> str:
    return "".join(glyph.text for glyph in glyphs)


CHECKS = (
    MasterCheck("line-breaks", "禁则", _check_breaks, since="0.1"),
    MasterCheck("unbroken-lines", "应断未断的行", _check_spacing, since="0.1"),
)
