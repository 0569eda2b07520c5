"""The colours of a page, as its instructions name them, and about how they look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from jianbao_tex import content
from jianbao_tex.pdf_reader.unknown import Unknown
from jianbao_tex.visibility import LEAST_CONTRAST, Colour

CLEAR_CONTRAST = 2 * LEAST_CONTRAST
"""
Two colours that differ so much, of 255, are not alike.

However a program converts inks, what differs so much from white, as ideal inks do, differs from
it by 79 at least in pdfium; so does black ink from another grey.  Two mixed inks may look alike.
"""
_COUNTS = {"g": 1, "rg": 3, "k": 4}


WHITE: Colour = (255, 255, 255)


class Ink(NamedTuple):
    """
    A colour: operator and operands as text, and about its RGB.

    ``rgb`` is ``None`` where only pdfium knows how it looks.  ``is_vague``: inks are mixed, and
    programs differ about what comes out.
    """

    name: tuple[str, ...]
    rgb: Colour | None
    is_vague: bool = False


BLACK = Ink(("g", "0"), (0, 0, 0))
"""The colour at the beginning of a page (ISO 32000-1, Table 52)."""


def ink_of(word: str, operands: Sequence[Any]) -> Ink:
    """The colour that an instruction chooses."""
    operator = word.lower()
    if operator in content.DEVICE_COLOURS:
        if len(operands) != _COUNTS[operator]:
            raise Unknown("colour")
        values = [float(operand) for operand in operands]
        is_vague = operator == "k" and any(values[:-1])
        return Ink((operator, *(f"{value:g}" for value in values)), _rgb(values), is_vague)
    return Ink((operator, *map(_text, operands)), None)


def _text(value: Any) -> str:
    return str(value) if str(value).startswith("/") else f"{float(value):g}"


def _rgb(values: Sequence[float]) -> Colour:
    """A colour of a device in RGB; inks as if they were ideal (ISO 32000-1, 10.3.5)."""
    parts = [min(1.0, max(0.0, value)) for value in values]
    if len(parts) == _COUNTS["g"]:
        parts *= 3
    elif len(parts) == _COUNTS["k"]:
        *inks, black = parts
        parts = [1 - min(1.0, ink + black) for ink in inks]
    red, green, blue = (round(part * max(WHITE)) for part in parts)
    return (red, green, blue)
