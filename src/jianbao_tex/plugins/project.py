"""The project: its folder, its ``jianbao.toml``, and what it chooses among plugins."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jianbao_tex.errors import PluginBroken, reason_of
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.foreign_files import read_file, real_path
from jianbao_tex.language import Phrase, say
from jianbao_tex.places import toml_fault, whole_line
from jianbao_tex.registry import Choices
from jianbao_tex.registry.plugins import KINDS, Choice

PROJECT_FILE = "jianbao.toml"
FOLDER = "plugins"

_UNREADABLE = error("JB519", "the project file cannot be used: {reason}", "correct jianbao.toml")
_LISTS = ("disable", "order", "required")
_TABLES = ("prefer", "settings")
_PREFERRED = (*KINDS, "codes")
"""The kinds of records, and the codes, for which the project may prefer a plugin."""


def folder_of(start: Path) -> Path:
    """
    The project that a folder belongs to.

    The folder itself or its nearest parent with a ``jianbao.toml``; the folder itself if none has.
    """
    start = real_path(start)
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
            # tomllib refuses the byte-order mark that Notepad writes.
            return read_file(self._file).decode("utf-8-sig")
        except OSError as exc:
            raise PluginBroken(self._fault(reason_of(exc))) from exc
        except UnicodeDecodeError as exc:
            raise PluginBroken(self._fault(say("it is not UTF-8"))) from exc

    def project(self) -> Project:
        """The project."""
        try:
            data = tomllib.loads(self._text)
        except (ValueError, RecursionError) as exc:
            reason, where = toml_fault(str(self._file), self._text, exc)
            raise PluginBroken(_UNREADABLE.at(where, reason=reason)) from exc
        for key in data.keys() - {"plugins"}:
            self._report_unknown(key, ("plugins",))
        settings = data.get("plugins", {})
        if not isinstance(settings, dict):
            self._report_wrong("plugins", say("a table of TOML"))
            settings = {}
        for key in settings.keys() - {*_LISTS, *_TABLES}:
            self._report_unknown(key, (*_LISTS, *_TABLES))
        lists = {key: self._read_names(key, settings.get(key, [])) for key in _LISTS}
        prefer = self._read_preferences(settings.get("prefer", {}))
        chosen = tuple(self._read_settings(settings.get("settings", {})))
        if self._faults:
            raise PluginBroken(self._faults)
        choices = Choices(lists["order"], prefer, lists["required"], chosen)
        return Project(self._file.parent, frozenset(lists["disable"]), choices)

    def _read_names(self, key: str, value: Any) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(name, str) for name in value):
            return tuple(value)
        self._report_wrong(key, say("a list of names of plugins"))
        return ()

    def _read_preferences(self, tables: Any) -> Mapping[tuple[str, str], str]:
        if not isinstance(tables, dict):
            self._report_wrong("prefer", say("a table of TOML"))
            return {}
        preferences: dict[tuple[str, str], str] = {}
        for kind, table in tables.items():
            if kind not in _PREFERRED:
                self._report_unknown(kind, _PREFERRED)
            elif not isinstance(table, dict):
                self._report_wrong(kind, say("a table of TOML"))
            else:
                for name, plugin in table.items():
                    if isinstance(plugin, str):
                        preferences[kind, name] = plugin
                    else:
                        self._report_wrong(name, say("the name of a plugin"))
        return preferences

    def _read_settings(self, tables: Any) -> Iterator[Choice]:
        if not isinstance(tables, dict):
            self._report_wrong("settings", say("a table of TOML"))
            return
        for plugin, table in tables.items():
            if not isinstance(table, dict):
                self._report_wrong(plugin, say("a table of TOML"))
                continue
            for name, value in table.items():
                if isinstance(value, str | bool | int | float):
                    text = str(value).lower() if isinstance(value, bool) else str(value)
                    yield Choice(plugin, name, text, self._where(self._line_of(name)))
                else:
                    self._report_wrong(name, say("a text, a number, true or false"))

    def _report_unknown(self, key: str, choices: tuple[str, ...]) -> None:
        reason = say("unknown key {key}; known: {known}", key=key, known=choices)
        self._faults.append(self._fault(reason, self._line_of(key)))

    def _report_wrong(self, key: str, wanted: Phrase) -> None:
        reason = say("{key} must be {wanted}", key=key, wanted=wanted)
        self._faults.append(self._fault(reason, self._line_of(key)))

    def _line_of(self, key: str) -> int:
        pattern = re.compile(rf"(^|[.\[\s]){re.escape(key)}\s*(=|\]|\.)")
        lines = enumerate(self._text.split("\n"), 1)
        return next((number for number, line in lines if pattern.search(line)), 0)

    def _fault(self, reason: Phrase | str, line: int = 0) -> Finding:
        return _UNREADABLE.at(self._where(line), reason=reason)

    def _where(self, line: int) -> Where:
        # Where the cached property keeps its value: reading it again could fail again.
        return whole_line(str(self._file), self.__dict__.get("_text", ""), line)
