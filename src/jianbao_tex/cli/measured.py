"""Formats the measurements of a PDF as text tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jianbao_tex.cli.speech import _, translated
from jianbao_tex.cli.terminal import cells
from jianbao_tex.findings import visible
from jianbao_tex.language import say, say_count
from jianbao_tex.survey import AddedTextReport, FontReport, PageReport, PlaceReport, Report

_KINDS = {"artifact": say("artifact"), "insert": say("inserted page")}
_SIDES = {"odd": say("odd"), "even": say("even")}
_PIECES = {
    "name": say("name"),
    "rule": say("rule"),
    "distribution block": say("distribution block"),
    "page number": say("page number"),
}


def lines_of(name: str, report: Report) -> Iterator[str]:
    """The report as tables; positions are in millimetres from the top left corner of the sheet."""
    yield translated(
        say(
            "{issue}: layout {layout}, {pages}, {characters}",
            issue=name,
            layout=report.layout,
            pages=say_count("1 page", "{number} pages", len(report.pages)),
            characters=say_count("1 character", "{number} characters", report.characters),
        )
    )
    yield ""
    yield from table(_PAGE_HEAD, map(_page, report.pages))
    yield ""
    # Of the page numbers one of each side is enough.
    places = (p for p in report.places if p.what != "page number" or p.page in {1, 2})
    yield from table(_PLACE_HEAD, map(_place, places))
    yield ""
    yield from table(_FONT_HEAD, map(_font, report.fonts))
    if report.added_texts:
        yield ""
        yield from table(_ADDED_HEAD, map(_added, report.added_texts))
    if report.deviations:
        yield ""
        rows = (
            (
                figure.name,
                translated(figure.value_phrase),
                translated(figure.standard_phrase),
                figure.strength,
            )
            for figure in report.deviations
        )
        yield from table(_DEVIATION_HEAD, rows)


_PAGE_HEAD = (
    *(_("page"), _("rows"), _("columns"), _("first"), _("last"), _("off row")),
    *(_("left"), _("right"), _("foot"), _("colours")),
)
_PLACE_HEAD = (_("piece"), _("page"), _("left"), _("top"), _("right"), _("bottom"))
_FONT_HEAD = (
    *(_("font"), _("embedded"), _("subset"), _("searchable")),
    *(_("characters"), _("served as fallback")),
)
_ADDED_HEAD = (_("not text of the issue"), _("page"), _("plugin"), _("text"))
_DEVIATION_HEAD = (_("leaves the standard"), _("value"), _("standard"), _("strength"))


def _page(page: PageReport) -> Sequence[object]:
    side = f"{page.page} {translated(_SIDES[page.side])}"
    rows = _("blank") if page.blank else page.rows
    lines = (page.columns, page.first, page.last, page.off, page.left, page.right)
    return (side, rows, *lines, page.foot, ", ".join(page.colours))


def _place(place: PlaceReport) -> Sequence[object]:
    edges = (place.left, place.top, place.right, place.bottom)
    return (translated(_PIECES[place.what]), place.page, *edges)


def _font(font: FontReport) -> Sequence[object]:
    states = (_yes_or_no(font.embedded), _yes_or_no(font.subset), _yes_or_no(font.mapped))
    return (font.name, *states, font.characters, visible(font.fallback))


def _added(added: AddedTextReport) -> Sequence[object]:
    kind = translated(_KINDS[added.kind])
    return (kind, added.page, visible(", ".join(added.plugins)) or None, visible(added.text))


def _yes_or_no(value: bool) -> str:
    return _("yes") if value else _("no")


_STATES = {True: say("self-checked"), False: say("not as claimed")}


def lines_of_claims(checked: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line for each file: its claimed standard, the result of the check, its pages and plates."""
    rows = [
        (
            visible(file["file"]),
            file["standard"] or "PDF",
            _state(file),
            file["pages"],
            ", ".join(map(visible, file["plates"])) or "-",
        )
        for file in checked
    ]
    yield from table((_("file"), _("standard"), _("state"), _("pages"), _("plates")), rows)


def _state(file: Mapping[str, Any]) -> str:
    unknown = say("no rules for its claim") if file["standard"] else say("it claims no standard")
    return translated(_STATES.get(file["self_checked"], unknown))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
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
