"""A measured PDF as lines of text for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from jianbao_tex.findings import cells, visible
from jianbao_tex.press import Report


def lines_of(name: str, report: Report) -> Iterator[str]:
    """The report in tables, lengths in millimetres from the top left corner of the sheet."""
    yield f"{name}: layout {report.layout}, {len(report.pages)} pages, {report.characters} characters"
    yield ""
    yield from _table(
        ("page", "rows", "columns", "first", "last", "off row", "left", "right", "foot", "colours"),
        (
            (
                f"{page.page} {page.side}",
                "blank" if page.blank else page.rows,
                page.columns,
                page.first,
                page.last,
                page.off,
                page.left,
                page.right,
                page.foot,
                ", ".join(page.colours),
            )
            for page in report.pages
        ),
    )
    yield ""
    yield from _table(
        ("piece", "page", "left", "top", "right", "bottom"),
        (
            (place.what, place.page, place.left, place.top, place.right, place.bottom)
            for place in report.places
            if place.what != "page number" or place.page <= 2  # noqa: PLR2004 -- one of each side
        ),
    )
    yield ""
    yield from _table(
        ("font", "embedded", "subset", "searchable", "characters", "served as fallback"),
        (
            (
                font.name,
                _yes(font.embedded),
                _yes(font.subset),
                _yes(font.mapped),
                font.characters,
                visible(font.fallback),
            )
            for font in report.fonts
        ),
    )
    if report.deviations:
        yield ""
        yield from _table(
            ("leaves the standard", "value", "standard", "strength"), report.deviations
        )


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Columns as wide as their widest cell, two spaces apart; numbers to the right."""
    texts = [tuple(_text(cell) for cell in row) for row in rows]
    widths = [max(map(cells, column)) for column in zip(head, *texts, strict=True)]
    for row in (head, *texts):
        padded = (
            " " * (width - cells(cell)) + cell
            if _is_number(cell)
            else cell + " " * (width - cells(cell))
            for cell, width in zip(row, widths, strict=True)
        )
        yield "  ".join(padded).rstrip()


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.4f}" if cell < 1 else f"{cell:.2f}"
    return "-" if cell is None else str(cell)


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).isdigit()
