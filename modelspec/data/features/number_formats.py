"""Text as numbers: plain, as percentages, or as amounts of money."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from modelspec.data.table.number_style import PLAIN, NumberStyle, as_numbers

if TYPE_CHECKING:
    import polars as pl

BAD_TEXT = {"": "not a number", "percent": "not a percentage", "currency": "not an amount of money"}
"""What a text is that no number can be read from, by format."""
_UNIT = r"(?:[A-Za-z]{0,3}\p{Sc}|[A-Z]{3}|kr\.?|zł|Kč|Ft|Fr\.?|Rs\.?)"
"""A currency: its sign, or its code of three letters."""
_AMOUNT = rf"^(?:{_UNIT}\s*)?([-+]?)\s*(?:{_UNIT}\s*)?(\d.*?|[.,]\d+)\s*(?:{_UNIT})?(-?)$"
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
        shares = as_numbers(bare, style) / 100
        return shares.set(~texts.str.ends_with("%").fill_null(False), None)
    return _amounts(texts, style) if format == "currency" else as_numbers(texts, style)


def _amounts(texts: pl.Series, style: NumberStyle) -> pl.Series:
    """`$1,200.50`, `1200 EUR`, `-$3`, `$-3`, `(3.00)` and `3-`."""
    if not style.thousands:
        style = replace(style, thousands="," if style.decimal == "." else ".")
    in_brackets = texts.str.contains(_BRACKETS).fill_null(False)
    parts = texts.str.replace(_BRACKETS, "$1").str.strip_chars().str.extract_groups(_AMOUNT)
    before, digits, after = (parts.struct.field(str(place)) for place in (1, 2, 3))
    amounts = as_numbers(digits, style)
    signs = in_brackets.cast(int) + (before != "").cast(int) + (after != "").cast(int)
    negative = in_brackets | (before == "-") | (after == "-")
    amounts = amounts.zip_with(~negative.fill_null(False), -amounts)
    return amounts.set((signs > 1).fill_null(False), None)
