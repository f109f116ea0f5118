"""Rows that are in memory already: data frames, records, columns and arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeGuard

import numpy as np

from modelspec.data.readers.npz import NpzSource
from modelspec.data.readers.polars_source import FrameSource
from modelspec.data.readers.typed_column import typed, without_nan
from modelspec.data.table.few_rows import FewRows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from modelspec.data.table.findings import Findings
    from modelspec.data.table.number_style import NumberStyle
    from modelspec.data.table.table import Array, Kind, Source, Table

IN_MEMORY = "rows"
"""What findings call them: they have no file."""
FEW = 256
"""So many rows are encoded as Python has them: a data frame costs milliseconds."""
_PYTHON_DTYPES = (np.float64, np.int64, np.bool_)
"""What numpy calls the numbers of Python."""


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
"""A data frame, a dict each row, a dict of columns or arrays, or a dict of one row's values."""


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
    known = _columns(rows)
    if _has_axes(known):
        return {name: _array(each) for name, each in known.items()}
    return pl.DataFrame([typed(name, values) for name, values in known.items()])


def open_rows(rows: Rows, findings: Findings, style: NumberStyle | None = None) -> Source:
    """Rows in memory as an open file.

    Args:
        rows: As `columns_of` takes them.
        findings: Gets what is wrong.
        style: How the file that was trained on writes its numbers, if it is text.

    Raises:
        TypeError: They are of no such type.
        ValueError: The columns differ in rows.
    """
    known = _columns(rows)
    if _has_axes(known):
        return _ArraySource({name: _array(each) for name, each in known.items()}, findings)
    return RowsSource(known, style, findings)


class RowsSource(FrameSource):
    """Columns in memory as a file of typed columns; each is typed once somebody asks for it.

    Args:
        columns: Lists, arrays of one axis or polars series, of as many rows each.
        style: How the file that was trained on writes its numbers, if it is text.
        findings: Gets what is wrong.
    """

    def __init__(
        self, columns: dict[str, Any], style: NumberStyle | None, findings: Findings
    ) -> None:
        schema = _Schema(columns)

        def read(columns: Sequence[str]) -> pl.DataFrame:
            import polars as pl

            return pl.DataFrame([schema.series(name) for name in columns])

        def stream(columns: Sequence[str], size: int) -> Iterator[pl.DataFrame]:
            yield from read(columns).iter_slices(max(1, size // (8 * len(columns))))

        super().__init__(schema, read, findings, stream, trained=style)
        self.names = columns.keys()
        self._columns = columns

    def read(self, kinds: dict[str, Kind]) -> Table | None:
        """These columns.

        Raises:
            ValueError: A column mixes what is of no one type.
        """
        table = super().read(kinds)
        return table and replace(table, in_memory=True)

    def few(self) -> FewRows | None:
        """The same rows as Python has them, if they are few."""
        rows = len(next(iter(self._columns.values()), ()))
        plain = self._trained is None or self._trained.plain
        if not 0 < rows <= FEW:
            return None
        lists = all(type(each) is list for each in self._columns.values())
        return FewRows(rows, self._columns.get if lists else self._cells, plain)

    def _cells(self, name: str) -> list[Any] | None:
        column = self._columns.get(name)
        return None if column is None else cells_of(column)


class _Schema(Mapping[str, "pl.DataType"]):
    """The type of each column; finding it out is dear."""

    def __init__(self, columns: Mapping[str, Any]) -> None:
        self._columns = columns
        self._known: dict[str, pl.Series] = {}

    def series(self, name: str) -> pl.Series:
        """A column as polars has it."""
        if name not in self._known:
            self._known[name] = typed(name, self._columns[name])
        return self._known[name]

    def __getitem__(self, name: str) -> pl.DataType:
        return self.series(name).dtype

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def cells_of(column: Any) -> list[Any] | None:
    """The values of a column, if its type says no more than they do themselves."""
    if isinstance(column, list):
        return column
    if isinstance(column, np.ndarray):
        return column.tolist() if column.dtype in _PYTHON_DTYPES else None
    import polars as pl

    return (
        column.to_list() if column.dtype in (pl.Int64, pl.Float64, pl.String, pl.Boolean) else None
    )


class _ArraySource(NpzSource):
    """Arrays as those of a file."""

    def __init__(self, arrays: Mapping[str, Array], findings: Findings) -> None:
        super().__init__(list(arrays), findings)
        self._arrays = dict(arrays)

    def kind(self, column: str) -> Kind:
        array = self._arrays[column]
        return "text" if array is not None and array.dtype.kind in "US" else "number"


def _columns(rows: Rows) -> dict[str, Any]:
    """Columns as they are given: polars series, arrays or lists, of as many rows each.

    Raises:
        TypeError: The rows are nothing that can be read.
        ValueError: The columns differ in rows.
    """
    import polars as pl

    if isinstance(rows, Sequence) and not isinstance(rows, str | bytes):
        return _of_records(rows)
    if isinstance(rows, pl.DataFrame):
        return {each.name: each for each in rows.get_columns()}
    if isinstance(rows, pl.LazyFrame):
        return _columns(rows.collect())
    if isinstance(rows, Mapping):
        if rows and all(map(_is_single, rows.values())):
            return dict(zip(_names(rows), ([each] for each in rows.values()), strict=True))
        columns = zip(_names(rows), rows.values(), strict=True)
        found = {name: _values(column) for name, column in columns}
    elif _is_pandas(rows):
        columns = zip(_names(rows.columns), rows.columns, strict=True)
        found = {name: _pandas_column(rows[key]) for name, key in columns}
    else:
        kind = f"{type(rows).__module__}.{type(rows).__qualname__}"
        known = "a data frame, a list of dicts or a dict of columns"
        raise TypeError(f"rows are {known}, not `{kind}`")
    counts = {name: len(each) for name, each in found.items()}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"`{name}` has {count}" for name, count in counts.items())
        raise ValueError(f"the columns differ in rows: {told}")
    return found


def _names(columns: Iterable[object]) -> list[str]:
    """What columns are called.

    Raises:
        ValueError: Two of them have one name.
    """
    names = [str(name) for name in columns]
    if len(set(names)) < len(names):
        repeated = next(name for place, name in enumerate(names) if name in names[:place])
        raise ValueError(f"several columns of the rows are called `{repeated}`")
    return names


def _has_axes(columns: Mapping[str, Any]) -> bool:
    """Whether there is an array whose rows are more than one value."""
    return any(isinstance(each, np.ndarray) and each.ndim > 1 for each in columns.values())


def _is_single(value: object) -> bool:
    """Whether it is one value, not a column."""
    if value is None or isinstance(value, str | bytes | float | int | np.generic):
        return True
    return not isinstance(value, Iterable) and not hasattr(value, "__array__")


def _is_pandas(rows: object) -> TypeGuard[PandasFrame]:
    """Whether it is a data frame of pandas, or of what is like it."""
    return hasattr(rows, "columns") and hasattr(rows, "to_dict") and hasattr(rows, "__getitem__")


def _of_records(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    for place, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise TypeError(f"row {place} is `{type(row).__name__}`, not a dict")
    if len(rows) == 1:
        return dict(zip(_names(rows[0]), ([each] for each in rows[0].values()), strict=True))
    names = dict.fromkeys(name for row in rows for name in row)
    if not all(isinstance(name, str) for name in names):
        return _of_records([dict(zip(_names(row), row.values(), strict=True)) for row in rows])
    return {name: [row.get(name) for row in rows] for name in names}


def _values(column: Any) -> Any:
    """A column of polars, an array, or a list; one of pandas, torch and others as an array."""
    import polars as pl

    if isinstance(column, pl.Series):
        return column
    if hasattr(column, "to_numpy") and hasattr(column, "tolist"):
        return _pandas_column(column)
    if hasattr(column, "__array__"):
        array = np.asarray(column)
        return without_nan(array.tolist()) if array.dtype == object else array
    if isinstance(column, str | bytes | Mapping) or not isinstance(column, Iterable):
        told = f"a column is a list or an array, not `{type(column).__name__}`"
        raise TypeError(f"{told}; of one row, `[{{...}}]`, each column has one value")
    return list(column)


def _pandas_column(column: Any) -> Any:
    """Numbers as an array; else a list, with None for what misses."""
    kind = getattr(column.dtype, "kind", "O")
    values = column.to_numpy()
    if kind in "biuf" and values.dtype != object:
        return values
    return without_nan(column.tolist())


def _array(values: Any) -> Array:
    return np.asarray(values if isinstance(values, np.ndarray) else list(values))
