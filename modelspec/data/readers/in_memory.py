"""Rows that are in memory already: data frames, records, columns and arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeGuard

import numpy as np

from modelspec.data.readers.npz import NpzSource
from modelspec.data.readers.polars_source import FrameSource
from modelspec.data.table.number_style import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from modelspec.data.table.findings import Findings
    from modelspec.data.table.number_style import NumberStyle
    from modelspec.data.table.table import Array, Kind, Source, Table

IN_MEMORY = "rows"
"""What findings call them: they have no file."""


class PandasFrame(Protocol):
    """What is asked of a data frame of pandas, which need not be installed."""

    columns: Any

    def __getitem__(self, column: Any, /) -> Any:
        """One column."""
        ...

    def to_dict(self, orient: Any) -> Any:
        """The columns."""
        ...


Rows: TypeAlias = "pl.DataFrame | PandasFrame | Sequence[Mapping[str, Any]] | Mapping[str, Any]"
"""A data frame, a dict each row, or a dict of columns or arrays."""


def columns_of(rows: Rows) -> pl.DataFrame | dict[str, Array]:
    """The columns of rows: arrays where one has more axes than that of the rows.

    Args:
        rows: A polars or pandas data frame, a list of dicts, or a dict of columns or arrays.

    Raises:
        TypeError: They are none of these.
        ValueError: The columns differ in rows, or a column mixes what is of no one type.
    """
    import polars as pl

    if isinstance(rows, pl.DataFrame):
        return rows
    if isinstance(rows, pl.LazyFrame):
        return rows.collect()
    if isinstance(rows, Mapping):
        known = {str(name): _values(column) for name, column in rows.items()}
        if any(isinstance(each, np.ndarray) and each.ndim > 1 for each in known.values()):
            return {name: _array(each) for name, each in known.items()}
        return _frame(known)
    if _is_pandas(rows):
        return _frame({str(name): _pandas_column(rows[name]) for name in rows.columns})
    if isinstance(rows, Sequence) and not isinstance(rows, str | bytes):
        return _of_records(rows)
    kind = f"{type(rows).__module__}.{type(rows).__qualname__}"
    raise TypeError(f"rows are a data frame, a list of dicts or a dict of columns, not `{kind}`")


def open_rows(rows: Rows, findings: Findings, style: NumberStyle | None = None) -> Source:
    """Rows in memory as an open file.

    Args:
        rows: As `columns_of` takes them.
        findings: Gets what is wrong.
        style: How numbers are written that are text.

    Raises:
        TypeError: They are of no such type.
        ValueError: The columns differ in rows, or a column mixes what is of no one type.
    """
    found = columns_of(rows)
    if isinstance(found, dict):
        return _ArraySource(found, findings)

    return _RowsSource(found, style or PLAIN, findings)


class _RowsSource(FrameSource):
    """A data frame as a file of typed columns."""

    def __init__(self, frame: pl.DataFrame, style: NumberStyle, findings: Findings) -> None:
        def read(columns: Sequence[str]) -> pl.DataFrame:
            return frame[list(columns)]

        def stream(columns: Sequence[str], size: int) -> Iterator[pl.DataFrame]:
            yield from frame[list(columns)].iter_slices(max(1, size // (8 * len(columns))))

        super().__init__(dict(frame.schema), read, findings, stream)
        self._style = style

    def read(self, kinds: dict[str, Kind]) -> Table | None:
        table = super().read(kinds)
        return table and replace(table, style=self._style, in_memory=True)


class _ArraySource(NpzSource):
    """Arrays as those of a file."""

    def __init__(self, arrays: Mapping[str, Array], findings: Findings) -> None:
        super().__init__(list(arrays), findings)
        self._arrays = dict(arrays)

    def kind(self, column: str) -> Kind:
        array = self._arrays[column]
        return "text" if array is not None and array.dtype.kind in "US" else "number"


def _is_pandas(rows: object) -> TypeGuard[PandasFrame]:
    """Whether it is a data frame of pandas, or of what is like it."""
    return hasattr(rows, "columns") and hasattr(rows, "to_dict") and hasattr(rows, "__getitem__")


def _of_records(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    odd = next((place for place, row in enumerate(rows) if not isinstance(row, Mapping)), None)
    if odd is not None:
        raise TypeError(f"row {odd + 1} is `{type(rows[odd]).__name__}`, not a dict")
    names = dict.fromkeys(str(name) for row in rows for name in row)
    return _frame({name: [row.get(name) for row in rows] for name in names})


def _frame(columns: Mapping[str, Any]) -> pl.DataFrame:
    """A polars frame.

    Raises:
        ValueError: The columns differ in rows, or a column mixes what is of no one type.
    """
    import polars as pl

    found = [_series(name, values) for name, values in columns.items()]
    counts = {each.name: len(each) for each in found}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"`{name}` has {count}" for name, count in counts.items())
        raise ValueError(f"the columns differ in rows: {told}")
    return pl.DataFrame(found)


def _series(name: str, values: Any) -> pl.Series:
    import polars as pl

    if isinstance(values, pl.Series):
        return values.alias(name)
    try:
        return pl.Series(name, values)
    except (TypeError, pl.exceptions.PolarsError):
        pass
    try:  # 1 and 2.5 are numbers; a number beside text is text, as in a file
        return pl.Series(name, values, strict=False)
    except (TypeError, pl.exceptions.PolarsError) as error:
        raise ValueError(f"`{name}` is no column: {error}") from error


def _values(column: Any) -> Any:
    """A column of polars, an array, or a list; one of pandas, torch and others as an array."""
    import polars as pl

    if isinstance(column, pl.Series):
        return column
    if hasattr(column, "to_numpy") and hasattr(column, "tolist"):
        return _pandas_column(column)
    if hasattr(column, "__array__"):
        array = np.asarray(column)
        return _without_nan(array.tolist()) if array.dtype == object else array
    if isinstance(column, str | bytes) or not isinstance(column, Iterable):
        raise TypeError(f"a column is a list or an array, not `{type(column).__name__}`")
    return list(column)


def _pandas_column(column: Any) -> Any:
    """Numbers as an array; else a list, with None for what misses."""
    kind = getattr(column.dtype, "kind", "O")
    values = column.to_numpy()
    if kind in "biuf" and values.dtype != object:
        return values
    return _without_nan(column.tolist())


def _without_nan(values: list[Any]) -> list[Any]:
    """None for what stands for nothing: NaN, and the NaT and NA of pandas."""
    return [None if _is_missing(each) else each for each in values]


def _is_missing(value: object) -> bool:
    if isinstance(value, float):
        return value != value
    return type(value).__name__ in ("NaTType", "NAType")


def _array(values: Any) -> Array:
    return np.asarray(values if isinstance(values, np.ndarray) else list(values))
