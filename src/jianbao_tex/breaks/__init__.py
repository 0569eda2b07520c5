"""
Where a line may break: the one table of marks, and what stays whole.

TeX's classes of characters are printed from the table into ``jianbao-part-breaks.sty``; what
takes more than two characters to know (a unit of several, a formula) is marked in the TeX
of an issue; the check of the finished page reads the same table.

Sources:

- GB/T 15834-2011, 5.1: where marks stand at the ends of a line (句号, 逗号 … 不出现在一行之首).
- GB/T 15835-2011: a number in figures is not parted.
- CY/T 154-2017: Latin words, formulas and their marks in Chinese text.
- clreq: W3C, Requirements for Chinese Text Layout, prohibition rules for line start and end.

They disagree on a —— or a …… at the head of a line: clreq forbids it in its stricter sets of
rules, GB/T 15834 only forbids to part it.  Here it may stand there.  What no line of the table
names may begin a line and end one.
"""

from jianbao_tex.breaks.marking import Stretch, marked_in, stretches
from jianbao_tex.breaks.marks import (
    CLOSING,
    FULL,
    OPENING,
    TABLE,
    TOGETHER,
    WESTERN,
    MarkClass,
    Reason,
    between,
    may_begin_a_line,
)
from jianbao_tex.breaks.pieces import pieces
from jianbao_tex.breaks.text import LONG_RUN, TIGHT_RUN, Breaks, longest_piece

__all__ = [
    "CLOSING",
    "FULL",
    "LONG_RUN",
    "OPENING",
    "TABLE",
    "TIGHT_RUN",
    "TOGETHER",
    "WESTERN",
    "Breaks",
    "MarkClass",
    "Reason",
    "Stretch",
    "between",
    "longest_piece",
    "marked_in",
    "may_begin_a_line",
    "pieces",
    "stretches",
]
