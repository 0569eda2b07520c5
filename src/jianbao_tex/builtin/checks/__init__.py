"""The built-in checks by what they look at, each with its kinds of finding beside it."""

from __future__ import annotations

from jianbao_tex.builtin.checks import data, file, lines, log, page, pictures, pieces, tables, text

CHECKS = (
    *(*data.CHECKS, *log.CHECKS, *text.CHECKS, *lines.CHECKS),
    *(*page.CHECKS, *tables.CHECKS, *pieces.CHECKS, *pictures.CHECKS, *file.CHECKS),
)
