"""A project for tests: a folder, the plugins it is to have, and what its issues come to."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from jianbao_tex.children import Sandbox, sandbox_works
from jianbao_tex.errors import JianbaoError, ToolMissing
from jianbao_tex.findings import Finding
from jianbao_tex.issue import Issue
from jianbao_tex.master import Artifact, TexTree
from jianbao_tex.measure import measure
from jianbao_tex.plugins import Trust
from jianbao_tex.plugins.local import find_runnable_plugin
from jianbao_tex.plugins.selection import load_one
from jianbao_tex.press import Press, Source
from jianbao_tex.registry import Plugin, Registry
from jianbao_tex.typesetter import Tools


def plugin_at(path: Path) -> Plugin:
    """
    The plugin in a folder or a file, trusted and loaded, installed or not.

    Raises:
        PluginBroken: it cannot be used.
        LookupError: there is no plugin.
    """
    candidate = find_runnable_plugin(path, Trust(), trust_all=True)
    if candidate is None:
        raise LookupError(path)
    return load_one(candidate)


@functools.cache
def usual_sandbox() -> Sandbox:
    """
    The sandbox mode of tests: required if a sandbox works on this machine.

    A container in which no sandbox works is no fault of the plugin that is tried there.
    """
    try:
        bwrap = Tools.find().bwrap
    except ToolMissing:
        return Sandbox.OFF
    return Sandbox.REQUIRED if bwrap and sandbox_works(bwrap) else Sandbox.OFF


@dataclass(frozen=True)
class Build:
    """
    The result of building an issue.

    ``exit_code`` is that of the command; ``findings`` are all, errors too.  What was not
    reached is empty: ``tex`` and ``origins`` where the issue was refused, ``pdf`` where none
    was made.
    """

    findings: tuple[Finding, ...]
    exit_code: int = 0
    issue: Issue | None = None
    tree: TexTree | None = None
    artifacts: tuple[Artifact, ...] = ()

    @property
    def codes(self) -> list[str]:
        """The codes of the findings, in their order."""
        return [finding.code for finding in self.findings]

    @property
    def tex(self) -> str:
        """The main file."""
        return self.tree.files[self.tree.main].decode("utf-8") if self.tree else ""

    @property
    def body(self) -> str:
        """The main file between the beginning and the end of the document."""
        return self.tex.partition("\\begin{document}\n")[2].partition("\\end{document}")[0]

    @property
    def pdf(self) -> bytes:
        """The PDF."""
        return next((a.data for a in self.artifacts if a.media_type == "application/pdf"), b"")

    @cached_property
    def page_texts(self) -> tuple[str, ...]:
        """The text of each page as it is printed, white space left out."""
        if not self.pdf:
            return ()
        pages = measure(self.pdf).pages
        return tuple("".join("".join(g.text for g in page.glyphs).split()) for page in pages)

    def origin_of(self, fragment: str) -> tuple[str, int, str, int]:
        """
        File and line of the template that printed a fragment of the TeX, file and line of the
        YAML whose text stands there; '' and 0 for TeX of the template alone.

        Raises:
            LookupError: the fragment is not in the TeX.
        """
        assert self.tree is not None
        for number, line in enumerate(self.tex.split("\n"), 1):
            column = line.find(fragment) + 1
            if not column:
                continue
            for origin in self.tree.origins:
                if origin.line == number and origin.column <= column < origin.end_column:
                    where = self.tree.where(origin) if origin.place else None
                    yaml = (Path(where.file).name, where.line) if where else ("", 0)
                    return Path(origin.template.file).name, origin.template.line, *yaml
        raise LookupError(fragment)


@dataclass
class Project:
    """
    A folder with issues, and a press with nothing but the given plugins.

    Args:
        folder: where files are written and pictures are looked for.
        plugins: paths of plugins, or objects with hooks by name.
        sandbox: whether TeX must be shut in.
    """

    folder: Path
    plugins: Sequence[Path] | Mapping[str, object] = field(default_factory=tuple)
    sandbox: Sandbox = field(default_factory=usual_sandbox)

    @cached_property
    def press(self) -> Press:
        """A press with a fresh registry, without the installed plugins."""
        if isinstance(self.plugins, Mapping):
            plugins = [Plugin.of(name, hooks) for name, hooks in self.plugins.items()]
        else:
            plugins = [plugin_at(Path(path)) for path in self.plugins]
        return Press(plugins={plugin.name: plugin for plugin in plugins}, sandbox=self.sandbox)

    @property
    def registry(self) -> Registry:
        """What the plugins offer."""
        return self.press.registry

    def write(self, name: str, content: str | bytes) -> Path:
        """A file of the project with some content."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    def check(self, text: str, name: str = "issue.yaml") -> Build:
        """An issue, composed and checked without TeX."""
        try:
            composed = self.press.compose(self._source(text, name))
        except JianbaoError as error:
            return Build(error.findings, error.exit_code)
        return Build(composed.findings, 0, composed.issue, composed.tree)

    def build(
        self, text: str, name: str = "issue.yaml", outputs: Sequence[str] = ("pdf",)
    ) -> Build:
        """An issue, built."""
        checked = self.check(text, name)
        if checked.exit_code:
            return checked
        try:
            pressing = self.press.press(self._source(text, name), outputs)
        except JianbaoError as error:
            return Build(error.findings, error.exit_code, checked.issue, checked.tree)
        code = pressing.exit_code
        return Build(pressing.findings, code, checked.issue, checked.tree, pressing.artifacts)

    def _source(self, text: str, name: str) -> Source:
        return Source.from_bytes(text.encode("utf-8"), name, self.folder)
