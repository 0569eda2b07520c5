"""
YAML text -> nodes with places, on PyYAML's events, by rules stricter than YAML's.

Every scalar stays text: 0365, 12:30, no and 1e3 are what they look like.  Anchors,
aliases, tags, directives and further documents are refused before anything is built,
and the tree is built without recursion, so that no input can explode or overflow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from jianbao_tex.cancelling import CancelCheck, never_cancelled
from jianbao_tex.findings import Finding, Where, code_point, error
from jianbao_tex.language import Phrase, say
from jianbao_tex.places import Place, Scalar
from jianbao_tex.reader.comments import Comments
from jianbao_tex.reader.sources import Source
from jianbao_tex.reader.yaml_marks import fault_above, fault_of_line
from jianbao_tex.tex import refused_characters

MAX_DEPTH = 16
MAX_NODES = 20_000
_CHECK_EVERY = 500
"""The number of events between two checks for cancellation."""

_NOT_YAML = error("JB110", "this is not valid YAML: {problem}", "{advice}")
_FEATURE = error("JB111", "{feature} is not allowed in an issue", "{advice}")
_SECOND = error("JB119", "a second document begins here (---)", "one file is one issue")
_TOO_DEEP = error("JB112", "more than {limit} levels of nesting", "an issue needs six")
_TOO_MANY = error("JB113", "more than {limit} values and lines in one file", "split the issue")
_REPEATED = error("JB114", "the key {key} occurs twice", "keep one; the first is in line {first}")
_KEY = error("JB115", "a key must be plain text", "write the key as one word before the colon")
_ESCAPED = error("JB116", "{character} cannot be printed: {reason}", "delete the escape")


# The exact messages of libyaml, so that they can be translated.
_PROBLEMS: Mapping[str, Phrase] = {
    str(phrase): phrase
    for phrase in (
        say("could not find expected ':'"),
        say("block sequence entries are not allowed in this context"),
        say("mapping keys are not allowed in this context"),
        say("mapping values are not allowed in this context"),
        say("found character that cannot start any token"),
        say("did not find expected comment or line break"),
        say("found an indentation indicator equal to 0"),
        say("found a tab character where an indentation space is expected"),
        say("found a tab character that violates indentation"),
        say("found unexpected document indicator"),
        say("found unexpected end of stream"),
        say("found unknown escape character"),
        say("did not find expected hexdecimal number"),
        say("found invalid Unicode character escape code"),
        say("found unexpected ':'"),
        say("did not find expected <document start>"),
        say("did not find expected node content"),
        say("found undefined tag handle"),
        say("did not find expected tag URI"),
        say("did not find URI escaped octet"),
        say("did not find the expected '>'"),
        say("did not find expected version number"),
        say("did not find expected digit or '.' character"),
        say("could not find expected directive name"),
        say("found extremely long version number"),
        say("found duplicate %TAG directive"),
        say("did not find expected '-' indicator"),
        say("did not find expected key"),
        say("did not find expected ',' or ']'"),
        say("did not find expected ',' or '}}'"),
        say("did not find expected alphabetic or numeric character"),
        say("did not find expected whitespace or line break"),
        say("did not find expected whitespace"),
        say("found unknown directive name"),
        say("found duplicate %YAML directive"),
        say("found incompatible YAML document"),
    )
}


@dataclass(slots=True)
class Node:
    """
    A value of the file.

    ``value`` is a string, a list of nodes, or a list of pairs of nodes.  ``line`` and
    ``column`` count from 1 and name its first character, the quote or the ``|`` too.
    """

    source: Source
    line: int
    column: int
    value: str | list[Node] | list[tuple[Node, Node]]
    style: str = ""
    keys: dict[str, Node] = field(default_factory=dict)
    _scalar: Scalar | None = None

    @property
    def kind(self) -> str:
        """``text``, ``list``, ``mapping``, or ``nothing`` for an empty value."""
        if isinstance(self.value, str):
            # Null in the core schema (YAML 1.2, 10.3.2); with quotes it is text.
            empty = not self.style and self.value in {"", "~", "null", "Null", "NULL"}
            return "nothing" if empty else "text"
        return "mapping" if self.style == "mapping" else "list"

    @property
    def text(self) -> str:
        assert isinstance(self.value, str)
        return self.value

    @property
    def items(self) -> list[Node]:
        return [item for item in self.value if isinstance(item, Node)]

    @property
    def pairs(self) -> list[tuple[Node, Node]]:
        return [item for item in self.value if isinstance(item, tuple)]

    @property
    def where(self) -> Where:
        """From the first to the last character of a text; the start of any other value."""
        return self.place().where

    def place(self, start: int = 0, end: int | None = None) -> Place:
        """The place of the value, or of a part of its text."""
        if not isinstance(self.value, str):
            return Place(self.source.where(self.line, self.column))
        if self._scalar is None:
            source = self.source
            self._scalar = Scalar(
                source.name, source.lines, self.line, self.column, self.value, self.style
            )
        return Place.of(self._scalar, start, end)


def parse(
    source: Source, faults: list[Finding], check_cancelled: CancelCheck = never_cancelled
) -> Node | None:
    """The root node; faults are added to the list.  ``None`` where nothing can be built."""
    tree = _Tree(source, faults)
    try:
        # Events, not PyYAML's nodes: its C composer recurses and crashes on 100 KB of brackets.
        for number, event in enumerate(yaml.parse(source.text, Loader=yaml.CBaseLoader)):
            if number % _CHECK_EVERY == 0:
                check_cancelled()
            if not tree.take(event):
                return None
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if misspelt := _misspelt_mark(source, exc, line, column):
            faults.append(misspelt)
            return None
        advice = _advice(source, line, column)
        problem = _PROBLEMS.get(exc.problem or "", exc.problem)
        faults.append(_NOT_YAML.at(source.where(line, column), problem=problem, advice=advice))
        return None
    except yaml.YAMLError as exc:
        # A ReaderError has no marks.
        faults.append(_NOT_YAML.at(source.where(1), problem=exc, advice=say("correct the text")))
        return None
    return tree.root


def _misspelt_mark(
    source: Source, exc: yaml.MarkedYAMLError, line: int, column: int
) -> Finding | None:
    """What stands in place of a mark of YAML, in the lines that libyaml could not read."""
    # A key without its colon begins above the place where libyaml misses it.
    is_key = exc.context == "while scanning a simple key"
    first = exc.context_mark.line + 1 if exc.context_mark and is_key else line
    # The last mark before the place counts in the line itself.
    faults = (
        fault_of_line(source, number, column if number == line else None)
        for number in range(first, line + 1)
    )
    fault = next(filter(None, faults), None)
    is_text_above = exc.problem == "mapping values are not allowed in this context"
    return fault or (fault_above(source, line) if is_text_above else None)


def _advice(source: Source, line: int, column: int) -> Phrase:
    lines = source.lines[max(0, line - 2) : line]
    if any("\t" in text[: len(text) - len(text.lstrip())] for text in lines):
        return say("indent with spaces: YAML does not take tabs")
    # The end of a file without a last line end is one line further.
    excerpt = lines[-1][max(0, column - 2) : column] if line <= len(source.lines) else ""
    if any(mark in excerpt for mark in "@`%*&!|>"):
        return say("put the text in quotes, or below a | in lines of its own")
    return say("check the indentation, the colons and the quotes in this line and the one above")


class _Tree:
    """Builds nodes from events with a stack of its own."""

    def __init__(self, source: Source, faults: list[Finding]) -> None:
        self.source = source
        self.faults = faults
        self.root: Node | None = None
        self.open: list[Node] = []
        self.keys: list[Node | None] = []
        self.flow: list[bool] = []
        self.count = 0
        self.comments = Comments(source, faults)

    def take(self, event: yaml.Event) -> bool:
        """Takes one event; False ends the reading."""
        where = self.source.where(*_start(event))
        self.comments.look(event, self._key_column(), in_flow=any(self.flow))
        for feature, advice in _features(event):
            self.faults.append(_FEATURE.at(where, feature=feature, advice=advice))
            return False
        if isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            self.faults.append(_SECOND.at(where))
            return False
        if isinstance(event, yaml.ScalarEvent):
            return self._add_node(self._scalar_node(event), where)
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            style = "mapping" if isinstance(event, yaml.MappingStartEvent) else "list"
            node = Node(self.source, where.line, where.column, [], style)
            added = self._add_node(node, where)
            self.open.append(node)
            self.keys.append(None)
            self.flow.append(bool(event.flow_style))
            if len(self.open) > MAX_DEPTH:
                self.faults.append(_TOO_DEEP.at(where, limit=MAX_DEPTH))
                return False
            return added
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self.open.pop()
            self.keys.pop()
            self.flow.pop()
        return True

    def _scalar_node(self, event: yaml.ScalarEvent) -> Node:
        line, column = _start(event)
        node = Node(self.source, line, column, event.value, event.style or "")
        # Each line of a text may become a paragraph.
        self.count += event.value.count("\n")
        # The characters of the file were checked before; escapes can make new ones.
        first: dict[str, tuple[int, Phrase]] = {}
        for index, reason in refused_characters(event.value) if node.style == '"' else ():
            first.setdefault(event.value[index], (index, reason))
        for character, (index, reason) in first.items():
            where = node.place(index, index + 1).where
            code = code_point(character)
            self.faults.append(_ESCAPED.at(where, character=code, reason=reason))
        return node

    def _key_column(self) -> int:
        """The column of the key, or of the list, to which the next node is a value; 0 for a key."""
        if not self.open:
            return 1
        if self.open[-1].style == "list":
            return self.open[-1].column
        key = self.keys[-1]
        return key.column if key else 0

    def _add_node(self, node: Node, where: Where) -> bool:
        self.count += 1
        if self.count > MAX_NODES:
            self.faults.append(_TOO_MANY.at(where, limit=MAX_NODES))
            return False
        if not self.open:
            self.root = node
            return True
        parent = self.open[-1]
        assert isinstance(parent.value, list)
        if parent.style == "list":
            parent.value.append(node)  # type: ignore[arg-type]
        elif (key := self.keys[-1]) is None:
            if not isinstance(node.value, str):
                self.faults.append(_KEY.at(where))
                return False
            self.keys[-1] = node
        else:
            self.keys[-1] = None
            self._pair(parent, key, node)
        return True

    def _pair(self, parent: Node, key: Node, value: Node) -> None:
        assert isinstance(parent.value, list)
        # PyYAML itself would keep the last one and say nothing.
        if key.text in parent.keys:
            first = parent.keys[key.text].line
            self.faults.append(_REPEATED.at(key.where, key=key.text, first=first))
        else:
            parent.keys[key.text] = key
            parent.value.append((key, value))  # type: ignore[arg-type]


def _start(event: yaml.Event) -> tuple[int, int]:
    """Line and column of an event, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _features(event: yaml.Event) -> Iterator[tuple[Phrase, Phrase]]:
    """The features of YAML in an event that an issue may not use, with advice."""
    if isinstance(event, yaml.AliasEvent):
        advice = say("write the text out, or put the value in quotes")
        yield say("an alias (*{name})", name=event.anchor), advice
    elif isinstance(event, yaml.DocumentStartEvent):
        if event.version or event.tags:
            yield say("a directive (%)"), say("delete the line")
    elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
        if event.anchor:
            advice = say("put values that issues share into the series file")
            yield say("an anchor (&{name})", name=event.anchor), advice
        elif event.tag is not None:
            advice = say("put the value in quotes if it begins with !")
            yield say("a tag ({name})", name=event.tag), advice
