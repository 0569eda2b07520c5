"""Checks a template for forbidden constructs before it is rendered."""

from __future__ import annotations

import re
from collections.abc import Iterator

import jinja2
from jinja2 import nodes

from jianbao_tex.composer.templates import FILTERS, environment
from jianbao_tex.language import Phrase, say


def lint(source: str) -> Iterator[tuple[int, Phrase]]:
    """
    Line and reason of each fault: it joins with ``~``, prints a literal, uses a filter that is
    none of ours, opens with ``{{`` as other templates do, or has an empty line that begins no
    paragraph.
    """
    parser = environment(lambda _: ("", "", lambda: True))
    try:
        tree = parser.parse(source)
    except jinja2.TemplateSyntaxError as syntax_error:
        yield syntax_error.lineno, say("{reason}", reason=syntax_error.message or "syntax")
        return
    for concat in tree.find_all(nodes.Concat):
        yield concat.lineno, say("it joins texts with ~; the origins of the texts would be lost")
    for output in tree.find_all(nodes.Output):
        for node in output.nodes:
            if isinstance(node, nodes.Const):
                yield node.lineno, say("it prints a literal; write it as TeX")
    for filter_ in tree.find_all(nodes.Filter):
        if filter_.name not in FILTERS:
            names = tuple(sorted(FILTERS))
            yield (
                filter_.lineno,
                say("there is no filter {name}; known: {known}", name=filter_.name, known=names),
            )
    for match in re.finditer(r"\{\{(?!\[)", source):
        yield (
            source.count("\n", 0, match.start()) + 1,
            say("{{{{ prints nothing here; write <%= %>"),
        )
    for line in _joined_paragraphs(source):
        yield (
            line,
            say(
                "the empty line after it begins no paragraph, because a tag at the end of a line "
                "takes the line end with it; write the tag in a line of its own"
            ),
        )


_TAG = r"(?:<%(?!=)(?:(?!%>).)*%>|<#(?:(?!#>).)*#>)"
_TAGS = re.compile(_TAG)
_TAG_AT_END = re.compile(_TAG + "$")
# A macro prints where it is called; +%> keeps the line end.
_KEEPS_LINE_END = re.compile(r"(?:\bendmacro\s*[-+]?|\+)%>$")


def _joined_paragraphs(source: str) -> Iterator[int]:
    """
    The lines of text that end with a tag and are followed by one empty line.

    Jinja drops the line end after a tag (``trim_blocks``).  Where the tag has a line of its own
    that is right; else an empty line follows no line end, and one line end is no paragraph.
    """
    lines = source.split("\n")
    for number, line in enumerate(lines):
        if not _TAG_AT_END.search(line) or _KEEPS_LINE_END.search(line) or _is_tags(line):
            continue
        # Lines of tags alone leave nothing.
        rest = [after for after in lines[number + 1 :] if not after.strip() or not _is_tags(after)]
        if len(rest) > 1 and not rest[0].strip() and rest[1].strip():
            yield number + 1


def _is_tags(line: str) -> bool:
    return not _TAGS.sub("", line).strip()
