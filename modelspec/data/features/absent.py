"""Which rows of a column have no value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from modelspec.data.table.table import Array, Column


_SPACES = "".join(map(chr, range(0x2000, 0x200B)))
BLANKS = f"\t\n\x0b\x0c\r \x85\xa0\u1680{_SPACES}\u2028\u2029\u202f\u205f\u3000"
"""What polars strips from the ends of a text: the characters of Unicode's `White_Space`."""


def absent(column: Column) -> Array:
    """Which rows have no value: nothing, blanks, or not a number."""
    if isinstance(column, np.ndarray):
        if column.dtype.kind != "f":
            return np.zeros(len(column), bool)
        return np.asarray(np.isnan(column.reshape(len(column), -1)).any(axis=1))
    return _absent(column).to_numpy()


def _absent(series: pl.Series) -> pl.Series:
    import polars as pl

    if series.dtype == pl.String:
        return (series.str.strip_chars() == "").fill_null(True)
    if series.dtype.is_float():
        return series.is_null() | series.is_nan().fill_null(True)
    return series.is_null()


def marker_numbers(markers: Iterable[str | float]) -> list[float]:
    """The markers that are numbers, as typed columns have them: `-999`, and text `"-999"`."""
    found = []
    for each in markers:
        try:
            number = float(each)
        except ValueError:
            continue
        if not np.isnan(number):
            found.append(number)
    return found
