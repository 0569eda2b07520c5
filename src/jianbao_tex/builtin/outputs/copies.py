"""Numbered copies (份号), and the booklet that is folded from sheets of twice the size."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from jianbao_tex.builtin.outputs.ink import ink_findings
from jianbao_tex.builtin.outputs.painted import mode_of, paint, plates_of, sheet_of
from jianbao_tex.builtin.outputs.shared import (
    identity_of,
    place_of_option,
    press_profile,
    setting,
)
from jianbao_tex.hooks import (
    Files,
    Finding,
    Glyph,
    InvalidValue,
    Mark,
    OutputSubject,
    Refusal,
    error,
    say,
    warning,
)
from jianbao_tex.hooks.prepress import (
    PLAIN,
    X4,
    Sheet,
    are_alike,
    impose,
    lay_out,
    lost_colour_findings,
    measure,
    number_copies,
    numbers_in,
    opened,
    padded,
    plate_findings,
    save_document,
    set_output_intent,
    sides,
    standard_finding,
    standard_findings,
)

_NO_NUMBER = error(
    "JB365",
    "the issue has no first copy number: {reason}",
    "write that of the first copy, such as copy_number: 000001",
)
_NO_COUNT = error(
    "JB366",
    "the number of copies is not set",
    "write copies: 300 in the imprint, or options, copies.count: 300",
)
_OTHER_COUNT = warning(
    "JB367",
    "{count} copies are numbered, but the imprint has {said}",
    "leave copies.count out; it is then as many as the imprint says",
)
_TOO_MANY = error(
    "JB368",
    "the numbers of {count} copies from {first} on do not fit: {reason}",
    "begin with more figures, or number fewer copies at a time (copies.count)",
)
_SEPARATED = warning(
    "JB369",
    "the booklet has {count} blank pages inside the text, before page {page}",
    "set distribution.page: four under options; then only the distribution block comes "
    "after the blank pages",
)
_MAX_FILES = 999
_MAX_FIGURES = 12
_NEAR_MM = 0.05


# --- Copies -----------------------------------------------------------------------------------


def _copy_numbers(subject: OutputSubject) -> list[str]:
    """The numbers of all copies."""
    first = subject.issue.copy_number or ""
    where = subject.issue.where(("copy_number",) if first else ())
    # isdigit() alone also accepts full-width figures and superscripts.
    if not (first.isascii() and first.isdigit()):
        raise Refusal(
            _NO_NUMBER.at(
                where, reason=say("it is {text}", text=first) if first else say("it has none")
            )
        )
    count = int(setting(subject, "copies.count").number) or _printed_count(subject)
    if not count:
        raise Refusal(_NO_COUNT.at(subject.issue.where(("imprint",))))
    last = str(int(first) + count - 1)
    reason = None
    if len(first) > _MAX_FIGURES:
        reason = say("at most {number} figures", number=_MAX_FIGURES)
    elif len(last) > len(first):
        reason = say("the last would be {number}", number=last)
    elif setting(subject, "copies.each").value and count > _MAX_FILES:
        reason = say("copies.each allows at most {number} files", number=_MAX_FILES)
    if reason:
        raise Refusal(_TOO_MANY.at(where, count=count, first=first, reason=reason))
    return [str(int(first) + i).zfill(len(first)) for i in range(count)]


def _printed_count(subject: OutputSubject) -> int:
    """共印N份."""
    imprint = subject.issue.imprint
    return (imprint.copies or 0) if imprint else 0


def _picture_spaces(subject: OutputSubject) -> set[str]:
    """Colour spaces that a press file may have in addition to its plates."""
    return {"RGB"} if mode_of(subject).pictures == "icc" else set()


def make_copies(subject: OutputSubject) -> Files:
    numbers = _copy_numbers(subject)
    if setting(subject, "copies.each").value:
        return {f"-copy-{number}.pdf": _number_pdf(subject, [number]) for number in numbers}
    return {"-copies.pdf": _number_pdf(subject, numbers)}


def _number_pdf(subject: OutputSubject, numbers: list[str]) -> bytes:
    with opened(subject.master.pdf) as document:
        paint(document, subject, mode_of(subject))
        try:
            number_copies(document, numbers)
        except InvalidValue as bad_number:
            where = subject.issue.where(("copy_number",))
            raise Refusal(_NO_NUMBER.at(where, reason=bad_number)) from bad_number
        variant = numbers[0] if len(numbers) == 1 else ""
        return save_document(document, identity_of(subject, variant), PLAIN)


def prove_copies(subject: OutputSubject, files: Files) -> Iterator[Finding]:
    numbers = _copy_numbers(subject)
    printed_count = _printed_count(subject)
    if printed_count and printed_count != len(numbers):
        where = place_of_option(subject, "copies.count")
        yield _OTHER_COUNT.at(where, count=len(numbers), said=printed_count)
    yield from lost_colour_findings(subject, next(iter(files)), mode_of(subject))
    # The files of all copies are alike but for the number.
    yield from ink_findings(subject, next(iter(files.values())))
    count = len(subject.measured.pages)
    printed_numbers = []
    for suffix, data in files.items():
        with opened(data) as document:
            printed_numbers += numbers_in(document, count)
            if not are_alike(document, count):
                yield standard_finding(
                    subject, suffix, say("its copies differ in more than the number")
                )
        first = {suffix: data} if suffix == next(iter(files)) else {}
        inks = {*plates_of(subject), *_picture_spaces(subject)}
        yield from plate_findings(subject, first, inks, most=count)
    for index, (number, expected) in enumerate(itertools.zip_longest(printed_numbers, numbers), 1):
        if number != expected:
            reason = say(
                "copy {index} has the number {found}, not {wanted}",
                index=index,
                found=number or "-",
                wanted=expected or "-",
            )
            yield standard_finding(subject, next(iter(files)), reason)


# --- The booklet ------------------------------------------------------------------------------


def _page_order(subject: OutputSubject) -> tuple[int | None, ...]:
    pages = subject.measured.pages
    # Blank pages come before the distribution block, which stays on the outside back.
    return padded(
        len(pages), is_closed=bool(pages[-1].marked(Mark.DISTRIBUTION)) and len(pages) > 1
    )


def _sheet(subject: OutputSubject) -> Sheet:
    """A sheet with trim marks; without marks, paper of exactly two pages."""
    if not setting(subject, "booklet.marks").value:
        return Sheet(bleed=0.0)
    return sheet_of(subject, marked=True, is_folded=True)


def make_booklet(subject: OutputSubject) -> bytes:
    profile = press_profile(subject)
    with opened(subject.master.pdf) as document:
        paint(document, subject, mode_of(subject), profile)
        impose(document, _page_order(subject), setting(subject, "booklet.creep").mm)
        lay_out(document, _sheet(subject))
        set_output_intent(document, X4, profile)
        return save_document(document, identity_of(subject, "骑马订"), X4)


def prove_booklet(subject: OutputSubject, files: Files) -> Iterator[Finding]:
    yield from standard_findings(subject, files, [X4])
    yield from plate_findings(subject, files, {*plates_of(subject), *_picture_spaces(subject)})
    yield from lost_colour_findings(subject, "-booklet.pdf", mode_of(subject))
    yield from ink_findings(subject, files["-booklet.pdf"])
    order = _page_order(subject)
    text = subject.measured.pages[-1].body_lines(subject.layout.grid) if subject.layout else ()
    if None in order and order[-1] is not None and text:
        where = subject.issue.where(())
        yield _SEPARATED.at(where, count=order.count(None), page=len(subject.measured.pages))
    for suffix, data in files.items():
        yield from _check_sides(subject, suffix, data, order)


def _check_sides(
    subject: OutputSubject, suffix: str, data: bytes, order: tuple[int | None, ...]
) -> Iterator[Finding]:
    """Checks that each half of each side shows its page, moved only by the creep."""
    pages = subject.measured.pages
    width = pages[0].width
    creep = setting(subject, "booklet.creep").mm
    margin = _sheet(subject).margin
    measured = measure(data).pages
    for index, (side, halves) in enumerate(zip(measured, sides(order), strict=True)):
        # Both sides of a sheet are moved alike.
        shift = creep * (index // 2)
        expected = [
            (glyph.text, glyph.x + offset + margin, glyph.baseline + margin)
            for half, offset in zip(halves, (shift, width - shift), strict=True)
            if half is not None
            for glyph in pages[half].glyphs
        ]
        if not _are_in_place(side.glyphs, expected):
            page_numbers = tuple("-" if half is None else str(half + 1) for half in halves)
            yield standard_finding(
                subject,
                suffix,
                say(
                    "side {side} does not show the pages {pages} in their places",
                    side=index + 1,
                    pages=page_numbers,
                ),
            )


def _are_in_place(glyphs: Sequence[Glyph], expected: Sequence[tuple[str, float, float]]) -> bool:
    """Whether glyphs have the expected texts, origins and baselines."""
    return len(glyphs) == len(expected) and all(
        glyph.text == text
        and abs(glyph.x - x) <= _NEAR_MM
        and abs(glyph.baseline - baseline) <= _NEAR_MM
        for glyph, (text, x, baseline) in zip(glyphs, expected, strict=True)
    )
