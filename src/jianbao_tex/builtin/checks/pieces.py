"""Masthead and distribution block, by the edges of their glyphs and rules."""

from __future__ import annotations

from collections.abc import Iterator

from jianbao_tex.builtin.checks.verdicts import deviation_finding, mm
from jianbao_tex.hooks import (
    MM_PER_BP,
    Finding,
    Glyph,
    Mark,
    MasterCheck,
    MasterSubject,
    Page,
    Rule,
    note,
    say,
)

_ALONE = note(
    "JB347",
    "the distribution block stands alone on page {page}: {length} more on page {before} would do",
    "shorten the text by a line, or set smaller figures for the block under options",
)

_PLACE_MM = 0.3
_RULE_MM = 0.05
_WIDTH_MM = 0.3
_UNEVEN = 0.1
"""The allowed distance of the ink from the centre, as a fraction of the type size."""


def _check_masthead(subject: MasterSubject) -> Iterator[Finding]:
    """The name is centred; the red rule has the thickness and the width of the layout."""
    first = subject.measured.pages[0]
    if name := first.marked(Mark.NAME):
        yield from _check_name(subject, name)
        if subject.layout.figures["masthead.rule"].value:
            bottom = max(g.bottom for g in name)
            rule = next((r for r in first.rules if r.top > bottom), None)
            yield from _check_red_rule(subject, rule)


def _check_name(subject: MasterSubject, name: tuple[Glyph, ...]) -> Iterator[Finding]:
    grid = subject.layout.grid
    left, right = min(g.left for g in name), max(g.right for g in name)
    offset = abs((left - grid.left) - (grid.left + grid.width - right)) / 2
    # Glyphs do not fill their boxes alike on both sides.
    if offset > name[0].size_bp * MM_PER_BP * _UNEVEN:
        figure = subject.layout.figures["masthead.name-width"]
        measured = say("{length} off the middle", length=mm(offset))
        where = subject.where(name)
        yield deviation_finding(
            figure, subject, say("the name"), measured, say("centred"), where=where
        )


def _check_red_rule(subject: MasterSubject, rule: Rule | None) -> Iterator[Finding]:
    layout = subject.layout
    grid, figure = layout.grid, layout.figures["masthead.rule"]
    if rule is None:
        yield deviation_finding(figure, subject, say("the red rule"), say("missing"))
    elif abs(rule.thickness - figure.mm) > _RULE_MM:
        yield deviation_finding(
            figure, subject, say("the thickness of the red rule"), mm(rule.thickness)
        )
    elif abs(rule.width - grid.width) > _WIDTH_MM:
        width = layout.figures["grid.width"]
        yield deviation_finding(width, subject, say("the width of the red rule"), mm(rule.width))


def _check_distribution(subject: MasterSubject) -> Iterator[Finding]:
    """The block stands whole at the foot of the last page, ruled as clause 7.4.1 says."""
    layout = subject.layout
    pages = subject.measured.bulletin
    holders = [page for page in pages if page.marked(Mark.DISTRIBUTION)]
    if not holders:
        return
    figure = layout.figures["distribution.page"]
    first = holders[0].marked(Mark.DISTRIBUTION)[:1]
    if len(holders) > 1:
        block = say("the distribution block")
        where = subject.where(first)
        yield deviation_finding(
            figure, subject, block, say("split over pages"), say("whole"), where=where
        )
        return
    (page,) = holders
    multiple = {"even": 2, "four": 4}.get(str(figure.value), 1)
    if page is not pages[-1] or page.number % multiple:
        item = say("the page of the distribution block")
        measured = say("page {page} of {pages}", page=page.number, pages=len(pages))
        yield deviation_finding(figure, subject, item, measured, where=subject.where(first))
    yield from _check_rules(subject, _rules(page))
    if page.number > 1 and not (page.number - 1) % multiple:
        yield from _check_alone(subject, page)


def _check_alone(subject: MasterSubject, page: Page) -> Iterator[Finding]:
    """Says how much room was lacking for the block on the page before."""
    grid, pages = subject.layout.grid, subject.measured.bulletin
    text, rules = page.text(grid), _rules(page)
    number = pages.index(page)
    if not (number and rules and all(glyph.mark == Mark.DISTRIBUTION for glyph in text)):
        return
    before = pages[number - 1]
    lowest = max(
        [glyph.baseline + (1 - grid.ascent) * grid.em for glyph in before.text(grid)]
        + [shape.bottom for shape in before.shapes],
        default=grid.foot,
    )
    lack = rules[-1].bottom - rules[0].top - (grid.foot - lowest)
    if lack > 0:
        where = subject.where(page.marked(Mark.DISTRIBUTION)[:1])
        yield _ALONE.at(where, page=page.number, length=mm(lack), before=before.number)


def _rules(page: Page) -> list[Rule]:
    """The rules of the block: from the one just above its text."""
    top = min(glyph.top for glyph in page.marked(Mark.DISTRIBUTION))
    above = [rule for rule in page.rules if rule.top < top]
    return [*above[-1:], *(rule for rule in page.rules if rule.top >= top)]


def _check_rules(subject: MasterSubject, rules: list[Rule]) -> Iterator[Finding]:
    layout = subject.layout
    thick, thin = (layout.figures[f"distribution.rule-{name}"] for name in ("thick", "thin"))
    area = layout.figures["grid.height"]
    if not rules or abs(rules[-1].bottom - layout.grid.foot) > _PLACE_MM:
        item = say("the last rule of the distribution block")
        measured = mm(rules[-1].bottom) if rules else say("missing")
        wanted = say("{length} from the top of the sheet", length=mm(layout.grid.foot))
        yield deviation_finding(area, subject, item, measured, wanted)
        return
    for number, rule in enumerate(rules):
        # The first and the last rule are thick, those between thin (GB/T 9704-2012, 7.4.1).
        figure = thick if number in {0, len(rules) - 1} else thin
        if abs(rule.thickness - figure.mm) > _RULE_MM:
            item = say(
                "the thickness of rule {number} of the distribution block", number=number + 1
            )
            yield deviation_finding(figure, subject, item, mm(rule.thickness))
        if abs(rule.width - layout.grid.width) > _WIDTH_MM:
            item = say("the width of rule {number} of the distribution block", number=number + 1)
            yield deviation_finding(layout.figures["grid.width"], subject, item, mm(rule.width))


CHECKS = (
    MasterCheck("masthead", "报头", _check_masthead, since="0.1"),
    MasterCheck("distribution", "版记", _check_distribution, since="0.1"),
)
