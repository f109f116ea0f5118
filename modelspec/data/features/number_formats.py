"""Text as numbers: plain, as percentages, or as amounts of money."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.table.number_style import PLAIN, NumberStyle, as_numbers

if TYPE_CHECKING:
    import polars as pl

    from modelspec.data.table.table import Array, Column

BAD_TEXT = {"": "not a number", "percent": "not a percentage", "currency": "not an amount of money"}
"""What a text is that no number can be read from, by format."""
PERCENT = 0.01
_UNIT = r"(?:[A-Za-z]{0,3}\p{Sc}|[A-Z]{3}|kr\.?|zł|Kč|Ft|Fr\.?|Rs\.?)"
"""A currency: its sign, or its code of three letters."""
_AMOUNT = rf"^(?:({_UNIT})\s*)?([-+]?)\s*(?:({_UNIT})\s*)?(\d.*?|[.,]\d+)\s*({_UNIT})?(-?)$"
"""A unit, a sign, a unit, digits, a unit and a minus; all but the digits may be missing."""
_BRACKETS = r"^\((.*)\)$"


def in_format(texts: pl.Series, style: NumberStyle = PLAIN, format: str = "") -> pl.Series:
    """Texts as float64, null where they are none in the format.

    Args:
        texts: Without blanks at their ends.
        style: How numbers are written.
        format: `percent`, `currency`, or empty.
    """
    if format == "percent":
        bare = texts.str.strip_suffix("%").str.strip_chars()
        shares = as_numbers(bare, style) * PERCENT
        return shares.set(~texts.str.ends_with("%").fill_null(False), None)
    return _amounts(texts, style) if format == "currency" else as_numbers(texts, style)


def loose_numbers(values: Column, style: NumberStyle = PLAIN, format: str = "") -> Array:
    """A column as float64, flat, NaN for what is no number."""
    if isinstance(values, np.ndarray):
        if values.dtype.kind in "US":
            return np.full(values.size, np.nan)
        return np.ravel(values).astype(np.float64)
    import polars as pl

    if values.dtype == pl.String:
        return in_format(values.str.strip_chars(), style, format).to_numpy()
    return values.cast(pl.Float64, strict=False).to_numpy()


def _amounts(texts: pl.Series, style: NumberStyle) -> pl.Series:
    """`$1,200.50`, `1200 EUR`, `-$3`, `$-3`, `(3.00)` and `3-`."""
    if not style.thousands:
        style = replace(style, thousands="," if style.decimal == "." else ".")
    in_brackets = texts.str.contains(_BRACKETS).fill_null(False)
    before, digits, after = _parts(texts, 2, 4, 6)
    amounts = as_numbers(digits, style)
    signs = in_brackets.cast(int) + (before != "").cast(int) + (after != "").cast(int)
    negative = in_brackets | (before == "-") | (after == "-")
    amounts = amounts.zip_with(~negative.fill_null(False), -amounts)
    return amounts.set((signs > 1).fill_null(False), None)


def currencies(texts: pl.Series) -> pl.Series:
    """What each amount of money is in, `$` or `EUR`; null where it does not say."""
    first, second, third = _parts(texts, 1, 3, 5)
    found = first.zip_with(first.is_not_null(), second)
    return found.zip_with(found.is_not_null(), third)


def _parts(texts: pl.Series, *places: int) -> list[pl.Series]:
    parts = texts.str.replace(_BRACKETS, "$1").str.strip_chars().str.extract_groups(_AMOUNT)
    return [parts.struct.field(str(place)) for place in places]
