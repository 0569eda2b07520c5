"""
The colours of a page as inks: paper, black, red, or another colour.

A `Mode` says how each ink is written in one kind of PDF.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

Values = tuple[float, ...]
"""The components of a colour, each from 0 to 1: one for grey, three for RGB, four for CMYK."""

_SAME = 0.004
"""One step of eight bits; a smaller difference of colours cannot be printed."""


class Tone(NamedTuple):
    """
    A colour as an ink and its amount from 0 to 1.

    ``values`` are the components of the original colour, as in `Values`.
    """

    ink: Literal["paper", "black", "red", "other"]
    amount: float
    values: Values


BLACK = Tone("black", 1.0, (0.0, 0.0, 0.0, 1.0))


def tone_of(values: Values, red: Values) -> Tone:
    """The tone of a colour; ``red`` are the CMYK components of the red ink."""
    dark = _darkness(values)
    if dark is not None:
        return Tone("black", dark, values) if dark > _SAME else Tone("paper", 0.0, values)
    if len(values) == len(red):
        share = max((v / r for v, r in zip(values, red, strict=True) if r), default=0.0)
        near = (abs(v - share * r) < _SAME for v, r in zip(values, red, strict=True))
        if share <= 1 + _SAME and all(near):
            return Tone("red", min(share, 1.0), values)
    return Tone("other", 1.0, values)


def _darkness(values: Values) -> float | None:
    """How black a colour without hue is; ``None`` for one with hue."""
    if len(values) == 4:  # noqa: PLR2004 -- cyan, magenta, yellow, black
        return values[3] if max(values[:3]) < _SAME else None
    return 1 - values[0] if max(values) - min(values) < _SAME else None


def luminance(values: Values) -> float:
    """How light a colour is, from 0 to 1, as the eye weighs red, green and blue."""
    red, green, blue = rgb_of(values)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def rgb_of(values: Values) -> Values:
    """A colour in red, green and blue, without a profile (ISO 32000-1, 10.3.5)."""
    if len(values) == 4:  # noqa: PLR2004
        return tuple(1 - min(1.0, part + values[3]) for part in values[:3])
    return values if len(values) > 1 else values * 3


def cmyk_of(values: Values) -> Values:
    """A colour in cyan, magenta, yellow and black, without a profile (10.3.4)."""
    if len(values) == 4:  # noqa: PLR2004
        return values
    cyan, magenta, yellow = (1 - part for part in rgb_of(values))
    black = min(cyan, magenta, yellow)
    return (cyan - black, magenta - black, yellow - black, black)


class ColourOperator(NamedTuple):
    """
    A PDF colour operator with its operands, and its colour space if it needs one.

    ``operator`` is the one for filling; ``is_over`` says whether the ink overprints others.
    """

    operator: Literal["g", "rg", "k", "scn"]
    values: Values
    space: str = ""
    is_over: bool = False


Target = Literal["gray", "cmyk", "rgb", "icc"]
"""The colours that pictures are converted to: grey, CMYK, device RGB, or sRGB with its profile."""


class Mode(Protocol):
    """How the colours of one kind of PDF are written."""

    @property
    def pictures(self) -> Target | Literal["white"]:
        """The colours that pictures are converted to; ``white`` leaves them blank."""

    @property
    def keeps_hues(self) -> bool:
        """Whether colours other than red and black are kept."""

    def written(self, tone: Tone) -> ColourOperator | None:
        """The colour operator for a tone; ``None`` if the tone is not painted."""


def _black(amount: float) -> ColourOperator:
    # Solid black overprints other inks, so that a plate out of register shows no white gap.
    return ColourOperator("k", (0.0, 0.0, 0.0, amount), is_over=amount > 1 - _SAME)


_PAPER = ColourOperator("k", (0.0, 0.0, 0.0, 0.0))


@dataclass(frozen=True)
class Spot:
    """Black and one more ink, on plates of their own."""

    pictures: Literal["gray"] = "gray"
    keeps_hues: bool = False

    def written(self, tone: Tone) -> ColourOperator:
        if tone.ink == "red":
            return ColourOperator("scn", (tone.amount,), SPOT)
        if tone.ink == "other":
            return _black(1 - luminance(tone.values))
        return _black(tone.amount) if tone.ink == "black" else _PAPER


@dataclass(frozen=True)
class Process:
    """The four inks of process printing."""

    pictures: Literal["cmyk", "icc"] = "cmyk"
    keeps_hues: bool = True

    def written(self, tone: Tone) -> ColourOperator:
        if tone.ink == "black":
            return _black(tone.amount)
        return ColourOperator("k", cmyk_of(tone.values)) if tone.ink != "paper" else _PAPER


@dataclass(frozen=True)
class Gray:
    """Black only; red is printed in black with the same amount."""

    pictures: Literal["gray"] = "gray"
    keeps_hues: bool = False

    def written(self, tone: Tone) -> ColourOperator:
        if tone.ink == "other":
            return _black(1 - luminance(tone.values))
        return _black(tone.amount) if tone.ink != "paper" else _PAPER


@dataclass(frozen=True)
class Calibrated:
    """Black as such, every other colour in red, green and blue of a profile."""

    red: Values
    pictures: Literal["icc"] = "icc"
    keeps_hues: bool = True

    def written(self, tone: Tone) -> ColourOperator:
        if tone.ink == "black":
            return _black(tone.amount)
        return ColourOperator("scn", mixed(tone, self.red), RGB)


@dataclass(frozen=True)
class Screen:
    """Red, green and blue of a screen; black is grey."""

    red: Values
    pictures: Literal["rgb"] = "rgb"
    keeps_hues: bool = True

    def written(self, tone: Tone) -> ColourOperator:
        if tone.ink == "black":
            return ColourOperator("g", (1 - tone.amount,))
        return ColourOperator("rg", mixed(tone, self.red))


@dataclass(frozen=True)
class Plate:
    """
    One ink of two, as grey: full ink is black.

    Solid black overprints red, so the red plate is not knocked out under it.  Tints of
    black and other colours do knock out.
    """

    ink: Literal["red", "black"]
    keeps_hues: bool = False
    pictures: Literal["gray", "white"] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pictures", "white" if self.ink == "red" else "gray")

    def written(self, tone: Tone) -> ColourOperator | None:
        inked = Spot().written(tone)
        if self.ink == "red":
            if inked.is_over:
                return None
            return ColourOperator("g", (1 - inked.values[0] if inked.space else 1.0,))
        return ColourOperator("g", (1.0 if inked.space else 1 - inked.values[3],))


@dataclass(frozen=True)
class Preprinted:
    """Black only, for paper with the red printed before."""

    pictures: Literal["gray"] = "gray"
    keeps_hues: bool = False

    def written(self, tone: Tone) -> ColourOperator | None:
        if tone.ink in {"red", "paper"}:
            return None
        return Gray().written(tone)


SPOT = "JbSpot"
"""The colour space of the second ink."""
RGB = "JbRGB"
"""The colour space of a profile's red, green and blue."""


def mixed(tone: Tone, red: Values) -> Values:
    """A tone in red, green and blue, where the red ink has the given ones."""
    if tone.ink == "red":
        return tuple(1 - tone.amount * (1 - part) for part in red)
    return rgb_of(tone.values) if tone.ink == "other" else (1.0 - tone.amount,) * 3
