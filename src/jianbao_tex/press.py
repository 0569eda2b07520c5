"""The order of the steps for one issue, and nothing else: the library's front door."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from jianbao_tex import __version__, assets
from jianbao_tex.builtin import Builtin
from jianbao_tex.composer import Composer
from jianbao_tex.errors import JianbaoError, PluginBroken, PreflightFailed
from jianbao_tex.findings import Finding, errors_among, in_order
from jianbao_tex.finisher import finish
from jianbao_tex.fonts import FontShelf, Typeface
from jianbao_tex.handout import Shelf, handed_out
from jianbao_tex.hooks import Figure, Job, Subject
from jianbao_tex.issue import Issue
from jianbao_tex.layout import Layout
from jianbao_tex.master import Artifact, TexTree
from jianbao_tex.plugins import PROJECT_FILE, Selection
from jianbao_tex.preflight import Report, inspect, report
from jianbao_tex.reader import Source, mended, previous, read
from jianbao_tex.registry import Plugin, Registry, Trace, gather
from jianbao_tex.store import Store, digest_of, files_below
from jianbao_tex.typesetter import Engine, Limits, Sandbox, Tools


@dataclass(frozen=True)
class Pressing:
    """
    What one issue came to: files to hand out, and findings that did not stop it.

    ``sources`` names the files that were read; none of them is to be written over.  ``inputs``
    are the SHA-256 of all that decides the bytes, by name, ``tools`` the programs by version;
    ``absent`` are files that would have been read had they been there.
    """

    artifacts: tuple[Artifact, ...]
    findings: tuple[Finding, ...]
    pages: int
    sources: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Composed:
    """
    An issue, its TeX, the figures of layout and outputs with the issue's options and the
    typeface of each role, checked as far as that goes without a PDF.
    """

    issue: Issue
    tree: TexTree
    layout: Layout
    settings: Mapping[str, Figure]
    faces: Mapping[str, Typeface]
    findings: tuple[Finding, ...]
    source: Source
    before: Callable[[], Issue | None] = lambda: None
    read: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proof:
    """
    A measured master: what it shows, every finding on the way, errors too, and the files that
    were made of it, where it has no errors.
    """

    pdf: bytes
    report: Report
    findings: tuple[Finding, ...]
    sources: tuple[str, ...] = ()
    artifacts: tuple[Artifact, ...] = ()


class Press:
    """
    Presses issues, one after another, with the same plugins, fonts and engine.

    Args:
        plugins: what to look for beside the built-in plugin (a `Selection`), or plugins by
            name, which may be any object with hooks; those installed unless given.
        fonts: folders with a user's own font files, searched first.
        sandbox: whether TeX must be shut in; ``required`` where the data is not trusted.
        limits: what one issue may use.
        store: where to keep what can be used again; nothing is kept without one.
        engine: what sets the issues; made from the others unless given.
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
    ) -> None:
        self.plugins = Selection() if plugins is None else plugins
        self.own_fonts = tuple(fonts)
        self.sandbox = sandbox
        self.limits = limits or Limits()
        self.store = store
        self._engine = engine

    @functools.cached_property
    def registry(self) -> Registry:
        """
        What all plugins offer; what is broken among them is in its ``faults``.

        Raises:
            PluginBroken: a plugin that the project requires is not there, or the project
                file cannot be read.
        """
        built_in = Plugin(
            "jianbao_tex",
            Builtin(assets.templates()),
            __version__,
            "built-in",
            Path(__file__).resolve().parent,
        )
        if isinstance(self.plugins, Selection):
            loaded = self.plugins.load()
            return gather(
                (built_in, *loaded.plugins),
                absences=loaded.absences,
                choices=loaded.choices,
                trace=self.plugins.trace,
            )
        return gather((built_in, *(as_plugin(n, p) for n, p in self.plugins.items())))

    def renewed(self) -> Press:
        """A press like this one that has read plugins and templates again."""
        selection = self.plugins
        if isinstance(selection, Selection):
            selection = replace(selection)
        return Press(
            plugins=selection,
            fonts=self.own_fonts,
            sandbox=self.sandbox,
            limits=self.limits,
            store=self.store,
            engine=self.engine,
        )

    @property
    def code(self) -> list[Path]:
        """The files of plugins and templates as they lie there now, sorted."""
        try:
            homes = [plugin.home for plugin in self.registry.plugins if plugin.home]
        except PluginBroken:
            homes = []
        if isinstance(self.plugins, Selection) and self.plugins.folder:
            homes += [self.plugins.folder / name for name in (PROJECT_FILE, "plugins")]
        return files_below((*homes, assets.templates()))

    @property
    def trace(self) -> Trace | None:
        """The calls of plugins, where they are to be noted."""
        return self.plugins.trace if isinstance(self.plugins, Selection) else None

    @property
    def plugin_faults(self) -> tuple[Finding, ...]:
        """What is broken among the plugins, as warnings, as far as any was asked for."""
        return self.registry.faults if "registry" in self.__dict__ else ()

    @functools.cached_property
    def engine(self) -> Engine:
        """The typesetting engine of this machine."""
        return self._engine or Engine(Tools.find(), self.sandbox, self.limits, self.store)

    @functools.cached_property
    def fonts(self) -> FontShelf:
        """The font roles as this machine can serve them."""
        manifest = (assets.fonts() / "fonts.toml").read_text(encoding="utf-8")
        folders = (*self.own_fonts, assets.fonts())
        return FontShelf(manifest, folders, self.engine.tools.locate, self.store)

    @functools.cached_property
    def _composer(self) -> Composer:
        return Composer(self.registry, assets.templates(), self.fonts.typeface, self.store)

    def read(self, source: Source) -> Issue:
        """The validated issue in a source, as the plugins prepared it."""
        with self.registry.calls.blaming():
            return self.registry.prepare(read(source, self.registry))

    def needed(self, source: Source) -> tuple[str, ...]:
        """The files that an issue is made from: its own, its series', its pictures."""
        issue = self.read(source)
        folder = source.folder or Path()
        return (*issue.files, *(str(folder / name) for _, name in issue.pictures))

    def compose(self, source: Source) -> Composed:
        """
        The TeX of the issue in a source.

        Raises:
            IssueInvalid, LayoutBroken, PluginBroken, ToolMissing: see their families.
            PreflightFailed: a check of the data or of the TeX refused the issue.
        """
        issue = self.read(source)

        def before() -> Issue | None:
            return previous(source, issue, self.registry)

        with self._naming_plugins():
            found = inspect(self.registry, "issue", Subject(issue, before=before))
            made = self._composer.compose(issue, source.folder)
            subject = Subject(issue, made.layout, made.faces, made.tree, before=before)
            found += inspect(self.registry, "tex", subject)
        read = (*issue.files, *(str(path) for path in made.pictures))
        return Composed(
            *(issue, made.tree, made.layout, made.settings, made.faces),
            *(_passed(found), source, before, read),
        )

    def press(self, source: Source, outputs: Sequence[str] = ("pdf",)) -> Pressing:
        """
        The issue in a source as finished files, one for each output, in that order.

        Raises:
            JianbaoError: any family; nothing is handed out then.
            KeyError: an output that the registry does not know.
        """
        made = self.compose(source)
        subject, found = self._typeset(made)
        _passed(found)
        return self._handed_out(made, subject, found, outputs)

    def _handed_out(
        self,
        made: Composed,
        subject: Subject,
        found: tuple[Finding, ...],
        outputs: Sequence[str],
    ) -> Pressing:
        """The files that the outputs make of a typeset issue, proved."""
        assert subject.master is not None
        folder = made.source.folder
        inputs = inputs_of(made)
        shelf = Shelf(made.issue, folder, made.settings, self.engine.tools.locate)
        job = Job(
            name=PurePath(made.source.name).stem,
            settings=made.settings,
            sources=_texts(made),
            inputs=_seen_from(folder, inputs),
            tools={"jianbao_tex": __version__, **subject.master.tools},
            findings=found,
            file=shelf.file,
            report=lambda: report(subject).as_json(),
        )
        with self._naming_plugins(made.tree.used):
            artifacts, told = handed_out(self.registry, outputs, subject.with_job(job), shelf)
        return Pressing(
            artifacts,
            in_order((*found, *told)),
            subject.master.pages,
            (*made.read, *shelf.read),
            inputs | shelf.digests,
            job.tools,
            tuple(shelf.absent),
        )

    def mended(
        self, data: bytes, source: Source, findings: Sequence[Finding]
    ) -> tuple[bytes, tuple[Finding, ...]]:
        """The bytes of a source's file with the findings mended that can be, and these."""
        with self.registry.calls.blaming():
            return mended(data, source, findings, self.registry)

    def prove(self, composed: Composed, outputs: Sequence[str] = ()) -> Proof:
        """
        The master of a composed issue, measured, and the outputs made of it, proved.

        Raises:
            JianbaoError: what keeps them from being made; what is wrong in a finished
                master is in the proof.
        """
        subject, found = self._typeset(composed)
        assert subject.master is not None
        artifacts: tuple[Artifact, ...] = ()
        if outputs and not errors_among(found):
            handed = self._handed_out(composed, subject, found, outputs)
            artifacts, found = handed.artifacts, handed.findings
        return Proof(subject.master.pdf, report(subject), found, subject.issue.files, artifacts)

    def _typeset(self, made: Composed) -> tuple[Subject, tuple[Finding, ...]]:
        """The typeset issue with all that the checks of every stage found."""
        used = made.tree.used
        with self._naming_plugins(used):
            draft = self.engine.typeset(made.tree, _load_readers)
        fonts = {font for face in made.faces.values() for font in (*face.chain, face.latin)}
        master = finish(draft, made.tree, sorted(fonts, key=lambda font: font.name))
        subject = Subject(
            made.issue, made.layout, made.faces, made.tree, master, before=made.before
        )
        with self._naming_plugins(used):
            found = inspect(self.registry, "master", subject)
        if errors_among(found):
            found = self.registry.belonging(found, used)
        return subject, in_order((*made.findings, *found))

    @contextlib.contextmanager
    def _naming_plugins(self, used: Iterable[str] = ()) -> Iterator[None]:
        """What fails in a file or in the code of a plugin names that plugin."""
        try:
            with self.registry.calls.blaming():
                yield
        except JianbaoError as wrong:
            found = self.registry.belonging(wrong.findings, used)
            if len(found) > len(wrong.findings):
                raise type(wrong)(found) from wrong
            raise


def inputs_of(made: Composed) -> dict[str, str]:
    """The SHA-256 of all that decides the bytes of an issue, by name, sorted."""
    root = assets.templates()
    found = {made.source.name: digest_of(made.source.text.encode("utf-8"))}
    for name in (*made.read, *made.tree.used):
        path = Path(name)
        if path.is_file():
            shown = path.relative_to(root) if path.is_relative_to(root) else path
            found[shown.as_posix()] = digest_of(path.read_bytes())
    for face in made.faces.values():
        found |= {font.file: font.digest for font in (*face.chain, face.latin)}
    found[made.tree.main] = digest_of(made.tree.files[made.tree.main])
    return dict(sorted(found.items()))


def _seen_from(folder: Path | None, inputs: Mapping[str, str]) -> dict[str, str]:
    """The inputs by names that are the same wherever the issue's folder lies."""
    home = (folder or Path()).resolve()
    found = {}
    for name, digest in inputs.items():
        path = Path(name).resolve()
        below = path.is_relative_to(home) and path.is_file()
        found[path.relative_to(home).as_posix() if below else name] = digest
    return dict(sorted(found.items()))


def _texts(made: Composed) -> dict[str, bytes]:
    """The texts that an issue was read from, by the names of their files, its own first."""
    found = {PurePath(made.source.name).name: made.source.text.encode("utf-8")}
    for name in made.issue.files:
        path = Path(name)
        if path.name not in found and path.is_file():
            found[path.name] = path.read_bytes()
    return found


def _load_readers() -> None:
    """What reads a PDF takes a twentieth of a second to load: time in which TeX works."""
    import pikepdf  # noqa: F401
    import pypdfium2  # noqa: F401


def as_plugin(name: str, hooks: object) -> Plugin:
    """An object with hooks as a plugin; a `Plugin` is one already."""
    if isinstance(hooks, Plugin):
        return hooks
    module = hooks if hasattr(hooks, "__file__") else sys.modules.get(type(hooks).__module__)
    is_own = type(hooks).__module__ not in {"types", "builtins"} or module is hooks
    file = getattr(module, "__file__", None) if is_own else None
    return Plugin(name, hooks, home=Path(file) if file else None)


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
