"""Small PDF objects: numbers, arrays, names and dictionaries."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

_PLACES = Decimal("0.0001")


def number(value: float) -> Decimal:
    """A number as PDF writes it, to four places."""
    # PDF has no exponents: adding 0 turns the 1E+2 of normalize into 100, and -0 into 0.
    return Decimal(repr(float(value))).quantize(_PLACES).normalize() + 0


def numbers(values: Iterable[float]) -> Any:
    """An array of numbers."""
    import pikepdf

    return pikepdf.Array([number(value) for value in values])


def pdf_name(text: str) -> Any:
    """A name."""
    import pikepdf

    return pikepdf.Name(f"/{text}")


def subdictionary(dictionary: Any, key: str) -> Any:
    """The dictionary under a key of another dictionary; it is made if it is missing."""
    import pikepdf

    if key not in dictionary:
        dictionary[key] = pikepdf.Dictionary()
    return dictionary[key]
