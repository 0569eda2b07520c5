"""
Messages of TeX -> findings: whose line is at fault, why, and what to do.

A text of the issue is escaped, so that it can be too long or have a character without a
glyph, but never break a command: what TeX says about commands, braces and files is the
template's or the style's fault.  Where the message leaves that open, both are named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from jianbao_tex.findings import Finding, Kind, Where, error
from jianbao_tex.language import Phrase, say
from jianbao_tex.master import LogMessage, Origin, TexTree

_TEX = error(
    "JB310",
    "TeX stops here: {message}",
    "look at the template's line; if no template of yours is at fault, report it with the issue",
)
_LOST = error(
    "JB311",
    "the font {font} and those behind it lack the character {character} ({code})",
    "replace the character, or add a font that has it with --fonts",
)
_TOO_HIGH = error(
    "JB312", "this does not fit a page: it is {height} mm high", "shorten it or divide it"
)
_UNKNOWN = error(
    "JB313",
    "TeX does not know {name}",
    "check its spelling in the template or style, or load the package that defines it",
)
_RUNAWAY = error(
    "JB314",
    "the argument of {name} does not end",
    "close its brace in the template; an empty line must not stand in it",
)
_NO_FILE = error(
    "JB315",
    "TeX does not find the file {name}",
    "put it into the layout's folder, or install the TeX package that has it",
)
_NO_FONT = error(
    "JB316",
    "TeX does not find the font {name}",
    "name fonts by role in layout.toml; jianbao doctor lists those of this machine",
)
_BRACES = error(
    "JB317",
    "braces or environments do not match: {message}",
    "look for the brace or the \\end that is missing or too many in the template",
)
_SPECIAL = error(
    "JB318",
    "a character that means something to TeX stands in the wrong place: {message}",
    "write \\$ \\& \\# \\% \\_ in templates; texts of the issue are escaped by themselves",
)
_NUMBER = error(
    "JB319",
    "a number or a length is wrong: {message}",
    "look at the lengths in the template and the options of the issue",
)
_CAPACITY = error(
    "JB324",
    "TeX has no more room for {name} ({size})",
    "look for a macro that calls itself; a very large issue is better split",
)
_NO_END = error(
    "JB325",
    "the document stops before its end",
    "the layout's issue.tex.jinja must close with \\end{{document}}",
)

TEXT_FAULTS = (_TOO_HIGH, _LOST)
"""The kinds that are faults of the issue, not of TeX or a template."""
LIMITS = (_CAPACITY,)
"""The kinds that say that TeX ran out of something."""


@dataclass(frozen=True)
class _Rule:
    """Which messages are of a kind, and who can be at fault."""

    pattern: re.Pattern[str]
    kind: Kind
    blames: Literal["text", "template", "both"]


_RULES = tuple(
    _Rule(re.compile(pattern), kind, blames)  # type: ignore[arg-type]
    for pattern, kind, blames in (
        (r"This does not fit a page: (?P<height>\d+) mm high", _TOO_HIGH, "text"),
        (r"^Undefined control sequence", _UNKNOWN, "template"),
        (r"Environment (?P<environment>\S+) undefined", _UNKNOWN, "template"),
        (r"Paragraph ended before (?P<name>\\\S+) was complete", _RUNAWAY, "template"),
        (r"File ended while scanning \w+ of (?P<name>\\\S+)", _RUNAWAY, "template"),
        (r"File [`'](?P<name>[^']+)' not found", _NO_FILE, "template"),
        (r"[Ff]ont \"?(?P<name>[^\"]+?)\"? (?:cannot be found|not loadable)", _NO_FONT, "template"),
        (r"^Font \S+=(?P<name>\S+).* not loadable", _NO_FONT, "template"),
        (r"^Too many \}'s|^Extra \}|^Missing [{}] inserted|ended by \\end|^Extra \\end", _BRACES,
         "template"),
        (r"^Missing \$|^Misplaced|^Extra alignment tab|^Double su[bp]|^You can't use", _SPECIAL,
         "template"),
        (r"^Missing number|^Illegal unit|^Dimension too large|^Number too big|^Arithmetic",
         _NUMBER, "both"),
        (r"^TeX capacity exceeded, sorry \[(?P<name>[^=]+)=(?P<size>\d+)\]", _CAPACITY, "both"),
        (r"^Emergency stop", _NO_END, "template"),
        (r"", _TEX, "both"),
    )
)  # fmt: skip

_LOST_GLYPH = re.compile(
    r"Missing character: There is no (?P<character>.)(?: \(U\+(?P<code>[0-9A-F]+)\))?.*? in font "
    r"\"?\[?(?P<font>[^\]\"/:]+)"
)


def findings_of(found: Iterable[LogMessage], tree: TexTree) -> list[Finding]:
    """Errors and lost characters as findings, each with TeX's own lines."""
    return [
        replace(_finding(message, tree), raw=message.raw)
        for message in found
        if message.kind in {"error", "lost"}
    ]


def _finding(message: LogMessage, tree: TexTree) -> Finding:
    message = _placed(message, tree)
    if glyph := _LOST_GLYPH.search(message.text):
        return _lost(glyph, message, tree)
    rule, match = next((r, m) for r in _RULES if (m := r.pattern.search(message.text)))
    values: dict[str, object] = {"message": message.text, **match.groupdict()}
    if rule.kind is _UNKNOWN:
        environment = values.pop("environment", None)
        values["name"] = _unknown(message, environment)
    text, template = _text_place(message, tree), _template_place(message, tree)
    if text is None or rule.blames == "template":
        return rule.kind.at(template, **values)
    if rule.blames == "text":
        return rule.kind.at(text, **values)
    return replace(rule.kind.at(template, **values), also=(text,))


def _unknown(message: LogMessage, environment: object) -> Phrase:
    if environment:
        return say("the environment {name}", name=environment)
    return say("the command {name}", name=message.command or "?")


def _lost(glyph: re.Match[str], message: LogMessage, tree: TexTree) -> Finding:
    """At the character itself in the text that holds it; else where the template prints it."""
    character = chr(int(glyph["code"], 16)) if glyph["code"] else glyph["character"]
    texts = tree.texts_at(message.line, message.column) if _is_main(message, tree) else ()
    where = _template_place(message, tree)
    for origin in texts:
        if character in origin.plain and origin.line == message.line:
            where = _nearest(character, origin, message, tree)
            break
    code = f"U+{ord(character):04X}"
    return _LOST.at(where, font=glyph["font"], character=character, code=code)


def _nearest(character: str, origin: Origin, message: LogMessage, tree: TexTree) -> Where:
    """The place of the last such character that TeX had read, or of the first."""
    assert origin.place is not None
    stretch = tree.lines(tree.main)[origin.line - 1][origin.column - 1 : origin.end_column - 1]
    read = stretch[: max(message.column - origin.column, 0)] if message.column else stretch
    count = max(read.count(character), 1)
    places = [i for i, c in enumerate(origin.plain) if c == character]
    return origin.place.within(origin.plain, places[min(count, len(places)) - 1])


# --- Places ---------------------------------------------------------------------------------


def _is_main(message: LogMessage, tree: TexTree) -> bool:
    return message.file in {"", tree.main}


def _placed(message: LogMessage, tree: TexTree) -> LogMessage:
    """The message with the line and the column where the fault is, as far as can be found."""
    lines = tree.lines(tree.main if _is_main(message, tree) else message.file)
    line, column = message.line, message.column
    if not line:
        line, column = _found(lines, message.shown.lstrip("{ "), len(lines))
    elif 0 < line <= len(lines):
        column = _column(message.read, lines[line - 1])
        before = lines[line - 1][: column - 1] if column else ""
        name = _named(message.text)
        if name and name not in lines[line - 1]:
            # TeX looks a line ahead for the options of \usepackage and the like.
            found = _found(lines, name, line)
            line, column = found if found[0] else (line, column)
        elif message.command and before.endswith(message.command):
            column -= len(message.command)
    return replace(message, line=line, column=column)


def _named(text: str) -> str:
    """The name of a file or a font that a message complains of, without its suffix."""
    match = re.search(r"File [`'](.+?)(?:\.\w+)?' not found|font \"(.+?)\" cannot be found", text)
    return (match[1] or match[2] or "") if match else ""


_SNIPPET = 16


def _found(lines: list[str], text: str, last: int) -> tuple[int, int]:
    """Line and column of the last place, up to a line, where a text begins; 0, 0 for none."""
    snippet = text.split(" ", maxsplit=1)[0][:_SNIPPET]
    for number in range(min(last, len(lines)), 0, -1):
        index = lines[number - 1].find(snippet) if snippet else -1
        if index >= 0:
            return number, index + 1
    return 0, 0


def _column(read: str, line: str) -> int:
    """Behind what TeX had read of a line; 0 where that is not in it."""
    # XeTeX shows the last sixteen bits of a character beyond them.
    line = "".join(chr(ord(c) & 0xFFFF) for c in line)
    if not read.startswith("..."):
        return len(read) + 1 if line.startswith(read.rstrip()) else 0
    # The cut may have gone through a character.
    tail = read[3:].lstrip("\ufffd")
    index = line.find(tail.rstrip())
    return index + len(tail) + 1 if index >= 0 else 0


def _text_place(message: LogMessage, tree: TexTree) -> Where | None:
    if not _is_main(message, tree):
        return None
    texts = tree.texts_at(message.line, message.column)
    if not texts:
        return None
    here = texts[0].line == message.line
    return tree.where(texts[0], message.column if here else 0)


def _template_place(message: LogMessage, tree: TexTree) -> Where:
    """The line of the template or of the style, the command marked where it stands there."""
    if _is_main(message, tree):
        where = tree.template_at(message.line, message.column)
    else:
        lines = tree.lines(message.file)
        text = lines[message.line - 1] if 0 < message.line <= len(lines) else ""
        column = len(text) - len(text.lstrip()) + 1 if text else 0
        file = tree.sources.get(message.file, message.file)
        where = Where(file, message.line, column, text, message.line, len(text.rstrip()) + 1)
    word = message.command or _named(message.text)
    index = where.text.find(word) if word else -1
    if index < 0:
        return where
    return replace(where, column=index + 1, end_line=where.line, end_column=index + 1 + len(word))
