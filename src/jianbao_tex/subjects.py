"""
The input of checks and outputs: one issue at four stages, each with its own type.

Each stage has all that the stage before it had, so that a function which needs only the data
takes an `IssueSubject` and serves every stage.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from jianbao_tex.added_text import AddedText, added_texts
from jianbao_tex.agreement import Difference
from jianbao_tex.cancelling import CancelCheck, never_cancelled
from jianbao_tex.figures import Figure
from jianbao_tex.findings import Finding, Where
from jianbao_tex.fonts import Typeface
from jianbao_tex.issue import Issue
from jianbao_tex.layout import Layout
from jianbao_tex.master import Artifact, Master, RefusedOutput, TexTree
from jianbao_tex.measure import Measured, differences_from_witness, without_ink
from jianbao_tex.pages import Glyph
from jianbao_tex.plugin_use import PluginUse
from jianbao_tex.printed import PrintedText

Files = Mapping[str, bytes]
"""Files to hand out, by what follows the name of the issue: ``.pdf``, ``-page-1.png``."""

_HEAD_ROW = r"\jbHeadRow"


def _no_issue() -> Issue | None:
    return None


def _no_file(name: str) -> bytes:
    raise KeyError(name)


@dataclass(frozen=True, kw_only=True)
class IssueSubject:
    """
    The first stage: the data of an issue, as plugins prepared it.

    ``before`` reads the previous issue, if its file is in the same folder.  ``settings`` are the
    values of the settings of plugins by ``PLUGIN.NAME``, as project, series and issue choose.
    """

    issue: Issue
    before: Callable[[], Issue | None] = _no_issue
    settings: Mapping[str, object] = field(default_factory=dict)

    @property
    def previous(self) -> Issue | None:
        """The issue before this one; ``None`` where there is none that can be read."""
        return self.before()

    def with_tex(
        self,
        layout: Layout,
        faces: Mapping[str, Typeface],
        tree: TexTree,
        sources: tuple[ArtifactSource, ...] = (),
    ) -> TexSubject:
        """The next stage of the same issue."""
        return TexSubject(
            **vars(self), layout=layout, faces=faces, tree=tree, artifact_sources=sources
        )


@dataclass(frozen=True)
class ArtifactSource:
    """
    A plugin that may print words which are not text of the issue.

    ``plugin`` is its name with its version, ``file`` its style or template that prints them.
    ``is_declared``: one of its records says so (``artifacts``).
    """

    plugin: str
    file: str
    is_declared: bool


@dataclass(frozen=True, kw_only=True)
class TexSubject(IssueSubject):
    """
    The second stage: what TeX will read.

    ``layout`` has the options of the issue, ``faces`` the typeface of each font role.
    ``artifact_sources`` are the plugins that may add words to the pages.
    """

    layout: Layout
    faces: Mapping[str, Typeface]
    tree: TexTree
    artifact_sources: tuple[ArtifactSource, ...] = ()

    def with_master(self, master: Master, measured: Measured) -> MasterSubject:
        """The next stage of the same issue."""
        return MasterSubject(**vars(self), master=master, measured=measured)


@dataclass(frozen=True, kw_only=True)
class MasterSubject(TexSubject):
    """The third stage: the finished PDF with its log, and what was measured in it."""

    master: Master
    measured: Measured

    @cached_property
    def printed(self) -> PrintedText:
        """The characters of the pages, each with the place where it was written."""
        return PrintedText(self.master, self.measured, self.layout.grid, self.tree)

    @cached_property
    def added_texts(self) -> tuple[AddedText, ...]:
        """The words on the pages that are not text of the issue, apart from page numbers."""
        form = self.layout.figures["page-number.form"]
        return tuple(added_texts(self.measured.pages, form, self._table_heads()))

    def _table_heads(self) -> Iterator[str]:
        """The text of each head of a table, as the page repeats it."""
        lines = self.tree.lines(self.tree.main)
        for line, pieces in self.printed.by_line.items():
            if lines[line - 1].lstrip().startswith(_HEAD_ROW):
                yield "".join(glyph.text for _, glyphs in pieces for glyph in glyphs)

    @cached_property
    def without_ink(self) -> tuple[Glyph, ...]:
        """
        The letters and digits of the text that the rendered pages do not show.

        Rendering takes 60 to 160 ms for eleven pages.
        """
        return tuple(without_ink(self.master.pdf, self.measured))

    @cached_property
    def disputes(self) -> tuple[Difference, ...]:
        """
        In what our own reader and pdfium read the master differently.

        pdfium takes 90 ms for eleven pages.
        """
        return tuple(differences_from_witness(self.master.pdf, self.measured))

    def where(self, glyphs: Iterable[Glyph]) -> Where:
        """The place of glyphs in the user's file; the issue, where nobody wrote them."""
        return self.printed.where(glyphs) or self.issue.where(())

    def with_job(self, job: Job) -> OutputSubject:
        """The last stage of the same issue."""
        # Not `vars`: that also has `printed`, once it is cached.
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return OutputSubject(**fields, job=job)


@dataclass(frozen=True, kw_only=True)
class Job:
    """
    The data of a build that an output may use, besides the issue.

    Args:
        name: the name of the issue's file without its ending, as files to hand out have it.
        id: names the work on this issue for these outputs; logs have it too.
        settings: the figures that an output may read, its own and those it ``reads``, with
            the options of the issue.
        sources: the texts that the issue was read from, its own first, by file name.
        inputs: the SHA-256 of everything that decides the bytes, by name.  No name here is a
            path of this machine.
        tools: the programs and packages by version.
        findings: the findings of the issue that are not errors; they name no folder of this
            machine.
        artifacts: what other outputs of the build made, for one that ``is_last``.
        refused: the outputs of the build that could not be made, for one that ``is_last``.
        plugins: the plugins that took part, with what each changed in the issue.
        file: returns the bytes of a file that a setting names, from the issue's folder or from TeX.
        report: what was measured on the master, as ``jianbao check --pdf --json`` has it.
        check_cancelled: a slow output calls it often; it raises if the job was cancelled.
    """

    name: str = "issue"
    id: str = ""
    settings: Mapping[str, Figure] = field(default_factory=dict)
    sources: Mapping[str, bytes] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    refused: tuple[RefusedOutput, ...] = ()
    plugins: tuple[PluginUse, ...] = ()
    file: Callable[[str], bytes] = _no_file
    report: Callable[[], Mapping[str, Any]] = dict
    check_cancelled: CancelCheck = never_cancelled


@dataclass(frozen=True, kw_only=True)
class OutputSubject(MasterSubject):
    """The last stage: a proved master, and the job of making a file of it."""

    job: Job
