"""The columns of a file that does not fit into memory, kept on disk a chunk at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from modelspec.data.table.table import Column, RowIndices, Table


class ColumnStore:
    """Chunks of rows, put there once and taken as often as one likes.

    Args:
        folder: Where they are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._chunks: list[tuple[Table, int | RowIndices, set[int]]] = []
        self._names: tuple[str, ...] = ()
        self.rows = 0

    def append(self, table: Table) -> None:
        """Keep one more chunk.

        Raises:
            OSError: The disk is full.
        """
        import polars as pl

        number = len(self._chunks)
        series: dict[str, pl.Series] = {}
        arrays: set[int] = set()
        for place, column in enumerate(table.columns.values()):
            if isinstance(column, np.ndarray):
                np.save(self._array(number, place), column)
                arrays.add(place)
            else:
                series[str(place)] = column.alias(str(place))
        if series:
            pl.DataFrame(series).write_ipc(self._frame(number), compression="lz4")
        kept: int | RowIndices = 0 if table.kept is None else table.kept
        if not isinstance(kept, int) and int(kept[-1] - kept[0]) == len(kept) - 1:
            kept = int(kept[0])
        self._names = tuple(table.columns)
        self._chunks.append((replace(table, columns={}, kept=None), kept, arrays))
        self.rows += table.rows

    def tables(self, columns: Collection[str] | None = None) -> Iterator[Table]:
        """A chunk after the other, with these columns (None: all)."""
        import polars as pl

        for number, (table, kept, arrays) in enumerate(self._chunks):
            wanted = {
                name: place
                for place, name in enumerate(self._names)
                if columns is None or name in columns
            }
            in_frame = [str(place) for place in wanted.values() if place not in arrays]
            frame = pl.DataFrame()
            if in_frame:
                frame = pl.read_ipc(self._frame(number), columns=in_frame)
            taken: dict[str, Column] = {
                name: np.load(self._array(number, place)) if place in arrays else frame[str(place)]
                for name, place in wanted.items()
            }
            rows = np.arange(kept, kept + table.rows) if isinstance(kept, int) else kept
            yield replace(table, columns=taken, kept=rows)

    def whole(self, column: str) -> Table:
        """All rows of one column."""
        return joined(list(self.tables((column,))))

    def _frame(self, number: int) -> Path:
        return self._folder / f"{number}.arrow"

    def _array(self, number: int, place: int) -> Path:
        return self._folder / f"{number}-{place}.npy"


def joined(tables: Sequence[Table]) -> Table:
    """Chunks of one file, in order, as one table; at least one."""
    first = tables[0]
    columns = {name: _joined([table.columns[name] for table in tables]) for name in first.columns}
    numbers = [np.arange(table.rows) if table.kept is None else table.kept for table in tables]
    rows = sum(table.rows for table in tables)
    return replace(first, rows=rows, columns=columns, kept=np.concatenate(numbers))


def _joined(parts: Sequence[Column]) -> Column:
    import polars as pl

    arrays = [part for part in parts if isinstance(part, np.ndarray)]
    series = [part for part in parts if not isinstance(part, np.ndarray)]
    if len({part.dtype for part in series}) > 1:  # numbers but for a bad one
        series = [part.cast(pl.String) for part in series]
    found: Column = np.concatenate(arrays) if arrays else pl.concat(series)
    return found
