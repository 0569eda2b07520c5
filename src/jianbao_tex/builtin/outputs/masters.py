"""The master for the press, its plates, and the master for preprinted paper (套打)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from jianbao_tex.builtin.outputs.ink import ink_findings
from jianbao_tex.builtin.outputs.painted import mode_of, paint, plates_of, sheet_of
from jianbao_tex.builtin.outputs.shared import (
    identity_of,
    place_of_option,
    press_profile,
    setting,
    text_setting,
)
from jianbao_tex.hooks import (
    Files,
    Finding,
    Glyph,
    OutputSubject,
    Page,
    Phrase,
    Refusal,
    error,
    say,
)
from jianbao_tex.hooks.prepress import (
    PLAIN,
    STANDARDS,
    X1A,
    Ink,
    Plate,
    Preprinted,
    Sheet,
    black_findings,
    images_of,
    lay_out,
    lost_colour_findings,
    measure,
    opened,
    plate_findings,
    position_findings,
    red_of,
    save_document,
    set_output_intent,
    standard_finding,
    standard_findings,
)

_NO_RGB = error(
    "JB363",
    "{standard} does not allow RGB colours",
    "choose print.colours: spot, cmyk or gray, or print.standard: x-4",
)
_LOST = error(
    "JB364",
    "without red, text of page {page} is missing: {text}",
    "the layout prints text on red; use the output print or plates",
)

_SAME_MM = 0.05
_PLATE = {"Black": Ink("0 g 0 G", "0.5 g")}
"""The ink of a file that is one plate by itself."""


# --- The master -------------------------------------------------------------------------------


def make_print(subject: OutputSubject) -> bytes:
    standard = STANDARDS[text_setting(subject, "print.standard")]
    colours = text_setting(subject, "print.colours")
    if standard is X1A and colours == "rgb":
        where = place_of_option(subject, "print.colours")
        raise Refusal(_NO_RGB.at(where, standard=standard.name))
    profile = press_profile(subject, standard, "print.standard")
    with opened(subject.master.pdf) as document:
        paint(document, subject, mode_of(subject), profile)
        lay_out(document, sheet_of(subject, marked=bool(setting(subject, "print.marks").value)))
        set_output_intent(document, standard, profile)
        return save_document(document, identity_of(subject), standard)


def prove_print(subject: OutputSubject, files: Files) -> Iterator[Finding]:
    standard = STANDARDS[text_setting(subject, "print.standard")]
    yield from standard_findings(subject, files, [standard])
    yield from lost_colour_findings(subject, "-print.pdf", mode_of(subject))
    others = {"RGB"} if text_setting(subject, "print.colours") == "rgb" else set()
    yield from plate_findings(subject, files, {*plates_of(subject), *others})
    yield from black_findings(subject, files)
    yield from ink_findings(subject, files["-print.pdf"])
    sheet = sheet_of(subject, marked=bool(setting(subject, "print.marks").value))
    for suffix, data in files.items():
        yield from position_findings(subject, suffix, data, sheet.margin)


# --- Plates -----------------------------------------------------------------------------------


def make_plates(subject: OutputSubject) -> Files:
    dpi = setting(subject, "plates.dpi").number
    files: dict[str, bytes] = {}
    inks: tuple[Literal["red", "black"], ...] = ("red", "black")
    for ink in inks:
        with opened(subject.master.pdf) as document:
            paint(document, subject, Plate(ink))
            bleed = setting(subject, "print.bleed").mm
            lay_out(document, Sheet(bleed, inks=_PLATE))
            pdf = save_document(document, identity_of(subject, ink), PLAIN)
        files[f"-plate-{ink}.pdf"] = pdf
        for number, image in enumerate(images_of(pdf, dpi, subject.job.check_cancelled), 1):
            files[f"-plate-{ink}-{number}.png"] = image
    return files


def prove_plates(subject: OutputSubject, files: Files) -> Iterator[Finding]:
    pdfs = {suffix: data for suffix, data in files.items() if suffix.endswith(".pdf")}
    yield from plate_findings(subject, pdfs, {"Black"})
    yield from lost_colour_findings(subject, "-plate-black.pdf", Plate("black"))


# --- 套打 -------------------------------------------------------------------------------------


def make_preprinted(subject: OutputSubject) -> bytes:
    with opened(subject.master.pdf) as document:
        paint(document, subject, Preprinted())
        return save_document(document, identity_of(subject, "套打"), PLAIN)


def prove_preprinted(subject: OutputSubject, files: Files) -> Iterator[Finding]:
    yield from plate_findings(subject, files, {"Black"})
    yield from lost_colour_findings(subject, "-preprinted.pdf", Preprinted())
    reds = {("k", *(f"{share:g}" for share in red_of(subject)))}
    for suffix, data in files.items():
        measured = measure(data)
        for page, printed in zip(subject.measured.pages, measured.pages, strict=True):
            remaining, removed = _compare_with(page.glyphs, printed.glyphs)
            if fault := _difference(remaining, printed.glyphs):
                reason = say("page {page}: {what}", page=page.number, what=fault)
                yield standard_finding(subject, suffix, reason)
            if _covers(printed, removed):
                yield standard_finding(
                    subject,
                    suffix,
                    say(
                        "page {page} prints black over the preprinted red",
                        page=page.number,
                    ),
                )
            removed_text = "".join(glyph.text for glyph in removed)
            preprinted = _preprinted_text(subject) if page.number == 1 else ""
            if sorted(removed_text) != sorted(preprinted) and (removed_text or page.colours & reds):
                text = removed_text.removeprefix(preprinted)
                yield _LOST.at(subject.issue.where(()), page=page.number, text=text[:20])


def _covers(page: Page, removed: Iterable[Glyph]) -> bool:
    """Whether something is printed where glyphs were taken out."""
    boxes = [(g.left, g.top, g.right, g.bottom) for g in page.glyphs]
    boxes += [(rule.left, rule.top, rule.left + rule.width, rule.bottom) for rule in page.rules]
    return any(
        left < glyph.right and right > glyph.left and top < glyph.bottom and bottom > glyph.top
        for glyph in removed
        for left, top, right, bottom in boxes
    )


def _difference(glyphs: tuple[Glyph, ...], others: tuple[Glyph, ...]) -> Phrase | None:
    if [g.text for g in glyphs] != [g.text for g in others]:
        return say("its text is not that of the master")
    pairs = zip(glyphs, others, strict=True)
    far = max((max(abs(b.x - a.x), abs(b.baseline - a.baseline)) for a, b in pairs), default=0.0)
    return say("text is {far} mm out of its place", far=f"{far:.3f}") if far > _SAME_MM else None


def _compare_with(
    glyphs: Iterable[Glyph], others: tuple[Glyph, ...]
) -> tuple[tuple[Glyph, ...], tuple[Glyph, ...]]:
    """The glyphs of the master that the file still has, and those that it lacks."""
    remaining, removed = [], []
    unmatched = iter(others)
    other = next(unmatched, None)
    for glyph in glyphs:
        near = other and abs(other.x - glyph.x) < 1 and abs(other.baseline - glyph.baseline) < 1
        if other and near and other.text == glyph.text:
            remaining.append(glyph)
            other = next(unmatched, None)
        else:
            removed.append(glyph)
    return tuple(remaining), tuple(removed)


def _preprinted_text(subject: OutputSubject) -> str:
    """The slogan and the name, which are preprinted on the paper."""
    head = subject.issue.masthead
    return "".join("".join((head.slogan or "", head.name)).split())
