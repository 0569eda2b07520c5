"""Sets the colours and the sheet of a master as the issue asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from jianbao_tex.builtin.outputs.shared import (
    place_of_option,
    press_profile,
    screen_profile,
    setting,
    text_setting,
)
from jianbao_tex.hooks import OutputSubject, Refusal, error, say
from jianbao_tex.hooks.prepress import (
    PROCESS,
    RGB,
    SPOT,
    Calibrated,
    Gray,
    Ink,
    Mode,
    Painter,
    PictureConverter,
    Process,
    Profile,
    Sheet,
    Spot,
    pdf_name,
    profile_stream,
    red_of,
    tint_of,
)

if TYPE_CHECKING:
    import pikepdf

_STRANGE = error(
    "JB372",
    "page {page} has {what}, which cannot be separated into two inks",
    "print in four inks: print.colours: cmyk; or draw it in device colours",
)
_NO_INK = error(
    "JB373",
    "{name} cannot be the name of the red ink",
    "write the name that the printer gives it, such as PANTONE 185 C",
)

_OBSTACLES = {
    "shading": say("a shading"),
    "inline picture": say("an inline picture"),
    "colour space": say("a colour space of its own"),
}
# PDF gives All and None a meaning of their own (ISO 32000-1, 8.6.6.4).
_RESERVED = {"", "all", "none", "rgb", *(ink.lower() for ink in PROCESS)}
# Operators in small letters set the colour of fills and text, those in capitals that of
# strokes (ISO 32000-1, 8.6.8).
_BLACK = Ink("0 0 0 1 k 0 0 0 1 K", "0 0 0 0.5 k")
_COLOURED_INKS = {
    "Cyan": Ink("1 0 0 0 k 1 0 0 0 K", "0.5 0 0 0 k"),
    "Magenta": Ink("0 1 0 0 k 0 1 0 0 K", "0 0.5 0 0 k"),
    "Yellow": Ink("0 0 1 0 k 0 0 1 0 K", "0 0 0.5 0 k"),
}
_RED = Ink(f"/{SPOT} cs 1 scn /{SPOT} CS 1 SCN", f"/{SPOT} cs 0.5 scn")


def mode_of(subject: OutputSubject) -> Mode:
    """The mode that the issue asks for on the press."""
    red = setting(subject, "pdf.red").value
    modes: dict[str, Mode] = {
        "spot": Spot(),
        "cmyk": Process(),
        "gray": Gray(),
        "rgb": Calibrated(cast("tuple[float, ...]", red)),
    }
    return modes[text_setting(subject, "print.colours")]


def red_ink(subject: OutputSubject) -> str:
    """
    The name of the red ink.

    Raises:
        Refusal: it is the name of another one, or of none.
    """
    ink = text_setting(subject, "print.ink").strip()
    if ink.lower() in _RESERVED:
        where = place_of_option(subject, "print.ink")
        raise Refusal(_NO_INK.at(where, name=ink or '""'))
    return ink


def plates_of(subject: OutputSubject) -> dict[str, Ink]:
    """The plates that the issue asks for on the press, each with its ink, black last."""
    colours = text_setting(subject, "print.colours")
    if colours == "spot":
        return {red_ink(subject): _RED, "Black": _BLACK}
    return {"Black": _BLACK} if colours == "gray" else {**_COLOURED_INKS, "Black": _BLACK}


def sheet_of(subject: OutputSubject, *, marked: bool, is_folded: bool = False) -> Sheet:
    """The sheet that the issue asks for on the press."""
    bars = bool(setting(subject, "print.bars").value)
    return Sheet(
        bleed=setting(subject, "print.bleed").mm,
        inks=plates_of(subject) if marked or bars else {},
        bars=bars,
        marks=marked,
        is_folded=is_folded,
    )


def paint(
    document: pikepdf.Pdf, subject: OutputSubject, mode: Mode, profile: Profile | None = None
) -> None:
    """
    Rewrites the colours of a document for a mode; pictures need the profile of the press.

    Raises:
        Refusal: a page has what the mode cannot write.
    """
    spaces: dict[str, Any] = {}
    screen = screen_profile(subject) if mode.pictures == "icc" else None
    if screen:
        spaces[RGB] = _array(pdf_name("ICCBased"), profile_stream(document, screen))
    if isinstance(mode, Spot):
        tint = tint_of(document, red_of(subject))
        spaces[SPOT] = _array(
            pdf_name("Separation"), pdf_name(red_ink(subject)), pdf_name("DeviceCMYK"), tint
        )
    repaint = None
    if mode.pictures != "white":
        target = mode.pictures
        repaint = PictureConverter(
            target, lambda: profile or press_profile(subject), spaces.get(RGB), screen
        )
    obstacles = Painter(document, mode, red_of(subject), spaces, repaint).paint()
    if obstacles and not mode.keeps_hues:
        where = subject.issue.where(())
        raise Refusal(
            _STRANGE.at(where, page=page, what=_OBSTACLES[kind]) for page, kind in obstacles
        )


def _array(*items: Any) -> Any:
    import pikepdf

    return pikepdf.Array(list(items))
