"""Colours as inks: what closer colours than a step of eight bits are."""

from __future__ import annotations

import pytest

from jianbao_tex.prepress.inks import Spot, tone_of

RED = (0.0, 0.8, 0.8, 0.0)
STEP = 1 / 255
"""By how much the nearest grey differs that a picture or a screen can show."""


@pytest.mark.parametrize(
    ("values", "ink", "amount"),
    [
        ((0, 0, 0, STEP), "paper", 0),
        ((0, 0, 0, 2 * STEP), "black", 2 * STEP),
        ((1 - STEP,), "paper", 0),
        ((1 - 2 * STEP,), "black", 2 * STEP),
        ((STEP, STEP, STEP, 0.5), "black", 0.5),
        ((2 * STEP, 0, 0, 0.5), "other", 1),
        ((0.5, 0.5, 0.5 + STEP), "black", 0.5),
        ((0.5, 0.5, 0.5 + 2 * STEP), "other", 1),
        ((0, 0.4 + STEP, 0.4, 0), "red", 0.5 + STEP / 0.8),
        ((0, 0.4 + 2 * STEP, 0.4, 0), "other", 1),
        ((0, 0.4, 0.4, STEP), "red", 0.5),
        ((0, 0.4, 0.4, 2 * STEP), "other", 1),
        ((0, 0.8, 0.8, 0), "red", 1),
        ((0, 0.802, 0.802, 0), "red", 1),
        ((0, 0.81, 0.81, 0), "other", 1),
    ],
)
def test_colours_a_step_of_eight_bits_apart_are_one_and_two_steps_apart_are_two(
    values: tuple[float, ...], ink: str, amount: float
) -> None:
    """A programme that rounds to eight bits changes no ink; what can be seen is another one."""
    tone = tone_of(tuple(map(float, values)), RED)

    assert (tone.ink, tone.amount) == (ink, pytest.approx(amount))


@pytest.mark.parametrize(("black", "is_over"), [(1.0, True), (1 - STEP, True), (1 - 2 * STEP, False)])  # fmt: skip
def test_only_full_black_is_printed_over_other_inks(black: float, is_over: bool) -> None:
    """A tint over red would be a darker red."""
    assert Spot().written(tone_of((0.0, 0.0, 0.0, black), RED)).is_over == is_over
