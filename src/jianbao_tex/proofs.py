"""Checks of an output file: its standard, its inks and its drawing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jianbao_tex.findings import Finding, error, warning
from jianbao_tex.language import InvalidValue, Phrase, say
from jianbao_tex.prepress.identity import Standard
from jianbao_tex.prepress.inks import Mode, Values, tone_of
from jianbao_tex.prepress.rules import examine
from jianbao_tex.prepress.saving import opened
from jianbao_tex.prepress.seeing import FontNames, SeenPage, drawing_without_colours, read_pages
from jianbao_tex.prepress.sheet import move_operators
from jianbao_tex.subjects import Files, OutputSubject

_WRONG_FILE = error(
    "JB360",
    "{file} is not what it is meant to be: {reason}",
    "report it with the issue; a plugin's style may draw something that is not allowed in it",
)
_HUE = warning(
    "JB361",
    "{file} has two inks, and none for a colour of page {page}: {colour}",
    "it is printed grey; draw in red and black, or print in four inks: print.colours: cmyk",
)

_INKS = 4


def red_of(subject: OutputSubject) -> Values:
    """The shares of CMYK of the layout's red."""
    figure = subject.layout.figures.get("colour.red")
    value = figure.value if figure else ()
    return value if isinstance(value, tuple) else ()


def standard_finding(subject: OutputSubject, suffix: str, reason: Phrase) -> Finding:
    """The finding for a file that breaks a rule for it."""
    return _WRONG_FILE.at(subject.issue.where(()), file=subject.job.name + suffix, reason=reason)


def standard_findings(
    subject: OutputSubject, files: Files, standards: Iterable[Standard]
) -> Iterator[Finding]:
    """Findings for each PDF that does not conform to its standard."""
    for (suffix, data), standard in zip(files.items(), standards, strict=True):
        try:
            examination = examine(data)
        except InvalidValue as exc:
            yield standard_finding(subject, suffix, exc.reason)
            continue
        faults = list(examination.faults)
        if examination.standard is not (standard if standard.intent else None):
            faults.append(say("it does not say that it is {standard}", standard=standard.name))
        for fault in faults:
            reason = say("{standard}: {what}", standard=standard.name, what=fault)
            yield standard_finding(subject, suffix, reason)


def plate_findings(
    subject: OutputSubject, files: Files, plates: set[str], most: int | None = None
) -> Iterator[Finding]:
    """Findings for pages that use other inks than ``plates``; only the first ``most`` pages."""
    for suffix, data in files.items():
        for number, page in enumerate(_pages_of(data, most), 1):
            if page.plates - plates:
                used, allowed = tuple(sorted(page.plates)), tuple(sorted(plates))
                reason = say(
                    "page {page} prints with {found}, but only {wanted} is allowed",
                    page=number,
                    found=used,
                    wanted=allowed,
                )
                yield standard_finding(subject, suffix, reason)


def black_findings(subject: OutputSubject, files: Files) -> Iterator[Finding]:
    """Findings if black text uses another ink, or solid black does not overprint."""
    red = red_of(subject)
    masters = _pages_of(subject.master.pdf)
    for suffix, data in files.items():
        for number, (page, master) in enumerate(zip(_pages_of(data), masters, strict=True), 1):
            # Dark colours of a department's own may contain black ink.
            is_plain = all(tone_of(v, red).ink != "other" for v in master.text_colours if v)
            coloured = (v for v in page.text_colours if len(v) == _INKS and v[-1] and max(v[:-1]))
            # A red may contain black.
            mixed = [v for v in coloured if tone_of(v, red).ink != "red"]
            if mixed and is_plain:
                values = " ".join(f"{part:g}" for part in mixed[0])
                reason = say("black text of page {page} is {found}", page=number, found=values)
                yield standard_finding(subject, suffix, reason)
            if not page.overprints:
                reason = say("black is not printed over other inks on page {page}", page=number)
                yield standard_finding(subject, suffix, reason)


def _pages_of(data: bytes, most: int | None = None) -> tuple[SeenPage, ...]:
    with opened(data) as document:
        return read_pages(document, most)


def lost_colour_findings(subject: OutputSubject, suffix: str, mode: Mode) -> Iterator[Finding]:
    """The colours of the issue that a mode of two inks turns grey."""
    if mode.keeps_hues:
        return
    red = red_of(subject)
    for number, page in enumerate(_pages_of(subject.master.pdf), 1):
        for values in sorted(page.colours):
            if values and tone_of(values, red).ink == "other":
                where, name = subject.issue.where(()), subject.job.name + suffix
                colour = " ".join(f"{part:g}" for part in values)
                yield _HUE.at(where, file=name, page=number, colour=colour)


def position_findings(
    subject: OutputSubject,
    suffix: str,
    data: bytes,
    margin: float = 0.0,
    left_out: frozenset[int] = frozenset(),
) -> Iterator[Finding]:
    """
    Findings for pages that do not draw the same as the master, in the same places.

    Args:
        subject: the issue.
        suffix: of the file.
        data: the file.
        margin: from the edge of its sheet to that of the page, in millimetres.
        left_out: pages of the master, from 0, that it does not show.
    """
    with opened(subject.master.pdf) as master, opened(data) as document:
        expected = [page for i, page in enumerate(master.pages) if i not in left_out]
        count = len(document.pages)
        if count != len(expected):
            yield standard_finding(
                subject, suffix, say("{count} pages, not {due}", count=count, due=len(expected))
            )
            return
        begin = move_operators(margin) if margin else b""
        own_fonts: FontNames = {}
        due_fonts: FontNames = {}
        for number, (page, output_page) in enumerate(zip(expected, document.pages, strict=True), 1):
            due = begin + drawing_without_colours(page, due_fonts)
            if not drawing_without_colours(output_page, own_fonts).startswith(due):
                reason = say("page {page} does not draw what the master draws", page=number)
                yield standard_finding(subject, suffix, reason)
