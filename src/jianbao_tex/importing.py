"""A file of another format -> an issue: a reader of a plugin makes it, our own reader checks it."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from jianbao_tex.cancelling import Handle
from jianbao_tex.errors import IssueInvalid, JianbaoError, PluginBroken, Refusal
from jianbao_tex.findings import Finding, Where, in_order
from jianbao_tex.foreign_files import TooLarge, read_file
from jianbao_tex.hooks import ForeignFile, Imported, Reader
from jianbao_tex.language import ENGLISH, InvalidValue, Language, Phrase, say
from jianbao_tex.packing import pack_finding, pack_record, unpack_finding, unpack_record
from jianbao_tex.reader import Source, read, write_issue
from jianbao_tex.reader.lines import lines_of
from jianbao_tex.reader.sources import NO_ACCESS, mapping_errors
from jianbao_tex.registry import Plugin, Registry
from jianbao_tex.registry.tasks import Task

MOST_BYTES = 64 * 1024**2
_MOST_FILES = 200
_MOST_DEPTH = 30
# No part of the name is hidden or leads up; surrogates are no characters.
_REST = r"[^/\\:*?\"<>|\x00-\x1f\ud800-\udfff]"
_FIRST = r"[^./\\:*?\"<>|\x00-\x1f\ud800-\udfff]"
_PICTURE = re.compile(
    rf"({_FIRST}{_REST}{{0,99}}/){{0,3}}{_FIRST}{_REST}{{0,99}}\.(png|jpe?g)",
    re.IGNORECASE,
)
_NO_ANSWER = say("it sent something else than its answer")


@dataclass(frozen=True)
class ImportedIssue:
    """
    What became of a file of another format.

    ``text`` is the YAML of the issue, ``files`` are its pictures by name.  ``findings`` are the
    report of the reader, and what is wrong with the issue; ``is_valid``: it can be read.
    """

    text: str
    files: Mapping[str, bytes]
    findings: tuple[Finding, ...]
    is_valid: bool


def readers_for(registry: Registry, name: str) -> tuple[Reader, ...]:
    """The readers that take a file of this name, by the longest ending."""
    fitting = [
        (max(len(suffix) for suffix in ends), reader)
        for reader in registry.readers.values()
        if (ends := [s for s in reader.suffixes if name.lower().endswith(s)])
    ]
    longest = max((length for length, _ in fitting), default=0)
    return tuple(reader for length, reader in fitting if length == longest)


def import_file(
    path: Path,
    target: str,
    reader: Reader,
    registry: Registry,
    language: Language = ENGLISH,
    handle: Handle | None = None,
) -> ImportedIssue:
    """
    The issue in a file of another format, read by a reader in a fork.

    Args:
        path: the file.
        target: the name of the issue in findings.
        reader: one of the registry's.
        registry: all plugins.
        language: of the keys in the YAML.
        handle: cancels the work.

    Raises:
        IssueInvalid: the file cannot be read.
        PluginBroken: the reader failed, took too much, or returned something else.
        JianbaoError: what the reader raised: a `Refusal`.
    """
    owner = registry.owners["readers", reader.name]
    settings = {name: figure.plain_value for name, figure in registry.plugin_settings.items()}
    file = ForeignFile(str(path), _read_bytes(path), settings)
    task = Task(owner, reader.name, partial(_work, reader, file, owner, registry))
    with registry.calls.apart([task], handle) as tasks:
        try:
            answer = tasks.answer(0)
        except Refusal as exc:
            if exc.findings:
                raise
            reason = say("it refuses the file and gives no reason")
            raise PluginBroken(owner.failed(reader.name, reason)) from exc
    record, files = _unpack(answer, owner, reader)
    text = "\n".join(lines_of(record["issue"])) + "\n"
    findings = map(unpack_finding, record["findings"])
    try:
        issue = read(Source.from_bytes(text.encode("utf-8"), target, files=files), registry)
        text = write_issue(issue, registry, language)
    except JianbaoError as exc:
        # It is written all the same: what was read is there, and can be corrected.
        return ImportedIssue(text, files, in_order((*findings, *exc.findings)), is_valid=False)
    return ImportedIssue(text, files, in_order(findings), is_valid=True)


def _read_bytes(path: Path) -> bytes:
    where = Where(str(path))
    with mapping_errors(where):
        try:
            return read_file(path, MOST_BYTES)
        except TooLarge as exc:
            reason = say("it has more than {most} bytes", most=MOST_BYTES)
            raise IssueInvalid(NO_ACCESS.at(where, reason=reason)) from exc


def _unpack(
    answer: bytes, owner: Plugin, reader: Reader
) -> tuple[dict[str, Any], Mapping[str, bytes]]:
    try:
        record, pieces = unpack_record(answer)
        return record, dict(zip(record["names"], pieces, strict=True))
    except (LookupError, TypeError, ValueError) as exc:
        raise PluginBroken(owner.failed(reader.name, _NO_ANSWER)) from exc


# --- In the fork -------------------------------------------------------------------------------


def _work(reader: Reader, file: ForeignFile, owner: Plugin, registry: Registry) -> bytes:
    imported = registry.calls(owner, reader.name, _collect, reader, file)
    try:
        issue, files = _issue_of(imported), _files_of(imported)
    except InvalidValue as exc:
        raise PluginBroken(owner.failed(reader.name, exc.reason)) from exc
    findings, faults = registry.kinds.sound(imported.findings, owner)
    if faults:
        raise PluginBroken(owner.failed(reader.name, faults[0]))
    record = {"issue": issue, "findings": [*map(pack_finding, findings)], "names": [*files]}
    return pack_record(record, files.values())


def _collect(reader: Reader, file: ForeignFile) -> Imported:
    """What a reader returns; its findings may come from a generator, which raises on the way."""
    imported: object = reader.read(file)
    if not isinstance(imported, Imported):
        raise TypeError(str(_wrong(imported, Imported)))
    return Imported(imported.issue, tuple(imported.findings), imported.files)


def _issue_of(imported: Imported) -> dict[str, Any]:
    issue = _plain(imported.issue)
    if not isinstance(issue, dict):
        raise InvalidValue(_wrong(imported.issue, dict))
    if not issue:
        raise InvalidValue(say("it returns an empty issue"))
    return issue


def _files_of(imported: Imported) -> Mapping[str, bytes]:
    files = imported.files
    if not isinstance(files, Mapping):
        raise InvalidValue(_wrong(files, Mapping))
    for name, data in files.items():
        if not isinstance(name, str) or not _PICTURE.fullmatch(name):
            raise InvalidValue(say("{name} is no name for a picture", name=repr(name)))
        if not isinstance(data, bytes):
            raise InvalidValue(_wrong(data, bytes))
        if folder := next((str(f) for f in PurePath(name).parents if str(f) in files), ""):
            raise InvalidValue(say("{name} is a file and a folder", name=folder))
    if len(files) > _MOST_FILES:
        raise InvalidValue(say("it returns more than {most} files", most=_MOST_FILES))
    if sum(map(len, files.values())) > MOST_BYTES:
        raise InvalidValue(say("its files have more than {most} bytes", most=MOST_BYTES))
    return files


def _plain(value: object, depth: int = 0) -> Any:
    """A value as an issue file may have it."""
    if depth > _MOST_DEPTH:
        raise InvalidValue(say("it is nested too deeply"))
    match value:
        case float() if not math.isfinite(value):
            raise InvalidValue(say("{value} is no number that an issue can have", value=value))
        case None | bool() | int() | float() | str():
            return value
        case datetime.date() if not isinstance(value, datetime.datetime):
            return value.isoformat()
        case Mapping():
            if wrong := [key for key in value if not isinstance(key, str)]:
                raise InvalidValue(say("the key {key} is no text", key=repr(wrong[0])))
            return {key: _plain(item, depth + 1) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item, depth + 1) for item in value]
        case _:
            raise InvalidValue(
                say("an issue has no values of the type {type}", type=type(value).__name__)
            )


def _wrong(value: object, wanted: type) -> Phrase:
    return say(
        "it returns {got} instead of {wanted}", got=type(value).__name__, wanted=wanted.__name__
    )
