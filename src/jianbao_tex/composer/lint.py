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
    except jinja2.TemplateSyntaxError as wrong:
        yield wrong.lineno, say("{reason}", reason=wrong.message or "syntax")
        return
    for concat in tree.find_all(nodes.Concat):
        yield concat.lineno, say("it joins texts with ~; the origins of the texts would be lost")
    for output in tree.find_all(nodes.Output):
        for node in output.nodes:
            if isinstance(node, nodes.Const):
                yield node.lineno, say("it prints a literal; write it as TeX")
    for used in tree.find_all(nodes.Filter):
        if used.name not in FILTERS:
            known = tuple(sorted(FILTERS))
            yield (
                used.lineno,
                say("there is no filter {name}; known: {known}", name=used.name, known=known),
            )
    for match in re.finditer(r"\{\{(?!\[)", source):
        yield (
            source.count("\n", 0, match.start()) + 1,
            say("{{{{ prints nothing here; write <%= %>"),
        )
