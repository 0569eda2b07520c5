"""Where lines end: numbers alone, without a title."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from jianbao_tex.composer.shapes import Pieces, ends_of_lines


def widths_of(
    widths: Sequence[float], columns: float, shape: str, costs: dict[int, float] | None = None
) -> list[float]:
    """The widths of the lines; ``costs`` are those of breaks after a number of pieces."""
    every = [(costs or {}).get(number, 0.0) for number in range(1, len(widths) + 1)]
    ends = ends_of_lines(Pieces(widths, every), columns, shape)
    return [sum(widths[a:b]) for a, b in itertools.pairwise((0, *ends))]


@pytest.mark.parametrize(
    ("pieces", "shape", "lines"),
    [
        ([1.0] * 12, "any", [6, 6]),
        ([1.0] * 13, "any", [6, 7]),
        ([3.0] * 7, "trapezoid", [6, 6, 9]),
        ([3.0] * 7, "diamond", [6, 9, 6]),
        ([3.0] * 10, "trapezoid", [6, 6, 9, 9]),
        ([3.0] * 10, "diamond", [6, 9, 9, 6]),
    ],
)
def test_lines_are_even_in_their_shape(
    pieces: Sequence[float], shape: str, lines: Sequence[float]
) -> None:
    """A line of a trapezoid is not shorter than that above it; a diamond is widest in the middle."""
    assert widths_of(pieces, 9, shape) == lines


def test_two_lines_have_no_middle() -> None:
    """A diamond of two lines is a trapezoid: the longer line is the second."""
    assert widths_of([6, 3, 6], 9, "diamond", {1: 5}) == [6, 9]


def test_a_difference_of_one_character_is_still_even() -> None:
    """The first line may be one character longer; two cost more than a bad place of 3."""
    pieces = [6.0, 1, 6]

    assert widths_of(pieces, 8, "trapezoid") == [6, 7]
    assert widths_of(pieces, 8, "trapezoid", {1: 1}) == [7, 6]
    assert widths_of([6, 2, 6], 9, "trapezoid", {1: 3.5}) == [6, 8]
    assert widths_of([6, 2, 6], 9, "trapezoid", {1: 4.5}) == [8, 6]


@pytest.mark.parametrize(("cost", "lines"), [(40, [10, 10]), (140, [6, 8, 6])])
def test_one_more_line_costs_as_much_as_a_break_between_parts_of_a_name(
    cost: float, lines: Sequence[float]
) -> None:
    """Sixty squares, so that a break inside a name (150) is worse than one more line."""
    assert widths_of([6, 4, 4, 6], 11, "any", {2: cost}) == lines


def test_no_more_than_one_line_is_added() -> None:
    """Every break in the middle is wrong; the title still gets three lines at most."""
    costs = dict.fromkeys(range(1, 12), 900.0)

    assert len(widths_of([2] * 12, 14, "any", costs)) == 2


@pytest.mark.parametrize(("cost", "lines"), [(60, [5, 13]), (350, [3, 15])])
def test_a_line_of_less_than_five_characters_looks_lost(
    cost: float, lines: Sequence[float]
) -> None:
    """It is taken only where the other break is bad."""
    assert widths_of([3, 2, 13], 16, "any", {2: cost}) == lines


def test_filled_lines_take_what_they_hold_and_the_last_one_the_rest() -> None:
    """As text from the left; a break that costs much is avoided even so."""
    assert widths_of([1] * 20, 14, "filled") == [14, 6]
    assert widths_of([1] * 20, 14, "filled", {14: 400}) == [13, 7]


def test_a_title_of_more_than_four_lines_has_no_shape() -> None:
    """Only evenness counts: a line may be longer than its neighbours."""
    pieces = [5, 8, 5, 8, 5.0]

    assert widths_of(pieces, 9, "trapezoid") == pieces


def test_an_exact_fit_is_no_matter_of_rounding() -> None:
    """Tenths of a character do not add up exactly in binary numbers."""
    assert len(widths_of([0.1] * 30, 3, "any")) == 1
    assert widths_of([0.7] * 20, 7, "any") == pytest.approx([7, 7])
