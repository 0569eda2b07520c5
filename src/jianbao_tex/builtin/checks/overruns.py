"""Texts that are too large for their place, each once, for the checks that see them."""

from __future__ import annotations

from dataclasses import dataclass

from jianbao_tex.builtin.checks.verdicts import without_spaces
from jianbao_tex.hooks import (
    CLOSING,
    MM_PER_BP,
    Glyph,
    LogMessage,
    MasterSubject,
    Origin,
    Page,
    Place,
    Where,
)

_HANGING = CLOSING | frozenset("·%")
_EDGE_MM = 0.1
# The strokes of a script typeface (楷体) go a little outside the character box.
_INK_MM = 0.6
_INK = 0.06


@dataclass(frozen=True)
class Overrun:
    """
    A text that TeX could not fit: where, by how many points, and the log's own words.

    ``place`` is the place of the text, ``line`` the line of the TeX that prints it; ``None`` and
    0 if TeX names no text.  ``is_lost``: the text leaves the type area, or exceeds the
    tolerance of the layout.
    """

    where: Where
    excess_pt: float
    raw: str
    place: Place | None = None
    line: int = 0
    is_lost: bool = False


def overruns(subject: MasterSubject) -> tuple[Overrun, ...]:
    """What TeX says is overfull beyond the layout's tolerance, the worst of each text."""
    tolerance = subject.layout.figures["tolerance.overfull"].number
    worst: dict[object, Overrun] = {}
    for message in subject.master.log:
        if message.kind == "overfull" and message.excess_pt > tolerance:
            overrun = _overrun(subject, message)
            key = overrun.place or overrun.where
            if key not in worst or worst[key].excess_pt < overrun.excess_pt:
                worst[key] = overrun
    return tuple(worst.values())


def _overrun(subject: MasterSubject, message: LogMessage) -> Overrun:
    excess, where = message.excess_pt, place_of_message(subject, message)
    is_lost = excess > subject.layout.figures["tolerance.lost"].number
    origin = text_shown(subject, message)
    if origin is None or origin.place is None:
        return Overrun(where, excess, message.raw, is_lost=is_lost)
    leaves_area = any(
        is_beside(glyph, page, subject) and subject.printed.place_of(glyph) is origin.place
        for page in subject.measured.pages
        for glyph in page.glyphs
    )
    return Overrun(where, excess, message.raw, origin.place, origin.line, is_lost or leaves_area)


def is_beside(glyph: Glyph, page: Page, subject: MasterSubject) -> bool:
    """Whether a glyph stands left or right of the type area; marks hang by rule."""
    grid = subject.layout.grid
    left, right = grid.left_of(page.number), grid.right_of(page.number)
    if glyph.text in _HANGING and glyph.x <= right + _EDGE_MM:
        return False
    # The box of a large sign is known less well.
    slack = max(_INK_MM, _INK * glyph.size_bp * MM_PER_BP)
    return max(glyph.x, glyph.left) < left - _EDGE_MM or glyph.right > right + slack


# --- Places of what the log says -------------------------------------------------------


def text_shown(subject: MasterSubject, message: LogMessage) -> Origin | None:
    """The text in the overfull box: the last match before the line that TeX names."""
    tree = subject.tree
    if not message.shown or message.file not in {"", tree.main}:
        return None
    last = message.line or len(tree.lines(tree.main))
    return next(
        (
            origin
            for origin in reversed(tree.origins)
            if origin.place
            and origin.line <= last
            and message.shown in without_spaces(origin.plain)
        ),
        None,
    )


def place_of_message(subject: MasterSubject, message: LogMessage) -> Where:
    """The text in the box, the text of the line, or the line of a style."""
    tree = subject.tree
    if message.file not in {"", tree.main}:
        return Where(tree.sources.get(message.file, message.file), message.line)
    if (origin := text_shown(subject, message)) and origin.place:
        plain = without_spaces(origin.plain)
        return origin.place.within(plain, plain.find(message.shown), len(message.shown))
    texts = tree.texts_at(message.line)
    if not texts:
        return tree.template_at(message.line) if message.line else tree.issue
    return tree.where(texts[0])
