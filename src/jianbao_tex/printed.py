"""
The printed characters of the pages, each with its place in the source.

TeX prints the texts of an issue in their order.  So the stretches of `TexTree.origins`
are matched with the glyphs, in the order of the content and without artifacts.  Every
check uses this match to find the source of a glyph.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from jianbao_tex.comparing import comparable, twins_of
from jianbao_tex.content import unligated
from jianbao_tex.findings import Where
from jianbao_tex.grid import Grid
from jianbao_tex.master import Master, Origin, TexTree
from jianbao_tex.measure import Measured
from jianbao_tex.pages import NO_TEXT, Glyph
from jianbao_tex.places import Place
from jianbao_tex.portable import portable_name
from jianbao_tex.tex import printed_in

_LOOK_AHEAD = 3
_MAX_SKIP = 400
# What may stand in the TeX between two texts of one paragraph: the ends of a lead.
_LEAD_EDGE = re.compile(r"\}?(?:\\jbLead\{)?")


@dataclass(frozen=True)
class _Step:
    """
    The glyphs from ``start`` to ``end`` and the text that they print.

    ``indices`` are the character indices of the glyphs, white space not counted; ``None``
    means consecutive indices from ``origin.before``.
    """

    start: int
    end: int
    origin: Origin
    indices: tuple[int, ...] | None = None

    def index(self, number: int) -> int:
        """The character of a glyph."""
        offset = number - self.start
        return self.indices[offset] if self.indices else self.origin.before + offset


@dataclass(frozen=True)
class PrintedLine:
    """
    A line of a paragraph: its glyphs, their page, and where it starts in the text.

    ``end`` is where the next line starts; the text's length for the last one.
    """

    glyphs: tuple[Glyph, ...]
    page: int
    start: int
    end: int


@dataclass(frozen=True)
class PrintedParagraph:
    """A text that runs on from line to line, and its lines from top to bottom."""

    text: str
    lines: tuple[PrintedLine, ...]


class PrintedText:
    """The glyphs of a bulletin in the order of the content, each with its character."""

    def __init__(self, master: Master, measured: Measured, grid: Grid, tree: TexTree) -> None:
        self._tree = tree
        self._size = grid.em_bp
        several = grid.text_columns > 1
        self._gutter = 0.9 * grid.gutter if several else grid.width
        self._lines = tree.lines(tree.main)
        printed = [
            (page.number, glyph)
            for page in measured.pages
            for glyph in page.glyphs
            if glyph.mark not in NO_TEXT
        ]
        self.glyphs = tuple(glyph for _, glyph in printed)
        self.pages = tuple(number for number, _ in printed)
        self._twins = twins_of(master)
        self._text = "".join(glyph.text for glyph in self.glyphs).translate(self._twins)
        self._starts = list(
            itertools.accumulate((len(glyph.text) for glyph in self.glyphs), initial=0)
        )

    # --- Places -----------------------------------------------------------------------

    def where(self, glyphs: Iterable[Glyph]) -> Where | None:
        """The place of glyphs in the user's file; ``None`` for glyphs of no text of the issue."""
        numbers = sorted(self._numbers[id(g)] for g in glyphs if id(g) in self._numbers)
        steps = [(step, n) for n in numbers if (step := self._step(n))]
        if not steps:
            return None
        first, number = steps[0]
        last = max(n for step, n in steps if step.origin.place is first.origin.place)
        return self._place(first, number, last)

    def place_of(self, glyph: Glyph) -> Place | None:
        """The place of the text that contains a glyph; ``None`` if it comes from no text."""
        number = self._numbers.get(id(glyph))
        step = None if number is None else self._step(number)
        return step.origin.place if step else None

    def character_of(self, glyph: Glyph) -> str:
        """
        The character of the source that a glyph prints; '' if it comes from no text, or from one
        that is read in another order or shape.
        """
        number = self._numbers.get(id(glyph))
        step = None if number is None else self._step(number)
        if number is None or step is None:
            return ""
        character = "".join(step.origin.plain.split())[step.index(number)]
        twins = self._twins
        return character if character.translate(twins) == glyph.text.translate(twins) else ""

    def glyphs_at(self, where: Where) -> Iterator[tuple[int, Glyph]]:
        """The glyphs that print a place of the source, each with its page; none for a whole file."""
        if not where.line:
            return
        end = (where.end_line or where.line, where.end_column or where.column + 1)
        for step in self._steps:
            assert step.origin.place is not None
            whole = step.origin.place.where
            is_file = portable_name(whole.file) == portable_name(where.file)
            if not is_file or not whole.line <= end[0] or whole.end_line < where.line:
                continue
            for number in range(step.start, step.end):
                spot = self._place(step, number, number)
                if (where.line, where.column) <= (spot.line, spot.column) < end:
                    yield self.pages[number], self.glyphs[number]

    def line_of(self, number: int) -> int:
        """The line of the main file that prints glyph ``number``; 0 for none."""
        step = self._step(number)
        return step.origin.line if step else 0

    def expected_at(self, number: int) -> Where | None:
        """The place of the character that is expected after this number of glyphs."""
        before = bisect.bisect(self._step_starts, number) - 1
        if before >= 0 and number < self._steps[before].end:
            return self._place(self._steps[before], number, number)
        last = self._steps[before] if before >= 0 else None
        origins = [origin for origin, _ in self._stretches]
        following = origins.index(last.origin) + 1 if last else 0
        if following < len(origins):
            start = last.end if last else 0
            step = _Step(start, start + len(self._stretches[following][1]), origins[following])
            index = min(number, step.end - 1)
            return self._place(step, index, index)
        return self._place(last, last.end - 1, last.end - 1) if last else None

    def _place(self, step: _Step, first: int, last: int) -> Where:
        origin = step.origin
        assert origin.place is not None
        visible = _visible(origin.plain)
        end = step if last < step.end else self._step(last) or step
        indices = step.index(first), end.index(min(last, end.end - 1))
        start, stop = (visible[min(max(i, 0), len(visible) - 1)] for i in indices)
        return origin.place.within(origin.plain, start, max(1, stop + 1 - start))

    def _step(self, number: int) -> _Step | None:
        index = bisect.bisect(self._step_starts, number) - 1
        if index < 0:
            return None
        step = self._steps[index]
        return step if step.start <= number < step.end else None

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {id(glyph): number for number, glyph in enumerate(self.glyphs)}

    @cached_property
    def by_line(self) -> dict[int, tuple[tuple[int, tuple[Glyph, ...]], ...]]:
        """
        For each line of the main file, the texts that it prints: the page on which each
        begins, and its glyphs.
        """
        pieces_by_line: dict[int, list[tuple[int, tuple[Glyph, ...]]]] = {}
        for step in self._steps:
            piece = (self.pages[step.start], self.glyphs[step.start : step.end])
            pieces_by_line.setdefault(step.origin.line, []).append(piece)
        return {line: tuple(pieces) for line, pieces in pieces_by_line.items()}

    @property
    def page_lines(self) -> Iterator[tuple[int, int]]:
        """Each page with the lines of the main file that print something on it."""
        for step in self._steps:
            yield self.pages[step.start], step.origin.line
            if self.pages[step.end - 1] != self.pages[step.start]:
                yield self.pages[step.end - 1], step.origin.line

    # --- The walk -----------------------------------------------------------------------

    @cached_property
    def _step_starts(self) -> list[int]:
        return [step.start for step in self._steps]

    @cached_property
    def _steps(self) -> tuple[_Step, ...]:
        """The matches of all stretches with the glyphs, in their order."""
        steps: list[_Step] = []
        stretches = self._stretches
        unmatched: list[tuple[Origin, str]] = []
        position = 0
        for number, (origin, text) in enumerate(stretches):
            step = self._match(origin, text, position) or self._find_later(
                stretches[number : number + 1 + _LOOK_AHEAD], position
            )
            if step is None:
                unmatched.append((origin, text))
            else:
                steps.append(step)
                position = step.end
        steps += self._find_elsewhere(unmatched, steps)
        return tuple(sorted(steps, key=lambda step: step.start))

    @cached_property
    def _stretches(self) -> list[tuple[Origin, str]]:
        """What TeX was given to print, in its order."""
        return [(o, text) for o in self._tree.origins if (text := self._printed_text(o))]

    def _find_later(self, stretches: Sequence[tuple[Origin, str]], position: int) -> _Step | None:
        """
        The match of the first stretch further on, after glyphs of no text.  ``None`` if a later
        stretch matches here: then the first one was not printed.
        """
        if any(self._match(*stretch, position) for stretch in stretches[1:]):
            return None
        origin, text = stretches[0]
        if position >= len(self._starts):
            return None
        expected = text.translate(self._twins)
        first = self._starts[position]
        start = self._text.find(expected, first, first + _MAX_SKIP + len(expected))
        if start < 0:
            return None
        return self._match(origin, text, bisect.bisect_left(self._starts, start))

    def _find_elsewhere(
        self, unmatched: Iterable[tuple[Origin, str]], steps: Sequence[_Step]
    ) -> Iterator[_Step]:
        """Matches for stretches in another order, among the remaining glyphs."""
        used = bytearray(len(self.glyphs))
        for step in steps:
            used[step.start : step.end] = b"\1" * (step.end - step.start)
        for origin, text in unmatched:
            start, expected = -1, text.translate(self._twins)
            while (start := self._text.find(expected, start + 1)) >= 0:
                match = self._match(origin, text, bisect.bisect_left(self._starts, start))
                if match and not any(used[match.start : match.end]):
                    used[match.start : match.end] = b"\1" * (match.end - match.start)
                    yield match
                    break

    def _printed_text(self, origin: Origin) -> str:
        """The characters of a text that a stretch prints, white space left out."""
        if origin.place is None:
            return ""
        count = printed_in(self._lines[origin.line - 1][origin.column - 1 : origin.end_column - 1])
        return "".join(origin.plain.split())[origin.before : origin.before + count]

    def _match(self, origin: Origin, text: str, position: int) -> _Step | None:
        """The stretch at a glyph, if that and the next ones print its text."""
        if position >= len(self.glyphs):
            return None
        start = self._starts[position]
        if self._text.startswith(text.translate(self._twins), start):
            end = start + len(text)
            stop = bisect.bisect_left(self._starts, end)
            if stop - position == len(text):
                return _Step(position, stop, origin)
        clusters = [*_clusters(text, origin.before)]
        for shape in (unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)):
            expected = comparable(shape, self._twins)
            stop = bisect.bisect_left(self._starts, start + len(expected))
            if comparable(self._text[start : start + len(expected)], self._twins) == expected:
                per_glyph = _share_out(clusters, stop - position)
                return _Step(position, stop, origin, per_glyph)
        return None

    # --- Paragraphs ----------------------------------------------------------------------

    @cached_property
    def paragraphs(self) -> tuple[PrintedParagraph, ...]:
        """The paragraphs of the issue that have more than one line."""
        groups: list[list[_Step]] = []
        for step in self._steps:
            if groups and self._goes_on(groups[-1][-1], step):
                groups[-1].append(step)
            else:
                groups.append([step])
        return tuple(filter(None, map(self._paragraph, groups)))

    def _goes_on(self, last: _Step, step: _Step) -> bool:
        """Whether a stretch continues the paragraph of the previous one."""
        first, second = last.origin, step.origin
        if last.end != step.start:
            return False
        if (
            first.place is second.place
            and first.plain == second.plain
            and second.before > first.before
        ):
            return True
        if first.line != second.line:
            return False
        between = self._lines[first.line - 1][first.end_column - 1 : second.column - 1]
        return _LEAD_EDGE.fullmatch(between) is not None

    def _paragraph(self, steps: Sequence[_Step]) -> PrintedParagraph | None:
        start, end = steps[0].start, steps[-1].end
        edges = [n for n in range(start + 1, end) if self._begins_a_line(n)]
        if not edges:
            return None
        text, offsets = "", {}
        for step in steps:
            if not (text and step.origin.before):
                offsets[id(step.origin.place)] = len(text)
                text += step.origin.plain
        indices = {n: self._text_index(n, steps, offsets) for n in (start, *edges)}
        lines = [
            PrintedLine(
                self.glyphs[first:last],
                self.pages[first],
                indices[first],
                indices.get(last, len(text)),
            )
            for first, last in itertools.pairwise((start, *edges, end))
        ]
        return PrintedParagraph(text, tuple(lines))

    def _begins_a_line(self, number: int) -> bool:
        before, glyph = self.glyphs[number - 1], self.glyphs[number]
        if self.pages[number] != self.pages[number - 1]:
            return True
        # Rows in two columns share a baseline.  The letterspaced masthead name is left out.
        is_body = abs(glyph.size_bp - self._size) < _SAME_SIZE_BP
        into_next = is_body and glyph.x - before.right > self._gutter
        return abs(glyph.baseline - before.baseline) > _LINE_MM or into_next

    def _text_index(self, number: int, steps: Sequence[_Step], offsets: Mapping[int, int]) -> int:
        step = next(step for step in steps if step.start <= number < step.end)
        visible = _visible(step.origin.plain)
        index = visible[min(step.index(number), len(visible) - 1)]
        return offsets[id(step.origin.place)] + index


_LINE_MM = 1.0
_SAME_SIZE_BP = 0.05


# A paragraph of several lines asks for each of them.
@functools.lru_cache(maxsize=16)
def _visible(text: str) -> list[int]:
    """The indices of the characters that are not white space."""
    return [i for i, c in enumerate(text) if not c.isspace()]


def _clusters(text: str, before: int) -> Iterator[tuple[int, int]]:
    """Each character with the marks on it: its index and how many characters it is."""
    for i, character in enumerate(text):
        if not unicodedata.combining(character):
            size = len(unligated(character))
            yield before + i, size


def _share_out(clusters: Sequence[tuple[int, int]], count: int) -> tuple[int, ...]:
    """The character index of each glyph, for ``count`` glyphs."""
    indices = [index for index, size in clusters for _ in range(size)]
    indices += indices[-1:] * max(0, count - len(indices))
    return tuple(indices[:count])
