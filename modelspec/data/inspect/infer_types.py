"""What the columns of a table seem to be, for a first spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from modelspec.data.features.absent import absent
from modelspec.data.inspect.column_guess import FEW_CLASSES, ColumnGuess
from modelspec.data.inspect.infer_numbers import guess_numbers
from modelspec.data.inspect.infer_texts import guess_texts
from modelspec.data.readers import open_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from modelspec.data.table.findings import Findings
    from modelspec.data.table.table import Array, Column, Kind, Table
    from modelspec.source.data_suffixes import Format


_FITTED = ("number", "date", "sequence")
"""What is filled with a statistic of the training rows."""
_FEWEST_VALUES = 5


class TableGuess(NamedTuple):
    """A table.

    Attributes:
        columns: What each seems to be, by name.
        notes: What is to be said of the file.
    """

    columns: dict[str, ColumnGuess]
    rows: int
    notes: Sequence[str]


def infer_types(format: Format, findings: Findings) -> TableGuess | None:
    """What each column of a file seems to be. None after a finding."""
    source = open_source(format, findings)
    if source is None:
        return None
    kinds: dict[str, Kind] = {}
    for name in source.names:
        if name not in source.repeated:
            kind = source.kind(name)
            # As a number, `01000` would be 1000.
            kinds[name] = "text" if kind == "date" or source.style is not None else kind
    table = source.read(kinds)
    if table is None:
        return None
    why = "several columns have this name"
    guesses = {name: ColumnGuess(name, "skip", why) for name in sorted(source.repeated)}
    guesses |= {
        name: _of_use(_guess(name, column, table), table.rows)
        for name, column in table.columns.items()
    }
    return TableGuess(guesses, table.rows, source.notes)


def _of_use(guess: ColumnGuess, rows: int) -> ColumnGuess:
    """The same, or none of few values, which the training rows may have none of."""
    there = rows - guess.missing
    few = there < _FEWEST_VALUES and there * 2 <= rows
    if guess.type not in _FITTED or not few:
        return guess
    why = f"only {there:,} of {rows:,} rows have a value"
    return ColumnGuess(guess.name, "skip", why, guess.missing, guess.classes)


def _guess(name: str, column: Column, table: Table) -> ColumnGuess:
    import polars as pl

    missing = int(absent(column).sum())
    if missing == table.rows:
        return ColumnGuess(name, "skip", "it is empty", missing)
    if isinstance(column, np.ndarray):
        return _of_array(name, column, missing)
    if column.dtype.is_nested():
        return _of_lists(name, column, missing)
    values = column.filter(pl.Series(~absent(column)))
    if column.dtype == pl.String:
        return guess_texts(name, values.str.strip_chars(), missing, table)
    return guess_numbers(name, values.cast(pl.Float64), missing)


def _of_array(name: str, array: Array, missing: int) -> ColumnGuess:
    import polars as pl

    if array.ndim == 1:
        numbers = pl.Series(array).cast(pl.Float64).fill_nan(None).drop_nulls()
        return guess_numbers(name, numbers, missing)
    why = f"an array of {list(array.shape[1:])}"
    if not array.size:
        return ColumnGuess(name, "skip", f"{why}, which holds nothing", missing)
    if array.dtype.kind in "US":
        return ColumnGuess(name, "skip", f"{why} of text", missing)
    return ColumnGuess(name, "number", why, missing, size=tuple(array.shape[1:]))


def _of_lists(name: str, column: pl.Series, missing: int) -> ColumnGuess:
    import polars as pl

    if isinstance(column.dtype, pl.Array):
        column = column.arr.to_list()
    if getattr(column.dtype, "inner", None) == pl.String:
        return _of_tags(name, column, missing)
    shape = _shape(column)
    if shape:
        missing = int(_lacking(column).sum())
        why = f"vectors of {shape[0]}" if len(shape) == 1 else f"arrays of {list(shape)}"
        return ColumnGuess(name, "number", why, missing, size=shape)
    if getattr(column.dtype, "inner", column.dtype).is_nested():
        return ColumnGuess(name, "skip", "it holds lists of lists", missing)
    sizes = column.list.len().drop_nulls()
    if not sizes.max():
        return ColumnGuess(name, "skip", "its lists hold nothing", missing)
    return ColumnGuess(
        name, "sequence", f"lists of {sizes.min()!s} to {sizes.max()!s} steps", missing
    )


def _of_tags(name: str, column: pl.Series, missing: int) -> ColumnGuess:
    """Lists of text: each names several classes."""
    values = column.drop_nulls().explode().drop_nulls().unique().sort().to_list()
    why = f"several of {len(values):,} different values"
    if not 0 < len(values) <= FEW_CLASSES or any("," in each for each in values):
        return ColumnGuess(name, "skip", why, missing, len(values))
    return ColumnGuess(name, "tags", why, missing, len(values), values=tuple(values))


def _lacking(column: pl.Series) -> Array:
    """Which rows are none, or lists in which a number is missing."""
    import polars as pl

    owners = pl.DataFrame({"row": np.arange(len(column)), "value": column})
    while owners["value"].dtype.is_nested():
        owners = owners.explode("value")
    lacking = owners["value"].cast(pl.Float64, strict=False)
    rows = owners["row"].filter(lacking.is_null() | lacking.is_nan().fill_null(True))
    found = np.zeros(len(column), bool)
    found[rows.to_numpy()] = True
    return found


def _shape(column: pl.Series) -> tuple[int, ...]:
    """That of each row, or none where rows differ."""
    import polars as pl

    shape, values = [], column.drop_nulls()
    while values.dtype.is_nested():
        lists = values if isinstance(values.dtype, pl.List) else values.arr.to_list()
        sizes = lists.list.len().unique().to_list()
        if len(sizes) != 1 or not sizes[0]:
            return ()
        shape.append(int(sizes[0]))
        values = lists.explode()
    return tuple(shape)
