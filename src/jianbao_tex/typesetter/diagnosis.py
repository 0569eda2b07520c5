"""
Messages of TeX -> findings: whose line is at fault, why, and what to do.

A text of the issue is escaped: it can be too long or lack a glyph, but it cannot break a
command.  So messages about commands, braces and files are faults of a template or a style.
If the message does not show which, both are reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Literal

from jianbao_tex.findings import Finding, Kind, Where, code_point, error
from jianbao_tex.language import Phrase, say
from jianbao_tex.layout import SKELETON
from jianbao_tex.master import LogMessage, Origin, TexTree

_OTHER = error(
    "JB310",
    "TeX stops here: {message}",
    "look at the template's line; if no template of yours is at fault, report it with the issue",
)
_NO_GLYPH = error(
    "JB311",
    "the font {font} and its fallback fonts lack the character {character} ({code})",
    "replace the character, or add a font that has it with --fonts",
)
_TOO_HIGH = error(
    "JB312", "this does not fit on a page: it is {height} mm high", "shorten it or divide it"
)
_NO_COMMAND = error(
    "JB313",
    "TeX does not know {name}",
    "check its spelling in the template or style, or load the package that defines it",
)
_RUNAWAY = error(
    "JB314",
    "the argument of {name} does not end",
    "close its brace in the template; it must not contain an empty line",
)
_NO_FILE = error(
    "JB315",
    "TeX does not find the file {name}",
    "put it into the layout's folder, or install the TeX package that has it",
)
_NO_PACKAGE = error(
    "JB328",
    "TeX does not find the file {name}, which a plugin needs",
    "install the Debian package {package}, or the package of TeX Live that has the file",
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
    "a special character of TeX is in the wrong place: {message}",
    "write \\$ \\& \\# \\% \\_ in templates; texts of the issue are escaped by themselves",
)
_NUMBER = error(
    "JB319",
    "a number or a length is wrong: {message}",
    "look at the lengths in the template and the options of the issue",
)
_CAPACITY = error(
    "JB324",
    "TeX has reached its limit of {size} for {name}",
    "look for a macro that calls itself; a very large issue is better split",
)
_NO_END = error(
    "JB325",
    "the document stops before its end",
    "the layout's issue.tex.jinja must close with \\end{{document}}",
)
_NO_FIGURE = error(
    "JB327",
    "the layout gives no figure {name}",
    "correct the name, or add the figure with its value to the layout's layout.toml",
)

TEXT_FAULTS = (_TOO_HIGH, _NO_GLYPH)
"""The kinds that are faults of the issue, not of TeX or a template."""
LIMITS = (_CAPACITY,)
"""The kinds for limits of TeX."""


@dataclass(frozen=True)
class _Rule:
    """Which messages are of a kind, and who can be at fault."""

    pattern: re.Pattern[str]
    kind: Kind
    blames: Literal["text", "template", "both"]


# The first rule that matches counts, so the general ones come last.
_RULES = tuple(
    _Rule(re.compile(pattern), kind, blames)  # type: ignore[arg-type]
    for pattern, kind, blames in (
        (r"This does not fit a page: (?P<height>\d+) mm high", _TOO_HIGH, "text"),
        (r"The layout gives no figure [`'](?P<name>[^']*)'", _NO_FIGURE, "template"),
        (r"^Undefined control sequence", _NO_COMMAND, "template"),
        (r"Environment (?P<environment>\S+) undefined", _NO_COMMAND, "template"),
        (r"Paragraph ended before (?P<name>\\\S+)\s+was complete", _RUNAWAY, "template"),
        (r"File ended while scanning \w+ of (?P<name>\\\S+?)\.?$", _RUNAWAY, "template"),
        (r"File [`'](?P<name>[^']+)' not found", _NO_FILE, "template"),
        (r"[Ff]ont \"?(?P<name>[^\"]+?)\"? (?:cannot be found|not loadable)", _NO_FONT, "template"),
        (r"^Font \S+=(?P<name>\S+).* not loadable", _NO_FONT, "template"),
        (r"^Too many \}'s|^Extra \}|^Missing [{}] inserted|ended by \\end|^Extra \\end|^Incomplete", _BRACES,
         "template"),
        (r"^Missing \$|^Misplaced|^Extra alignment tab|^Double su[bp]|^You can't use", _SPECIAL,
         "template"),
        (r"^Missing number|^Illegal unit|^Dimension too large|^Number too big|^Arithmetic",
         _NUMBER, "both"),
        (r"^TeX capacity exceeded, sorry \[(?P<name>[^=]+)=(?P<size>\d+)\]", _CAPACITY, "both"),
        (r"^Emergency stop", _NO_END, "template"),
        (r"", _OTHER, "both"),
    )
)  # fmt: skip

_SPECIAL_FAULT = next(rule.pattern for rule in _RULES if rule.kind is _SPECIAL)
_COMMAND_FAULT = re.compile(r"^Undefined control sequence|^TeX capacity exceeded")
_FIGURE_FAULT = next(rule.pattern for rule in _RULES if rule.kind is _NO_FIGURE)
_OPEN_ENVIRONMENT = re.compile(r"\\begin\{.*?\} on input line (\d+) ended by")
_MISSING_CHARACTER = re.compile(
    r"Missing character: There is no (?P<character>.)(?: \(U\+(?P<code>10[0-9A-F]{4}|[0-9A-F]{4,5})\))?.*? in font "
    r"\"?\[?(?P<font>[^\]\"/:]+)"
)


def findings_of(messages: Iterable[LogMessage], tree: TexTree) -> list[Finding]:
    """Errors and lost characters as findings, each with TeX's own lines."""
    return [
        replace(_finding(message, tree), raw=message.raw)
        for message in messages
        if message.kind in {"error", "lost"}
    ]


def _finding(message: LogMessage, tree: TexTree) -> Finding:
    rule, match = next((r, m) for r in _RULES if (m := r.pattern.search(message.text)))
    message = _locate(message, tree, rule.kind)
    if glyph := _MISSING_CHARACTER.search(message.text):
        return _missing_glyph(glyph, message, tree)
    values: dict[str, object] = {"message": message.text, **match.groupdict()}
    if rule.kind is _NO_COMMAND:
        environment = values.pop("environment", None)
        values["name"] = _describe_unknown(message, environment)
    if rule.kind is _RUNAWAY:
        values["name"] = _command_before(message, tree) or values.get("name") or "?"
    kind = rule.kind
    if kind is _NO_FILE and (package := tree.packages.get(str(values["name"]))):
        kind, values["package"] = _NO_PACKAGE, package
    if rule.blames == "text" and (texts := tree.texts_at(message.line, message.column)):
        return rule.kind.at(tree.where(texts[0]), **values)
    text = _text_place(message, tree)
    template, *others = _template_places(message, tree)
    # A fault of a template shows at one text and not at another: both lines help.
    also = [*others, text] if text else others
    return replace(kind.at(template, **values), also=tuple(also))


def _describe_unknown(message: LogMessage, environment: object) -> Phrase:
    if environment:
        return say("the environment {name}", name=environment)
    return say("the command {name}", name=message.command or "?")


def _command_before(message: LogMessage, tree: TexTree) -> str:
    """The command whose argument begins where a message is placed."""
    lines = tree.lines(tree.main if _is_main(message, tree) else message.file)
    is_there = 0 < message.line <= len(lines)
    before = lines[message.line - 1][: max(message.column - 1, 0)] if is_there else ""
    match = re.search(r"(\\[A-Za-z@]+)(?:\[[^\]]*\]|\{[^{}]*\})*\{$", before)
    return match[1] if match else ""


def _missing_glyph(glyph: re.Match[str], message: LogMessage, tree: TexTree) -> Finding:
    """The finding for a missing glyph, at the character in the text, else in the template."""
    character = chr(int(glyph["code"], 16)) if glyph["code"] else glyph["character"]
    texts = tree.texts_at(message.line, message.column) if _is_main(message, tree) else ()
    where, *_ = _template_places(message, tree)
    for origin in texts:
        if character in origin.plain and origin.line == message.line:
            where = _place_of(character, origin, message, tree)
            break
    code = code_point(character)
    return _NO_GLYPH.at(where, font=glyph["font"], character=character, code=code)


def _place_of(character: str, origin: Origin, message: LogMessage, tree: TexTree) -> Where:
    """The place of the last such character that TeX had read, or of the first."""
    assert origin.place is not None
    stretch = tree.lines(tree.main)[origin.line - 1][origin.column - 1 : origin.end_column - 1]
    text_read = stretch[: max(message.column - origin.column, 0)] if message.column else stretch
    count = max(text_read.count(character), 1)
    places = [i for i, c in enumerate(origin.plain) if c == character]
    return origin.place.within(origin.plain, places[min(count, len(places)) - 1])


# --- Places ---------------------------------------------------------------------------------


def _is_main(message: LogMessage, tree: TexTree) -> bool:
    return message.file in {"", tree.main}


def _locate(message: LogMessage, tree: TexTree, kind: Kind) -> LogMessage:
    """The message with the best known file, line and column of the fault."""
    if not _is_main(message, tree) and message.file not in tree.files:
        # TeX stopped in one of its own files because of a line in one of ours.
        our_files = [file for file in message.open_files if file in tree.files]
        tex_files = [file for file in message.open_files if file not in tree.files]
        # \usepackage and the like name a file without its ending.
        stem = PurePath(tex_files[0] if tex_files else message.file).stem
        file = our_files[-1] if our_files else tree.main
        last_line = len(tree.lines(file))
        return _move_to(stem, replace(message, file=file, line=last_line, column=0), tree)
    lines = tree.lines(tree.main if _is_main(message, tree) else message.file)
    line, column = message.line, message.column
    if kind is _RUNAWAY or not line:
        # TeX shows an unfinished argument with the brace before it.
        start = _find_last(lines, message.shown.lstrip("{ "), line or len(lines))
        name = _find_name(message.text)
        if not start[0] and name:
            return _move_to(name, replace(message, line=line or len(lines)), tree)
        return replace(message, line=start[0] or line, column=start[1] or column)
    if environment := _OPEN_ENVIRONMENT.search(message.text):
        return replace(message, line=int(environment[1]), column=1)
    if line <= len(lines):
        column = _column_after(message.read, lines[line - 1])
        before = lines[line - 1][: column - 1] if column else ""
        name = _find_name(message.text)
        if name and name not in lines[line - 1]:
            # TeX looks a line ahead for the options of \usepackage and the like.
            return _move_to(name, replace(message, column=column), tree)
        if message.command in before:
            column = before.rfind(message.command) + 1 if message.command else column
    return replace(message, line=line, column=column)


def _find_name(text: str) -> str:
    """The name in a message: a file without its suffix, a font, a command."""
    match = re.search(
        r"File [`'](.+?)(?:\.\w+)?' not found|font \"(.+?)\" cannot be|Environment (\S+) undef"
        r"|^Incomplete (\\\w+);|scanning \w+ of (\\\S+?)\s*\.?$",
        text,
    )
    return next(filter(None, match.groups()), "") if match else ""


def _move_to(name: str, message: LogMessage, tree: TexTree) -> LogMessage:
    """The message placed at the line, here or in another file of ours, that has a name."""
    files = [message.file or tree.main, *tree.sources]
    for file in files:
        lines = tree.lines(file)
        line, column = _find_last(lines, name, message.line if file == files[0] else len(lines))
        if line:
            return replace(message, file=file, line=line, column=column)
    return message


_SNIPPET_LENGTH = 16


def _find_last(lines: list[str], text: str, last_line: int) -> tuple[int, int]:
    """Line and column of the last place, up to a line, where a text begins; 0, 0 for none."""
    snippet = text.split(" ", maxsplit=1)[0][:_SNIPPET_LENGTH]
    for number in range(min(last_line, len(lines)), 0, -1):
        index = lines[number - 1].find(snippet) if snippet else -1
        if index >= 0:
            return number, index + 1
    return 0, 0


def _column_after(text_read: str, line: str) -> int:
    """The column after the text that TeX had read; 0 if the line does not contain that text."""
    # XeTeX shows the last sixteen bits of a character beyond them.
    line = "".join(chr(ord(c) & 0xFFFF) for c in line)
    if not text_read.startswith("..."):
        return len(text_read) + 1 if line.startswith(text_read.rstrip()) else 0
    # The cut may have gone through a character.
    tail = text_read[3:].lstrip("\ufffd")
    index = line.find(tail.rstrip())
    return index + len(tail) + 1 if index >= 0 else 0


def _text_place(message: LogMessage, tree: TexTree) -> Where | None:
    """
    The text before the place where TeX stopped, or the last argument of a mark.

    ``None`` if TeX stopped in a style: the log does not show which mark was used.
    """
    if not _is_main(message, tree) or not message.line:
        return None
    texts = tree.texts_at(message.line, message.column)
    lines = tree.lines(tree.main)
    marks = lines[message.line - 1].startswith("\\jb") if message.line <= len(lines) else False
    if not texts or (texts[0].line != message.line and not marks):
        return None
    is_same_line = texts[0].line == message.line
    return tree.where(texts[0], message.column if is_same_line else 0)


def _template_places(message: LogMessage, tree: TexTree) -> list[Where]:
    """
    The line of the template or of the style, the word at fault marked where it stands there.

    A command or a figure that a style uses on behalf of a template has both lines, the
    style's first.
    """
    if _is_main(message, tree):
        where = (
            tree.template_at(message.line, message.column) if message.line else _skeleton_end(tree)
        )
    else:
        where = _line_place(message.file, message.line, tree)
    special = _SPECIAL_FAULT.search(message.text)
    command = message.command if _COMMAND_FAULT.search(message.text) else ""
    figure = _FIGURE_FAULT.search(message.text)
    name = command or (figure["name"] if figure else "")
    word = name or _find_name(message.text) or (message.read[-1:] if special else "")
    if not word:
        return [where]
    if (narrowed := _narrow(where, word)) or not name:
        return [narrowed or where]
    for file in tree.sources:
        for number, text in enumerate(tree.lines(file), 1):
            if _word_pattern(word).search(text):
                style = _line_place(file, number, tree)
                return [_narrow(style, word) or style, where]
    return [where]


def _skeleton_end(tree: TexTree) -> Where:
    """The last line of the layout's own template."""
    places = [o.template for o in tree.origins if PurePath(o.template.file).name == SKELETON]
    return places[-1] if places else tree.issue


def _line_place(file: str, line: int, tree: TexTree) -> Where:
    lines = tree.lines(file)
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    column = len(text) - len(text.lstrip()) + 1 if text else 0
    end = len(text.rstrip()) + 1 if text else 0
    return Where(tree.sources.get(file, file), line, column, text, line, end)


def _word_pattern(word: str) -> re.Pattern[str]:
    """The word, as a command or a figure not the beginning of a longer one."""
    longer = r"[^\W\d]|[@:]" if word.startswith("\\") else r"[^\W\d]|[@:-]"
    return re.compile(re.escape(word) + (f"(?!{longer})" if word[-1:].isalpha() else ""))


def _narrow(where: Where, word: str) -> Where | None:
    """The place narrowed to a word in its line; ``None`` where the line does not have it."""
    match = _word_pattern(word).search(where.text)
    if match is None:
        return None
    column, end = match.start() + 1, match.end() + 1
    return replace(where, column=column, end_line=where.line, end_column=end)
