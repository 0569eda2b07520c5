"""A figure of an output that names a file -> the bytes of that file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jianbao_tex.errors import IssueInvalid, reason_of
from jianbao_tex.figures import Figure
from jianbao_tex.findings import Where, error
from jianbao_tex.font_roles import Locate
from jianbao_tex.foreign_files import read_file
from jianbao_tex.issue import Issue
from jianbao_tex.issue_folder import IssueFolder, OutsideFolder
from jianbao_tex.store import digest_of

_NO_FILE = error(
    "JB430",
    "{file} (option {option}) was not found in the folder of the issue or among the files of TeX",
    "put it beside the issue, or in a folder below it, and name it from there",
)
_NOT_READ = error("JB431", "the file {file} cannot be read: {reason}", "name another one")

_MAX_BYTES = 16 * 1024 * 1024


def figure_files(issue: Issue, figures: Iterable[Figure], beside: IssueFolder) -> Iterator[str]:
    """The files on the disk that figures of outputs name, for example an ICC profile."""
    options = {option.name: option.value for option in issue.options}
    for figure in figures:
        name = options.get(figure.name, str(figure.value))
        with contextlib.suppress(OSError, ValueError, OutsideFolder):
            if figure.is_text and beside.path(name).is_file():
                yield name


@dataclass
class FileReader:
    """
    The files that figures of outputs may name: those of an issue's folder, and TeX's.

    ``read`` are the files that were read, ``absent`` the files that were looked for but missing.
    ``digests`` are the SHA-256 of the read files, by the value of the figure.
    """

    issue: Issue
    beside: IssueFolder
    settings: Mapping[str, Figure]
    locate: Locate
    read: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)

    def file(self, figure: str) -> bytes:
        """
        The bytes of the file that a figure names.

        Raises:
            IssueInvalid: there is none, or it cannot be read.
        """
        name, where = str(self.settings[figure].value), self._where(figure)
        try:
            data = self.beside.bytes_given(name, _MAX_BYTES)
            if data is None:
                path = self._find_beside(name) or self._find_in_tex(name)
                if path is None:
                    raise IssueInvalid(_NO_FILE.at(where, file=name, option=figure))
                data = read_file(path, _MAX_BYTES)
                self.read.append(str(path))
        except OSError as exc:
            raise IssueInvalid(_NOT_READ.at(where, file=name, reason=reason_of(exc))) from exc
        except ValueError as exc:
            raise IssueInvalid(_NOT_READ.at(where, file=name, reason=str(exc))) from exc
        self.digests[name] = digest_of(data)
        return data

    @property
    def record(self) -> dict[str, Any]:
        """What was read and looked for, as plain data."""
        return {"read": self.read, "absent": self.absent, "digests": self.digests}

    def add(self, record: Mapping[str, Any]) -> None:
        """Adds the record of a copy of it in another process."""
        self.read = [*dict.fromkeys((*self.read, *record["read"]))]
        self.absent = [*dict.fromkeys((*self.absent, *record["absent"]))]
        self.digests |= record["digests"]

    def _find_beside(self, name: str) -> Path | None:
        if not name:
            return None
        try:
            path = self.beside.path(name)
        except (OutsideFolder, FileNotFoundError):
            return None
        if path.is_file():
            return path
        self.absent.append(str(path))
        return None

    def _find_in_tex(self, name: str) -> Path | None:
        # `locate` finds files by name only; a path is never found.
        return self.locate([name]).get(name)

    def _where(self, figure: str) -> Where:
        names = [option.name for option in self.issue.options]
        path = ("options", names.index(figure), "value") if figure in names else ("options",)
        return self.issue.where(path)
