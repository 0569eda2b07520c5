"""Whether a plugin keeps the rules: names, records, templates, examples, the same every time."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from jianbao_tex.composer.lint import lint
from jianbao_tex.errors import JianbaoError
from jianbao_tex.findings import (
    Finding,
    Kind,
    Where,
    error,
    errors_among,
    faults_among,
    in_order,
    warning,
)
from jianbao_tex.foreign_files import read_file
from jianbao_tex.language import say
from jianbao_tex.plugins import Trust
from jianbao_tex.plugins.local import find_runnable_plugin
from jianbao_tex.plugins.requirements import required_by
from jianbao_tex.plugins.selection import load_one
from jianbao_tex.reader.samples import PICTURE, sample_of
from jianbao_tex.registry import Plugin
from jianbao_tex.registry.calls import line_of
from jianbao_tex.registry.plugins import KINDS
from jianbao_tex.testing.golden import difference
from jianbao_tex.testing.project import Build, Project

_NONE = error(
    "JB530",
    "there is no plugin here",
    "name a folder with plugin.toml or pyproject.toml, or a file of Python",
)
_TEMPLATE = error("JB531", "the template breaks a rule: {reason}", "see docs/plugins.md")
_EXAMPLE = error(
    "JB532",
    "the example of {what} does not build",
    "give its fields examples that are right; the findings beside this one say what is wrong",
)
_VARIES = error(
    "JB533",
    "the example of {what} gives another result {when}",
    "do not use time, random numbers, the order of sets or earlier results",
)
_SLOW = warning(
    "JB534",
    "the import takes more than {most} ms of processor time",
    "import large modules inside the functions that use them",
)
_DIFFERS = error(
    "JB535",
    "the TeX of {case} differs from {expected}",
    "read the difference (--verbose); if it is right: jianbao plugins check --accept",
)
_NOTHING = warning(
    "JB536", "the plugin {plugin} adds nothing", "return records from a hook: docs/hooks.md"
)
_CODE = error(
    "JB537",
    "the code {code} begins as those of the package do",
    "begin the codes of a plugin with a prefix of its own",
)

MOST_IMPORT_MS = 150
TESTS = "tests"
_THREADS, _ROUNDS = 4, 3


def conformance(path: Path, folder: Path, *, accept: bool = False) -> tuple[Finding, ...]:
    """
    Findings about the plugin at a path; the plugin is trusted and run.

    Every example, and every issue under the plugin's ``tests/``, is built in ``folder``; the
    TeX of an issue there is compared with the file ``….tex`` beside it, which ``accept``
    writes.  The plugins that it requires are loaded, too, if they are installed or are folders
    beside it.
    """
    candidate = find_runnable_plugin(path, Trust(), trust_all=True)
    if candidate is None:
        return (_NONE.at(Where(str(path))),)
    faults: list[Finding] = []
    try:
        needed = [load_one(plugin) for plugin in required_by(candidate)]
        # Not by the clock: other work of the machine is no fault of the plugin.
        start = time.process_time()
        plugin = load_one(candidate)
    except JianbaoError as exc:
        return exc.findings
    milliseconds = (time.process_time() - start) * 1000
    if milliseconds > MOST_IMPORT_MS:
        faults.append(_SLOW.at(Where(str(path)), most=MOST_IMPORT_MS))
    faults += _Examiner(plugin, needed, path, folder, accept=accept).faults()
    return in_order(faults)


class _Examiner:
    """Examines one plugin in one folder."""

    def __init__(
        self, plugin: Plugin, needed: Sequence[Plugin], path: Path, folder: Path, *, accept: bool
    ) -> None:
        self._plugin = plugin
        self._plugins = {other.name: other for other in (*needed, plugin)}
        self._path = path
        self._folder = folder
        self._accept = accept
        self._project = self._new_project()

    def _new_project(self) -> Project:
        return Project(self._folder, self._plugins)

    def _own_records(self, kind: str) -> list[str]:
        owners = self._project.registry.owners
        return [name for (k, name), owner in owners.items() if k == kind and owner is self._plugin]

    def faults(self) -> Iterator[Finding]:
        """All that is wrong."""
        registry = self._project.registry
        yield from (absence.finding for absence in registry.absences)
        has_fonts = any(plugin.name == self._plugin.name for plugin, _ in registry.fonts)
        adds = any(map(self._own_records, KINDS)) or has_fonts
        if not adds and not registry.prepare.functions:
            yield _NOTHING.at(Where(str(self._path)), plugin=self._plugin.name)
        yield from self._codes()
        yield from self._templates()
        for name, text in self._samples():
            yield from self._example(name, text)
        yield from self._cases()

    def _codes(self) -> Iterator[Finding]:
        kinds: dict[str, Kind] = {}
        # A copy: a lazy module may import others when it is asked for its file.
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None) or ""
            if module is self._plugin.hooks or (file and self._plugin.owns(file)):
                values = (value for value in vars(module).values() if isinstance(value, Kind))
                kinds |= {kind.code: kind for kind in values}
        for code in sorted(code for code in kinds if code.startswith("JB")):
            yield _CODE.at(Where(str(self._plugin.home)), code=code)

    def _templates(self) -> Iterator[Finding]:
        home = self._plugin.home
        templates = sorted(home.rglob("*.jinja")) if home and home.is_dir() else []
        for path in templates:
            for line, reason in lint(read_file(path).decode("utf-8", "replace")):
                yield _TEMPLATE.at(line_of(str(path), line), reason=reason)

    # --- Examples ---------------------------------------------------------------------------

    def _samples(self) -> Iterator[tuple[str, str]]:
        registry = self._project.registry
        for name in self._own_records("section_types"):
            yield name, sample_of(registry, [name])
        for name in self._own_records("blocks"):
            yield name, sample_of(registry, [], blocks=[name])
        for name in self._own_records("layouts"):
            yield name, sample_of(registry, ["articles"], layout=name)
        if not any(map(self._own_records, ("section_types", "blocks", "layouts"))):
            yield self._plugin.name, sample_of(registry)

    def _example(self, name: str, text: str) -> Iterator[Finding]:
        where = Where(str(self._path))
        self._project.write(PICTURE, _picture())
        outputs = ("pdf", *self._own_records("outputs"))
        first = self._project.build(text, "example.yaml", outputs)
        yield from faults_among(first.findings)
        if errors_among(first.findings):
            yield _EXAMPLE.at(where, what=name)
            return
        second = self._new_project().build(text, "example.yaml", outputs)
        if _results(first) != _results(second):
            yield _VARIES.at(where, what=name, when=say("on a second run"))
        if self._differs_in_parallel(text, first.tex):
            yield _VARIES.at(where, what=name, when=say("when several are made at once"))

    def _differs_in_parallel(self, text: str, expected: str) -> bool:
        with ThreadPoolExecutor(_THREADS) as pool:
            runs = [
                pool.submit(self._project.check, text, "example.yaml")
                for _ in range(_THREADS * _ROUNDS)
            ]
            return any(run.result().tex != expected for run in runs)

    # --- The plugin's own issues --------------------------------------------------------------

    def _cases(self) -> Iterator[Finding]:
        folder = self._path / TESTS if self._path.is_dir() else self._path.parent / TESTS
        for case in sorted(folder.glob("*.yaml")):
            project = Project(folder, self._plugins)
            name = str(case)
            build = project.build(read_file(case).decode("utf-8"), name)
            yield from faults_among(build.findings)
            expected = case.with_suffix(".tex")
            if self._accept and build.body:
                expected.write_text(build.body, encoding="utf-8")
            elif expected.is_file():
                text = read_file(expected).decode("utf-8")
                if text != build.body:
                    values = {"case": case.name, "expected": expected.name}
                    fault = _DIFFERS.at(Where(str(expected)), **values)
                    diff = difference(text, build.body, expected.name)
                    yield replace(fault, raw=diff)


def _results(build: Build) -> Sequence[object]:
    return (build.tex, *(artifact.data for artifact in build.artifacts))


def _picture() -> bytes:
    """A small grey picture, for fields that must have one."""
    from PIL import Image

    data = io.BytesIO()
    Image.new("L", (400, 300), 192).save(data, "PNG")
    return data.getvalue()
