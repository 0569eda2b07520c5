"""
What a plugin may add: the hooks and the records they return.

This is the one file that a plugin author reads, and the one module that a plugin needs
to import.  A plugin is a module with functions marked `hookimpl`.  Each hook returns
records; the registry collects and sorts them by name; it refuses two records with the same name.
All of it is printed into docs/hooks.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pluggy import HookimplMarker, HookspecMarker
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from jianbao_tex.added_text import AddedText
from jianbao_tex.breaks import CLOSING, Breaks, Reason, longest_piece
from jianbao_tex.chinese import IssueDate, heading_level, lists_numbers, width
from jianbao_tex.comparing import comparable, twins_of
from jianbao_tex.content import Mark, unligated
from jianbao_tex.errors import Refusal
from jianbao_tex.figures import Figure
from jianbao_tex.findings import (
    Finding,
    Fix,
    Kind,
    Severity,
    Where,
    code_point,
    error,
    note,
    visible,
    warning,
)
from jianbao_tex.fonts import Typeface
from jianbao_tex.grid import MM_PER_BP, Grid
from jianbao_tex.hooks.exchange import (
    Delivery,
    DeliverySubject,
    ForeignFile,
    Imported,
    Reader,
)
from jianbao_tex.hooks.records import (
    BlockType,
    Check,
    FallbackFont,
    IssueCheck,
    MasterCheck,
    Output,
    SectionType,
    TexCheck,
)
from jianbao_tex.hooks.statements import Preparation, Setting
from jianbao_tex.issue import Article, Block, Body, Heading, Issue, Paragraph, Section
from jianbao_tex.language import InvalidValue, Phrase, language, learn, say, say_count
from jianbao_tex.layout import Layout
from jianbao_tex.layout_copies import changed_since_copied
from jianbao_tex.lookalikes import lookalikes
from jianbao_tex.master import Artifact, LogMessage, Master, Origin, RefusedOutput, TexTree
from jianbao_tex.measure import Measured
from jianbao_tex.pages import NO_TEXT, Glyph, Hidden, Page, Rule
from jianbao_tex.parts import (
    BodyOf,
    Count,
    DataPath,
    Day,
    Line,
    ListOf,
    Long,
    OneOf,
    OwnText,
    Part,
    PictureOf,
    RowsOf,
    TextsOf,
    Title,
    YesNo,
    bracketed,
    described,
    title_of,
)
from jianbao_tex.places import Place
from jianbao_tex.plugin_use import Change, PluginUse
from jianbao_tex.printed import PrintedLine, PrintedParagraph, PrintedText
from jianbao_tex.subjects import (
    ArtifactSource,
    Files,
    IssueSubject,
    Job,
    MasterSubject,
    OutputSubject,
    TexSubject,
)

__all__ = [
    "API",
    "CLOSING",
    "MM_PER_BP",
    "NO_TEXT",
    "AddedText",
    "AfterValidator",
    "Article",
    "Artifact",
    "ArtifactSource",
    "BeforeValidator",
    "Block",
    "BlockType",
    "Body",
    "BodyOf",
    "Breaks",
    "Change",
    "Check",
    "Count",
    "DataPath",
    "Day",
    "Delivery",
    "DeliverySubject",
    "FallbackFont",
    "Field",
    "Figure",
    "Files",
    "Finding",
    "Fix",
    "ForeignFile",
    "Glyph",
    "Grid",
    "Heading",
    "Hidden",
    "Imported",
    "InvalidValue",
    "Issue",
    "IssueCheck",
    "IssueDate",
    "IssueSubject",
    "Job",
    "Kind",
    "Layout",
    "Line",
    "ListOf",
    "LogMessage",
    "Long",
    "Mark",
    "Master",
    "MasterCheck",
    "MasterSubject",
    "Measured",
    "OneOf",
    "Origin",
    "Output",
    "OutputSubject",
    "OwnText",
    "Page",
    "Paragraph",
    "Part",
    "Phrase",
    "PictureOf",
    "Place",
    "PluginUse",
    "Preparation",
    "PrintedLine",
    "PrintedParagraph",
    "PrintedText",
    "Reader",
    "Reason",
    "Refusal",
    "RefusedOutput",
    "RowsOf",
    "Rule",
    "Section",
    "SectionType",
    "Setting",
    "Severity",
    "TexCheck",
    "TexSubject",
    "TexTree",
    "TextsOf",
    "Title",
    "Typeface",
    "Where",
    "YesNo",
    "bracketed",
    "changed_since_copied",
    "code_point",
    "comparable",
    "described",
    "error",
    "heading_level",
    "hookimpl",
    "language",
    "learn",
    "lists_numbers",
    "longest_piece",
    "lookalikes",
    "model_validator",
    "note",
    "say",
    "say_count",
    "title_of",
    "twins_of",
    "unligated",
    "visible",
    "warning",
    "width",
]

API = "2.4"
"""
The version of the hooks.  A plugin says ``JIANBAO_API = "2.4"``, the version that it was
written for; it runs with every later one of the same first number.
"""

PROJECT = "jianbao_tex"
hookspec = HookspecMarker(PROJECT)
hookimpl = HookimplMarker(PROJECT)
"""Marks a function as the implementation of a hook; ``@hookimpl(tryfirst=True)`` calls it first."""


class Hooks:
    """The hooks.  Every one is optional; a plugin implements those it needs."""

    @hookspec
    def jianbao_section_types(self) -> Iterable[SectionType]:  # type: ignore[empty-body]
        """
        Section types that an issue may name with ``type:``.

        Called once, when the first issue is read.  A type appears in messages, in
        ``jianbao schema`` and in ``jianbao new`` by its own name and label.
        """

    @hookspec
    def jianbao_blocks(self) -> Iterable[BlockType]:  # type: ignore[empty-body]
        """
        Blocks that a body may hold, in every section type.

        Called once, when the first issue is read.
        """

    @hookspec
    def jianbao_layouts(self) -> Iterable[Layout]:  # type: ignore[empty-body]
        """
        Layouts that an issue may name with ``layout:``, from `Layout.from_folder`.

        Called once.  A layout that ``extends`` another has its figures, style files,
        skeleton and parts, except those that its own folder contains.
        """

    @hookspec
    def jianbao_checks(self) -> Iterable[Check[Any]]:  # type: ignore[empty-body]
        """
        Checks to run on every issue, each at its stage, in the order of their names.

        Called once.  Codes of findings begin with a prefix of the plugin's own.  A check
        that raises an exception is reported as a warning; its findings are dropped.
        """

    @hookspec
    def jianbao_outputs(self) -> Iterable[Output]:  # type: ignore[empty-body]
        """
        Outputs that ``--output`` may name.

        Called once; only the outputs that are asked for are made, and what they made is
        checked before any file is written.
        """

    @hookspec
    def jianbao_fonts(self) -> Iterable[FallbackFont]:  # type: ignore[empty-body]
        """
        Fonts of the plugin for characters that the fonts of the machine lack.

        Called once.
        """

    @hookspec
    def jianbao_readers(self) -> Iterable[Reader]:  # type: ignore[empty-body]
        """
        Readers for files of other formats, which ``jianbao import`` makes issues of.

        Called once.  Where the command can fork, a reader runs in a process of its own, with limits.
        """

    @hookspec
    def jianbao_deliveries(self) -> Iterable[Delivery]:  # type: ignore[empty-body]
        """
        What is done with the files of an issue once ``jianbao build`` has put them in place.

        Called once.  Where the command can fork, a delivery runs in a process of its own, with
        limits.  If it changes or removes one of the files, the file is written again and the plugin
        is reported (JB548).
        """

    @hookspec
    def jianbao_kinds(self) -> Iterable[Kind]:  # type: ignore[empty-body]
        """
        The kinds of findings that the checks and outputs yield, from `error`, `warning`, `note`.

        Called once.  Those at the top of the plugin's own module are known without it.  The
        letters before the number of a code belong to one plugin alone; two plugins with the same
        letters are reported (JB542).  ``jianbao explain`` shows the kinds.
        """

    @hookspec
    def jianbao_settings(self) -> Iterable[Setting]:  # type: ignore[empty-body]
        """
        What projects, series and issues may choose for the plugin.

        Called once.  A value that does not fit is reported at its place.
        """

    @hookspec
    def jianbao_prepare(self, issue: Issue, settings: Mapping[str, object]) -> Issue | None:
        """
        The issue changed before it is checked and composed, or None to leave it as it is.

        Called for every issue, one plugin after the other (``jianbao plugins order
        jianbao_prepare``).  ``settings`` are those of all plugins, as the issue chooses; a
        function may leave the argument out.  Parts are frozen: ``issue.model_copy(update={…})`` makes
        another.  The result is checked again; an invalid result is reported as a fault of the
        plugin.  What it changed is reported (JB540), and so are texts that it removed (JB541),
        unless ``JIANBAO_PREPARES`` says that this is its purpose.
        """
