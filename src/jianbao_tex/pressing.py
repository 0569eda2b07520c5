"""The results of the steps of one issue: `Composed`, `Proof`, `PressResult`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jianbao_tex.errors import SOME_FAILED
from jianbao_tex.findings import Finding
from jianbao_tex.fonts import FontFile, Typeface
from jianbao_tex.hooks import Figure
from jianbao_tex.issue import Issue
from jianbao_tex.layout import Layout
from jianbao_tex.master import Artifact, RefusedOutput, TexTree
from jianbao_tex.measure import Measured
from jianbao_tex.plugin_use import Change, PluginUse
from jianbao_tex.provenance import Provenance, machine_digests, provenance_of
from jianbao_tex.reader import Source
from jianbao_tex.subjects import TexSubject
from jianbao_tex.survey import Report


@dataclass(frozen=True, kw_only=True)
class PressResult:
    """
    The result of building one issue: output files, and findings; errors only about ``refused``.

    ``sources`` names the files that were read; they must not be overwritten.  ``opened`` are those
    that plugins opened.  ``inputs``
    are the SHA-256 of all inputs that decide the bytes, by name, ``tools`` the programs by version;
    ``tex_files`` are the stamps of the files of TeX that were read for the opening, by path;
    ``absent`` are files that were looked for and do not exist.  ``measured`` are the
    measurements of the master; ``None`` if the files come from the cache.  ``refused`` are the
    outputs that could not be made; their errors are among the findings.  ``plugins`` are those
    that took part, ``settings`` the settings of plugins as the issue chooses.  ``is_lasting``: nothing but these inputs decides the result, as far as is known.
    """

    artifacts: tuple[Artifact, ...]
    findings: tuple[Finding, ...]
    pages: int
    sources: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    measured: Measured | None = None
    refused: tuple[RefusedOutput, ...] = ()
    tex_files: Mapping[str, str] = field(default_factory=dict)
    plugins: tuple[PluginUse, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    is_lasting: bool = True

    @property
    def exit_code(self) -> int:
        """What the command ends with: 0, or 8 if an output was refused."""
        return SOME_FAILED if self.refused else 0


@dataclass(frozen=True, kw_only=True)
class Composed:
    """
    An issue with its TeX, after all checks that need no PDF.

    ``settings`` are the figures of all outputs with the issue's options, ``pictures`` the
    SHA-256 of its pictures by the issue's names for them, ``homes`` the files or folders of all
    plugins, ``changes`` what each plugin changed in it, ``plugin_fonts`` the fonts that styles of
    plugins may load.
    """

    subject: TexSubject
    settings: Mapping[str, Figure]
    findings: tuple[Finding, ...]
    source: Source
    pictures: Mapping[str, str]
    homes: Mapping[str, Path] = field(default_factory=dict)
    changes: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    plugin_fonts: tuple[FontFile, ...] = ()

    @property
    def fonts(self) -> tuple[FontFile, ...]:
        """All fonts that may be in its PDF, by name."""
        own = {font for face in self.faces.values() for font in (*face.chain, face.latin)}
        return tuple(sorted(own | {*self.plugin_fonts}, key=lambda font: font.name))

    @property
    def issue(self) -> Issue:
        """The issue, as plugins prepared it."""
        return self.subject.issue

    @property
    def tree(self) -> TexTree:
        """What TeX will read."""
        return self.subject.tree

    @property
    def layout(self) -> Layout:
        """The layout, with the options of the issue."""
        return self.subject.layout

    @property
    def faces(self) -> Mapping[str, Typeface]:
        """The typeface of each font role."""
        return self.subject.faces

    @functools.cached_property
    def provenance(self) -> Provenance:
        """The provenance of the issue: the digests of its inputs."""
        machine = machine_digests(self.tree, self.faces, self.homes)
        return provenance_of(self.source, self.issue, machine, self.pictures)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """
    A measured master: what it shows, every finding on the way, errors too, and the files that
    were made of it, where it has no errors.  ``refused`` are the outputs that could not be made.
    """

    pdf: bytes
    measured: Measured
    report: Report
    findings: tuple[Finding, ...]
    sources: tuple[str, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    refused: tuple[RefusedOutput, ...] = ()
