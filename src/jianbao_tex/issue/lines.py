"""Lines of the masthead and of the imprint: what each says; the layout says where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jianbao_tex.parts import DataPath, Part

Places = Mapping[str, str]
"""Where a layout has each line: ``{"signed-by": "right"}``."""

NOWHERE: Places = {}


@dataclass(frozen=True)
class PlacedLine:
    """
    A line to which a layout gives its place and its face.

    ``name`` is the field's with hyphens, as the figures of a layout have it; ``path`` leads to
    the value that is printed, and ``label`` is printed before ``text``.
    """

    name: str
    path: DataPath
    label: str
    text: str

    @property
    def whole(self) -> str:
        """The line with its label."""
        return self.label + self.text


def lines_of(part: Part, paths: Iterable[DataPath]) -> Iterator[PlacedLine]:
    """
    The lines that stand at these paths of a part, those without a text left out.

    A property ``date_line`` is printed in place of the field ``date``, and ``date_label``
    before it; a field with several texts gives a line for each.
    """
    for path in paths:
        *parents, field = map(str, path)
        owner = part
        for name in parents:
            owner = getattr(owner, name)
        value = getattr(owner, f"{field}_line", getattr(owner, field))
        label = getattr(owner, f"{field}_label", "")
        name = field.replace("_", "-")
        if isinstance(value, tuple):
            for i, text in enumerate(value):
                yield PlacedLine(name, (*path, i), label, text)
        elif value:
            yield PlacedLine(name, path, label, str(value))


def in_order(
    lines: Iterable[PlacedLine], order: Sequence[Sequence[str]], places: Places
) -> tuple[PlacedLine, ...]:
    """
    The lines as they follow each other on a page.

    ``order`` has the places from top to bottom and from left to right.  Lines at places of one
    group of it keep their order, and so do all lines where ``places`` is empty.
    """
    ranks = {place: rank for rank, group in enumerate(order) for place in group}

    def rank(line: PlacedLine) -> int:
        return ranks.get(places.get(line.name, ""), 0)

    return tuple(sorted(lines, key=rank) if places else lines)
