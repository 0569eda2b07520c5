"""Numbers as bulletins write them: exact sums, changes in percent, round ticks of an axis."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

ABSENT = "—"
"""What stands where there is no number."""

_FORM = re.compile(r"[-−]?(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d{1,4})?")
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_TICKS = 4


def is_number(text: str) -> bool:
    """Whether a text is a number, or says that there is none."""
    return text == ABSENT or bool(_FORM.fullmatch(text))


def value_of(text: str) -> Decimal | None:
    """The number that a text writes; ``None`` for one that is absent."""
    if text == ABSENT:
        return None
    return Decimal(text.replace(",", "").replace("−", "-"))


def places_of(text: str) -> int:
    """How many digits stand after the point."""
    return len(text.partition(".")[2])


def total_of(texts: Sequence[str]) -> str:
    """The exact sum, with as many digits as the finest of its parts; absent if one is."""
    values = [value_of(text) for text in texts]
    numbers = [value for value in values if value is not None]
    if len(numbers) < len(values):
        return ABSENT
    total = sum(numbers, Decimal(0))
    commas = "," if any("," in text for text in texts) else ""
    return f"{total:{commas}.{max(map(places_of, texts), default=0)}f}"


def change_of(before: str, now: str) -> str:
    """The change in percent, one digit after the point: +3.5%; 持平 for none."""
    old, new = value_of(before), value_of(now)
    if old is None or new is None or old == 0:
        return ABSENT
    percent = (new - old) / abs(old) * 100
    rounded = percent.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{rounded:+.1f}%".replace("-", "−") if rounded else "持平"


def ticks_of(values: Sequence[Decimal]) -> list[Decimal]:
    """Round numbers from at most the least value, or zero, to at least the largest."""
    low, high = min([*values, Decimal(0)]), max([*values, Decimal(0)])
    if low == high:
        return [Decimal(0), Decimal(1)]
    rough = (high - low) / _TICKS
    power = Decimal(10) ** rough.adjusted()
    step = next(step * power for step in _STEPS if step * power >= rough)
    first, last = (
        (low / step).to_integral_value("ROUND_FLOOR"),
        (high / step).to_integral_value("ROUND_CEILING"),
    )
    return [step * number for number in range(int(first), int(last) + 1)]


def written(value: Decimal) -> str:
    """A tick as it is written: no zeros after the point, no powers of ten."""
    text = f"{value.normalize():f}"
    # A Decimal keeps the sign of zero.
    return "0" if text == "-0" else text
