"""A figure of a layout: its value, its source, and its allowed values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from jianbao_tex.language import InvalidValue, Phrase, say, term

STRENGTHS = ("规定", "一般", "推荐", "可以", "实务")
"""How binding a figure is, from a rule of the standard to common practice."""

PRACTICE = STRENGTHS[-1]

Value = float | bool | str | tuple[float, ...]

# A pt is TeX's point, 1/72.27 inch; a bp is the point of PDF, 1/72 inch.
_MM = {"mm": 1.0, "cm": 10.0, "bp": 25.4 / 72, "pt": 25.4 / 72.27}
_UNITS = frozenset({"mm", "bp", "pt", "em", "rows", "columns", "copies", "dpi", "%", ""})
_WHOLE = _NO_LENGTHS = {"rows", "columns", "copies", "dpi"}
_MAX = {"mm": 420.0, "bp": 200.0, "pt": 200.0, "em": 20.0, "rows": 60.0, "columns": 100.0, "": 1e4}
_MAX |= {"copies": 9999.0, "dpi": 1200.0, "%": 100.0}
_UNIT_WORDS = {
    "bp": term("bp", zh="磅"),
    "pt": term("pt", zh="磅"),
    "em": term("em", zh="字"),
    "rows": term("rows", zh="行"),
    "columns": term("columns", zh="字"),
    "copies": term("copies", zh="份"),
}
"""Units that other languages have words for; a column of the grid is a character wide."""

_TEXT_COLUMNS = ("columns.count", term("columns", zh="栏"))
"""The one figure whose columns are those of text, and what they are called."""

# What a figure of TeX may name besides the class's own marks (\\jb...).
_MACROS = frozenset({"thepage", "quad", "enspace", "thinspace", ",", "space"})
_NAME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)+")
_WORD = re.compile(r"[a-z][a-z0-9-]*")
_MAX_CHARACTERS = 120
_NUMBER = re.compile(r"(-?[0-9]{1,6}(?:\.[0-9]{1,6})?)\s*([a-z%]*)")


@dataclass(frozen=True)
class Figure:
    """
    One figure of a layout, with what it rests on.

    ``standard`` is the value of the standard, if it has one; ``tolerance`` is in the unit of the
    figure.  ``choices``, ``least`` and ``most`` limit the values that an option may set.  A
    figure with ``is_text`` accepts any line; only outputs and plugins have such figures.  One with
    ``is_whole`` accepts whole numbers.  ``about`` is what a setting of a plugin is and is for.
    """

    name: str
    value: Value
    unit: str
    strength: str
    source: str
    is_tex: bool = False
    standard: Value | None = None
    tolerance: float = 0.0
    choices: tuple[str, ...] = ()
    least: float = 0.0
    most: float = 1e4
    is_text: bool = False
    is_whole: bool = False
    about: Phrase | None = None

    @classmethod
    def from_toml(cls, name: str, entry: Mapping[str, Any]) -> Figure:
        """
        The figure in an entry of ``layout.toml``.

        Raises:
            KeyError: the entry lacks a key.
            InvalidValue, ValueError: a value has no sense; the message says why.
        """
        if not _NAME.fullmatch(name):
            raise InvalidValue(say("names are small letters, digits and hyphens"))
        strength, source = entry["strength"], str(entry["source"])
        if strength not in STRENGTHS:
            raise InvalidValue(say("strength is one of {known}", known=STRENGTHS))
        if "tex" in entry:
            _check_tex(str(entry["tex"]))
            return cls(name, str(entry["tex"]), "", strength, source, is_tex=True)
        if "text" in entry:
            return cls(name, _check_line(str(entry["text"])), "", strength, source, is_text=True)
        return cls._from_value(name, entry)

    @classmethod
    def _from_value(cls, name: str, entry: Mapping[str, Any]) -> Figure:
        """The figure in an entry with a ``value``, within its limits."""
        strength, unit = entry["strength"], entry.get("unit", "")
        if unit not in _UNITS:
            raise InvalidValue(say("unknown unit {unit}", unit=unit))
        value = _check_value(entry["value"])
        if unit and isinstance(value, str | bool):
            raise InvalidValue(say("a number with the unit {unit}", unit=unit))
        figure = cls(
            name,
            value,
            unit,
            strength,
            str(entry["source"]),
            standard=_check_value(entry.get("standard", value)) if strength != PRACTICE else None,
            tolerance=float(entry.get("tolerance", 0)),
            choices=tuple(entry.get("choices", ())),
            least=float(entry.get("least", 0)),
            most=float(entry.get("most", _MAX[unit])),
        )
        if figure.choices and value not in figure.choices:
            raise InvalidValue(say("one of {known}", known=figure.choices))
        figure._check_bounds(value)
        return figure

    def with_entry(self, entry: Mapping[str, Any]) -> Figure:
        """
        The figure of a layout that extends another one, as far as its entry says.

        Raises:
            InvalidValue, ValueError: as `from_toml`.
        """
        if "tex" in entry or self.is_tex:
            return Figure.from_toml(self.name, {**_strength(self), **entry})
        inherited: dict[str, Any] = {
            "value": self.value,
            "unit": self.unit,
            "tolerance": self.tolerance,
            "choices": self.choices,
            "least": self.least,
            "most": self.most,
            **_strength(self),
        }
        if self.standard is not None:
            inherited["standard"] = self.standard
        return Figure.from_toml(self.name, {**inherited, **entry})

    @property
    def tex(self) -> str:
        r"""The figure as \jbFigures takes it: 156mm, true, {0,0.8,0.8,0}, fangsong."""
        if self.is_tex:
            return "{" + str(self.value) + "}"
        # To Python a bool is an int, too.
        if isinstance(self.value, float | int) and not isinstance(self.value, bool):
            # TeX has no such units: there these figures are plain numbers.
            return f"{self.value:g}" + (self.unit if self.unit not in _NO_LENGTHS else "")
        return "{" + _format(self.value) + "}" if isinstance(self.value, tuple) else self.shown

    @property
    def shown(self) -> str:
        """The value for people: 156 mm, true, 0,0.8,0.8,0."""
        return f"{_format(self.value)} {self.unit}".rstrip()

    @property
    def standard_shown(self) -> str:
        """What the standard says, for people; '' where it says nothing."""
        return "" if self.standard is None else f"{_format(self.standard)} {self.unit}".rstrip()

    @property
    def value_phrase(self) -> str | Phrase:
        """The value for people, its unit in their language."""
        return self._phrase(self.value)

    @property
    def standard_phrase(self) -> str | Phrase:
        """What the standard says, its unit in the reader's language; '' where it says nothing."""
        return "" if self.standard is None else self._phrase(self.standard)

    def _phrase(self, value: Value) -> str | Phrase:
        name, columns = _TEXT_COLUMNS
        unit = columns if self.name == name else _UNIT_WORDS.get(self.unit)
        if unit is None:
            return f"{_format(value)} {self.unit}".rstrip()
        return say("{value} {unit}", value=_format(value), unit=unit)

    @property
    def number(self) -> float:
        """The value as a number; for figures that are one."""
        assert isinstance(self.value, float | int)
        return float(self.value)

    @property
    def mm(self) -> float:
        """The value in millimetres; for figures with a unit of length."""
        return self.number * _MM[self.unit]

    @property
    def deviates(self) -> bool:
        """Whether the value leaves what the standard says."""
        if self.standard is None:
            return False
        if isinstance(self.standard, float | int) and not isinstance(self.standard, bool):
            return abs(self.number - self.standard) > self.tolerance + 1e-9
        return self.value != self.standard

    @property
    def plain_value(self) -> Value:
        """The value, a whole number as such."""
        return int(self.number) if self.is_whole else self.value

    def with_value(self, text: str) -> Figure:
        """
        The figure with the value that an option gives as text: 20bp, plain, true, 0 1 1 0.

        Raises:
            InvalidValue: what the value must be, in words.
        """
        if self.is_tex:
            raise InvalidValue(say("only a layout can set it, because it is TeX"))
        if self.is_text:
            return replace(self, value=_check_line(text.strip()))
        value = self._parse(text.strip())
        self._check_bounds(value)
        return replace(self, value=value)

    def _parse(self, text: str) -> Value:
        if isinstance(self.value, bool):
            if text not in {"true", "false"}:
                raise InvalidValue(say("true or false"))
            return text == "true"
        if isinstance(self.value, str):
            if self.choices:
                if text not in self.choices:
                    raise InvalidValue(say("one of {known}", known=self.choices))
                return text
            if not _WORD.fullmatch(text):
                raise InvalidValue(say("a word of small letters"))
            return text
        if isinstance(self.value, tuple):
            parts = text.replace(",", " ").split()
            if len(parts) != len(self.value) or not all(map(_NUMBER.fullmatch, parts)):
                raise InvalidValue(say("{count} numbers from 0 to 1", count=len(self.value)))
            return tuple(map(float, parts))
        match = _NUMBER.fullmatch(text)
        if match is None or (match[2] not in {"", self.unit} and not self._can_convert(match[2])):
            raise InvalidValue(
                say("a number with the unit {unit}", unit=self.unit)
                if self.unit
                else say("a number")
            )
        number = float(match[1])
        return number * _MM[match[2]] / _MM[self.unit] if self._can_convert(match[2]) else number

    def _can_convert(self, unit: str) -> bool:
        return unit in _MM and self.unit in _MM

    def _check_bounds(self, value: Value) -> None:
        if isinstance(value, tuple) and not all(0 <= part <= 1 for part in value):
            raise InvalidValue(say("{count} numbers from 0 to 1", count=len(value)))
        if isinstance(value, bool | str | tuple):
            return
        if not self.least <= value <= self.most:
            upper_limit = self._phrase(self.most)
            raise InvalidValue(
                say("from {least} to {most}", least=f"{self.least:g}", most=upper_limit)
            )
        if (self.is_whole or self.unit in _WHOLE) and value % 1:
            raise InvalidValue(say("a whole number"))


def _check_line(text: str) -> str:
    if len(text) > _MAX_CHARACTERS or not text.isprintable():
        raise InvalidValue(say("at most {count} printable characters", count=_MAX_CHARACTERS))
    return text


def _strength(figure: Figure) -> dict[str, str]:
    return {"strength": figure.strength, "source": figure.source}


def _check_value(value: object) -> Value:
    if isinstance(value, list | tuple):
        return tuple(float(part) for part in value)
    if isinstance(value, str) and not _WORD.fullmatch(value):
        raise InvalidValue(say("it must be a word of lower case letters, not {value}", value=value))
    if not isinstance(value, bool | int | float | str):
        raise InvalidValue(
            say("{type} is not a valid value for a figure", type=type(value).__name__)
        )
    return value


def _format(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(f"{part:g}" for part in value)
    return value if isinstance(value, str) else f"{value:g}"


def _check_tex(tex: str) -> None:
    """
    Refuses TeX that is not balanced or names other macros than a figure may.

    Raises:
        InvalidValue: with the position and what is wrong there.
    """
    # Twenty milliseconds, for the few layouts that declare TeX.
    from pylatexenc.latexwalker import (
        LatexCharsNode,
        LatexGroupNode,
        LatexMacroNode,
        LatexWalker,
        LatexWalkerParseError,
    )

    try:
        nodes, _, _ = LatexWalker(tex, tolerant_parsing=False).get_latex_nodes()
    except LatexWalkerParseError as error:
        raise InvalidValue(say("TeX that does not parse: {reason}", reason=error.msg)) from error
    stack = list(nodes)
    while stack:
        node = stack.pop()
        stack += getattr(node, "nodelist", None) or []
        if isinstance(node, LatexMacroNode):
            name = node.macroname
            if name not in _MACROS and not name.startswith("jb"):
                raise InvalidValue(
                    say(
                        "\\{name} is not allowed in a figure (column {column})",
                        name=name,
                        column=node.pos + 1,
                    )
                )
        elif not isinstance(node, LatexCharsNode | LatexGroupNode):
            raise InvalidValue(
                say(
                    "only text, groups and macros are allowed (column {column})",
                    column=node.pos + 1,
                )
            )
