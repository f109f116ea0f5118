"""Columns of other types as text, which is how classes are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


def as_text(series: pl.Series, whole: bool | None = None) -> pl.Series:
    """`7`, `true`, `red`: a whole number has no point, also in a column of floats.

    Args:
        series: Values.
        whole: Whether all numbers of the column are whole ones, where these are but some of it.
    """
    import polars as pl

    if series.dtype.is_float():
        if all_whole(series) if whole is None else whole:
            series = series.cast(pl.Int64, strict=False)
        else:
            series = series.fill_nan(None)
    return series.cast(pl.String)


def all_whole(series: pl.Series) -> bool:
    """Whether all numbers of a column of floats are whole ones."""
    finite = series.drop_nulls()
    return bool(finite.is_finite().all() and (finite == finite.round()).all())
