"""Checks the pages against the grid of the layout."""

from __future__ import annotations

from collections.abc import Iterator

from jianbao_tex.builtin.checks.overruns import is_beside, overruns
from jianbao_tex.builtin.checks.verdicts import deviation_finding, mm
from jianbao_tex.hooks import (
    MM_PER_BP,
    Figure,
    Finding,
    Glyph,
    Grid,
    Mark,
    MasterCheck,
    MasterSubject,
    Page,
    Rule,
    say,
    say_count,
    warning,
)

_BLANK = warning("JB342", "page {page} is blank", "remove a page break or an empty block")

_OFF_MM = 0.05
_BOX_MM = 0.3
_RULE_MM = 0.5
_NUMBER_MM = 0.3
_SHEET_MM = 0.1
_BEGINNING = 6


def _check_sheet(subject: MasterSubject) -> Iterator[Finding]:
    """Every page is a sheet of the layout's size."""
    figures = subject.layout.figures
    for page in subject.measured.pages:
        width = say("the width of page {page}", page=page.number)
        height = say("the height of page {page}", page=page.number)
        for figure, item, measured in (
            (figures["paper.width"], width, page.width),
            (figures["paper.height"], height, page.height),
        ):
            if abs(measured - figure.mm) > _SHEET_MM:
                yield deviation_finding(figure, subject, item, mm(measured))


def _check_rows(subject: MasterSubject) -> Iterator[Finding]:
    """The baselines of body text stand on the rows of the grid, no page has more rows."""
    layout = subject.layout
    grid = layout.grid
    figure = layout.figures["grid.rows"]
    for page in subject.measured.pages:
        lines = page.body_lines(grid)
        strays = [line for line in lines if grid.off_row(line[0].baseline) > _OFF_MM]
        if strays:
            item = say_count(
                "the baseline of a line of page {page}, at {first},",
                "the baseline of {number} lines of page {page}, first at {first},",
                len(strays),
                page=page.number,
                first=mm(strays[0][0].baseline),
            )
            farthest = max(grid.off_row(line[0].baseline) for line in strays)
            worst = say("{length} off its row", length=mm(farthest))
            limit = say("at most {length}", length=mm(_OFF_MM))
            where = subject.where(strays[0])
            yield deviation_finding(figure, subject, item, worst, limit, where=where)
        rows = {grid.row_of(line[0].baseline) for line in lines}
        if rows and max(rows) >= grid.rows:
            item = say("the number of rows of page {page}", page=page.number)
            yield deviation_finding(
                figure, subject, item, str(max(rows) + 1), where=subject.where(lines[-1])
            )


def _check_edges(subject: MasterSubject) -> Iterator[Finding]:
    """Nothing but the page number and hanging marks leaves the type area; no rule does."""
    # Overfull text is reported once, by the check of the log.
    reported = {text.place for text in overruns(subject) if text.place and text.is_lost}
    grid = subject.layout.grid
    for page in subject.measured.pages:
        yield from _check_rules(page, subject)
        glyphs = [g for g in page.glyphs if g.mark not in {Mark.ARTIFACT, Mark.INSERT}]
        left, right = grid.left_of(page.number), grid.right_of(page.number)
        near_an_edge = (g for g in glyphs if g.left < left or g.right > right)
        strays = {
            "grid.width": [g for g in near_an_edge if is_beside(g, page, subject)],
            "grid.height": [g for g in glyphs if _is_above_or_below(g, subject)],
        }
        for name, outside in strays.items():
            if new := [g for g in outside if subject.printed.place_of(g) not in reported]:
                yield _stray_finding(name, new, page, subject)


def _check_rules(page: Page, subject: MasterSubject) -> Iterator[Finding]:
    layout = subject.layout
    grid = layout.grid
    # A table that is cut into columns of text has half a lead above and below its rows.
    slack = _RULE_MM + ((grid.pitch - grid.em) / 2 if grid.text_columns > 1 else 0)
    for rule in page.rules:
        excess = max(grid.top - rule.top, rule.bottom - grid.foot)
        if excess > slack:
            item = say("a rule of page {page}", page=page.number)
            outside = say("{length} outside the type area", length=mm(excess))
            where = subject.where(_nearest_glyph(page, rule, subject))
            yield deviation_finding(
                layout.figures["grid.height"], subject, item, outside, where=where
            )


def _stray_finding(name: str, glyphs: list[Glyph], page: Page, subject: MasterSubject) -> Finding:
    item = say_count(
        "the place of a character of page {page} ({text})",
        "the place of {number} characters of page {page} ({text} …)",
        len(glyphs),
        page=page.number,
        text="".join(g.text for g in glyphs[:_BEGINNING]),
    )
    worst = mm(max(_excess(g, page, subject, name) for g in glyphs))
    outside = say("{length} outside the type area", length=worst)
    where = subject.where(glyphs[:_BEGINNING])
    return deviation_finding(subject.layout.figures[name], subject, item, outside, where=where)


def _nearest_glyph(page: Page, rule: Rule, subject: MasterSubject) -> tuple[Glyph, ...]:
    """The character of the text that stands nearest to a rule."""
    text = page.text(subject.layout.grid)
    return tuple(sorted(text, key=lambda glyph: abs(glyph.baseline - rule.top))[:1])


def _is_above_or_below(glyph: Glyph, subject: MasterSubject) -> bool:
    grid = subject.layout.grid
    top, bottom = _box(glyph, grid)
    return top < grid.top - _BOX_MM or bottom > grid.foot + _BOX_MM


def _box(glyph: Glyph, grid: Grid) -> tuple[float, float]:
    """Top and foot of the character box, which the ink of some signs exceeds; the ink of a name."""
    if glyph.mark == Mark.NAME:
        return glyph.top, glyph.bottom
    size = glyph.size_bp * MM_PER_BP
    return glyph.baseline - grid.ascent * size, glyph.baseline + (1 - grid.ascent) * size


def _excess(glyph: Glyph, page: Page, subject: MasterSubject, name: str) -> float:
    grid = subject.layout.grid
    if name == "grid.height":
        top, bottom = _box(glyph, grid)
        return max(grid.top - top, bottom - grid.foot)
    left, right = grid.left_of(page.number), grid.right_of(page.number)
    return max(left - glyph.left, glyph.right - right)


def _check_numbers(subject: MasterSubject) -> Iterator[Finding]:
    """
    Page numbers by GB/T 9704-2012, 7.5: odd pages right, even pages left, the dash below the type
    area.
    """
    layout = subject.layout
    place = layout.figures["page-number.place"]
    pages = subject.measured.bulletin
    # After a blank page the page of the distribution block has no number either (7.5).
    last_blank = len(pages) > 1 and pages[-2].blank
    for page in pages:
        foot = page.page_number_glyphs(layout.grid)
        unnumbered = page.blank or (page is pages[-1] and last_blank) or place.value == "none"
        if unnumbered and foot:
            item = say("the page number on page {page}, where none is allowed,", page=page.number)
            yield deviation_finding(place, subject, item, say("printed"), say("none"))
        elif not unnumbered:
            yield from _check_number(page, foot, place, subject)


def _check_number(
    page: Page, foot: tuple[Glyph, ...], place: Figure, subject: MasterSubject
) -> Iterator[Finding]:
    text = "".join(g.text for g in foot)
    if str(page.number) not in text:
        item = say("the number at the foot of page {page}", page=page.number)
        yield deviation_finding(place, subject, item, text or say("missing"), str(page.number))
        return
    if text.startswith("—"):
        yield from _check_drop(page, foot[0], subject)
    if place.value == "outside":
        yield from _check_indent(page, foot, subject)


def _check_drop(page: Page, dash: Glyph, subject: MasterSubject) -> Iterator[Finding]:
    drop = (dash.top + dash.bottom) / 2 - subject.layout.grid.foot
    figure = subject.layout.figures["page-number.drop"]
    if abs(drop - figure.mm) > _NUMBER_MM:
        item = say("the dash of the number of page {page}", page=page.number)
        measured = say("{length} below the type area", length=mm(drop))
        yield deviation_finding(figure, subject, item, measured)


def _check_indent(page: Page, foot: tuple[Glyph, ...], subject: MasterSubject) -> Iterator[Finding]:
    grid, figures = subject.layout.grid, subject.layout.figures
    indent = figures["page-number.indent"]
    if page.number % 2:
        # A dash fills a character box, whose left edge is its origin.
        right_end = foot[-1].x + figures["page-number.size"].mm
        distance = grid.right_of(page.number) - right_end
    else:
        distance = foot[0].x - grid.left_of(page.number)
    if abs(distance - indent.mm) > _NUMBER_MM:
        item = say(
            "the distance of the page number from the outer edge on page {page}",
            page=page.number,
        )
        yield deviation_finding(indent, subject, item, mm(distance))


def _check_blank(subject: MasterSubject) -> Iterator[Finding]:
    """Pages are blank only where the place of the distribution block asks for it."""
    pages = subject.measured.bulletin
    allows_blank = subject.layout.figures["distribution.page"].value != "last"
    for page in pages:
        before_last = all(later.blank for later in pages[page.number - 1 : -1])
        if page.blank and not (allows_blank and before_last):
            yield _BLANK.at(subject.issue.where(()), page=page.number)


CHECKS = (
    MasterCheck("sheet", "纸张", _check_sheet, since="0.1"),
    MasterCheck("grid-rows", "行格", _check_rows, since="0.1"),
    MasterCheck("type-area", "版心", _check_edges, since="0.1"),
    MasterCheck("page-numbers", "页码", _check_numbers, since="0.1"),
    MasterCheck("blank-pages", "空白页", _check_blank, since="0.1"),
)
