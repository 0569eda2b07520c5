"""Bytes on disk or from a caller -> Source: decoded text of limited size."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath

from jianbao_tex.errors import IssueInvalid, reason_of
from jianbao_tex.findings import Finding, Where, code_point, error
from jianbao_tex.foreign_files import NotAFile, TooLarge, read_file
from jianbao_tex.issue_folder import IssueFolder, normalized_name
from jianbao_tex.language import Phrase, say, say_count
from jianbao_tex.tex import LOST, refused_characters

MAX_BYTES = 1024 * 1024

_NO_FILE = error("JB101", "there is no such file", "check the name and the folder")
_NO_PLAIN_FILE = error("JB102", "this is {what}, not a file", "name the YAML file itself")
_TOO_LARGE = error(
    "JB103",
    "the file has {size} bytes, more than the {limit} an issue may have",
    "an issue is text only; leave pictures in files of their own",
)
_NOT_UTF8 = error(
    "JB104",
    "the text is not UTF-8{guess}",
    "save the file as UTF-8 (in Notepad: Save As, Encoding: UTF-8)",
)
_EMPTY = error("JB105", "the file is empty", "see examples/ for a complete issue")
_CHARACTER = error(
    "JB106",
    "{character} cannot be printed: {reason}; it occurs {times}",
    "delete it; such characters often come with pasted text",
)
_LOST = error(
    "JB108",
    "a character was lost: {character} stands in its place; this occurs {times}",
    "look the character up in the original, and type it",
)
_MAX_NAMED = 20
_BOM = "\ufeff"
"""The byte-order mark, which some editors put at the start."""

NO_ACCESS = error(
    "JB107", "the file cannot be read: {reason}", "check its name and its permissions"
)


@dataclass(frozen=True)
class Source:
    r"""
    The text of an issue or a series file.

    ``name`` is its name in findings.  Its pictures, its series file and the previous issue are
    searched first in ``files`` (bytes by name, relative to its folder), then in ``folder`` and
    below it; ``folder`` is ``None`` without a disk.  Line ends are ``\n``; ``data`` are the bytes
    that it was decoded from, if there were any.
    """

    name: str
    text: str
    folder: Path | None = None
    files: Mapping[str, bytes] = field(default_factory=dict, hash=False, repr=False)
    data: bytes = field(default=b"", compare=False, repr=False)

    @cached_property
    def beside(self) -> IssueFolder:
        """The files that the issue may name."""
        return IssueFolder(
            self.folder, {normalized_name(name): data for name, data in self.files.items()}
        )

    def name_beside(self, name: str) -> str:
        """The name in findings of a file in the same folder."""
        return str(Path(self.name).parent / name)

    def name_from_folder(self, file_name: str) -> str:
        """The name from the issue's folder of a file that findings call by this name."""
        path = PurePath(file_name)
        # An issue may name its files by their whole paths.
        for home in (PurePath(self.name).parent, *([self.folder] if self.folder else [])):
            if path.is_relative_to(home):
                path = path.relative_to(home)
        return normalized_name(path.as_posix())

    @property
    def bytes_read(self) -> bytes:
        """The bytes that it was decoded from; its text in UTF-8 if it never was bytes."""
        return self.data or self.text.encode("utf-8")

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text, without their ends."""
        return self.text.split("\n")

    def where(self, line: int, column: int = 0) -> Where:
        """A place in the source; line and column count from 1."""
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        end = (line, column + 1) if column else (0, 0)
        return Where(self.name, line, column, text, *end)

    @classmethod
    def from_file(cls, path: Path, name: str | None = None) -> Source:
        """
        The source in a file.

        Raises:
            IssueInvalid: the file is absent, no plain file, too large, or not UTF-8.
        """
        name = name or str(path)
        return cls.from_bytes(_read_bytes(path, Where(name)), name, path.parent)

    @classmethod
    def read_beside(cls, source: Source, name: str) -> Source:
        """
        The source in a file beside another one, read now, with the same files beside it.

        Raises:
            IssueInvalid: as `from_file`.
            OutsideFolder: the name leads out of the folder.
        """
        full_name = source.name_beside(name)
        with mapping_errors(Where(full_name)):
            data = source.beside.read(name, MAX_BYTES)
        return cls.from_bytes(data, full_name, source.folder, source.files)

    @classmethod
    def from_bytes(
        cls,
        data: bytes,
        name: str,
        folder: Path | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> Source:
        """
        The source in bytes: UTF-8, one byte-order mark allowed at the start.

        Raises:
            IssueInvalid: too many bytes, not UTF-8, no text, or characters that no
                page can show; all of these are named.
        """
        where = Where(name)
        if len(data) > MAX_BYTES:
            raise IssueInvalid(_TOO_LARGE.at(where, size=len(data), limit=MAX_BYTES))
        try:
            text = data.decode("utf-8").removeprefix(_BOM)
        except UnicodeDecodeError as exc:
            line = data.count(b"\n", 0, exc.start) + 1
            raise IssueInvalid(
                _NOT_UTF8.at(Where(name, line), guess=_other_encoding(data))
            ) from exc
        source = cls(name, _normalize_line_ends(text), folder, files or {}, data)
        if not text.strip():
            raise IssueInvalid(_EMPTY.at(where))
        if faults := source.unprintable():
            raise IssueInvalid(faults)
        return source

    def unprintable(self) -> list[Finding]:
        """Findings for characters that cannot be printed, each once, at its first place."""
        first: dict[tuple[str, Phrase], int] = {}
        for index, reason in refused_characters(self.text):
            first.setdefault((self.text[index], reason), index)
        findings = []
        for (character, reason), index in [*first.items()][:_MAX_NAMED]:
            line = self.text.count("\n", 0, index) + 1
            column = index - self.text.rfind("\n", 0, index)
            times = say_count("once", "{number} times", self.text.count(character))
            code = code_point(character)
            where = self.where(line, column)
            kind = _LOST if character == LOST else _CHARACTER
            findings.append(kind.at(where, character=code, reason=reason, times=times))
        return findings


def _normalize_line_ends(text: str) -> str:
    # YAML counts each of the three as one line break (5.4).
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_bytes(path: Path, where: Where) -> bytes:
    with mapping_errors(where):
        return read_file(path, MAX_BYTES)


@contextlib.contextmanager
def mapping_errors(where: Where) -> Iterator[None]:
    """
    Says of a file that cannot be read why not.

    Raises:
        IssueInvalid: the file is absent, no plain file, too large, or cannot be read.
    """
    try:
        yield
    except NotAFile as exc:
        raise IssueInvalid(_NO_PLAIN_FILE.at(where, what=exc.reason)) from exc
    except TooLarge as exc:
        raise IssueInvalid(_TOO_LARGE.at(where, size=exc.size, limit=MAX_BYTES)) from exc
    except (FileNotFoundError, NotADirectoryError) as exc:
        # ENOTDIR: a part of the path is a file.
        raise IssueInvalid(_NO_FILE.at(where)) from exc
    except OSError as exc:
        raise IssueInvalid(NO_ACCESS.at(where, reason=reason_of(exc))) from exc
    except ValueError as exc:
        # Python raises it for a NUL in the name.
        raise IssueInvalid(NO_ACCESS.at(where, reason=say("the file name is not valid"))) from exc


def _other_encoding(data: bytes) -> Phrase | str:
    """The probable encoding of the bytes, as a hint in brackets; '' if unknown."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return say(" (it seems to be UTF-16)")
    # GB18030 contains GBK, so one decoder is enough for both.
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return say(" (it seems to be GBK or GB18030)")
