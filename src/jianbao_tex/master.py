"""What passes between composer, typesetter and outputs: TexTree, Master, Artifact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from jianbao_tex.findings import Finding, Where, errors_among
from jianbao_tex.language import Phrase
from jianbao_tex.places import Place
from jianbao_tex.tex import printed_in


@dataclass(frozen=True, kw_only=True)
class Origin:
    """
    A stretch of a line of the main file, columns from 1, and where it came from.

    ``template`` is the template line that printed it.  ``place`` is the place of the printed text
    in the issue; ``None`` for TeX of the template itself.  ``plain`` is the text; ``before`` is the
    number of its characters (without white space) printed before this range.
    """

    line: int
    column: int
    end_column: int
    template: Where
    place: Place | None = None
    plain: str = ""
    before: int = 0


@dataclass(frozen=True)
class TexTree:
    """
    All that the engine may read, apart from TeX's own tree and the system's fonts.

    ``files`` maps file names to bytes; ``main`` is the main file, ``origins`` are its ranges from
    beginning to end.  ``sources`` are the original paths of the other files.  ``issue`` is the
    place for findings about the whole issue.  ``epoch`` is the date of the PDF in seconds from
    1970.  ``mapped`` are the PDF names of the fonts for which the finisher writes the ToUnicode
    map.  ``assets`` are the original paths of pictures and fonts of plugins, ``packages`` the Debian
    packages of files of TeX that plugins need.
    """

    main: str
    files: Mapping[str, bytes]
    origins: tuple[Origin, ...] = ()
    epoch: int = 0
    sources: Mapping[str, str] = field(default_factory=dict)
    issue: Where = field(default_factory=lambda: Where("issue"))
    mapped: tuple[str, ...] = ()
    assets: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)

    @property
    def used(self) -> frozenset[str]:
        """The templates and the styles that went into it."""
        templates = (origin.template.file for origin in self.origins)
        return frozenset((*templates, *self.sources.values()))

    def lines(self, file: str) -> list[str]:
        """The lines of a file; none for one that is not there."""
        # Not `splitlines`: to TeX neither a form feed nor U+2028 ends a line.
        return self.files.get(file, b"").decode("utf-8", "replace").split("\n")

    @cached_property
    def _main_lines(self) -> list[str]:
        return self.lines(self.main)

    def template_at(self, line: int, column: int = 0) -> Where:
        """The line of the template that printed a place of the main file."""
        on_line = [o for o in self.origins if o.line == line and o.column <= max(column, 1)]
        before = on_line or [o for o in self.origins if o.line <= line]
        return before[-1].template if before else Where(self.main, line)

    def suspects_of(self, findings: Iterable[Finding]) -> frozenset[str]:
        """
        The templates and styles whose fault it may be that a page is wrong: the templates that
        printed the places of the findings, and all styles; all, if no template printed one.
        """
        suspects = frozenset(self.sources.values())
        for finding in findings:
            templates = frozenset(
                origin.template.file
                for origin in self.origins
                if origin.place and origin.place.where.overlaps(finding.where)
            )
            suspects |= templates or self.used
        return suspects

    def texts_at(self, line: int, column: int = 0) -> tuple[Origin, ...]:
        """
        The texts that stand in a line of the main file, from left to right; up to a column,
        if one is given, the last one first.

        For a line without texts: the last text before it, because a command prints the arguments of
        commands above it.
        """
        texts = [origin for origin in self.origins if origin.place and origin.line <= line]
        on_line = [origin for origin in texts if origin.line == line]
        if column:
            earlier = [origin for origin in on_line if origin.column < column]
            return tuple(earlier[::-1] or texts[-1:])
        return tuple(on_line or texts[-1:])

    def where(self, origin: Origin, column: int = 0) -> Where:
        """The place in the issue of a range, or of its character before a column."""
        assert origin.place is not None
        visible = [i for i, c in enumerate(origin.plain) if not c.isspace()]
        tex = self._main_lines[origin.line - 1]
        end = min(column, origin.end_column) if column else origin.end_column
        last = origin.before + printed_in(tex[origin.column - 1 : end - 1]) - 1
        first = max(last, 0) if column else origin.before
        if not first <= last < len(visible):
            return origin.place.where
        start = visible[first]
        return origin.place.within(origin.plain, start, visible[last] + 1 - start)


@dataclass(frozen=True)
class LogMessage:
    """
    One message of TeX's log.

    ``kind`` is ``error``, ``lost`` (a character without a glyph), ``overfull``,
    ``underfull``, ``substituted`` (a font in place of another), ``shrunk`` (set smaller than
    the layout wants), ``picture`` (how wide a picture is), ``changed`` (the version of xeCJK that
    defines a ``command`` otherwise than we know it), ``rerun``, ``unfenced`` (ours: the sandbox did
    not work), ``no-server`` (ours: the engine that forks cannot be used, for a ``reason``), or
    ``plain`` (ours: why no format could be made of the document's class and styles).

    ``line`` is 0 if the log names no line.  ``read`` is the part of the line that TeX had read
    (only its end if it is long); ``column`` is the column after it.  ``command`` is the last
    command that TeX read.  ``shown`` is the text of a box, or of an unfinished argument.
    ``excess_pt`` is the excess of an overfull box, ``badness`` the badness of an underfull line,
    ``extent_bp`` the type size of a shrunk text or the width of a picture.  ``open_files`` are the
    open files, innermost last; ``raw`` are the original lines of the log.
    """

    kind: str
    text: str
    file: str = ""
    line: int = 0
    column: int = 0
    excess_pt: float = 0.0
    badness: int = 0
    extent_bp: float = 0.0
    read: str = ""
    command: str = ""
    shown: str = ""
    open_files: tuple[str, ...] = ()
    raw: str = ""
    reason: Phrase | str = ""


@dataclass(frozen=True)
class Draft:
    """
    A PDF as TeX left it and what the log said.  Exists only after a clean run.

    ``tex_files`` are the stamps of the files of TeX that were read for its opening, by path, as far
    as that is known.
    """

    pdf: bytes
    pages: int
    log: tuple[LogMessage, ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)
    tex_files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Master:
    """
    A finished PDF: each glyph maps to its character.

    ``twins`` are characters of the issue that share a glyph with another one in a font;
    the PDF maps the glyph to only one of them: the second of the pair.  ``tex_files`` are those of
    the `Draft`.
    """

    pdf: bytes
    pages: int
    log: tuple[LogMessage, ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)
    twins: frozenset[tuple[str, str]] = frozenset()
    tex_files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Artifact:
    """A file to hand out.  Same bytes for the same issue."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class RefusedOutput:
    """
    An output that was not made, although others of the same issue were.

    ``findings`` say why; at least one is an error.  ``files`` are the names that its files have,
    ``*`` standing for a number.
    """

    output: str
    findings: tuple[Finding, ...]
    files: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its errors, each once."""
        return tuple(dict.fromkeys(finding.code for finding in errors_among(self.findings)))
