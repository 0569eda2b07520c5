"""Matrices and boxes of a page, in bp from the lower left corner (ISO 32000-1, 8.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from jianbao_tex.pdf_reader.unknown import Unknown
from jianbao_tex.visibility import Box

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
"""It moves nothing."""
_SIX = 6


def matrix_of(operands: Sequence[Any]) -> Matrix:
    """The matrix in the operands of an instruction."""
    if len(operands) != _SIX:
        raise Unknown("matrix")
    a, b, c, d, e, f = map(float, operands)
    return (a, b, c, d, e, f)


def product(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that does what two matrices do one after another."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def moved(x: float, y: float, matrix: Matrix) -> Point:
    """A point after a matrix."""
    a, b, c, d, e, f = matrix
    return (a * x + c * y + e, b * x + d * y + f)


def box_around(points: Iterable[Point]) -> Box:
    """The least box that contains all points."""
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def corners(left: float, bottom: float, right: float, top: float) -> tuple[Point, ...]:
    """The corners of a rectangle, one after another."""
    return ((left, bottom), (right, bottom), (right, top), (left, top))
