"""The built-in checks, one module per subject.  Each module declares its own findings."""

from __future__ import annotations

from jianbao_tex.builtin.checks import (
    data,
    file,
    forms,
    lines,
    log,
    page,
    pasted,
    pictures,
    pieces,
    shown,
    tables,
    text,
    witness,
)

CHECKS = (
    *(*data.CHECKS, *pasted.CHECKS, *forms.CHECKS, *log.CHECKS, *text.CHECKS, *lines.CHECKS),
    *(*page.CHECKS, *tables.CHECKS, *pieces.CHECKS, *pictures.CHECKS, *file.CHECKS, *shown.CHECKS),
    *witness.CHECKS,
)
