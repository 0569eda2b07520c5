"""Bounds of a template: turns of its loops, what it prints, what it may do with values."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from jianbao_tex.language import Unfit, say

MOST_TURNS = 1_000_000
"""How often the loops of one document may turn; an issue of 20,000 values needs a few times that."""
MOST_PRINTED = 64 * 1024 * 1024
"""How many characters one document may have, marks counted."""

_COUNTED = "jb_counted"
_LARGEST = 1_000_000_000


class Bounded(ImmutableSandboxedEnvironment):
    """
    An environment whose templates end.

    Jinja's sandbox keeps templates from Python; it does not keep loops within loops from
    turning for ever, nor ``"x" * 10 ** 9`` from taking all memory.
    """

    intercepted_binops = frozenset(("*", "**", "%"))

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Jinja's own are made for HTML, or hold what changes.
        self.globals = {"range": self.globals["range"]}
        # Several documents may be made at once, each with turns of its own.
        self._made_here = threading.local()

    def _generate(self, source: nodes.Template, *rest: Any, **options: Any) -> str:
        for loop in source.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, _COUNTED, [], [], None, None)
        self.filters.setdefault(_COUNTED, self._counted)
        made = super()._generate(source, *rest, **options)
        assert isinstance(made, str)
        return made

    def _counted(self, values: Iterable[Any]) -> Any:
        # A loop asks for the length where it can have one: loop.last needs it.
        return _Counted(values, self._turn)

    def _turn(self) -> None:
        turns = getattr(self._made_here, "turns", 0) + 1
        self._made_here.turns = turns
        if turns > MOST_TURNS:
            raise Unfit(say("its loops turn more than {most} times", most=MOST_TURNS))

    def wrap_str_format(self, value: Any) -> None:  # noqa: ARG002 -- Jinja's signature
        """Not even the format that Jinja makes safe: "{:999999999}" is as long as it says."""
        return

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """No methods of texts and lists: "x".ljust(10 ** 9) would take all memory."""
        if isinstance(obj, str | bytes | list | tuple | dict | int | float):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Products of numbers of a usual size alone."""
        numbers = all(isinstance(value, int | float) for value in (left, right))
        if not numbers or max(abs(left), abs(right)) > _LARGEST or operator == "**":
            raise Unfit(say("{operator} is not for templates here", operator=operator))
        return super().call_binop(context, operator, left, right)

    def bounded(self, pieces: Iterable[str]) -> str:
        """The whole text of the pieces that a template prints."""
        self._made_here.turns = 0
        whole: list[str] = []
        length = 0
        for piece in pieces:
            length += len(piece)
            whole.append(piece)
            if length > MOST_PRINTED:
                raise TooLong("".join(whole[-_TAIL:]))
        return "".join(whole)


class TooLong(Unfit):
    """A template prints too much; ``tail`` is what it printed last."""

    def __init__(self, tail: str) -> None:
        self.tail = tail
        super().__init__(say("it prints more than {most} characters", most=MOST_PRINTED))


_TAIL = 3


class _Counted:
    """Values that are counted as they are walked through."""

    def __init__(self, values: Iterable[Any], turn: Callable[[], None]) -> None:
        self._values = values
        self._turn = turn

    def __iter__(self) -> Iterator[Any]:
        for value in self._values:
            self._turn()
            yield value

    def __len__(self) -> int:
        return len(self._values)  # type: ignore[arg-type]
