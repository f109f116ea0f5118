"""What amounts of money are in: one currency a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.features.column_values import report_rows
from modelspec.data.features.number_formats import currencies

if TYPE_CHECKING:
    import polars as pl

    from modelspec.data.features.feature import EncodeContext, FitChunks


def currencies_of(columns: tuple[str, ...], chunks: FitChunks) -> tuple[str, ...]:
    """The first currency of each column's training rows; empty where none says one."""
    found = dict.fromkeys(columns, "")
    for context, rows in chunks:
        for column, known in found.items():
            units = None if known else _units(context, column)
            if units is not None:
                told = (units if rows is None else units[rows]).drop_nulls()
                found[column] = str(told[0]) if len(told) else ""
    return tuple(found.values())


def check_currencies(
    columns: tuple[str, ...], wanted: tuple[str, ...], context: EncodeContext
) -> bool:
    """Whether no column is in another currency than the training rows; findings where one is."""
    sound = True
    for column, unit in zip(columns, wanted, strict=False):
        units = _units(context, column) if unit else None
        if units is None:
            continue
        other = (units != unit).fill_null(False)
        rows = other.arg_true().to_numpy().astype(np.int64)
        if len(rows):
            other_unit = units[int(rows[0])]
            problem = f"`{column}` is in `{other_unit}`, and the first training row in `{unit}`,"
            help = "bring all amounts to one currency"
            report_rows(context, rows, "MS803", problem, help=help)
            sound = False
    return sound


def _units(context: EncodeContext, column: str) -> pl.Series | None:
    """The currencies of a column of text."""
    values = context.table.columns[column]
    if isinstance(values, np.ndarray) or str(values.dtype) != "String":
        return None
    return currencies(values.str.strip_chars())
