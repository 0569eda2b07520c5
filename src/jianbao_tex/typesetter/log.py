"""TeX's log -> messages, and messages -> findings at the user's own lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.master import LogMessage, Origin, TexTree

_TEX = error(
    "JB310",
    "TeX stops here: {message}",
    "if no template of yours is at fault, report it with the issue: jianbao tex writes the TeX",
)
_TOO_HIGH = error(
    "JB312", "this does not fit a page: it is {height} mm high", "shorten it or divide it"
)
_LOST = error(
    "JB311",
    "the font {font} and those behind it lack the character {character} ({code})",
    "replace the character, or add a font that has it with --fonts",
)

_HEIGHT = re.compile(r"This does not fit a page: (\d+) mm high")
OWN_FAULTS = (_TOO_HIGH, _LOST)
"""The kinds that are faults of the issue, not of TeX or a template."""

_ERROR = re.compile(r"^(?:\./)?([^\s:]+\.\w+):(\d+): (.+)$")
_LOST_GLYPH = re.compile(
    r"Missing character: There is no (.)(?: \([^)]*\))? in font \"?\[?([^\]\"/:]+)"
)
_OVERFULL = re.compile(r"^Overfull \\[hv]box \(([\d.]+)pt too \w+\)(?:.*?lines? (\d+))?")
_SHRUNK = re.compile(r"^jianbao: shrunk ([\d.]+) of [\d.]+ bp on input line (\d+)")
_RERUN = re.compile(r"^LaTeX Warning: .*(Rerun|rerun)")
_PAGES = re.compile(r"^Output written on .*\((\d+) pages?", re.MULTILINE)


def messages(log: str) -> Iterator[LogMessage]:
    """The messages of a log whose lines were not wrapped."""
    for line in log.splitlines():
        if match := _ERROR.match(line):
            file, number, text = match.groups()
            kind = "lost" if text.startswith("Missing character") else "error"
            yield LogMessage(kind, text, file, int(number))
        elif line.startswith("! "):
            yield LogMessage("error", line[2:])
        elif match := _OVERFULL.match(line):
            yield LogMessage("overfull", line, line=int(match[2] or 0), amount_pt=float(match[1]))
        elif match := _SHRUNK.match(line):
            yield LogMessage("shrunk", line, line=int(match[2]), amount_pt=float(match[1]))
        elif _RERUN.match(line):
            yield LogMessage("rerun", line)


def pages(log: str) -> int:
    """The number of pages written; 0 where the log does not say."""
    match = _PAGES.search(log)
    return int(match[1]) if match else 0


def findings_of(found: Iterable[LogMessage], tree: TexTree) -> list[Finding]:
    """Errors and lost characters as findings, at the text's place where one is at fault."""
    findings = []
    for message in found:
        origins = tree.origins_near(message.line) if message.file == tree.main else ()
        if high := _HEIGHT.search(message.text):
            where = origins[0].where if origins else Where(tree.main, message.line)
            findings.append(_TOO_HIGH.at(where, height=high[1]))
        elif message.kind == "lost" and (glyph := _LOST_GLYPH.search(message.text)):
            character, font = glyph.groups()
            where = _place_of(character, origins, message)
            findings.append(
                _LOST.at(where, font=font, character=character, code=f"U+{ord(character):04X}")
            )
        elif message.kind in {"error", "lost"}:
            where = origins[0].where if origins else Where(message.file or tree.main, message.line)
            findings.append(_TEX.at(where, message=message.text))
    return findings


def _place_of(character: str, origins: Iterable[Origin], message: LogMessage) -> Where:
    for origin in origins:
        index = origin.plain.find(character)
        if index >= 0:
            where = origin.where
            column = where.text.find(character, max(where.column - 1, 0)) + 1
            return Where(where.file, where.line, column or where.column, where.text)
    return Where(message.file, message.line)
