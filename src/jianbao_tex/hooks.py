"""
What a plugin may add: the hooks and the records they return.

This is the one file that a plugin author reads, and the one module that a plugin needs
to import.  A plugin is any object (mostly a module) with functions marked `hookimpl`,
named by an entry point of the group ``jianbao_tex``.  Each hook returns records; the
registry gathers them, sorts them by name and refuses two of one name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from pluggy import HookimplMarker, HookspecMarker

from jianbao_tex.chinese import width
from jianbao_tex.figures import Figure
from jianbao_tex.findings import Finding, Kind, Severity, Where, error, visible, warning
from jianbao_tex.fonts import FontFile, Typeface
from jianbao_tex.grid import MM_PER_BP, Grid
from jianbao_tex.issue import Article, Block, Body, Heading, Issue, Paragraph, Section
from jianbao_tex.language import Phrase, Unfit, say, say_count
from jianbao_tex.layout import Layout
from jianbao_tex.master import Artifact, LogMessage, Master, Origin, TexTree
from jianbao_tex.measure import Glyph, Measured, Page, Rule, measure
from jianbao_tex.parts import (
    BodyOf,
    Count,
    DataPath,
    Day,
    Line,
    ListOf,
    Long,
    OneOf,
    Part,
    PictureOf,
    RowsOf,
    TextsOf,
    Title,
    YesNo,
    bracketed,
)

__all__ = [
    "MM_PER_BP",
    "Article",
    "Artifact",
    "Block",
    "BlockType",
    "Body",
    "BodyOf",
    "Check",
    "Count",
    "DataPath",
    "Day",
    "Figure",
    "Finding",
    "FontFile",
    "Glyph",
    "Grid",
    "Heading",
    "Issue",
    "Kind",
    "Layout",
    "Line",
    "ListOf",
    "LogMessage",
    "Long",
    "Master",
    "Measured",
    "OneOf",
    "Origin",
    "Output",
    "Page",
    "Paragraph",
    "Part",
    "Phrase",
    "PictureOf",
    "RowsOf",
    "Rule",
    "Section",
    "SectionType",
    "Severity",
    "Subject",
    "TexTree",
    "TextsOf",
    "Title",
    "Typeface",
    "Unfit",
    "Where",
    "YesNo",
    "bracketed",
    "error",
    "hookimpl",
    "hookspec",
    "say",
    "say_count",
    "visible",
    "warning",
    "width",
]

PROJECT = "jianbao_tex"
hookspec = HookspecMarker(PROJECT)
hookimpl = HookimplMarker(PROJECT)


@dataclass(frozen=True)
class SectionType:
    """A type of section: the word after ``type:``, its model and its template."""

    name: str
    label: str
    model: type[Section]
    template: Path
    since: str = ""


@dataclass(frozen=True)
class BlockType:
    """A kind of block: the key that names it is the model's ``name``."""

    label: str
    model: type[Block]
    template: Path
    since: str = ""

    @property
    def name(self) -> str:
        return self.model.name


@dataclass(frozen=True)
class Subject:
    """
    What a check looks at.

    ``layout`` (with the issue's options), ``faces`` (the typeface of each font role) and
    ``tree`` are there from the stage ``tex`` on, ``master`` and ``measured`` last.
    """

    issue: Issue
    layout: Layout | None = None
    faces: Mapping[str, Typeface] = field(default_factory=dict)
    tree: TexTree | None = None
    master: Master | None = None

    @cached_property
    def measured(self) -> Measured:
        """The facts of the finished PDF; measured once for all checks."""
        assert self.master is not None
        return measure(self.master.pdf)


@dataclass(frozen=True)
class Check:
    """
    A check of one stage: ``issue`` (the data), ``tex`` (what TeX will read) or
    ``master`` (the finished PDF and its log).  ``run`` yields findings and changes nothing.
    """

    name: str
    label: str
    stage: Literal["issue", "tex", "master"]
    run: Callable[[Subject], Iterable[Finding]]
    since: str = ""


@dataclass(frozen=True)
class Output:
    """Something to hand out: ``make`` turns an issue and its master into the file's bytes."""

    name: str
    label: str
    suffix: str
    media_type: str
    make: Callable[[Issue, Master], bytes]
    since: str = ""


class Hooks:
    """The hooks.  Every one is optional; a plugin implements those it needs."""

    @hookspec
    def jianbao_section_types(self) -> Iterable[SectionType]:  # type: ignore[empty-body]
        """Section types that an issue may name with ``type:``."""

    @hookspec
    def jianbao_blocks(self) -> Iterable[BlockType]:  # type: ignore[empty-body]
        """Blocks that a body may hold."""

    @hookspec
    def jianbao_layouts(self) -> Iterable[Layout]:  # type: ignore[empty-body]
        """Layouts that an issue may name with ``layout:``, from `Layout.from_folder`."""

    @hookspec
    def jianbao_checks(self) -> Iterable[Check]:  # type: ignore[empty-body]
        """Checks to run on every issue."""

    @hookspec
    def jianbao_outputs(self) -> Iterable[Output]:  # type: ignore[empty-body]
        """Outputs that ``--output`` may name."""

    @hookspec
    def jianbao_prepare(self, issue: Issue) -> Issue | None:
        """The issue changed before it is composed, or None to leave it as it is."""
