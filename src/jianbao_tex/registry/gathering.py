"""Plugins -> the registry: calls each hook, checks each record, and reports each fault once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from jianbao_tex.errors import LayoutBroken
from jianbao_tex.findings import Where, error
from jianbao_tex.hooks import FallbackFont, Layout, Output
from jianbao_tex.language import Phrase, say
from jianbao_tex.parts import Part
from jianbao_tex.registry.calls import Calls, failure
from jianbao_tex.registry.extending import TypeRecord, extend_all
from jianbao_tex.registry.hook_caller import AnyRecord, HookCaller, unfit
from jianbao_tex.registry.kinds import owned_kinds
from jianbao_tex.registry.plugin_assets import ASSETS, PluginAssets, assets_of, unusable
from jianbao_tex.registry.plugins import KIND_PHRASES, Absence, Choices, Plugin, RecordKind
from jianbao_tex.registry.preparing import Preparer
from jianbao_tex.registry.records import faults_of, model_faults
from jianbao_tex.registry.registry import Registry
from jianbao_tex.registry.settings import settings_of
from jianbao_tex.registry.trace import Trace
from jianbao_tex.registry.using import IssueRecords

_CLASH = error(
    "JB502",
    "{what} {name} comes from two plugins, {first} and {second}",
    'choose in jianbao.toml: [plugins.prefer.{kind}] {name} = "{choice}"; or switch one of the two '
    "off: jianbao plugins disable {choice}",
)
_EXTENDS = error(
    "JB216",
    "the layout cannot extend {base}",
    "name another layout, and let no two extend each other; known: {known}",
)

_MAX_DEPTH = 20
"""How many layouts may extend one another in a row."""


def gather(
    plugins: Sequence[Plugin],
    *,
    absences: Iterable[Absence] = (),
    choices: Choices | None = None,
    trace: Trace | None = None,
) -> Registry:
    """
    The registry of the given plugins; what is broken among them is an absence in it.

    Args:
        plugins: the built-in one among them.
        absences: the absences that are known before any hook is called.
        choices: what the project prefers.
        trace: where calls are noted.
    """
    gathering = _Gathering(plugins, absences, choices or Choices(), trace)
    return gathering.registry()


class _Gathering:
    """Gathers the records of plugins, once."""

    def __init__(
        self,
        plugins: Sequence[Plugin],
        absences: Iterable[Absence],
        choices: Choices,
        trace: Trace | None,
    ) -> None:
        self._plugins = plugins
        self._choices = choices
        self._absences = list(absences)
        self._owners: dict[tuple[RecordKind, str], Plugin] = {}
        self._calls = Calls(plugins, trace)
        self._hooks = HookCaller(plugins, choices.order, self._calls, self._absences)

    def registry(self) -> Registry:
        """The registry."""
        sections = self._choose_records("section_types", self._hooks.section_types())
        blocks = self._choose_records("blocks", self._hooks.blocks())
        records = IssueRecords(
            self._extend_types("section_types", sections),
            self._extend_types("blocks", blocks),
            self._extend_layouts(self._choose_records("layouts", self._hooks.layouts())),
        )
        kinds = owned_kinds(self._hooks.kinds(), self._choices.prefer, self._absences)
        outputs = self._drop_unfit_outputs(self._choose_records("outputs", self._hooks.outputs()))
        taken = {f.name for output in outputs.values() for f in output.figures}
        taken |= {name for layout in records.layouts.values() for name in layout.figures}
        settings = settings_of(
            self._hooks.settings(), self._choices.settings, taken, self._absences
        )
        preparer = Preparer(self._calls, self._hooks.prepare(), records, self._owners, settings)
        assets = self._assets()
        return Registry(
            plugins=tuple(self._plugins),
            records=records,
            checks=self._choose_records("checks", self._hooks.checks()),
            outputs=outputs,
            readers=self._choose_records("readers", self._hooks.readers()),
            deliveries=self._choose_records("deliveries", self._hooks.deliveries()),
            assets=assets,
            fonts=tuple(self._fonts(assets)),
            plugin_settings=settings,
            owners=MappingProxyType(self._owners),
            absences=tuple(self._absences),
            calls=self._calls,
            prepare=preparer,
            called=self._hooks.called,
            kinds=kinds,
        )

    def _assets(self) -> Mapping[str, PluginAssets]:
        assets: dict[str, PluginAssets] = {}
        for plugin in self._plugins:
            assets[plugin.name], faults = assets_of(plugin)
            self._absences += [Absence(fault, plugin.name) for fault in faults]
        return MappingProxyType(assets)

    def _fonts(self, assets: Mapping[str, PluginAssets]) -> Iterator[tuple[Plugin, FallbackFont]]:
        """The fonts of plugins that are among their assets."""
        for plugin, font in self._hooks.fonts():
            roles: object = font.roles
            file: object = font.file
            if not isinstance(file, Path) or file not in assets[plugin.name].fonts:
                reason = say("it is no font in its folder {folder}", folder=ASSETS)
            elif not isinstance(roles, tuple) or not all(isinstance(r, str) for r in roles):
                reason = say("its roles must be a tuple of names")
            else:
                yield plugin, font
                continue
            fault = unusable(plugin, Path(str(font.file)), reason)
            self._absences.append(Absence(fault, plugin.name))

    # --- Records of one kind --------------------------------------------------------------

    def _choose_records(
        self, kind: RecordKind, returned: Sequence[tuple[Plugin, AnyRecord]]
    ) -> Mapping[str, AnyRecord]:
        """The usable records of a kind, by name; a name of two plugins is left out."""
        claims: dict[str, list[tuple[Plugin, AnyRecord]]] = {}
        # The sort is stable: built-in records come first, the others stay in their order.
        for plugin, record in sorted(returned, key=lambda pair: pair[0].size != "built-in"):
            if not self._is_fit(plugin, kind, record):
                continue
            claimants = claims.setdefault(record.name, [])
            if any(owner is plugin for owner, _ in claimants):
                self._refuse(plugin, kind, record.name, say("it is returned twice"))
            else:
                claimants.append((plugin, record))
        owners = {name: self._choose_owner(kind, name, claims[name]) for name in sorted(claims)}
        chosen = {name: pair for name, pair in owners.items() if pair}
        if kind in {"section_types", "blocks"}:
            self._drop_shared_labels(kind, chosen)
        self._owners |= {(kind, name): plugin for name, (plugin, _) in chosen.items()}
        return MappingProxyType({name: record for name, (_, record) in chosen.items()})

    def _drop_shared_labels(
        self, kind: RecordKind, chosen: dict[str, tuple[Plugin, AnyRecord]]
    ) -> None:
        """Removes records whose label another record uses: an issue may write the label."""
        claims: dict[str, list[tuple[Plugin, AnyRecord]]] = {}
        built_in_first = sorted(chosen.items(), key=lambda item: item[1][0].size != "built-in")
        for name, pair in built_in_first:
            for word in {name, pair[1].label}:
                claims.setdefault(word, []).append(pair)
        for word, pairs in claims.items():
            owner = self._choose_owner(kind, word, pairs)
            for pair in pairs:
                if pair is not owner and pair[1] is not (owner and owner[1]):
                    chosen.pop(pair[1].name, None)

    def _choose_owner(
        self, kind: RecordKind, name: str, claims: Sequence[tuple[Plugin, AnyRecord]]
    ) -> tuple[Plugin, AnyRecord] | None:
        """
        The record of a name, and its owner.

        If two plugins use one name, neither gets it until the project chooses.  A plugin cannot
        replace a built-in record unless the project chooses so.
        """
        preferred = self._choices.prefer.get((kind, name))
        for plugin, record in claims:
            if plugin.name == preferred or len(claims) == 1:
                return plugin, record
        (first, record), (second, _) = claims[0], claims[-1]
        values = {"first": first.titled, "second": second.titled, "choice": second.name}
        fault = _CLASH.at(second.place, what=KIND_PHRASES[kind], name=name, kind=kind, **values)
        self._absences.append(Absence(fault, second.name, kind, name))
        return (first, record) if first.size == "built-in" else None

    def _is_fit(self, plugin: Plugin, kind: RecordKind, record: AnyRecord) -> bool:
        try:
            faults = list(faults_of(record, plugin))
            name = str(record.name)
        except KeyboardInterrupt:
            raise
        except BaseException as exc:  # noqa: BLE001 -- whatever a plugin raises is its own
            fault = failure(plugin, f"jianbao_{kind}", exc)
            self._absences.append(Absence(fault, plugin.name, kind))
            return False
        for reason in faults:
            self._refuse(plugin, kind, name, reason)
        return not faults

    def _refuse(self, plugin: Plugin, kind: RecordKind, name: str, reason: Phrase) -> None:
        self._absences.append(
            Absence(unfit(plugin, KIND_PHRASES[kind], name, reason), plugin.name, kind, name)
        )

    def _drop_unfit_outputs(self, outputs: Mapping[str, Output]) -> Mapping[str, Output]:
        """The outputs without those that read a setting that no output has."""
        fit = dict(outputs)
        while missing := self._missing_figure(fit):
            name, figure = missing
            names = [setting.name for output in fit.values() for setting in output.figures]
            close = difflib.get_close_matches(figure, names, n=1)
            guess = say(" (did you mean {name}?)", name=close[0]) if close else ""
            reason = say(
                "it reads the figure {figure}, which no output has{guess}",
                figure=figure,
                guess=guess,
            )
            self._refuse(self._owners.pop(("outputs", name)), "outputs", name, reason)
            # Its settings are gone too, so outputs that read them may fail next.
            del fit[name]
        return MappingProxyType(fit)

    @staticmethod
    def _missing_figure(outputs: Mapping[str, Output]) -> tuple[str, str] | None:
        """An output that reads a figure which there is not, and that figure."""
        names = {figure.name for output in outputs.values() for figure in output.figures}
        missing = (
            (name, figure)
            for name, output in outputs.items()
            for figure in output.reads
            if figure not in names
        )
        return next(missing, None)

    def _extend_types(
        self, kind: RecordKind, records: Mapping[str, TypeRecord]
    ) -> Mapping[str, TypeRecord]:
        """The section types or blocks, with the fields of those that they extend."""
        whole, reasons = extend_all(records)
        for name, record in whole.items():
            if record.extends and (reason := next(model_faults(record.model, Part), None)):
                reasons[name] = reason
        for name, reason in reasons.items():
            self._refuse(self._owners.pop((kind, name)), kind, name, reason)
        return MappingProxyType({n: record for n, record in whole.items() if n not in reasons})

    # --- Layouts ------------------------------------------------------------------------

    def _extend_layouts(self, layouts: Mapping[str, Layout]) -> Mapping[str, Layout]:
        """The layouts, each merged with the layout that it extends, without broken ones."""
        extended: dict[str, Layout] = {}

        def extend(name: str, above: tuple[str, ...]) -> Layout:
            layout = layouts[name]
            if name not in extended:
                is_circle = layout.extends in above or len(above) > _MAX_DEPTH
                if is_circle or layout.extends not in {"", *layouts}:
                    where = Where(str(layout.folder / "layout.toml"))
                    names = tuple(layouts)
                    raise LayoutBroken(_EXTENDS.at(where, base=layout.extends, known=names))
                base = extend(layout.extends, (*above, name)) if layout.extends else None
                extended[name] = layout.extending(base) if base else layout
            return extended[name]

        for name in layouts:
            try:
                extend(name, (name,))
            except LayoutBroken as exc:
                plugin = self._owners.pop(("layouts", name))
                self._absences += [
                    Absence(finding, plugin.name, "layouts", name) for finding in exc.findings
                ]
        return MappingProxyType(
            {
                name: replace(layout, original=extended.get(layout.copied))
                for name, layout in sorted(extended.items())
            }
        )
