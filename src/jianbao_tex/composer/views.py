"""The read-only view of an issue for templates: parts, and texts that print escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jianbao_tex.issue import Block, Issue, PlacedLine, Section
from jianbao_tex.issue.masthead import MASTHEAD_TITLES
from jianbao_tex.parts import DataPath, OwnText, Part, PictureOf
from jianbao_tex.tex import OriginRecorder, Text, escape


@dataclass(frozen=True)
class TextOrigin:
    """The origin of a printed text: its path in the issue and its raw string."""

    path: DataPath
    plain: str


@dataclass(frozen=True)
class Name:
    """A name of our own making (of a template, of a picture file); prints as it stands."""

    name: str

    def __str__(self) -> str:
        return self.name

    def __bool__(self) -> bool:
        return bool(self.name)


@dataclass(frozen=True)
class PictureView:
    """A picture: the name under which TeX finds it, its height by its width."""

    name: Name
    ratio: float


@dataclass(frozen=True)
class Group:
    """A group of the contents."""

    name: Text | None
    bare: Text | None
    entries: list[Text]


@dataclass(frozen=True)
class Line:
    """
    A line of the masthead or the imprint; ``label`` is printed before its text.

    ``least_size`` names the figure down to which a title is shrunk; '' for other lines.
    """

    name: Name
    label: Text | None
    text: Text
    least_size: str


class View:
    """
    A part of the issue for templates.

    Fields and properties of the part are attributes: texts come as `Text`, parts as
    `View`, pictures as `PictureView`.  A section and a block also have ``template``, for
    ``include``.
    """

    __slots__ = ("_part", "_path", "_viewer")

    def __init__(self, part: Part, path: DataPath, viewer: Viewer) -> None:
        self._part = part
        self._path = path
        self._viewer = viewer

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name == "template" and isinstance(self._part, Section):
            return f"section:{self._part.type}"
        if name == "template" and isinstance(self._part, Block):
            return f"block:{self._part.name}"
        path = (*self._path, name)
        fields = type(self._part).model_fields
        if isinstance(type(self._part).shapes().get(name), PictureOf):
            return self._viewer.pictures.get(path)
        # 第365期 is made of the number, （办公室） of the signature: that is their place.
        source = name.removesuffix("_line")
        if name not in fields and source in fields:
            path = (*self._path, source)
        return self._viewer.view(getattr(self._part, name), path)


class Viewer:
    """Wraps the values of one issue."""

    def __init__(
        self, issue: Issue, recorder: OriginRecorder, pictures: Mapping[DataPath, PictureView]
    ) -> None:
        self._issue = issue
        self._recorder = recorder
        self.pictures = pictures

    def issue(self) -> View:
        """The issue itself."""
        return View(self._issue, (), self)

    def contents(self) -> list[Group]:
        """The contents: groups with the texts of their entries, each at its own origin."""
        return [
            Group(
                self._text(group.name, group.path) if group.name else None,
                self._text(group.bare, group.path) if group.bare else None,
                [self._text(text, path) for path, text in group.entries],
            )
            for group in self._issue.contents
        ]

    def lines(self, lines: Iterable[PlacedLine]) -> list[Line]:
        """Lines whose place the layout says, each text at its own origin."""
        return [
            Line(
                Name(line.name),
                self._text(line.label, line.path) if line.label else None,
                self._text(line.text, line.path),
                f"masthead.{line.name}-least-size" if line.name in MASTHEAD_TITLES else "",
            )
            for line in lines
        ]

    def view(self, value: object, path: DataPath) -> Any:
        """A value as templates may see it."""
        if isinstance(value, OwnText):
            return Name(escape(value))
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, Part):
            return View(value, path, self)
        if isinstance(value, tuple | list):
            return [self.view(item, (*path, i)) for i, item in enumerate(value)]
        if value is None or isinstance(value, bool | int | float):
            return value
        raise TypeError(
            f"a template cannot see a {type(value).__name__} ({'.'.join(map(str, path))})"
        )

    def _text(self, plain: str, path: DataPath) -> Text:
        return self._recorder.text(plain, TextOrigin(path, plain))
