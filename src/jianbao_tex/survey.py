"""The report of a finished PDF: measurements of its pages and fonts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from jianbao_tex.content import Mark
from jianbao_tex.figures import Figure
from jianbao_tex.grid import Grid
from jianbao_tex.measure import FontFact
from jianbao_tex.pages import Glyph, Page
from jianbao_tex.subjects import MasterSubject


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

    ``fallback`` contains the characters that it served because the first font of the role
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
class AddedTextReport:
    """
    Words on a page that are not text of the issue.

    ``kind`` is ``artifact``, or ``insert`` for a page that is none of the bulletin.  ``plugins``
    are those that may have printed them, with their versions.
    """

    page: int
    kind: Literal["artifact", "insert"]
    text: str
    plugins: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """What was measured in a finished PDF."""

    layout: str
    pages: tuple[PageReport, ...]
    fonts: tuple[FontReport, ...]
    places: tuple[PlaceReport, ...]
    characters: int
    deviations: tuple[Figure, ...]
    added_texts: tuple[AddedTextReport, ...]

    def as_json(self) -> dict[str, object]:
        """The report as plain data, lengths in millimetres."""
        data = asdict(self)
        data["deviations"] = [
            {
                "figure": figure.name,
                "value": figure.shown,
                "standard": figure.standard_shown,
                "strength": figure.strength,
            }
            for figure in self.deviations
        ]
        return data


def report(subject: MasterSubject) -> Report:
    """The report of a finished PDF."""
    grid = subject.layout.grid
    measured = subject.measured
    firsts = {
        font.pdf_name for face in subject.faces.values() for font in (face.chain[0], face.latin)
    }
    return Report(
        layout=subject.layout.name,
        pages=tuple(_page(page, grid) for page in measured.pages),
        fonts=tuple(
            _font(font, measured.characters_by_font.get(font.name, ""), firsts)
            for font in measured.fonts
        ),
        places=tuple(place for page in measured.pages for place in _places(page, grid)),
        characters=sum(len(page.text(grid)) for page in measured.pages),
        deviations=tuple(subject.layout.deviations),
        added_texts=tuple(
            AddedTextReport(
                added.page,
                "insert" if added.mark == Mark.INSERT else "artifact",
                added.text,
                tuple(source.plugin for source in subject.artifact_sources),
            )
            for added in subject.added_texts
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
        # A glyph that begins at the right edge is hanging punctuation and has no column.
        if left - 0.1 <= glyph.x <= right - grid.em / 2
    ]
    return PageReport(
        page=page.number,
        side="odd" if page.number % 2 else "even",
        rows=max(map(grid.row_of, baselines)) + 1 if baselines else 0,
        columns=max(columns, default=0),
        first=_round(min(baselines, default=None)),
        last=_round(max(baselines, default=None)),
        off=_round(max(map(grid.off_row, baselines), default=None), 4),
        left=_round(min((glyph.left for glyph in ink), default=None)),
        right=_round(max((glyph.right for glyph in ink), default=None)),
        foot="".join(glyph.text for glyph in page.page_number_glyphs(grid)),
        blank=page.blank,
        colours=tuple(sorted(" ".join(colour) for colour in page.colours)),
        pictures=page.pictures,
    )


def _round(value: float | None, digits: int = 2) -> float | None:
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


_PIECE_NAMES = {Mark.NAME: "name", Mark.DISTRIBUTION: "distribution block"}


def _places(page: Page, grid: Grid) -> list[PlaceReport]:
    """Where name, rules, distribution block and page number of a page stand."""
    pieces = {name: page.marked(mark) for mark, name in _PIECE_NAMES.items()}
    pieces["page number"] = page.page_number_glyphs(grid)
    boxes = [(name, _ink_box(glyphs)) for name, glyphs in pieces.items() if glyphs]
    boxes += [
        ("rule", (rule.left, rule.top, rule.left + rule.width, rule.bottom)) for rule in page.rules
    ]
    reports = [
        PlaceReport(name, page.number, *(round(edge, 2) for edge in box)) for name, box in boxes
    ]
    return sorted(reports, key=lambda place: place.top)


def _ink_box(glyphs: tuple[Glyph, ...]) -> tuple[float, float, float, float]:
    """The left, top, right and bottom edge of the ink of glyphs."""
    return (
        min(glyph.left for glyph in glyphs),
        min(glyph.top for glyph in glyphs),
        max(glyph.right for glyph in glyphs),
        max(glyph.bottom for glyph in glyphs),
    )
