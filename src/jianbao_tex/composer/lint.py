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
    none of ours, or opens with ``{{`` as other templates do.
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
