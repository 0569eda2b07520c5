"""What passes between composer, typesetter and outputs: TexTree, Master, Artifact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jianbao_tex.findings import Where


@dataclass(frozen=True)
class Origin:
    """A stretch of a line of the main file and the place of the text printed there."""

    line: int
    column: int
    end_column: int
    where: Where
    plain: str = ""


@dataclass(frozen=True)
class TexTree:
    """
    All that the engine may read, apart from TeX's own tree and the system's fonts.

    ``files`` maps plain file names to bytes; ``main`` is one of them.  ``epoch`` is the
    moment, in seconds from 1970, that the PDF claims for itself.
    """

    main: str
    files: Mapping[str, bytes]
    origins: tuple[Origin, ...] = ()
    epoch: int = 0

    def origins_near(self, line: int) -> tuple[Origin, ...]:
        """
        The texts that stand in a line of the main file, from left to right.

        For a line without texts, the last one before it: what a mark prints was given
        to the marks above it.
        """
        here = tuple(origin for origin in self.origins if origin.line == line)
        before = [origin for origin in self.origins if origin.line < line]
        return here or tuple(before[-1:])


@dataclass(frozen=True)
class LogMessage:
    """
    One message of TeX's log.

    ``kind`` is ``error``, ``lost`` (a character without a glyph), ``overfull``, ``shrunk``
    (set smaller than the layout wants), ``rerun``, or ``unfenced`` (ours: the sandbox did
    not work).  ``line`` is that of the main file, 0 where the log names none; ``amount_pt``
    is what is too wide, or the size taken.
    """

    kind: str
    text: str
    file: str = ""
    line: int = 0
    amount_pt: float = 0.0


@dataclass(frozen=True)
class Draft:
    """A PDF as TeX left it and what the log said.  Exists only after a clean run."""

    pdf: bytes
    pages: int
    log: tuple[LogMessage, ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Master:
    """
    A finished PDF: each glyph leads back to its character.

    ``twins`` are characters of the issue that share a glyph with another one in a font;
    the PDF can name only one of them, that which the pair names second.
    """

    pdf: bytes
    pages: int
    log: tuple[LogMessage, ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)
    twins: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Artifact:
    """A file to hand out.  Same bytes for the same issue."""

    name: str
    media_type: str
    data: bytes
