"""What paper shows: hidden text, text too small to read, and words that the issue does not have."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from jianbao_tex.hooks import (
    NO_TEXT,
    Finding,
    Glyph,
    Hidden,
    MasterCheck,
    MasterSubject,
    Phrase,
    Where,
    error,
    say,
    warning,
)

_HIDDEN = error(
    "JB338",
    "text on page {page} does not show on paper, because {reason}: {text}",
    "a style or a template of the layout or of a plugin hides it; see docs/checks.md",
)
_SMALL = error(
    "JB339",
    "text on page {page} is {size} bp high; the smallest type of the layout is {least} bp: {text}",
    "a style or a template of the layout or of a plugin sets it; see docs/checks.md",
)
_ADDED = warning(
    "JB346",
    "page {page} prints words that the issue does not have, from {plugin}: {text}",
    "if they are meant, the record of the plugin says so: artifacts = true (docs/plugins.md)",
)

_REASONS: dict[Hidden, Phrase] = {
    Hidden.MODE: say("the PDF hides it"),
    Hidden.CLIPPED: say("it stands outside of its frame"),
    Hidden.TRANSPARENT: say("it is transparent"),
    Hidden.SQUEEZED: say("it is squeezed to a line"),
    Hidden.COLOUR: say("it has the colour of what lies under it"),
    Hidden.COVERED: say("something is printed over it"),
}
_NO_INK = say("it leaves no ink on the page")
_MAX_FINDINGS = 20
_SHOWN = 12
_SHOWN_ADDED = 60
# TeX sets an index in seven tenths of the size.
_LEAST_SHARE = 0.7


def _check_hidden(subject: MasterSubject) -> Iterator[Finding]:
    """All text of the issue shows: it is not hidden, not transparent, not printed over."""
    for page, run in _runs(subject, lambda glyph: glyph.hidden):
        yield _finding_of_hidden(subject, page, run, _REASONS[run[0].hidden])


def _check_ink(subject: MasterSubject) -> Iterator[Finding]:
    """The rendered pages show every letter of the text, in its place."""
    missing = {id(glyph) for glyph in subject.without_ink if not glyph.hidden}
    for page, run in _runs(subject, lambda glyph: id(glyph) in missing):
        yield _finding_of_hidden(subject, page, run, _NO_INK)


def _finding_of_hidden(
    subject: MasterSubject, page: int, run: tuple[Glyph, ...], reason: Phrase
) -> Finding:
    return _HIDDEN.at(subject.where(run), page=page, reason=reason, text=_excerpt(run))


def _check_size(subject: MasterSubject) -> Iterator[Finding]:
    """No text is smaller than an index of the smallest type of the layout."""
    figures = subject.layout.figures.items()
    least = min(figure.number for name, figure in figures if name.endswith("size"))
    for page, run in _runs(subject, lambda glyph: glyph.size_bp < _LEAST_SHARE * least):
        sizes = {"size": f"{run[0].size_bp:.2f}", "least": f"{least:g}"}
        yield _SMALL.at(subject.where(run), page=page, text=_excerpt(run), **sizes)


def _check_added(subject: MasterSubject) -> Iterator[Finding]:
    """Words that are no text of the issue come from plugins that say so."""
    sources = subject.artifact_sources
    if sources and all(source.is_declared for source in sources):
        return
    silent = [source for source in sources if not source.is_declared]
    plugin = tuple(source.plugin for source in silent) or say("a style of the layout")
    where = Where(silent[0].file) if silent else subject.issue.where(())
    for added in subject.added_texts[:_MAX_FINDINGS]:
        text = added.text[:_SHOWN_ADDED] + "…" * (len(added.text) > _SHOWN_ADDED)
        yield _ADDED.at(where, page=added.page, plugin=plugin, text=text)


def _runs(
    subject: MasterSubject, is_at_fault: Callable[[Glyph], object]
) -> Iterator[tuple[int, tuple[Glyph, ...]]]:
    """The first runs of characters of the text that are at fault alike, each with its page."""

    def key(glyph: Glyph) -> tuple[object, int]:
        fault = is_at_fault(glyph)
        # Two texts are two findings.
        return fault, id(subject.printed.place_of(glyph)) if fault else 0

    runs = (
        (page.number, tuple(run))
        for page in subject.measured.pages
        for (fault, _), run in itertools.groupby(
            (glyph for glyph in page.glyphs if glyph.mark not in NO_TEXT), key=key
        )
        if fault
    )
    return itertools.islice(runs, _MAX_FINDINGS)


def _excerpt(glyphs: tuple[Glyph, ...]) -> str:
    text = "".join(glyph.text for glyph in glyphs[:_SHOWN])
    return text + "…" * (len(glyphs) > _SHOWN)


CHECKS = (
    MasterCheck("hidden-text", "看不见的文字", _check_hidden, since="0.1"),
    MasterCheck("small-text", "过小的文字", _check_size, since="0.1"),
    MasterCheck("added-text", "稿件以外的文字", _check_added, since="0.1"),
    MasterCheck("ink", "文字着墨", _check_ink, since="0.1", is_thorough=True),
)
