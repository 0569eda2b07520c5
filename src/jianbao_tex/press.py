"""The main interface of the library: the steps for one issue, in their order."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from jianbao_tex import assets
from jianbao_tex.builtin import Builtin
from jianbao_tex.cancelling import Handle
from jianbao_tex.children import Sandbox
from jianbao_tex.composer import Composer
from jianbao_tex.composer.fonts import font_collection
from jianbao_tex.errors import (
    JianbaoError,
    LimitReached,
    PluginBroken,
    PreflightFailed,
    TypesettingFailed,
)
from jianbao_tex.figure_files import FileReader, figure_files
from jianbao_tex.findings import Finding, errors_among, in_order
from jianbao_tex.finisher import finish, load_readers, measure_master
from jianbao_tex.font_roles import FontCollection
from jianbao_tex.handout import make_outputs, refuse_errors
from jianbao_tex.hooks import IssueCheck, IssueSubject, Job, MasterCheck, TexCheck
from jianbao_tex.issue import Issue
from jianbao_tex.master import Artifact, RefusedOutput
from jianbao_tex.plugin_fence import demand_fence
from jianbao_tex.plugins import PROJECT_FILE, Selection
from jianbao_tex.portable import portable_finding, portable_name
from jianbao_tex.preflight import inspect
from jianbao_tex.pressing import Composed, PressResult, Proof
from jianbao_tex.provenance import job_id, plugin_uses
from jianbao_tex.reader import Source, fixed_bytes, previous, read
from jianbao_tex.registry import Plugin, Prepared, Registry, Trace, gather
from jianbao_tex.store import Store, files_below
from jianbao_tex.subjects import MasterSubject
from jianbao_tex.survey import report
from jianbao_tex.typesetter import Engine, Limits, Tools
from jianbao_tex.version import __version__


class Press:
    """
    Presses issues with the same plugins, fonts and engine, from any number of threads.

    Every step takes the `Handle` of its job.  Another thread can cancel the job with it: the step
    raises `concurrent.futures.CancelledError` then, and other jobs go on.

    Args:
        plugins: what to look for beside the built-in plugin (a `Selection`), or plugins by
            name, which may be any object with hooks; those installed unless given.
        fonts: folders with a user's own font files, searched first.
        sandbox: whether TeX must run in the sandbox; ``required`` for data that is not trusted.
        limits: what one issue may use.
        store: the cache; without a store nothing is cached.
        engine: what sets the issues; made from the others unless given.
        is_thorough: whether checks that take long run too; they always do for a proof.
    """

    def __init__(
        self,
        *,
        plugins: Mapping[str, object] | Selection | None = None,
        fonts: Sequence[Path] = (),
        sandbox: Sandbox = Sandbox.AUTO,
        limits: Limits | None = None,
        store: Store | None = None,
        engine: Engine | None = None,
        is_thorough: bool = False,
    ) -> None:
        self.plugins = Selection() if plugins is None else plugins
        self.own_fonts = tuple(fonts)
        self.sandbox = sandbox
        self.limits = limits or Limits()
        self.store = store
        self.is_thorough = is_thorough
        self._lock = threading.RLock()  # for objects that are made once for all jobs
        self._registry: Registry | None = None
        self._engine = engine
        self._fonts: FontCollection | None = None
        self._font_faults: tuple[Finding, ...] = ()
        self._composer: Composer | None = None

    @property
    def registry(self) -> Registry:
        """
        What all plugins offer; what is broken among them is in its ``faults``.

        Raises:
            PluginBroken: a plugin that the project requires is not there, or the project
                file cannot be read.
        """
        with self._lock:
            if self._registry is None:
                self._registry = self._gather_plugins()
            return self._registry

    def _gather_plugins(self) -> Registry:
        built_in = Plugin(
            "jianbao_tex",
            Builtin(assets.templates()),
            __version__,
            "built-in",
            Path(__file__).resolve().parent,
        )
        if isinstance(self.plugins, Selection):
            loaded = self.plugins.load(self.store)
            return gather(
                (built_in, *loaded.plugins),
                absences=loaded.absences,
                choices=loaded.choices,
                trace=self.plugins.trace,
            )
        return gather((built_in, *(Plugin.of(n, p) for n, p in self.plugins.items())))

    def reload(self) -> Press:
        """A press like this one that has read plugins and templates again."""
        plugins = self.plugins
        return Press(
            plugins=replace(plugins) if isinstance(plugins, Selection) else plugins,
            fonts=self.own_fonts,
            sandbox=self.sandbox,
            limits=self.limits,
            store=self.store,
            engine=self.engine,
            is_thorough=self.is_thorough,
        )

    @property
    def code_files(self) -> list[Path]:
        """The present files of plugins and templates, sorted."""
        homes: list[Path] = []
        with contextlib.suppress(PluginBroken):
            homes += [plugin.home for plugin in self.registry.plugins if plugin.home]
        if isinstance(self.plugins, Selection) and self.plugins.folder:
            homes += [self.plugins.folder / name for name in (PROJECT_FILE, "plugins")]
        return files_below((*homes, assets.templates()))

    @property
    def trace(self) -> Trace | None:
        """The calls of plugins, where they are to be noted."""
        return self.plugins.trace if isinstance(self.plugins, Selection) else None

    @property
    def plugin_faults(self) -> tuple[Finding, ...]:
        """The broken plugins and fonts of plugins as warnings; empty before the registry is used."""
        return in_order((*(self._registry.faults if self._registry else ()), *self._font_faults))

    @property
    def engine(self) -> Engine:
        """The typesetting engine of this machine."""
        with self._lock:
            if self._engine is None:
                self._engine = Engine(Tools.find(), self.sandbox, self.limits, self.store)
            return self._engine

    def renew_engine(self, *, says_fault: bool) -> Engine:
        """A new engine as `Engine.like_this`; raises `ToolMissing` where there is no TeX."""
        with self._lock:
            self._engine = self.engine.like_this(says_fault=says_fault)
            return self._engine

    @property
    def fonts(self) -> FontCollection:
        """The fonts that this machine has for each font role."""
        with self._lock:
            if self._fonts is None:
                self._fonts, self._font_faults = font_collection(
                    self.registry, self.own_fonts, self.engine.tools.locate, self.store
                )
            return self._fonts

    @property
    def composer(self) -> Composer:
        """The composer: it turns issues into TeX."""
        with self._lock:
            if self._composer is None:
                typeface, templates = self.fonts.typeface, assets.templates()
                self._composer = Composer(self.registry, templates, typeface, self.store)
            return self._composer

    def read(self, source: Source, handle: Handle | None = None) -> Issue:
        """The validated issue in a source, as the plugins prepared it."""
        return self._read(source, handle or Handle()).issue

    def _read(self, source: Source, handle: Handle) -> Prepared:
        with self.registry.calls.naming_plugin(), handle.record.stage("read"):
            issue = read(source, self.registry, handle.check)
            handle.check()
            return self.registry.prepare(issue, handle)

    def input_files(self, source: Source) -> tuple[str, ...]:
        """
        The files on the disk that an issue is made from: its own, its series', its pictures, and
        those that figures of outputs name.
        """
        if source.folder is None:
            return ()
        issue = self.read(source)
        issue_files = [source.name_from_folder(name) for name in issue.files]
        names = [
            *issue_files,
            *(name for _, name in issue.pictures),
            *figure_files(issue, self.registry.settings.values(), source.beside),
        ]
        from_disk = (name for name in names if not source.beside.is_given(name))
        return tuple(str(source.folder / name) for name in from_disk)

    def compose(self, source: Source, handle: Handle | None = None) -> Composed:
        """
        The TeX of the issue in a source.

        Raises:
            IssueInvalid, LayoutBroken, PluginBroken, ToolMissing: see their families.
            PreflightFailed: a check of the data or of the TeX refused the issue.
        """
        composed = self._compose(source, handle or Handle())
        refuse_errors(self.registry, (), composed.findings)
        return composed

    def _compose(self, source: Source, handle: Handle) -> Composed:
        """The TeX of the issue in a source, with all that the checks of data and TeX found."""
        prepared = self._read(source, handle)
        issue = prepared.issue
        before = functools.cache(lambda: previous(source, issue, self.registry))
        chosen = self.registry.values_for(issue)
        subject = IssueSubject(issue=issue, before=before, settings=chosen)
        with self._naming_plugins():
            findings = inspect(self.registry, IssueCheck, subject, handle)
            with handle.record.stage("compose"):
                composition = self.composer.compose(issue, source.beside, handle.check)
            sources = self.registry.artifact_sources(composition.tree)
            layout, faces = composition.layout, composition.faces
            composed = subject.with_tex(layout, faces, composition.tree, sources)
            findings += inspect(self.registry, TexCheck, composed, handle)
            findings = in_order((*prepared.findings, *findings, *composition.notes))
        return Composed(
            subject=composed,
            settings=composition.settings,
            findings=findings,
            source=source,
            changes=prepared.changes,
            pictures=composition.pictures,
            plugin_fonts=composition.fonts,
            homes={plugin.name: plugin.home for plugin in self.registry.plugins if plugin.home},
        )

    def press(
        self, source: Source, outputs: Sequence[str] = ("pdf",), handle: Handle | None = None
    ) -> PressResult:
        """
        The issue in a source as finished files, those of each output, in that order.

        An output that cannot be made does not stop the others: `PressResult.refused` names it.  Of
        an issue that the checks refuse only those outputs can be made that take it.

        Raises:
            JianbaoError: any family; then there is no file at all.
            KeyError: an output that the registry does not know.
        """
        composed = self._compose(source, handle := handle or Handle())
        refuse_errors(self.registry, outputs, composed.findings)
        subject, findings = self._typeset(composed, handle, is_thorough=self.is_thorough)
        refuse_errors(self.registry, outputs, findings)
        return self._make_files(composed, subject, findings, outputs, handle)

    def _make_files(
        self,
        composed: Composed,
        subject: MasterSubject,
        findings: tuple[Finding, ...],
        outputs: Sequence[str],
        handle: Handle,
    ) -> PressResult:
        """The files that the outputs make from a typeset issue, checked."""
        reader = FileReader(
            composed.issue, composed.source.beside, composed.settings, self.engine.tools.locate
        )
        origin = composed.provenance
        files = (*composed.tree.used, *(str(font.path) for font in composed.fonts))
        plugins = plugin_uses(self.registry, files, outputs, composed.changes)
        job = Job(
            id=job_id(composed.source, outputs),
            name=PurePath(portable_name(composed.source.name)).stem,
            settings=composed.settings,
            sources=origin.texts,
            inputs=origin.portable,
            tools={"jianbao_tex": __version__, **subject.master.tools},
            findings=tuple(map(portable_finding, findings)),
            plugins=plugins,
            file=reader.file,
            report=lambda: report(subject).as_json(),
            check_cancelled=handle.check,
        )
        with self._naming_plugins(composed.tree.used), handle.record.stage("outputs"):
            own_subject, faults = subject.with_job(job), errors_among(findings)
            handout = make_outputs(self.registry, outputs, own_subject, reader, handle, faults)
        output_findings = handout.findings
        if handout.refused:
            suspects = composed.tree.suspects_of(errors_among(output_findings))
            output_findings = self.registry.add_owners(output_findings, suspects)
        return PressResult(
            artifacts=handout.artifacts,
            refused=handout.refused,
            findings=in_order((*findings, *output_findings)),
            pages=subject.master.pages,
            sources=(*origin.files, *reader.read),
            opened=handle.opened.present,
            inputs={**origin.inputs, **reader.digests},
            tools=job.tools,
            absent=(*reader.absent, *handle.opened.absent),
            measured=subject.measured,
            tex_files=subject.master.tex_files,
            plugins=plugins,
            settings=subject.settings,
            is_lasting=not handle.opened.asks_more,
        )

    def apply_fixes(
        self, data: bytes, source: Source, findings: Sequence[Finding]
    ) -> tuple[bytes, tuple[Finding, ...]]:
        """The bytes of a source with all possible fixes applied, and the fixed findings."""
        with self.registry.calls.naming_plugin():
            return fixed_bytes(data, source, findings, self.registry)

    def prove(
        self, composed: Composed, outputs: Sequence[str] = (), handle: Handle | None = None
    ) -> Proof:
        """
        The measured master of a composed issue, and the checked output files.

        Raises:
            JianbaoError: they cannot be made.  What checks find is in the proof.
        """
        subject, findings = self._typeset(composed, handle := handle or Handle(), is_thorough=True)
        artifacts: tuple[Artifact, ...] = ()
        refused: tuple[RefusedOutput, ...] = ()
        if outputs and not errors_among(findings):
            result = self._make_files(composed, subject, findings, outputs, handle)
            artifacts, refused, findings = result.artifacts, result.refused, result.findings
        return Proof(
            pdf=subject.master.pdf,
            measured=subject.measured,
            report=report(subject),
            findings=findings,
            sources=subject.issue.files,
            artifacts=artifacts,
            refused=refused,
        )

    def _typeset(
        self, composed: Composed, handle: Handle, *, is_thorough: bool
    ) -> tuple[MasterSubject, tuple[Finding, ...]]:
        """The typeset issue with all that the checks of every stage found."""
        demand_fence(self.registry, self.engine, used := composed.tree.used)
        with self._naming_plugins(used), handle.record.stage("typeset"):
            draft = self.engine.typeset(composed.tree, load_readers, handle)
        handle.check()
        with handle.record.stage("measure"):
            master = finish(draft, composed.tree, composed.fonts)
            subject = composed.subject.with_master(
                master, measure_master(master, composed.tree, handle.check)
            )
            if master.twins:
                # Seldom: the issue has two characters that share a glyph.
                from jianbao_tex.recoding import with_own_codes

                subject = with_own_codes(subject, handle.check)
        with self._naming_plugins(used):
            findings = inspect(self.registry, MasterCheck, subject, handle, is_thorough=is_thorough)
        if errors := errors_among(findings):
            findings = self.registry.add_owners(findings, composed.tree.suspects_of(errors))
        return subject, in_order((*composed.findings, *findings))

    @contextlib.contextmanager
    def _naming_plugins(self, used: Iterable[str] = ()) -> Iterator[None]:
        """
        Adds the plugin's name to errors in a file or in code of a plugin.

        ``used`` are the files that TeX reads: it may report the fault of one at another.
        """
        try:
            with self.registry.calls.naming_plugin():
                yield
        except JianbaoError as error:
            # A program or a file that is missing is no fault of a template.
            may_be_tex = isinstance(error, TypesettingFailed | LimitReached | PreflightFailed)
            findings = self.registry.add_owners(error.findings, used if may_be_tex else ())
            if len(findings) > len(error.findings):
                raise type(error)(findings) from error
            raise


__all__ = ["Composed", "Handle", "Press", "PressResult", "Proof", "Source"]
