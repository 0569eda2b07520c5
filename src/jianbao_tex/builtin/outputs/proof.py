"""
The output proof: the pages as they are, with 样稿 across each, and the findings in the margin.

It is made of refused issues too, so that people can see what is wrong.  It is no master: its
name, its title and its certificate say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from jianbao_tex.builtin.outputs.shared import identity_of
from jianbao_tex.hooks import (
    MM_PER_BP,
    Files,
    Finding,
    Glyph,
    OutputSubject,
    Page,
    Refusal,
    Severity,
    Typeface,
    error,
    language,
)
from jianbao_tex.hooks.prepress import (
    PLAIN,
    Lettering,
    opened,
    save_document,
    standard_findings,
)

SUFFIX = "-proof.pdf"
"""The end of the name of each proof."""

_ACTS = error(
    "JB379",
    "no proof is made: the PDF contains {keys}, which could run code where it is opened",
    "a template or a style puts it there by \\special; take that out",
)
_WORD = "样稿"
_FOOT = "样稿　不作付印依据　PROOF"
_NO_FINDING = "检查未发现问题。"
_TITLE = "校样意见"
_COLOURS = {
    Severity.ERROR: b"0.8 0 0 rg",
    Severity.WARNING: b"0.8 0.45 0 rg",
    Severity.NOTE: b"0.1 0.35 0.7 rg",
}
_WEIGHTS = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.NOTE: "提示"}
_TINT, _BLACK = b"0.9 g", b"0 g"
# Lengths in bp.
_LABEL, _TEXT, _HEAD, _WATERMARK = 7.0, 10.5, 16.0, 150.0
_LEAD, _GAP, _STROKE = 9.0, 6.0, 0.8
_EDGE = 71.0


@dataclass(frozen=True)
class _Mark:
    """A finding with its number, and the glyphs of one page at which it stands."""

    number: int
    finding: Finding
    page: int
    glyphs: tuple[Glyph, ...]

    @property
    def baseline(self) -> float:
        """The baseline of its first line, in mm; one near the head for a mark without text."""
        return min((glyph.baseline for glyph in self.glyphs), default=_EDGE * MM_PER_BP)

    @property
    def label(self) -> str:
        return f"{self.number} {self.finding.code}"


def make_proof(subject: OutputSubject) -> bytes:
    """
    The proof of an issue, refused or not.

    Raises:
        Refusal: the PDF would run code where it is opened.
    """
    if keys := subject.measured.unexpected_keys:
        raise Refusal(_ACTS.at(subject.issue.where(()), keys=keys))
    letters = Lettering(_faces(subject))
    marks = list(_marks(subject))
    with opened(subject.master.pdf) as document:
        for measured, page in zip(subject.measured.pages, document.pages, strict=True):
            own = [mark for mark in marks if mark.page == measured.number]
            over = b"\n".join([*_margin(letters, measured, own), _foot(letters, measured)])
            page.contents_add(_watermark(letters, measured), prepend=True)
            page.contents_add(_wrapped(over), prepend=False)
        _add_list(document, letters, subject)
        return save_document(document, identity_of(subject, _WORD), PLAIN)


def _faces(subject: OutputSubject) -> tuple[Typeface, ...]:
    """The typefaces of the layout, the sans serif one first: small type is easy to read in it."""
    return tuple(face for _, face in sorted(subject.faces.items(), key=lambda i: i[0] != "hei"))


def prove_proof(subject: OutputSubject, files: Files) -> Iterator[Finding]:
    yield from standard_findings(subject, files, [PLAIN])


def _marks(subject: OutputSubject) -> Iterator[_Mark]:
    """Each finding at the glyphs that print its place; at the head of its page if none do."""
    for number, finding in enumerate(subject.job.findings, start=1):
        page = str(dict(finding.values).get("page", ""))
        by_page: dict[int, list[Glyph]] = {}
        for glyph_page, glyph in subject.printed.glyphs_at(finding.where):
            if page in {"", str(glyph_page)}:
                by_page.setdefault(glyph_page, []).append(glyph)
        if not by_page:
            by_page[int(page) if page.isdecimal() else 1] = []
        for page_number, glyphs in by_page.items():
            yield _Mark(number, finding, page_number, tuple(glyphs))


# --- Drawing ------------------------------------------------------------------------------------


def _wrapped(operators: bytes) -> bytes:
    return b"q\n" + operators + b"\nQ"


def _watermark(letters: Lettering, page: Page) -> bytes:
    """样稿 across the page, below its content."""
    width, height = page.width / MM_PER_BP, page.height / MM_PER_BP
    size = min(_WATERMARK, width / 3)
    x = -letters.width(_WORD, size) / 2
    turned = f"0.7071 0.7071 -0.7071 0.7071 {width / 2:.2f} {height / 2:.2f} cm".encode()
    return _wrapped(b"\n".join([turned, _TINT, letters.path(_WORD, x, -size / 3, size)]))


def _foot(letters: Lettering, page: Page) -> bytes:
    x = page.width / MM_PER_BP / 2 - letters.width(_FOOT, _LABEL) / 2
    return _BLACK + b"\n" + letters.path(_FOOT, x, 3 * _LABEL, _LABEL)


def _margin(letters: Lettering, page: Page, marks: Iterable[_Mark]) -> Iterator[bytes]:
    """The marks of a page: a stroke under the text, the code beside its line."""
    height, x = page.height / MM_PER_BP, page.width / MM_PER_BP - _EDGE + _GAP
    lowest = height
    for mark in sorted(marks, key=lambda mark: mark.baseline):
        yield _COLOURS[mark.finding.severity]
        yield from _strokes(mark.glyphs, height)
        # Labels of one line stand below each other.
        lowest = min(height - mark.baseline / MM_PER_BP, lowest - _LEAD)
        yield letters.path(mark.label, x, lowest, _LABEL)


def _strokes(glyphs: Iterable[Glyph], height: float) -> Iterator[bytes]:
    """A stroke under the glyphs of each line."""
    lines: dict[float, list[Glyph]] = {}
    for glyph in glyphs:
        lines.setdefault(round(glyph.baseline, 1), []).append(glyph)
    for line in lines.values():
        left = min(min(g.x, g.left) for g in line) / MM_PER_BP
        right = max(g.right for g in line) / MM_PER_BP
        y = height - line[0].baseline / MM_PER_BP - 0.2 * line[0].size_bp
        yield f"{left:.2f} {y:.2f} {right - left:.2f} {_STROKE} re f".encode()


# --- The list of findings -------------------------------------------------------------------------


def _add_list(document: Any, letters: Lettering, subject: OutputSubject) -> None:
    """Pages after the proof, on which each finding is written out."""
    first = subject.measured.pages[0]
    height, width = first.height / MM_PER_BP, first.width / MM_PER_BP
    room = width - 2 * _EDGE
    y, operators = height - _EDGE, [_BLACK, letters.path(_TITLE, _EDGE, height - _EDGE, _HEAD)]
    for colour, line in _entries(letters, subject.job.findings, room):
        y -= 1.6 * _TEXT
        if y < _EDGE:
            _add_page(document, letters, first, operators)
            y, operators = height - _EDGE, []
        operators += [colour, letters.path(line, _EDGE, y, _TEXT)]
    _add_page(document, letters, first, operators)


def _entries(
    letters: Lettering, findings: Iterable[Finding], room: float
) -> Iterator[tuple[bytes, str]]:
    """The lines of the list, each with its colour."""
    chinese = language("zh")
    is_empty = True
    for number, finding in enumerate(findings, start=1):
        is_empty = False
        weight, where = _WEIGHTS[finding.severity], str(finding.where)
        colour = _COLOURS[finding.severity]
        head = f"{number}  {finding.code} {weight}  {where}"
        yield from ((colour, line) for line in letters.lines(head, _TEXT, room))
        for text in (finding.message_in(chinese), "→ " + finding.advice_in(chinese)):
            yield from ((_BLACK, line) for line in letters.lines(text, _TEXT, room))
        yield _BLACK, ""
    if is_empty:
        yield _BLACK, _NO_FINDING


def _add_page(document: Any, letters: Lettering, like: Page, operators: list[bytes]) -> None:
    page = document.add_blank_page(page_size=(like.width / MM_PER_BP, like.height / MM_PER_BP))
    over = b"\n".join([*operators, _foot(letters, like)])
    page.contents_add(b"\n".join([_watermark(letters, like), _wrapped(over)]), prepend=False)
