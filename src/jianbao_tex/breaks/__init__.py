"""
Where a line may break: the one table of marks, and what stays whole.

TeX's character classes in ``jianbao-part-breaks.sty`` are generated from the table.  A rule
that needs more than two characters (a unit of several characters, a formula) is marked in the
TeX of an issue.  The check of the finished page reads the same table.

Sources:

- GB/T 15834-2011, 5.1: where marks stand at the ends of a line (句号, 逗号 … 不出现在一行之首).
- GB/T 15835-2011: a number in digits is not broken.
- CY/T 154-2017: Latin words, formulas and their marks in Chinese text.
- clreq: W3C, Requirements for Chinese Text Layout, prohibition rules for line start and end.

The standards disagree on —— and …… at the start of a line.  The stricter rules of clreq forbid
it; GB/T 15834 only forbids a break inside the mark.  This package allows it.  A character that
is not in the table may begin and end a line.
"""

from jianbao_tex.breaks.addresses import breaks_in
from jianbao_tex.breaks.marking import Span, marked_in, stretches
from jianbao_tex.breaks.marks import (
    CHARACTER_CLASSES,
    CLOSING,
    FULL_WIDTH,
    OPENING,
    UNBREAKABLE_PAIRS,
    WESTERN,
    CharacterClass,
    Reason,
    may_begin_a_line,
    reason_between,
)
from jianbao_tex.breaks.pieces import pieces
from jianbao_tex.breaks.text import RUN_PIECE, TIGHT_RUN, Breaks, longest_piece, runs_in

__all__ = [
    "CHARACTER_CLASSES",
    "CLOSING",
    "FULL_WIDTH",
    "OPENING",
    "RUN_PIECE",
    "TIGHT_RUN",
    "UNBREAKABLE_PAIRS",
    "WESTERN",
    "Breaks",
    "CharacterClass",
    "Reason",
    "Span",
    "breaks_in",
    "longest_piece",
    "marked_in",
    "may_begin_a_line",
    "pieces",
    "reason_between",
    "runs_in",
    "stretches",
]
