"""
TeX's log -> messages.

The log is text for people: a file opens with a bracket, messages break over lines,
and text that TeX has read is above text that it has not read.  The forms are those of TeX82 (the
program's sections 72 to 98, 306 to 323 and 660 to 679), LaTeX and expl3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from jianbao_tex.master import LogMessage

_ERROR = re.compile(r"^(?:\./)?((?:/|[^\s:])[^:]*\.\w+):(\d+): (.+)$")
_BANG = re.compile(r"^! (.+)$")
_FATAL = re.compile(r"==> Fatal error|^Interruption")
_EMERGENCY = "Emergency stop."
_RUNAWAY = re.compile(r"^Runaway (argument|definition|text|preamble)\?$")
_LINE_READ = re.compile(r"^l\.(\d+) (.*)$")
# The first line of what TeX was reading: <argument> \oops, l.3 \oops, or \macro ->\oops.
_CONTEXT = re.compile(r"^(?:<[^>]+> |l\.\d+ |(?:\\\S+)?(?: #\d)* ?->| \.\.\.)")
# To XeTeX a Chinese letter is a letter, also in the name of a command.
_COMMAND = re.compile(r"(\\(?:(?:[^\W\d]|[@:])+|.))\s*$")
# LaTeX 2023 and later hands arguments on to a command "\name code", older ones to "\name ".
_CODE_NAME = re.compile(
    r"((?:ended before|scanning \w+ of) \\\S+?)(?: code)? *(?= was complete|\.?$)"
)
# An error of expl3 inside an expansion: TeX stumbles over \???, the message stands below it.
_INNER_ERROR = re.compile(r"^Use of \\\?\?\? doesn't match its definition")
_INNER_MESSAGE = re.compile(r"^ +! (.+)$")
_NO_GLYPH = re.compile(r"^Missing character: ")
_BOX = re.compile(
    r"^(Over|Under)full \\[hv]box \((?:(\d+(?:\.\d+)?)pt too \w+|badness (\d+))\)(?:.*?lines? (\d+))?"
)
_SHRUNK = re.compile(r"^jianbao: shrunk (\d+(?:\.\d+)?) of [\d.]+ bp on input line (\d+)")
_PICTURE = re.compile(r"^jianbao: picture (\S+) (\d+(?:\.\d+)?) bp on input line (\d+)")
_CHANGED = re.compile(r"^jianbao: xeCJK (\S+) defines (\S+) otherwise$")
_WARNING = re.compile(r"^(?:LaTeX(?: Font)?|Package \S+|Class \S+|Module \S+) [Ww]arning: (.*)$")
_CONTINUED = re.compile(r"^\([^()\s]+\) +(.*)$")
_INPUT_LINE = re.compile(r" on input line (\d+)\.?$")
_FONT_SHAPE = re.compile(
    r"^Font shape .* undefined|^Font \S+ .*not available|size .* not available"
)
_RERUN = re.compile(r"[Rr]erun")
_PAGES = re.compile(r"^Output written on .*\((\d+) pages?", re.MULTILINE)
_BRACKETS = re.compile(r"\((?P<file>(?:\.{0,2}/)?[^\s()\[\]{}]+\.[A-Za-z]\w*)?|\)")
# What the display of a box shows beside its characters: fonts, boxes, discretionary places.
_FONT_SWITCH = re.compile(r"\\[A-Z]\w*/\S+ |\[\]|\|")

_MAX_LINES = 60
# TeX's own `max_print_line`, where nobody sets another.
_WRAP_LENGTH = 79
_STATISTICS = "Here is how much of TeX's memory"


def messages(log: str) -> Iterator[LogMessage]:
    """
    The messages of a log in its order.

    Each has the file that TeX was reading, as TeX calls it, the line, and for errors the
    column up to which TeX had read the line.
    """
    placeless: LogMessage | None = None
    for message in _Reader(_join_wrapped(log.splitlines())).messages():
        if placeless is not None:
            # A missing file has no place, but the "Emergency stop" after it has one.
            stop = message.kind == "error" and message.text == _EMERGENCY
            if stop:
                placeless = replace(
                    placeless, file=message.file, line=message.line, column=message.column
                )
            yield placeless
            placeless = None
            if stop:
                continue
        if message.kind == "error" and not message.line:
            placeless = message
        else:
            yield message
    if placeless is not None:
        yield placeless


def pages(log: str) -> int:
    """The number of pages written; 0 where the log does not say."""
    match = _PAGES.search(log)
    return int(match[1]) if match else 0


def _join_wrapped(lines: Sequence[str]) -> list[str]:
    """
    The lines as they were before TeX broke them at 79 characters.

    A log in which a message is longer was written with a larger ``max_print_line``; TeX
    never breaks its first line and the statistics at the end.
    """
    end = next((n for n, line in enumerate(lines) if line.startswith(_STATISTICS)), len(lines))
    if max(map(len, lines[1:end]), default=0) != _WRAP_LENGTH:
        return list(lines)
    joined: list[str] = []
    is_open = False
    for line in lines:
        if is_open:
            joined[-1] += line
        else:
            joined.append(line)
        is_open = len(line) == _WRAP_LENGTH
    return joined


class _Reader:
    """Reads the lines of a log once and keeps track of TeX's open files."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._index = 0
        self._files: list[str] = []

    def messages(self) -> Iterator[LogMessage]:
        runaway = ""
        while self._index < len(self._lines):
            line = self._lines[self._index]
            if _RUNAWAY.match(line) and self._index + 1 < len(self._lines):
                runaway = self._lines[self._index + 1]
                self._index += 2
            elif match := _ERROR.match(line):
                yield self._error(match[3], match[1], int(match[2]), runaway)
                runaway = ""
            elif (match := _BANG.match(line)) and not _FATAL.search(line):
                yield self._error(match[1], "", 0, runaway)
                runaway = ""
            elif match := _BOX.match(line):
                yield self._box(match)
            elif _NO_GLYPH.match(line):
                yield LogMessage("lost", line, self._file, raw=line)
                self._index += 1
            elif message := self._class_message(line):
                yield message
                self._index += 1
            elif match := _WARNING.match(line):
                yield from self._warning(match)
            else:
                self._track_files(line)
                self._index += 1

    @property
    def _file(self) -> str:
        return next((file for file in reversed(self._files) if file), "")

    def _class_message(self, line: str) -> LogMessage | None:
        """What our class says for tools; ``None`` where a line is none of it."""
        if match := _SHRUNK.match(line):
            size, number = float(match[1]), int(match[2])
            return LogMessage("shrunk", line, self._file, number, extent_bp=size)
        if match := _PICTURE.match(line):
            width, number = float(match[2]), int(match[3])
            return LogMessage("picture", match[1], self._file, number, extent_bp=width)
        if match := _CHANGED.match(line):
            return LogMessage("changed", match[1], self._file, command=match[2], raw=line)
        return None

    def _track_files(self, line: str) -> None:
        """Files open with a bracket and a name, and close with a bracket."""
        for match in _BRACKETS.finditer(line):
            if match[0] != ")":
                self._files.append((match["file"] or "").removeprefix("./"))
            elif self._files:
                self._files.pop()

    def _error(self, text: str, file: str, line: int, runaway: str) -> LogMessage:
        """An error with the lines after it, up to the text that TeX has not read."""
        start = self._index
        self._index += 1
        parts, in_text = [text], True
        context, text_read = "", ""
        while self._index < min(len(self._lines), start + _MAX_LINES):
            next_line = self._lines[self._index]
            if next_line.startswith(_STATISTICS) or _ERROR.match(next_line):
                break
            self._index += 1
            if _CONTEXT.match(next_line):
                in_text = False
                context = context or next_line
            elif not next_line.strip():
                in_text = False
            elif in_text:
                match = _CONTINUED.match(next_line)
                parts.append(match[1] if match else next_line.strip())
            if match := _LINE_READ.match(next_line):
                line, text_read = line or int(match[1]), match[2]
                # The next line is what was not read.
                self._index += 1
                break
        raw = [part.rstrip() for part in self._lines[start : self._index]]
        command = _COMMAND.search(context.rstrip())
        if _INNER_ERROR.match(text):
            parts = [match[1] for match in map(_INNER_MESSAGE.match, raw) if match][:1] or parts
        return LogMessage(
            "lost" if _NO_GLYPH.match(text) else "error",
            _CODE_NAME.sub(r"\1", " ".join(filter(None, parts))),
            file or (self._file if line else ""),
            line,
            len(text_read) + 1 if text_read else 0,
            read=text_read,
            command=command[1] if command else "",
            shown=runaway,
            open_files=tuple(filter(None, self._files)),
            raw="\n".join([runaway] * bool(runaway) + raw).rstrip(),
        )

    def _box(self, match: re.Match[str]) -> LogMessage:
        """A line or box that is too full or too empty, with the text that it shows."""
        start = self._index
        self._index += 1
        while self._index < len(self._lines) and self._lines[self._index].strip():
            self._index += 1
        display = self._lines[start + 1 : self._index]
        content = "".join("".join(_FONT_SWITCH.sub("", text).split()) for text in display)
        kind = "overfull" if match[1] == "Over" else "underfull"
        return LogMessage(
            kind,
            match[0],
            self._file,
            int(match[4] or 0),
            excess_pt=float(match[2] or 0),
            badness=int(match[3] or 0),
            shown=content,
            raw="\n".join(self._lines[start : self._index]),
        )

    def _warning(self, match: re.Match[str]) -> Iterator[LogMessage]:
        """A warning of LaTeX with its further lines; only those about fonts and runs count."""
        start = self._index
        parts = [match[1]]
        self._index += 1
        while self._index < len(self._lines) and (
            continuation := _CONTINUED.match(self._lines[self._index])
        ):
            parts.append(continuation[1])
            self._index += 1
        text = " ".join(parts)
        place = _INPUT_LINE.search(text)
        line = int(place[1]) if place else 0
        text = text[: place.start()] if place else text.rstrip(".")
        raw = "\n".join(self._lines[start : self._index])
        if _FONT_SHAPE.search(text):
            yield LogMessage("substituted", text, self._file, line, raw=raw)
        elif _RERUN.search(text):
            yield LogMessage("rerun", text, self._file, line, raw=raw)
