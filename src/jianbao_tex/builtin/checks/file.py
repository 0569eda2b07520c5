"""The PDF as a file for the printer: its fonts and its colours."""

from __future__ import annotations

from collections.abc import Iterator

from jianbao_tex.builtin.checks.verdicts import deviation_finding
from jianbao_tex.hooks import Finding, MasterCheck, MasterSubject, error, say, warning

_NOT_EMBEDDED = error(
    "JB350", "the font {font} is not in the PDF", "use a font whose licence allows embedding"
)
_NOT_SUBSET = warning(
    "JB351",
    "the font {font} is embedded completely, not as a subset",
    "use a font that may be subset; the file is larger than necessary",
)

_STRANGERS = error(
    "JB352",
    "the PDF contains entries that no bulletin needs: {keys}",
    "a template or a style puts it there by \\special; take that out",
)


def _check_fonts(subject: MasterSubject) -> Iterator[Finding]:
    """All fonts are embedded subsets."""
    for font in subject.measured.fonts:
        if not font.embedded:
            yield _NOT_EMBEDDED.at(subject.issue.where(()), font=font.name)
        elif not font.subset:
            yield _NOT_SUBSET.at(subject.issue.where(()), font=font.name)


def _check_colours(subject: MasterSubject) -> Iterator[Finding]:
    """Text and rules are of the layout's colours, on the plates that these name."""
    figures = subject.layout.figures
    colours = {name: figure for name, figure in figures.items() if name.startswith("colour.")}
    allowed = {
        ("k", *(f"{part:g}" for part in figure.value))
        for figure in colours.values()
        if isinstance(figure.value, tuple)
    }
    for page in subject.measured.pages:
        for colour in sorted(page.colours - allowed):
            item = say("a colour of page {page}", page=page.number)
            wanted = ", ".join(f"{name} {figure.shown}" for name, figure in colours.items())
            yield deviation_finding(
                colours["colour.black"], subject, item, " ".join(colour), wanted
            )


def _check_entries(subject: MasterSubject) -> Iterator[Finding]:
    """The PDF has no actions and no attached files."""
    if keys := subject.measured.unexpected_keys:
        yield _STRANGERS.at(subject.issue.where(()), keys=keys)


CHECKS = (
    MasterCheck("nothing-else", "没有其他内容", _check_entries, since="0.1"),
    MasterCheck("fonts", "字体嵌入", _check_fonts, since="0.1"),
    MasterCheck("colours", "颜色", _check_colours, since="0.1"),
)
