"""
Which characters of a page do not show on paper, by the order in which the page is painted.

Both readers of pages use it: they say what is painted, here is what follows from it.  The order
does not settle it where a picture, a pattern or a shape that is no rectangle lies over or under
a character: then `jianbao_tex.ink` looks at the rendered page.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from jianbao_tex.pages import Hidden

# Two colours that differ by less than this, of 255, are alike to a reader: a tint of a fifth on
# paper, or the black of one ink on that of three.
LEAST_CONTRAST = 48
# The share of a character that may be painted over: a stroke through it hides nothing.
_COVERED = 1 / 3
# Type is condensed to two thirds; narrower than a quarter it cannot be read.
_SQUEEZED = 1 / 4
Colour = tuple[int, int, int]
"""A colour in RGB, each part from 0 to 255."""
_PAPER, _BLACK = (255, 255, 255), (0, 0, 0)


class Box(NamedTuple):
    """A box with its top above its bottom; two boxes that are compared have the same unit."""

    left: float
    bottom: float
    right: float
    top: float

    def share_in(self, other: Box) -> float:
        """How much of the box lies in another one, from 0 to 1; of a box without area its centre."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        if width < 0 or height < 0:
            return 0.0
        area = (self.right - self.left) * (self.top - self.bottom)
        return width * height / area if area > 0 else 1.0


class Paint(NamedTuple):
    """What a page paints besides text.  ``colour`` is ``None`` where only a look settles it."""

    order: int
    box: Box
    colour: Colour | None


@dataclass(frozen=True)
class ShownText:
    """
    A text object: when it is painted, in which colour, and what is painted near it.

    ``colour`` is ``None`` for a pattern.  ``hidden`` is why none of its characters shows.
    ``least_contrast``: a reader that knows colours less exactly asks for more.
    """

    order: int
    hidden: Hidden
    colour: Colour | None
    clips: tuple[Box, ...]
    paints: tuple[Paint, ...]
    least_contrast: int = LEAST_CONTRAST

    @cached_property
    def of_all(self) -> Hidden | None:
        """What holds for all its characters; ``None`` where it depends on their places."""
        if self.hidden:
            return self.hidden
        if self.colour is None or self.clips or self.paints:
            return None
        return self._on(_PAPER)

    def hidden_at(self, box: Box) -> Hidden | None:
        """Why its character in a box does not show; ``None`` where only a look settles it."""
        if self.of_all is not None:
            return self.of_all
        if any(box.share_in(clip) < 1 - _COVERED for clip in self.clips):
            return Hidden.CLIPPED
        paints = [paint for paint in self.paints if box.share_in(paint.box) > _COVERED]
        over = [paint for paint in paints if paint.order > self.order]
        if any(paint.colour for paint in over):
            return Hidden.COVERED
        below = [paint.colour for paint in paints if paint.order < self.order]
        ground = below[-1] if below else _PAPER
        if over or self.colour is None or ground is None:
            return None
        return self._on(ground)

    def _on(self, ground: Colour) -> Hidden:
        assert self.colour is not None
        contrast = max(abs(a - b) for a, b in zip(self.colour, ground, strict=True))
        return Hidden.NO if contrast >= self.least_contrast else Hidden.COLOUR


def is_squeezed(across: float, up: float) -> bool:
    """Whether type of these two scales is too narrow, or too low, to be read."""
    return min(across, up) < _SQUEEZED * max(across, up)


SHOWN = ShownText(0, Hidden.NO, _BLACK, (), ())
"""Text of which nothing is known but that it shows."""
