"""Columns of other types as text, which is how classes are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


def as_text(series: pl.Series) -> pl.Series:
    """`7`, `true`, `red`: a whole number has no point, also in a column of floats."""
    import polars as pl

    if series.dtype.is_float():
        finite = series.drop_nulls()
        if finite.is_finite().all() and (finite == finite.round()).all():
            series = series.cast(pl.Int64, strict=False)
        else:
            series = series.fill_nan(None)
    return series.cast(pl.String)
