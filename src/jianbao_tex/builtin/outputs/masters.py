"""The master for the press, its plates, and the master for paper that is red already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal, cast

from jianbao_tex.builtin.outputs.shared import (
    figures_of,
    hues_lost,
    identity_of,
    kept,
    not_kept,
    place_of_option,
    press_profile,
    red_of,
    screen_profile,
    setting,
    word,
)
from jianbao_tex.hooks import Files, Finding, Glyph, Output, Phrase, Refusal, Subject, error, say
from jianbao_tex.measure import measure
from jianbao_tex.prepress.identity import PLAIN, STANDARDS, X1A
from jianbao_tex.prepress.inks import (
    RGB,
    SPOT,
    Calibrated,
    Gray,
    Mode,
    Plate,
    Preprinted,
    Process,
    Spot,
)
from jianbao_tex.prepress.objects import name
from jianbao_tex.prepress.painting import OVER, Painter
from jianbao_tex.prepress.pictures import Pictures
from jianbao_tex.prepress.profiles import Profile
from jianbao_tex.prepress.raster import images_of
from jianbao_tex.prepress.saving import intend, opened, profile_stream, saved
from jianbao_tex.prepress.seeing import drawn, seen
from jianbao_tex.prepress.sheet import ALL, Sheet, lay_out, moved, tint_of

if TYPE_CHECKING:
    import pikepdf

_NO_RGB = error(
    "JB363",
    "{standard} has no colours of red, green and blue",
    "choose print.colours: spot, cmyk or gray, or print.standard: x-4",
)
_LOST = error(
    "JB364",
    "without the red, text of page {page} is lost: {text}",
    "the layout writes on red; hand out print or plates instead",
)

_ALL_PLATES = (f"/{ALL} cs 1 scn /{ALL} CS 1 SCN",)
_BLACK_MARKS = ("0 0 0 1 k 0 0 0 1 K",)
_MARKS = {
    "spot": (f"/{SPOT} cs 1 scn /{SPOT} CS 1 SCN", f"/{OVER} gs {_BLACK_MARKS[0]}"),
    "cmyk": _ALL_PLATES,
    "gray": _BLACK_MARKS,
    "rgb": _ALL_PLATES,
}
"""Marks by the colours of the press: each plate in use has them."""
_PROCESS_BARS = (
    *("1 0 0 0 k", "0.5 0 0 0 k", "0 1 0 0 k", "0 0.5 0 0 k"),
    *("0 0 1 0 k", "0 0 0.5 0 k", "0 0 0 1 k", "0 0 0 0.5 k"),
)
_BARS = {
    "spot": ("0 0 0 1 k", "0 0 0 0.5 k", f"/{SPOT} cs 1 scn", f"/{SPOT} cs 0.5 scn"),
    "cmyk": _PROCESS_BARS,
    "gray": ("0 0 0 1 k", "0 0 0 0.5 k"),
    "rgb": _PROCESS_BARS,
}
_SAME_MM = 0.05
_INKS = 4


# --- The modes --------------------------------------------------------------------------------


def mode_of(subject: Subject) -> Mode:
    """The mode that the issue asks for on the press."""
    colours = word(subject, "print.colours")
    red = setting(subject, "pdf.red").value
    modes: dict[str, Mode] = {
        "spot": Spot(),
        "cmyk": Process(),
        "gray": Gray(),
        "rgb": Calibrated(cast("tuple[float, ...]", red)),
    }
    return modes[colours]


def paint(
    document: pikepdf.Pdf, subject: Subject, mode: Mode, profile: Profile | None = None
) -> None:
    """Writes the pages of a document in a mode; pictures need the profile of a press."""
    rgb = None
    if mode.pictures == "icc":
        rgb = _array(name("ICCBased"), profile_stream(document, screen_profile(subject)))
    spaces = {RGB: rgb} if rgb is not None else {}
    if isinstance(mode, Spot):
        ink = word(subject, "print.ink") or "Red"
        tint = tint_of(document, red_of(subject))
        spaces[SPOT] = _array(name("Separation"), name(ink), name("DeviceCMYK"), tint)
    repaint = None
    if mode.pictures not in {"keep", "white"}:
        target = cast('Literal["gray", "cmyk", "rgb", "icc"]', mode.pictures)
        repaint = Pictures(target, lambda: profile or press_profile(subject), rgb)
    Painter(document, mode, red_of(subject), spaces, repaint).paint()


def _array(*items: Any) -> Any:
    import pikepdf

    return pikepdf.Array(list(items))


# --- The master -------------------------------------------------------------------------------


def _print(subject: Subject) -> bytes:
    standard = STANDARDS[word(subject, "print.standard")]
    colours = word(subject, "print.colours")
    if standard is X1A and colours == "rgb":
        where = place_of_option(subject, "print.colours")
        raise Refusal(_NO_RGB.at(where, standard=standard.name))
    assert subject.master is not None
    profile = press_profile(subject)
    with opened(subject.master.pdf) as document:
        paint(document, subject, mode_of(subject), profile)
        lay_out(document, sheet_of(subject, marked=bool(setting(subject, "print.marks").value)))
        intend(document, standard, profile)
        return saved(document, identity_of(subject), standard)


def sheet_of(subject: Subject, *, marked: bool, is_folded: bool = False) -> Sheet:
    """The sheet that the issue asks for on the press."""
    colours = word(subject, "print.colours")
    return Sheet(
        bleed=setting(subject, "print.bleed").mm,
        marks=_MARKS[colours] if marked else (),
        bars=_BARS[colours] if marked and setting(subject, "print.bars").value else (),
        is_folded=is_folded,
    )


def _prove_print(subject: Subject, files: Files) -> Iterator[Finding]:
    standard = STANDARDS[word(subject, "print.standard")]
    yield from kept(subject, files, [standard])
    mode = mode_of(subject)
    yield from hues_lost(subject, "-print.pdf", mode)
    yield from plates_kept(subject, files, plates_due(subject))
    yield from _black_as_due(subject, files)
    for suffix, data in files.items():
        sheet = sheet_of(subject, marked=bool(setting(subject, "print.marks").value))
        yield from unmoved(subject, suffix, data, sheet.margin)


def plates_due(subject: Subject) -> set[str]:
    """The plates that the issue asks for on the press."""
    return {
        "spot": {"Black", word(subject, "print.ink") or "Red"},
        "gray": {"Black"},
        "cmyk": {"Cyan", "Magenta", "Yellow", "Black"},
        "rgb": {"Cyan", "Magenta", "Yellow", "Black", "RGB"},
    }[word(subject, "print.colours")]


def plates_kept(subject: Subject, files: Files, plates: set[str]) -> Iterator[Finding]:
    """That no page of a file prints with other inks than these."""
    for suffix, data in files.items():
        with opened(data) as document:
            pages = seen(document)
        for number, page in enumerate(pages, 1):
            if page.plates - plates:
                found, wanted = tuple(sorted(page.plates)), tuple(sorted(plates))
                text = "page {page} prints with {found}, where only {wanted} is due"
                reason = say(text, page=number, found=found, wanted=wanted)
                yield not_kept(subject, suffix, reason)


def _black_as_due(subject: Subject, files: Files) -> Iterator[Finding]:
    """That black text is of black ink alone, and printed over other inks."""
    for suffix, data in files.items():
        with opened(data) as document:
            pages = seen(document)
        for number, page in enumerate(pages, 1):
            mixed = [v for v in page.text_colours if len(v) == _INKS and v[-1] and max(v[:-1])]
            if mixed or not page.overprints:
                found = " ".join(f"{part:g}" for part in mixed[0]) if mixed else ""
                reason = (
                    say("black text of page {page} is {found}", page=number, found=found)
                    if mixed
                    else say("black is not printed over other inks on page {page}", page=number)
                )
                yield not_kept(subject, suffix, reason)


def unmoved(
    subject: Subject,
    suffix: str,
    data: bytes,
    margin: float = 0.0,
    left_out: frozenset[int] = frozenset(),
) -> Iterator[Finding]:
    """
    That a file draws what the master draws, glyph by glyph, in the same places.

    Args:
        subject: the issue.
        suffix: of the file.
        data: the file.
        margin: from the edge of its sheet to that of the page, in millimetres.
        left_out: pages of the master, from 0, that it does not show.
    """
    assert subject.master is not None
    with opened(subject.master.pdf) as master, opened(data) as made:
        due = [page for i, page in enumerate(master.pages) if i not in left_out]
        count = len(made.pages)
        if count != len(due):
            text = "{count} pages, not {due}"
            yield not_kept(subject, suffix, say(text, count=count, due=len(due)))
            return
        begin = moved(margin) if margin else b""
        for number, (page, own) in enumerate(zip(due, made.pages, strict=True), 1):
            if not drawn(own).startswith(begin + drawn(page)):
                reason = say("page {page} does not draw what the master draws", page=number)
                yield not_kept(subject, suffix, reason)


def _difference(glyphs: tuple[Glyph, ...], others: tuple[Glyph, ...]) -> Phrase | None:
    if [g.text for g in glyphs] != [g.text for g in others]:
        return say("its text is not that of the master")
    pairs = zip(glyphs, others, strict=True)
    far = max((max(abs(b.x - a.x), abs(b.baseline - a.baseline)) for a, b in pairs), default=0.0)
    return say("text is {far} mm out of its place", far=f"{far:.3f}") if far > _SAME_MM else None


# --- Plates -----------------------------------------------------------------------------------


def _plates(subject: Subject) -> Files:
    assert subject.master is not None
    profile = press_profile(subject)
    dpi = setting(subject, "plates.dpi").number
    files: dict[str, bytes] = {}
    inks: tuple[Literal["red", "black"], ...] = ("red", "black")
    for ink in inks:
        with opened(subject.master.pdf) as document:
            paint(document, subject, Plate(ink), profile)
            bleed = setting(subject, "print.bleed").mm
            lay_out(document, Sheet(bleed, marks=("0 g 0 G",)))
            made = saved(document, identity_of(subject, ink), PLAIN)
        files[f"-plate-{ink}.pdf"] = made
        for number, image in enumerate(images_of(made, dpi), 1):
            files[f"-plate-{ink}-{number}.png"] = image
    return files


def _prove_plates(subject: Subject, files: Files) -> Iterator[Finding]:
    pdfs = {suffix: data for suffix, data in files.items() if suffix.endswith(".pdf")}
    yield from plates_kept(subject, pdfs, {"Black"})
    yield from hues_lost(subject, "-plate-black.pdf", Plate("black"))


# --- 套打 -------------------------------------------------------------------------------------


def _preprinted(subject: Subject) -> bytes:
    assert subject.master is not None
    profile = press_profile(subject)
    with opened(subject.master.pdf) as document:
        paint(document, subject, Preprinted(), profile)
        return saved(document, identity_of(subject, "套打"), PLAIN)


def _prove_preprinted(subject: Subject, files: Files) -> Iterator[Finding]:
    yield from plates_kept(subject, files, {"Black"})
    yield from hues_lost(subject, "-preprinted.pdf", Preprinted())
    for suffix, data in files.items():
        made = measure(data)
        for page, own in zip(subject.measured.pages, made.pages, strict=True):
            left, lost = _taken_out(page.glyphs, own.glyphs)
            fault = _difference(left, own.glyphs)
            if fault:
                reason = say("page {page}: {what}", page=page.number, what=fault)
                yield not_kept(subject, suffix, reason)
            if lost and (page.number > 1 or sorted(lost) != sorted(_written_on_paper(subject))):
                text = lost.removeprefix(_written_on_paper(subject))
                yield _LOST.at(subject.issue.where(()), page=page.number, text=text[:20])


def _taken_out(glyphs: Iterable[Glyph], others: tuple[Glyph, ...]) -> tuple[tuple[Glyph, ...], str]:
    """The glyphs of the master that are left, and the text of those that are not."""
    left, lost = [], []
    rest = iter(others)
    due = next(rest, None)
    for glyph in glyphs:
        near = due and abs(due.x - glyph.x) < 1 and abs(due.baseline - glyph.baseline) < 1
        if due and near and due.text == glyph.text:
            left.append(glyph)
            due = next(rest, None)
        else:
            lost.append(glyph.text)
    return tuple(left), "".join(lost)


def _written_on_paper(subject: Subject) -> str:
    """Slogan and name, which the paper has already."""
    head = subject.issue.masthead
    return "".join("".join((head.slogan or "", head.name)).split())


OUTPUTS = (
    Output(
        "print",
        "印刷母版",
        "-print.pdf",
        "application/pdf",
        _print,
        since="0.1",
        figures=figures_of("print"),
        prove=_prove_print,
    ),
    Output(
        "plates",
        "红版与黑版",
        "-plate-red.pdf",
        "application/pdf",
        _plates,
        since="0.1",
        figures=figures_of("plates"),
        prove=_prove_plates,
    ),
    Output(
        "preprinted",
        "套打",
        "-preprinted.pdf",
        "application/pdf",
        _preprinted,
        since="0.1",
        prove=_prove_preprinted,
    ),
)
