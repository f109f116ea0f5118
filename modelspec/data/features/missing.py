"""Rows without a value: left out, or filled with what the spec says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.features.feature import UnfitError
from modelspec.data.features.statistics import mean_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from modelspec.data.features.feature import EncodeContext, Feature, FitChunks
    from modelspec.data.table.table import Array, Column, RowIndices, Table


def absent(column: Column) -> Array:
    """Which rows have no value: nothing, blanks, or not a number."""
    if isinstance(column, np.ndarray):
        if column.dtype.kind != "f":
            return np.zeros(len(column), bool)
        return np.asarray(np.isnan(column.reshape(len(column), -1)).any(axis=1))
    return _absent(column).to_numpy()


def missing_rows(feature: Feature, table: Table) -> int:
    """How many rows have no value in one of the feature's columns, of those that are there."""
    missing = [absent(table.columns[name]) for name in feature.columns if name in table.columns]
    return int(np.logical_or.reduce(missing).sum()) if missing else 0


def complete_rows(table: Table, features: Iterable[Feature]) -> RowIndices | None:
    """The rows where no feature that leaves rows out misses anything; None where all are."""
    missing = np.zeros(table.rows, bool)
    for feature in features:
        for column in feature.columns if feature.missing == "drop" else ():
            missing |= absent(table.columns[column])
    return np.flatnonzero(~missing) if missing.any() else None


def with_mean(feature: Feature, chunks: FitChunks) -> Feature:
    """The feature with the mean of the training rows to fill in, if it asks for one.

    Raises:
        UnfitError: A column has no value at all, of which there is a finding.
    """
    if feature.missing != "mean":
        return feature
    means = []
    for name in feature.columns:
        columns = ((context.table.columns[name], rows) for context, rows in chunks)
        mean = mean_of(_known(each if rows is None else each[rows]) for each, rows in columns)
        if mean is None:
            message = f"`{name}` has no mean: no training row has a value"
            chunks.findings.add("MS803", message, help="use `missing: constant` with `fill`")
            raise UnfitError
        means.append(mean)
    return replace(feature, fill=tuple(means))


def filled(feature: Feature, context: EncodeContext) -> EncodeContext:
    """What is being filled, with the feature's own values where its columns have none."""
    if not feature.fill:
        return context
    columns = dict(context.table.columns)
    for name, fill in zip(feature.columns, feature.fill, strict=True):
        columns[name] = _filled(columns[name], fill)
    return context._replace(table=replace(context.table, columns=columns))


def _absent(series: pl.Series) -> pl.Series:
    import polars as pl

    if series.dtype == pl.String:
        return (series.str.strip_chars() == "").fill_null(True)
    if series.dtype.is_float():
        return series.is_null() | series.is_nan().fill_null(True)
    return series.is_null()


def _known(column: Column) -> Array:
    """The numbers that a column has."""
    import polars as pl

    if isinstance(column, np.ndarray):
        values = column.astype(np.float64).ravel()
        return np.asarray(values[~np.isnan(values)])
    return column.cast(pl.Float64, strict=False).fill_nan(None).drop_nulls().to_numpy()


def _filled(column: Column, fill: str | float) -> Column:
    import polars as pl

    if isinstance(column, np.ndarray):
        return np.where(np.isnan(column), fill, column) if column.dtype.kind == "f" else column
    missing = _absent(column)
    if not missing.any():
        return column
    if column.dtype == pl.String:
        return column.set(missing, str(fill))
    return column.cast(pl.Float64).set(missing, float(fill))
