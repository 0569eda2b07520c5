"""Limits for templates: loop iterations, printed characters, operations on values."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from jianbao_tex.cancelling import CancelCheck
from jianbao_tex.language import InvalidValue, say

MOST_TURNS = 1_000_000
"""The maximum number of loop iterations and macro calls; 20,000 values need a few times 20,000."""
MOST_PRINTED = 64 * 1024 * 1024
"""How many characters one document may have, marks counted."""

MOST_SECONDS = 30
"""How long the templates of one document may take."""

_COUNTED, _TURN = "jb_counted", "jb_turn"
_MAX_FACTOR = 1_000_000_000
_TURNS_PER_CLOCK_CHECK = 1024


class Bounded(ImmutableSandboxedEnvironment):
    """
    An environment with limits, so that every template ends.

    Jinja's sandbox keeps templates away from Python.  But it does not stop nested loops or
    recursive macros from running forever.  Nor does it stop ``"x" * 10 ** 9``, or texts that
    double, from using all memory.  So every turn of a loop, every call of a macro, every
    block and every included template is counted, and all that they print.
    """

    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Jinja's default globals are for HTML, or are mutable.
        self.globals = {"range": self.globals["range"]}
        # Several documents may be made at once, each with counts of its own.
        self._counts = threading.local()

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,
    ) -> str:
        # Jinja calls this between parser and compiler: the tree can still be changed.
        for node, reason in _find_refused(source):
            raise TemplateSyntaxError(reason, node.lineno, name, filename)
        for loop in source.find_all(nodes.For):
            printed = nodes.Const(_printed_length(loop))
            loop.iter = nodes.Filter(loop.iter, _COUNTED, [printed], [], None, None)
        parts: Any = (source, *source.find_all((nodes.Macro, nodes.CallBlock, nodes.Block)))
        for part in parts:
            call = nodes.Filter(nodes.Const(_printed_length(part)), _TURN, [], [], None, None)
            part.body.insert(0, nodes.ExprStmt(call, lineno=part.lineno or 1))
        code = super()._generate(source, name, filename, defer_init)
        assert isinstance(code, str)
        return code

    @property
    def counters(self) -> dict[str, Callable[..., Any]]:
        """The filters that templates are compiled to call."""
        return {_COUNTED: self._count_values, _TURN: self._count_turn}

    def _count_values(self, values: Iterable[Any], printed: int) -> Any:
        # A loop asks for the length where it can have one: loop.last needs it.
        return _CountedValues(values, lambda: self._count_turn(printed))

    def _count_turn(self, printed: int) -> None:
        """Counts a turn that prints so many characters of the template's own."""
        counts = self._counts
        counts.turns = getattr(counts, "turns", 0) + 1
        if counts.turns > MOST_TURNS:
            raise InvalidValue(say("its loops have more than {most} iterations", most=MOST_TURNS))
        if counts.turns % _TURNS_PER_CLOCK_CHECK == 0:
            counts.check_cancelled()
            if time.monotonic() > counts.deadline:
                raise InvalidValue(say("it takes more than {most} seconds", most=MOST_SECONDS))
        self.print(printed)

    def print(self, length: int) -> None:
        """Counts characters that a template prints, on the page or into a value."""
        self._counts.printed = getattr(self._counts, "printed", 0) + length
        if self._counts.printed > MOST_PRINTED:
            raise InvalidValue(say("it prints more than {most} characters", most=MOST_PRINTED))

    def wrap_str_format(self, value: Any) -> None:  # noqa: ARG002 -- Jinja's signature
        """Forbids str.format, even Jinja's safe one: "{:999999999}" makes a text of that length."""
        return

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """No methods of texts and lists: "x".ljust(10 ** 9) would take all memory."""
        if isinstance(obj, str | bytes | list | tuple | dict | int | float):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Products of numbers of a usual size alone."""
        numbers = all(isinstance(value, int | float) for value in (left, right))
        if not numbers or max(abs(left), abs(right)) > _MAX_FACTOR or operator == "**":
            raise InvalidValue(say("a template may not use {operator} here", operator=operator))
        return super().call_binop(context, operator, left, right)

    def start(self, check_cancelled: CancelCheck) -> None:
        """Counts from nothing, for a new document; ``check_cancelled`` is called now and then."""
        self._counts.check_cancelled = check_cancelled
        self._counts.turns = self._counts.printed = 0
        self._counts.deadline = time.monotonic() + MOST_SECONDS


def _find_refused(source: nodes.Template) -> Iterator[tuple[nodes.Node, str]]:
    """The nodes that could double a text without being counted, each with the reason of the refusal."""
    for join in source.find_all(nodes.Concat):
        yield join, "texts cannot be joined with ~"
    for literal in source.find_all((nodes.List, nodes.Dict, nodes.Tuple)):
        if getattr(literal, "ctx", "load") == "load":
            yield literal, "lists cannot be made in a template"
    for loop in source.find_all(nodes.For):
        if loop.recursive:
            yield loop, "a loop cannot be recursive"


def _printed_length(node: nodes.Node) -> int:
    """How many characters of the template itself stand in a node."""
    return sum(len(data.data) for data in node.find_all(nodes.TemplateData))


class _CountedValues:
    """Values that are counted as they are walked through."""

    def __init__(self, values: Iterable[Any], turn: Callable[[], None]) -> None:
        self._values = values
        self._count_turn = turn

    def __iter__(self) -> Iterator[Any]:
        for value in self._values:
            self._count_turn()
            yield value

    def __len__(self) -> int:
        return len(self._values)  # type: ignore[arg-type]
