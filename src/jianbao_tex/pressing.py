"""What the steps of one issue hand on: composed, proved, pressed."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

from jianbao_tex.findings import Finding
from jianbao_tex.fonts import Typeface
from jianbao_tex.hooks import Figure
from jianbao_tex.issue import Issue
from jianbao_tex.layout import Layout
from jianbao_tex.master import Artifact, TexTree
from jianbao_tex.measure import Measured
from jianbao_tex.provenance import Provenance, provenance_of
from jianbao_tex.reader import Source
from jianbao_tex.subjects import TexSubject
from jianbao_tex.survey import Report


@dataclass(frozen=True, kw_only=True)
class Pressing:
    """
    What one issue came to: files to hand out, and findings that did not stop it.

    ``sources`` names the files that were read; they must not be overwritten.  ``inputs``
    are the SHA-256 of all that decides the bytes, by name, ``tools`` the programs by version;
    ``absent`` are files that would have been read had they been there.  ``measured`` is what
    was measured in the master; ``None`` where the files were kept from an earlier build.
    """

    artifacts: tuple[Artifact, ...]
    findings: tuple[Finding, ...]
    pages: int
    sources: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    measured: Measured | None = None


@dataclass(frozen=True, kw_only=True)
class Composed:
    """
    An issue with its TeX, checked as far as that goes without a PDF.

    ``settings`` are the figures of all outputs with the issue's options, ``pictures`` the
    SHA-256 of its pictures by the issue's names for them.
    """

    subject: TexSubject
    settings: Mapping[str, Figure]
    findings: tuple[Finding, ...]
    source: Source
    pictures: Mapping[str, str]

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
        """From what it was made."""
        return provenance_of(self.source, self.issue, self.tree, self.faces, self.pictures)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """
    A measured master: what it shows, every finding on the way, errors too, and the files that
    were made of it, where it has no errors.
    """

    pdf: bytes
    measured: Measured
    report: Report
    findings: tuple[Finding, ...]
    sources: tuple[str, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
