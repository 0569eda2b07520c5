"""A measured PDF as lines of text for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from jianbao_tex.cli.speech import _, told
from jianbao_tex.findings import cells, visible
from jianbao_tex.language import say, say_count
from jianbao_tex.press import Report

_SIDES = {"odd": say("odd"), "even": say("even")}
_PIECES = {
    "name": say("name"),
    "rule": say("rule"),
    "distribution block": say("distribution block"),
    "page number": say("page number"),
}


def lines_of(name: str, report: Report) -> Iterator[str]:
    """The report in tables, lengths in millimetres from the top left corner of the sheet."""
    yield told(
        say(
            "{issue}: layout {layout}, {pages}, {characters}",
            issue=name,
            layout=report.layout,
            pages=say_count("1 page", "{number} pages", len(report.pages)),
            characters=say_count("1 character", "{number} characters", report.characters),
        )
    )
    yield ""
    yield from _table(
        (
            _("page"),
            _("rows"),
            _("columns"),
            _("first"),
            _("last"),
            _("off row"),
            _("left"),
            _("right"),
            _("foot"),
            _("colours"),
        ),
        (
            (
                f"{page.page} {told(_SIDES[page.side])}",
                _("blank") if page.blank else page.rows,
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
        (_("piece"), _("page"), _("left"), _("top"), _("right"), _("bottom")),
        (
            (
                told(_PIECES[place.what]),
                place.page,
                place.left,
                place.top,
                place.right,
                place.bottom,
            )
            for place in report.places
            if place.what != "page number" or place.page <= 2  # noqa: PLR2004 -- one of each side
        ),
    )
    yield ""
    yield from _table(
        (
            _("font"),
            _("embedded"),
            _("subset"),
            _("searchable"),
            _("characters"),
            _("served as fallback"),
        ),
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
            (_("leaves the standard"), _("value"), _("standard"), _("strength")), report.deviations
        )


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


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
