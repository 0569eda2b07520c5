"""Records that plugins return: section types, blocks, fonts, checks, outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from jianbao_tex.figures import Figure
from jianbao_tex.findings import Finding
from jianbao_tex.issue import Block, Section
from jianbao_tex.subjects import (
    Files,
    IssueSubject,
    MasterSubject,
    OutputSubject,
    TexSubject,
)


@dataclass(frozen=True)
class SectionType:
    """
    A type of section: the word after ``type:``, its model and its template.

    Args:
        name: lower case letters, digits, ``-`` and ``_``, what an issue writes.
        label: the Chinese name, accepted in its place.
        model: a `Section` with the fields of the type.  ``Field(title=…, description=…,
            examples=[…])`` gives a field its Chinese key, its help and an example.
        template: the file ``….tex.jinja`` that prints it; it sees ``section``.
        since: the version of the plugin that brought it.
        styles: style files that the template needs, their names beginning with the
            plugin's; an issue that has no such section does not load them.
        artifacts: whether it prints words that are not text of the issue, marked ``Artifact``
            or ``JbInsert``, such as the labels of a chart.
        extends: the name of another section type, also of another plugin.  Then it has the fields
            and style files of that type, too: ``model`` has only the fields that it adds, and its
            ``body_texts`` and ``entries`` yield only what it adds.
    """

    name: str
    label: str
    model: type[Section]
    template: Path
    since: str = ""
    styles: tuple[Path, ...] = ()
    artifacts: bool = False
    extends: str = ""


@dataclass(frozen=True)
class BlockType:
    """
    A kind of block; the key that names it is the model's ``name``, in Chinese the label.

    The template sees ``block``; else as for a section type.
    """

    label: str
    model: type[Block]
    template: Path
    since: str = ""
    styles: tuple[Path, ...] = ()
    artifacts: bool = False
    extends: str = ""

    @property
    def name(self) -> str:
        return self.model.name


@dataclass(frozen=True)
class FallbackFont:
    """
    A font file of the plugin that serves characters which other fonts lack.

    It is the last one in the chains of these roles (``jianbao doctor`` lists the roles).  Issues of
    the whole project use it.

    Args:
        file: a ``.ttf`` or ``.otf`` file in the plugin's folder ``assets``; its name begins with
            the plugin's.
        roles: the font roles that it serves.
    """

    file: Path
    roles: tuple[str, ...]


Subject = TypeVar("Subject", bound=IssueSubject)


@dataclass(frozen=True)
class Check(Generic[Subject]):
    """
    What all checks have; a plugin returns an `IssueCheck`, a `TexCheck` or a `MasterCheck`.

    ``run`` yields findings and changes nothing; the same subject gives the same findings,
    also when several issues are checked at once.

    Args:
        is_thorough: it takes long, so it runs only for ``check --pdf`` and under ``--strict``.
    """

    name: str
    label: str
    run: Callable[[Subject], Iterable[Finding]]
    since: str = ""
    is_thorough: bool = False


class IssueCheck(Check[IssueSubject]):
    """A check of the data."""


class TexCheck(Check[TexSubject]):
    """A check of what TeX will read."""


class MasterCheck(Check[MasterSubject]):
    """A check of the finished PDF and its log."""


@dataclass(frozen=True)
class Output:
    """
    A kind of output file: ``make`` returns the bytes of one file, or several files.

    The same subject gives the same bytes.

    Args:
        name: what ``--output`` names.
        label: the Chinese name.
        suffix: the end of the file name if ``make`` returns bytes; the keys of `Files` have
            their own suffixes.
        media_type: of the file that has the suffix.
        make: makes the files; raises `Refusal` if this is not possible for the issue.
        since: the version of the plugin that brought it.
        description: what the files are for, in a few words.
        figures: what an issue or its series may set under ``options``, each named
            ``‹output›.‹figure›``.
        reads: the figures of other outputs that it needs too, by name.
        prove: yields findings about the made files; it must read their bytes again.
        is_last: the output is made after all others and gets their files.
        takes_refused: the output is made of an issue that the checks refuse, too; its files
            must not pass for others.
        suffixes: the ends of all its file names, if it makes several files; ``*`` stands for a
            number.
    """

    name: str
    label: str
    suffix: str
    media_type: str
    make: Callable[[OutputSubject], bytes | Files]
    since: str = ""
    figures: tuple[Figure, ...] = ()
    prove: Callable[[OutputSubject, Files], Iterable[Finding]] | None = None
    reads: tuple[str, ...] = ()
    is_last: bool = False
    description: str = ""
    takes_refused: bool = False
    suffixes: tuple[str, ...] = ()
