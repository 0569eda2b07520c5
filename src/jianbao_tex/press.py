"""The order of the steps for one issue, and nothing else: the library's front door."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from jianbao_tex import assets
from jianbao_tex.builtin import Builtin
from jianbao_tex.composer import Composer
from jianbao_tex.errors import PreflightFailed
from jianbao_tex.findings import Finding, errors_among, in_order
from jianbao_tex.finisher import finish
from jianbao_tex.fonts import FontShelf, Typeface
from jianbao_tex.hooks import Subject
from jianbao_tex.issue import Issue
from jianbao_tex.layout import Layout
from jianbao_tex.master import Artifact, TexTree
from jianbao_tex.preflight import Report, inspect, report
from jianbao_tex.reader import Source, read
from jianbao_tex.registry import Registry, gather, installed
from jianbao_tex.typesetter import Engine, Limits, Sandbox, Tools


@dataclass(frozen=True)
class Pressing:
    """
    What one issue came to: files to hand out, and findings that did not stop it.

    ``sources`` names the files that were read; none of them is to be written over.
    """

    artifacts: tuple[Artifact, ...]
    findings: tuple[Finding, ...]
    pages: int
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Composed:
    """
    An issue, its TeX, its layout with the issue's options and the typeface of each role,
    checked as far as that goes without a PDF.
    """

    issue: Issue
    tree: TexTree
    layout: Layout
    faces: Mapping[str, Typeface]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Proof:
    """A measured PDF: what it shows, and every finding on the way, errors too."""

    pdf: bytes
    report: Report
    findings: tuple[Finding, ...]
    sources: tuple[str, ...] = ()


class Press:
    """
    Presses issues, one after another, with the same plugins, fonts and engine.

    Args:
        plugins: plugins by name beside the built-in one; those installed unless given.
        fonts: folders with a user's own font files, searched first.
        sandbox: whether TeX must be shut in; ``required`` where the data is not trusted.
        limits: what one issue may use.
    """

    def __init__(
        self,
        *,
        plugins: Mapping[str, object] | None = None,
        fonts: Sequence[Path] = (),
        sandbox: Sandbox = Sandbox.AUTO,
        limits: Limits | None = None,
    ) -> None:
        self._plugins = plugins
        self._fonts = tuple(fonts)
        self._sandbox = sandbox
        self._limits = limits or Limits()

    @functools.cached_property
    def registry(self) -> Registry:
        """What all plugins offer."""
        others = installed() if self._plugins is None else self._plugins
        return gather({"jianbao_tex": Builtin(assets.templates()), **others})

    @functools.cached_property
    def engine(self) -> Engine:
        """The typesetting engine of this machine."""
        return Engine(Tools.find(), self._sandbox, self._limits)

    @functools.cached_property
    def fonts(self) -> FontShelf:
        """The font roles as this machine can serve them."""
        manifest = (assets.fonts() / "fonts.toml").read_text(encoding="utf-8")
        return FontShelf(manifest, (*self._fonts, assets.fonts()), self.engine.tools.locate)

    @functools.cached_property
    def _composer(self) -> Composer:
        return Composer(self.registry, assets.templates(), self.fonts.typeface)

    def read(self, source: Source) -> Issue:
        """The validated issue in a source, as the plugins prepared it."""
        return self.registry.prepare(read(source, self.registry))

    def compose(self, source: Source) -> Composed:
        """
        The TeX of the issue in a source.

        Raises:
            IssueInvalid, LayoutBroken, PluginBroken, ToolMissing: see their families.
            PreflightFailed: a check of the data or of the TeX refused the issue.
        """
        issue = self.read(source)
        found = inspect(self.registry, "issue", Subject(issue))
        made = self._composer.compose(issue, source.folder)
        subject = Subject(issue, made.layout, made.faces, made.tree)
        found += inspect(self.registry, "tex", subject)
        return Composed(issue, made.tree, made.layout, made.faces, _passed(found))

    def press(self, source: Source, outputs: Sequence[str] = ("pdf",)) -> Pressing:
        """
        The issue in a source as finished files, one for each output, in that order.

        Raises:
            JianbaoError: any family; nothing is handed out then.
            KeyError: an output that the registry does not know.
        """
        makers = [self.registry.outputs[name] for name in outputs]
        subject, found = self._typeset(self.compose(source))
        assert subject.master is not None
        stem = PurePath(source.name).stem
        _passed(found)
        artifacts = tuple(
            Artifact(
                stem + maker.suffix, maker.media_type, maker.make(subject.issue, subject.master)
            )
            for maker in makers
        )
        return Pressing(artifacts, found, subject.master.pages, subject.issue.files)

    def prove(self, composed: Composed) -> Proof:
        """
        The PDF of a composed issue, measured.

        Raises:
            JianbaoError: what keeps the PDF from being made; what is wrong in a finished
                one is in the proof.
        """
        subject, found = self._typeset(composed)
        assert subject.master is not None
        return Proof(subject.master.pdf, report(subject), found, subject.issue.files)

    def _typeset(self, made: Composed) -> tuple[Subject, tuple[Finding, ...]]:
        """The typeset issue with all that the checks of every stage found."""
        draft = self.engine.typeset(made.tree)
        fonts = {font for face in made.faces.values() for font in (*face.chain, face.latin)}
        master = finish(draft, made.tree, sorted(fonts, key=lambda font: font.name))
        subject = Subject(made.issue, made.layout, made.faces, made.tree, master)
        return subject, in_order((*made.findings, *inspect(self.registry, "master", subject)))


def _passed(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings, if none of them is an error."""
    if errors_among(found):
        raise PreflightFailed(found)
    return found


__all__ = [
    "Composed",
    "Press",
    "Pressing",
    "Proof",
    "Report",
    "Source",
]
