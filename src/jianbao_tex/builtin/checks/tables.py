"""Checks tables for even rows without gaps, and pages that end too early."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from jianbao_tex.builtin.checks.overruns import overruns
from jianbao_tex.builtin.checks.verdicts import mm
from jianbao_tex.hooks import (
    Finding,
    Glyph,
    Grid,
    Mark,
    MasterCheck,
    MasterSubject,
    Page,
    Rule,
    warning,
)

_APART = warning(
    "JB343",
    "rows of a table on page {page} stand {gap} apart",
    "a style of the layout sets the rows of tables one by one; see docs/checks.md",
)
_UNEVEN = warning(
    "JB344",
    "a table row on page {page} is {height} high; rows with as many lines are {other} high",
    "a style of the layout stretches or squeezes rows; see docs/checks.md",
)
_SHORT = warning(
    "JB345",
    "page {page} has {rows} free rows, although the next text would fit",
    "a template or a style breaks the page there; remove its page break",
)

_TOUCH_MM = 0.3
_EVEN_MM = 0.3
_SAME_LINE_MM = 1.0
_SLACK_ROWS = 3
_BREAKS = re.compile(r"\\jbPageBreak|\\(?:begin|end)\{jbAttachment\}|\\newpage|\\clearpage")
_ROW = re.compile(r"\s*\\jb(?:Head)?Row\b")


@dataclass(frozen=True)
class _Row:
    """A row of a table: the line of the TeX that has it, its page, its cells."""

    line: int
    page: Page
    cells: tuple[tuple[Glyph, ...], ...]

    @cached_property
    def glyphs(self) -> tuple[Glyph, ...]:
        return tuple(itertools.chain(*self.cells))

    @property
    def lines(self) -> int:
        """The lines of its highest cell."""
        return max(len(_baselines(cell)) for cell in self.cells)

    @cached_property
    def upper(self) -> Rule | None:
        """The rule above it."""
        top = min(glyph.top for glyph in self.glyphs) + _TOUCH_MM
        return next((r for r in reversed(self._rules) if r.bottom <= top), None)

    @cached_property
    def lower(self) -> Rule | None:
        """The rule below it."""
        foot = max(glyph.bottom for glyph in self.glyphs) - _TOUCH_MM
        return next((r for r in self._rules if r.top >= foot), None)

    @cached_property
    def _rules(self) -> list[Rule]:
        """The rules of its page that stand above or below it."""
        x = self.glyphs[0].x
        return [rule for rule in self.page.rules if rule.left <= x <= rule.left + rule.width]


def _baselines(glyphs: tuple[Glyph, ...]) -> list[float]:
    baselines: list[float] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.baseline):
        if not baselines or glyph.baseline - baselines[-1] > _SAME_LINE_MM:
            baselines.append(glyph.baseline)
    return baselines


def _tables(subject: MasterSubject) -> Iterator[list[_Row]]:
    """The rows of each table with text in them, in their order."""
    pages = {page.number: page for page in subject.measured.pages}
    tex = subject.tree.lines(subject.tree.main)
    rows: list[_Row] = []
    for line, pieces in sorted(subject.printed.by_line.items()):
        cells = tuple(glyphs for _, glyphs in pieces)
        is_row = cells[0][0].mark == Mark.TABLE and _ROW.match(tex[line - 1])
        if rows and not (is_row and _is_one_table(tex[rows[-1].line : line - 1])):
            yield rows
            rows = []
        if is_row:
            rows.append(_Row(line, pages[pieces[0][0]], cells))
    if rows:
        yield rows


def _is_one_table(between: list[str]) -> bool:
    return not any("{jbTable}" in line for line in between)


def _check_even(subject: MasterSubject) -> Iterator[Finding]:
    """Table rows have no gap between them; rows with the same number of lines have the same height."""
    for rows in _tables(subject):
        for row, after in itertools.pairwise(rows):
            is_next = row.page is after.page and after.line == row.line + 1
            if is_next and row.lower and after.upper:
                gap = after.upper.top - row.lower.bottom
                if gap > _TOUCH_MM:
                    where = subject.where(after.glyphs[:1])
                    yield _APART.at(where, page=row.page.number, gap=mm(gap))
        yield from _same_heights(subject, rows)


def _same_heights(subject: MasterSubject, rows: list[_Row]) -> Iterator[Finding]:
    heights: dict[int, list[tuple[float, _Row]]] = {}
    for row in rows:
        if row.upper and row.lower:
            heights.setdefault(row.lines, []).append((row.lower.top - row.upper.bottom, row))
    for group in heights.values():
        common = sorted(height for height, _ in group)[len(group) // 2]
        height, worst = max(group, key=lambda pair: abs(pair[0] - common))
        if abs(height - common) > _EVEN_MM:
            where = subject.where(worst.glyphs[:1])
            number = worst.page.number
            yield _UNEVEN.at(where, page=number, height=mm(height), other=mm(common))


def _check_full(subject: MasterSubject) -> Iterator[Finding]:
    """A page ends where its rows end, or where what follows does not fit."""
    grid = subject.layout.grid
    if overruns(subject):
        # What runs off a page takes others with it.
        return
    for page, after in itertools.pairwise(subject.measured.bulletin):
        free = grid.rows - 1 - grid.row_of(_lowest_edge(page, grid))
        fits = free >= _rows_needed(after, grid) + _SLACK_ROWS
        if fits and not _is_intended(subject, page, after):
            first = after.text(grid)[:1]
            yield _SHORT.at(subject.where(first), page=page.number, rows=free)


def _is_intended(subject: MasterSubject, page: Page, after: Page) -> bool:
    """Whether the TeX source breaks the page, or one of the two pages has no text of the issue."""
    lines: dict[int, list[int]] = {page.number: [], after.number: []}
    for number, line in subject.printed.page_lines:
        lines.setdefault(number, []).append(line)
    if not (lines[page.number] and lines[after.number]):
        return True
    tex = subject.tree.lines(subject.tree.main)
    between = tex[max(lines[page.number]) - 1 : min(lines[after.number])]
    return any(_BREAKS.search(line) for line in between)


def _lowest_edge(page: Page, grid: Grid) -> float:
    """The lowest edge of what stands in the type area."""
    edges = [
        *(glyph.baseline for glyph in page.text(grid)),
        *(rule.bottom for rule in page.rules if rule.bottom <= grid.foot + 1),
        *(shape.bottom for shape in page.shapes),
    ]
    return max(edges, default=grid.top)


def _rows_needed(page: Page, grid: Grid) -> int:
    """The rows of the first text of a page, with the lines that must stay with it."""
    text = page.text(grid)
    if not text or text[0].mark == Mark.DISTRIBUTION:
        return grid.rows
    shape = min((shape.bottom for shape in page.shapes), default=grid.foot)
    table = [rule.bottom for rule in page.rules]
    body = [line[0].baseline for line in page.body_lines(grid) if line[0].mark != Mark.HEADING]
    second = sorted(body)[1] if len(body) > 1 else grid.foot
    first = min(glyph.baseline for glyph in text)
    ends = [second]
    if page.shapes and min(shape.top for shape in page.shapes) < first:
        ends.append(shape)
    if table and min(table) < second:
        # TeX does not split a short table: up to its last rule.
        ends.append(table[min(len(table) - 1, 6)])
    return grid.row_of(max(ends)) + 2


CHECKS = (
    MasterCheck("even-tables", "表格匀整", _check_even, since="0.1"),
    MasterCheck("full-pages", "版面排满", _check_full, since="0.1"),
)
