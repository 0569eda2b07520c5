"""Runs the checks of a registry -> findings, sorted; and sums a measured PDF up in a report."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from jianbao_tex.errors import JianbaoError, PluginBroken
from jianbao_tex.findings import Finding, Where, error, in_order, warning
from jianbao_tex.grid import Grid
from jianbao_tex.hooks import Check, Subject
from jianbao_tex.measure import FontFact, Page
from jianbao_tex.registry import Plugin, Registry
from jianbao_tex.registry.calls import said_by
from jianbao_tex.soundness import unsound

_BROKEN = error(
    "JB510",
    "the check {check} failed: {reason}",
    "report it with the issue; without this check no page is proved",
)
_NOT_CHECKED = warning(
    "JB511",
    "the check {check} of plugin {plugin} failed, so that nothing was checked by it: {reason}",
    "tell the plugin's authors; to do without it: jianbao plugins disable {name}",
)


def inspect(
    registry: Registry, stage: Literal["issue", "tex", "master"], subject: Subject
) -> tuple[Finding, ...]:
    """
    What the checks of a stage find.

    A check of a department that raises is itself a finding, and costs no more.

    Raises:
        PluginBroken: a check of the package itself raised instead of reporting.
    """
    found: list[Finding] = []
    for check in registry.checks.values():
        if check.stage == stage:
            found += _found(registry, check, subject)
    return in_order(found)


def _found(registry: Registry, check: Check, subject: Subject) -> tuple[Finding, ...]:
    owner = registry.owners["checks", check.name]
    try:
        found = registry.calls(owner, check.name, _walked, check, subject)
    except JianbaoError as wrong:
        blamed = {dict(finding.values).get("name") for finding in wrong.findings} - {None}
        is_built_in = owner.size == "built-in"
        # A model of another plugin, or what a check of the package itself says on purpose.
        if blamed - {owner.name} or (is_built_in and not blamed):
            raise
        home = Where(str(owner.home or owner.name))
        where = wrong.findings[0].where if wrong.findings else home
        reason = said_by(wrong.__cause__ or wrong)
        if is_built_in:
            fault = _BROKEN.at(Where(check.name), check=check.name, reason=reason)
            raise PluginBroken(fault) from wrong
        return (_not_checked(owner, check, where, reason),)
    assert isinstance(found, tuple)
    if owner.size == "built-in":
        return found
    faults = [reason for one in found if (reason := unsound(one))]
    sound = tuple(one for one in found if not unsound(one))
    where = Where(str(owner.home or owner.name))
    # What can be told is told, and that there was more.
    return (*sound, *(_not_checked(owner, check, where, reason) for reason in faults[:1]))


def _walked(check: Check, subject: Subject) -> tuple[Finding, ...]:
    return tuple(check.run(subject) or ())


def _not_checked(owner: Plugin, check: Check, where: Where, reason: str) -> Finding:
    values = {"plugin": owner.titled, "name": owner.name, "reason": reason}
    return _NOT_CHECKED.at(where, check=check.name, **values)


# --- The report ------------------------------------------------------------------------------


@dataclass(frozen=True)
class PageReport:
    """
    A page in millimetres from the sheet's top left corner.

    Baselines, rows and columns are those of body text; ``left`` and ``right`` are the
    edges of all ink in the type area; ``off`` is how far the worst baseline stands from
    its row.  A page without body text has ``None`` there.
    """

    page: int
    side: Literal["odd", "even"]
    rows: int
    columns: int
    first: float | None
    last: float | None
    off: float | None
    left: float | None
    right: float | None
    foot: str
    blank: bool
    colours: tuple[str, ...]
    pictures: int


@dataclass(frozen=True)
class FontReport:
    """
    A font of the PDF.

    ``fallback`` holds the characters that it served because the first font of the role
    lacks them; '' for a font that comes first in a role.
    """

    name: str
    embedded: bool
    subset: bool
    mapped: bool
    characters: int
    fallback: str


@dataclass(frozen=True)
class PlaceReport:
    """A piece of a page by the edges of its ink, in millimetres from the top left corner."""

    what: str
    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Report:
    """What was measured in a finished PDF."""

    layout: str
    pages: tuple[PageReport, ...]
    fonts: tuple[FontReport, ...]
    places: tuple[PlaceReport, ...]
    characters: int
    deviations: tuple[tuple[str, str, str, str], ...]

    def as_json(self) -> dict[str, object]:
        """The report as plain data, lengths in millimetres."""
        data = asdict(self)
        keys = ("figure", "value", "standard", "strength")
        data["deviations"] = [dict(zip(keys, row, strict=True)) for row in self.deviations]
        return data


def report(subject: Subject) -> Report:
    """The report of a finished PDF."""
    assert subject.layout is not None
    grid = subject.layout.grid
    measured = subject.measured
    firsts = {
        font.pdf_name for face in subject.faces.values() for font in (face.chain[0], face.latin)
    }
    return Report(
        layout=subject.layout.name,
        pages=tuple(_page(page, grid) for page in measured.pages),
        fonts=tuple(
            _font(font, measured.served.get(font.name, ""), firsts) for font in measured.fonts
        ),
        places=tuple(place for page in measured.pages for place in _places(page, grid)),
        characters=sum(len(page.text(grid)) for page in measured.pages),
        deviations=tuple(
            (figure.name, figure.shown, figure.standard_shown, figure.strength)
            for figure in subject.layout.deviations
        ),
    )


def _page(page: Page, grid: Grid) -> PageReport:
    lines = page.body_lines(grid)
    baselines = [line[0].baseline for line in lines]
    ink = [glyph for glyph in page.text(grid) if glyph.text.strip()]
    edges = grid.text_edges(page.number)
    columns = [
        round((glyph.x - left) / grid.em) + 1
        for line in lines
        for glyph in line
        for left, right in edges
        # What begins at the right edge hangs.
        if left - 0.1 <= glyph.x <= right - grid.em / 2
    ]
    return PageReport(
        page=page.number,
        side="odd" if page.number % 2 else "even",
        rows=max(map(grid.row_of, baselines)) + 1 if baselines else 0,
        columns=max(columns, default=0),
        first=_rounded(min(baselines, default=None)),
        last=_rounded(max(baselines, default=None)),
        off=_rounded(max(map(grid.off_row, baselines), default=None), 4),
        left=_rounded(min((glyph.left for glyph in ink), default=None)),
        right=_rounded(max((glyph.right for glyph in ink), default=None)),
        foot="".join(glyph.text for glyph in page.foot(grid)),
        blank=page.blank,
        colours=tuple(sorted(" ".join(colour) for colour in page.colours)),
        pictures=page.pictures,
    )


def _rounded(value: float | None, digits: int = 2) -> float | None:
    return None if value is None else round(value, digits)


def _font(font: FontFact, served: str, firsts: set[str]) -> FontReport:
    return FontReport(
        name=font.name,
        embedded=font.embedded,
        subset=font.subset,
        mapped=font.mapped,
        characters=len(served),
        fallback="" if font.name in firsts else served,
    )


_MARKED = {"JbName": "name", "JbDistribution": "distribution block"}
_WIDE = 0.9


def _places(page: Page, grid: Grid) -> list[PlaceReport]:
    """Where name, rules, distribution block and page number of a page stand."""
    pieces = {what: page.marked(mark) for mark, what in _MARKED.items()}
    pieces["page number"] = page.foot(grid)
    found = [
        PlaceReport(
            what,
            page.number,
            *(
                round(edge, 2)
                for edge in (
                    min(g.left for g in glyphs),
                    min(g.top for g in glyphs),
                    max(g.right for g in glyphs),
                    max(g.bottom for g in glyphs),
                )
            ),
        )
        for what, glyphs in pieces.items()
        if glyphs
    ]
    found += [
        PlaceReport(
            "rule",
            page.number,
            *(
                round(edge, 2)
                for edge in (rule.left, rule.top, rule.left + rule.width, rule.bottom)
            ),
        )
        for rule in page.rules
    ]
    return sorted(found, key=lambda place: place.top)
