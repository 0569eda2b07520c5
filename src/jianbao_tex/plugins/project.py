"""The project: its folder, its ``jianbao.toml``, and what it chooses among plugins."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jianbao_tex.errors import PluginBroken, reason_of
from jianbao_tex.findings import Finding, error
from jianbao_tex.language import Phrase, say
from jianbao_tex.places import toml_fault, whole_line
from jianbao_tex.registry import Choices
from jianbao_tex.registry.plugins import KINDS

PROJECT_FILE = "jianbao.toml"
FOLDER = "plugins"

_UNREADABLE = error("JB519", "the project file cannot be used: {reason}", "correct jianbao.toml")
_LISTS = ("disable", "order", "required")


def folder_of(start: Path) -> Path:
    """
    The project that a folder belongs to.

    The folder itself or its nearest parent with a ``jianbao.toml``; the folder itself if none has.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    return start


@dataclass(frozen=True)
class Project:
    """A folder with issues, and the plugin settings of its project file."""

    folder: Path
    disabled: frozenset[str] = frozenset()
    choices: Choices = field(default_factory=Choices)

    @property
    def plugins(self) -> Path:
        """The folder of the project's own plugins."""
        return self.folder / FOLDER

    @property
    def file(self) -> Path:
        """The project file; it may not exist."""
        return self.folder / PROJECT_FILE

    @classmethod
    def of(cls, folder: Path) -> Project:
        """
        The project in a folder.

        Raises:
            PluginBroken: its project file cannot be read, or has wrong keys or values.
        """
        file = folder / PROJECT_FILE
        if not file.is_file():
            return cls(folder)
        return _Reader(file).project()


class _Reader:
    """Reads a project file and reports all its faults together."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._faults: list[Finding] = []

    @cached_property
    def _text(self) -> str:
        try:
            return self._file.read_text(encoding="utf-8-sig")
        except OSError as wrong:
            raise PluginBroken(self._fault(reason_of(wrong))) from wrong
        except UnicodeDecodeError as wrong:
            raise PluginBroken(self._fault(say("it is not UTF-8"))) from wrong

    def project(self) -> Project:
        """The project."""
        try:
            data = tomllib.loads(self._text)
        except (ValueError, RecursionError) as wrong:
            reason, where = toml_fault(str(self._file), self._text, wrong)
            raise PluginBroken(_UNREADABLE.at(where, reason=reason)) from wrong
        for key in data.keys() - {"plugins"}:
            self._unknown(key, ("plugins",))
        said = data.get("plugins", {})
        if not isinstance(said, dict):
            self._wrong("plugins", say("a table of TOML"))
            said = {}
        for key in said.keys() - {*_LISTS, "prefer"}:
            self._unknown(key, (*_LISTS, "prefer"))
        lists = {key: self._names(key, said.get(key, [])) for key in _LISTS}
        prefer = self._preferences(said.get("prefer", {}))
        if self._faults:
            raise PluginBroken(self._faults)
        choices = Choices(lists["order"], prefer, lists["required"])
        return Project(self._file.parent, frozenset(lists["disable"]), choices)

    def _names(self, key: str, value: Any) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(name, str) for name in value):
            return tuple(value)
        self._wrong(key, say("a list of names of plugins"))
        return ()

    def _preferences(self, tables: Any) -> Mapping[tuple[str, str], str]:
        if not isinstance(tables, dict):
            self._wrong("prefer", say("a table of TOML"))
            return {}
        found: dict[tuple[str, str], str] = {}
        for kind, table in tables.items():
            if kind not in KINDS:
                self._unknown(kind, tuple(KINDS))
            elif not isinstance(table, dict):
                self._wrong(kind, say("a table of TOML"))
            else:
                for name, plugin in table.items():
                    if isinstance(plugin, str):
                        found[kind, name] = plugin
                    else:
                        self._wrong(name, say("the name of a plugin"))
        return found

    def _unknown(self, key: str, known: tuple[str, ...]) -> None:
        said = say("unknown key {key}; known: {known}", key=key, known=known)
        self._faults.append(self._fault(said, self._line_of(key)))

    def _wrong(self, key: str, wanted: Phrase) -> None:
        said = say("{key} must be {wanted}", key=key, wanted=wanted)
        self._faults.append(self._fault(said, self._line_of(key)))

    def _line_of(self, key: str) -> int:
        key_here = re.compile(rf"(^|[.\[\s]){re.escape(key)}\s*(=|\]|\.)")
        lines = enumerate(self._text.split("\n"), 1)
        return next((number for number, line in lines if key_here.search(line)), 0)

    def _fault(self, reason: Phrase | str, line: int = 0) -> Finding:
        where = whole_line(str(self._file), self.__dict__.get("_text", ""), line)
        return _UNREADABLE.at(where, reason=reason)
