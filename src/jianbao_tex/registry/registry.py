"""The registry: all section types, blocks, layouts, checks and outputs, with their plugins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jianbao_tex.findings import Finding, Where, error, in_order
from jianbao_tex.hooks import (
    BlockType,
    Check,
    Delivery,
    FallbackFont,
    Figure,
    Layout,
    Output,
    Reader,
    SectionType,
)
from jianbao_tex.issue import Issue
from jianbao_tex.language import Phrase, say
from jianbao_tex.master import TexTree
from jianbao_tex.pages import NO_TEXT
from jianbao_tex.registry.calls import Calls
from jianbao_tex.registry.kinds import PluginKinds
from jianbao_tex.registry.plugin_assets import PluginAssets
from jianbao_tex.registry.plugins import Absence, Plugin, RecordKind
from jianbao_tex.registry.preparing import Preparer
from jianbao_tex.registry.settings import values_for
from jianbao_tex.registry.using import IssueRecords
from jianbao_tex.subjects import ArtifactSource

_BELONGS = error(
    "JB507",
    "this file belongs to the plugin {plugin} and comes from {hook}",
    "report it to its authors; to run without it: jianbao plugins disable {name}",
)


@dataclass(frozen=True)
class Registry:
    """
    The records of all plugins, by name.

    ``owners`` has the plugin of each record, ``absences`` the missing records with the reason.
    ``calls`` calls code of a plugin.  ``prepare`` lets the plugins change an issue.  ``called``
    returns the plugins that implement a hook, in the order of the calls.  ``kinds`` are the kinds
    of findings of plugins.  ``plugin_settings`` are the settings of plugins by ``PLUGIN.NAME``, as
    the project chooses.  ``records`` are those that an issue may name.  ``assets`` are the pictures
    and fonts of each plugin, ``fonts`` those that serve characters in all issues.
    """

    plugins: tuple[Plugin, ...]
    records: IssueRecords
    checks: Mapping[str, Check[Any]]
    outputs: Mapping[str, Output]
    readers: Mapping[str, Reader]
    deliveries: Mapping[str, Delivery]
    assets: Mapping[str, PluginAssets]
    fonts: tuple[tuple[Plugin, FallbackFont], ...]
    owners: Mapping[tuple[RecordKind, str], Plugin]
    absences: tuple[Absence, ...]
    calls: Calls
    prepare: Preparer
    called: Callable[[str], tuple[Plugin, ...]]
    kinds: PluginKinds
    plugin_settings: Mapping[str, Figure]

    @property
    def section_types(self) -> Mapping[str, SectionType]:
        """The section types."""
        return self.records.section_types

    @property
    def blocks(self) -> Mapping[str, BlockType]:
        """The blocks."""
        return self.records.blocks

    @property
    def layouts(self) -> Mapping[str, Layout]:
        """The layouts."""
        return self.records.layouts

    def plugins_of(self, issue: Issue) -> tuple[Plugin, ...]:
        """The plugins whose layout, section types and blocks an issue uses, in their order."""
        used = self.records.used(issue)
        owners = {self.owners[key].name for key in used & self.owners.keys()}
        return tuple(plugin for plugin in self.plugins if plugin.name in owners)

    @property
    def faults(self) -> tuple[Finding, ...]:
        """The broken records of plugins, as warnings: only issues that use them fail."""
        broken = (absence.finding.as_warning for absence in self.absences if absence.broken)
        return in_order(broken)

    @cached_property
    def settings(self) -> Mapping[str, Figure]:
        """The figures of outputs and the settings of plugins, which an issue may choose."""
        figures = {f.name: f for output in self.outputs.values() for f in output.figures}
        return {**figures, **self.plugin_settings}

    def tex_packages(self, issue: Issue) -> Mapping[str, str]:
        """The Debian package of each file of TeX that the plugins of an issue need."""
        plugins = self.plugins_of(issue)
        return {file: package for plugin in plugins for file, package in plugin.tex.items()}

    def values_for(self, issue: Issue) -> Mapping[str, object]:
        """The values of the settings of plugins as an issue chooses."""
        return values_for(self.plugin_settings, issue)

    def why_missing(self, kind: RecordKind, name: str) -> tuple[Absence, ...]:
        """What may be the reason why there is no record of a name."""
        absences = [absence for absence in self.absences if absence.explains(kind, name)]
        # If one has exactly this name, ignore the others.
        exact = [absence for absence in absences if absence.name == name]
        return tuple(exact or absences)

    def named(self, kind: RecordKind, label: str) -> str:
        """The name of the record that has a label; the label itself for none."""
        records: Mapping[str, SectionType | BlockType] = (
            self.section_types if kind == "section_types" else self.blocks
        )
        return next((r.name for r in records.values() if r.label == label), label)

    def add_owners(
        self, findings: tuple[Finding, ...], used: Iterable[str] = ()
    ) -> tuple[Finding, ...]:
        """
        The findings, and one more for the plugin that owns each file in them.

        If no file belongs to a plugin, all plugins with ``used`` files are added, because TeX may
        report the wrong file.
        """
        warnings: dict[str, Finding] = {}
        for finding in findings:
            for where in (finding.where, *finding.also):
                owner = self._department_of(where.file)
                if owner and owner.name not in dict(finding.values).values():
                    place = Where(where.file, where.line, where.column)
                    warnings.setdefault(owner.name, self._ownership(owner, place))
        for file in () if warnings else sorted(set(used)):
            if owner := self._department_of(file):
                warnings.setdefault(owner.name, self._ownership(owner, Where(file)))
        return in_order((*findings, *warnings.values()))

    def artifact_sources(self, tree: TexTree) -> tuple[ArtifactSource, ...]:
        """
        The plugins of which the tree has a file that marks words as no text of the issue.

        If none has such a file, all plugins with files in the tree: the marks may be made of parts.
        """
        files: dict[str, str] = {}
        every: dict[str, str] = {}
        for file, text in _used_texts(tree):
            if owner := self._department_of(file):
                every.setdefault(owner.name, file)
                if any(mark in text for mark in NO_TEXT):
                    files.setdefault(owner.name, file)
        declared = {
            owner.name
            for (kind, name), owner in self.owners.items()
            if getattr(getattr(self, kind)[name], "artifacts", False)
        }
        plugins = {plugin.name: plugin.titled for plugin in self.plugins}
        return tuple(
            ArtifactSource(plugins[name], file, name in declared)
            for name, file in sorted((files or every).items())
        )

    def department_among(self, used: Iterable[str]) -> Plugin | None:
        """A plugin, not the built-in one, to which one of the files belongs."""
        return next(filter(None, map(self._department_of, sorted(used))), None)

    def _department_of(self, file: str) -> Plugin | None:
        """The plugin that a file belongs to, unless it is the built-in one."""
        owner = self.calls.owner_of(file)
        return owner if owner and owner.size != "built-in" else None

    def _ownership(self, owner: Plugin, where: Where) -> Finding:
        hook = self._hook_of(owner, Path(where.file))
        values = {"plugin": owner.titled, "name": owner.name, "hook": hook}
        return _BELONGS.at(where, **values).as_warning

    def _hook_of(self, owner: Plugin, file: Path) -> str | Phrase:
        """
        The hook through which a file came: that of the record whose template it is, or beside
        whose template it lies.
        """
        if file.suffix == ".py":
            return say("its Python code")
        homes: dict[Path, str] = {}
        for (kind, name), plugin in self.owners.items():
            if plugin is owner:
                for path in _files(self, kind, name):
                    homes |= {path: f"jianbao_{kind}", path.parent: f"jianbao_{kind}"}
        known = (homes[path] for path in (file, *file.parents) if path in homes)
        return next(known, "jianbao_layouts")


def _used_texts(tree: TexTree) -> Iterator[tuple[str, str]]:
    """The styles of a tree, and its templates with the lines that they printed."""
    for name, path in tree.sources.items():
        yield path, tree.files.get(name, b"").decode("utf-8", "replace")
    lines = tree.lines(tree.main)
    for origin in tree.origins:
        yield origin.template.file, lines[origin.line - 1]


def _files(registry: Registry, kind: RecordKind, name: str) -> tuple[Path, ...]:
    """The files of a record; of a layout its folder."""
    record: Any = getattr(registry, kind)[name]
    if kind in {"section_types", "blocks"}:
        return (record.template, *record.styles)
    return (record.folder,) if kind == "layouts" else ()
