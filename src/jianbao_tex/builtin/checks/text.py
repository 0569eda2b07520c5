"""The text of the pages against the text of the issue."""

from __future__ import annotations

from collections.abc import Iterator

from jianbao_tex.builtin.checks.overruns import overruns
from jianbao_tex.builtin.checks.verdicts import without_spaces
from jianbao_tex.hooks import (
    CLOSING,
    Finding,
    Glyph,
    Mark,
    MasterCheck,
    MasterSubject,
    Phrase,
    comparable,
    error,
    say,
    twins_of,
    visible,
    warning,
)

_DIFFERS = error(
    "JB330",
    "the page prints another text than the issue: {found} instead of {expected}"
    " (page {page}, character {index})",
    "report it with the issue; a template or a section type of a plugin may print other text",
)
_UNMAPPED = error(
    "JB331",
    "characters of page {page} without a Unicode code point: {count} (font {font})",
    "the text cannot be searched or copied there: use another font",
)
_LONE = warning(
    "JB332",
    "the last line of a paragraph on page {page} has only one character: {text}",
    "lengthen or shorten the paragraph by a few characters",
)
_HEADING = warning(
    "JB333",
    "a heading stands last on page {page}: {text}",
    "add or remove a line before it",
)
_SIGNATURE = warning(
    "JB334",
    "a signature is the first line of page {page}, separated from its text: {text}",
    "add or remove a line before it",
)

_CLOSING = "".join(CLOSING) + "…—"
_CONTEXT = 12
_MAX_FINDINGS = 20


def _check_complete(subject: MasterSubject) -> Iterator[Finding]:
    """Every character of the issue is on the pages, in order, and nothing else is."""
    printed, expected = compared_texts(subject)
    if printed == expected:
        return
    index = next(
        (i for i, (a, b) in enumerate(zip(printed, expected, strict=False)) if a != b),
        min(len(printed), len(expected)),
    )
    number = _glyph_at(subject, index)
    line = subject.printed.line_of(number)
    if any(line and overrun.line == line for overrun in overruns(subject) if overrun.is_lost):
        # A text that runs into its neighbours is named for that.
        return
    pages = subject.printed.pages
    page = pages[min(number, len(pages) - 1)] if pages else 1
    excerpt = slice(index, index + _CONTEXT)
    yield _DIFFERS.at(
        subject.printed.expected_at(number) or subject.issue.where(()),
        found=_quote(printed[excerpt]),
        expected=_quote(expected[excerpt]),
        page=page,
        index=index + 1,
    )


def _glyph_at(subject: MasterSubject, index: int) -> int:
    """Which glyph has a character of the text that is compared."""
    grid, glyphs = subject.layout.grid, subject.printed.glyphs
    twins, end = twins_of(subject.master), 0
    for number, glyph in enumerate(glyphs):
        if grid.top < glyph.baseline <= grid.foot:
            end += len(comparable(glyph.text, twins))
            if end > index:
                return number
    return len(glyphs)


def compared_texts(subject: MasterSubject) -> tuple[str, str]:
    """
    The text of the pages and that of the issue, without white space.

    Characters that share a glyph count as equal: a PDF cannot distinguish them.
    """
    grid = subject.layout.grid
    twins = twins_of(subject.master)
    printed = (glyph.text for page in subject.measured.pages for glyph in page.text(grid))
    expected = without_spaces("".join(printed_texts(subject)))
    return comparable("".join(printed), twins), comparable(expected, twins)


def _quote(text: str) -> Phrase:
    return say("“{text}”", text=visible(text)) if text else say("nothing")


def printed_texts(subject: MasterSubject) -> Iterator[str]:
    """The texts that the issue prints.  Section names have no brackets if the layout has none."""
    figure = subject.layout.figures.get("section.brackets")
    bare = {section.name_line: section.name for section in subject.issue.sections if section.name}
    places = subject.layout.places
    for text in subject.issue.texts(places("masthead"), places("imprint")):
        yield bare.get(text, text) if figure and not figure.value else text


def _check_mapped(subject: MasterSubject) -> Iterator[Finding]:
    """Every glyph leads back to its code point."""
    for page in subject.measured.pages:
        unmapped: dict[str, list[Glyph]] = {}
        for glyph in page.glyphs:
            # Our measurement puts U+FFFD where pdfium knows no code point.
            if glyph.text == "\ufffd":
                unmapped.setdefault(glyph.font, []).append(glyph)
        for font, glyphs in unmapped.items():
            where = subject.where(glyphs)
            yield _UNMAPPED.at(where, count=len(glyphs), page=page.number, font=font)


def _check_lone(subject: MasterSubject) -> Iterator[Finding]:
    """No paragraph ends with a line of a single character (孤字)."""
    count = 0
    for paragraph in subject.printed.paragraphs:
        last = paragraph.lines[-1]
        text = _text_of(last.glyphs)
        is_body = last.glyphs[0].mark in {"", Mark.HEADING}
        if (
            is_body
            and len(text.rstrip(_CLOSING)) == 1
            and text[0].isalnum()
            and count < _MAX_FINDINGS
        ):
            count += 1
            yield _LONE.at(subject.where(last.glyphs), page=last.page, text=text)


def _check_kept_together(subject: MasterSubject) -> Iterator[Finding]:
    """No heading ends a page, no signature begins one."""
    grid = subject.layout.grid
    signatures = {without_spaces(text)[:_CONTEXT] for text in _signatures(subject)}
    pages = [(page, lines) for page in subject.measured.pages if (lines := page.body_lines(grid))]
    for page, lines in pages:
        last = lines[-1]
        lowest = max(
            [glyph.baseline for glyph in page.text(grid)] + [shape.bottom for shape in page.shapes]
        )
        is_last = lowest <= last[0].baseline + grid.em and page is not pages[-1][0]
        if is_last and all(glyph.mark == Mark.HEADING for glyph in last):
            text = _text_of(last)
            yield _HEADING.at(subject.where(last), page=page.number, text=text)
        first = _text_of(lines[0])
        if page.number > 1 and first[:_CONTEXT] in signatures:
            yield _SIGNATURE.at(subject.where(lines[0]), page=page.number, text=first)


def _signatures(subject: MasterSubject) -> Iterator[str]:
    for path, value in subject.issue.walk():
        if path and path[-1] == "signature" and isinstance(value, str):
            yield value if value.startswith("（") else f"（{value}）"


def _text_of(line: tuple[Glyph, ...]) -> str:
    return "".join(glyph.text for glyph in line)


CHECKS = (
    MasterCheck("text-complete", "文字完整", _check_complete, since="0.1"),
    MasterCheck("text-mapped", "文字可检索", _check_mapped, since="0.1"),
    MasterCheck("lone-characters", "孤字", _check_lone, since="0.1"),
    MasterCheck("kept-together", "标题与署名不离正文", _check_kept_together, since="0.1"),
)
